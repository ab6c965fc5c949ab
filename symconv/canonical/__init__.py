"""SymPy expressions and matrices built in SymPy's own order, without its constructors.

``Add(*products)`` looks at every argument several times.  Here the symbols are ranked once, the
products are sorted as integers, and every expression is made at once with its arguments where
SymPy puts them; it equals what the constructors make, by ``==``, ``args`` and ``hash``.

That leans on SymPy's insides, so small examples are compared with the constructors at first use.
Where they differ, and for everything but rational numbers and symbols of the same assumptions, the
constructors are called; also for a sum with a power or with like terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy

from symconv.canonical import making
from symconv.canonical.alike import alike_sums
from symconv.canonical.latex import sums_latex
from symconv.canonical.making import same
from symconv.canonical.rows import plain, ranked_names
from symconv.canonical.sums import examples, fast_sums
from symconv.canonical.terms import Ints, Terms, slow_sums

__all__ = ["Terms", "matrix", "named_sums", "sums", "sums_latex", "symbols", "trusted"]


def sums(count: int, terms: Sequence[Terms], atoms: Sequence[Any]) -> list[Any]:
    """So many sums: number n adds up the products whose `out` is n.

    `atoms` are SymPy expressions; the work grows with the number of products.
    """
    if trusted() and plain(atoms):
        return fast_sums(count, terms, atoms)
    return slow_sums(count, terms, atoms)


def named_sums(count: int, terms: Sequence[Terms], names: Sequence[str]) -> list[Any]:
    """As `sums`, of symbols of these names, nothing assumed of them."""
    if terms and trusted():
        found = alike_sums(count, terms, ranked_names(names))
        if found is not None:
            return found
    return sums(count, terms, symbols(names))


def matrix(shape: tuple[int, int], rows: Ints, cols: Ints, items: Sequence[Any]) -> Any:
    """A SymPy `Matrix` with these non-zero cells, which are in row-major order, none twice."""
    make = making.matrix if trusted() else making.slow_matrix
    return make(shape, rows, cols, items)


def symbols(names: Sequence[str]) -> list[Any]:
    """SymPy symbols of these names, nothing assumed of them."""
    return making.symbols(names) if trusted() else [sympy.Symbol(name) for name in names]


@cache
def trusted() -> bool:
    """Whether an example of every case equals what SymPy's own constructors make."""
    try:
        cases = examples()
        made = [item for case in cases for item in fast_sums(*case)]
        cells = (4, 5), np.array([0, 0, 2]), np.array([1, 4, 0]), made[:3]
        names = ["x_0", "b", "α"]
        letters = making.symbols(names)
        ours = [*letters, *made]
        slow = [item for case in cases for item in slow_sums(*case)]
        theirs = [*map(sympy.Symbol, names), *slow]
        return (
            all(plain(atoms) for _, _, atoms in cases)
            and all(map(same, ours, theirs))
            and all(map(filled_alike, ours, theirs))
            and same_matrix(making.matrix(*cells), making.slow_matrix(*cells))
        )
    except (AttributeError, ImportError, TypeError, ValueError):
        return False


def filled_alike(one: Any, other: Any) -> bool:
    """Whether two expressions, and all inside them, have the same slots filled."""
    return filled(one) == filled(other) and all(map(filled_alike, one.args, other.args))


def filled(item: Any) -> set[str]:
    """The slots that are filled."""
    slots = {slot for kind in type(item).__mro__ for slot in getattr(kind, "__slots__", ())}
    return {slot for slot in slots if hasattr(item, slot)}


def same_matrix(one: Any, other: Any) -> bool:
    """Whether two matrices are of one kind and shape, with the same items."""
    return type(one) is type(other) and one == other and one.tolist() == other.tolist()
