"""The text of a formula: places in it, its one exception, and the limits on its size."""

from __future__ import annotations

from symconv.calls import Place
from symconv.errors import SymconvError
from symconv.values import dataclass

LONGEST = 10_000
DEEPEST = 30
MOST_PIECES = 200
MOST_FACTORS = 40
MOST_MONOMIALS = 2000
MOST_TOKENS = 3000
"""Characters, brackets inside brackets, terms, factors, terms of an index once it is multiplied
out, tokens: more than a person writes."""
MATRIX = 16
"""How many times as long a text with a matrix may be."""


def longer(text: str) -> int:
    """The factor on characters and tokens: matrices are long."""
    return MATRIX if "matrix}" in text or "{array}" in text else 1


class FormulaError(SymconvError):
    """A formula that is not understood: the place (offset, line, column) and the reason."""

    def __init__(self, message: str, text: str, offset: int, expected: str = "", hint: str = ""):
        self.text = text
        self.offset = max(0, min(offset, len(text)))
        self.line = text.count("\n", 0, self.offset) + 1
        self.column = self.offset - (text.rfind("\n", 0, self.offset) + 1) + 1
        where = f"line {self.line}, column {self.column}"
        super().__init__(message, where=where, expected=expected, hint=hint)

    @property
    def place(self) -> Place:
        """Line and column, both from 1."""
        return Place(self.line, self.column)

    def caret(self) -> str:
        """The line with a caret under the column."""
        line = self.text.split("\n")[self.line - 1]
        return f"{line}\n{' ' * (self.column - 1)}^"


@dataclass(frozen=True, slots=True)
class Source:
    """The formula as it was written."""

    text: str

    def error(self, offset: int, message: str, expected: str = "", hint: str = "") -> FormulaError:
        """An error at an offset of the original text."""
        return FormulaError(message, self.text, offset, expected, hint)
