r"""Sums: ``\sum_k``, ``\sum_{k=0}^{K-1}``, ``\sum_{i,j}``, ``\substack``, conditions."""

from __future__ import annotations

from symconv.syntax.formula.conditions import ConditionReader, as_bounds
from symconv.syntax.formula.trees import Bound, Largest, Node, Ref, Relation, Summed

BESIDE = (":", "|", ";")
"""What parts the indices of a sum from its conditions."""


class SumReader(ConditionReader):
    """Binders of sums, in mathematics and in Python."""

    def term(self) -> Node:
        """A product, read by the parser above."""
        raise NotImplementedError

    def summed(self) -> Node:
        """A sum with its binders, limits and body."""
        at = self.offset
        self.take("sum")
        bounds: list[Bound] = []
        where: list[Relation] = []
        last: tuple[Node, ...] = ()
        for _ in range(2):
            if self.peek() == "_" and not bounds and not where:
                self.take("binders")
                self._below(bounds, where)
            elif self.peek() == "^" and not last:
                self.take("upper limit")
                last = self._above()
        if not bounds and not where:
            raise self.error("this sum names no index", r"\sum_{k}", at)
        bounds = self._limited(bounds, last, at)
        self.rows()
        return Summed(tuple(bounds), tuple(where), self.term(), at)

    def largest(self) -> Node:
        r"""``\max_{0 \le k < K}`` with its binders and body."""
        at = self.offset
        self.take("function")
        self.take("binders")
        bounds: list[Bound] = []
        where: list[Relation] = []
        self._below(bounds, where)
        return Largest(tuple(bounds), tuple(where), self.term(), at)

    def _above(self) -> tuple[Node, ...]:
        at = self.offset
        if self.peek() == "{":
            self.take("bracket")
            if self.peek() == "}":
                self.take("bracket")
                return ()
            if self.peek() == "\\infty":
                self.take("infinite")
                self.expect("}", "bracket")
                return ()
            found = self.items()
            self.expect("}", "bracket")
            return found
        if self.peek() == "\\infty":
            self.take("infinite")
            return ()
        return (self.factor_sign(at),)

    def factor_sign(self, at: int) -> Node:
        """A single sign: a name or a digit."""
        if not self.starts_name():
            raise self.error("an upper limit in braces", "{…}", at)
        return Ref(self.base(), None, "", at)

    def _below(self, bounds: list[Bound], where: list[Relation]) -> None:
        if self.peek() != "{":
            at = self.offset
            bounds.append(Bound(self.base(), None, None, at))
            return
        self.take("bracket")
        stacked = self.peek() == "\\substack"
        if stacked:
            self.take("layout")
            self.expect("{", "bracket")
        closing = self._tuple(bounds)
        while True:
            if closing is None:
                self._binder(bounds, where)
            else:
                where += self._conditions()
            if self.peek() in (",", *BESIDE) or (stacked and self.kind() == "row"):
                self.take("comma")
                continue
            if not self.take_word("and", "such that"):
                break
        if closing:
            self.expect(closing, "bracket")
        self.expect("}", "bracket")
        if stacked:
            self.expect("}", "bracket")

    def _tuple(self, bounds: list[Bound]) -> str | None:
        r"""``(o,k):`` and ``\{(o,k) \mid`` before conditions; what closes them, None for others."""
        mark, found = self.mark(), list(bounds)
        closing = ""
        if self.peek() == "(" and self.peek(1) == "(":
            self.take("bracket")
            closing = ")"
        if self.peek() == "(":
            self.take("bracket")
            found += [Bound(letter, None, None, at) for letter, at in self.letters()]
            said = self.peek() == ")" and len(found) > len(bounds) + 1
            if said:
                self.take("bracket")
                if self.peek() in (*BESIDE, "\\mid"):
                    self.take("comma")
                    bounds[:] = found
                    return closing
                if self.take_word("with", "where", "such that"):
                    bounds[:] = found
                    return closing
        self.back(mark)
        return None

    def _binder(self, bounds: list[Bound], where: list[Relation]) -> None:
        at = self.offset
        if self.plain_letter() and self.peek(1) == "=" and self.peek(3) == "\\infty":
            bounds.append(Bound(self.base(), None, None, at))
            self.take("from")
            self.expect("-", "infinite")
            self.take("infinite")
            return
        stated = self.stated()
        if stated is not None:
            bounds += as_bounds(stated)
            return
        if self.plain_letter() and self.peek(1) in BESIDE:
            bounds.append(Bound(self.base(), None, None, at))
            return
        left = self.expression()
        plain = isinstance(left, Ref) and left.items is None and not left.label
        plain = plain and not left.gradient and left.name not in self.lexicon.sizes  # type: ignore[union-attr]
        again = plain and left.name in {b.letter for b in bounds}  # type: ignore[union-attr]
        if plain and not again and self.peek() == "=":
            self.take("from")
            bounds.append(Bound(left.name, self.expression(), None, at))  # type: ignore[union-attr]
        elif plain and (self.peek() in (",", "}", ")", "such that") or self.kind() == "row"):
            bounds.append(Bound(left.name, None, None, at))  # type: ignore[union-attr]
        else:
            made = self.related(left)
            if not made:
                raise self.error("this is no index of a sum", "k, k=0 or a condition", at)
            where += made

    def plain_sum(self) -> Node:
        """``sum(w[k]*x[o+k], k=0..K-1)``, ``sum(w[k]*x[o+k] for k in range(K) if …)``."""
        at = self.offset
        self.take("sum")
        self.expect("(", "bracket")
        self.enter()
        body = self.expression()
        bounds: list[Bound] = []
        where: list[Relation] = []
        while self.peek() != ")":
            if self.take_word("for"):
                stated = self.stated()
                if stated is None:
                    raise self.error("a range is missing here", "for k in range(K)")
                bounds += as_bounds(stated)
            elif self.take_word("if"):
                where += self._conditions()
            else:
                self.expect(",", "comma")
                self._apart_binder(bounds, where)
        self.leave()
        self.expect(")", "bracket")
        if not bounds and not where:
            raise self.error("this sum names no index", "sum(w[k]*x[k], k=0..K-1)", at)
        return Summed(tuple(bounds), tuple(where), body, at)

    def _apart_binder(self, bounds: list[Bound], where: list[Relation]) -> None:
        """One index; in ``sum(…, i, j=0..9)`` nobody knows whether i has these limits too."""
        before, start = len(bounds), self.here
        self._binder(bounds, where)
        taken = {token.text for token in self.tokens[start : self.here]}
        if len(bounds) > before + 1 and "=" in taken:
            at = bounds[before].at
            raise self.error("the limits of this index are not clear here", "i=0..9, j=0..9", at)

    def _conditions(self) -> tuple[Relation, ...]:
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("a condition without a relation", "=, <, ≤ …")
        return found

    def _limited(self, bounds: list[Bound], last: tuple[Node, ...], at: int) -> list[Bound]:
        if not last:
            return bounds
        started = [b for b in bounds if b.first is not None]
        if any(b.last is not None for b in bounds):
            raise self.error("the limits of this sum are stated twice", at=at)
        if not started:
            raise self.error("an upper limit without a lower one", r"\sum_{k=0}^{…}", at)
        if len(started) == 1 and len(last) == 1:
            first = started[0].first
            return [Bound(b.letter, first, last[0], b.at) for b in bounds]
        if len(started) != len(bounds) or len(last) not in (1, len(bounds)):
            raise self.error("the limits of this sum do not match its indices", at=at)
        ends = last * len(bounds) if len(last) == 1 else last
        return [Bound(b.letter, b.first, e, b.at) for b, e in zip(bounds, ends, strict=True)]
