"""Scenes as SVG: self-contained, without script or style sheet, readable on light and dark pages.

Colours are presentation attributes, ``var(--symconv-role, middle tone)``, so that a page may set
them and a strict Content-Security-Policy has nothing to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from symconv.figures.mathtext import SMALL, Run, runs
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
    shown,
)

SERIF = "STIX Two Math, STIX Two Text, Cambria Math, Times New Roman, serif"
SANS = "system-ui, Segoe UI, Helvetica, Arial, sans-serif"


def svg(scene: Scene, title: str, words: str, *, themed: bool = True, grouped: bool = False) -> str:
    """The scene as one SVG element with a title and a description.

    `themed` colours may be set by the page (``--symconv-input`` …); the others are plain, for
    programs that do not know CSS variables.  Like marks share their paint where `grouped`: lines
    first, then what has an area, then letters.
    """
    w, h = shown(scene.width), shown(scene.height)
    drawn = "\n".join(_mark(mark, themed) for mark in scene.marks)
    if grouped:
        drawn = svg_inside(by_depth(scene.marks))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'class="symconv-figure" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
        f'font-family="{SANS}" font-size="12" fill="none" stroke-linejoin="round" '
        f'stroke-linecap="round">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(words)}</desc>\n{drawn}\n</svg>\n"
    )


def svg_inside(marks: Iterable[Mark]) -> str:
    """Marks alone, for a picture that is put together by its page; like ones share their paint."""
    parts = []
    for style, group in groupby(marks, _style):
        if not style:
            parts += [_mark(mark, themed=True) for mark in group]
            continue
        inside = "".join(_mark(mark, themed=True).replace(f" {style}", "", 1) for mark in group)
        parts.append(f"<g {style}>{inside}</g>")
    return "\n".join(parts)


def by_depth(marks: Iterable[Mark]) -> list[Mark]:
    """Lines, then areas, then letters, like ones together: the order in which they share paint."""
    return sorted(marks, key=_depth)


def _depth(mark: Mark) -> tuple[int, str]:
    kind = 2 if isinstance(mark, Text) else int(isinstance(mark, Rect | Circle))
    return kind, _style(mark)


def _style(mark: Mark) -> str:
    """The attributes that like marks have in common."""
    match mark:
        case Rect():
            return _paint(PAINTS[mark.role], themed=True, shade=mark.shade)
        case Text():
            return _lettering(mark, themed=True)
    return ""


def _colour(name: str, themed: bool) -> str:
    if name == "ink":
        return "currentColor" if themed else "#000000"
    return f"var(--symconv-{name}, {COLOURS[name]})" if themed else COLOURS[name]


def _paint(paint: Paint, themed: bool, *, fill: bool = True, shade: float = 1.0) -> str:
    parts = []
    if fill and paint.fill:
        parts.append(f'fill="{_colour(paint.fill, themed)}"')
        amount = round(paint.opacity * shade, 3)
        parts += [f'fill-opacity="{amount:g}"'] if amount != 1 else []
    if paint.stroke and paint.width:
        parts.append(f'stroke="{_colour(paint.stroke, themed)}"')
        parts += [f'stroke-width="{paint.width:g}"'] if paint.width != 1 else []
    if paint.dash:
        parts.append('stroke-dasharray="3 2.5"')
    return " ".join(parts)


def _mark(mark: Mark, themed: bool) -> str:
    paint = PAINTS[mark.role]
    match mark:
        case Rect():
            radius = f' rx="{shown(mark.radius)}"' if mark.radius else ""
            radius += "" if mark.term is None else f' data-t="{mark.term}"'
            radius += "" if mark.node is None else f' data-n="{mark.node}"'
            end = f"><title>{escape(mark.words)}</title></rect>" if mark.words else "/>"
            return (
                f'<rect x="{shown(mark.x)}" y="{shown(mark.y)}" width="{shown(mark.width)}" '
                f'height="{shown(mark.height)}"{radius} '
                f"{_paint(paint, themed, shade=mark.shade)}{end}"
            )
        case Circle():
            where = f'cx="{shown(mark.x)}" cy="{shown(mark.y)}" r="{shown(mark.radius)}"'
            return f'<circle {where} fill="{_colour(paint.stroke, themed)}"/>'
        case Line():
            return _path(_polyline(mark), mark.points, paint, themed, mark.arrow, mark.closed)
        case Curve():
            last = mark.pieces[-1]
            return _path(_cubic(mark), (last[1], last[2]), paint, themed, mark.arrow, False)
        case Text():
            return _text(mark, themed)
    raise TypeError(f"not a mark: {mark!r}")


def _pair(point: Point) -> str:
    return f"{shown(point[0])} {shown(point[1])}"


def _polyline(line: Line) -> str:
    return "M" + "L".join(map(_pair, line.points)) + ("Z" if line.closed else "")


def _cubic(curve: Curve) -> str:
    return f"M{_pair(curve.start)}" + "".join(
        "C" + " ".join(map(_pair, piece)) for piece in curve.pieces
    )


def _path(
    path: str, points: tuple[Point, ...], paint: Paint, themed: bool, arrow: bool, closed: bool
) -> str:
    drawn = f'<path d="{path}" {_paint(paint, themed, fill=closed)}/>'
    if not arrow:
        return drawn
    tip = " ".join(",".join(map(shown, point)) for point in arrow_tip(points[-2], points[-1]))
    return f'{drawn}<polygon points="{tip}" fill="{_colour(paint.stroke, themed)}"/>'


def _text(text: Text, themed: bool) -> str:
    found = runs(text.content) if text.math else (Run(text.content),)
    baseline = text.y + 0.34 * text.size
    inside = "".join(_spans(found, text.size))
    style = _lettering(text, themed)
    return f'<text x="{shown(text.x)}" y="{shown(baseline)}" {style}>{inside}</text>'


def _lettering(text: Text, themed: bool) -> str:
    colour = _colour(PAINTS[text.role].stroke, themed)
    style = f'fill="{colour}" font-size="{shown(text.size)}" text-anchor="{text.anchor}"'
    return style + (f' font-family="{SERIF}"' if text.math else "")


def _spans(found: Iterable[Run], size: float) -> Iterable[str]:
    """Each run as a tspan; a raised or lowered one moves the line, the next one moves it back."""
    height = 0.0
    for run in found:
        wanted = {-1: 0.24, 0: 0.0, 1: -0.36}[run.level] * size
        moves = f' dy="{shown(wanted - height)}"' if wanted != height else ""
        small = f' font-size="{shown(size * SMALL)}"' if run.level else ""
        slant = ' font-style="italic"' if run.italic else ""
        text = escape(run.text, quote=False)
        yield f"<tspan{moves}{small}{slant}>{text}</tspan>" if moves or small or slant else text
        height = wanted
