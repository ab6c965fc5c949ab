"""Python: code, and ``# symconv:`` in its comments.  No code is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symconv.syntax.sources.passage import Passage

_COMMENT = re.compile(r"[ \t]*#[ \t]*symconv:[ \t]?(.*)")
_MORE = re.compile(r"[ \t]*#:?[ \t]?(.*)")


def read_python(text: str, first: int = 1, cell: int = 0) -> Iterator[Passage]:
    r"""The declarations, and the code between them; a comment goes on where a line ends in a \\."""
    lines = text.split("\n")
    code: list[str] = []
    start = 0
    number = 0
    while number < len(lines):
        found = _COMMENT.fullmatch(lines[number])
        if found is None:
            code.append(lines[number])
            number += 1
            continue
        yield from _code(code, start, first, cell)
        place, said = number, [found[1]]
        while said[-1].endswith("\\") and number + 1 < len(lines):
            number += 1
            more = _MORE.fullmatch(lines[number])
            said[-1] = said[-1][:-1]
            said.append(more[1] if more else lines[number])
        column = len(lines[place]) - len(lines[place].lstrip()) + 1
        yield Passage("declaration", "\n".join(said).strip(), first + place, column, cell=cell)
        number += 1
        code, start = [], number
    yield from _code(code, start, first, cell)


def _code(code: list[str], start: int, first: int, cell: int) -> Iterator[Passage]:
    text = "\n".join(code)
    if text.strip():
        yield Passage("code", text, first + start, cell=cell)
