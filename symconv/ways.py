"""Code that is read case by case (where a slice may be empty, say): one verdict for all cases.

Where a result is right in some cases and wrong in others, the claim holds under a condition: the
cases in which it was proved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from symconv.claims import AnyClaim, Diagnosis, Proviso, Verdict
from symconv.graph import Parameter
from symconv.index import Condition, Index, add, coefficient, minus, simplify, text

WRONG = ("refuted", "conditional")
AT_LEAST: dict[str, tuple[int, int]] = {"<=": (-1, 0), "<": (-1, -1), ">=": (1, 0), ">": (1, -1)}
"""``left relation right`` over the integers is ``sign·(left - right) + more >= 0``."""
Judged = tuple[AnyClaim, Verdict]


def merged(claims: Sequence[AnyClaim], verdicts: Sequence[Verdict]) -> list[Judged]:
    """Each claim with its verdict, the cases of one assignment as one."""
    groups: dict[object, list[Judged]] = {}
    for claim, verdict in zip(claims, verdicts, strict=True):
        groups.setdefault((claim.place, claim.subject), []).append((claim, verdict))
    return [judged for group in groups.values() for judged in _one(group)]


def _one(group: list[Judged]) -> list[Judged]:
    """The cases of a group as one claim, where they are just two that exclude each other."""
    cases = [_case(claim, group) for claim, _ in group]
    if len(group) != 2 or any(case is None for case in cases) or not _opposite(cases):
        return group
    (claim, first), (_, second) = group
    outcomes = {first.outcome, second.outcome}
    if outcomes == {"proved"}:
        return [(_plain(claim), _without(first, cases))]
    if "proved" not in outcomes or outcomes.isdisjoint(WRONG):
        return group
    right = 0 if first.outcome == "proved" else 1
    holds, proof = cases[right], group[right][1]
    assert holds is not None  # no case is None here
    said = in_words(holds, claim.scope.parameters)
    proviso = Proviso(said, (holds,), False, f"{proof.outcome} there: {proof.evidence}")
    wrong = _without(group[1 - right][1], cases)
    told = replace(
        wrong, outcome="conditional", condition=proviso, diagnosis=wrong.diagnosis or _empty(wrong)
    )
    return [(_plain(claim), told)]


def _empty(wrong: Verdict) -> Diagnosis | None:
    """A result without elements: the slice ``[P:-P]`` where P is 0."""
    found = wrong.counterexample
    shape = re.fullmatch(r"shape \((.*)\)", found.right) if found is not None else None
    if shape is None or "0" not in re.split(r",\s*", shape[1]):
        return None
    said = "a slice that ends at a negative bound is empty where this is 0: end it at start + size"
    return Diagnosis("empty slice", said)


def _case(claim: AnyClaim, group: Sequence[Judged]) -> Condition | None:
    """What is assumed in this case alone."""
    others = [set(other.scope.assumptions) for other, _ in group if other is not claim]
    own = [c for c in claim.scope.assumptions if not any(c in held for held in others)]
    return own[0] if len(own) == 1 and own[0].relation in AT_LEAST else None


def _opposite(cases: Sequence[Condition | None]) -> bool:
    """Whether one of the two holds just where the other does not: e >= 0 and -e - 1 >= 0."""
    one, other = (_least(case) for case in cases if case is not None)
    return simplify(add(one, other)) == -1


def _least(condition: Condition) -> Index:
    """The index that is at least 0 just where the condition holds."""
    sign, more = AT_LEAST[condition.relation]
    apart = add(condition.left, minus(condition.right))
    return simplify(add(apart if sign > 0 else minus(apart), more))


def in_words(condition: Condition, parameters: Sequence[Parameter]) -> str:
    """``0 > -P`` is P ≥ 1, and ``0 <= -P`` is P = 0 where P is at least 0."""
    value = _least(condition)
    for parameter in parameters:
        taken = coefficient(value, parameter.name)
        if taken is None or taken[0] not in (1, -1) or not isinstance(taken[1], int):
            continue
        if taken[0] == 1:
            return f"{parameter.name} ≥ {-taken[1]}"
        sign = "=" if taken[1] == parameter.least else "≤"
        return f"{parameter.name} {sign} {taken[1]}"
    return f"{text(value)} ≥ 0"


def _without(verdict: Verdict, cases: Sequence[Condition | None]) -> Verdict:
    """The verdict without the cases in what it says it assumes."""
    evidence = verdict.evidence
    assumptions = verdict.assumptions
    for case in map(str, cases):
        shown = case.replace("<=", "≤").replace(">=", "≥")
        evidence = evidence.replace(f", {shown}", "").replace(f", {case}", "")
        assumptions = tuple(a for a in assumptions if a not in (case, shown))
    return replace(verdict, evidence=evidence, assumptions=assumptions, text=_words(verdict.text))


def _plain(claim: AnyClaim) -> AnyClaim:
    return replace(claim, text=_words(claim.text))


def _words(said: str) -> str:
    """The text of the code without the case."""
    return said.partition("  (for ")[0]
