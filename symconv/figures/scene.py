"""A picture as data: marks at rounded coordinates, y downwards, one unit a pixel.

Every mark has a `role`, and the roles have colours in one table; text is a formula in the dialect
or plain words.  The writers turn a scene into SVG or TikZ.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeAlias

from symconv.errors import SymconvError
from symconv.figures.mathtext import width_of
from symconv.values import dataclass

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Paint:
    """A stroke colour, a fill colour and how much of it (0 … 1); "ink" is the text's own colour."""

    stroke: str = ""
    fill: str = ""
    opacity: float = 1.0
    width: float = 1.0
    dash: bool = False


PAINTS: dict[str, Paint] = {
    "ink": Paint("ink", "ink"),
    "muted": Paint("muted", "muted"),
    "rule": Paint("muted", "", 1.0, 0.8),
    "dashed": Paint("muted", "", 1.0, 0.8, True),
    "cell": Paint("ink", "", 1.0, 0.8),
    "padding": Paint("muted", "", 1.0, 0.8, True),
    "input": Paint("input", "input", 0.16),
    "kernel": Paint("kernel", "kernel", 0.16),
    "window": Paint("window", "", 1.0, 2.0),
    "output": Paint("output", "", 1.0, 2.0),
    "window fill": Paint("", "window", 0.22),
    "input fill": Paint("", "input", 0.18),
    "output fill": Paint("", "output", 0.24),
    "operation": Paint("ink", "muted", 0.12),
    "sum": Paint("output", "output", 0.16),
    "product": Paint("kernel", "kernel", 0.16),
    "function": Paint("window", "window", 0.18),
    "loss": Paint("backward", "backward", 0.14),
    "constant": Paint("muted", "muted", 0.12),
    "edge": Paint("muted", "", 1.0, 1.0),
    "forward": Paint("forward", "forward"),
    "backward": Paint("backward", "backward"),
    "axis": Paint("ink", "ink", 1.0, 0.8),
    "first": Paint("input", "", 1.0, 1.8),
    "second": Paint("window", "", 1.0, 1.8),
    "result": Paint("output", "", 1.0, 1.8),
    "second head": Paint("", "window"),
    "first area": Paint("", "input", 0.2),
    "second area": Paint("", "window", 0.2),
    "result area": Paint("", "output", 0.2),
    "overlap": Paint("ink", "output", 0.5, 0.8),
}
"""What each role looks like."""

COLOURS: dict[str, str] = {
    "muted": "#71757a",
    "input": "#2d78bc",
    "kernel": "#8860c8",
    "window": "#b2600a",
    "output": "#228356",
    "forward": "#2d78bc",
    "backward": "#cf4342",
}
"""Middle tones: at least 4.5 to 1 on white, near 4 to 1 on a dark page that sets none itself."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle from its upper left corner; `shade` multiplies the role's fill.

    `term` is the term of a sum that it stands for, which pages link by pointing at it; `node` is
    the number of a graph's node and `words` what it computes, shown where one points at it.
    """

    x: float
    y: float
    width: float
    height: float
    role: str
    radius: float = 0.0
    shade: float = 1.0
    term: int | None = None
    node: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A filled dot."""

    x: float
    y: float
    radius: float
    role: str


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline; `arrow` puts a tip on its end, `closed` makes it an area."""

    points: tuple[Point, ...]
    role: str
    arrow: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Cubic pieces: a start, then (control, control, end) for each piece."""

    start: Point
    pieces: tuple[tuple[Point, Point, Point], ...]
    role: str
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Mathematics or words, centred on the height `y`; `anchor` is start, middle or end."""

    x: float
    y: float
    content: str
    role: str = "ink"
    anchor: str = "middle"
    size: float = 12.0
    math: bool = True

    @property
    def width(self) -> float:
        """How wide it is at most, whatever the font."""
        return width_of(self.content, self.size, math=self.math)


Mark: TypeAlias = "Rect | Circle | Line | Curve | Text"


@dataclass(frozen=True, slots=True)
class Scene:
    """Marks on a sheet of a given size, drawn in order."""

    width: float
    height: float
    marks: tuple[Mark, ...]

    def __post_init__(self) -> None:
        unknown = {mark.role for mark in self.marks} - PAINTS.keys()
        if unknown:
            raise SymconvError(f"there is no role {min(unknown)!r} in a picture")


def arrow_tip(before: Point, end: Point, size: float = 6.0) -> tuple[Point, Point, Point]:
    """The triangle of an arrow's tip that ends at `end` and comes from `before`."""
    dx, dy = end[0] - before[0], end[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / length * size, dy / length * size
    back = (end[0] - dx, end[1] - dy)
    return (end, (back[0] - dy * 0.4, back[1] + dx * 0.4), (back[0] + dy * 0.4, back[1] - dx * 0.4))


def rounded(value: float) -> float:
    """A coordinate to a tenth, ties upward, without a negative zero.

    The last bits of a sum differ between Python versions (3.12 compensates `sum`); a tie may not
    fall either way because of them.
    """
    return math.floor(value * 10 + 0.5 + 1e-6) / 10 + 0.0


def shown(value: float) -> str:
    """A coordinate as it is written."""
    return f"{rounded(value):g}"


def moved(mark: Mark, x: float, y: float) -> Mark:
    """The mark shifted."""
    match mark:
        case Rect() | Circle() | Text():
            return replace(mark, x=mark.x + x, y=mark.y + y)
        case Line():
            return replace(mark, points=tuple((a + x, b + y) for a, b in mark.points))
        case Curve():
            pieces = tuple(
                ((a + x, b + y), (c + x, d + y), (e + x, f + y))
                for (a, b), (c, d), (e, f) in mark.pieces
            )
            start = (mark.start[0] + x, mark.start[1] + y)
            return replace(mark, start=start, pieces=pieces)
    raise TypeError(f"not a mark: {mark!r}")
