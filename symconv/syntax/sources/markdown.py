r"""Markdown: dollar and bracket mathematics, fences, comments; anybody's, so nothing is refused.

A scanner of our own, because places must be exact and pages are read by many programs: what one
of them shows as mathematics (within HTML, behind a comment on the same line) is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symconv.syntax.sources.formulas import (
    BEGIN,
    Macro,
    expanded,
    macros_of,
    swept,
    without_definitions,
)
from symconv.syntax.sources.passage import MARK, Finder, Lines, Passage
from symconv.syntax.sources.python import read_python

PYTHON = ("python", "py", "python3", "python2", "ipython", "pycon", "code-cell", "code-block")
MATH = ("math", "latex", "tex")
LONGEST = 20_000
"""Signs between a formula's delimiters."""
_FRONT = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(
    r"^(?P<lead>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*)*)(?P<fence>`{3,}|~{3,})"
    r"(?P<info>[^\n]*)$"
    r"|(?P<comment><!--)|<(?P<raw>pre|code|script|style)\b[^>\n]*>|(?P<ticks>`+)"
    rf"|{BEGIN}|\\\\(?P<double>[\[(])|\\(?P<open>[\[(])|(?P<dollars>\$\$?)|\\.",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_DIRECTIVE = re.compile(r"\{(operation|claim)\}\s*(\S*)\s*")
_OPTION = re.compile(r"^:([A-Za-z_-]+):[ \t]*(.*)$", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")
_SIGNS = re.compile(r"(?<!\\)[$`]")
_STOP = re.compile(r"^[ \t>]*(?:#{1,6}[ \t]|`{3}|~{3}|<!--)", re.MULTILINE)


def read_markdown(text: str, macros: Mapping[str, Macro] | None = None) -> Iterator[Passage]:
    """The passages of a Markdown file; `macros` are those that earlier cells defined."""
    return _Reader(text, macros or {}).passages()


class _Reader:
    """The file from left to right; nothing is read twice."""

    def __init__(self, text: str, macros: Mapping[str, Macro]) -> None:
        self.text = text
        self.lines = Lines(text)
        self.finder = Finder(text)
        self.macros = {**macros, **macros_of(text)}
        front = _FRONT.match(text)
        self.at = front.end() if front else 0
        self.paragraph = -1

    def passages(self) -> Iterator[Passage]:
        while (token := _TOKEN.search(self.text, self.at)) is not None:
            self.at = token.end()
            if token["fence"]:
                yield from self._fence(token)
            elif token["comment"]:
                yield from self._comment(token)
            elif token["raw"]:
                self._past(f"</{token['raw'].lower()}>", token.end())
            elif token["ticks"]:
                self._code_span(token)
            elif token["dollars"] == "$":
                yield from self._dollar(token)
            elif token["name"] or token["open"] or token["double"] or token["dollars"]:
                yield from self._display(token)

    def _past(self, closing: str, start: int) -> int:
        """Go on behind a closing sign; its place, or -1."""
        end = self.finder.find(closing, start)
        self.at = end + len(closing) if end >= 0 else start
        return end

    def _paragraph_end(self, start: int) -> int:
        """Where the paragraph that holds a place ends; found once for each paragraph."""
        if start >= self.paragraph:
            found = _PARAGRAPH.search(self.text, start)
            self.paragraph = found.start() if found else len(self.text)
        return self.paragraph

    # --- what is no mathematics -----------------------------------------------------------------

    def _comment(self, token: re.Match[str]) -> Iterator[Passage]:
        end = self._past("-->", token.end())
        mark = MARK.match(self.text, token.end(), end if end >= 0 else len(self.text))
        if mark is None:
            self.at = len(self.text) if end < 0 and self._starts_line(token) else self.at
            return
        if end < 0:
            yield self._never("the comment", token, self.text[token.start() :][:200])
            return
        yield self.lines.passage("declaration", mark.end(), end)

    def _starts_line(self, token: re.Match[str]) -> bool:
        start = self.text.rfind("\n", 0, token.start()) + 1
        return not self.text[start : token.start()].strip()

    def _code_span(self, token: re.Match[str]) -> None:
        """Skip what stands between two runs of as many backticks within a paragraph."""
        end = self._paragraph_end(token.start())
        for closing in re.compile("`+").finditer(self.text, token.end(), min(end, self.at + 5_000)):
            if len(closing[0]) == len(token[0]):
                self.at = closing.end()
                return

    def _fence(self, token: re.Match[str]) -> Iterator[Passage]:
        info = token["info"].strip()
        if token["fence"][0] == "`" and "`" in info:
            self.at = token.start("fence") + len(token["fence"])
            return
        start = min(token.end() + 1, len(self.text))
        close = re.compile(
            rf"^[ \t>]*{token['fence'][0]}{{{len(token['fence'])},}}[ \t]*$", re.MULTILINE
        ).search(self.text, start)
        end = close.start() if close else len(self.text)
        self.at = close.end() if close else end
        quoted = ">" in token["lead"]
        body, indent = _unindented(self.text[start:end], token["lead"])
        yield from self._body(info, body, start, end, indent, quoted=quoted)

    def _body(
        self, info: str, body: str, start: int, end: int, indent: int, *, quoted: bool
    ) -> Iterator[Passage]:
        """What a fence holds, by what its first line says."""
        name = re.split(r"[\s,]", info, maxsplit=1)[0].strip("{}.").lower() if info else ""
        directive = _DIRECTIVE.fullmatch(info)
        line = self.lines.place(start)[0]
        if directive:
            yield from _directive(directive[1], directive[2], body, line, indent)
        elif name in PYTHON:
            for passage in read_python(body, line):
                yield _shifted(passage, indent)
        elif name in MATH:
            yield from self._made(start, end, inline=False, quoted=quoted)

    # --- mathematics ----------------------------------------------------------------------------

    def _dollar(self, token: re.Match[str]) -> Iterator[Passage]:
        """``$…$`` within a paragraph; a lone dollar is money."""
        start = token.end()
        most = self._paragraph_end(token.start())
        ticked = self.text[start : start + 1] == "`"
        end = self.finder.find("`$" if ticked else "$", start + ticked, most)
        if end <= start:
            return
        inside = self.text[start:end]
        spaced = (inside[0].isspace(), inside[-1].isspace())
        money = self.text[end + 1 : end + 2].isdigit()
        if spaced not in ((False, False), (True, True)) or (money and not ticked):
            return
        self.at = end + 1 + ticked
        if end - start > LONGEST:
            yield self._long(token)
            return
        yield from self._made(start + ticked, end, inline=True, quoted=True)

    def _display(self, token: re.Match[str]) -> Iterator[Passage]:
        start = token.end()
        bracket = token["open"] or token["double"] or ""
        if token["name"]:
            closing = f"\\end{{{token['name']}{token['star']}}}"
        elif bracket:
            slashes = "\\\\" if token["double"] else "\\"
            closing = slashes + {"[": "]", "(": ")"}[bracket]
        else:
            closing = "$$"
        inline = bracket == "("
        most = self._paragraph_end(start) if bracket else len(self.text)
        end = self.finder.find(closing, start, most)
        if end < 0 or self._apart(start, end):
            if not bracket:
                yield self._never(token[0].strip(), token, self._line(token.start()))
            return
        if end - start > LONGEST:
            self.at = end + len(closing)
            yield self._long(token)
            return
        self.at = end + len(closing)
        yield from self._made(start, end, inline=inline, quoted=True)

    def _apart(self, start: int, end: int) -> bool:
        """Whether two signs are no pair: headings or other mathematics stand between them."""
        if _STOP.search(self.text, start, end):
            return True
        found = _PARAGRAPH.search(self.text, start, end)
        return found is not None and _SIGNS.search(self.text, start, end) is not None

    def _made(self, start: int, end: int, *, inline: bool, quoted: bool) -> Iterator[Passage]:
        inside = without_definitions(self.text[start:end])
        made = expanded(swept(inside, quoted=quoted), self.macros)
        if made.strip():
            yield self.lines.passage("formula", start, end, made, inline=inline)

    def _line(self, start: int) -> str:
        """The rest of a line, to be shown."""
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)][:200]

    def _long(self, token: re.Match[str]) -> Passage:
        reason = f"this formula is too long: at most {LONGEST} characters"
        shown = self._line(token.start())
        return self.lines.passage("problem", token.start(), token.end(), shown, reason=reason)

    def _never(self, what: str, token: re.Match[str], shown: str) -> Passage:
        reason = f"{what} is never closed"
        return self.lines.passage("problem", token.start(), token.end(), shown, reason=reason)


