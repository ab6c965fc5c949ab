"""Asks the provers about what a person wrote, step by step of a chain; never an exception.

A proof is of the formula that symconv derived; each verdict names the run in which the engine
agreed with that formula.  What is refuted is asked for a condition under which it would hold, and
for the mistake that leads to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from symconv.checks import Check, check_gradient, check_outputs
from symconv.claims import AnyClaim, Scope, SizeClaim, Subject, Verdict
from symconv.conditions import condition_for, corner_note
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.mistakes import explain
from symconv.provers import decide
from symconv.right import explained, right_formula
from symconv.syntax.code import UNSURE
from symconv.syntax.formula import Reading, Repair, claim_of, read_formulas
from symconv.syntax.formula.respelled import orders_said
from symconv.terms import describe

Prove = Callable[[AnyClaim], Verdict]
GRAVITY = (
    "ignored",
    "proved",
    "checked",
    "undecided",
    "not_understood",
    "conditional",
    "refuted",
)
"""The outcomes, the gravest last: a chain is as good as its worst step."""


def judge(
    text: str, graph: Graph, conventions: Conventions = PLAIN, prove: Prove = decide
) -> Verdict:
    """The verdict on what was written about an operation; `steps` holds one for each step.

    `prove` is asked about each claim: `decide`, or the same in a process that can be ended.
    """
    try:
        readings = read_formulas(text, graph, conventions)
        claims = [(reading, claim_of(reading, graph)) for reading in readings]
    except SymconvError as error:
        return not_understood(error, graph, text)
    steps = [
        replace(
            _with_reading(judge_claim(claim, graph, prove, conventions), reading, claim),
            text=_step(reading, place),
        )
        for reading, found in claims
        for place, claim in enumerate(found)
    ]
    return replace(overall(tuple(steps)), text=text) if steps else _nothing(graph, text, readings)


def _step(reading: Reading, place: int) -> str:
    """The text of one step of a chain; the whole text for what it says besides."""
    if len(reading.parts) != len(reading.sides) or place >= len(reading.sides) - 1:
        return reading.text
    left, right = reading.parts[place : place + 2]
    return f"{left} {reading.relations[place]} {right}"


def judge_claim(
    claim: AnyClaim, graph: Graph, prove: Prove = decide, conventions: Conventions = PLAIN
) -> Verdict:
    """The verdict on one claim: with its condition, the likely mistake and what is right."""
    witness = witnessed(graph, claim.subject)
    if witness is not None and not witness.passed:
        return Verdict("undecided", "engine", claim.scope, str(witness), text=claim.text)
    verdict = prove(claim)
    seen = "" if witness is None else f"derived formula: {witness}"
    orders = () if isinstance(claim, SizeClaim) else orders_said(graph, conventions)
    said = (*verdict.assumptions, *orders)
    verdict = replace(verdict, witness=seen, text=claim.text, assumptions=said)
    if verdict.good:
        return verdict
    correct = right_formula(claim, graph, conventions)
    order = ("the counterexample has the operation's own order of axes",) if orders else ()
    notes = (*verdict.notes, *explained(correct, claim, graph), *order)
    verdict = replace(verdict, correct=correct, notes=notes)
    if verdict.outcome != "refuted":
        return verdict
    condition = condition_for(claim)
    if condition is not None:
        verdict = replace(verdict, outcome="conditional", condition=condition)
    else:
        note = corner_note(claim)
        verdict = replace(verdict, notes=(*verdict.notes, *filter(None, [note])))
    return replace(verdict, diagnosis=explain(claim, graph))


def judge_code(
    claims: Sequence[AnyClaim],
    needs: Sequence[SizeClaim],
    graph: Graph,
    prove: Prove = decide,
) -> tuple[Verdict, ...]:
    """The verdicts on what code makes; where something that it needs to run fails, none is proved.

    `needs` are about sizes: that reads stay inside their arrays, that what is combined has equal
    shapes.  Where code may do something else than was read, nothing is decided.
    """
    seen = ((need, _needed(need, prove)) for need in dict.fromkeys(needs))
    first = next(((need, v) for need, v in seen if v.outcome != "proved"), None)  # as it runs
    failing = None if first is None else first[1]
    unsure = first is not None and first[0].subject.name == UNSURE
    found = []
    for claim in claims:
        verdict = judge_claim(claim, graph, prove)
        graver = failing is not None and GRAVITY.index(failing.outcome) > GRAVITY.index(
            verdict.outcome
        )
        if failing is not None and (graver or unsure):
            verdict = replace(
                failing,
                text=claim.text,
                witness=verdict.witness,
                notes=(*failing.notes, f"where the code runs, it is {verdict.outcome}"),
            )
        found.append(verdict)
    return tuple(found)


def _needed(need: SizeClaim, prove: Prove) -> Verdict:
    """Whether code runs at all sizes: what it needs, or where that fails."""
    verdict = prove(need)
    if verdict.outcome != "refuted":
        return verdict
    said = need.text or read_as(need)
    if need.subject.name == UNSURE:
        evidence = f"the code was read as if this held: {said}; it fails ({verdict.evidence})"
        return replace(verdict, outcome="undecided", evidence=evidence, counterexample=None)
    evidence = f"the code raises, wraps or reads elsewhere: {said} fails ({verdict.evidence})"
    verdict = replace(verdict, evidence=evidence)
    condition = condition_for(need)
    if condition is None:
        return verdict
    return replace(verdict, outcome="conditional", condition=condition)


def overall(steps: Sequence[Verdict]) -> Verdict:
    """The first of the gravest steps, which speaks for all of them."""
    if len(steps) == 1:
        return steps[0]
    worst = max(steps, key=lambda step: GRAVITY.index(step.outcome))
    return replace(worst, step=steps.index(worst) + 1, steps=tuple(steps))


def not_understood(error: SymconvError, graph: Graph, text: str) -> Verdict:
    """What could not be read, where and why."""
    column = getattr(error, "column", 0)
    scope = Scope(graph.parameters)
    return Verdict("not_understood", "reading", scope, str(error), text=text, column=column)


def _nothing(graph: Graph, text: str, readings: Sequence[Reading]) -> Verdict:
    notes = tuple(note for reading in readings for note in reading.notes)
    said = "; ".join(notes) or "nothing is claimed"
    return Verdict("ignored", "reading", Scope(graph.parameters), said, text=text)


def _with_reading(verdict: Verdict, reading: Reading, claim: AnyClaim) -> Verdict:
    """How the claim was read, and what was mended and assumed on the way."""
    repairs = mended(reading.repairs)
    if reading.shown and verdict.outcome == "proved":
        why = f"the {reading.shown} entries that are shown agree; the dots stand for the others"
        verdict = replace(verdict, outcome="checked", evidence=why, cases=reading.shown)
    said = ", ".join(map(str, reading.where))
    where = (f"said where {said}, at positions that there are",) if said else ()
    assumptions = tuple(dict.fromkeys((*verdict.assumptions, *reading.notes, *where)))
    return replace(verdict, reading=read_as(claim), repairs=repairs, assumptions=assumptions)


def mended(repairs: Sequence[Repair]) -> tuple[str, ...]:
    """The repairs in words, like ones counted."""
    count = Counter((r.before, r.after, r.reason) for r in repairs)
    return tuple(
        f"{reason} ({before!r}){f', {times} times' if times > 1 else ''}"
        for (before, _, reason), times in count.items()
    )


def read_as(claim: AnyClaim) -> str:
    """The claim in our own words: both sides as forms, or as sizes."""
    if isinstance(claim, SizeClaim):
        sides = [f"({s.top})/({s.bottom})" if s.bottom != 1 else str(s.top)
                 for s in (claim.left, claim.right)]  # fmt: skip
        return f" {claim.relation} ".join(sides)
    return describe(claim.right)


def witnessed(graph: Graph, subject: Subject) -> Check | None:
    """The engine's agreement with the formula that a claim is held against."""
    if subject.kind == "gradient" and subject.name == graph.output:
        return None  # the upstream gradient is given: nothing was derived
    if subject.kind == "gradient" and subject.name in graph.shapes:
        return _witness(graph, subject.name)
    return _witness(graph, "") if subject.kind in ("result", "matrix", "size") else None


@lru_cache(maxsize=64)
def _witness(graph: Graph, of: str) -> Check:
    return check_gradient(graph, of) if of else check_outputs(graph)
