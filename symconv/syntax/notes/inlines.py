"""What stands within a line of Markdown: tokens in, words, mathematics and links out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from markdown_it.token import Token

from symconv.document import Equation, Inline, Link, Math, Text
from symconv.errors import SymconvError
from symconv.syntax.notes.display import equation
from symconv.syntax.notes.value import Source
from symconv.writers.dialect import parse

Part: TypeAlias = "Inline | Equation | None"
"""An inline, a displayed formula within a paragraph, or None for a hard line break."""

_NOTE = re.compile(r"([^:?#\s]+)\.md(#.*)?")


def parts(tokens: Sequence[Token], source: Source, line: int) -> list[Part]:
    """The parts of a paragraph that starts at `line`."""
    reader = _Reader(source, line)
    for token in tokens:
        reader.read(token)
    return reader.out


def inlines(tokens: Sequence[Token], source: Source, line: int) -> tuple[Inline, ...]:
    """The same where only one line can stand (headings, table cells): breaks become spaces."""
    found: list[Inline] = []
    for part in parts(tokens, source, line):
        match part:
            case None:
                found.append(Text(" "))
            case Equation(rows):
                if any(not isinstance(p, str) for row in rows for cell in row for p in cell):
                    raise source.error(line, "a matrix can't stand within a line")
                found += [Math("".join(map(str, cell))) for row in rows for cell in row]
            case _:
                found.append(part)
    return tuple(found)


@dataclass
class _Reader:
    source: Source
    line: int
    out: list[Part] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    link: str | None = None
    outside: list[Part] = field(default_factory=list)

    def read(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special" | "html_inline":
                self._words(token)
            case "softbreak":
                self._add(Text(" ", self._style()))
                self.line += 1
            case "hardbreak":
                self.out.append(Text(" ") if self.link is not None else None)
                self.line += 1
            case "code_inline":
                self._add(Text(token.content, "code"))
            case "math_inline" | "math_inline_double":
                self._mathematics(token)
            case "em_open" | "strong_open":
                self.styles.append(token.type.removesuffix("_open"))
            case "em_close" | "strong_close":
                self.styles.pop()
            case "link_open":
                self.link, self.outside, self.out = _target(token, "href"), self.out, []
            case "link_close":
                inside = tuple(p for p in self.out if p is not None and not isinstance(p, Equation))
                self.outside.append(Link(inside, self.link or ""))
                self.link, self.out = None, self.outside
            case "image":
                self._image(token)
            case _:
                raise self.source.error(self.line, f"{token.type} can't be printed")

    def _style(self) -> str:
        if "strong" in self.styles:
            return "strong"
        return "emph" if self.styles else ""

    def _add(self, text: Text) -> None:
        last = self.out[-1] if self.out else None
        if isinstance(last, Text) and last.style == text.style != "code":
            self.out[-1] = Text(last.text + text.text, text.style)
        else:
            self.out.append(text)

    def _words(self, token: Token) -> None:
        if token.type == "html_inline" and token.content.startswith("<!--"):
            self.source.comment(token.content, self.line)
            self.line += token.content.count("\n")
            return
        if token.type == "text" and "$$" in token.content:
            raise self.source.error(self.line, "$$ has no partner", hint=r"\$\$ for two dollars")
        self._add(Text(token.content.replace("\n", " "), self._style()))
        self.line += token.content.count("\n")

    def _mathematics(self, token: Token) -> None:
        with readable(self.source, self.line):
            if token.type == "math_inline" or self.link is not None:
                parse(token.content)
                self.out.append(Math(token.content))
            else:
                self.out.append(equation(token.content))
        self.line += token.content.count("\n")

    def _image(self, token: Token) -> None:
        """An image becomes a link to it: pages make no request."""
        target = _target(token, "src")
        text = Text(token.content or target, self._style())
        self.out.append(text if self.link is not None else Link((text,), target))


@contextmanager
def readable(source: Source, line: int) -> Iterator[None]:
    """Reading a formula: what can't be printed is an error at its line."""
    try:
        yield
    except RecursionError as error:
        raise source.error(line, "the formula is nested too deeply") from error
    except SymconvError as error:
        about = f"{error.where}: {error.message}" if error.where else error.message
        raise source.error(
            line, about, expected=error.expected, got=error.got, hint=error.hint
        ) from error


def _target(token: Token, name: str) -> str:
    """A link's target; one to another note leads to that note's page."""
    target = str(token.attrs.get(name, ""))
    note = _NOTE.fullmatch(target)
    return f"{note[1]}.html{note[2] or ''}" if note else target
