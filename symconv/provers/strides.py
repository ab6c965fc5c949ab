"""For all strides too: every summation index is solved for, and z3 compares what is left.

Both sides visit the same products where each point of one side has exactly one partner on the
other.  The partner is found by solving for its indices; its conditions must then follow from
those of the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symconv.claims import AnyClaim, Claim, Scope, SizeClaim, Verdict
from symconv.index import Condition, Index, simplify
from symconv.provers.algebra import Poly, TooLong, constant, plus, variable
from symconv.provers.covers import Setting, same_sums, sides
from symconv.provers.exact import meets
from symconv.provers.inline import inlined
from symconv.provers.isl import NoLibrary, Undecided
from symconv.provers.lemmas import with_lemmas
from symconv.provers.lengths import crossed, proved, size_meets, small_points
from symconv.provers.partners import Unproved
from symconv.provers.relations import divided
from symconv.provers.smt import implied
from symconv.provers.systems import Atom, System
from symconv.provers.words import (
    assumed,
    divisors,
    least,
    nonempty,
    quantified,
    same_tensors,
    size_divisors,
    told,
)
from symconv.provers.words import bottoms as divided_by

METHOD = "elimination and z3"
TRIES = 2000
"""How many small sizes are tried to see that the assumptions can be met."""


def by_strides(claim: AnyClaim, *, met: bool = False) -> Verdict:
    """Proved for all sizes and strides, or undecided and why; it never refutes.

    `met` says that the assumptions are known to be satisfiable.
    """
    try:
        if not met:
            _satisfiable(claim)
        if isinstance(claim, SizeClaim):
            _size(claim)
            return proved(claim, METHOD)
        return _form(claim)
    except (Unproved, Undecided, TooLong, NoLibrary) as problem:
        text = str(problem) or "the polynomials grow too long"
        return Verdict("undecided", METHOD, claim.scope, text)


def _satisfiable(claim: AnyClaim) -> None:
    points = small_points(claim.scope, TRIES)
    if isinstance(claim, SizeClaim):
        found = any(size_meets(claim, sizes) for sizes in points)
    else:
        found = any(meets(claim, sizes) for sizes in points)
    if not found:
        raise Unproved("no small sizes meet the assumptions")


def _need(system: System, goal: Atom) -> None:
    if not implied(system, goal):
        raise Unproved("a condition does not follow")


def _positive(bottoms: Iterable[Index], scope: Scope, given: Sequence[Condition]) -> None:
    """Every divisor is at least 1, by assumptions that divide only by what was seen to be so.

    A quotient taken for granted would say of its own divisor that it is positive, so the innermost
    divisors come first.
    """
    names = {name: variable(name) for name in scope.names}
    seen: set[Index] = set()
    for bottom in dict.fromkeys(map(simplify, bottoms)):
        safe = [c for c in given if _divides_by([c.left, c.right]) <= seen]
        if not _divides_by([bottom]) <= seen:
            raise Unproved(f"the divisor {bottom} may be 0 or less")
        system = System()
        system.assume(safe, names)
        poly = system.lower(bottom, names)
        if not implied(system, Atom("atleast", plus(poly, constant(-1)))):
            raise Unproved(f"the divisor {bottom} may be 0 or less")
        seen.add(bottom)


def _divides_by(indices: Iterable[Index]) -> set[Index]:
    return {simplify(bottom) for bottom in _inside(indices)}


def _inside(indices: Iterable[Index]) -> Iterator[Index]:
    for index in indices:
        yield from divided_by(index)


# --- sizes --------------------------------------------------------------------------------------


def _size(claim: SizeClaim) -> None:
    scope = claim.scope
    given = (*size_divisors(claim.left), *least(scope), *scope.assumptions)
    sides = [claim.left.top, claim.left.bottom, claim.right.top, claim.right.bottom]
    sides += [side for c in given for side in (c.left, c.right)]
    _positive((*_inside(sides), claim.left.bottom, claim.right.bottom), scope, given)
    names = {name: variable(name) for name in scope.names}
    system = System()
    system.assume(given, names)
    place = len(system.atoms)
    system.assume((crossed(claim),), names)
    goals = system.atoms[place:]
    del system.atoms[place:]
    system.settle(scope.names)
    for atom in goals:
        _need(system, atom)


# --- forms --------------------------------------------------------------------------------------


def _form(claim: Claim) -> Verdict:
    if claim.scope.outside == "error":
        _stays_inside(claim)
    try:
        _equal(with_lemmas(claim))
    except (Unproved, Undecided, TooLong):
        if not claim.before:
            raise
        _equal(with_lemmas(inlined(claim)))
    given = dict.fromkeys((*claim.scope.assumptions, *divisors(claim), *nonempty(claim)))
    shown = [condition for condition in given if condition not in least(claim.scope)]
    text = quantified(claim.scope) + assumed(shown, claim.scope)
    return Verdict("proved", METHOD, claim.scope, text, assumptions=told(shown, claim.scope))


def _stays_inside(claim: Claim) -> None:
    """Every read of the right side is inside its tensor.  Errors: `Unproved`."""
    base, _ = _base(claim)
    setting = Setting(base, claim.left.shape, claim.scope.names)
    for side in sides(claim.right, "b"):
        system = setting.points(side, side.ranges())
        place = len(system.atoms)
        system.assume(side.inside(), side.names(claim.scope.names))
        goals = system.atoms[place:]
        del system.atoms[place:]
        for goal in goals:
            _need(system, goal)


def _base(claim: Claim) -> tuple[System, dict[str, Poly]]:
    """What holds of the sizes; every divisor is seen to be at least 1."""
    given = (*divisors(claim), *least(claim.scope), *claim.scope.assumptions, *nonempty(claim))
    _positive(_bottoms(claim, given), claim.scope, given)
    base = System()
    names = {name: variable(name) for name in claim.scope.names}
    base.assume(given, names)
    return base, names


def _equal(claim: Claim) -> None:
    """Errors: `Unproved`, `Undecided`, `TooLong`."""
    base, names = _base(claim)
    _shapes(claim, base, names)
    setting = Setting(base, claim.left.shape, claim.scope.names)
    same_sums(sides(claim.left, "a"), sides(claim.right, "b"), setting)


def _bottoms(claim: Claim, given: Sequence[Condition]) -> Iterator[Index]:
    """Everything that is divided by anywhere in a claim."""
    yield from _inside(side for c in given for side in (c.left, c.right))
    for form in (claim.left, claim.right):
        yield from _inside((*form.shape, *(n for _, shape in form.shapes for n in shape)))
        for term in form.terms:
            yield from divided(term)[1]
            yield from _inside(i for read in term.reads for i in read.at)
            yield from _inside(side for c in term.where for side in (c.left, c.right))
            yield from _inside(end for r in term.sums for end in (r.start, r.stop))


def _shapes(claim: Claim, base: System, names: dict[str, Poly]) -> None:
    left, right = claim.left, claim.right
    if any(r.start != 0 for r in (*left.ranges, *right.ranges)):
        raise Unproved("an output index does not start at 0")
    pairs: list[tuple[Sequence[Index], Sequence[Index]]] = [(left.shape, right.shape)]
    pairs += [(one, other) for _, one, other in same_tensors(claim)]
    for one, other in pairs:
        if len(one) != len(other):
            raise Unproved("tensors of different numbers of axes")
        for n, m in zip(one, other, strict=True):
            trial = base.copy()
            difference = plus(trial.lower(n, names), trial.lower(m, names), -1)
            _need(trial, Atom("equal", difference))
