"""Symbolic strides and other factors: proved for all sizes at each point of a small grid.

That is not a proof for all strides, and the verdict says exactly what it is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from symconv.claims import Claim, Scope, Verdict
from symconv.graph import Parameter
from symconv.index import substitute_condition
from symconv.provers.isl import NotAffine
from symconv.provers.sets import by_sets
from symconv.provers.words import quantified
from symconv.terms import Form, with_sizes

METHOD = "integer sets on a grid"
FACTORS = ("stride", "dilation", "groups")
"""The kinds of symbols that are given numbers first."""
VALUES = 4
POINTS = 64
"""How many values a symbol takes at most, from its least one, and how many points there may be."""


def by_grid(claim: Claim) -> Verdict:
    """The sets prover, or the sets prover at each point of a grid over the symbols at fault.

    Refuted with the smallest counterexample at the first point (in growing order) that has one.
    """
    chosen: list[Parameter] = []
    while True:
        try:
            return _on_grid(claim, chosen) if chosen else by_sets(claim)
        except NotAffine as problem:
            more = _blamed(claim.scope, problem, chosen)
            if more is None or _values(len(chosen) + 1) < 2:
                return Verdict("undecided", METHOD, claim.scope, str(problem))
            chosen.append(more)


def _values(symbols: int) -> int:
    """How many values each of so many symbols takes."""
    return max(n for n in range(1, VALUES + 1) if n**symbols <= POINTS or n == 1)


def _blamed(scope: Scope, problem: NotAffine, chosen: list[Parameter]) -> Parameter | None:
    """The next symbol to give numbers: strides, dilations and groups before sizes."""
    open_ones = [p for p in scope.parameters if p.name in problem.blame and p not in chosen]
    open_ones.sort(
        key=lambda p: (p.kind not in FACTORS, FACTORS.index(p.kind) if p.kind in FACTORS else 0)
    )
    return open_ones[0] if open_ones else None


def _on_grid(claim: Claim, chosen: list[Parameter]) -> Verdict:
    values = _values(len(chosen))
    spans = [range(p.least, p.least + values) for p in chosen]
    points = sorted(product(*spans), key=lambda point: (sum(point), point))
    empty = 0
    for point in points:
        known = dict(zip((p.name for p in chosen), point, strict=True))
        verdict = by_sets(at(claim, known))
        if verdict.outcome == "refuted" and verdict.counterexample is not None:
            sizes = {
                p.name: {**verdict.counterexample.sizes, **known}[p.name]
                for p in claim.scope.parameters
            }
            found = replace(verdict.counterexample, sizes=sizes)
            return replace(verdict, scope=claim.scope, method=METHOD, counterexample=found)
        if verdict.outcome == "undecided" and verdict.evidence.startswith("no sizes meet"):
            empty += 1
        elif verdict.outcome != "proved":
            where = ", ".join(f"{name} = {n}" for name, n in known.items())
            text = f"at {where}: {verdict.evidence}"
            return Verdict("undecided", METHOD, claim.scope, text)
    if empty == len(points):
        return Verdict(
            "undecided", METHOD, claim.scope, "no sizes on the grid meet the assumptions"
        )
    fixed = {p.name: p.least for p in chosen}
    grid = ", ".join(f"{p.name} = {p.least} … {p.least + values - 1}" for p in chosen)
    names = ", ".join(fixed)
    text = f"proved {quantified(claim.scope, fixed)} at each of {grid}; not proved for all {names}"
    return Verdict("checked", METHOD, claim.scope, text, cases=len(points) - empty)


def at(claim: Claim, known: dict[str, int]) -> Claim:
    """The claim with numbers for some of its symbols."""
    left, right = with_sizes(claim.left, known), with_sizes(claim.right, known)
    assert isinstance(left, Form)
    assert isinstance(right, Form)
    scope = replace(
        claim.scope,
        parameters=tuple(p for p in claim.scope.parameters if p.name not in known),
        assumptions=tuple(substitute_condition(c, known) for c in claim.scope.assumptions),
    )
    before = tuple(with_sizes(equation, known) for equation in claim.before)
    return replace(claim, left=left, right=right, scope=scope, before=before)
