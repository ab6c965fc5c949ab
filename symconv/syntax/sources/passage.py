"""A passage of a file: what it is, its text as it stands there, and where it starts."""

from __future__ import annotations

import re
from bisect import bisect_right

from symconv.values import dataclass

MARK = re.compile(r"\s*symconv:[ \t]?")
"""What a comment begins with that is meant for us."""
KINDS = ("declaration", "formula", "claim", "code", "problem")
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Passage:
    """`kind` is one of `KINDS`; line and column of the first sign count from 1.

    `inline` formulas stand within a sentence.  `cell` is the number of the notebook cell, from 1.
    From the second line on, `indent` signs of each line were taken away.  `inner` are declarations
    within code that are about the next claim alone.  `options` belong to a claim, and a problem
    (something that is never closed) has its `reason`.
    """

    kind: str
    text: str
    line: int
    column: int = 1
    inline: bool = False
    cell: int = 0
    indent: int = 0
    inner: tuple[Passage, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the text."""
        before = self.text[: max(0, min(offset, len(self.text)))]
        down = before.count("\n")
        if not down:
            return self.line, self.column + len(before)
        return self.line + down, self.indent + len(before) - before.rindex("\n")


class Lines:
    """Offsets of a text as lines and columns."""

    def __init__(self, text: str, first: int = 1) -> None:
        self.text = text
        self.first = first
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column (from 1) of an offset."""
        line = bisect_right(self.starts, offset) - 1
        return self.first + line, offset - self.starts[line] + 1

    def passage(self, kind: str, start: int, end: int, text: str = "", **more: object) -> Passage:
        """The text between two offsets (or what is given for it), without the blanks around it."""
        text = text or self.text[start:end]
        start += len(text) - len(text.lstrip())
        line, column = self.place(start)
        return Passage(kind, text.strip(), line, column, **more)  # type: ignore[arg-type]


class Finder:
    """Closing signs in a text; what was missing once behind a place is not sought there again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._missing: dict[str, tuple[int, int]] = {}

    def find(self, closing: str, start: int, end: int | None = None) -> int:
        """The first place of `closing` that no backslash escapes, or -1."""
        end = len(self.text) if end is None else end
        first, last = self._missing.get(closing, (end, start))
        if first <= start and end <= last:
            return -1
        at = self.text.find(closing, start, end)
        while at >= 0 and closing[0] != "\\" and self._escaped(at, start):
            at = self.text.find(closing, at + 1, end)
        if at < 0:
            self._missing[closing] = (start, end)
        return at

    def _escaped(self, at: int, start: int) -> bool:
        count = 0
        while at - count > start and self.text[at - count - 1] == "\\":
            count += 1
        return count % 2 == 1


def goes_on(text: str) -> bool:
    r"""Whether a declaration goes on in the next comment: an open bracket, ``;`` or ``\`` last."""
    said = text.rstrip()
    depth = sum(sign in _OPEN for sign in said) - sum(sign in _CLOSE for sign in said)
    return depth > 0 or said.endswith((";", "\\"))


def joined(parts: list[str]) -> str:
    """The lines of a declaration as one text, which keeps their places."""
    return "\n".join(p.rstrip()[:-1] + " " if p.rstrip().endswith("\\") else p for p in parts)


def blank(text: str) -> str:
    """As many spaces, with the line breaks where they are."""
    return re.sub(r"[^\n]", " ", text)
