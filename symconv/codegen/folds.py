"""Circular, reflected and repeated padding: positions that are led back into the axis."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.codegen.bounds import affine, span, upper
from symconv.index import (
    Index,
    Max,
    Min,
    Mod,
    Symbol,
    add,
    children,
    evaluate,
    minus,
    polynomial,
    rebuild,
    same,
    simplify,
    symbols,
    tidy,
)
from symconv.values import dataclass

PLACE = "p"
"""The symbol for a position in a fold, ``p mod N``."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Positions ``start, start + 1, …`` (`count` of them), led to `index` of the plain axis."""

    index: Index
    start: Index
    count: Index


def folded(index: Index, size: Index, ranges: Mapping[str, Index]) -> tuple[Index, Fold] | None:
    """An index that is a function of one affine position, ``(o + k - P) mod N``.

    Returns where it is read in the padded axis, and how that is led to the plain one.
    """
    cores = _cores(index, ranges)
    if not cores:
        return None
    core = cores[0]
    if any(not (same(core, other) or same(core, minus(other))) for other in cores):
        return None
    ends = span(core, ranges)
    if ends is None:
        return None
    low, high = ends[0], upper(ends[1])
    rule = _in_place(index, core, ranges)
    count = simplify(add(high, 1, minus(low)))
    if symbols(rule) & set(ranges) or not _lands_inside(rule, size, low, count):
        return None
    return simplify(add(core, minus(low))), Fold(rule, low, count)


def _cores(index: Index, ranges: Mapping[str, Index]) -> list[Index]:
    """The largest affine parts that hold variables."""
    if not symbols(index) & set(ranges):
        return []
    if affine(index, ranges) is not None:
        return [index]
    return [core for part in children(index) for core in _cores(part, ranges)]


def _in_place(index: Index, core: Index, ranges: Mapping[str, Index]) -> Index:
    if not symbols(index) & set(ranges):
        return index
    if same(index, core):
        return Symbol(PLACE)
    if same(index, minus(core)):
        return minus(Symbol(PLACE))
    return rebuild(index, [_in_place(part, core, ranges) for part in children(index)])


def _lands_inside(rule: Index, size: Index, low: Index, count: Index) -> bool:
    """Whether every position is led inside the axis; what is not would have to be left out."""
    if isinstance(low, int) and isinstance(count, int) and isinstance(size, int):
        found = (
            [evaluate(rule, {PLACE: p}) for p in range(low, low + count)]
            if (symbols(rule) <= {PLACE})
            else [-1]
        )
        return all(0 <= i < size for i in found)
    last = tidy(add(size, -1))
    match rule:
        case Mod(_, bottom):
            return same(bottom, size)
        case Min((Max((_, 0)), other)):
            return same(other, last)
        case Min((Max((one, two)), other)):
            mirrored = add(last, last, minus(Max((one, two))))
            return same(one, minus(two)) and polynomial(other) == polynomial(mirrored)
    return False
