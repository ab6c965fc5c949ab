"""Grids of cells: one or two axes of positions that may start below 0."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from symconv.figures.mathtext import width_of
from symconv.figures.scene import Line, Mark, Point, Rect, Text

Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Cells of one side over the half-open spans of one axis (a row) or two (rows, columns)."""

    spans: tuple[tuple[int, int], ...]
    side: float

    @property
    def width(self) -> float:
        """The width of the whole grid."""
        return (self.spans[-1][1] - self.spans[-1][0]) * self.side

    @property
    def height(self) -> float:
        """The height of the whole grid."""
        rows = self.spans[0][1] - self.spans[0][0] if len(self.spans) == 2 else 1
        return rows * self.side

    @property
    def letters(self) -> float:
        """The size of the letters in a cell."""
        return max(8.0, min(13.0, self.side * 0.42))

    def cells(self) -> list[Cell]:
        """Every position in row-major order."""
        return list(itertools.product(*(range(*span) for span in self.spans)))

    def corner(self, cell: Cell) -> Point:
        """The upper left corner of a cell."""
        row = cell[0] - self.spans[0][0] if len(self.spans) == 2 else 0
        return ((cell[-1] - self.spans[-1][0]) * self.side, row * self.side)

    def centre(self, cell: Cell) -> Point:
        """The middle of a cell."""
        x, y = self.corner(cell)
        return (x + self.side / 2, y + self.side / 2)


def cells(
    frame: Frame,
    chosen: Iterable[Cell],
    role: str,
    labels: Mapping[Cell, str] | None = None,
    *,
    raised: float = 0.0,
) -> list[Mark]:
    """Squares, with what stands in them, `raised` above the middle."""
    marks: list[Mark] = []
    for cell in chosen:
        x, y = frame.corner(cell)
        marks.append(Rect(x, y, frame.side, frame.side, role))
        text = (labels or {}).get(cell, "")
        if text:
            size = fitting(text, frame.side - 4, frame.letters)
            middle = frame.centre(cell)
            marks.append(Text(middle[0], middle[1] - raised, text, size=size))
    return marks


def fitting(text: str, room: float, size: float) -> float:
    """The size of letters, made smaller where a text is too wide for its cell."""
    wide = width_of(text, size, math=True)
    return size if wide <= room else max(5.0, size * room / wide)


def crossed(frame: Frame, chosen: Iterable[Cell]) -> list[Mark]:
    """A diagonal through each cell."""
    marks: list[Mark] = []
    for cell in chosen:
        x, y = frame.corner(cell)
        s = frame.side
        marks.append(Line(((x + 3, y + s - 3), (x + s - 3, y + 3)), "rule"))
    return marks


def outline(frame: Frame, chosen: Sequence[Cell], role: str) -> list[Mark]:
    """A frame around the rectangle that the cells span."""
    x, y = frame.corner(chosen[0])
    far_x, far_y = frame.corner(chosen[-1])
    wide, high = far_x - x + frame.side, far_y - y + frame.side
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y))
    return [Line(corners, role)]
