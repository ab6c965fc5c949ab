"""Asks the provers about what a person wrote, step by step of a chain; never an exception.

A proof is of the formula that symconv derived; each verdict names the run in which the engine
agreed with that formula.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symconv.checks import Check, check_gradient, check_outputs
from symconv.claims import Claim, Scope, Verdict
from symconv.graph import Graph
from symconv.notation import equation_latex
from symconv.printing import printing_style
from symconv.provers import decide
from symconv.syntax.formula import FormulaError, Reading, claim_of, read_formula


@dataclass(frozen=True, slots=True)
class Judged:
    """One step of a formula: its verdict, the claim it is about, and the right formula (LaTeX)."""

    verdict: Verdict
    claim: Claim | None = None
    step: int = 1
    steps: int = 1
    correct: str = ""
    error: FormulaError | None = None


def judge(text: str, graph: Graph, **options: Any) -> tuple[Judged, ...]:
    """The verdicts on a LaTeX formula about an operation, one for each step of its chain."""
    try:
        reading = read_formula(text, graph, **options)
        claims = claim_of(reading, graph)
    except FormulaError as error:
        verdict = Verdict("not_understood", "reading", Scope(graph.parameters), str(error))
        return (Judged(verdict, error=error),)
    witness = _witness(reading, graph)
    if witness is not None and not witness.passed:
        verdict = Verdict("undecided", "engine", Scope(graph.parameters), str(witness))
        return (Judged(verdict),)
    judged = []
    for number, claim in enumerate(claims):
        verdict = decide(claim)
        if witness is not None:
            verdict = replace(verdict, notes=(*verdict.notes, f"derived formula: {witness}"))
        correct = "" if verdict.outcome in ("proved", "checked") else _correct(claim, graph)
        judged.append(Judged(verdict, claim, number + 1, len(claims), correct))
    return tuple(judged)


def _witness(reading: Reading, graph: Graph) -> Check | None:
    """The engine's agreement with the formula that the claim is held against."""
    if reading.subject.kind == "gradient":
        return check_gradient(graph, reading.subject.name)
    return check_outputs(graph) if reading.subject.kind == "result" else None


def _correct(claim: Claim, graph: Graph) -> str:
    """The true formula of the first step, ready to paste."""
    return equation_latex(claim.left, printing_style(graph))
