"""The other side's point that visits the same product: its indices solved for, one by one.

The equations "read at the same place" are solved for the summation indices: one of coefficient 1
outright; ``c·v = e`` by ``v = e // c``, where c must divide e; ``0 <= e - c·v <= c - 1`` by
``v = e // c`` (an index that was flattened: channels in groups, pixels of a block).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.index import Condition, Symbol
from symconv.provers import algebra
from symconv.provers.algebra import Poly, constant, plus, scaled, split, variable
from symconv.provers.relations import DIVISOR
from symconv.provers.smt import implied
from symconv.provers.systems import Atom, System, solution, unit
from symconv.terms import Form, Read, Term, in_range
from symconv.values import dataclass


class Unproved(Exception):
    """No proof was found; the text says where it stopped."""


@dataclass(frozen=True, slots=True)
class Side:
    """One term of one side: its reads in a fixed order, under names of its own."""

    form: Form
    term: Term
    reads: tuple[Read, ...]
    number: Fraction
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

    def called(self, letter: str) -> Side:
        """The same term under other names."""
        return replace(self, letter=letter)

    def ranges(self) -> Iterator[Condition]:
        """The ranges of the sums, and the conditions."""
        for r in self.term.sums:
            yield Condition(r.start, "<=", Symbol(r.name))
            yield Condition(Symbol(r.name), "<", r.stop)
        yield from self.term.where

    def inside(self) -> Iterator[Condition]:
        """Every read is inside its tensor."""
        shapes = dict(self.form.shapes)
        for read in self.reads:
            if read.tensor != DIVISOR:
                for index, size in zip(read.at, shapes[read.tensor], strict=True):
                    yield from in_range(index, size)

    @property
    def key(self) -> tuple[object, ...]:
        """What is read, how, and the coefficient."""
        return (*((r.tensor, r.function, len(r.at)) for r in self.reads), self.number)


@dataclass(slots=True)
class Partner:
    """The other side's summation indices, solved from where it must read."""

    system: System
    side: Side
    parameters: Sequence[str]

    def goals(self, places: Sequence[Poly]) -> list[Atom]:
        """What must hold for the partner to be there, once every index of it is known."""
        system, side = self.system, self.side
        names = side.names(self.parameters)
        known = system.wished = len(system.atoms)
        system.unknown, system.pending = set(side.bound), []
        for place, index in zip(places, (i for r in side.reads for i in r.at), strict=True):
            difference = plus(system.lower(index, names), place, -1)
            system.atoms.append(Atom("equal", difference))
        system.assume((*side.ranges(), *side.inside()), names)
        wanted = system.atoms[known:]
        del system.atoms[known:]
        system.wished = None
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
        equations = [a.poly for a in atoms if a.kind == "equal"]
        equations = [poly for poly in equations if algebra.names(poly) & open_ones]
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
            below = plus(factor, constant(-1))
            room = [plus(below, plus(low, high), -1) for high in bounds]
            if any(self._least(more) for more in room) and self._least(below):
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
