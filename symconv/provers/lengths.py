"""Claims about sizes: two rational numbers compared for all sizes in scope.

    a/b = c/d    is    a·d = c·b    where b, d ≥ 1

so that every such claim is one condition on whole numbers; integer sets say whether it can fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import count, islice

from symconv.claims import Counterexample, Scope, Size, SizeClaim, Verdict
from symconv.index import (
    RELATIONS,
    Condition,
    Index,
    Product,
    Symbol,
    evaluate,
    simplify,
    symbols,
)
from symconv.provers.frames import Frame
from symconv.provers.isl import BUDGET, NotAffine, Undecided, budgeted, library
from symconv.provers.points import smallest
from symconv.provers.words import assumed, in_words, least, quantified, size_divisors

METHOD = "integer sets"
EXACT = "exact arithmetic"
SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
"""The relations of claims as relations of conditions."""
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
SEARCH = 4000
"""How many small sizes are tried in search of a smaller counterexample."""


def by_lengths(claim: SizeClaim, budget: int = BUDGET) -> Verdict:
    """Proved for all sizes, refuted with the smallest counterexample, or undecided and why.

    Errors: `NoLibrary`; `NotAffine` where a symbol must be a number first.
    """
    isl = library()
    context = isl.Context()
    try:
        with budgeted(context, budget):
            found = _decide(claim, Frame(isl, context, claim.scope.names, ()))
    except NotAffine:
        raise
    except Undecided as problem:
        return Verdict("undecided", METHOD, claim.scope, str(problem))
    if found is None:
        return proved(claim, METHOD)
    example = size_differs(claim, found)
    if example is None:
        text = f"sides that seemed to differ agree at {found}: a defect of the prover"
        return Verdict("undecided", METHOD, claim.scope, text)
    return refuted(claim, METHOD, example)


def _decide(claim: SizeClaim, frame: Frame) -> dict[str, int] | None:
    """The smallest sizes at which the claim fails, if there are any."""
    frame.assume(*least(claim.scope), *claim.scope.assumptions, *size_divisors(claim.left))
    if frame.domain.is_empty():
        raise Undecided("no sizes meet the assumptions, so that anything would be proved")
    everywhere = frame.domain
    frame.assume(*size_divisors(claim.right))
    wrong = frame.domain.intersect(frame.holds(negation(claim)))
    if not wrong.is_empty():
        return smallest(wrong, frame)
    if not everywhere.is_subset(frame.domain):
        raise Undecided("a divisor may be 0 or less")
    return None


def crossed(claim: SizeClaim) -> Condition:
    """The claim multiplied by its divisors, which are at least 1.

    Errors: `Undecided` for a divisor that is a number below 1 and cannot be made positive.
    """
    (a, b), (c, d) = _positive(claim.left), _positive(claim.right)
    left, right = (simplify(Product((x, y))) for x, y in ((a, d), (c, b)))
    return Condition(left, SIGNS[claim.relation], right)


def negation(claim: SizeClaim) -> Condition:
    """Where the claim fails."""
    condition = crossed(claim)
    return Condition(condition.left, OPPOSITE[condition.relation], condition.right)


def _positive(size: Size) -> tuple[Index, Index]:
    bottom = simplify(size.bottom)
    if bottom == 0:
        raise Undecided("a divisor is 0")
    if isinstance(bottom, int) and bottom < 0:
        return simplify(Product((-1, size.top))), -bottom
    return size.top, bottom


# --- at numbers ---------------------------------------------------------------------------------


def open_symbols(claim: SizeClaim) -> set[str]:
    """The symbols that the claim is about; assumptions alone do not count."""
    sides = (claim.left.top, claim.left.bottom, claim.right.top, claim.right.bottom)
    return symbols(*sides)


def at_numbers(claim: SizeClaim) -> Verdict:
    """A claim between numbers, where some sizes meet what is assumed."""
    if not any(_assumed(claim, sizes) for sizes in small_points(claim.scope)):
        text = "no sizes meet the assumptions, so that anything would be proved"
        return Verdict("undecided", EXACT, claim.scope, text)
    try:
        found = size_differs(claim, {})
    except ZeroDivisionError:
        return Verdict("undecided", EXACT, claim.scope, "a divisor is 0")
    if found is not None:
        return refuted(claim, EXACT, found)
    return Verdict("proved", EXACT, claim.scope, "at the given sizes, exactly")


def _assumed(claim: SizeClaim, sizes: Mapping[str, int]) -> bool:
    return _all_hold((*least(claim.scope), *claim.scope.assumptions), sizes)


def size_meets(claim: SizeClaim, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes are in scope and every divisor of either side is at least 1."""
    divisors = (*size_divisors(claim.left), *size_divisors(claim.right))
    return _assumed(claim, sizes) and _all_hold(divisors, sizes)


