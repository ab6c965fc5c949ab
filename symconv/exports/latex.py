r"""LaTeX: a bmatrix that compiles as it stands with amsmath, with remarks for the reader."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

from symconv.exports.dense import dense
from symconv.matrices import LinearMap

Rows = list[list[str]]


def to_latex(
    map: LinearMap, *, labels: bool = False, coloured: bool = False, truncate: int = 0
) -> str:
    r"""A ``bmatrix``; above 10 columns amsmath needs MaxMatrixCols, which is set in front.

    With `labels` the matrix stands in an ``array`` between its row and column labels (plain TeX's
    ``\bordermatrix`` in brackets is not portable).  `coloured` gives every letter a colour of its
    own (xcolor); `truncate` leaves that many rows and columns and puts dots for the others.
    """
    rows = list(dense(map.shape, map.latex_entries()))
    if coloured:
        rows = _coloured(rows)
    tops, sides = list(map.column.latex_labels), list(map.row.latex_labels)
    if truncate:
        rows, tops, sides = truncated(rows, tops, sides, truncate)
    remark = f"% {map.convention}\n" + ("% needs \\usepackage{xcolor}\n" if coloured else "")
    if labels:
        return remark + _labelled(rows, tops, sides)
    columns = len(tops)
    wide = "% amsmath stops at 10 columns unless told:\n" if columns > 10 else ""
    wide += f"\\setcounter{{MaxMatrixCols}}{{{columns}}}\n" if columns > 10 else ""
    body = " \\\\\n".join("  " + " & ".join(row) for row in rows)
    return f"{remark}{wide}\\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}}\n"


def truncated(
    rows: Rows, tops: Sequence[str], sides: Sequence[str], most: int
) -> tuple[Rows, list[str], list[str]]:
    """The first rows and columns, dots, and the last ones: at most `most` of each."""
    across, down = _kept(len(tops), most), _kept(len(sides), most)
    short = [[r"\cdots" if c is None else row[c] for c in across] for row in rows]
    dots = [r"\ddots" if c is None else r"\vdots" for c in across]
    return (
        [dots if r is None else short[r] for r in down],
        [r"\cdots" if c is None else tops[c] for c in across],
        [r"\vdots" if r is None else sides[r] for r in down],
    )


def _kept(count: int, most: int) -> list[int | None]:
    """The positions that stay, None where the dots stand."""
    if count <= max(most, 3):
        return list(range(count))
    return [*range(max(most, 3) - 2), None, count - 1]


def _coloured(rows: Rows) -> Rows:
    letters = list(dict.fromkeys(cell for row in rows for cell in row if cell != "0"))
    shade = {cell: _shade(n, len(letters)) for n, cell in enumerate(letters)}
    return [
        [rf"\textcolor[HTML]{{{shade[cell]}}}{{{cell}}}" if cell in shade else cell for cell in row]
        for row in rows
    ]


def _shade(number: int, count: int) -> str:
    """A dark colour that is read on white; hues go round the wheel."""
    parts = colorsys.hls_to_rgb(number / max(1, count), 0.3 if number % 2 else 0.38, 0.85)
    return "".join(f"{round(255 * part):02X}" for part in parts)


def _labelled(rows: Rows, tops: Sequence[str], sides: Sequence[str]) -> str:
    head = "  & " + " & ".join(tops) + r" \\ \hline"
    lines = [f"  {side} & " + " & ".join(row) for side, row in zip(sides, rows, strict=True)]
    body = " \\\\\n".join(lines)
    spec = "r|" + "c" * len(tops)
    return f"\\begin{{array}}{{{spec}}}\n{head}\n{body}\n\\end{{array}}\n"
