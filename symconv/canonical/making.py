"""SymPy's objects from arguments that are in order already: nothing is looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy
from sympy import EXRAW
from sympy.core.basic import Basic
from sympy.core.operations import AssocOp
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.sdm import SDM

Ints = npt.NDArray[np.int64]


def new(kind: Any, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Commutative sums or products with their arguments as they are, nothing looked at."""
    made = list(map(object.__new__, repeat(kind, len(arguments))))
    _fill(Basic._args.__set__, made, arguments)
    _fill(Basic._mhash.__set__, made, repeat(None))
    _fill(Basic._assumptions.__set__, made, repeat(kind.default_assumptions))
    _fill(AssocOp.is_commutative.__set__, made, repeat(True))
    return made


def symbols(names: Sequence[str]) -> list[Any]:
    """Plain symbols of these names; they equal ``Symbol(name)``, whose cache is passed by."""
    pattern = sympy.Symbol("x")
    made = list(map(object.__new__, repeat(sympy.Symbol, len(names))))
    _fill(Basic._args.__set__, made, repeat(()))
    _fill(Basic._mhash.__set__, made, repeat(None))
    _fill(Basic._assumptions.__set__, made, repeat(pattern._assumptions))
    for slot in ("_assumptions_orig", "_assumptions0"):
        _fill(getattr(sympy.Symbol, slot).__set__, made, repeat(getattr(pattern, slot)))
    _fill(sympy.Symbol.name.__set__, made, names)
    return made


def _fill(put: Callable[[Any, Any], None], made: list[Any], values: Iterable[Any]) -> None:
    deque(map(put, made, values), maxlen=0)


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