def _all_hold(conditions: Iterable[Condition], sizes: Mapping[str, int]) -> bool:
    try:
        return all(
            RELATIONS[c.relation](evaluate(c.left, sizes), evaluate(c.right, sizes))
            for c in conditions
        )
    except ZeroDivisionError:
        return False


def size_differs(claim: SizeClaim, sizes: Mapping[str, int]) -> Counterexample | None:
    """The two values where the relation fails at some sizes, or None.

    Errors: ZeroDivisionError.
    """
    left, right = (
        Fraction(evaluate(size.top, sizes), evaluate(size.bottom, sizes))
        for size in (claim.left, claim.right)
    )
    if RELATIONS[SIGNS[claim.relation]](left, right):
        return None
    return Counterexample(dict(sizes), (), str(left), str(right))


def small_points(scope: Scope, most: int = SEARCH) -> Iterator[dict[str, int]]:
    """Sizes from the least ones upwards: the smallest sum first, then in the symbols' order."""
    starts = [p.least for p in scope.parameters]
    if not starts:
        yield {}
        return
    points = (point for total in count() for point in _spread(total, len(starts)))
    for extra in islice(points, most):
        values = (start + more for start, more in zip(starts, extra, strict=True))
        yield dict(zip(scope.names, values, strict=True))


def _spread(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every way to give `total` to some places, in lexicographic order."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _spread(total - first, places - 1):
            yield (first, *rest)


def size_refined(claim: SizeClaim, verdict: Verdict) -> Verdict:
    """The verdict with the smallest counterexample, where it was found on a grid only."""
    found = verdict.counterexample
    if verdict.outcome != "refuted" or found is None:
        return verdict
    bound = sum(found.sizes.values())
    for sizes in small_points(claim.scope):
        if sum(sizes.values()) > bound:
            break
        if size_meets(claim, sizes):
            other = size_differs(claim, sizes)
            if other is not None:
                return refuted(claim, verdict.method, other)
    return verdict


# --- words --------------------------------------------------------------------------------------


def proved(claim: SizeClaim, method: str, more: str = "") -> Verdict:
    """The verdict of a proof."""
    conditions = tuple(dict.fromkeys((*claim.scope.assumptions, *size_divisors(claim.left))))
    conditions = tuple(c for c in conditions if not _plain(c, claim.scope))
    text = quantified(claim.scope) + assumed(conditions, claim.scope, reads=False) + more
    told = tuple(in_words(c) for c in conditions)
    return Verdict("proved", method, claim.scope, text, assumptions=told)


def _plain(condition: Condition, scope: Scope) -> bool:
    """Whether a condition says no more than a symbol's least value."""
    known = {p.name: p.least for p in scope.parameters}
    left, right = condition.left, condition.right
    if condition.relation != ">=" or not isinstance(left, Symbol) or not isinstance(right, int):
        return False
    return left.name in known and right <= known[left.name]


def refuted(claim: SizeClaim, method: str, found: Counterexample) -> Verdict:
    """The verdict of a counterexample, whose values were evaluated exactly."""
    sizes = ", ".join(f"{name} = {number}" for name, number in found.sizes.items())
    where = f"the smallest sizes {sizes}" if sizes else "the given sizes"
    text = f"{found.left} {claim.relation} {found.right} is false, at {where}"
    told = tuple(in_words(c) for c in claim.scope.assumptions)
    return Verdict("refuted", method, claim.scope, text, found, assumptions=told)
