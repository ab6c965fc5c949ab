"""Products as rows of ranks: integers that sort as SymPy sorts the products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat
from operator import attrgetter, is_
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symconv.canonical.making import symbols
from symconv.canonical.terms import Ints, Terms
from symconv.values import dataclass


def plain(atoms: Sequence[Any]) -> bool:
    """Whether all are rational numbers or commutative symbols of the same assumptions."""
    symbols = atoms
    if set(map(type, atoms)) != {sympy.Symbol}:
        symbols = [atom for atom in atoms if type(atom) is sympy.Symbol]
        if not all(atom.is_Rational for atom in atoms if type(atom) is not sympy.Symbol):
            return False
    if not symbols:
        return True
    first = symbols[0]._assumptions0
    assumed = list(map(attrgetter("_assumptions0"), symbols))
    same = all(map(is_, assumed, repeat(first))) or all(one == first for one in assumed)
    return same and bool(symbols[0].is_commutative)


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """The symbols in SymPy's order, and for each atom its place among them.

    `symbols` is an object array.  The rank of a number is `nothing`, one more than any symbol's;
    `value` is its place in `values`, where a symbol has 0, the value 1.
    """

    symbols: npt.NDArray[Any]
    rank: Ints
    values: list[Fraction]
    value: Ints

    @property
    def nothing(self) -> int:
        """The rank of what is no symbol."""
        return len(self.symbols)


def ranked(atoms: Sequence[Any]) -> Ranks:
    """The ranks of symbols and numbers; equal symbols have equal ranks."""
    if set(map(type, atoms)) == {sympy.Symbol}:
        named = dict(zip(map(attrgetter("name"), atoms), atoms, strict=True))
    else:
        named = {atom.name: atom for atom in atoms if type(atom) is sympy.Symbol}
    order = sorted(named)
    ordered = np.empty(len(order), dtype=object)
    ordered[:] = list(map(named.__getitem__, order))
    place = dict(zip(order, range(len(order)), strict=True))
    if len(named) == len(atoms):  # none is a number, none there twice
        ranks = np.fromiter(map(place.__getitem__, named), np.int64, len(atoms))
        return Ranks(ordered, ranks, [Fraction(1)], np.zeros(len(atoms), np.int64))
    values = {Fraction(1): 0}
    rank, value = [], []
    for atom in atoms:
        if type(atom) is sympy.Symbol:
            rank.append(place[atom.name])
            value.append(0)
        else:
            rank.append(len(order))
            value.append(values.setdefault(Fraction(int(atom.p), int(atom.q)), len(values)))
    return Ranks(ordered, np.array(rank, np.int64), list(values), np.array(value, np.int64))


def ranked_names(names: Sequence[str]) -> Ranks:
    """The ranks of symbols of these names, made in their order."""
    order = sorted(set(names))
    place = dict(zip(order, range(len(order)), strict=True))
    rank = np.fromiter(map(place.__getitem__, names), np.int64, len(names))
    made = np.empty(len(order), dtype=object)
    made[:] = symbols(order)
    return Ranks(made, rank, [Fraction(1)], np.zeros(len(names), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Products as columns of ranks, shape (most symbols, products): downwards they rise, and
    what is missing comes last.

    `number` is the place of each product's coefficient in a list.
    """

    out: Ints
    ranks: Ints
    number: Ints

    def lengths(self, nothing: int) -> Ints:
        """How many symbols each product has."""
        if self.full(nothing):
            return np.full(len(self.out), len(self.ranks), dtype=np.int64)
        return np.asarray((self.ranks != nothing).sum(axis=0))

    def full(self, nothing: int) -> bool:
        """Whether every product has as many symbols as there are rows."""
        return not len(self.ranks) or not bool((self.ranks[-1] == nothing).any())

    def pick(self, which: Any) -> Rows:
        """Some of the products."""
        return Rows(self.out[which], self.ranks[:, which], self.number[which])


