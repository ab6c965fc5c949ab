"""Index expressions: small frozen trees that never rewrite themselves.

An index is an ``int`` or a tree of :class:`Symbol`, :class:`Sum`, :class:`Product`,
:class:`FloorDiv`, :class:`Mod`, :class:`Min` and :class:`Max`.  What a person wrote (``S*o + D*k -
P``) stays as written; :func:`tidy` folds constants and :func:`simplify` collects like terms, and
both happen only where somebody asks.  The verbs live in this file (substitute, evaluate, compile,
compare); other rooms read the trees as LaTeX, SymPy or integer sets.

The trees are our own, not pymbolic's, because printing must follow the written order, and
because two compiled dependencies and 0.15 s of start-up are dear for 200 lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

from symconv.errors import NeedsSizes

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


# --- reading ------------------------------------------------------------------------------------


def leaves(value: Index) -> int:
    """How many numbers and symbols are written down: a measure of length for people."""
    return sum(map(leaves, children(value))) or 1


def symbols(*values: Index | Condition) -> set[str]:
    """The names that occur."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Condition):
            found |= symbols(value.left, value.right)
        elif isinstance(value, Symbol):
            found.add(value.name)
        else:
            found |= symbols(*children(value))
    return found


def substitute(value: Index, names: Mapping[str, Index]) -> Index:
    """Replace symbols by indices, at once, and fold what became constant."""
    return tidy(put_in(value, names))


def put_in(value: Index, names: Mapping[str, Index]) -> Index:
    """Replace symbols and leave the rest as written: ``(5 - 3 + 2)//2 + 1`` stays a sum."""
    if isinstance(value, Symbol):
        return names.get(value.name, value)
    return rebuild(value, [put_in(part, names) for part in children(value)])


def substitute_condition(condition: Condition, names: Mapping[str, Index]) -> Condition:
    """Replace symbols on both sides."""
    return Condition(
        substitute(condition.left, names), condition.relation, substitute(condition.right, names)
    )


def tidy(value: Index) -> Index:
    """Fold numbers and drop ``+ 0``, ``* 1``, ``// 1``; the written order stays."""
    if isinstance(value, int | Symbol):
        return value
    parts = [tidy(part) for part in children(value)]
    match value:
        case Sum():
            return _tidy_sum(parts)
        case Product():
            return _tidy_product(parts)
        case FloorDiv():
            return _tidy_floor(parts[0], parts[1])
        case Mod():
            return _tidy_mod(parts[0], parts[1])
        case Min() | Max():
            return _tidy_extreme(value, parts)
    raise TypeError(f"not an index expression: {value!r}")


def _tidy_sum(parts: Iterable[Index]) -> Index:
    flat: list[Index] = []
    for part in parts:
        flat.extend(part.terms if isinstance(part, Sum) else [part])
    total = sum(part for part in flat if isinstance(part, int))
    rest: list[Index] = [part for part in flat if not isinstance(part, int)]
    place = next((n for n, part in enumerate(flat) if isinstance(part, int)), len(flat))
    if total:
        rest.insert(min(place, len(rest)), total)
    if not rest:
        return 0
    return rest[0] if len(rest) == 1 else Sum(tuple(rest))


def _tidy_product(parts: Iterable[Index]) -> Index:
    flat: list[Index] = []
    for part in parts:
        flat.extend(part.factors if isinstance(part, Product) else [part])
    number = 1
    for part in flat:
        number *= part if isinstance(part, int) else 1
    rest: list[Index] = [part for part in flat if not isinstance(part, int)]
    if not rest or number == 0:
        return number
    if len(rest) == 1 and isinstance(rest[0], Sum) and number == -1:
        return Sum(tuple(_tidy_product((-1, term)) for term in rest[0].terms))
    if number != 1:
        rest.insert(0, number)
    return rest[0] if len(rest) == 1 else Product(tuple(rest))


def _tidy_floor(top: Index, bottom: Index) -> Index:
    if bottom == 1 or top == 0:
        return top
    if isinstance(top, int) and isinstance(bottom, int) and bottom:
        return top // bottom
    return FloorDiv(top, bottom)


def _tidy_mod(top: Index, bottom: Index) -> Index:
    if bottom == 1 or top == 0:
        return 0
    if isinstance(top, int) and isinstance(bottom, int) and bottom:
        return top % bottom
    return Mod(top, bottom)


def _tidy_extreme(value: Min | Max, parts: list[Index]) -> Index:
    choose = min if isinstance(value, Min) else max
    numbers = [part for part in parts if isinstance(part, int)]
    rest: list[Index] = list(dict.fromkeys(p for p in parts if not isinstance(p, int)))
    if numbers:
        rest.append(choose(numbers))
    return rest[0] if len(rest) == 1 else type(value)(tuple(rest))


# --- polynomials: what two trees have in common -------------------------------------------------

Monomial: TypeAlias = tuple[Tree, ...]
Polynomial: TypeAlias = dict[Monomial, int]


