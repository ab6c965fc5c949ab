"""Two sums visit the same products: each point of one has exactly one partner in the other.

Terms are first matched one to one; what is left on either side must be two ways to cut the same
set of products into pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby, permutations, product

from symconv.index import Condition, Index
from symconv.provers.algebra import constant, plus, variable
from symconv.provers.partners import Partner, Side, Unproved
from symconv.provers.relations import DIVISOR, divided
from symconv.provers.smt import excluded, implied, trivial
from symconv.provers.systems import Atom, System
from symconv.terms import Form, Read
from symconv.values import dataclass

MOST_TERMS = 12
"""How many terms a side may have."""
MOST_PIECES = 5
"""Into how many pieces a sum may be cut."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all terms share: what holds of the sizes, the output's shape, the open symbols."""

    base: System
    shape: tuple[Index, ...]
    parameters: tuple[str, ...]

    def points(self, side: Side, conditions: Iterable[Condition]) -> System:
        """What holds at the points of a term, with its equations solved."""
        system = self.base.copy()
        names = side.names(self.parameters)
        outs = [f"o.{n}" for n in range(len(side.form.ranges))]
        for out, size in zip(outs, self.shape, strict=True):
            last = plus(system.lower(size, names), constant(-1))
            system.atoms.append(Atom("atleast", variable(out)))
            system.atoms.append(Atom("atleast", plus(last, variable(out), -1)))
        system.assume(conditions, names)
        system.settle([*outs, *side.bound, *self.parameters])
        return system


def sides(form: Form, letter: str) -> list[Side]:
    """The terms of a form."""
    found = []
    for term in form.terms:
        number, under = divided(term)
        reads = [*term.reads, *(Read(DIVISOR, (d,)) for d in under)]
        reads.sort(key=lambda read: (read.tensor, read.function, len(read.at)))
        if number:
            found.append(Side(form, term, tuple(reads), number, letter))
    return found


def same_sums(left: list[Side], right: list[Side], setting: Setting) -> None:
    """Errors: `Unproved`, unless the two sums visit the same products."""
    if max(len(left), len(right)) > MOST_TERMS:
        raise Unproved("a side has too many terms")
    lone: list[Side] = []
    for one in left:
        partner = next((other for other in right if _same(one, other, setting)), None)
        if partner is None:
            lone.append(one)
        else:
            right.remove(partner)
    for key in dict.fromkeys(side.key for side in (*lone, *right)):
        _same_pieces([s for s in lone if s.key == key], [s for s in right if s.key == key], setting)


def _same(one: Side, other: Side, setting: Setting) -> bool:
    """Whether two terms visit the same products, in some order of equal factors."""
    if one.key != other.key:
        return False
    for reads in _orders(other.reads):
        turned = Side(other.form, other.term, reads, other.number, other.letter)
        try:
            _covered(one, turned, setting)
            _covered(turned, one, setting)
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


def _covered(one: Side, other: Side, setting: Setting) -> None:
    """Each point of one term has exactly one partner in the other.  Errors: `Unproved`."""
    system = _inside(one, setting)
    if any(trivial(atom) is False for atom in system.facts()):
        return  # no point at all
    for goal in _goals(system, one, other, setting):
        if not implied(system, goal):
            raise Unproved("a condition does not follow")


def _inside(side: Side, setting: Setting) -> System:
    return setting.points(side, [*side.ranges(), *side.inside()])


def _goals(system: System, one: Side, other: Side, setting: Setting) -> list[Atom]:
    """What must hold at a point of one term for its partner in the other to be there."""
    names = one.names(setting.parameters)
    places = [system.lower(i, names) for read in one.reads for i in read.at]
    return Partner(system, other, setting.parameters).goals(places)


# --- sums cut into pieces -----------------------------------------------------------------------


def _same_pieces(left: Sequence[Side], right: Sequence[Side], setting: Setting) -> None:
    """The pieces of each side do not meet, and each lies within those of the other side."""
    if max(len(left), len(right)) > MOST_PIECES:
        raise Unproved("a sum is cut into too many pieces")
    for ones, others in ((left, right), (right, left)):
        for one in ones:
            system = _inside(one, setting)
            goals = [_goals(system, one, other, setting) for other in others]
            if not excluded(system, goals):
                raise Unproved("a term has no partner on the other side")
        for one, other in combinations(ones, 2):
            system = _inside(one, setting)
            apart = other.called("c")  # both carry the letter of their side
            if not excluded(system, [], _goals(system, one, apart, setting)):
                raise Unproved("two terms of a side may meet in a product")
