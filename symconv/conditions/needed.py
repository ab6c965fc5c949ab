"""Whether a condition is also necessary: the claim fails at all sizes that do not meet it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symconv.claims import AnyClaim, SizeClaim
from symconv.conditions.family import Candidate
from symconv.conditions.room import large
from symconv.conditions.wording import listed
from symconv.index import Condition
from symconv.provers import decide
from symconv.provers.failing import Region
from symconv.provers.isl import Undecided
from symconv.provers.points import smallest

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
CLAIMED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
YES = "it fails at all other sizes"


def needed(
    claim: AnyClaim, candidate: Candidate, regions: Sequence[Region], *, bounded: bool
) -> tuple[bool, str]:
    """Whether it is proved that the claim fails wherever a condition does not hold, and a word."""
    try:
        places = list(_elsewhere(candidate, regions, ()))
        roomy = list(_elsewhere(candidate, regions, tuple(large(claim))))
    except Undecided:
        return False, ""
    if roomy:
        return False, f"it also holds elsewhere, at {roomy[0]} for example"
    exact = all(region.failing is not None and region.exact for region in regions)
    if places and not exact:
        return False, f"it also holds elsewhere, at {places[0]} for example"
    if places:
        tried = f" (tried at {grid(regions)})" if regions[0].known else ""
        return False, f"elsewhere it holds only where an axis has one element{tried}"
    if not exact:
        return False, ""
    if len(regions) == 1 and not regions[0].known:
        return True, YES
    if isinstance(claim, SizeClaim) and not bounded and _fails_without(claim, candidate):
        return True, YES
    return False, f"{YES} at each of {grid(regions)}, which is no proof for all"


def grid(regions: Sequence[Region]) -> str:
    """The strides at which the sets were looked at: ``S = 1 … 3``."""
    spans = {name: [region.known[name] for region in regions] for name in regions[0].known}
    return listed([f"{name} = {min(span)} … {max(span)}" for name, span in spans.items()])


def _elsewhere(
    candidate: Candidate, regions: Sequence[Region], also: tuple[Condition, ...]
) -> Iterator[str]:
    """Sizes at which the claim holds though the condition does not, where the sets show any."""
    for region in regions:
        if region.failing is None:
            continue
        met = region.where(candidate.conditions)
        other = region.holding(region.where(also).subtract(met))
        if not other.is_empty():
            yield _at(region, other)


def _at(region: Region, points: Any) -> str:
    sizes = {**region.known, **smallest(points, region.frame)}
    return ", ".join(f"{name} = {number}" for name, number in sizes.items())


def _fails_without(claim: SizeClaim, candidate: Candidate) -> bool:
    """Whether the opposite claim is proved wherever one of the conditions does not hold."""
    opposite = replace(claim, relation=CLAIMED[claim.relation])
    return all(
        decide(_assuming(opposite, _negated(c))).outcome == "proved" for c in candidate.conditions
    )


def _negated(condition: Condition) -> Condition:
    return Condition(condition.left, OPPOSITE[condition.relation], condition.right)


def _assuming(claim: SizeClaim, condition: Condition) -> SizeClaim:
    scope = replace(claim.scope, assumptions=(*claim.scope.assumptions, condition))
    return replace(claim, scope=scope)
