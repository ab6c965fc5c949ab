"""Sums of products that are all alike: so many symbols each, no coefficient, no power, none twice.

That is the usual case (a convolution's outputs, a gradient).  A product is one integer then, and
sorting integers puts everything where SymPy wants it; `sums` does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from symconv.canonical.making import new
from symconv.canonical.rows import Ranks
from symconv.canonical.terms import Ints, Terms


def alike_sums(count: int, terms: Sequence[Terms], ranks: Ranks) -> list[Any] | None:
    """So many sums, nothing where the products are not alike."""
    width = len(terms[0].columns)
    base = ranks.nothing
    numbers = len(ranks.values) > 1 or (ranks.rank == base).any()  # the number 1 has no value
    if not width or numbers or count * base**width >= 2**62:
        return None
    for group in terms:
        if len(group.columns) != width or group.divisors is not None or group.number != 1:
            return None
    keys = [_keys(group, ranks.rank, base) for group in terms]
    key = keys[0] if len(keys) == 1 else np.concatenate(keys)
    key.sort()
    columns = _digits(key, base, width)
    twice = (key[1:] == key[:-1], *(one == other for one, other in pairwise(columns)))
    if any(map(np.count_nonzero, twice)):
        return None
    bounds = key.searchsorted(np.arange(count + 1) * base**width)
    symbols = [ranks.symbols[column].tolist() for column in columns]
    products = new(sympy.Mul, list(zip(*symbols, strict=True))) if width > 1 else symbols[0]
    return added(bounds, products)


def _keys(group: Terms, rank: Ints, base: int) -> Ints:
    """Each product as an integer: its output, then its ranks as they rise, in digits."""
    factors = [rank[column] for column in group.columns]
    if len(factors) == 2:  # faster than sorting
        factors = [np.minimum(*factors), np.maximum(*factors)]
    elif len(factors) > 2:
        factors = list(np.sort(factors, axis=0))
    key = group.out
    for factor in factors:
        key = key * base + factor
    return key


def _digits(key: Ints, base: int, width: int) -> list[Ints]:
    """The last digits of the keys, which are ranks."""
    found: list[Ints] = []
    for _ in range(width):
        rest = key // base
        found.insert(0, key - rest * base)
        key = rest
    return found


def added(bounds: Ints, products: Sequence[Any]) -> list[Any]:
    """The sums of the products between each two bounds, which are in order."""
    made = tuple(products)
    starts = bounds.tolist()
    sizes = bounds[1:] - bounds[:-1]
    if np.count_nonzero(sizes > 1) == len(sizes):
        return new(sympy.Add, list(map(made.__getitem__, map(slice, starts[:-1], starts[1:]))))
    result = [sympy.S.Zero] * len(sizes)
    for out in np.flatnonzero(sizes == 1).tolist():
        result[out] = made[starts[out]]
    several = np.flatnonzero(sizes > 1).tolist()
    groups = [made[starts[out] : starts[out + 1]] for out in several]
    for out, total in zip(several, new(sympy.Add, groups), strict=True):
        result[out] = total
    return result
