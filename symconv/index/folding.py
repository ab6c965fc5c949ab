"""Reading and rewriting an index where somebody asks: symbols, substitution, folding of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from symconv.index.trees import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    Tree,
    children,
    minus,
    rebuild,
)


def leaves(value: Index) -> int:
    """How many numbers and symbols are written down: a measure of length for people."""
    return sum(map(leaves, children(value))) or 1


def symbols(*values: Index | Condition) -> set[str]:
    """The names that occur."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Symbol):
            found.add(value.name)
        elif isinstance(value, Condition):
            found |= symbols(value.left, value.right)
        elif not isinstance(value, int):
            found |= symbols(*children(value))
    return found


def substitute(value: Index, names: Mapping[str, Index]) -> Index:
    """Replace symbols by indices, at once, and fold what became constant."""
    return value if isinstance(value, int) else tidy(put_in(value, names))


def put_in(value: Index, names: Mapping[str, Index]) -> Index:
    """Replace symbols and leave the rest as written: ``(5 - 3 + 2)//2 + 1`` stays a sum."""
    if isinstance(value, int):
        return value
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
    if isinstance(value, int) or isinstance(value, Symbol):  # noqa: SIM101, a union is slow
        return value
    return _tidy(value)


@lru_cache(maxsize=20_000)
def _tidy(value: Tree) -> Index:
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


def negated(term: Index) -> Index:
    """The term without its minus."""
    return tidy(minus(term))
