"""Where a claim fails: the set of all sizes at which its sides differ.

`failing` is never too small: outside it the claim is proved.  Where it is `exact` it is not too
large either: at each of its sizes the claim fails for some data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import product
from typing import Any

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.graph import Parameter
from symconv.index import Condition, simplify, substitute_condition
from symconv.provers.counting import difference
from symconv.provers.frames import Frame
from symconv.provers.grid import at
from symconv.provers.inline import inlined
from symconv.provers.isl import BUDGET, NotAffine, Undecided, budgeted, library
from symconv.provers.lemmas import with_lemmas
from symconv.provers.lengths import negation
from symconv.provers.relations import DIVISOR, Setting, leaving, pieces
from symconv.provers.words import divisors, least, nonempty, same_tensors, size_divisors
from symconv.values import dataclass

FACTORS = ("stride", "dilation", "groups")
"""The kinds of symbols that are given numbers before sizes and paddings are."""
VALUES = (0, 3, 3, 2)
"""How many values each symbol of a grid takes, by the number of such symbols."""
SMALL = 200_000
"""Steps of the library for one question about sets that are there already."""


@dataclass(frozen=True, slots=True)
class Region:
    """The sizes that a claim is about, at one point `known` of a grid over strides and the like.

    `domain` and `failing` are sets over the other symbols of `claim`, which is the claim at that
    point; `failing` is None where the provers cannot tell.
    """

    claim: AnyClaim
    known: Mapping[str, int]
    frame: Frame
    domain: Any
    failing: Any | None
    exact: bool

    def where(self, conditions: tuple[Condition, ...]) -> Any:
        """The sizes in the domain that meet some conditions.

        Errors: `NotAffine`; `Undecided` where a divisor may be 0 or the budget is used up.
        """
        with budgeted(self.frame.context):
            found = self.domain
            for condition in conditions:
                here = substitute_condition(condition, self.known)
                found = found.intersect(parameter_set(self.frame, self.frame.holds(here)))
            return found

    def failure(self, points: Any) -> dict[str, int] | None:
        """Some sizes of a set at which the claim fails, if there are any.

        Errors: `Undecided` where that is not known.
        """
        if self.failing is None:
            raise Undecided("where the claim fails is not known")
        with budgeted(self.frame.context):
            common = points.intersect(self.failing)
            return None if common.is_empty() else sample(self, common)

    def holding(self, points: Any) -> Any:
        """The sizes of a set at which the claim is proved.

        Errors: `Undecided` where that is not known.
        """
        if self.failing is None:
            raise Undecided("where the claim fails is not known")
        with budgeted(self.frame.context, SMALL):
            return points.subtract(self.failing)

    def contains(self, points: Any, others: Any) -> bool:
        """Whether a set lies in another.  Errors: `Undecided`."""
        with budgeted(self.frame.context, SMALL):
            return bool(points.is_subset(others))


def regions(claim: AnyClaim, budget: int = BUDGET) -> tuple[Region, ...]:
    """The claim's sizes and where it fails, at each point of a grid over what is not affine.

    Points that no sizes meet are left out.  Errors: `NoLibrary`; `NotAffine`; `Undecided`.
    """
    chosen: list[Parameter] = []
    while True:
        try:
            found = [_region(claim, point, budget) for point in _points(chosen)]
            return tuple(region for region in found if not region.domain.is_empty())
        except NotAffine as problem:
            more = _blamed(claim, problem, chosen)
            if more is None or len(chosen) + 1 == len(VALUES):
                raise
            chosen.append(more)


def _blamed(claim: AnyClaim, problem: NotAffine, chosen: list[Parameter]) -> Parameter | None:
    """The next symbol to give numbers."""
    blamed = [p for p in claim.scope.parameters if p.name in problem.blame and p not in chosen]
    order = {kind: place for place, kind in enumerate(FACTORS)}
    return min(blamed, key=lambda p: order.get(p.kind, len(order)), default=None)


def at_point(claim: AnyClaim, known: dict[str, int]) -> AnyClaim:
    """The claim with numbers for some of its symbols."""
    if isinstance(claim, Claim):
        return at(claim, known)
    return at(claim, known)


def _points(chosen: list[Parameter]) -> list[dict[str, int]]:
    spans = [range(p.least, p.least + VALUES[len(chosen)]) for p in chosen]
    points = sorted(product(*spans), key=lambda point: (sum(point), point))
    return [dict(zip((p.name for p in chosen), point, strict=True)) for point in points]


def _region(claim: AnyClaim, known: dict[str, int], budget: int) -> Region:
    isl = library()
    here = at_point(claim, known)
    frame = Frame(isl, isl.Context(), here.scope.names, ())
    with budgeted(frame.context, budget):
        domain = parameter_set(frame, _domain(here, frame))
        try:
            failing, exact = _failing(here, frame)
        except NotAffine:
            raise
        except Undecided:
            failing, exact = None, False
    return Region(here, known, frame, domain, failing, exact)


def _domain(claim: AnyClaim, frame: Frame) -> Any:
    """The sizes in scope at which everything assumed holds and the left side is defined."""
    frame.assume(*least(claim.scope), *claim.scope.assumptions)
    if isinstance(claim, SizeClaim):
        frame.assume(*size_divisors(claim.left))
    else:
        frame.assume(*divisors(claim), *nonempty(claim))
    return frame.domain


def _failing(claim: AnyClaim, frame: Frame) -> tuple[Any, bool]:
    if isinstance(claim, SizeClaim):
        return _sizes(claim, frame)
    found, exact = _reading(with_lemmas(claim), frame)
    if claim.scope.outside == "error":
        left = leaving(claim.right, _setting(claim, frame))
        found = reduce(lambda a, b: a.union(parameter_set(frame, b)), left, found)
    return found.coalesce(), exact and not claim.scope.lemmas


def _reading(claim: Claim, frame: Frame) -> tuple[Any, bool]:
    """Where the sides read different things, as they stand and with earlier results put in."""
    found, exact = _forms(claim, frame)
    if not claim.before:
        return found, exact
    try:
        other, exact = _forms(inlined(claim), frame)
    except NotAffine:
        raise
    except Undecided:
        return found, False
    return found.intersect(other), exact


def _sizes(claim: SizeClaim, frame: Frame) -> tuple[Any, bool]:
    """Where the relation fails; where the right side divides by 0 it is not said to hold."""
    outside = nowhere(frame)
    for condition in size_divisors(claim.right):
        holds = frame.holds(condition)
        outside = outside.union(frame.domain.subtract(holds))
        frame.domain = frame.domain.intersect(holds)
    wrong = frame.domain.intersect(frame.holds(negation(claim)))
    return parameter_set(frame, wrong.union(outside)), bool(outside.is_empty())


def _forms(claim: Claim, frame: Frame) -> tuple[Any, bool]:
    """Where the shapes differ or the sides read different things."""
    everywhere = frame.domain
    left, right = claim.left, claim.right
    if any(r.start != 0 for r in (*left.ranges, *right.ranges)):
        raise Undecided("an output index does not start at 0")
    if len(left.ranges) != len(right.ranges):
        raise Undecided("the sides have different numbers of output indices")
    unlike = list(zip(left.shape, right.shape, strict=True))
    free = _free(claim)
    for _, one, other in same_tensors(claim):
        if len(one) != len(other):
            raise Undecided("a tensor has different numbers of axes")
        exact_pairs = list(zip(one, other, strict=True))
        free = free and all(simplify(n) == simplify(m) for n, m in exact_pairs)
        unlike += exact_pairs
    for n, m in unlike:
        frame.domain = frame.domain.intersect(frame.holds(Condition(n, "==", m)))
    wrong = parameter_set(frame, everywhere.subtract(frame.domain))
    for points in _differences(claim, frame):
        wrong = wrong.union(parameter_set(frame, points))
    frame.domain = everywhere
    return wrong, free


def _differences(claim: Claim, frame: Frame) -> list[Any]:
    """The points at which a product of reads occurs more often on one side."""
    if frame.domain.is_empty():
        return []
    setting = _setting(claim, frame)
    left, right = pieces(claim.left, setting), pieces(claim.right, setting)
    found = (difference(left.get(k, ()), right.get(k, ()), setting) for k in {**left, **right})
    return [points for points in found if points is not None]


def _setting(claim: Claim, frame: Frame) -> Setting:
    assumed = frame.domain.params()
    return Setting(frame.isl, frame.context, frame.parameters, assumed, claim.left.shape)


def _free(claim: Claim) -> bool:
    """Whether sides that read different things differ: all reads are of free data, as they are.

    What every term is divided by is no matter; different divisors may make up for different sums.
    """
    if claim.before:
        return False
    terms = [term for form in (claim.left, claim.right) for term in form.terms]
    if any(read.function or read.tensor == DIVISOR for term in terms for read in term.reads):
        return False
    return len({tuple(sorted(map(str, term.divisors))) for term in terms}) <= 1


def nowhere(frame: Frame) -> Any:
    """No sizes."""
    return frame.domain.subtract(frame.domain)


def parameter_set(frame: Frame, points: Any) -> Any:
    """The symbols' values at some points, as a set of its own."""
    return frame.isl.Set.from_params(points.params())


def sample(region: Region, points: Any) -> dict[str, int]:
    """Some sizes of a set that has any, with those of the region's point."""
    point = coordinates(region, points).sample_point()
    kinds = region.frame.isl.dim_type
    places = enumerate(region.frame.parameters)
    values = {n: point.get_coordinate_val(kinds.set, place).to_python() for place, n in places}
    return {**region.known, **values}


def coordinates(region: Region, points: Any) -> Any:
    """The same set with the symbols as dimensions."""
    kinds = region.frame.isl.dim_type
    return points.move_dims(kinds.set, 0, kinds.param, 0, len(region.frame.parameters))
