"""NumPy's npz: the non-zero cells as index arrays, readable without pickle.

| array | what it holds |
|---|---|
| `shape` | rows and columns, int64 |
| `row`, `col` | positions of the non-zero cells in row-major order, int64 |
| `entry` | for each of them an index into `names`, int64 |
| `names` | the different entries as text |
| `row_labels`, `column_labels` | what the rows and columns stand for |
| `data` | only where every entry is a number: the values, int64 where all are whole, else float64 |
"""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np

from symconv.matrices import LinearMap
from symconv.matrices.values import value_text


def to_npz(map: LinearMap) -> bytes:
    """The matrix as the bytes of an npz file."""
    cells = map.cells
    used, entry = np.unique(cells.which, return_inverse=True)
    values = [cells.values[n] for n in used.tolist()]
    arrays = {
        "shape": np.array(map.shape, dtype=np.int64),
        "row": cells.rows,
        "col": cells.cols,
        "entry": np.asarray(entry, dtype=np.int64).ravel(),
        "names": np.array([value_text(value, cells.letters) for value in values], dtype=np.str_),
        "row_labels": np.array(map.row_labels, dtype=np.str_),
        "column_labels": np.array(map.column_labels, dtype=np.str_),
    }
    if all(letters == () for value in values for letters, _ in value):
        numbers = [value[0][1] for value in values]
        arrays["data"] = numbers_of(numbers)[arrays["entry"]]
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def numbers_of(values: list[Fraction]) -> np.ndarray[tuple[int], np.dtype[np.int64 | np.float64]]:
    """Exact values as int64 where all are whole, else as float64."""
    whole = all(v.denominator == 1 and abs(v.numerator) < 2**63 for v in values)
    if whole:
        return np.array([v.numerator for v in values], dtype=np.int64)
    return np.array([float(v) for v in values], dtype=np.float64)
