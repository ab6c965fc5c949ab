"""The nodes of an index: frozen trees, their operators and their plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from symconv.values import dataclass

Index: TypeAlias = "int | Tree"


class Tree:
    """What every node shares: the arithmetic operators, which build and never simplify."""

    __slots__ = ()

    def __add__(self, other: Index) -> Index:
        return add(self, other)

    def __radd__(self, other: Index) -> Index:
        return add(other, self)

    def __sub__(self, other: Index) -> Index:
        return add(self, minus(other))

    def __rsub__(self, other: Index) -> Index:
        return add(other, minus(self))

    def __mul__(self, other: Index) -> Index:
        return Product((self, other))

    def __rmul__(self, other: Index) -> Index:
        return Product((other, self))

    def __neg__(self) -> Index:
        return minus(self)

    def __floordiv__(self, other: Index) -> Index:
        return FloorDiv(self, other)

    def __rfloordiv__(self, other: Index) -> Index:
        return FloorDiv(other, self)

    def __mod__(self, other: Index) -> Index:
        return Mod(self, other)

    def __rmod__(self, other: Index) -> Index:
        return Mod(other, self)

    def __str__(self) -> str:
        return text(cast("Index", self))


@dataclass(frozen=True, slots=True)
class Symbol(Tree):
    """A size, a parameter or an index, by name."""

    name: str

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class Sum(Tree):
    """``a + b + …``, in the order written."""

    terms: tuple[Index, ...]

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class Product(Tree):
    """``a * b * …``, in the order written."""

    factors: tuple[Index, ...]

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class FloorDiv(Tree):
    """``⌊top / bottom⌋``; the bottom is at least 1 wherever the form is defined."""

    top: Index
    bottom: Index

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class Mod(Tree):
    """``top mod bottom``, in ``0 … bottom - 1``."""

    top: Index
    bottom: Index

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class Min(Tree):
    """The least of its arguments."""

    args: tuple[Index, ...]

    __str__ = Tree.__str__


@dataclass(frozen=True, slots=True)
class Max(Tree):
    """The greatest of its arguments."""

    args: tuple[Index, ...]

    __str__ = Tree.__str__


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of two indices, ``left relation right``."""

    left: Index
    relation: str
    right: Index

    def __str__(self) -> str:
        return f"{text(self.left)} {self.relation} {text(self.right)}"


# --- building -----------------------------------------------------------------------------------


def add(*terms: Index) -> Index:
    """The sum of the terms; a sum on the left is continued, nothing else is touched."""
    first = terms[0].terms if isinstance(terms[0], Sum) else terms[:1]
    flat = (*first, *terms[1:])
    return flat[0] if len(flat) == 1 else Sum(flat)


def minus(value: Index) -> Index:
    """``-value``, kept as a product with -1 in front."""
    return -value if isinstance(value, int) else Product((-1, value))


def children(value: Index) -> tuple[Index, ...]:
    """The direct parts of a node, none for numbers and symbols."""
    match value:
        case int() | Symbol():
            return ()
        case Sum(parts) | Product(parts) | Min(parts) | Max(parts):
            return parts
        case FloorDiv(top, bottom) | Mod(top, bottom):
            return (top, bottom)
    raise TypeError(f"not an index expression: {value!r}")


def rebuild(value: Index, parts: Sequence[Index]) -> Index:
    """The same kind of node over other parts."""
    match value:
        case int() | Symbol():
            return value
        case Sum() | Product() | Min() | Max():
            return type(value)(tuple(parts))
        case FloorDiv() | Mod():
            return type(value)(parts[0], parts[1])
    raise TypeError(f"not an index expression: {value!r}")


# --- plain text ---------------------------------------------------------------------------------


def text(value: Index) -> str:
    """Plain ASCII, as the spec language reads it back: ``2*o + k - P``."""
    match value:
        case int():
            return str(value)
        case Symbol(name):
            return name
        case Sum(terms):
            return "".join(_signed(term, first=n == 0) for n, term in enumerate(terms))
        case Product((-1, *rest)) if rest:
            return "-" + _after_minus(Product(tuple(rest)) if len(rest) > 1 else rest[0])
        case Product(factors):
            return "*".join(_grouped(factor) for factor in factors)
        case FloorDiv(top, bottom):
            return f"{_grouped(top)}//{_grouped(bottom)}"
        case Mod(top, bottom):
            return f"{_grouped(top)} % {_grouped(bottom)}"
        case Min(args) | Max(args):
            name = "min" if isinstance(value, Min) else "max"
            return f"{name}({', '.join(text(arg) for arg in args)})"
    raise TypeError(f"not an index expression: {value!r}")


def is_negative(term: Index) -> bool:
    """Whether a term prints with a minus in front."""
    match term:
        case int():
            return term < 0
        case Product((int() as number, *_)):
            return number < 0
    return False


def _signed(term: Index, *, first: bool) -> str:
    if is_negative(term):
        inside = _without_minus(term)
        if first:
            return f"-{_after_minus(inside)}"
        return f" - ({text(inside)})" if isinstance(inside, Sum) else f" - {text(inside)}"
    return text(term) if first else f" + {text(term)}"


def _after_minus(value: Index) -> str:
    """Brackets where the minus would else belong to the first part alone: ``-(a//b)``."""
    return f"({text(value)})" if isinstance(value, Sum | FloorDiv | Mod) else text(value)


def _grouped(value: Index) -> str:
    plain = isinstance(value, Symbol | Min | Max) or (isinstance(value, int) and value >= 0)
    return text(value) if plain else f"({text(value)})"


def _without_minus(term: Index) -> Index:
    """The term behind its minus."""
    match term:
        case int():
            return -term
        case Product((int() as number, *rest)):
            front = () if number == -1 else (-number,)
            parts = (*front, *rest)
            return parts[0] if len(parts) == 1 else Product(parts)
    raise TypeError(f"not a negative term: {term!r}")
