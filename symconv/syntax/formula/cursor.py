"""A cursor over the tokens: taking one says what it means, so that every token is accounted for."""

from __future__ import annotations

from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.source import DEEPEST, FormulaError, Source
from symconv.syntax.formula.tokens import Token


class Cursor:
    """The significant tokens and a place in them; spacing is accounted for at the start."""

    def __init__(self, tokens: list[Token], source: Source, lexicon: Lexicon):
        self.source = source
        self.lexicon = lexicon
        self.tokens = [token for token in tokens if token.kind != "space"]
        self.here = 0
        self.depth = 0
        for token in tokens:
            if token.kind == "space":
                token.meaning = "spacing"

    def peek(self, ahead: int = 0) -> str:
        """The text of a token, "" at the end."""
        place = self.here + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

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
        self.here += 1
        return token

    def expect(self, text: str, meaning: str) -> Token:
        """The next token, which must be that one."""
        if self.peek() != text:
            got = self.peek() or "the end of the formula"
            raise self.error(f"{got} stands where {text} should", text)
        return self.take(meaning)

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
