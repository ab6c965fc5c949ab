"""The matrix as a coloured map in TikZ: one filled path for each different entry."""

from __future__ import annotations

from itertools import groupby

from symconv.exports.svg_map import colour
from symconv.matrices import LinearMap

WIDEST = 12.0
"""Centimetres."""
CELL = 0.45


def to_tikz_map(map: LinearMap) -> str:
    """The inside of a ``tikzpicture``; like cells that stand side by side are one rectangle."""
    rows, columns = map.shape
    size = min(CELL, WIDEST / max(1, columns))
    texts = len(map.cells.values)
    lines = []
    for number, places in enumerate(_runs(map)):
        lines.append(rf"\definecolor{{symmap}}{{HTML}}{{{colour(number, texts)[1:].upper()}}}")
        boxes = " ".join(
            f"({_n(col * size)},{_n(-row * size)}) rectangle +({_n(length * size)},{_n(-size)})"
            for row, col, length in places
        )
        lines.append(rf"\fill[symmap] {boxes};")
    frame = f"({_n(columns * size)},{_n(-rows * size)})"
    return "\n".join([*lines, rf"\draw[gray] (0,0) rectangle {frame};"])


def _runs(map: LinearMap) -> list[list[tuple[int, int, int]]]:
    """For each different entry its stretches: row, first column, length."""
    cells = map.cells
    found: list[list[tuple[int, int, int]]] = [[] for _ in cells.values]
    places = zip(cells.rows.tolist(), cells.cols.tolist(), cells.which.tolist(), strict=True)
    numbered = enumerate(places)
    for (row, which, _), group in groupby(
        numbered, lambda item: (item[1][0], item[1][2], item[1][1] - item[0])
    ):
        run = [place for _, place in group]
        found[which].append((row, run[0][1], len(run)))
    return found


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"
