r"""TeX: mathematics in all its delimiters, ``% symconv:`` comments, listings, simple macros."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from symconv.syntax.sources.formulas import (
    BEGIN,
    DEFINITION,
    balanced,
    expanded,
    macros_of,
    swept,
    uncommented,
)
from symconv.syntax.sources.passage import MARK, Finder, Lines, Passage, goes_on, joined
from symconv.syntax.sources.python import read_python

LISTINGS = ("lstlisting", "minted", "verbatim", "Verbatim", "BVerbatim", "alltt", "pycode",
            "pyblock", "python", "pythoncode")  # fmt: skip
SKIPPED = ("comment", "filecontents")
_PYTHON = ("minted", "pycode", "pyblock", "python", "pythoncode")
_TOKEN = re.compile(
    rf"{BEGIN}"
    rf"|\\begin\s*\{{(?P<listing>{'|'.join((*LISTINGS, *SKIPPED))})(?P<more>\*?)\}}"
    r"|\\(?:verb\*?|lstinline(?:\[[^\]\n]*\])?|mintinline\s*\{\w*\})(?P<verb>[^A-Za-z\s*{])"
    r"|(?P<stop>\\end\s*\{document\})|(?P<off>\\iffalse(?![A-Za-z]))"
    rf"|(?P<definition>{DEFINITION.pattern})"
    r"|\\(?P<open>[\[(])|(?P<dollars>\$\$?)|%(?P<comment>[^\n]*)|\\(?:[A-Za-z]+|.)",
    re.DOTALL,
)
_MORE = re.compile(r"[ \t]*%(.*)")
_LANGUAGE = re.compile(r"language\s*=\s*\{?\s*(?:\[[^\]]*\])?\s*(\w+)", re.IGNORECASE)
_SETTING = re.compile(r"\\lstset\s*\{")
_ARGUMENT = re.compile(r"\s*(?P<options>\[[^\]\n]*\])?\s*(?:\{(?P<language>\w*)\})?[^\S\n]*\n?")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
MOST_SETTINGS = 100
"""Settings of listings that are looked at, and definitions that are never closed."""
CLOSING = {"[": r"\]", "(": r"\)"}


def read_tex(text: str) -> Iterator[Passage]:
    """The passages of a TeX file."""
    return _Reader(text).passages()


class _Reader:
    """The file from left to right; nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.finder = Finder(text)
        self.macros = macros_of(uncommented(text))
        self.at = 0
        self.unclosed = 0
        self.language = self._default()

    def _default(self) -> str:
        """The language of listings that do not name theirs."""
        found = ""
        for setting in itertools.islice(_SETTING.finditer(self.text), MOST_SETTINGS):
            end = balanced(self.text, setting.end(), 2_000)
            language = _LANGUAGE.search(self.text[setting.end() : max(end, setting.end())])
            found = language[1].lower() if language else found
        return found

    def passages(self) -> Iterator[Passage]:
        while (token := _TOKEN.search(self.text, self.at)) is not None:
            self.at = token.end()
            if token["stop"]:
                return
            if token["comment"] is not None:
                yield from self._comment(token.start("comment"))
            elif token["definition"]:
                end = (
                    balanced(self.text, token.end(), 1_000) if self.unclosed < MOST_SETTINGS else -1
                )
                self.unclosed += end < 0
                self.at = end + 1 if end >= 0 else token.end()
            elif token["off"]:
                self._past(r"\fi", token.end())
            elif token["verb"]:
                end = self.text.find("\n", token.end())
                stop = self.text.find(token["verb"], token.end(), end if end >= 0 else None)
                self.at = stop + 1 if stop >= 0 else token.end()
            elif token["listing"]:
                yield from self._listing(token)
            elif token["name"] or token["open"] or token["dollars"]:
                yield from self._formula(token)

    def _past(self, closing: str, start: int) -> int:
        """Go on behind a closing sign; its place, or -1."""
        end = self.finder.find(closing, start)
        self.at = end + len(closing) if end >= 0 else start
        return end

    def _comment(self, start: int) -> Iterator[Passage]:
        """A declaration, which goes on over comments; any other comment is none."""
        end = self._line_end(start)
        self.at = end
        mark = MARK.match(self.text, start, end)
        if mark is None:
            return
        parts = [self.text[mark.end() : end]]
        while goes_on("\n".join(parts)) and end < len(self.text):
            stop = self._line_end(end + 1)
            more = _MORE.fullmatch(self.text, end + 1, stop)
            if more is None or MARK.match(more[1]):
                break
            parts.append(more[1])
            self.at = end = stop
        yield self.lines.passage("declaration", mark.end(), end, joined(parts))

    def _line_end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return end if end >= 0 else len(self.text)

    def _formula(self, token: re.Match[str]) -> Iterator[Passage]:
        start = token.end()
        if token["name"]:
            closing = f"\\end{{{token['name']}{token['star']}}}"
        else:
            closing = token["dollars"] or CLOSING[token["open"]]
        end = self._past(closing, start)
        if closing == "$" and end >= 0 and _PARAGRAPH.search(self.text, start, end):
            self.at, end = start, -1
        if end < 0:
            reason = f"{token[0].strip()} is never closed"
            text = self.text[token.start() : self._line_end(token.start())][:200]
            yield self.lines.passage("problem", token.start(), start, text, reason=reason)
            return
        inside = self.text[start:end]
        for line in re.finditer(r"(?m)(?<!\\)%([ \t]*symconv:[^\n]*)", inside):
            kept = self.at
            yield from self._comment(start + line.start(1))
            self.at = kept
        if token["name"] == "alignat":
            inside = re.sub(r"^\s*\{\d*\}", lambda found: " " * len(found[0]), inside)
        made = expanded(swept(inside, comments=True), self.macros)
        if made.strip():
            inline = token["dollars"] == "$" or token["open"] == "("
            yield self.lines.passage("formula", start, end, made, inline=inline)

    def _listing(self, token: re.Match[str]) -> Iterator[Passage]:
        name, start = token["listing"], token.end()
        end = self._past(f"\\end{{{name}{token['more']}}}", start)
        if name in SKIPPED:
            return
        if end < 0:
            reason = f"{token[0].strip()} is never closed"
            yield self.lines.passage("problem", token.start(), start, token[0], reason=reason)
            return
        head = _ARGUMENT.match(self.text, start, end)
        assert head is not None
        body = self.text[head.end() : end]
        if self._is_python(name, head, body):
            line, _ = self.lines.place(head.end())
            yield from read_python(body, line)

    def _is_python(self, name: str, head: re.Match[str], body: str) -> bool:
        """Whether a listing says that it is Python, or says nothing and is."""
        named = _LANGUAGE.search(head["options"] or "")
        language = (named[1] if named else head["language"] if name == "minted" else "") or ""
        language = language.lower() or (self.language if name == "lstlisting" else "")
        if language or name in _PYTHON:
            return language in ("", "python", "python2", "python3", "py", "pycon", "ipython")
        return "=" in body and parses(body)


def parses(code: str) -> bool:
    """Whether a text is Python, by its syntax alone."""
    try:
        ast.parse(code[:100_000])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