def _directive(kind: str, argument: str, body: str, line: int, indent: int) -> Iterator[Passage]:
    """The operation or the claim of a derivation; its options become blank lines."""
    options = tuple((found[1], found[2].strip()) for found in _OPTION.finditer(body))
    text = _OPTION.sub(lambda found: " " * len(found[0]), body)
    down = len(text) - len(text.lstrip())
    line += text[:down].count("\n")
    column = down - (text.rfind("\n", 0, down) + 1) + 1 + indent
    if kind == "operation" and text.strip():
        named = (("name", argument),) if argument else ()
        yield Passage("declaration", text.strip(), line, column, indent=indent, options=named)
    elif kind == "claim":
        yield Passage("claim", text.strip(), line, column, indent=indent, options=options)


def _unindented(body: str, lead: str) -> tuple[str, int]:
    """A fence's text without what its list or quotation puts in front, and how much that was."""
    if not lead:
        return body, 0
    width = len(lead)
    lines = [
        line[width:] if not line[:width].strip(" \t>") else line.lstrip(" \t>")
        for line in body.split("\n")
    ]
    return "\n".join(lines), width


def _shifted(passage: Passage, indent: int) -> Passage:
    """A passage of a fence, at its place in the file."""
    if not indent:
        return passage
    inner = tuple(_shifted(p, indent) for p in passage.inner)
    return Passage(
        passage.kind, passage.text, passage.line, passage.column + indent, passage.inline,
        passage.cell, passage.indent + indent, inner, passage.options, passage.reason,
    )  # fmt: skip
