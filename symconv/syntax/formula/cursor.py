"""A cursor over the tokens: taking one says what it means, so that every token is accounted for."""

from __future__ import annotations

import itertools

from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.source import DEEPEST, FormulaError, Source
from symconv.syntax.formula.tokens import Token

ENDS = frozenset([")", "]", "}", "'", "\\rfloor", "\\rceil", "\\end{cases}"])
"""What an expression may end with, beside names and numbers."""
JOINS = frozenset(["\\mod", "\\mid", "\\nmid", "\\equiv", "\\in", "\\end{cases}"])
"""What continues an expression, beside signs."""


class Cursor:
    """The significant tokens and a place in them; spacing is accounted for at the start."""

    def __init__(self, tokens: list[Token], source: Source, lexicon: Lexicon):
        self.source = source
        self.lexicon = lexicon
        self.tokens = _significant(tokens)
        self.texts = [token.text for token in self.tokens]
        self.here = 0
        self.depth = 0
        self.cells = 0
        """How many matrices and case functions are open: there rows part entries."""
        self.modulo = -1
        """The depth at which a remainder belongs to a congruence, and not to a product."""

    def peek(self, ahead: int = 0) -> str:
        """The text of a token, "" at the end."""
        try:
            return self.texts[self.here + ahead]
        except IndexError:
            return ""

    def kind(self, ahead: int = 0) -> str:
        """The kind of a token, "end" at the end."""
        place = self.here + ahead
        return self.tokens[place].kind if place < len(self.tokens) else "end"

    @property
    def offset(self) -> int:
        """Where the next token stands."""
        if self.here < len(self.tokens):
            return self.tokens[self.here].start
        return len(self.source.text)

    def take(self, meaning: str) -> Token:
        """The next token, from now on accounted for."""
        if self.here >= len(self.tokens):
            raise self.error("the formula ends here")
        token = self.tokens[self.here]
        token.meaning = meaning
        token.uses += 1
        self.here += 1
        return token

    def expect(self, text: str, meaning: str) -> Token:
        """The next token, which must be that one."""
        if self.peek() != text:
            got = self.peek() or "the end of the formula"
            raise self.error(f"{got} stands where {text} should", text)
        return self.take(meaning)

    def word(self, text: str, ahead: int = 0) -> int:
        """How many tokens from there on spell a word in plain letters, 0 where they do not."""
        if self.peek(ahead) == text:
            return 1
        if " " in text:
            counts: list[int] = []
            for part in text.split():
                counts.append(self.word(part, ahead + sum(counts)))
            return sum(counts) if all(counts) else 0
        place = self.here + ahead
        run = self.tokens[place : place + len(text)]
        if "".join(t.text for t in run) != text or len(run) != len(text):
            return 0
        rest = self.tokens[place + len(text) : place + len(text) + 1]
        ends = not rest or rest[0].kind != "name" or rest[0].start > run[-1].end
        return (
            len(text) if ends and all(a.end == b.start for a, b in itertools.pairwise(run)) else 0
        )

    def take_word(self, *words: str) -> str:
        """The first of some words that comes next, taken; "" where none does."""
        for text in words:
            count = self.word(text)
            if count:
                for _ in range(count):
                    self.take("word")
                return text
        return ""

    def mark(self) -> int:
        """A place to come back to."""
        return self.here

    def back(self, mark: int) -> None:
        """Go back; what was taken since then is free again."""
        for token in self.tokens[mark : self.here]:
            token.meaning = ""
            token.uses -= 1
        self.here = mark

    def error(self, message: str, expected: str = "", at: int | None = None) -> FormulaError:
        """An error at the next token, or at an offset."""
        return self.source.error(self.offset if at is None else at, message, expected)

    def enter(self) -> None:
        """One level deeper; refused where nobody would write it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("this is nested too deeply", f"at most {DEEPEST} levels")

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1

    def rows(self) -> None:
        """Account for alignment marks and row breaks."""
        while self.kind() == "row":
            self.take("layout")

    def after_rows(self) -> str:
        """What comes after alignment marks and row breaks."""
        ahead = 0
        while self.kind(ahead) == "row":
            ahead += 1
        return self.peek(ahead)


def _significant(tokens: list[Token]) -> list[Token]:
    """The tokens without spacing; a wide space counts where it parts two formulas."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        if token.kind == "gap" and found and found[-1].kind != "gap":
            after = next((t for t in tokens[place + 1 :] if t.kind not in ("space", "gap")), None)
            token.kind = "gap" if after and _ends(found[-1]) and _starts(after) else "space"
        elif token.kind == "gap":
            token.kind = "space"
        if token.kind == "space":
            token.meaning, token.uses = token.meaning or "spacing", 1
        else:
            found.append(token)
    return found


def _ends(token: Token) -> bool:
    return token.kind in ("name", "number") or token.text in ENDS


def _starts(token: Token) -> bool:
    sign = token.kind == "sign" and token.text not in "([{"
    return not sign and token.kind != "row" and token.text not in JOINS
