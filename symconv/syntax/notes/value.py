"""What a note says: its title, blocks and directives, each with the line where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from symconv.document import Block
from symconv.errors import NoteError
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Directive:
    """A fence ```` ```{name} argument ````: options, then a body that is a spec (or empty).

    `line` is the line of the fence and `body_line` that of the body's first line, from 1.
    """

    name: str
    argument: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    line: int = 0
    body_line: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment: never printed, kept for declarations."""

    text: str
    line: int


Item: TypeAlias = "Block | Directive"


@dataclass(frozen=True, slots=True)
class Note:
    """A derivation: `lines[n]` is the line on which `blocks[n]` starts, `text` the whole file."""

    title: str
    blocks: tuple[Item, ...]
    lines: tuple[int, ...]
    comments: tuple[Comment, ...]
    path: str
    text: str = ""

    def error(self, line: int, message: str, *, expected: str = "", hint: str = "") -> NoteError:
        """An error at a line of this note."""
        return NoteError(message, where=f"{self.path}:{line}", expected=expected, hint=hint)


class Source:
    """A note's text, by lines; remembers the comments that were met."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.comments: list[Comment] = []

    def error(
        self, line: int, message: str, *, expected: str = "", got: str = "", hint: str = ""
    ) -> NoteError:
        """An error at a line of this text."""
        where = f"{self.path}:{line}"
        return NoteError(message, where=where, expected=expected, got=got, hint=hint)

    def comment(self, text: str, line: int) -> None:
        """Keep a comment, at the first line from `line` on which it starts."""
        start = text.split("\n")[0]
        for number in range(line, len(self.lines) + 1):
            if start in self.lines[number - 1]:
                line = number
                break
        inside = text.removeprefix("<!--").removesuffix("-->").strip()
        self.comments.append(Comment(inside, line))
