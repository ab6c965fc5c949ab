"""The matrix as a coloured map: one path for each different entry, with a legend.

Colours go round the wheel in the order of the entries; the letters stand in the cells as long as
they can be read, and in the legend, so that no one depends on colour alone.
"""

from __future__ import annotations

import colorsys
from xml.sax.saxutils import escape

from symconv.exports.spelling import Spelling, bracketed, distinct
from symconv.functions import FUNCTIONS
from symconv.matrices import LinearMap

CELL = 22
READABLE = 16
"""Columns up to which the entries are written into their cells."""
WIDEST = 720
LEGEND = 20
"""Different entries up to which there is a legend."""
PLAIN = Spelling(
    "SVG",
    bracketed("[", "]", 0),
    {name: name + "({})" for name in FUNCTIONS if name},
)


def to_svg(map: LinearMap) -> str:
    """An SVG picture; a cell's title says its row, its column and its entry."""
    rows, columns = map.shape
    size = min(CELL, max(2.0, WIDEST / max(1, columns)))
    texts = distinct(map, PLAIN)
    legend = len(texts) <= LEGEND
    width, height = columns * size, rows * size
    below = 28 if legend else 0
    body = [
        f'<rect class="sheet" width="{_n(width)}" height="{_n(height)}" fill="#fff" '
        'stroke="#666"/>',
        *_paths(map, texts, size),
    ]
    if columns <= READABLE:
        body += _letters(map, texts, size)
    if legend:
        body += _legend(texts, height)
    wide = max(width, 46.0 * len(texts) if legend else 0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {_n(wide + 2)} '
        f'{_n(height + below + 2)}" width="{_n(wide + 2)}" role="img" font-family="serif">\n'
        f"<title>{escape(map.convention)}</title>\n" + "\n".join(body) + "\n</svg>\n"
    )


def colour(number: int, count: int) -> str:
    """A light colour: hues go round the wheel, every other one is darker."""
    red, green, blue = colorsys.hls_to_rgb(
        number / max(1, count), 0.72 if number % 2 else 0.82, 0.62
    )
    return "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))


def _paths(map: LinearMap, texts: list[str], size: float) -> list[str]:
    cells = map.cells
    moves: list[list[str]] = [[] for _ in texts]
    places = zip(cells.rows.tolist(), cells.cols.tolist(), cells.which.tolist(), strict=True)
    for row, col, which in places:
        moves[which].append(
            f"M{_n(col * size)} {_n(row * size)}h{_n(size)}v{_n(size)}h-{_n(size)}z"
        )
    return [
        f'<path fill="{colour(n, len(texts))}" d="{"".join(path)}">'
        f"<title>{escape(text)}</title></path>"
        for n, (text, path) in enumerate(zip(texts, moves, strict=True))
    ]


def _letters(map: LinearMap, texts: list[str], size: float) -> list[str]:
    cells = map.cells
    places = zip(cells.rows.tolist(), cells.cols.tolist(), cells.which.tolist(), strict=True)
    fitting = [min(9.0, 1.7 * size / max(1, len(text))) for text in texts]
    return [
        f'<text x="{_n((col + 0.5) * size)}" y="{_n((row + 0.7) * size)}" '
        f'font-size="{_n(fitting[which])}" '
        f'text-anchor="middle">{escape(texts[which])}</text>'
        for row, col, which in places
        if len(texts[which]) <= 6
    ]


def _legend(texts: list[str], height: float) -> list[str]:
    found = []
    for n, text in enumerate(texts):
        x = 46 * n
        found.append(
            f'<rect x="{x}" y="{_n(height + 10)}" width="12" height="12" '
            f'fill="{colour(n, len(texts))}" stroke="#666"/>'
        )
        found.append(
            f'<text class="legend" x="{x + 15}" y="{_n(height + 20)}" font-size="10">'
            f"{escape(text)}</text>"
        )
    return found


def _n(value: float) -> str:
    """At most two digits behind the point, and no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
