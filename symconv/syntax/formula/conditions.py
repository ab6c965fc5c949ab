r"""Conditions as people write them: ``0 \le k < K``, ``2 \mid i``, "K odd"."""

from __future__ import annotations

import itertools
from fractions import Fraction

from symconv.syntax.formula.names import NameReader
from symconv.syntax.formula.trees import Add, Bound, Node, Number, Over, Ref, Relation, Stated

RELATIONS = ("=", "<", "<=", ">", ">=", "!=")
DIVIDES = {"\\mid": "|", "|": "|", "\\nmid": "!|"}
AND = ("and", "where", "with", "such that")


class ConditionReader(NameReader):
    """Lists of relations, and what is stated about a letter."""

    def relations(self) -> tuple[Relation, ...] | Node:
        """A list of relations joined by commas; a lone expression stays one."""
        self.enter()
        found: list[Relation] = []
        while True:
            first = self.expression()
            made = self.related(first)
            if not made and not found and self.peek() != ",":
                self.leave()
                return first
            if not made:
                raise self.error("a condition without a relation", "=, <, ≤ …")
            found += made
            if not self.joined():
                self.leave()
                return tuple(found)

    def joined(self) -> bool:
        """Take a comma, an "and", or both."""
        found = False
        if self.peek() == "," and (self.kind(1) == "row" or self.peek(1) in ("", "\\end{cases}")):
            return False
        while self.peek() == "," or any(self.word(w) for w in AND):
            found = True
            if not self.take_word(*AND):
                self.take("and")
        return found

    def related(self, left: Node) -> list[Relation]:
        """The relations of a chain that starts with an expression."""
        found: list[Relation] = []
        while True:
            at, sign = self.offset, self.peek()
            if sign in RELATIONS or sign in DIVIDES:
                self.take("relation")
                right = self.expression()
                if self._several(right, sign):
                    return found + self._between(left, sign, right, at)
                shown = DIVIDES.get(sign, "==" if sign == "=" else sign)
                found.append(Relation(left, shown, right, at))
                left = right
            elif sign == "\\equiv":
                found.append(self._congruent(left, at))
                return found
            else:
                return found + self._parity(left, at)

    def _several(self, first: Node, sign: str) -> bool:
        r"""Whether ``0 \le a, b < K`` goes on: the same limits for several letters."""
        ahead, order = 0, ("<", "<=")
        letter = isinstance(first, Ref) and first.items is None
        while self.peek(ahead) == "," and self.plain_letter(ahead + 1):
            ahead += 2
        single = letter and sign in order and first.name not in self.lexicon.sizes  # type: ignore[union-attr]
        return single and ahead > 0 and self.peek(ahead) in order

    def _between(self, low: Node, sign: str, first: Node, at: int) -> list[Relation]:
        """Every letter of a list between the same limits."""
        letters = [first]
        while self.peek() == ",":
            self.take("comma")
            letters.append(self.sign())
        above = self.take("relation")
        high = self.expression()
        self.lexicon.remarks["limits around several letters hold for each of them"] = None
        return [
            relation
            for letter in letters
            for relation in (
                Relation(low, sign, letter, at),
                Relation(letter, above.text, high, above.start),
            )
        ]

    def _congruent(self, left: Node, at: int) -> Relation:
        r"""``a \equiv b \pmod S``: a - b divided by S leaves nothing."""
        self.take("relation")
        before, self.modulo = self.modulo, self.depth + 1
        right = self.expression()
        self.modulo = before
        bracket = self.peek() == "("
        if bracket:
            self.take("bracket")
        if self.peek() not in ("\\pmod", "\\mod", "mod"):
            raise self.error("a congruence without its modulus", r"\pmod{S}")
        self.take("remainder by")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        modulus = self.expression() if braced or bracket else self.sign()
        if braced:
            self.expect("}", "bracket")
        if bracket:
            self.expect(")", "bracket")
        return Relation(modulus, "|", Add(((1, left), (-1, right)), at), at)

    def sign(self) -> Node:
        """A single name or number."""
        at = self.offset
        if self.kind() == "number":
            return Number(Fraction(self.take("number").text), at)
        return Ref(self.base(), None, "", at)

    def _parity(self, left: Node, at: int) -> list[Relation]:
        """``K odd``, ``K is even``, ``N divisible by S``."""
        mark = self.mark()
        self.take_word("is", "are", "is an", "be")
        for word, rest in (("odd", 1), ("even", 0)):
            if self.take_word(word, f"is {word}"):
                two = Over("mod", left, Number(Fraction(2), at), at)
                return [Relation(two, "==", Number(Fraction(rest), at), at)]
        if self.take_word("divisible by", "is divisible by", "a multiple of", "is a multiple of"):
            return [Relation(self.expression(), "|", left, at)]
        self.back(mark)
        return []

    # --- what is stated about a letter ----------------------------------------------------------

    def letters(self) -> list[tuple[str, int]]:
        """``i, j`` before a range."""
        found: list[tuple[str, int]] = []
        while self.plain_letter():
            at = self.offset
            found.append((self.base(), at))
            if self.peek() != "," or not self.plain_letter(1):
                break
            self.take("comma")
        return found

    def plain_letter(self, ahead: int = 0) -> bool:
        """Whether a letter that is no size comes next."""
        text = self.peek(ahead)
        letter = len(text) == 1 or text in self.lexicon.indices
        return self.kind(ahead) == "name" and letter and text not in self.lexicon.sizes

    def stated(self) -> list[Stated] | None:
        r"""``o = 0, \dots, O-1``, ``i, j \in \{0..N-1\}``, ``k = 0..K-1``; None for others."""
        mark = self.mark()
        letters = self.letters()
        if not letters:
            return None
        if self.peek() == "=":
            self.take("from")
            ends = self.dotted()
        elif self.peek() == "\\in" or self.word("in"):
            if not self.take_word("in"):
                self.take("in")
            if self.peek() in ("\\mathbb", "\\mathbf"):
                return self._all_numbers(letters)
            ends = self.members()
        else:
            ends = None
        if ends is None:
            self.back(mark)
            return None
        return [Stated(letter, ends[0], ends[1], at) for letter, at in letters]

    def _all_numbers(self, letters: list[tuple[str, int]]) -> list[Stated]:
        r"""``\mathbb{Z}``, which bounds nothing."""
        self.take("infinite")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        self.expect("Z", "infinite")
        if braced:
            self.expect("}", "bracket")
        return [Stated(letter, None, None, at) for letter, at in letters]

    def dotted(self) -> tuple[Node, Node] | None:
        r"""``0, \dots, N-1``, ``0..N-1``, ``0, 1, \dots, N-1``; None where there are no dots."""
        first = self.expression()
        if self.peek() == "," and self.peek(1) != "\\dots":
            mark = self.mark()
            self.take("comma")
            after = first.value + 1 if isinstance(first, Number) else None
            if self.kind() != "number" or self.peek(1) != ",":
                self.back(mark)
                return None
            if Fraction(self.peek()) != after and self.peek(2) == "\\dots":
                raise self.error("a range with a step is not supported", "0, 1, …")
            self.take("next")
        if self.peek() == ",":
            self.take("comma")
        if self.peek() != "\\dots":
            return None
        self.take("dots")
        if self.peek() == ",":
            self.take("comma")
        return first, self.expression()

    def members(self) -> tuple[Node, Node] | None:
        r"""What ``\in`` takes: ``\{0, \dots, N-1\}``, ``[0, N-1]``, ``[0, N)``, ``range(N)``."""
        at = self.offset
        if self.take_word("range"):
            return self.python_range(at)
        opening = self.peek()
        if opening not in ("(", "["):
            raise self.error("this set is not understood", r"\{0, \dots, N-1\}")
        self.take("set")
        mark = self.mark()
        ends = self.dotted() or self._listed(mark)
        if ends is None:
            self.back(mark)
            first = self.expression()
            self.expect(",", "comma")
            ends = first, self.expression()
            if opening == "(":
                raise self.error("this set is not understood", r"\{0, \dots, N-1\}", at)
        if self.peek() not in (")", "]") or (opening == "(" and self.peek() == "]"):
            raise self.error("this set is not closed", "]")
        if self.take("set").text == ")" and opening == "[":
            one = Number(Fraction(1), at)
            ends = ends[0], Add(((1, ends[1]), (-1, one)), at)
        return ends

    def _listed(self, mark: int) -> tuple[Node, Node] | None:
        r"""``\{0, 1, 2\}``: whole numbers in a row."""
        self.back(mark)
        count = 0
        while self.kind(2 * count) == "number" and self.peek(2 * count + 1) == ",":
            count += 1
        if not count or self.kind(2 * count) != "number" or self.peek(2 * count + 1) != ")":
            return None
        values = [Fraction(self.peek(2 * n)) for n in range(count + 1)]
        if any(b != a + 1 for a, b in itertools.pairwise(values)):
            return None
        first = self.sign()
        for _ in range(count - 1):
            self.take("comma")
            self.take("next")
        self.take("comma")
        return first, self.sign()

    def python_range(self, at: int) -> tuple[Node, Node]:
        """``range(stop)``, ``range(start, stop)``."""
        self.expect("(", "bracket")
        arguments = self.items()
        self.expect(")", "bracket")
        if len(arguments) > 2:
            raise self.error("a range with a step is not supported", "range(start, stop)", at)
        first: Node = Number(Fraction(0), at) if len(arguments) == 1 else arguments[0]
        return first, Add(((1, arguments[-1]), (-1, Number(Fraction(1), at))), at)


def as_bounds(stated: list[Stated]) -> list[Bound]:
    """What is stated about letters as binders of a sum."""
    return [Bound(s.letter, s.first, s.last, s.at) for s in stated]
