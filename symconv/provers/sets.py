"""For all sizes, by integer sets: do both sides read the same things equally often?

Strides, dilations and other factors of indices must be numbers; every size, padding and count of
channels may be symbolic.  A refutation names the smallest sizes and is evaluated again, by an
evaluator that knows nothing of sets, before it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symconv.claims import Claim, Verdict
from symconv.errors import SymconvError
from symconv.index import Condition
from symconv.provers.counting import difference
from symconv.provers.exact import differ
from symconv.provers.frames import Frame
from symconv.provers.inline import inlined
from symconv.provers.isl import BUDGET, NotAffine, Undecided, budgeted, library
from symconv.provers.points import position, smallest
from symconv.provers.relations import Setting, pieces
from symconv.provers.words import assumed, divisors, least, nonempty, quantified, same_tensors

METHOD = "integer sets"


@dataclass(frozen=True, slots=True)
class Found:
    """A place where the sides differ: the symbols' values and the output position."""

    sizes: dict[str, int]
    position: tuple[int, ...]


def by_sets(claim: Claim, budget: int = BUDGET) -> Verdict:
    """Proved for all sizes, refuted with the smallest counterexample, or undecided and why.

    Errors: `NoLibrary`; `NotAffine` where a symbol must be a number first.
    """
    verdict = _verdict(claim, claim, budget)
    if verdict.outcome != "undecided" or not claim.before:
        return verdict
    try:
        opened = inlined(claim)
    except Undecided:
        return verdict
    again = _verdict(claim, opened, budget)
    return verdict if again.outcome == "undecided" else again


def _verdict(claim: Claim, opened: Claim, budget: int) -> Verdict:
    """Decide a claim with earlier results put in; a refutation must hold for the claim itself."""
    isl = library()
    context = isl.Context()
    try:
        with budgeted(context, budget):
            printed, found = _decide(opened, isl, context)
    except NotAffine:
        raise
    except Undecided as problem:
        return Verdict("undecided", METHOD, claim.scope, f"{problem}")
    if found is None:
        text = quantified(claim.scope) + assumed(printed, claim.scope)
        return Verdict("proved", METHOD, claim.scope, text)
    try:
        counterexample = differ(claim, found.sizes)
    except (SymconvError, ZeroDivisionError) as problem:
        text = f"the sides could not be evaluated at {shown(found.sizes)}: {problem}"
        return Verdict("undecided", METHOD, claim.scope, text)
    if counterexample is not None:
        text = f"differs at the smallest sizes {shown(found.sizes)}"
        return Verdict("refuted", METHOD, claim.scope, text, counterexample)
    text = (
        f"the sides read different things at {shown(found.sizes)}, position {found.position}, but "
        "their values agree there: equal through a property of the functions or of earlier steps, "
        "or a defect of the prover"
    )
    return Verdict("undecided", METHOD, claim.scope, text)


def shown(sizes: dict[str, int]) -> str:
    """``N = 3, K = 1``."""
    return ", ".join(f"{name} = {number}" for name, number in sizes.items()) or "given"


# --- the decision -------------------------------------------------------------------------------


def _decide(claim: Claim, isl: Any, context: Any) -> tuple[list[Condition], Found | None]:
    """What was assumed beyond the least values, and where the sides differ, if anywhere."""
    if claim.scope.outside != "zero":
        raise Undecided(f"reads outside a tensor: {claim.scope.outside!r} is not understood")
    frame = Frame(isl, context, claim.scope.names, ())
    frame.assume(*least(claim.scope))
    printed = list(claim.scope.assumptions)
    frame.assume(*claim.scope.assumptions)
    for condition in (*divisors(claim), *nonempty(claim)):
        holds = frame.holds(condition)
        if not frame.domain.is_subset(holds):
            printed.append(condition)
            frame.domain = frame.domain.intersect(holds)
    if frame.domain.is_empty():
        raise Undecided("no sizes meet the assumptions, so that anything would be proved")
    found = _shapes(claim, frame)
    if found is not None:
        return printed, found
    return printed, _values(claim, frame)


def _shapes(claim: Claim, frame: Frame) -> Found | None:
    """Sizes at which the shapes differ.  Errors: `Undecided` for tensors of two shapes."""
    left, right = claim.left, claim.right
    if any(r.start != 0 for r in (*left.ranges, *right.ranges)):
        raise Undecided("an output index does not start at 0")
    if len(left.ranges) != len(right.ranges):
        raise Undecided("the sides have different numbers of output indices")
    for name, one, other in same_tensors(claim):
        if len(one) != len(other):
            raise Undecided(f"{name} has {len(one)} axes on one side and {len(other)} on the other")
        for n, m in zip(one, other, strict=True):
            if not frame.domain.is_subset(frame.holds(Condition(n, "==", m))):
                raise Undecided(f"{name} has size {n} on one side and {m} on the other")
    wrong = frame.domain.subtract(frame.domain)
    for n, m in zip(left.shape, right.shape, strict=True):
        wrong = wrong.union(frame.domain.intersect(frame.holds(Condition(n, "!=", m))))
    if wrong.is_empty():
        return None
    return Found(smallest(wrong, frame), ())


def _values(claim: Claim, frame: Frame) -> Found | None:
    """The smallest place at which the sides read different things."""
    setting = Setting(
        frame.isl,
        frame.context,
        frame.parameters,
        frame.domain.params(),
        claim.left.shape,
    )
    left, right = pieces(claim.left, setting), pieces(claim.right, setting)
    places: list[Any] = []
    for key in {**left, **right}:
        points = difference(left.get(key, ()), right.get(key, ()), setting)
        if points is not None:
            places.append(points)
    if not places:
        return None
    outs = len(claim.left.ranges)
    choices = [(smallest(points, frame), points) for points in places]
    sizes = min((size for size, _ in choices), key=lambda s: (sum(s.values()), [*s.values()]))
    here = [position(points, sizes, frame, outs) for size, points in choices if size == sizes]
    return Found(sizes, min(here))
