"""The text of a spec: places in it, its errors, and what the grammar need not see."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from symconv.calls import Place
from symconv.errors import SpecError

LONGEST = 100_000
DEEPEST = 50
"""Characters in a text, and brackets inside brackets: more than a person writes."""

DIGITS = 12
"""Digits of a number."""

RESERVED = frozenset({"for", "with", "sum", "min", "max", "True", "False"})
"""Words of the language, which name nothing else."""

EXAMPLE = "y = conv1d(x[4], w[3])"


@dataclass(frozen=True)
class Source:
    """A text as it was written; offsets into it become lines and columns, both from 1."""

    text: str

    @cached_property
    def _starts(self) -> list[int]:
        starts, here = [], 0
        for line in self.text.splitlines(keepends=True):
            starts.append(here)
            here += len(line)
        return starts or [0]

    def place(self, offset: int) -> Place:
        """The line and the column of an offset; one past the end belongs to the last line."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def error(
        self, offset: int, message: str, *, expected: str = "", got: str = "", hint: str = ""
    ) -> SpecError:
        """A `SpecError` that knows its line and column."""
        return self.error_at(self.place(offset), message, expected=expected, got=got, hint=hint)

    def error_at(
        self, place: Place, message: str, *, expected: str = "", got: str = "", hint: str = ""
    ) -> SpecError:
        """The same for a place that is known already."""
        return SpecError(
            message,
            text=self.text,
            line=place.line,
            column=place.column,
            where=f"line {place.line}, column {place.column}",
            expected=expected,
            got=got,
            hint=hint,
        )


def shown(text: str) -> str:
    """A piece of text in quotes, on one line and not too long."""
    short = text if len(text) <= 40 else f"{text[:37]}..."
    quoted = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)
    return f"'{quoted}'" if "'" not in quoted else f'"{quoted}"'


# --- sweeping -----------------------------------------------------------------------------------

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
SAME = str.maketrans(
    {"−": "-", "×": "*", "·": "*", "⋅": "*", "µ": "μ", "ϕ": "φ", "ϵ": "ε", "ϑ": "θ", "ϱ": "ρ"}
    | dict.fromkeys(BREAKS, "\n")
    | dict.fromkeys("\t\u00a0\u2002\u2003\u2009\u202f\ufeff", " ")
)
"""Signs that mean the same; each is one character, so that offsets stay."""

_TOKENS = re.compile(r"""#[^\n]*|"[^"\n]*"|'[^'\n]*'|["'()\[\]\n]""")
_TAIL = re.compile(r" *(?:for|with)(?![A-Za-z0-9_])")
_LONG_NAME = re.compile(r"[^\W\d]\w{60,}")
_CLOSE = {"(": ")", "[": "]"}


def clean(source: Source) -> str:
    """The text with comments and the line breaks inside brackets turned to spaces.

    Every character keeps its offset.  A line that begins with ``for`` or ``with`` continues the
    line before it.  Errors: `SpecError` for brackets and quotes that do not close, and for texts
    that are empty, too long or too deeply nested.
    """
    if len(source.text) > LONGEST:
        raise SpecError(
            "the text is too long to be a spec",
            expected=f"at most {LONGEST} characters",
            got=str(len(source.text)),
        )
    text = source.text.translate(SAME)
    pieces: list[str] = []
    opened: list[int] = []
    end = 0
    for found in _TOKENS.finditer(text):
        start, token = found.start(), found[0]
        pieces += [text[end:start], _swept(source, text, start, token, opened)]
        end = found.end()
    pieces.append(text[end:])
    if opened:
        raise _unclosed(source, text, opened[-1])
    cleaned = _tails_joined("".join(pieces))
    long = _LONG_NAME.search(cleaned)
    if long:
        raise source.error(
            long.start(), "the name is too long", expected="at most 60 signs", got=shown(long[0])
        )
    if not cleaned.strip(" \n;"):
        only = "the text is empty" if not text.strip(" \n;") else "there are only comments here"
        raise source.error(0, only, expected=f"an operation, for example {EXAMPLE}")
    return cleaned


def _swept(source: Source, text: str, start: int, token: str, opened: list[int]) -> str:
    """What stays of a comment, a string, a bracket or a line break; `opened` is kept up."""
    if token[0] == "#":
        return " " * len(token)
    if token[0] in "\"'":
        _check_quote(source, text, start, token)
    elif token in "([":
        if len(opened) == DEEPEST:
            raise source.error(
                start, "the brackets are nested too deeply", expected=f"at most {DEEPEST} levels"
            )
        opened.append(start)
    elif token in ")]":
        _check_closing(source, text, start, token, opened)
        opened.pop()
    elif opened:
        return " "
    return token


def _tails_joined(text: str) -> str:
    """The text with the line breaks before ``for`` and ``with`` turned to spaces."""
    lines = text.split("\n")
    breaks = ["\n"] * (len(lines) - 1)
    for here, line in enumerate(lines):
        while here and _TAIL.match(line):
            here -= 1
            breaks[here] = " "
            if lines[here].strip(" "):
                break
    return "".join(piece for pair in zip(lines, [*breaks, ""], strict=True) for piece in pair)


def _check_quote(source: Source, text: str, start: int, token: str) -> None:
    before = text[start - 1 : start]
    if before and (before.isalnum() or before in "_])"):
        raise source.error(
            start,
            "a name has no prime and no quotation mark",
            expected="letters, digits and _",
            got=shown(token[0]),
            hint="x_prime or dx",
        )
    if len(token) == 1:
        raise source.error(
            start,
            "the quotation mark is never closed",
            expected=f"a second {token} on the same line",
            got="the end of the line",
        )


def _check_closing(source: Source, text: str, start: int, token: str, opened: list[int]) -> None:
    if not opened:
        raise source.error(start, f"{token} closes nothing", hint=f"without the {token}")
    bracket = text[opened[-1]]
    if _CLOSE[bracket] != token:
        place = source.place(opened[-1])
        raise source.error(
            start,
            f"{token} does not close the {bracket} of line {place.line}, column {place.column}",
            expected=_CLOSE[bracket],
            got=token,
        )


def _unclosed(source: Source, text: str, start: int) -> SpecError:
    bracket = text[start]
    return source.error(
        start,
        f"the {bracket} is never closed",
        expected=_CLOSE[bracket],
        got="the end of the text",
    )
