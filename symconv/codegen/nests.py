"""A term as a nest of free loops: ``out[e(v)] += number · Π reads[e(v)]`` for all v.

Conditions that can be solved are gone: ``S·o + D·k - P = i`` makes a scatter to
``out[S·o + D·k - P]``, so that results and reads are treated alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    Condition,
    Index,
    Symbol,
    add,
    same,
    simplify,
    substitute,
    substitute_condition,
    symbols,
    tidy,
)
from symconv.reindex import Solution, solve
from symconv.terms import Form, Range, Shape, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """An array at a position; `blocks` is its shape where axes have been split up."""

    tensor: str
    at: tuple[Index, ...]
    shape: Shape
    function: str = ""
    blocks: Shape | None = None


@dataclass(frozen=True, slots=True)
class Nest:
    """One term; every variable runs from 0 to its size."""

    ranges: tuple[tuple[str, Index], ...]
    out: Access
    reads: tuple[Access, ...]
    where: tuple[Condition, ...]
    coefficient: Fraction
    divisors: tuple[Index, ...]

    @property
    def accesses(self) -> tuple[Access, ...]:
        """Everything that is indexed, the result first."""
        return (self.out, *self.reads)

    def indices(self) -> tuple[Index, ...]:
        """Every index expression."""
        inside = tuple(i for access in self.accesses for i in access.at)
        return (*inside, *(s for c in self.where for s in (c.left, c.right)), *self.divisors)

    def map(self, change: Callable[[Index], Index]) -> Nest:
        """The nest with every index expression changed."""
        accesses = [replace(a, at=tuple(map(change, a.at))) for a in self.accesses]
        where = tuple(replace(c, left=change(c.left), right=change(c.right)) for c in self.where)
        divisors = tuple(map(change, self.divisors))
        return replace(
            self, out=accesses[0], reads=tuple(accesses[1:]), where=where, divisors=divisors
        )


def nest(form: Form, term: Term, claim: Callable[[str], str]) -> Nest:
    """A term of a form as a nest; `claim` gives an index its Python name."""
    ranges = (*form.ranges, *term.sums)
    names: dict[str, Index] = {r.name: _shifted(r, claim) for r in ranges}
    shapes = dict(form.shapes)
    reads = tuple(
        Access(r.tensor, tuple(substitute(i, names) for i in r.at), shapes[r.tensor], r.function)
        for r in term.reads
    )
    out = Access(form.name, tuple(names[r.name] for r in form.ranges), form.shape)
    made = Nest(
        tuple((claim(r.name), r.size) for r in ranges),
        out,
        reads,
        tuple(substitute_condition(c, names) for c in term.where),
        term.coefficient,
        tuple(d for d in (substitute(d, names) for d in term.divisors) if d != 1),
    )
    return _without_single(_solved(made))


def _shifted(item: Range, claim: Callable[[str], str]) -> Index:
    """A variable that starts at 0, and the old one in terms of it."""
    return tidy(add(Symbol(claim(item.name)), item.start))


# --- conditions ---------------------------------------------------------------------------------


def _solved(made: Nest) -> Nest:
    for condition in made.where:
        solution = _solution(condition, made)
        if solution is not None:
            return _solved(_apply(made, condition, solution))
    return made


def _solution(condition: Condition, made: Nest) -> Solution | None:
    """The solution for a lone index, the results' indices before the others."""
    ranges = dict(made.ranges)
    outer = {name for index in made.out.at for name in symbols(index)}
    names = [n for n in ranges if n in symbols(condition.left, condition.right)]
    bare = [s.name for s in (condition.right, condition.left) if isinstance(s, Symbol)]
    order = [*(n for n in bare if n in names), *sorted(names, key=lambda n: n not in outer)]
    for name in order:
        found = solve(condition, name)
        if found is not None and found.condition is None:
            return found
    return None


def _apply(made: Nest, condition: Condition, solution: Solution) -> Nest:
    size = dict(made.ranges)[solution.name]
    left = tuple(c for c in made.where if c is not condition)
    if not _held_by_an_axis(made, solution.name, size):
        value = solution.value
        left = (*left, Condition(0, "<=", value), Condition(value, "<", size))
    slim = replace(made, where=left, ranges=tuple(r for r in made.ranges if r[0] != solution.name))
    return _put(slim, {solution.name: solution.value})


def _held_by_an_axis(made: Nest, name: str, size: Index) -> bool:
    """Whether some array is indexed by the bare name and ends where its range ends."""
    return any(
        index == Symbol(name) and same(length, size)
        for access in made.accesses
        for index, length in zip(access.at, access.shape, strict=True)
    )


def _put(made: Nest, values: Mapping[str, Index]) -> Nest:
    return made.map(lambda index: _neat(substitute(index, values), values, index))


def _neat(new: Index, values: Mapping[str, Index], old: Index) -> Index:
    return simplify(new) if symbols(old) & set(values) else new


def _without_single(made: Nest) -> Nest:
    """Put 0 for the variables that have one value and stand beside others."""
    single = {
        name: 0
        for name, size in made.ranges
        if size == 1 and any(name in symbols(i) and i != Symbol(name) for i in made.indices())
    }
    slim = replace(made, ranges=tuple(r for r in made.ranges if r[0] not in single))
    return _put(slim, single)
