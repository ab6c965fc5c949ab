"""Text for a terminal: aligned Unicode, labels outside the brackets."""

from __future__ import annotations

from symconv.exports.dense import dense
from symconv.matrices import LinearMap
from symconv.writers.unicode_math import unicode_math, width


def to_text(map: LinearMap) -> str:
    """The convention in one line, then every entry, with the labels of rows and columns."""
    spelled = {text: unicode_math(text) for _, _, text in map.latex_entries()}
    rows = [[spelled.get(text, text) for text in row] for row in dense(map.shape, _entries(map))]
    tops = [unicode_math(label) for label in map.column.latex_labels]
    sides = [unicode_math(label) for label in map.row.latex_labels]
    widths = [max(sizes) for sizes in zip(*(_widths(r) for r in [tops, *rows]), strict=True)]
    margin = max((width(side) for side in sides), default=0)
    lines = [f"{' ' * margin}   {_line(tops, widths)}"]
    for n, (side, row) in enumerate(zip(sides, rows, strict=True)):
        left, right = _brackets(n, len(rows))
        lines.append(f"{_centred(side, margin, '>')} {left} {_line(row, widths)} {right}")
    return "\n".join([map.convention, "", *(line.rstrip() for line in lines)]) + "\n"


def _entries(map: LinearMap) -> list[tuple[int, int, str]]:
    return list(map.latex_entries())


def _widths(texts: list[str]) -> list[int]:
    return [width(text) for text in texts]


def _line(texts: list[str], widths: list[int]) -> str:
    return "  ".join(_centred(text, n) for text, n in zip(texts, widths, strict=True))


def _centred(text: str, size: int, align: str = "^") -> str:
    space = size - width(text)
    left = space if align == ">" else space // 2
    return " " * left + text + " " * (space - left)


def _brackets(row: int, count: int) -> tuple[str, str]:
    if count == 1:
        return "[", "]"
    if row == 0:
        return "⎡", "⎤"
    return ("⎣", "⎦") if row == count - 1 else ("⎢", "⎥")