def polynomial(value: Index) -> Polynomial:
    """Collect like terms: ``{sorted product of atoms: integer}``.

    Atoms are symbols and the nodes that are not sums or products, their insides collected too,
    so two indices with equal polynomials are equal wherever both are defined.
    """
    match value:
        case int():
            return {(): value} if value else {}
        case Sum(terms):
            total: Polynomial = {}
            for term in terms:
                for monomial, number in polynomial(term).items():
                    total[monomial] = total.get(monomial, 0) + number
            return {monomial: number for monomial, number in total.items() if number}
        case Product(factors):
            product: Polynomial = {(): 1}
            for factor in factors:
                product = _times(product, polynomial(factor))
            return product
        case Symbol():
            return {(value,): 1}
        case _:
            atom = tidy(rebuild(value, [simplify(part) for part in children(value)]))
            inside = isinstance(atom, int | Sum | Product)
            return polynomial(atom) if inside else {(cast("Tree", atom),): 1}


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    product: Polynomial = {}
    for a, m in left.items():
        for b, n in right.items():
            key = tuple(sorted((*a, *b), key=text))
            product[key] = product.get(key, 0) + m * n
    return {monomial: number for monomial, number in product.items() if number}


def from_polynomial(terms: Polynomial) -> Index:
    """A tree again: positive terms first, in the order they were met; ``K - 1 - P``."""
    ordered = [*terms.items()]
    positive = [item for item in ordered if item[1] > 0]
    negative = sorted((item for item in ordered if item[1] < 0), key=lambda item: item[0] != ())
    parts = [tidy(Product((number, *monomial))) for monomial, number in positive + negative]
    return tidy(Sum(tuple(parts))) if parts else 0


def simplify(value: Index) -> Index:
    """Collect like terms; the order of first appearance stays, positive terms come first."""
    return from_polynomial(polynomial(value))


def same(left: Index, right: Index) -> bool:
    """Whether the two are equal as polynomials (a sufficient test, not a necessary one)."""
    return left == right or polynomial(left) == polynomial(right)


def coefficient(value: Index, name: str) -> tuple[Index, Index] | None:
    """``(c, e)`` with ``value == c*name + e``, or None where `name` is inside anything else."""
    factor: Polynomial = {}
    rest: Polynomial = {}
    symbol = Symbol(name)
    for monomial, number in polynomial(value).items():
        if symbol in monomial:
            others = list(monomial)
            others.remove(symbol)
            factor[tuple(others)] = number
        else:
            rest[monomial] = number
    pair = from_polynomial(factor), from_polynomial(rest)
    return None if name in symbols(*pair) else pair


# --- evaluating ---------------------------------------------------------------------------------


def evaluate(value: Index, sizes: Mapping[str, int]) -> int:
    """The integer value; a missing size is named."""
    return cast("int", compiled((value,), tuple(sorted(sizes)))(*_sorted_values(sizes))[0])


def _sorted_values(sizes: Mapping[str, int]) -> Iterator[int]:
    return (sizes[name] for name in sorted(sizes))


def concrete(value: Index, sizes: Mapping[str, int] | None = None) -> int:
    """The integer value, refusing symbols that have no number."""
    known = sizes or {}
    missing = sorted(symbols(value) - set(known))
    if missing:
        raise NeedsSizes(
            f"{text(value)} has no number yet",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )
    return evaluate(value, known)


@cache
def compiled(
    values: tuple[Index | Condition, ...], names: tuple[str, ...], minimum: Any = None
) -> Callable[..., tuple[Any, ...]]:
    """A Python function of `names` that returns all the values at once.

    Works on integers, and on integer arrays when `minimum` is ``(numpy.minimum, numpy.maximum)``.
    The source is made from the tree alone (names are numbered), so no text of a user is run.
    """
    missing = sorted(symbols(*values) - set(names))
    if missing:
        raise NeedsSizes(
            "some symbols have no value",
            expected="a value for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )
    places = {name: f"v{number}" for number, name in enumerate(names)}
    body = "".join(f"{_source(value, places)}, " for value in values)
    least, most = minimum or (min, max)
    return cast(
        "Callable[..., tuple[Any, ...]]",
        eval(f"lambda {', '.join(places.values())}: ({body})", {"least": least, "most": most}),
    )


def _source(value: Index | Condition, places: Mapping[str, str]) -> str:
    match value:
        case int():
            return f"({value})"
        case Symbol(name):
            return places[name]
        case Condition(left, relation, right):
            if relation not in RELATIONS:
                raise TypeError(f"not a relation: {relation!r}")
            return f"({_source(left, places)} {relation} {_source(right, places)})"
        case Sum(parts) | Product(parts):
            sign = " + " if isinstance(value, Sum) else " * "
            return f"({sign.join(_source(part, places) for part in parts)})"
        case FloorDiv(top, bottom) | Mod(top, bottom):
            sign = " // " if isinstance(value, FloorDiv) else " % "
            return f"({_source(top, places)}{sign}{_source(bottom, places)})"
        case Min(parts) | Max(parts):
            name = "least" if isinstance(value, Min) else "most"
            nested = _source(parts[0], places)
            for part in parts[1:]:
                nested = f"{name}({nested}, {_source(part, places)})"
            return nested
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
            return "-" + text(Product(tuple(rest)) if len(rest) > 1 else rest[0])
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


def negated(term: Index) -> Index:
    """The term without its minus."""
    return tidy(minus(term))


def _signed(term: Index, *, first: bool) -> str:
    if is_negative(term):
        inside = negated(term)
        shown = f"({text(inside)})" if isinstance(inside, Sum) else text(inside)
        return f"-{shown}" if first else f" - {shown}"
    return text(term) if first else f" + {text(term)}"


def _grouped(value: Index) -> str:
    plain = isinstance(value, Symbol | Min | Max) or (isinstance(value, int) and value >= 0)
    return text(value) if plain else f"({text(value)})"
