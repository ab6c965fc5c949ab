"""CSV: a header of column labels, then every row after its label, zeros included."""

from __future__ import annotations

import csv
import io

from symconv.exports.dense import dense
from symconv.matrices import LinearMap


def to_csv(map: LinearMap) -> str:
    """Comma-separated text as RFC 4180 quotes it, with lines ending in a bare newline.

    The first header cell is empty; the entries are written as in JSON.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["", *map.column_labels])
    for label, row in zip(map.row_labels, dense(map.shape, map.entries()), strict=True):
        writer.writerow([label, *row])
    return out.getvalue()
