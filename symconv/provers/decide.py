"""Which prover answers: the strongest one that can."""

from __future__ import annotations

from dataclasses import replace

from symconv.claims import AnyClaim, Claim, SizeClaim, Verdict
from symconv.provers.grid import VALUES, is_smallest, on_grid
from symconv.provers.isl import NoLibrary
from symconv.provers.lengths import at_numbers, open_symbols, size_refined
from symconv.provers.normal import by_normal_form, closed
from symconv.provers.numeric import by_numbers, size_by_numbers
from symconv.provers.strides import by_strides

FIRST = 3
"""How many values a symbol takes on the grid that every proof for all strides is paired with."""


def decide(claim: AnyClaim, cases: int = 24) -> Verdict:
    """Proved, refuted, checked or undecided, with the reason why it is no more than that."""
    if isinstance(claim, Claim) and closed(claim):
        exact = by_normal_form(claim)
        if exact.outcome != "undecided":
            return exact
    if isinstance(claim, SizeClaim) and not open_symbols(claim):
        return at_numbers(claim)
    try:
        verdict = _proof(claim)
    except NoLibrary as problem:
        return _weaker(_numbers(claim, cases), f"no proof for all sizes: {problem}")
    if verdict.outcome != "undecided":
        return size_refined(claim, verdict) if isinstance(claim, SizeClaim) else verdict
    seen = _numbers(claim, cases)
    if seen.outcome == "checked":
        found = by_strides(claim, met=True)
        if found.outcome == "proved":
            return _paired(found, f"equal in exact arithmetic on {seen.cases} cases")
    return _weaker(seen, f"no proof for all sizes: {verdict.evidence}")


def _proof(claim: AnyClaim) -> Verdict:
    """By integer sets, and where a stride is a symbol by elimination, paired with a small grid."""
    verdict, grid = on_grid(claim, FIRST)
    if not grid.chosen or (verdict.outcome == "refuted" and is_smallest(verdict, grid)):
        return verdict
    why = ""
    if verdict.outcome == "checked":
        found = by_strides(claim, met=True)
        if found.outcome == "proved":
            return _paired(found, f"proved by integer sets at each of {grid}")
        why = f"no proof for all {grid.names}: {found.evidence}"
    wider, _ = on_grid(claim, VALUES)
    return replace(wider, notes=(why,)) if wider.outcome == "checked" and why else wider


def _paired(verdict: Verdict, how: str) -> Verdict:
    return replace(verdict, evidence=f"{verdict.evidence}; also {how}")


def _numbers(claim: AnyClaim, cases: int) -> Verdict:
    if isinstance(claim, SizeClaim):
        return size_by_numbers(claim)
    return by_numbers(claim, cases)


def _weaker(verdict: Verdict, why: str) -> Verdict:
    return verdict if verdict.outcome == "refuted" else replace(verdict, notes=(why,))
