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


def ample(regions: Sequence[Region], conditions: tuple[Condition, ...]) -> bool:
    """Whether a condition holds for infinitely many sizes at least 2 and forces none of them."""
    try:
        left = [(r, r.where((*conditions, *_large(r.claim)))) for r in regions]
    except Undecided:
        return False
    left = [(region, points) for region, points in left if not points.is_empty()]
    names = [p.name for p in regions[0].claim.scope.parameters if p.kind == "size"]
    spans = {name: [_span(region, points, [name]) for region, points in left] for name in names}
    forced = any(found and all(_one(span) for span in found) for found in spans.values())
    open_names = names or [p.name for p in regions[0].claim.scope.parameters]
    return not forced and any(not _span(r, p, open_names).is_bounded() for r, p in left)


def _large(claim: AnyClaim) -> Iterator[Condition]:
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


def _one(span: Any) -> bool:
    return bool(span.is_singleton())
