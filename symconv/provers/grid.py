"""Symbolic strides and other factors: proved for all sizes at each point of a small grid.

That is not a proof for all strides, and the verdict says exactly what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import TypeVar

from symconv.claims import AnyClaim, Claim, Scope, Size, SizeClaim, Verdict
from symconv.graph import Parameter
from symconv.index import substitute, substitute_condition
from symconv.provers.isl import NotAffine
from symconv.provers.lengths import by_lengths
from symconv.provers.sets import by_sets, shown
from symconv.provers.words import quantified, told
from symconv.terms import Form, with_sizes
from symconv.values import dataclass

METHOD = "integer sets on a grid"
FACTORS = ("stride", "dilation", "groups")
"""The kinds of symbols that are given numbers first."""
VALUES = 8
POINTS = 64
"""How many values a symbol takes at most, from its least one, and how many points there may be."""
SomeClaim = TypeVar("SomeClaim", bound=AnyClaim)


@dataclass(frozen=True, slots=True)
class Grid:
    """The symbols that were given numbers, and how many values each took from its least one."""

    chosen: tuple[Parameter, ...] = ()
    values: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{p.name} = {p.least} … {p.least + self.values - 1}" for p in self.chosen)

    @property
    def names(self) -> str:
        """``S, D``."""
        return ", ".join(p.name for p in self.chosen)

    def holds_all_below(self, total: int, scope: Scope) -> bool:
        """Whether sizes with a smaller sum, or the same, are all on the grid."""
        return total < sum(p.least for p in scope.parameters) + self.values

    def points(self) -> Iterator[dict[str, int]]:
        """The smallest sum first."""
        spans = [range(p.least, p.least + self.values) for p in self.chosen]
        for point in sorted(product(*spans), key=lambda at: (sum(at), at)):
            yield dict(zip((p.name for p in self.chosen), point, strict=True))


def by_grid(claim: AnyClaim) -> Verdict:
    """The sets prover, or the sets prover at each point of a grid over the symbols at fault.

    Refuted with the smallest counterexample on the grid.
    """
    return on_grid(claim)[0]


def on_grid(claim: AnyClaim, most: int = VALUES) -> tuple[Verdict, Grid]:
    """The verdict and the grid on which it was found; an empty one where none was needed.

    `most` is how many values a symbol takes, from its least one.
    """
    prove: Callable[[AnyClaim], Verdict] = _prove
    chosen: list[Parameter] = []
    while True:
        grid = Grid(tuple(chosen), _values(len(chosen), most))
        try:
            return (_at_points(claim, grid, prove) if chosen else prove(claim)), grid
        except NotAffine as problem:
            more = _blamed(claim.scope, problem, chosen)
            if more is None or _values(len(chosen) + 1, most) < 2:
                return Verdict("undecided", METHOD, claim.scope, str(problem)), grid
            chosen.append(more)


def _prove(claim: AnyClaim) -> Verdict:
    return by_lengths(claim) if isinstance(claim, SizeClaim) else by_sets(claim)


def _values(symbols: int, most: int) -> int:
    """How many values each of so many symbols takes."""
    return max(n for n in range(1, most + 1) if n**symbols <= POINTS or n == 1)


def _blamed(scope: Scope, problem: NotAffine, chosen: list[Parameter]) -> Parameter | None:
    """The next symbol to give numbers: strides, dilations and groups before sizes."""
    open_ones = [p for p in scope.parameters if p.name in problem.blame and p not in chosen]
    open_ones.sort(
        key=lambda p: (p.kind not in FACTORS, FACTORS.index(p.kind) if p.kind in FACTORS else 0)
    )
    return open_ones[0] if open_ones else None


def _at_points(claim: AnyClaim, grid: Grid, prove: Callable[[AnyClaim], Verdict]) -> Verdict:
    scope = claim.scope
    rest = sum(p.least for p in scope.parameters if p not in grid.chosen)
    best: Verdict | None = None
    met = 0
    words = told(scope.assumptions, scope, reads=isinstance(claim, Claim))
    for known in grid.points():
        if best is not None and sum(known.values()) + rest > _total(best):
            break
        verdict = prove(at(claim, known))
        if verdict.outcome == "refuted" and verdict.counterexample is not None:
            sizes = {
                p.name: {**verdict.counterexample.sizes, **known}[p.name] for p in scope.parameters
            }
            found = replace(verdict.counterexample, sizes=sizes)
            verdict = Verdict("refuted", METHOD, scope, "", found, assumptions=words)
            best = verdict if best is None or _total(verdict) < _total(best) else best
        elif verdict.outcome == "proved":
            met += 1
        elif not verdict.evidence.startswith("no sizes meet") and best is None:
            where = ", ".join(f"{name} = {n}" for name, n in known.items())
            return Verdict("undecided", METHOD, scope, f"at {where}: {verdict.evidence}")
    if best is not None and best.counterexample is not None:
        least = grid.holds_all_below(_total(best), scope)
        which = "the smallest sizes" if least else "the smallest sizes of a grid,"
        text = f"differs at {which} {shown(dict(best.counterexample.sizes))}"
        return replace(best, evidence=text)
    if not met:
        return Verdict("undecided", METHOD, scope, "no sizes on the grid meet the assumptions")
    fixed = {p.name: p.least for p in grid.chosen}
    text = f"proved {quantified(scope, fixed)} at each of {grid}; not proved for all {grid.names}"
    return Verdict("checked", METHOD, scope, text, cases=met, assumptions=words)


def is_smallest(verdict: Verdict, grid: Grid) -> bool:
    """Whether no sizes beyond the grid can be smaller than the counterexample."""
    return grid.holds_all_below(_total(verdict), verdict.scope)


def _total(verdict: Verdict) -> int:
    found = verdict.counterexample
    assert found is not None
    return sum(found.sizes.values())


def at(claim: SomeClaim, known: dict[str, int]) -> SomeClaim:
    """The claim with numbers for some of its symbols."""
    scope = replace(
        claim.scope,
        parameters=tuple(p for p in claim.scope.parameters if p.name not in known),
        assumptions=tuple(substitute_condition(c, known) for c in claim.scope.assumptions),
    )
    if isinstance(claim, SizeClaim):
        left, right = (
            Size(substitute(size.top, known), substitute(size.bottom, known))
            for size in (claim.left, claim.right)
        )
        return replace(claim, left=left, right=right, scope=scope)
    one, other = with_sizes(claim.left, known), with_sizes(claim.right, known)
    assert isinstance(one, Form)
    assert isinstance(other, Form)
    before = tuple(with_sizes(equation, known) for equation in claim.before)
    return replace(claim, left=one, right=other, scope=scope, before=before)
