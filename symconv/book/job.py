"""What is handed to the process that builds a page, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from symconv.document import Block
from symconv.values import dataclass

LARGEST = 2_000_000
"""Bytes of a note."""
CONVENTIONS = (
    "conv slides the kernel without flipping it, convolve flips it; "
    "indices count from 0; a tensor is vectorised in row-major order, its last axis fastest"
)


@dataclass(frozen=True, slots=True)
class Directives:
    """What a note's directives mean.

    `insert(name, argument, options, body, state)` gives the blocks that stand in a directive's
    place; `state(seed)` makes the state that the directives of one note share.  Both must be
    functions of a module, so that other processes can find them.
    """

    insert: Callable[[str, str, Mapping[str, str], str, Any], tuple[Block, ...]]
    state: Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A note to build: its file, how it is shown in messages and commands, its page's name."""

    source: Path
    shown: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """A built page: HTML, LaTeX, and LaTeX without a preamble.

    `marks` counts how its formulas are known, `operations` names what it shows.
    """

    title: str
    summary: str
    html: str
    tex: str
    body: str
    operations: tuple[str, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a note has no page: one line, the place in the spec if known, a traceback for a bug."""

    shown: str
    message: str
    caret: str = ""
    trace: str = ""
    unreadable: bool = False
