"""What a spec says, before anyone asks what it means: tensors, calls and sums, with their places.

The spec language parses to these values, and the operations read them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from symconv.index import Condition, Index
from symconv.values import dataclass

Element: TypeAlias = "int | Fraction | str"
Elements: TypeAlias = "tuple[Element | Elements, ...]"
Value: TypeAlias = "Index | Fraction | bool | str | tuple[Value, ...]"
"""A keyword's value: sizes and symbols are indices, quoted texts are `str`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of text stands, both numbers from 1."""

    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class TensorArg:
    """A tensor as written: ``x[N,C,4]``, ``x=[a,b]``, or ``x`` alone.

    `shape` is None where only the name was written; `elements` are the given names or numbers,
    nested by axis.
    """

    name: str
    shape: tuple[Index, ...] | None = None
    elements: Elements | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Call:
    """``target = function(tensors…, arguments…, keyword=value…)``."""

    target: str
    function: str
    tensors: tuple[TensorArg, ...]
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    place: Place = Place()
    argument_places: tuple[Place, ...] = ()
    keyword_places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """A tensor read in a sum of one's own: ``w[k]``, ``relu(x[2*o + k - P])``."""

    tensor: str
    at: tuple[Index, ...]
    function: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Binder:
    """``name = first..last``, both ends included."""

    name: str
    first: Index
    last: Index
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Addend:
    """``coefficient * factor * … if conditions``, under its own sums."""

    factors: tuple[Factor, ...]
    sums: tuple[Binder, ...] = ()
    where: tuple[Condition, ...] = ()
    coefficient: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Definition:
    """``y[o, p] = sum(…) + … for o = 0..O-1, p = 0..Q-1 with x[N]``: an operation of one's own."""

    target: str
    indices: tuple[str, ...]
    addends: tuple[Addend, ...]
    ranges: tuple[Binder, ...]
    declared: tuple[TensorArg, ...] = ()
    place: Place = Place()


Statement: TypeAlias = "Call | Definition"


@dataclass(frozen=True, slots=True)
class Spec:
    """The statements of a text, in order, and the text itself."""

    statements: tuple[Statement, ...]
    source: str
