"""Sums of products, each expression made once with its arguments where SymPy puts them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, TypeAlias

import numpy as np
import sympy
from sympy.core.basic import Basic

from symconv.canonical.alike import added, alike_sums
from symconv.canonical.making import new
from symconv.canonical.rows import Ranks, Rows, in_order, odd, ranked, rows_of
from symconv.canonical.terms import Ints, Terms, rational, slow_sums


def fast_sums(count: int, terms: Sequence[Terms], atoms: Sequence[Any]) -> list[Any]:
    """So many sums; the atoms are rational numbers and symbols of the same assumptions."""
    if not terms:
        return [sympy.S.Zero] * count
    ranks = ranked(atoms)
    found = alike_sums(count, terms, ranks)
    return mixed_sums(count, terms, atoms, ranks) if found is None else found


def mixed_sums(count: int, terms: Sequence[Terms], atoms: Sequence[Any], ranks: Ranks) -> list[Any]:
    """So many sums of products of any kind."""
    rows, numbers = rows_of(terms, ranks)
    values = [rational(number) for number in numbers]
    rows = rows.pick(in_order(rows, _number_ranks(values)[rows.number], ranks.nothing))
    bounds = np.searchsorted(rows.out, np.arange(count + 1))
    result = added(bounds, _products(rows, ranks, values))
    slow = odd(rows, ranks.nothing).tolist()
    if slow:
        again = slow_sums(count, terms, atoms, slow)
        for out in slow:
            result[out] = again[out]
    return result


def _number_ranks(values: Sequence[Any]) -> Ints:
    """Negative numbers in SymPy's order for the coefficients, 0 for the first, which is 1."""
    compare = cmp_to_key(Basic.compare)
    order = sorted(range(1, len(values)), key=lambda n: compare(values[n]))
    ranks = np.zeros(len(values), dtype=np.int64)
    ranks[order] = np.arange(-len(order), 0)
    return ranks


def _products(rows: Rows, ranks: Ranks, values: Sequence[Any]) -> list[Any]:
    """Every product as an expression, in the order of the rows."""
    kinds = rows.lengths(ranks.nothing) * 2 + (rows.number != 0)
    if len(kinds) and (kinds == kinds[0]).all():
        return _alike(rows, ranks, values, int(kinds[0]))
    made: list[Any] = [None] * len(rows.out)
    for kind in np.unique(kinds).tolist():
        which = np.flatnonzero(kinds == kind)
        for at, item in zip(
            which.tolist(), _alike(rows.pick(which), ranks, values, kind), strict=True
        ):
            made[at] = item
    return made


def _alike(rows: Rows, ranks: Ranks, values: Sequence[Any], kind: int) -> list[Any]:
    """Products of as many symbols, ``kind // 2``, all with a coefficient or all without."""
    length, with_number = divmod(kind, 2)
    columns = ranks.symbols[rows.ranks[:length]].tolist()
    if with_number or not length:
        columns.insert(0, [values[n] for n in rows.number.tolist()])
    if len(columns) == 1:
        return list(columns[0])
    return new(sympy.Mul, list(zip(*columns, strict=True)))


Case: TypeAlias = tuple[int, list[Terms], list[Any]]


def examples() -> tuple[Case, Case]:
    """Sums in no order: products of several lengths with coefficients, and products all alike."""
    ints = np.array
    return mixed_example(), (
        4,
        [
            Terms(ints([2, 0, 2, 0, 1]), (ints([0, 3, 4, 1, 2]), ints([1, 2, 0, 4, 0]))),
            Terms(ints([2, 0]), (ints([2, 0]), ints([1, 4]))),
        ],
        [*map(sympy.Symbol, ("x_10", "x_9", "b", "Z", "w_0"))],
    )


def mixed_example() -> Case:
    """Six sums: products of several lengths with several coefficients, in no order."""
    atoms = [*map(sympy.Symbol, ("x_10", "x_9", "b", "Z", "w_0", "a")), sympy.Integer(3)]
    ints = np.array
    return (
        6,
        [
            Terms(ints([1, 0, 0, 1, 3]), (ints([1, 0, 2, 3, 0]), ints([4, 5, 1, 2, 1]))),
            Terms(ints([1, 0, 4]), (ints([0, 3, 4]),)),
            Terms(ints([0, 1, 1]), (ints([5, 2, 4]), ints([4, 0, 6])), Fraction(-1, 2)),
            Terms(ints([1, 0, 5, 5]), (ints([3, 5, 1, 5]),), Fraction(6), ints([4, 6, 2, 3])),
            Terms(ints([1]), (), Fraction(-7, 3)),
        ],
        atoms,
    )
