"""Derivation notes: CommonMark with dollar mathematics, tables and fenced directives.

A directive is a fence whose info line starts with a name in braces::

    ```{matrix} x
    :padded: true
    y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)
    ```
"""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.dollarmath import dollarmath_plugin

from symconv.document import Heading, Inline, Link, Math, Text
from symconv.syntax.notes.blocks import items
from symconv.syntax.notes.value import Comment, Directive, Item, Note, Source
from symconv.writers.unicode_math import unicode_math

__all__ = ["Comment", "Directive", "Item", "Note", "parse_note"]

LARGEST = 500_000
"""Characters of a note."""
MOST_DIRECTIVES = 500
LONGEST_PARAGRAPH = 10_000
"""Characters; reading some ill-meant ones takes time that grows with the square of their length."""
DEEPEST = 40
"""Levels of nested lists and quotations."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def parse_note(text: str, path: str) -> Note:
    """Read a note; `path` is how errors name it.

    Errors: `NoteError`, whose `where` is ``path:line``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    source = Source(text, path)
    _check_text(text, source)
    tokens = _markdown(source).parse(text)
    deep = next((token for token in tokens if token.level >= DEEPEST), None)
    if deep:
        line = (deep.map or [0])[0] + 1
        raise source.error(line, "nested too deeply", expected=f"at most {DEEPEST // 2} levels")
    found = items(tokens, source)
    directives = [item for item, _ in found if isinstance(item, Directive)]
    if len(directives) > MOST_DIRECTIVES:
        line = directives[MOST_DIRECTIVES].line
        raise source.error(line, f"more than {MOST_DIRECTIVES} directives in one note")
    title = _title(found, source)
    blocks = tuple(_lowered(item, n) for n, (item, _) in enumerate(found))
    return Note(title, blocks, tuple(line for _, line in found), tuple(source.comments), path, text)


def _check_text(text: str, source: Source) -> None:
    if len(text) > LARGEST:
        raise source.error(1, "the note is too large", expected=f"at most {LARGEST} characters")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise source.error(line, f"a control character, U+{ord(control[0]):04X}")


def _markdown(source: Source) -> MarkdownIt:
    """The parser; every paragraph's length is checked before its inside is read."""

    def short_enough(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
                line = (token.map or [0])[0] + 1
                expected = f"at most {LONGEST_PARAGRAPH} characters"
                raise source.error(line, "the paragraph is too long", expected=expected)

    markdown = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("text_join")
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.before("inline", "short_enough", short_enough)
    return markdown


def _title(found: list[tuple[Item, int]], source: Source) -> str:
    match found:
        case [(Heading(level=1, inlines=inlines), line), *_]:
            title = " ".join(plain(inlines).split())
            if title:
                return title
        case [(_, line), *_]:
            pass
        case _:
            line = 1
    raise source.error(line, "a note starts with its title", expected="# Title")


def _lowered(item: Item, number: int) -> Item:
    """Only the title is a heading of level 1."""
    if isinstance(item, Heading) and item.level == 1 and number > 0:
        return replace(item, level=2)
    return item


def plain(inlines: tuple[Inline, ...]) -> str:
    """The words alone, mathematics in Unicode."""
    words = []
    for item in inlines:
        match item:
            case Text(text):
                words.append(text)
            case Math(latex):
                words.append(unicode_math(latex))
            case Link(inside):
                words.append(plain(inside))
    return "".join(words)
