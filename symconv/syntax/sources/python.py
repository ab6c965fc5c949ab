"""Python: code, and ``# symconv:`` in its comments.  No code is run.

Code is divided where something new is declared; what is about the next claim alone (``expect=``,
``ignore``, ``claim …``) leaves it whole.  A declaration that is the first thing in a function is
about all of the function; any other indented one is about the lines below it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from symconv.errors import NoteError, SymconvError
from symconv.syntax.declaration import parse_declaration
from symconv.syntax.sources.passage import MARK, Finder, Passage, goes_on, joined

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<triple>\"{3}|'{3})"""
    r"""|"(?:[^"\\\n]|\\.)*(?:"|$)|'(?:[^'\\\n]|\\.)*(?:'|$)""",
    re.DOTALL | re.MULTILINE,
)
MOST = 2_000
"""Declarations in a file."""
_MORE = re.compile(r"[ \t]*#:?(.*)")
_HEAD = re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class)\b")


@dataclass(slots=True)
class _Comment:
    """A declaration: its line and column (from 0), the lines it takes, its text."""

    line: int
    column: int
    lines: int
    text: str
    indent: int
    alone: bool
    passing: bool

    def passage(self, first: int, cell: int) -> Passage:
        return Passage("declaration", self.text, first + self.line, self.column + 1, cell=cell)


def read_python(text: str, first: int = 1, cell: int = 0) -> Iterator[Passage]:
    """The declarations, and the code between them; `first` is the number of the first line."""
    lines = text.split("\n")
    found = list(itertools.islice(_comments(text, lines), MOST + 1))
    if len(found) > MOST:
        raise NoteError(f"more than {MOST} declarations", where=str(first + found[-1].line))
    holding = [comment for comment in found if not comment.passing]
    at = 0
    for comment in holding:
        start = max(at, _starts(lines, comment))
        yield from _code(lines, at, start, found, first, cell)
        yield comment.passage(first, cell)
        at = start
    yield from _code(lines, at, len(lines), found, first, cell)


def _passing(text: str) -> bool:
    """Whether it is about the next claim alone; what can't be read holds, and is reported."""
    try:
        return parse_declaration(text).passing
    except SymconvError:
        return False


def _comments(text: str, lines: list[str]) -> Iterator[_Comment]:
    """The declarations, in order; text within strings is none."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    number, below = 0, -1
    for token in _tokens(text):
        comment = token["comment"]
        mark = MARK.match(comment[1:]) if comment else None
        if mark is None:
            continue
        while starts[number + 1] <= token.start():
            number += 1
        if number <= below:
            continue
        column = token.start() - starts[number] + 1 + mark.end()
        parts, below = [comment[1 + mark.end() :]], number
        while goes_on("\n".join(parts)) and below + 1 < len(lines):
            more = _MORE.fullmatch(lines[below + 1])
            if more is None or MARK.match(more[1]):
                break
            parts.append(more[1])
            below += 1
        said = joined(parts)
        column += len(said) - len(said.lstrip())
        before = lines[number][: token.start() - starts[number]]
        alone = not before.strip()
        indent = len(before) if alone else len(before) - len(before.lstrip())
        count = below - number + 1
        said = said.strip()
        yield _Comment(number, column, count, said, indent, alone, _passing(said))


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Comments and strings; what stands in a string of three quotation marks is no comment."""
    finder, at = Finder(text), 0
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        if token["triple"]:
            end = finder.find(token["triple"], at)
            at = end + 3 if end >= 0 else len(text)
        yield token


def _starts(lines: list[str], comment: _Comment) -> int:
    """The line at which a declaration starts to hold."""
    if not comment.alone:
        return comment.line
    if not comment.indent:
        return comment.line
    head = _head(lines, comment.line)
    if head is None:
        return comment.line
    while head > 0 and lines[head - 1].lstrip().startswith("@"):
        head -= 1
    return head


def _head(lines: list[str], line: int) -> int | None:
    """The ``def`` whose first statement comes at or behind the line, or nothing."""
    at, text = line - 1, ""
    while at >= 0 and line - at <= 200:
        text = lines[at]
        if _HEAD.match(text):
            inside = re.sub(r"(?m)#.*$", "", "\n".join(lines[at:line]))
            inside = re.sub(r'"""(?:.*?)"""|' + r"'''(?:.*?)'''", "", inside, flags=re.DOTALL)
            return at if re.fullmatch(r"[^:]*\(.*\)[^:()]*:\s*", inside, re.DOTALL) else None
        at -= 1
    return None


def _code(
    lines: list[str], start: int, stop: int, found: list[_Comment], first: int, cell: int
) -> Iterator[Passage]:
    """The lines as one passage, or as several where they leave an indented block."""
    taken = {n for c in found if c.alone for n in range(c.line, c.line + c.lines)}
    for begin, end in _blocks(lines, start, stop):
        kept = ["" if n in taken else lines[n] for n in range(begin, end)]
        indent = min((_depth(x) for x in kept if x.strip()), default=0)
        code = "\n".join(line[indent:] for line in kept)
        inside = [c for c in found if c.passing and begin <= c.line < end]
        inner = tuple(comment.passage(first, cell) for comment in inside)
        if code.strip():
            yield Passage(
                "code", code, first + begin, 1 + indent, cell=cell, indent=indent, inner=inner
            )
        else:
            yield from inner


def _blocks(lines: list[str], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Pieces that parse on their own: an indented one ends where its indentation does."""
    begin = start
    while begin < stop:
        full = next((n for n in range(begin, stop) if lines[n].strip()), stop)
        indent = _depth(lines[full]) if full < stop else 0
        end = full
        while end < stop and (not lines[end].strip() or _depth(lines[end]) >= indent):
            end += 1
        yield begin, end
        begin = end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
