"""What a name in code may hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from typing import TypeAlias

from symconv.index import Condition, Index
from symconv.syntax.code.arrays import Array
from symconv.terms import Shape
from symconv.values import dataclass

Pieces: TypeAlias = "tuple[tuple[Condition, ...], ...]"


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer."""

    value: Index


@dataclass(frozen=True, slots=True)
class Ratio:
    """``top / bottom`` of integers, as Python 3 divides them: not rounded.

    It is `rough` where floating point may have rounded before its last operation.
    """

    top: Index
    bottom: Index
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Real:
    """A number with a point; `rough` as a `Ratio` is."""

    value: Fraction
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Handle:
    """A view of an array in memory: position ``at`` (in the letters of the view's axes)."""

    cell: int
    shape: Shape
    at: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple, or a list."""

    items: tuple[Value, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """``range(start, stop, step)``."""

    start: Index
    stop: Index
    step: Index = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """``slice(start, stop, step)``; None where it was left out."""

    start: Value | None = None
    stop: Value | None = None
    step: Value | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A text."""

    text: str


@dataclass(frozen=True, slots=True)
class Truth:
    """True where all conditions of one of the pieces hold; no two pieces hold at once."""

    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Positions:
    """An array of integers, whose element is an index in the letters of its axes.

    `age` says how often such arrays had been changed, as far as can be told, when it was named.
    """

    shape: Shape
    value: Index
    age: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """None, and what is passed over."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A new axis, or dots, in a subscript."""

    dots: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """A parameter that nothing is declared of: its parts are looked up by their own names."""

    name: str


@dataclass(frozen=True, slots=True)
class Random:
    """Random or example data of a shape (None: unknown); `whole` for an array of integers."""

    shape: tuple[Value, ...] | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A function or a module, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """``owner.name``, about to be called."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Routine:
    """A function that the code defines, with its defaults, in the calls that it was made in."""

    node: ast.FunctionDef
    defaults: Mapping[str, Value] = field(default_factory=dict)
    home: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Blueprint:
    """A class that the code defines: its methods, in order."""

    name: str
    methods: tuple[Routine, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary with texts as keys."""

    items: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that could not be read, why (where), and the cells that it may share memory with."""

    reason: str
    line: int = 0
    cells: frozenset[int] = frozenset()


Value: TypeAlias = (
    "Whole | Ratio | Real | Array | Handle | Row | Span | Cut | Word | Truth | Positions | Nothing"
    " | Blank | Unknown | Random | Named | Method | Routine | Blueprint | Table | Lost"
)


def parts_of(value: Value) -> Iterator[Handle]:
    """The arrays that a value holds."""
    match value:
        case Handle():
            yield value
        case Row(items):
            for item in items:
                yield from parts_of(item)
        case Table(table):
            for item in table.values():
                yield from parts_of(item)
        case Method(owner, _):
            yield from parts_of(owner)


def cells_of(*values: Value | None) -> frozenset[int]:
    """The cells that values are, hold, or may share memory with."""
    found = {part.cell for value in values if value is not None for part in parts_of(value)}
    return frozenset(found.union(*(value.cells for value in values if isinstance(value, Lost))))
