"""What a formula is made of: a small closed tree."""

from __future__ import annotations

from typing import TypeAlias

from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Char:
    """A letter, a number or a plain sign; `kind` as in `commands.Symbol`."""

    text: str
    kind: str = "ord"


@dataclass(frozen=True, slots=True)
class Command:
    """A symbol named by a command, without its backslash."""

    name: str


@dataclass(frozen=True, slots=True)
class Space:
    r"""A space such as ``\,`` or ``\quad``."""

    name: str


@dataclass(frozen=True, slots=True)
class Words:
    r"""Words or letters in a style: ``\text{…}``, ``\mathrm{…}``, ``\operatorname{…}``."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """A row of nodes."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base (an empty group if the formula starts with the script) with its scripts."""

    base: Node
    sub: Group | None = None
    sup: Group | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    r"""A command with formulas as arguments; ``\sqrt[n]{x}`` is ("root", n, x)."""

    name: str
    args: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    r"""``\substack``: lines above one another."""

    lines: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    r"""``\left … \right``; a delimiter is a character, a command's name, or "." for none."""

    left: str
    body: Group
    right: str


@dataclass(frozen=True, slots=True)
class Sized:
    r"""``\bigl(`` and its kin."""

    size: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Colour:
    r"""``\textcolor{#rrggbb}{…}``."""

    rgb: str
    body: Group


Node: TypeAlias = (
    "Char | Command | Space | Words | Group | Scripts | Call | Stack | Fence | Sized | Colour"
)
