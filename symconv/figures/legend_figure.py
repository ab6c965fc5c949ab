"""What the colours of the sliding windows mean, each with a letter or a line of its own."""

from __future__ import annotations

from symconv.document import Figure, words
from symconv.figures.mathtext import width_of
from symconv.figures.scene import Mark, Rect, Scene, Text
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz

SIDE = 26.0
ROW = 34.0
GAP = 8.0
COLUMNS = 2


def legend_figure(entries: list[tuple[str, str, str]]) -> Figure:
    """A square for each entry, ``(role, LaTeX in the square, what it means)``."""
    wide = max(width_of(said, 13.0, math=False) for _, _, said in entries) + SIDE + 3 * GAP
    marks: list[Mark] = []
    for place, (role, sign, said) in enumerate(entries):
        row, column = divmod(place, COLUMNS)
        x, y = GAP + column * wide, GAP + row * ROW
        marks.append(Rect(x, y, SIDE, SIDE, role))
        marks.append(Rect(x, y, SIDE, SIDE, "padding" if role == "padding" else "cell"))
        marks.append(Text(x + SIDE / 2, y + SIDE / 2, sign))
        middle = y + SIDE / 2
        marks.append(Text(x + SIDE + GAP, middle, said, "ink", "start", 13.0, math=False))
    rows = -(-len(entries) // COLUMNS)
    scene = Scene(COLUMNS * wide + GAP, GAP + rows * ROW, tuple(marks))
    told = "Colours: " + "; ".join(f"{sign}: {said}" for _, sign, said in entries) + "."
    return Figure(svg(scene, "Legend", told), tikz(scene), words(""), told)
