"""Terms as relations: which points a term visits, and what it reads there.

    { [out, bound] -> [out, accesses] }   over the ranges, the conditions and the reads in range

A product does not care for the order of its factors, so where a tensor is read twice the two
positions are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby, pairwise, product
from typing import Any, TypeAlias

from symconv.index import Condition, Index, Product, Symbol, simplify, symbols
from symconv.provers.frames import Frame
from symconv.provers.isl import Undecided
from symconv.terms import Form, Read, Shape, Term
from symconv.values import dataclass

Key: TypeAlias = "tuple[tuple[str, str, int], ...]"
"""The tensors that a term reads, sorted: ``(name, function, axes)``."""
DIVISOR = "/"
"""A symbolic divisor counts as a tensor of this name, read at the divisor's value."""
MOST_CASES = 3
"""Of how many divisors of one term it is asked whether they are 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One term: its coefficient and its relation, with `outs` leading dimensions on both sides."""

    coefficient: Fraction
    relation: Any
    outs: int
    bounds: int

    @property
    def injective(self) -> bool:
        """Whether no two points of the sum read the same."""
        return bool(self.relation.is_injective())


@dataclass(frozen=True, slots=True)
class Setting:
    """What all terms of a claim share."""

    isl: Any
    context: Any
    parameters: tuple[str, ...]
    assumed: Any
    outs: tuple[Index, ...]

    def frame(self, dimensions: Sequence[str]) -> Frame:
        """A frame over the assumptions."""
        frame = Frame(self.isl, self.context, self.parameters, dimensions)
        frame.domain = frame.domain.intersect_params(self.assumed)
        return frame


def pieces(form: Form, setting: Setting) -> dict[Key, list[Piece]]:
    """The terms of a form by what they read; empty cases of a divisor are left out."""
    found: dict[Key, list[Piece]] = {}
    shapes = dict(form.shapes)
    for term in form.terms:
        if term.coefficient:
            for key, piece in _pieces(form, term, shapes, setting):
                if not term.divisors or not piece.relation.is_empty():
                    found.setdefault(key, []).append(piece)
    return found


def term_frame(
    form: Form, term: Term, setting: Setting, *also: Condition
) -> tuple[Frame, Fraction, list[Index]]:
    """The points of a term by its ranges and conditions alone; its number and its divisors.

    What else is assumed is put in at the same time.
    """
    names = (*form.indices, *(r.name for r in term.sums))
    if len(set(names)) < len(names):
        raise Undecided(f"an index is bound twice: {', '.join(names)}")
    frame = setting.frame(names)
    inside: list[Condition] = []
    for item, size in zip(form.ranges, setting.outs, strict=True):
        here = Symbol(item.name)
        _no_bound(names, size)
        inside += [Condition(0, "<=", here), Condition(here, "<", size)]
    for item in term.sums:
        here = Symbol(item.name)
        _no_bound(names, item.start, item.stop)
        inside += [Condition(item.start, "<=", here), Condition(here, "<", item.stop)]
    number, divisors = divided(term)
    if divisors:
        frame.assume(*inside)
    for divisor in divisors:
        frame.require_positive(divisor)
    frame.assume(*inside, *term.where, *also)
    return frame, number, divisors


def _pieces(
    form: Form, term: Term, shapes: Mapping[str, Shape], setting: Setting
) -> Iterator[tuple[Key, Piece]]:
    """One term, in a case for each of its divisors that is 1 and so no divisor at all."""
    _, divisors = divided(term)
    cases = ("==", "!=") if len(divisors) <= MOST_CASES else ("",)
    for case in product(cases, repeat=len(divisors)):
        pairs = list(zip(divisors, case, strict=True))
        also = [Condition(divisor, sign, 1) for divisor, sign in pairs if sign]
        kept = [Read(DIVISOR, (divisor,)) for divisor, sign in pairs if sign != "=="]
        reads = sorted((*term.reads, *kept), key=lambda read: (read.tensor, read.function))
        also += read_inside(reads, shapes)
        frame, number, _ = term_frame(form, term, setting, *also)
        relation = _relation(frame, form, reads)
        key = tuple((read.tensor, read.function, len(read.at)) for read in reads)
        sizes = len(form.ranges), len(term.sums)
        yield key, Piece(number, sorted_reads(relation, key, sizes[0], setting), *sizes)


def leaving(form: Form, setting: Setting) -> list[Any]:
    """The points ``[out, bound]`` at which some read is outside its tensor, read by read."""
    found = []
    shapes = dict(form.shapes)
    for term in form.terms:
        frame, _, _ = term_frame(form, term, setting)
        for read in term.reads:
            for index, size in zip(read.at, shapes[read.tensor], strict=True):
                at = frame.function(index)
                inside = at.ge_set(frame.constant(0)).intersect(at.lt_set(frame.function(size)))
                outside = frame.domain.subtract(inside)
                if not outside.is_empty():
                    found.append(outside)
    return found


