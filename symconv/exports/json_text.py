"""JSON: shape, labels and the non-zero entries as text, row by row."""

from __future__ import annotations

import json

from symconv.matrices import LinearMap


def to_json(map: LinearMap) -> str:
    """``{"shape": [r, c], "row_labels": […], "column_labels": […], "entries": [[r, c, "text"]…]}``.

    Entries are the non-zero ones in row-major order, positions count from 0, texts are as SymPy
    writes them (``2*a``, ``x/4``).
    """
    whole = {
        "shape": list(map.shape),
        "row_labels": list(map.row_labels),
        "column_labels": list(map.column_labels),
        "entries": [list(entry) for entry in map.entries()],
    }
    return json.dumps(whole, ensure_ascii=False) + "\n"
