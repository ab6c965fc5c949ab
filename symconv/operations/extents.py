"""How far an index reaches over its ranges: the size a tensor needs that was not declared."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.index import (
    FloorDiv,
    Index,
    Max,
    Mod,
    add,
    coefficient,
    minus,
    polynomial,
    simplify,
    substitute,
    symbols,
    tidy,
)
from symconv.terms import Range


def extent(index: Index, ranges: Sequence[Range]) -> Index | None:
    """One more than the greatest value of an index over its ranges, or None if that is not known.

    ``x[i mod N]`` needs N elements, whatever i is.
    """
    if isinstance(index, Mod):
        return index.bottom
    highest = _highest(index, ranges)
    return None if highest is None else simplify(add(highest, 1))


def greatest(ends: Sequence[Index]) -> Index:
    """The greatest of some sizes; one that is never above another is left out."""
    kept = [
        end
        for place, end in enumerate(ends)
        if not any(
            _never_above(end, other) and not (_never_above(other, end) and place < rival)
            for rival, other in enumerate(ends)
            if rival != place
        )
    ]
    return tidy(Max(tuple(kept)))


def _never_above(end: Index, other: Index) -> bool:
    """Whether `other - end` is a sum of positive terms, whose symbols are at least 0."""
    return all(number > 0 for number in polynomial(add(other, minus(end))).values())


def _highest(index: Index, ranges: Sequence[Range]) -> Index | None:
    if isinstance(index, FloorDiv):
        top = _highest(index.top, ranges)
        fixed = not symbols(index.bottom) & {item.name for item in ranges}
        return tidy(FloorDiv(top, index.bottom)) if top is not None and fixed else None
    for item in ranges:
        if item.name not in symbols(index):
            continue
        parts = coefficient(index, item.name)
        sign = _sign(parts[0]) if parts else 0
        if sign == 0:
            return None
        index = substitute(index, {item.name: item.last if sign > 0 else item.start})
    return simplify(index)


def _sign(value: Index) -> int:
    """The sign of a coefficient whose symbols are sizes, strides and the like (at least 1)."""
    numbers = polynomial(value).values()
    if numbers and all(n > 0 for n in numbers):
        return 1
    return -1 if numbers and all(n < 0 for n in numbers) else 0
