"""Which prover answers: the strongest one that can."""

from __future__ import annotations

from dataclasses import replace

from symconv.claims import AnyClaim, SizeClaim, Verdict
from symconv.provers.grid import by_grid
from symconv.provers.isl import NoLibrary
from symconv.provers.lengths import size_refined
from symconv.provers.numeric import by_numbers, size_by_numbers


def decide(claim: AnyClaim, cases: int = 24) -> Verdict:
    """Proved, refuted, checked or undecided, with the reason why it is no more than that."""
    try:
        verdict = by_grid(claim)
    except NoLibrary as problem:
        return _weaker(_numbers(claim, cases), f"no proof for all sizes: {problem}")
    if verdict.outcome != "undecided":
        return size_refined(claim, verdict) if isinstance(claim, SizeClaim) else verdict
    return _weaker(_numbers(claim, cases), f"no proof for all sizes: {verdict.evidence}")


def _numbers(claim: AnyClaim, cases: int) -> Verdict:
    if isinstance(claim, SizeClaim):
        return size_by_numbers(claim)
    return by_numbers(claim, cases)


def _weaker(verdict: Verdict, why: str) -> Verdict:
    return verdict if verdict.outcome == "refuted" else replace(verdict, notes=(why,))
