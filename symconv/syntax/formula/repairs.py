r"""Repairs before lexing: what a Markdown host did to the text (``\_``, ``\*``, eaten rows).

Every character that stays remembers where it stood, and every repair is reported.
"""

from __future__ import annotations

import re

from symconv.syntax.formula.matrices_rows import eaten_rows
from symconv.syntax.formula.source import LONGEST, Source, longer
from symconv.values import dataclass

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_REPAIRS = re.compile(
    rf"(?P<invisible>[{INVISIBLE}])"
    r"|(?P<rows>\\\\\\(?=[\s&]|$))"
    r"|(?P<pair>\\\\)"
    r"|(?P<escaped>\\[_*])"
    r"|(?P<row>\\[ \n](?=\s*&))"
    r"|(?P<eaten>\\[ \t]*\n|\\ )"
)


@dataclass(frozen=True, slots=True)
class Repair:
    """What stood at an offset of the text, what it was read as, and why."""

    offset: int
    before: str
    after: str
    reason: str


REASONS = {
    "invisible": ("", "an invisible character"),
    "rows": (r"\\", "a row break with a backslash too many"),
    "row": (r"\\", "a row break that lost a backslash"),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The repaired text, the original offset of each of its characters (and of its end)."""

    text: str
    offsets: tuple[int, ...]
    repairs: tuple[Repair, ...]


def repaired(source: Source) -> Cleaned:
    """The text with all repairs made."""
    text = source.text
    most = LONGEST * longer(text)
    if len(text) > most:
        raise source.error(most, "the formula is too long", f"at most {most} characters")
    pieces: list[str] = []
    offsets: list[int] = []
    repairs: list[Repair] = []
    end = 0
    eaten = eaten_rows(text)
    for found in _REPAIRS.finditer(text):
        pieces.append(text[end : found.start()])
        offsets += range(end, found.start())
        kind, before, end = found.lastgroup or "", found[0], found.end()
        after, reason = before, ""
        if kind == "escaped":
            after, reason = before[1], f"{before[1]} escaped for Markdown"
        elif kind == "row" or (kind == "eaten" and found.start() in eaten):
            after, reason = REASONS["row"]
        elif kind in REASONS:
            after, reason = REASONS[kind]
        if reason:
            repairs.append(Repair(found.start(), before, after, reason))
        pieces.append(after)
        offsets += [found.start()] * len(after)
    pieces.append(text[end:])
    offsets += range(end, len(text) + 1)
    return Cleaned("".join(pieces), tuple(offsets), tuple(repairs))
