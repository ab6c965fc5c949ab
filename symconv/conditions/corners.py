"""Claims that hold in a corner only: they stay refuted, with a note where they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from symconv.claims import AnyClaim, SizeClaim
from symconv.conditions.needed import grid
from symconv.conditions.search import surveyed
from symconv.conditions.wording import compared
from symconv.index import Condition, Index, Symbol, simplify, symbols
from symconv.provers.failing import Region
from symconv.provers.isl import NoLibrary, Undecided
from symconv.provers.points import smallest

MOST = 4
"""How many corners are named at most."""


def corner_note(claim: AnyClaim) -> str:
    """``holds only for K = 1``, or "" where it is not known to hold anywhere."""
    try:
        found = surveyed(claim)
        if not found or any(region.failing is None for region in found):
            return ""
        note = _note(claim, found)
        tried = f" (tried at {grid(found)})" if found[0].known else ""
        return note and note + tried
    except (NoLibrary, Undecided):
        return ""


def _note(claim: AnyClaim, found: Sequence[Region]) -> str:
    rest = [region.holding(region.domain) for region in found]
    if all(points.is_empty() for points in rest):
        return ""
    whole = _widest([c for c in _corners(claim) if _holds(c, found)], found)
    for count in range(1, len(whole) + 1) if all(region.exact for region in found) else ():
        for several in combinations(whole, count):
            if _covered(several, found, rest):
                return f"holds only for {_either(several)}"
    if whole:
        return f"holds for {_either(whole)}"
    return f"holds at some sizes, {_example(found, rest)} for example"


def _either(corners: Sequence[Condition]) -> str:
    return " or ".join(map(_told, corners))


def _told(corner: Condition) -> str:
    if isinstance(corner.left, Symbol):
        return compared(corner)
    return f"one element along an axis ({compared(corner)})"


def _corners(claim: AnyClaim) -> Iterator[Condition]:
    """A size at its least value, or a result of one element."""
    for parameter in claim.scope.parameters:
        for number in (parameter.least, parameter.least + 1):
            yield Condition(Symbol(parameter.name), "==", number)
    for size in dict.fromkeys(map(simplify, _results(claim))):
        if symbols(size) and not isinstance(size, Symbol):
            yield Condition(size, "==", 1)


def _results(claim: AnyClaim) -> Iterator[Index]:
    if isinstance(claim, SizeClaim):
        yield from (c.left for c in claim.scope.assumptions if c.relation == ">=" and c.right == 1)
        return
    yield from claim.left.shape
    for _, shape in claim.left.shapes:
        yield from shape


def _holds(corner: Condition, found: Sequence[Region]) -> bool:
    """Whether the claim holds in all of a corner, and the corner is there."""
    met = [region.where((corner,)) for region in found]
    if all(points.is_empty() for points in met):
        return False
    return all(r.failure(points) is None for r, points in zip(found, met, strict=True))


def _widest(corners: Sequence[Condition], found: Sequence[Region]) -> list[Condition]:
    """Without the corners that lie in one before them."""
    kept: list[Condition] = []
    for corner in corners:
        met = [region.where((corner,)) for region in found]
        if not any(_inside(met, other, found) for other in kept):
            kept.append(corner)
    return kept[:MOST]


def _inside(met: Sequence[Any], other: Condition, found: Sequence[Region]) -> bool:
    return all(r.contains(p, r.where((other,))) for p, r in zip(met, found, strict=True))


def _covered(corners: Sequence[Condition], found: Sequence[Region], rest: Sequence[Any]) -> bool:
    """Whether the claim holds nowhere but in some corners."""
    for region, held in zip(found, rest, strict=True):
        for corner in corners:
            held = held.subtract(region.where((corner,)))
        if not held.is_empty():
            return False
    return True


def _example(found: Sequence[Region], rest: Sequence[Any]) -> str:
    for region, held in zip(found, rest, strict=True):
        if not held.is_empty():
            sizes = {**region.known, **smallest(held, region.frame)}
            return ", ".join(f"{name} = {number}" for name, number in sizes.items())
    raise ValueError("the claim holds nowhere")