def _no_bound(names: Sequence[str], *ends: Index) -> None:
    clash = symbols(*ends) & set(names)
    if clash:
        raise Undecided(f"a range depends on the index {min(clash)}")


def divided(term: Term) -> tuple[Fraction, list[Index]]:
    """The coefficient with every divisor that is a number put in, and the other divisors."""
    number = term.coefficient
    others: list[Index] = []
    stack = list(term.divisors)
    while stack:
        divisor = simplify(stack.pop())
        if isinstance(divisor, Product):
            stack += divisor.factors
        elif not isinstance(divisor, int):
            others.append(divisor)
        elif divisor == 0:
            raise Undecided("a divisor is 0")
        else:
            number /= divisor
    return number, others


def read_inside(reads: Sequence[Read], shapes: Mapping[str, Shape]) -> list[Condition]:
    """Every read is inside its tensor."""
    inside: list[Condition] = []
    for read in reads:
        sizes = () if read.tensor == DIVISOR else shapes[read.tensor]
        if sizes and len(sizes) != len(read.at):
            raise Undecided(f"{read.tensor} is read with {len(read.at)} indices")
        for at, size in zip(read.at, sizes, strict=bool(sizes)):
            inside += [Condition(0, "<=", at), Condition(at, "<", size)]
    return inside


def _relation(frame: Frame, form: Form, reads: Sequence[Read]) -> Any:
    """From every point of the domain to the output position and the positions read."""
    isl = frame.isl
    places: list[Index] = [Symbol(name) for name in form.indices]
    places += [at for read in reads for at in read.at]
    target = space(frame, len(places))
    if not places:
        return isl.Map.from_domain_and_range(frame.domain, isl.Set.universe(target))
    both = isl.Space.map_from_domain_and_range(frame.space, target)
    plain = [frame.affine(index) for index in places]
    if all(function is not None for function in plain):
        affine = isl.MultiAff.zero(both)
        for number, function in enumerate(plain):
            affine = affine.set_aff(number, function)
        return isl.Map.from_multi_aff(affine).intersect_domain(frame.domain)
    multi = isl.MultiPwAff.zero(both)
    for number, index in enumerate(places):
        multi = multi.set_pw_aff(number, frame.function(index))
    return isl.Map.from_multi_pw_aff(multi).intersect_domain(frame.domain)


def space(frame: Frame, size: int) -> Any:
    """A space of that many dimensions over the same parameters."""
    return frame.isl.Space.create_from_names(
        frame.context,
        set=[f"a{n}" for n in range(size)],
        params=[f"p{n}" for n in range(len(frame.parameters))],
    )


# --- tensors read twice -------------------------------------------------------------------------


def sorted_reads(relation: Any, key: Key, outs: int, setting: Setting) -> Any:
    """The relation with the positions at which one tensor is read in ascending order."""
    start = outs
    for (_, _, axes), group in groupby(key):
        count = len(list(group))
        if axes and count > 1:
            blocks = [start + n * axes for n in range(count)]
            for last in range(count - 1, 0, -1):
                for first, second in pairwise(blocks[: last + 1]):
                    relation = _exchanged(relation, first, second, axes, setting)
        start += count * axes
    return relation


def _exchanged(relation: Any, first: int, second: int, axes: int, setting: Setting) -> Any:
    """Swap two blocks of dimensions where the first is the greater one."""
    isl = setting.isl
    size = relation.dim(isl.dim_type.out)
    frame = Frame(isl, setting.context, setting.parameters, [f"a{n}" for n in range(size)])
    here = [frame.function(Symbol(f"a{n}")) for n in range(size)]
    greater = frame.domain.subtract(frame.domain)
    tied = frame.domain
    for axis in range(axes):
        a, b = here[first + axis], here[second + axis]
        greater = greater.union(tied.intersect(a.gt_set(b)))
        tied = tied.intersect(a.eq_set(b))
    order = list(range(size))
    for axis in range(axes):
        order[first + axis], order[second + axis] = second + axis, first + axis
    multi = isl.MultiPwAff.zero(isl.Space.map_from_set(frame.space))
    for place, source in enumerate(order):
        multi = multi.set_pw_aff(place, here[source])
    swap = isl.Map.from_multi_pw_aff(multi)
    turned = relation.intersect_range(greater).apply_range(swap)
    return relation.subtract_range(greater).union(turned)
