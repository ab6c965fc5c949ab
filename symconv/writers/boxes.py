"""Rectangles of characters set side by side: matrices and aligned rows in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.values import dataclass
from symconv.writers.unicode_math import width


@dataclass(frozen=True, slots=True)
class Box:
    """Lines, and which of them meets the neighbours' (the line that the equals sign is on)."""

    lines: tuple[str, ...]
    axis: int = 0

    @property
    def width(self) -> int:
        """Columns of the widest line."""
        return max((width(line) for line in self.lines), default=0)


def padded(text: str, columns: int, side: str = "l") -> str:
    """The text filled up with blanks on the side away from `side` ("l", "c" or "r")."""
    missing = max(0, columns - width(text))
    match side:
        case "l":
            return text + " " * missing
        case "r":
            return " " * missing + text
        case "c":
            return " " * (missing // 2) + text + " " * (missing - missing // 2)
        case _:
            raise ValueError(f"not a side: {side!r}")


def beside(boxes: Sequence[Box]) -> Box:
    """Boxes side by side, their axes level."""
    above = max((box.axis for box in boxes), default=0)
    below = max((len(box.lines) - box.axis for box in boxes), default=1)
    out = [""] * (above + below)
    for box in boxes:
        first = above - box.axis
        for i in range(len(out)):
            inside = first <= i < first + len(box.lines)
            out[i] += padded(box.lines[i - first] if inside else "", box.width)
    return Box(tuple(out), above)


def bracketed(box: Box, bracket: str) -> Box:
    """A box between brackets as tall as itself."""
    left, right = _BRACKETS[bracket]
    return beside([_upright(left, box), box, _upright(right, box)])


_BRACKETS = {
    "[": ("[⎡⎢⎣", "]⎤⎥⎦"),
    "(": ("(⎛⎜⎝", ")⎞⎟⎠"),
    "|": ("││││", "││││"),
    "": ("    ", "    "),
}
"""For one line; then for the first, the middle ones and the last."""


def _upright(signs: str, box: Box) -> Box:
    one, first, middle, last = tuple(signs)
    count = len(box.lines)
    if count == 1:
        return Box((one,), box.axis)
    return Box((first, *[middle] * (count - 2), last), box.axis)
