"""What a formula says, before anyone asks what it means: frozen nodes with their places."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from symconv.values import dataclass

Node: TypeAlias = (
    "Number | Ref | Add | Times | Over | Floor | Power | Apply | Summed | Partial | Test | Cases"
    " | Largest | Operated | Called | Transposed | Matrix | Dots | Listed | Indexed"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: Fraction
    at: int


@dataclass(frozen=True, slots=True)
class Ref:
    """A name with what hangs on it; `items` are its subscripts, None where there are none."""

    name: str
    items: tuple[Node, ...] | None
    label: str
    at: int
    gradient: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """``± a ± b …``."""

    terms: tuple[tuple[int, Node], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Times:
    """A product; `signs` are the signs in front of its factors as written, "" where none stands."""

    factors: tuple[Node, ...]
    at: int
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Over:
    """A quotient: exact (``/``), floored (``//``) or a remainder (``mod``)."""

    kind: str
    top: Node
    bottom: Node
    at: int


@dataclass(frozen=True, slots=True)
class Floor:
    """``floor``, ``ceil`` or ``int`` (toward zero) of an expression."""

    kind: str
    inner: Node
    at: int


@dataclass(frozen=True, slots=True)
class Power:
    """A whole power."""

    base: Node
    exponent: int
    at: int


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of one variable, or min and max, with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Relation:
    """``left sign right``, or ``modulus | left``."""

    left: Node
    sign: str
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A binder: its letter and what is written about its ends (None where nothing is)."""

    letter: str
    first: Node | None
    last: Node | None
    at: int


@dataclass(frozen=True, slots=True)
class Summed:
    """A sum over binders where conditions hold."""

    bounds: tuple[Bound, ...]
    where: tuple[Relation, ...]
    body: Node
    at: int


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest value of a body over binders where conditions hold."""

    bounds: tuple[Bound, ...]
    where: tuple[Relation, ...]
    body: Node
    at: int


@dataclass(frozen=True, slots=True)
class Partial:
    """``∂top / ∂bottom``; an empty top is the loss, `matrix` the name of the matrix of both."""

    top: Ref | None
    bottom: Ref
    at: int
    matrix: str = ""


@dataclass(frozen=True, slots=True)
class Test:
    """An Iverson bracket: 1 where all the relations hold, else 0."""

    where: tuple[Relation, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Cases:
    """``value if conditions``, row by row; the first row whose conditions hold counts.

    A row without conditions ("otherwise") stands last.
    """

    rows: tuple[tuple[Node, tuple[Relation, ...] | None], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Operated:
    """Two whole arrays and the sign between them; `mode` is full, valid or same where written."""

    sign: str
    mode: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Called:
    """A function of whole arrays; `mode` is full, valid or same, `axes` what is behind axis=."""

    function: str
    arguments: tuple[Node, ...]
    at: int
    mode: str = ""
    axes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Transposed:
    """A transposed matrix or vector."""

    inner: Node
    at: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix written out, row by row."""

    rows: tuple[tuple[Node, ...], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Dots:
    """Entries of a matrix that are left out."""

    at: int


@dataclass(frozen=True, slots=True)
class Listed:
    """``[a, b]`` or ``(a, b)``: a vector written out, or a tuple of sizes."""

    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """A whole-array expression at a position, ``(x * w)_i``."""

    inner: Node
    items: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said about a letter beside a formula: ``o = 0, …, O - 1``, or only that it is any."""

    letter: str
    first: Node | None
    last: Node | None
    at: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides and the relations between them; the ranges and conditions stated behind them."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    stated: tuple[Stated, ...] = ()
    where: tuple[Relation, ...] = ()
    span: tuple[int, int] = (0, 0)
    cuts: tuple[tuple[int, int], ...] = ()
    """Where each side stands in the text."""


def parts(node: Node) -> Iterator[Node]:
    """The direct parts of a node."""
    match node:
        case Add(terms):
            yield from (term for _, term in terms)
        case Times(inner) | Apply(_, inner):
            yield from inner
        case Over(_, top, bottom):
            yield from (top, bottom)
        case Floor(_, inside) | Power(inside, _):
            yield inside
        case Ref(_, items):
            yield from items or ()
        case Partial(top, bottom):
            yield from (bottom,) if top is None else (top, bottom)
        case Test(where):
            yield from (side for r in where for side in (r.left, r.right))
        case Cases(rows):
            yield from (value for value, _ in rows)
            sides = (r for _, where in rows for r in where or ())
            yield from (side for r in sides for side in (r.left, r.right))
        case Operated(_, _, left, right):
            yield from (left, right)
        case Called(_, inner) | Listed(inner):
            yield from inner
        case Transposed(inside):
            yield inside
        case Indexed(inside, items):
            yield inside
            yield from items
        case Matrix(lines):
            yield from (entry for line in lines for entry in line)
        case Summed(_, where, body) | Largest(_, where, body):
            yield from (side for r in where for side in (r.left, r.right))
            yield body
