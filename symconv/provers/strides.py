"""For all strides too: every summation index is solved for, and z3 compares what is left.

Both sides visit the same products where each point of one side has exactly one partner on the
other.  The partner is found by solving the equations "read at the same place" for the other
side's summation indices, with a division where a factor is not 1; then the partner's own
conditions must follow from those of the point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations, product

from symconv.claims import Claim, SizeClaim, Verdict
from symconv.index import Condition, Index, Symbol
from symconv.provers import algebra
from symconv.provers.algebra import Poly, TooLong, constant, plus, scaled, split, variable
from symconv.provers.exact import meets
from symconv.provers.inline import inlined
from symconv.provers.isl import NoLibrary, Undecided
from symconv.provers.lengths import crossed, proved, size_meets, small_points
from symconv.provers.relations import DIVISOR, divided
from symconv.provers.smt import implied, trivial
from symconv.provers.systems import Atom, System, solution, unit
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
from symconv.terms import Form, Read, Term

METHOD = "elimination and z3"
MOST_TERMS = 12
"""How many terms a side may have."""


class Unproved(Exception):
    """No proof was found; the text says where it stopped."""


def by_strides(claim: Claim | SizeClaim) -> Verdict:
    """Proved for all sizes and strides, or undecided and why; it never refutes."""
    try:
        if isinstance(claim, SizeClaim):
            _size(claim)
            return proved(claim, METHOD)
        return _form(claim)
    except (Unproved, Undecided, TooLong, NoLibrary) as problem:
        text = str(problem) or "the polynomials grow too long"
        return Verdict("undecided", METHOD, claim.scope, text)


# --- sizes --------------------------------------------------------------------------------------


def _size(claim: SizeClaim) -> None:
    scope = claim.scope
    names = {name: variable(name) for name in scope.names}
    system = System()
    given = (*size_divisors(claim.left), *least(scope), *scope.assumptions)
    system.assume(given, names)
    _satisfiable(size_meets(claim, sizes) for sizes in small_points(scope, 2000))
    goal = System(list(system.atoms), dict(system.quotients), dict(system.extremes))
    goal.count = system.count
    goal.divisors = list(system.divisors)
    place = len(goal.atoms)
    goal.assume((crossed(claim),), names)
    goals = goal.atoms[place:]
    del goal.atoms[place:]
    goal.settle(scope.names)
    _divisors_hold(goal)
    for atom in goals:
        _need(goal, atom)


def _satisfiable(found: Iterator[bool]) -> None:
    if not any(found):
        raise Unproved("no small sizes meet the assumptions")


def _divisors_hold(system: System) -> None:
    """Every divisor is at least 1."""
    for bottom in {algebra.key(b): b for b in system.divisors}.values():
        _need(system, Atom("atleast", plus(bottom, constant(-1))))


def _need(system: System, goal: Atom) -> None:
    if not implied(system, goal):
        raise Unproved("a condition does not follow")


# --- forms --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """One term of one side: its reads in a fixed order, under names of its own."""

    form: Form
    term: Term
    reads: tuple[Read, ...]
    number: object
    letter: str

    def names(self, parameters: Sequence[str]) -> dict[str, Poly]:
        """What its indices are called."""
        found = {name: variable(name) for name in parameters}
        found |= {name: variable(f"o.{n}") for n, name in enumerate(self.form.indices)}
        return found | {r.name: variable(f"{self.letter}.{r.name}") for r in self.term.sums}

    @property
    def bound(self) -> list[str]:
        """The names of its summation indices."""
        return [f"{self.letter}.{r.name}" for r in self.term.sums]

    def conditions(self) -> Iterator[Condition]:
        """The ranges, the conditions, and every read inside its tensor."""
        shapes = dict(self.form.shapes)
        yield from self.term.where
        for r in self.term.sums:
            yield Condition(r.start, "<=", Symbol(r.name))
            yield Condition(Symbol(r.name), "<", r.stop)
        for read in self.reads:
            if read.tensor != DIVISOR:
                for index, size in zip(read.at, shapes[read.tensor], strict=True):
                    yield Condition(0, "<=", index)
                    yield Condition(index, "<", size)

    @property
    def key(self) -> tuple[object, ...]:
        """What is read, how, and the coefficient."""
        return (*((r.tensor, r.function, len(r.at)) for r in self.reads), self.number)


def _form(claim: Claim) -> Verdict:
    _satisfiable(meets(claim, sizes) for sizes in small_points(claim.scope, 2000))
    try:
        _equal(claim)
    except (Unproved, Undecided, TooLong):
        if not claim.before:
            raise
        _equal(inlined(claim))
    conditions = tuple(
        dict.fromkeys((*claim.scope.assumptions, *divisors(claim), *nonempty(claim)))
    )
    shown = [c for c in conditions if c not in least(claim.scope)]
    text = quantified(claim.scope) + assumed(shown, claim.scope)
    return Verdict("proved", METHOD, claim.scope, text, assumptions=told(shown, claim.scope))


def _equal(claim: Claim) -> None:
    """Errors: `Unproved`, `Undecided`, `TooLong`."""
    base = System()
    names = {name: variable(name) for name in claim.scope.names}
    base.assume((*divisors(claim), *least(claim.scope), *claim.scope.assumptions), names)
    base.assume(nonempty(claim), names)
    _divisors_hold(base)
    _shapes(claim, base, names)
    left, right = _sides(claim.left, "a"), _sides(claim.right, "b")
    if len(left) != len(right) or len(left) > MOST_TERMS:
        raise Unproved("the sides have different numbers of terms")
    for one in left:
        partner = next((other for other in right if _same(one, other, base, claim)), None)
        if partner is None:
            raise Unproved("a term has no partner on the other side")
        right.remove(partner)


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


def _sides(form: Form, letter: str) -> list[_Side]:
    found = []
    for term in form.terms:
        number, under = divided(term)
        reads = [*term.reads, *(Read(DIVISOR, (d,)) for d in under)]
        reads.sort(key=lambda read: (read.tensor, read.function, len(read.at)))
        if number:
            found.append(_Side(form, term, tuple(reads), number, letter))
    return found


def _same(one: _Side, other: _Side, base: System, claim: Claim) -> bool:
    """Whether two terms visit the same products, in some order of equal factors."""
    if one.key != other.key:
        return False
    for reads in _orders(other.reads):
        turned = _Side(other.form, other.term, reads, other.number, other.letter)
        try:
            _covered(one, turned, base, claim)
            _covered(turned, one, base, claim)
        except Unproved:
            continue
        return True
    return False


def _orders(reads: Sequence[Read]) -> Iterator[tuple[Read, ...]]:
    """The reads in every order that keeps tensors in place."""
    groups = [
        list(group) for _, group in groupby(reads, key=lambda r: (r.tensor, r.function, len(r.at)))
    ]
    if any(len(group) > 3 for group in groups):
        raise Unproved("a tensor is read too often in one product")
    for order in product(*(permutations(group) for group in groups)):
        yield tuple(read for group in order for read in group)


def _covered(one: _Side, other: _Side, base: System, claim: Claim) -> None:
    """Each point of one term has exactly one partner in the other.  Errors: `Unproved`."""
    system = base.copy()
    parameters = claim.scope.names
    names = one.names(parameters)
    outs = [f"o.{n}" for n in range(len(one.form.ranges))]
    for out, size in zip(outs, claim.left.shape, strict=True):
        here = {**names, "": variable(out)}
        system.assume((Condition(0, "<=", Symbol("")), Condition(Symbol(""), "<", size)), here)
    system.assume(one.conditions(), names)
    system.settle([*one.bound, *outs, *parameters])
    if any(trivial(atom) is False for atom in system.facts()):
        return  # no point at all
    places = [system.lower(i, names) for read in one.reads for i in read.at]
    goals = _Partner(system, other, parameters).goals(places)
    _divisors_hold(system)
    for goal in goals:
        _need(system, goal)


@dataclass(slots=True)
class _Partner:
    """The other side's summation indices, solved from where it must read."""

    system: System
    side: _Side
    parameters: Sequence[str]

    def goals(self, places: Sequence[Poly]) -> list[Atom]:
        """What must hold for the partner to be there, once every index of it is known."""
        system, side = self.system, self.side
        names = side.names(self.parameters)
        known = len(system.atoms)
        system.unknown = set(side.bound)
        for place, index in zip(places, (i for r in side.reads for i in r.at), strict=True):
            difference = plus(system.lower(index, names), place, -1)
            system.atoms.append(Atom("equal", difference))
        system.assume(side.conditions(), names)
        wanted = system.atoms[known:]
        del system.atoms[known:]
        values = self._solve(wanted)
        wanted.sort(key=lambda atom: atom.kind != "equal")  # these fail soonest
        return [atom.with_values(values) for atom in wanted]

    def _solve(self, wanted: list[Atom]) -> dict[str, Poly]:
        """Every unknown as a polynomial of what is known."""
        values: dict[str, Poly] = {}
        open_ones = set(self.system.unknown)
        while open_ones:
            name, value = self._step([a.with_values(values) for a in wanted], open_ones)
            open_ones.discard(name)
            values = {n: algebra.put_in(p, {name: value}) for n, p in values.items()}
            values[name] = value
        self.system.unknown = set()
        return values

    def _step(self, atoms: Sequence[Atom], open_ones: set[str]) -> tuple[str, Poly]:
        """The next unknown and its value: the surest rule first."""
        equations = [
            a.poly for a in atoms if a.kind == "equal" and algebra.names(a.poly) & open_ones
        ]
        equations.sort(key=lambda poly: len(algebra.names(poly) & open_ones))
        for poly in equations:
            inside = sorted(algebra.names(poly) & open_ones)
            name = unit(poly, inside)
            if name is not None:
                return name, solution(poly, name)
            if len(inside) == 1:
                found = self._divided(poly, inside[0])
                if found is not None:
                    return inside[0], found
        return self._between(atoms, open_ones)

    def _divided(self, poly: Poly, name: str) -> Poly | None:
        """``c·v = e`` gives ``v = e // c``; that c divides e is one of the goals."""
        parts = split(poly, name)
        if parts is None:
            return None
        factor, rest = parts
        for sign in (1, -1):
            if implied(self.system, Atom("atleast", plus(scaled(factor, sign), constant(-1)))):
                return self._quotient(scaled(rest, -sign), scaled(factor, sign))
        return None

    def _quotient(self, top: Poly, bottom: Poly) -> Poly:
        kept, self.system.unknown = self.system.unknown, set()
        found = self.system.quotient(top, bottom)
        self.system.unknown = kept
        return found

    def _between(self, atoms: Sequence[Atom], open_ones: set[str]) -> tuple[str, Poly]:
        """``0 <= e - c·v <= c - 1`` gives ``v = e // c``."""
        bounds = [a.poly for a in atoms if a.kind == "atleast"]
        for low in bounds:
            inside = algebra.names(low) & open_ones
            parts = split(low, next(iter(inside))) if len(inside) == 1 else None
            if parts is None:
                continue
            (name,) = inside
            factor = scaled(parts[0], -1)
            room = [
                algebra.plus(plus(factor, constant(-1)), plus(low, high), -1) for high in bounds
            ]
            if any(self._least(more) for more in room) and self._least(plus(factor, constant(-1))):
                return name, self._quotient(parts[1], factor)
        raise Unproved(f"{len(open_ones)} summation indices could not be solved for")

    def _least(self, poly: Poly) -> bool:
        """Whether something is at least 0, where that is plain to see."""
        number = algebra.number_of(poly)
        if number is not None:
            return number >= 0
        if algebra.names(poly) & self.system.unknown:
            return False
        return implied(self.system, Atom("atleast", poly))
