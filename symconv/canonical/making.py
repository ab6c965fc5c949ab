"""SymPy's objects from arguments that are in order already: nothing is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy
from sympy import EXRAW
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.sdm import SDM

Ints = npt.NDArray[np.int64]


def new(kind: Any, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Commutative sums or products with their arguments as they are, nothing looked at."""
    assumptions = kind.default_assumptions
    made = list(map(object.__new__, repeat(kind, len(arguments))))
    for one, its_arguments in zip(made, arguments, strict=True):
        one._args = its_arguments
        one._mhash = None
        one._assumptions = assumptions
        one.is_commutative = True
    return made


_PLAIN = sympy.Symbol("x")


def symbols(names: Sequence[str]) -> list[Any]:
    """Plain symbols of these names; they equal ``Symbol(name)``, whose cache is passed by."""
    pattern = _PLAIN
    assumptions, given, known = (
        pattern._assumptions,
        pattern._assumptions_orig,
        pattern._assumptions0,
    )
    made = list(map(object.__new__, repeat(sympy.Symbol, len(names))))
    for one, name in zip(made, names, strict=True):
        one._args = ()
        one._mhash = None
        one._assumptions = assumptions
        one._assumptions_orig = given
        one._assumptions0 = known
        one.name = name
    return made


def same(one: Any, other: Any) -> bool:
    """Whether two expressions are alike to SymPy in everything that it looks at."""
    return (
        type(one) is type(other)
        and hash(one) == hash(other)
        and one == other
        and one.is_commutative == other.is_commutative
        and len(one.args) == len(other.args)
        and all(map(same, one.args, other.args))
    )


def matrix(shape: tuple[int, int], rows: Ints, cols: Ints, items: Sequence[Any]) -> Any:
    """A SymPy `Matrix` whose non-zero cells are `items`, given in row-major order."""
    starts = np.searchsorted(rows, np.arange(shape[0] + 1))
    used = np.flatnonzero(np.diff(starts))
    across = cols.tolist()
    parts = map(slice, starts[used].tolist(), starts[used + 1].tolist())
    sparse = SDM({}, shape, EXRAW)
    for row, part in zip(used.tolist(), parts, strict=True):
        sparse[row] = dict(zip(across[part], items[part]))  # noqa: B905
    return sympy.MutableDenseMatrix._fromrep(DomainMatrix.from_rep(sparse))


def slow_matrix(shape: tuple[int, int], rows: Ints, cols: Ints, items: Sequence[Any]) -> Any:
    """The same by the public way, which looks at every cell several times."""
    table: dict[int, dict[int, Any]] = {}
    for row, col, item in zip(rows.tolist(), cols.tolist(), items, strict=True):
        table.setdefault(row, {})[col] = item
    return DomainMatrix(table, shape, EXRAW).to_Matrix()
