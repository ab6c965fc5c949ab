"""The matrix as numbers: NumPy's npy, SciPy's sparse npz, Matrix Market."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.errors import SymconvError
from symconv.exports.npz import numbers_of
from symconv.matrices import LinearMap

Array = npt.NDArray[Any]


def values_of(map: LinearMap) -> Array:
    """The value of every non-zero cell; errors: `SymconvError` where one holds a letter."""
    cells = map.cells
    if any(letters for value in cells.values for letters, _ in value):
        names = sorted({letter.name for letter in cells.letters})
        raise SymconvError(
            "this format holds numbers",
            where="matrix",
            expected="numbers for every element",
            got=", ".join(names[:4]) + (", …" if len(names) > 4 else ""),
            hint="numbers in the spec, such as w=[1,2,3], or the format npz",
        )
    every = numbers_of([value[0][1] for value in cells.values])
    return np.asarray(every[cells.which]) if len(every) else np.zeros(0)


def to_npy(map: LinearMap) -> bytes:
    """A dense array for `numpy.load`, zeros included."""
    values = values_of(map)
    whole = np.zeros(map.shape, dtype=values.dtype)
    whole[map.cells.rows, map.cells.cols] = values
    out = io.BytesIO()
    np.save(out, whole, allow_pickle=False)
    return out.getvalue()


def to_scipy(map: LinearMap) -> bytes:
    """A CSR array for `scipy.sparse.load_npz`."""
    values, cells = values_of(map), map.cells
    starts = np.searchsorted(cells.rows, np.arange(map.shape[0] + 1))
    out = io.BytesIO()
    np.savez_compressed(
        out,
        indices=cells.cols,
        indptr=np.asarray(starts, dtype=np.int64),
        format=np.array(b"csr"),
        shape=np.array(map.shape, dtype=np.int64),
        data=values,
        _is_array=np.array(True),
    )
    return out.getvalue()


def to_matrix_market(map: LinearMap) -> str:
    """Matrix Market's coordinate format, positions from 1."""
    values, cells = values_of(map), map.cells
    field = "integer" if values.dtype.kind == "i" else "real"
    lines = [
        f"%%MatrixMarket matrix coordinate {field} general",
        f"% {map.convention}",
        f"{map.shape[0]} {map.shape[1]} {len(values)}",
    ]
    places = zip(cells.rows.tolist(), cells.cols.tolist(), values.tolist(), strict=True)
    lines += [f"{row + 1} {col + 1} {value!r}" for row, col, value in places]
    return "\n".join(lines) + "\n"