def rows_of(terms: Sequence[Terms], ranks: Ranks) -> tuple[Rows, list[Fraction]]:
    """All products, and the list of their coefficients; those that are zero are left out."""
    numbers: dict[Fraction, int] = {Fraction(1): 0}
    width = max((len(group.columns) for group in terms), default=0)
    parts = []
    for group in terms:
        found = np.full((width, len(group.out)), ranks.nothing, dtype=np.int64)
        for n, column in enumerate(group.columns):
            found[n] = ranks.rank[column]
        if width == 2:  # faster than sorting
            found = np.stack([np.minimum(*found), np.maximum(*found)])
        else:
            found.sort(axis=0)
        parts.append(Rows(group.out, found, _numbers(group, ranks, numbers)))
    joined = parts[0]
    if len(parts) > 1:
        joined = Rows(
            np.concatenate([part.out for part in parts]),
            np.concatenate([part.ranks for part in parts], axis=1),
            np.concatenate([part.number for part in parts]),
        )
    if Fraction(0) in numbers:
        joined = joined.pick(joined.number != numbers[Fraction(0)])
    return joined, list(numbers)


def _numbers(group: Terms, ranks: Ranks, numbers: dict[Fraction, int]) -> Ints:
    """The place of every product's coefficient in `numbers`, which grows."""
    columns = [ranks.value[column] for column in group.columns if len(ranks.values) > 1]
    if group.divisors is not None:
        columns.append(group.divisors)
    if not columns:
        place = numbers.setdefault(group.number, len(numbers))
        return np.full(len(group.out), place, dtype=np.int64)
    points, inverse = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    places = []
    for point in points.tolist():
        value = group.number
        if group.divisors is not None:
            value /= point.pop()
        for at in point:
            value *= ranks.values[at]
        places.append(numbers.setdefault(value, len(numbers)))
    return np.array(places, dtype=np.int64)[np.asarray(inverse).ravel()]


def in_order(rows: Rows, coefficients: Ints, nothing: int) -> Ints:
    """The order of the products by output, and within one as SymPy sorts the arguments of a sum.

    Fewer arguments come first, then the first that differs decides; a coefficient other than 1
    (its rank is negative, 0 stands for 1) is an argument in front of the symbols.
    """
    led = coefficients != 0
    if not led.any():
        count = () if rows.full(nothing) else (rows.lengths(nothing),)
        return sort_rows([rows.out, *count, *rows.ranks])
    symbols = rows.lengths(nothing)
    count_all = np.where(symbols > 0, symbols + led, 0)
    none = np.full((1, len(led)), nothing, dtype=np.int64)
    shifted = np.concatenate([coefficients[None], rows.ranks])
    arguments = np.where(led, shifted, np.concatenate([rows.ranks, none]))
    return sort_rows([rows.out, count_all, *arguments])


def sort_rows(keys: Sequence[Ints]) -> Ints:
    """The order by the first key, then the second and so on; one sort where they fit together."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    lows = [int(key.min()) for key in keys]
    spans = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    if math.prod(spans) >= 2**62:
        return np.asarray(np.lexsort(keys[::-1]))
    together = keys[0] - lows[0]
    for key, low, span in zip(keys[1:], lows[1:], spans[1:], strict=True):
        together *= span
        together += key
        together -= low
    return np.argsort(together, kind="stable")


def odd(rows: Rows, nothing: int) -> Ints:
    """The outputs with a power (a symbol twice in a product) or with like terms.

    The products are in order, so with one coefficient like terms stand side by side.
    """
    ranks = rows.ranks
    twice = np.zeros(len(rows.out), dtype=bool)
    for one, other in zip(ranks[1:], ranks[:-1], strict=True):
        twice |= (one == other) & (one != nothing)
    powers = rows.out[twice]
    if len(rows.number) and (rows.number != rows.number[0]).any():
        rows = rows.pick(sort_rows([rows.out, *ranks]))
    alike = rows.out[1:] == rows.out[:-1]
    for rank in rows.ranks:
        alike &= rank[1:] == rank[:-1]
    return np.unique(np.concatenate([powers, rows.out[1:][alike]]))
