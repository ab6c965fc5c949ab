"""The tensors of a form side by side: grids of cells, a slice for each batch entry and channel."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from symconv.errors import GeometryError
from symconv.figures.grids import Cell, Frame, cells, fitting
from symconv.figures.scene import Mark, Text, moved
from symconv.notation import Style, tensor_latex
from symconv.values import dataclass

SIDE = 30.0
SMALL = 20.0
GRIDS = 8
"""Up to so many slices of one tensor are drawn."""
WIDEST = 40
"""Cells along one axis."""
GAP = 34.0
SLICE = 12.0
TOP = 26.0
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A tensor on the sheet: the frame of its last axes, and where each of its slices stands."""

    rank: int
    frame: Frame
    places: Mapping[Cell, tuple[float, float]]
    marks: tuple[Mark, ...]

    @property
    def side(self) -> float:
        """The side of a cell."""
        return self.frame.side

    def frame_of(self, at: Cell) -> tuple[Frame, tuple[float, float], Cell]:
        """The frame, where it stands, and the cell in it of an element."""
        cut = len(at) - self.rank
        return self.frame, self.places[at[:cut]], at[cut:] or (0,)

    def corner(self, at: Cell) -> tuple[float, float]:
        """The upper left corner of an element."""
        frame, (left, top), cell = self.frame_of(at)
        x, y = frame.corner(cell)
        return left + x, top + y


def laid_out(
    tensors: Sequence[tuple[str, Cell]],
    padding: Mapping[str, Spans],
    names: Mapping[str, Mapping[Cell, str]],
    style: Style,
    blank: str = "0",
) -> tuple[dict[str, Plot], float, float]:
    """The plots by tensor, and the size of the sheet; padding holds what is `blank`.

    Errors: `GeometryError` for more slices or longer axes than can be drawn.
    """
    large = max((math.prod(shape) for _, shape in tensors), default=1) <= 150
    side = SIDE if large else SMALL
    left, height = 8.0, 0.0
    plots: dict[str, Plot] = {}
    for name, shape in tensors:
        frame, leads = _frame(name, shape, padding.get(name, ()), side)
        columns = math.ceil(math.sqrt(len(leads)))
        places = {}
        for number, lead in enumerate(leads):
            row, column = divmod(number, columns)
            x = left + column * (frame.width + SLICE)
            places[lead] = (x, TOP + row * (frame.height + SLICE))
        marks: list[Mark] = [_title(name, left, style)]
        for lead, place in places.items():
            marks += [
                moved(m, *place) for m in _slice(frame, lead, shape, names[name], large, blank)
            ]
        plots[name] = Plot(len(frame.spans) if shape else 0, frame, places, tuple(marks))
        left += columns * (frame.width + SLICE) - SLICE + GAP
        rows = -(-len(leads) // columns)
        height = max(height, TOP + rows * (frame.height + SLICE))
    return plots, left - GAP + 8, height


def _frame(name: str, shape: Cell, around: Spans, side: float) -> tuple[Frame, list[Cell]]:
    """The grid of the last axes, padding included, and the positions on the others."""
    rank = len(around) or min(2, len(shape))
    leads = list(itertools.product(*map(range, shape[: len(shape) - rank])))
    sizes = shape[len(shape) - rank :] or (1,)
    if rank > 2 or len(leads) > GRIDS or max(sizes) > WIDEST:
        raise GeometryError(
            f"{name} is too large to be drawn step by step",
            where="figure",
            expected=f"two axes of at most {WIDEST} cells, at most {GRIDS} slices",
            got=f"the shape {shape}",
        )
    spans = tuple(
        (-before, size + after)
        for size, (before, after) in zip(sizes, around or ((0, 0),) * len(sizes), strict=True)
    )
    return Frame(spans, side), leads


def _slice(
    frame: Frame, lead: Cell, shape: Cell, names: Mapping[Cell, str], large: bool, blank: str
) -> list[Mark]:
    """The cells of one slice; those of the padding are dashed and hold what is `blank`."""
    sizes = shape[len(lead) :] or (1,)
    within: list[Cell] = []
    outside: list[Cell] = []
    for cell in frame.cells():
        inside = all(0 <= i < n for i, n in zip(cell, sizes, strict=True))
        (within if inside else outside).append(cell)
    labels = {c: names[(*lead, *c) if shape else ()] for c in within} if large else {}
    marks = cells(frame, outside, "padding")
    if large:
        for cell in outside:
            x, y = frame.centre(cell)
            size = fitting(blank, frame.side - 4, frame.letters)
            marks.append(Text(x, y, blank, "muted", size=size))
    return [*marks, *cells(frame, within, "cell", labels)]


def _title(name: str, left: float, style: Style) -> Text:
    return Text(left, 10.0, tensor_latex(name, [], style), "muted", "start", 13.0)
