"""A claim of a file with its verdict, and whether that is what the author expects."""

from __future__ import annotations

from symconv.claims import Verdict
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is "formula", "claim", "code" or "declaration" (one that can't be read).

    Line and column count from 1 and point at the claim (in a notebook within cell `cell`);
    `expected` is the outcome that a declaration expects, "" for any good one.
    """

    file: str
    line: int
    column: int
    kind: str
    text: str
    verdict: Verdict
    expected: str = ""
    cell: int = 0

    @property
    def place(self) -> str:
        """``file:line:column``, with the cell of a notebook."""
        cell = f":cell {self.cell}" if self.cell else ""
        return f"{self.file}{cell}:{self.line}:{self.column}"

    @property
    def ok(self) -> bool:
        """Whether the outcome is the expected one, or good, or nothing was claimed."""
        outcome = self.verdict.outcome
        if self.expected:
            return outcome == self.expected
        return outcome == "ignored" or self.verdict.good
