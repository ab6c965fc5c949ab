"""How much room a condition leaves: infinitely many sizes, all at least 2, none of them forced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symconv.claims import AnyClaim, SizeClaim
from symconv.index import Condition, Index, Symbol, symbols
from symconv.provers.failing import Region, coordinates
from symconv.provers.isl import Undecided

LEAST = 2
"""A size of 1 hides nearly every mistake."""


def ample(claim: AnyClaim, regions: Sequence[Region], conditions: tuple[Condition, ...]) -> bool:
    """Whether a condition holds for infinitely many sizes at least 2 and forces none of them."""
    try:
        all_large = (*conditions, *large(claim))
        left = [(r, r.where(all_large)) for r in regions]
    except Undecided:
        return False
    left = [(region, points) for region, points in left if not points.is_empty()]
    names = [p.name for p in claim.scope.parameters if p.kind == "size"]
    forced = any(len(values) == 1 and None not in values for values in _values(left, names))
    open_names = names or list(claim.scope.names)
    return not forced and any(not _span(r, p, open_names).is_bounded() for r, p in left)


def large(claim: AnyClaim) -> Iterator[Condition]:
    """Every size in scope and every axis of every tensor is at least 2."""
    for parameter in claim.scope.parameters:
        if parameter.kind == "size":
            yield Condition(Symbol(parameter.name), ">=", LEAST)
    for size in dict.fromkeys(_extents(claim)):
        if symbols(size) and not isinstance(size, Symbol):
            yield Condition(size, ">=", LEAST)


def _extents(claim: AnyClaim) -> Iterator[Index]:
    if isinstance(claim, SizeClaim):
        for condition in claim.scope.assumptions:
            if condition.relation == ">=" and condition.right == 1:
                yield condition.left
        return
    for equation in (claim.left, *claim.before):
        yield from equation.shape
        for _, shape in equation.shapes:
            yield from shape


def _span(region: Region, points: Any, names: Sequence[str]) -> Any:
    """The values that some symbols take."""
    kinds = region.frame.isl.dim_type
    flat = coordinates(region, points)
    for place in reversed(range(len(region.frame.parameters))):
        if region.frame.parameters[place] not in names:
            flat = flat.project_out(kinds.set, place, 1)
    return flat


def _values(left: Sequence[tuple[Region, Any]], names: Sequence[str]) -> Iterator[set[int | None]]:
    """For each symbol the values that it takes at the points of the grid, None for several."""
    for name in names:
        yield {_only(region, points, name) for region, points in left}


def _only(region: Region, points: Any, name: str) -> int | None:
    if name in region.known:
        return region.known[name]
    span = _span(region, points, [name])
    if not span.is_singleton():
        return None
    kinds = region.frame.isl.dim_type
    number: int = span.sample_point().get_coordinate_val(kinds.set, 0).to_python()
    return number
