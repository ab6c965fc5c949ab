"""For all sizes, by integer sets: do both sides read the same things equally often?

Strides, dilations and other factors of indices must be numbers; every size, padding and count of
channels may be symbolic.  A refutation names the smallest sizes and is evaluated again, by an
evaluator that knows nothing of sets, before it is reported.
"""

from __future__ import annotations

from typing import Any

from symconv.claims import Claim, Verdict
from symconv.errors import SymconvError
from symconv.index import Condition
from symconv.provers.counting import difference
from symconv.provers.exact import re_evaluated
from symconv.provers.frames import Frame
from symconv.provers.inline import inlined
from symconv.provers.inside import TooMany
from symconv.provers.isl import BUDGET, NotAffine, Undecided, budgeted, library
from symconv.provers.lemmas import with_lemmas
from symconv.provers.points import position, smallest
from symconv.provers.relations import Setting, leaving, pieces
from symconv.provers.words import (
    assumed,
    divisors,
    least,
    nonempty,
    quantified,
    same_tensors,
    told,
)
from symconv.values import dataclass

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
    verdict = _verdict(claim, with_lemmas(claim), budget)
    if verdict.outcome != "undecided" or not claim.before:
        return verdict
    try:
        opened = with_lemmas(inlined(claim))
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
            printed, found = _decide(claim, opened, isl, context)
    except NotAffine:
        raise
    except Undecided as problem:
        return Verdict("undecided", METHOD, claim.scope, f"{problem}")
    words = told(printed, claim.scope)
    if found is None:
        text = quantified(claim.scope) + assumed(printed, claim.scope)
        return Verdict("proved", METHOD, claim.scope, text, assumptions=words)
    try:
        counterexample = re_evaluated(claim, found.sizes, found.position)
    except (SymconvError, ZeroDivisionError, TooMany) as problem:
        text = f"the sides could not be evaluated at {shown(found.sizes)}: {problem}"
        return Verdict("undecided", METHOD, claim.scope, text)
    if counterexample is not None:
        where = f"the smallest sizes {shown(found.sizes)}" if found.sizes else "the given sizes"
        text = f"differs at {where}"
        return Verdict("refuted", METHOD, claim.scope, text, counterexample, assumptions=words)
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


def _decide(
    claim: Claim, opened: Claim, isl: Any, context: Any
) -> tuple[list[Condition], Found | None]:
    """What was assumed beyond the least values, and where the sides differ, if anywhere."""
    frame = Frame(isl, context, claim.scope.names, ())
    printed = list(claim.scope.assumptions)
    frame.assume(*least(claim.scope), *printed)
    for condition in (*divisors(opened), *nonempty(opened)):
        if frame.assumes(condition):
            continue
        holds = frame.holds(condition)
        if not frame.domain.is_subset(holds):
            printed.append(condition)
            frame.domain = frame.domain.intersect(holds)
    if frame.domain.is_empty():
        raise Undecided("no sizes meet the assumptions, so that anything would be proved")
    found = _shapes(opened, frame)
    if found is not None:
        return printed, found
    left = _leaving(claim, frame) if claim.scope.outside == "error" else None
    try:
        found = _values(opened, frame)
    except Undecided:
        if left is None:
            raise
    both = [place for place in (found, left) if place is not None]
    return printed, min(both, key=_order) if both else None


def _order(found: Found) -> tuple[int, list[int], tuple[int, ...]]:
    """The smallest sum first, then the symbols' order, then the position."""
    return sum(found.sizes.values()), [*found.sizes.values()], found.position


def _leaving(claim: Claim, frame: Frame) -> Found | None:
    """The smallest place at which the right side reads outside a tensor."""
    setting = _setting(claim, frame)
    outs = len(claim.right.ranges)
    return _first(leaving(claim.right, setting), frame, outs)


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
    if left.shape == right.shape:
        return None
    wrong = frame.domain.subtract(frame.domain)
    for n, m in zip(left.shape, right.shape, strict=True):
        wrong = wrong.union(frame.domain.intersect(frame.holds(Condition(n, "!=", m))))
    if wrong.is_empty():
        return None
    return Found(smallest(wrong, frame), ())


def _values(claim: Claim, frame: Frame) -> Found | None:
    """The smallest place at which the sides read different things."""
    setting = _setting(claim, frame)
    left, right = pieces(claim.left, setting), pieces(claim.right, setting)
    places: list[Any] = []
    for key in {**left, **right}:
        points = difference(left.get(key, ()), right.get(key, ()), setting)
        if points is not None:
            places.append(points)
    return _first(places, frame, len(claim.left.ranges))


def _setting(claim: Claim, frame: Frame) -> Setting:
    assumptions = frame.domain.params()
    return Setting(frame.isl, frame.context, frame.parameters, assumptions, claim.left.shape)


def _first(places: list[Any], frame: Frame, outs: int) -> Found | None:
    """The smallest sizes in any of some sets, and the first output position there."""
    choices = [(smallest(points, frame), points) for points in places]
    if not choices:
        return None
    sizes = min((size for size, _ in choices), key=lambda s: (sum(s.values()), [*s.values()]))
    here = [position(points, sizes, frame, outs) for size, points in choices if size == sizes]
    return Found(sizes, min(here))
