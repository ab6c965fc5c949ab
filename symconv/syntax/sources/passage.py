"""A passage of a file: what it is, its text as it stands there, and where it starts."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = re.compile(r"\s*symconv:\s?(.*)", re.DOTALL)
"""What a comment begins with that is meant for us."""


@dataclass(frozen=True, slots=True)
class Passage:
    """`kind` is "declaration", "formula" or "code"; line and column count from 1.

    `inline` formulas stand within a sentence.  `cell` is the number of the notebook cell, from 1.
    """

    kind: str
    text: str
    line: int
    column: int = 1
    inline: bool = False
    cell: int = 0

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the text."""
        before = self.text[:offset]
        down = before.count("\n")
        if not down:
            return self.line, self.column + offset
        return self.line + down, offset - before.rindex("\n")


class Lines:
    """Offsets of a text as lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def start(self, line: int) -> int:
        """The offset of a line (from 0)."""
        return self.starts[min(line, len(self.starts) - 1)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column (from 1) of an offset."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self.starts[middle] <= offset:
                low = middle
            else:
                high = middle
        return low + 1, offset - self.starts[low] + 1
