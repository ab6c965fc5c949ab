"""Code as text: its syntax tree, what was mended before it was one, and what could not be read."""

from __future__ import annotations

import ast
import re
import warnings

from symconv.errors import SymconvError
from symconv.values import dataclass

LONGEST = 400_000
MOST_LINES = 20_000
MOST_REPAIRS = 200
"""Characters, lines and mended lines: more than a person writes in one piece."""

_PRINT = re.compile(r"(\s*)print\b\s*(?![\s(=.\[,)])")
_DOTS = re.compile(r"\s*(?:[A-Za-z][A-Za-z ,']*)?(?:\.{2,}|…)\s*(?:#.*)?")


class CodeError(SymconvError):
    """Code that is not understood: line and column (from 1) and the reason."""

    def __init__(self, message: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read: where, why, and what to declare or write instead.

    `names` are the results and gradients of the operation that cannot be judged because of it.
    """

    line: int
    column: int
    reason: str
    hint: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        hint = f"; try {self.hint}" if self.hint else ""
        return f"line {self.line}, column {self.column}: {self.reason}{hint}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The statements, notes on what was mended, and whether Python 2 was seen."""

    body: tuple[ast.stmt, ...]
    notes: tuple[str, ...] = ()
    python2: bool = False


def parsed(text: str) -> Parsed:
    """The syntax tree; Python 2's prints and lines such as "and so on..." are passed over.

    Errors: `CodeError` with the line, for what is not Python.
    """
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise CodeError("the code is too long to be read", 1, 1)
    lines = text.split("\n")
    notes: list[str] = []
    prints: list[int] = []
    for _ in range(MOST_REPAIRS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse("\n".join(lines))
                compile(tree, "code", "exec", dont_inherit=True)  # return outside of a function …
                body = tree.body
        except SyntaxError as error:
            if not _mended(lines, error, notes, prints):
                line = min(max(error.lineno or 1, 1), len(lines))
                reason = f"this is not Python: {error.msg}"
                raise CodeError(reason, line, max(error.offset or 1, 1)) from None
        except (ValueError, RecursionError, MemoryError):
            raise CodeError("this is not Python, or nested too deeply", 1, 1) from None
        else:
            if prints:
                where = ", ".join(map(str, prints))
                notes.insert(0, f"print statements of Python 2 are passed over (line {where})")
            return Parsed(tuple(body), tuple(notes), bool(prints))
    raise CodeError("too many lines are not Python", 1, 1)


def _mended(lines: list[str], error: SyntaxError, notes: list[str], prints: list[int]) -> bool:
    """Replace a line that says nothing about values by ``pass``."""
    number = error.lineno or 0
    for place in (number - 1, number - 2):
        if not 0 <= place < len(lines):
            continue
        line = lines[place]
        blank = line[: len(line) - len(line.lstrip())]
        if _PRINT.match(line) and not line.rstrip().endswith("\\"):
            every = [n for n, text in enumerate(lines) if _PRINT.match(text)]
            for n in every:
                text = lines[n]
                lines[n] = text[: len(text) - len(text.lstrip())] + "pass"
            prints += [n + 1 for n in every]
            return True
        if _DOTS.fullmatch(line):
            lines[place] = f"{blank}pass"
            notes.append(f"line {place + 1} is no code and is passed over")
            return True
    return False
