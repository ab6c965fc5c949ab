r"""Case functions, and what stands behind a formula: ``\forall o``, "for o = 0, …, O-1"."""

from __future__ import annotations

from symconv.syntax.formula.binders import SumReader
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.trees import Cases, Node, Ref, Relation, Stated

ELSE = ("otherwise", "else", "in all other cases", "for all other cases")
IF = ("if", "for", "when", "where", "with", "for all", "for each", "for every")
ALL = ("for", "for all", "for each", "for every")
MOST_ROWS = 12


class ClauseReader(SumReader):
    """Rows of a case function; ranges and conditions behind a formula."""

    def cases(self) -> Node:
        r"""``\begin{cases} a & i \ge 0 \\ 0 & \text{otherwise} \end{cases}``."""
        at = self.offset
        self.take("cases")
        self.enter()
        self.cells += 1
        rows: list[tuple[Node, tuple[Relation, ...] | None]] = []
        while self.peek() != "\\end{cases}":
            if rows and rows[-1][1] is None:
                raise self.error("a case behind otherwise never counts")
            if len(rows) == MOST_ROWS:
                raise self.error("too many cases", f"at most {MOST_ROWS}")
            rows.append(self._case())
            self._ends_row()
        self.take("closing")
        self.leave()
        self.cells -= 1
        if not rows:
            raise self.error("a case function without a case", at=at)
        return Cases(tuple(rows), at)

    def _case(self) -> tuple[Node, tuple[Relation, ...] | None]:
        value = self.expression()
        while self.peek() in (",", ";", ":", "&") or self.kind() == "gap":
            self.take("layout")
        if self.take_word(*ELSE):
            return value, None
        self.take_word(*IF)
        if self.take_word(*ELSE):
            return value, None
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("this case has no condition", r"i \ge 0, or \text{otherwise}")
        return value, found

    def _ends_row(self) -> None:
        if self.peek() in (",", ";", "."):
            self.take("punctuation")
        if self.kind() == "row" and self.peek() != "&":
            self.take("layout")
        elif self.peek() != "\\end{cases}":
            raise self.error(f"{self.peek() or 'the end'} stands where this case should end", r"\\")

    # --- behind a formula -----------------------------------------------------------------------

    def clauses(self) -> tuple[tuple[Stated, ...], tuple[Relation, ...]]:
        """Ranges and conditions behind a formula."""
        stated: list[Stated] = []
        where: list[Relation] = []
        while True:
            mark = self.mark()
            self._parted()
            bracket = self.peek() == "(" and self._opens_clause(1)
            if self.peek() == "(" and self.mark() > mark and not bracket and self._aside(where):
                continue
            if bracket:
                self.take("bracket")
            if not self._clause(stated, where):
                self.back(mark)
                return tuple(stated), tuple(where)
            if bracket:
                self.expect(")", "bracket")

    def _aside(self, where: list[Relation]) -> bool:
        r"""Conditions in brackets of their own, and nothing behind: ``(0 \le o < O)``."""
        mark = self.mark()
        self.take("bracket")
        try:
            found = self.relations()
            self.expect(")", "bracket")
        except FormulaError:
            found = ()
        if not isinstance(found, tuple) or not found or self.peek() not in ("", ".", ",", ";"):
            self.back(mark)
            return False
        where += found
        return True

    def _parted(self) -> None:
        """Take commas, wide spaces and row breaks."""
        while self.peek() in (",", ";", "&") or self.kind() in ("row", "gap"):
            self.take("punctuation")

    def _opens_clause(self, ahead: int = 0) -> bool:
        return self.peek(ahead) == "\\forall" or any(self.word(w, ahead) for w in IF)

    def _clause(self, stated: list[Stated], where: list[Relation]) -> bool:
        """One clause; whether there was one."""
        if self.peek() == "\\forall":
            self.take("for all")
            said = ALL[1]
        else:
            said = self.take_word(*IF)
            if said and self.word("all"):
                self.take_word("all")
        if not said and not self.plain_letter():
            return self._inequality(where)
        found = self.stated()
        if found is not None:
            stated += found
            return True
        if not said:
            return self._inequality(where)
        return self._said(stated, where, said)

    def _inequality(self, where: list[Relation]) -> bool:
        r"""A range without a word before it, and nothing more: ``0 \le o < O``."""
        mark = self.mark()
        try:
            found = self.relations()
        except FormulaError:
            found = ()
        ends = self.peek() in ("", ".", ",", ";", ")") or self.kind() in ("row", "gap")
        if (
            not isinstance(found, tuple)
            or not found
            or not ends
            or not all(map(self._bounds, found))
        ):
            self.back(mark)
            return False
        where += found
        return True

    def _bounds(self, r: Relation) -> list[str]:
        """The letters that stand alone on a side of an inequality."""
        sides = [side for side in (r.left, r.right) if isinstance(side, Ref)]
        letters = [side for side in sides if side.items is None and len(side.name) == 1]
        words = self.lexicon
        free = [s.name for s in letters if s.name not in words.sizes and not words.is_tensor(s)]
        return free if r.sign in ("<", "<=", ">", ">=") else []

    def _said(self, stated: list[Stated], where: list[Relation], word: str) -> bool:
        """What follows a "for" that is no range: letters alone, or conditions."""
        mark = self.mark()
        letters = self.letters() if word in ALL else []
        if letters and (self.peek() in ("", ".", ",", ";", ")") or self.kind() in ("row", "gap")):
            stated += [Stated(letter, None, None, at) for letter, at in letters]
            return True
        self.back(mark)
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("this is neither a range nor a condition", "o = 0, …, O-1")
        if word in ALL[1:]:
            stated += [
                Stated(letter, None, None, r.at) for r in found for letter in self._bounds(r)
            ]
        where += found
        return True
