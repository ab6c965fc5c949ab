"""Axes, curves and stems in a small plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from symconv.figures.scene import Circle, Line, Mark, Point, Rect, Scene, Text, moved
from symconv.values import dataclass

Number: TypeAlias = int | float | Fraction
_Map: TypeAlias = Callable[[float, float], Point]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points joined by straight lines; `filled` shades the area down to the axis."""

    points: tuple[tuple[Number, Number], ...]
    role: str = "first"
    filled: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Stems:
    """A discrete signal: a stem for each value, the first at `start`."""

    values: tuple[Number, ...]
    start: int = 0
    role: str = "first"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves and stems over common axes; `title` is words, `across` names the horizontal axis."""

    items: tuple[Curve | Stems, ...]
    title: str = ""
    across: str = "t"
    size: tuple[float, float] = (205.0, 125.0)


@dataclass(frozen=True, slots=True)
class Span:
    """What part of the plane a plot shows."""

    left: float
    right: float
    low: float
    high: float


def span_of(plots: Sequence[Plot]) -> Span:
    """The span that holds every point of several plots, and both axes."""
    points = [point for plot in plots for item in plot.items for point in _points(item)]
    xs = [float(x) for x, _ in points] or [0.0]
    ys = [float(y) for _, y in points] + [0.0]
    left, right = min(xs), max(xs)
    extra = 0.5 if right - left < 40 else 1.0
    return Span(left - extra, right + extra, min(ys), max(ys) if max(ys) > min(ys) else 1.0)


def _points(item: Curve | Stems) -> list[tuple[Number, Number]]:
    if isinstance(item, Curve):
        return list(item.points)
    return [(item.start + n, value) for n, value in enumerate(item.values)]


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Round numbers between the two: at most `most` of them, 1, 2 or 5 times a power of ten apart.

    Examples
    --------
    >>> ticks(-0.5, 4.5)
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    width = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(width / most))
    step = next(m * power for m in (1, 2, 5, 10) if width / (m * power) <= most)
    step = max(step, 0.5) if width > 1 else step
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) + 0.0 for n in range(first, math.floor(high / step + 1e-9) + 1)]


def draw(plot: Plot, span: Span) -> Scene:
    """The plot at its size, with ticks at round numbers."""
    wide, high = plot.size
    margin, top, bottom = 26.0, 34.0 if plot.title else 18.0, 24.0

    def at(x: float, y: float) -> Point:
        return (
            margin + (x - span.left) / (span.right - span.left) * (wide - margin - 18),
            top + (span.high - y) / (span.high - span.low) * (high - top - bottom),
        )

    marks: list[Mark] = []
    if plot.title:
        marks.append(Text(margin - 14, 11, plot.title, "ink", "start", 11.5, math=False))
    marks += _axes(plot, span, at)
    for item in plot.items:
        marks += _curve(item, at) if isinstance(item, Curve) else _stems(item, at)
    marks += _labels(plot, span, at)
    return Scene(wide, high, tuple(marks))


def _axes(plot: Plot, span: Span, at: _Map) -> list[Mark]:
    left, right = at(span.left, 0), at(span.right, 0)
    marks: list[Mark] = [Line((left, (right[0] + 10, right[1])), "axis", arrow=True)]
    marks.append(Text(right[0] + 12, right[1] + 9, plot.across, "ink", "middle", 11.0))
    for x in ticks(span.left, span.right):
        here = at(x, 0)
        marks.append(Line((here, (here[0], here[1] + 3)), "axis"))
        marks.append(Text(here[0], here[1] + 10, number(x), "muted", size=9.5, math=False))
    edge = at(span.left, 0)[0]
    marks.append(
        Line(((edge, at(0, span.low)[1]), (edge, at(0, span.high)[1] - 8)), "axis", arrow=True)
    )
    for y in ticks(span.low, span.high, 4):
        here = (edge, at(0, y)[1])
        marks.append(Line((here, (here[0] - 3, here[1])), "axis"))
        marks.append(Text(here[0] - 5, here[1], number(y), "muted", "end", 9.5, math=False))
    return marks


def number(value: float) -> str:
    """A tick's number without a needless point."""
    return f"{value:g}".replace("-", "−")


def _curve(curve: Curve, at: _Map) -> list[Mark]:
    points = tuple(at(float(x), float(y)) for x, y in curve.points)
    marks: list[Mark] = []
    if curve.filled and points:
        ground = at(0, 0)[1]
        area = ((points[0][0], ground), *points, (points[-1][0], ground))
        marks.append(Line(area, f"{curve.role} area", closed=True))
    return [*marks, Line(points, curve.role)]


def _stems(stems: Stems, at: _Map) -> list[Mark]:
    """Stems with round heads; a second signal stands a little aside, with square heads."""
    marks: list[Mark] = []
    aside, square = (3.5, True) if stems.role == "second" else (0.0, False)
    for n, value in enumerate(stems.values):
        foot, head = at(stems.start + n, 0), at(stems.start + n, float(value))
        x, y = head[0] + aside, head[1]
        marks.append(Line(((x, foot[1]), (x, y)), stems.role))
        dot = Rect(x - 2.8, y - 2.8, 5.6, 5.6, f"{stems.role} head")
        marks.append(dot if square else Circle(x, y, 3.2, stems.role))
    return marks


def _labels(plot: Plot, span: Span, at: _Map) -> list[Mark]:
    """The names of the curves, side by side above the plot on the right."""
    x = at(span.right, 0)[0] + 10
    marks: list[Mark] = []
    for item in reversed(plot.items):
        if item.label:
            text = Text(x, 11.0, item.label, item.role, "end", 11.5)
            marks.append(text)
            x -= text.width + 12
    return marks


def beside(scenes: Sequence[Scene], columns: int, gap: float = 12.0) -> Scene:
    """Scenes of one size in rows."""
    wide, high = scenes[0].width, scenes[0].height
    marks: list[Mark] = []
    for place, scene in enumerate(scenes):
        row, column = divmod(place, columns)
        offset = (column * (wide + gap), row * (high + gap))
        marks += [moved(mark, *offset) for mark in scene.marks]
    rows = -(-len(scenes) // columns)
    across = min(columns, len(scenes))
    return Scene(across * (wide + gap) - gap, rows * (high + gap) - gap, tuple(marks))
