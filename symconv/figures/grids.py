"""Grids of cells: one to three axes of positions that may start below 0.

Three axes are drawn as slices side by side, the first axis from left to right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from symconv.figures.mathtext import width_of
from symconv.figures.scene import Line, Mark, Point, Rect, Text
from symconv.values import dataclass

Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Cells of one side over half-open spans: of slices, of rows (both may lack) and of columns."""

    spans: tuple[tuple[int, int], ...]
    side: float

    @property
    def width(self) -> float:
        """The width of the whole grid."""
        return self._slices * (self._slice + self.between) - self.between

    @property
    def _slices(self) -> int:
        return self.spans[0][1] - self.spans[0][0] if len(self.spans) == 3 else 1

    @property
    def _slice(self) -> float:
        """The width of one slice."""
        return (self.spans[-1][1] - self.spans[-1][0]) * self.side

    @property
    def between(self) -> float:
        """The gap between two slices."""
        return self.side * 0.6

    @property
    def height(self) -> float:
        """The height of the whole grid."""
        rows = self.spans[-2][1] - self.spans[-2][0] if len(self.spans) > 1 else 1
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
        row = cell[-2] - self.spans[-2][0] if len(self.spans) > 1 else 0
        before = cell[0] - self.spans[0][0] if len(self.spans) == 3 else 0
        x = before * (self._slice + self.between) + (cell[-1] - self.spans[-1][0]) * self.side
        return (x, row * self.side)

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
    """A frame around the rectangle that the cells span, one in each slice."""
    slices: dict[Cell, list[Cell]] = {}
    for cell in chosen:
        slices.setdefault(cell[:-2], []).append(cell)
    return [_around(frame, held[0], held[-1], role) for held in slices.values()]


def _around(frame: Frame, first: Cell, last: Cell, role: str) -> Mark:
    x, y = frame.corner(first)
    far_x, far_y = frame.corner(last)
    wide, high = far_x - x + frame.side, far_y - y + frame.side
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y))
    return Line(corners, role)
