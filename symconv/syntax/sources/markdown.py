"""Markdown: dollar and bracket mathematics, fences, comments; anybody's, so nothing is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from symconv.syntax.sources.passage import MARK, Lines, Passage

LONGEST = 20_000
"""Characters of a paragraph; the inside of a longer one is not read."""
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_OPERATION = re.compile(r"\{operation\}.*")
_OPTION = re.compile(r":[A-Za-z_-]+:.*")
PYTHON = ("python", "py", "python3", "python2", "ipython", "pycon")
MATH = ("math", "latex", "tex")


def read_markdown(text: str) -> Iterator[Passage]:
    """The passages of a Markdown file."""
    lines = Lines(text)
    for token in _parser().parse(text):
        start = lines.start((token.map or [0])[0])
        match token.type:
            case "html_block":
                yield from _comments(token.content, start, lines)
            case "math_block" | "math_block_eqno" | "math_block_label" | "amsmath":
                yield _found(token.content, "formula", start, lines)
            case "fence":
                yield from _fence(token, start, lines)
            case "inline":
                yield from _inline(token, start, lines)


def _parser() -> MarkdownIt:
    def short_enough(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline" and len(token.content) > LONGEST:
                token.content = ""

    markdown = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table").disable("text_join")
    markdown.use(dollarmath_plugin, allow_space=True, allow_digits=True, double_inline=True)
    markdown.use(texmath_plugin, delimiters="brackets").use(amsmath_plugin)
    markdown.core.ruler.before("inline", "short_enough", short_enough)
    return markdown


def _comments(content: str, start: int, lines: Lines) -> Iterator[Passage]:
    for comment in _COMMENT.finditer(content):
        declared = MARK.fullmatch(comment[1].rstrip())
        if declared:
            at = lines.text.find(comment[0], start)
            line, column = lines.place(max(at, start))
            yield Passage("declaration", declared[1].strip(), line, column)


def _fence(token: Token, start: int, lines: Lines) -> Iterator[Passage]:
    info = token.info.strip()
    name = info.split()[0].strip("{}.").lower() if info else ""
    line = (token.map or [0])[0] + 2
    if _OPERATION.fullmatch(info):
        body = "\n".join(x for x in token.content.split("\n") if not _OPTION.fullmatch(x.strip()))
        yield Passage("declaration", body.strip(), line)
    elif name in PYTHON:
        yield Passage("code", token.content, line)
    elif name in MATH:
        yield Passage("formula", token.content, line)


def _inline(token: Token, start: int, lines: Lines) -> Iterator[Passage]:
    """The formulas within a paragraph, found again in the text one after another."""
    cursor = start
    for child in token.children or ():
        if child.type == "html_inline":
            yield from _comments(child.content, cursor, lines)
        if not child.type.startswith("math_"):
            continue
        at = lines.text.find(child.content, cursor)
        if at < 0:
            line, column = lines.place(start)
        else:
            cursor = at + len(child.content)
            line, column = lines.place(at)
        inline = "inline" in child.type and child.type != "math_inline_double"
        yield Passage("formula", child.content, line, column, inline)


def _found(content: str, kind: str, start: int, lines: Lines) -> Passage:
    """A block whose text stands somewhere behind `start`."""
    inside = content.strip("\n")
    at = lines.text.find(inside, start)
    line, column = lines.place(at if at >= 0 else start)
    return Passage(kind, inside, line, column)
