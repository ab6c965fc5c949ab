"""Scenes as the inside of a tikzpicture that needs the package tikz and nothing else."""

from __future__ import annotations

import re

from symconv.figures.scene import (
    COLOURS,
    PAINTS,
    Circle,
    Curve,
    Line,
    Mark,
    Paint,
    Point,
    Rect,
    Scene,
    Text,
    arrow_tip,
)
from symconv.writers.latex_math import tex
from symconv.writers.latex_text import escape

UNIT = 0.0265
"""Centimetres a pixel: three quarters of a point, as in CSS."""

_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(scene: Scene) -> str:
    """One command a mark, y upwards; colours are given as numbers."""
    drawn = [_mark(mark, scene.height) for mark in scene.marks]
    box = f"\\useasboundingbox (0,0) rectangle ({_cm(scene.width)},{_cm(scene.height)});"
    return "\n".join([box, *drawn])


def _cm(value: float) -> str:
    return f"{round(value * UNIT, 3) + 0.0:g}"


def _at(point: Point, height: float) -> str:
    return f"({_cm(point[0])},{_cm(height - point[1])})"


def _colour(name: str) -> str:
    if name == "ink":
        return "black"
    number = COLOURS[name][1:]
    red, green, blue = (int(number[n : n + 2], 16) for n in (0, 2, 4))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _paint(paint: Paint, *, fill: bool = True, shade: float = 1.0) -> str:
    parts = [f"draw={_colour(paint.stroke)}"] if paint.stroke and paint.width else []
    if fill and paint.fill:
        amount = round(paint.opacity * shade, 3)
        parts += [f"fill={_colour(paint.fill)}", f"fill opacity={amount:g}"]
    parts += [f"line width={round(0.5 * paint.width, 2):g}pt"] if paint.width else []
    parts += ["dash pattern=on 2pt off 1.6pt"] if paint.dash else []
    return ",".join(parts)


def _mark(mark: Mark, height: float) -> str:
    paint = PAINTS[mark.role]
    match mark:
        case Rect():
            style = _paint(paint, shade=mark.shade)
            style += f",rounded corners={_cm(mark.radius)}cm" if mark.radius else ""
            far = (mark.x + mark.width, mark.y + mark.height)
            return f"\\path[{style}] {_at((mark.x, mark.y), height)} rectangle {_at(far, height)};"
        case Circle():
            colour = _colour(paint.stroke)
            where = _at((mark.x, mark.y), height)
            return f"\\path[fill={colour}] {where} circle[radius={_cm(mark.radius)}];"
        case Line():
            end = " -- cycle" if mark.closed else ""
            path = " -- ".join(_at(point, height) for point in mark.points) + end
            return _path(path, mark.points, paint, height, mark.arrow, mark.closed)
        case Curve():
            path = _at(mark.start, height) + "".join(
                f" .. controls {_at(a, height)} and {_at(b, height)} .. {_at(c, height)}"
                for a, b, c in mark.pieces
            )
            return _path(path, mark.pieces[-1][1:], paint, height, mark.arrow, False)
        case Text():
            return _text(mark, height)
    raise TypeError(f"not a mark: {mark!r}")


def _path(
    path: str, points: tuple[Point, ...], paint: Paint, height: float, arrow: bool, closed: bool
) -> str:
    drawn = f"\\path[{_paint(paint, fill=closed)}] {path};"
    if not arrow:
        return drawn
    tip = " -- ".join(_at(point, height) for point in arrow_tip(points[-2], points[-1]))
    return f"{drawn}\n\\path[fill={_colour(paint.stroke)}] {tip} -- cycle;"


def _text(text: Text, height: float) -> str:
    inside = f"${_plain_tex(text.content)}$" if text.math else escape(text.content)
    colour = _colour(PAINTS[text.role].stroke)
    style = f"anchor={_ANCHORS[text.anchor]},inner sep=0.5pt,text={colour},font={_font(text.size)}"
    where = _at((text.x, text.y + 0.34 * text.size), height)
    return f"\\node[{style}] at {where} {{{inside}}};"


def _font(size: float) -> str:
    """The nearest of TeX's own sizes that is not larger, so that no font is substituted."""
    sizes = ((12.0, r"\small"), (10.5, r"\footnotesize"), (9.0, r"\scriptsize"))
    return next((name for least, name in sizes if size >= least), r"\tiny")


def _plain_tex(latex: str) -> str:
    r"""The formula without what only amsmath has (``\text``, ``\operatorname``)."""
    made = re.sub(r"\\(?:operatorname|text)\*?\{", r"\\mathrm{", tex(latex))
    return made.replace(r"\tfrac", r"\frac").replace(r"\dfrac", r"\frac")
