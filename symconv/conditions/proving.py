"""A condition put in, and the claim proved with it.

A symbol that a condition gives a number is replaced by it.  Where no proof covers all strides the
condition says so itself: it then holds for the strides at which each was proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from symconv.claims import AnyClaim
from symconv.conditions.family import Candidate
from symconv.conditions.wording import listed
from symconv.graph import Parameter
from symconv.index import Condition, Symbol
from symconv.provers import decide
from symconv.provers.failing import Region, at_point, regions
from symconv.provers.isl import Undecided
from symconv.values import dataclass

POINTS = 16
MOST = 8
"""How many strides a proof is given for, one by one: 1 … 8, or 16 points where there are more."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved, how, and whether for a bounded choice of strides only."""

    text: str
    conditions: tuple[Condition, ...]
    evidence: str
    bounded: bool = False


def proved(claim: AnyClaim, candidate: Candidate, found: Sequence[Region]) -> Proof | None:
    """The claim under a condition, proved for all sizes; None where no proof is found."""
    stricter = under(claim, candidate)
    verdict = decide(stricter)
    if verdict.outcome == "proved":
        evidence = f"{verdict.method}: proved {verdict.evidence}"
        return Proof(candidate.text, candidate.conditions, evidence)
    if verdict.outcome == "refuted":
        return None
    open_names = [name for name in found[0].known if name in stricter.scope.names]
    return _pointwise(stricter, candidate, open_names) if open_names else None


def under(claim: AnyClaim, candidate: Candidate) -> AnyClaim:
    """The claim with the condition assumed, and with its numbers put in."""
    added = (*claim.scope.assumptions, *candidate.conditions)
    stricter = replace(claim, scope=replace(claim.scope, assumptions=added))
    stricter = at_point(stricter, dict(candidate.pins))
    kept = tuple(c for c in stricter.scope.assumptions if not _certain(c))
    return replace(stricter, scope=replace(stricter.scope, assumptions=kept))


def _certain(condition: Condition) -> bool:
    """Whether a condition says that a number is itself."""
    return condition.relation == "==" and condition.left == condition.right


def _pointwise(claim: AnyClaim, candidate: Candidate, names: Sequence[str]) -> Proof | None:
    """Proved for all sizes at each of some strides, which become part of the condition."""
    chosen = [p for p in claim.scope.parameters if p.name in names]
    most = max(n for n in range(1, MOST + 1) if n ** len(chosen) <= POINTS)
    if most < 2:
        return None
    for point in product(*(range(p.least, p.least + most) for p in chosen)):
        here = at_point(claim, dict(zip(names, point, strict=True)))
        if decide(here).outcome != "proved" and _possible(here):
            return None
    bounds = tuple(_bounds(chosen, most))
    ranges = listed([f"{p.name} = {p.least} … {p.least + most - 1}" for p in chosen])
    return Proof(
        f"{candidate.text}, at each of {ranges}",
        (*candidate.conditions, *bounds),
        f"integer sets: proved for all other sizes at each of {ranges}; not proved for all "
        f"{listed(list(names))}",
        bounded=True,
    )


def _possible(claim: AnyClaim) -> bool:
    """Whether any sizes meet what is assumed, as far as can be told."""
    try:
        return bool(regions(claim))
    except Undecided:
        return True


def _bounds(chosen: Sequence[Parameter], most: int) -> Iterator[Condition]:
    for parameter in chosen:
        yield Condition(Symbol(parameter.name), "<=", parameter.least + most - 1)
