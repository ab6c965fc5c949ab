"""Markdown's block tokens to blocks of a document, with the line of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from symconv.document import (
    Aside,
    Block,
    Code,
    Equation,
    Heading,
    Inline,
    ItemList,
    Paragraph,
    Rule,
    Table,
    Text,
)
from symconv.syntax.notes.display import equation
from symconv.syntax.notes.fences import fence
from symconv.syntax.notes.inlines import inlines, parts, readable
from symconv.syntax.notes.value import Directive, Item, Source

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ALIGN = {"text-align:left": "l", "text-align:center": "c", "text-align:right": "r"}


def items(tokens: Sequence[Token], source: Source) -> list[tuple[Item, int]]:
    """Every top-level block or directive and its line."""
    return list(_Blocks(tokens, source).until(""))


class _Blocks:
    """Reads the tokens from left to right."""

    def __init__(self, tokens: Sequence[Token], source: Source) -> None:
        self.tokens = tokens
        self.source = source
        self.at = 0
        self.line = 1

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        self.line = token.map[0] + 1 if token.map else self.line
        return token

    def until(self, close: str) -> Iterator[tuple[Item, int]]:
        """The blocks up to the token `close`, or to the end."""
        while self.at < len(self.tokens):
            token = self.next()
            if token.type == close:
                return
            line = self.line
            for item in self.read(token):
                yield item, line

    def inside(self, close: str) -> tuple[Block, ...]:
        """Nested blocks, which are never directives."""
        return tuple(item for item, _ in self.until(close) if not isinstance(item, Directive))

    def read(self, token: Token) -> list[Item]:
        match token.type:
            case "heading_open":
                return [self._heading(token)]
            case "paragraph_open":
                return self._paragraph()
            case "fence":
                return [fence(token, self.source)]
            case "code_block":
                return [Code(token.content)]
            case "math_block" | "math_block_label":
                return [self._equation(token)]
            case "bullet_list_open" | "ordered_list_open":
                return [self._list(token)]
            case "blockquote_open":
                return [Aside("quote", self.inside("blockquote_close"))]
            case "table_open":
                return [self._table()]
            case "hr":
                return [Rule()]
            case "html_block":
                return self._html(token)
        raise self.source.error(self.line, f"{token.type} can't be printed")

    def _inlines(self, close: str) -> tuple[Inline, ...]:
        token = self.next()
        found = inlines(token.children or [], self.source, self.line)
        assert self.next().type == close
        return found

    def _heading(self, token: Token) -> Heading:
        level = min(4, int(token.tag.removeprefix("h")))
        return Heading(level, self._inlines("heading_close"))

    def _paragraph(self) -> list[Item]:
        """A paragraph; hard breaks and displayed formulas within it divide it."""
        token = self.next()
        found: list[Item] = []
        words: list[Inline] = []
        for part in (*parts(token.children or [], self.source, self.line), None):
            if part is not None and not isinstance(part, Equation):
                words.append(part)
                continue
            if any(not isinstance(word, Text) or word.text.strip() for word in words):
                found.append(Paragraph(_stripped(words)))
            words = []
            found += [part] if part is not None else []
        self.next()
        return found

    def _equation(self, token: Token) -> Equation:
        anchor = re.sub(r"[^\w-]+", "-", token.info)
        with readable(self.source, self.line):
            return equation(token.content.strip(), anchor)

    def _list(self, token: Token) -> ItemList:
        close = token.type.replace("open", "close")
        found: list[tuple[Block, ...]] = []
        while self.next().type != close:
            found.append(self.inside("list_item_close"))
        ordered = token.type.startswith("ordered")
        return ItemList(tuple(found), ordered, int(token.attrs.get("start", 1)))

    def _table(self) -> Table:
        rows: list[tuple[tuple[Inline, ...], ...]] = []
        cells: list[tuple[Inline, ...]] = []
        align = ""
        while (token := self.next()).type != "table_close":
            if token.type in ("th_open", "td_open"):
                side = _ALIGN.get(str(token.attrs.get("style", "")), "l")
                align += side if token.type == "th_open" else ""
                cells.append(self._inlines(token.type.replace("open", "close")))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        return Table(rows[0], tuple(rows[1:]), align)

    def _html(self, token: Token) -> list[Item]:
        """Comments are kept aside; any other HTML is shown as it was written."""
        for found in _COMMENT.finditer(token.content):
            self.source.comment(found[0], self.line)
        rest = _COMMENT.sub("", token.content).strip()
        if rest.startswith("<!--"):
            raise self.source.error(self.line, "the comment is never closed", expected="-->")
        return [Code(rest, "html")] if rest else []


def _stripped(words: list[Inline]) -> tuple[Inline, ...]:
    """Without the spaces at both ends."""
    first = words[0]
    words[0] = replace(first, text=first.text.lstrip()) if isinstance(first, Text) else first
    last = words[-1]
    words[-1] = replace(last, text=last.text.rstrip()) if isinstance(last, Text) else last
    return tuple(word for word in words if not isinstance(word, Text) or word.text)
