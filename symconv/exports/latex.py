"""LaTeX: a bmatrix that compiles as it stands with amsmath, with remarks for the reader."""

from __future__ import annotations

from symconv.exports.dense import dense
from symconv.matrices import LinearMap


def to_latex(map: LinearMap, *, labels: bool = False) -> str:
    r"""A ``bmatrix``; above 10 columns amsmath needs MaxMatrixCols, which is set in front.

    With `labels` the matrix is bordered by its row and column labels (plain TeX's ``\bordermatrix``
    in brackets is not portable, so an ``array`` carries them), without a bracket.
    """
    rows = list(dense(map.shape, map.latex_entries()))
    remark = f"% {map.convention}\n"
    if labels:
        return remark + _labelled(map, rows)
    columns = map.shape[1]
    wide = "% amsmath stops at 10 columns unless told:\n" if columns > 10 else ""
    wide += f"\\setcounter{{MaxMatrixCols}}{{{columns}}}\n" if columns > 10 else ""
    body = " \\\\\n".join("  " + " & ".join(row) for row in rows)
    return f"{remark}{wide}\\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}}\n"


def _labelled(map: LinearMap, rows: list[list[str]]) -> str:
    head = "  & " + " & ".join(map.column.latex_labels) + r" \\ \hline"
    lines = [
        f"  {label} & " + " & ".join(row)
        for label, row in zip(map.row.latex_labels, rows, strict=True)
    ]
    body = " \\\\\n".join(lines)
    spec = "r|" + "c" * map.shape[1]
    return f"\\begin{{array}}{{{spec}}}\n{head}\n{body}\n\\end{{array}}\n"
