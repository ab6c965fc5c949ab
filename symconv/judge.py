"""Asks the provers about what a person wrote, step by step of a chain; never an exception.

A proof is of the formula that symconv derived; each verdict names the run in which the engine
agreed with that formula.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.checks import Check, check_gradient, check_outputs
from symconv.claims import AnyClaim, Scope, SizeClaim, Verdict
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.notation import equation_latex, size_latex
from symconv.printing import printing_style
from symconv.provers import decide
from symconv.syntax.formula import FormulaError, Reading, claim_of, read_formula

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


def judge(text: str, graph: Graph, conventions: Conventions = PLAIN) -> Verdict:
    """The verdict on a LaTeX formula about an operation; `steps` holds one for each step."""
    try:
        reading = read_formula(text, graph, conventions)
        claims = claim_of(reading, graph)
    except FormulaError as error:
        return not_understood(error, graph, text)
    witness = _witness(reading, graph)
    if witness is not None and not witness.passed:
        return Verdict("undecided", "engine", Scope(graph.parameters), str(witness), text=text)
    return overall(tuple(judge_claim(claim, graph, witness) for claim in claims))


def judge_claim(claim: AnyClaim, graph: Graph, witness: Check | None) -> Verdict:
    """The verdict on one claim, with what is right where the claim is not."""
    verdict = decide(claim)
    correct = "" if verdict.good else _correct(claim, graph)
    seen = "" if witness is None else f"derived formula: {witness}"
    return replace(verdict, correct=correct, witness=seen, text=claim.text)


def overall(steps: tuple[Verdict, ...]) -> Verdict:
    """The first of the gravest steps, which speaks for all of them."""
    if len(steps) == 1:
        return steps[0]
    worst = max(steps, key=lambda step: GRAVITY.index(step.outcome))
    return replace(worst, step=steps.index(worst) + 1, steps=steps)


def not_understood(error: SymconvError, graph: Graph, text: str) -> Verdict:
    """What could not be read, where and why."""
    column = getattr(error, "column", 0)
    scope = Scope(graph.parameters)
    return Verdict("not_understood", "reading", scope, str(error), text=text, column=column)


def _witness(reading: Reading, graph: Graph) -> Check | None:
    """The engine's agreement with the formula that the claim is held against."""
    if reading.subject.kind == "gradient":
        return check_gradient(graph, reading.subject.name)
    return check_outputs(graph) if reading.subject.kind == "result" else None


def _correct(claim: AnyClaim, graph: Graph) -> str:
    """The true formula of the first step, ready to paste."""
    if isinstance(claim, SizeClaim):
        size = claim.left
        return size_latex(size.top) if size.bottom == 1 else ""
    return equation_latex(claim.left, printing_style(graph))
