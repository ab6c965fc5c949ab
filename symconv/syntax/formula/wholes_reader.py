r"""Reading whole-array statements: signs such as ``\star``, functions of arrays."""

from __future__ import annotations

from fractions import Fraction

from symconv.syntax.formula.matrices_reader import CLOSE, MatrixReader
from symconv.syntax.formula.trees import (
    Called,
    Indexed,
    Listed,
    Matrix,
    Node,
    Number,
    Operated,
    Ref,
    Times,
    Transposed,
    parts,
)
from symconv.syntax.formula.wholes_words import (
    BEGINS,
    FUNCTIONS,
    MODES,
    OVER,
    SIGNS,
    STARS,
)

QUOTES = "'\"`"


class WholeReader(MatrixReader):
    """What stands between, around and behind whole arrays."""

    def factor(self) -> Node:
        """A factor, read by the parser above."""
        raise NotImplementedError

    def sign_written(self, token_text: str, start: int, end: int) -> str:
        """``*`` or ``.`` for what was written where the tokens only say "times"."""
        written = self.source.text[start:end].strip()
        return STARS.get(written.lstrip("\\") if written == "\\*" else written, token_text)

    def operates(self) -> bool:
        """Whether a sign of whole arrays comes next, ``*_{full}`` included."""
        text = self.peek()
        if text in SIGNS or text in OVER:
            return True
        return text == "*" and self.peek(1) in ("_", "^") and self._moded(2)

    def _moded(self, ahead: int) -> bool:
        return self.peek(ahead + (self.peek(ahead) == "{")) in MODES

    def operated(self, left: Node, at: int) -> Node:
        """The sign with its mode, and the factor behind it."""
        mode = ""
        if self.peek() in OVER:
            self.take("operator")
            first = self._braced()
            second = self._braced()
            mode, sign = (first, second) if first in MODES else (second, first)
            if mode not in MODES or sign not in STARS:
                raise self.error("this sign is not understood", r"\overset{full}{*}", at)
        else:
            token = self.take("operator")
            sign = self.source.text[token.start : token.end].strip().replace("\\*", "*")
            sign = sign if sign in STARS else token.text
            if self.peek() in ("_", "^") and self._moded(1):
                self.take("operator")
                mode = self._braced()
        kind = STARS[sign]
        if mode and kind != "*":
            raise self.error(f"{sign} has no mode", at=at)
        self.rows()
        return Operated(kind, MODES.get(mode, ""), left, self.factor(), at)

    def _braced(self) -> str:
        """One word or sign, in braces or not."""
        braced = self.peek() == "{"
        if braced:
            self.take("operator")
        token = self.take("operator")
        if braced:
            self.expect("}", "operator")
        written = self.source.text[token.start : token.end].strip().replace("\\*", "*")
        return written if written in STARS else token.text

    def array_word(self) -> int:
        """How many tokens make the name of a function of arrays, 0 where none comes."""
        text = self.peek()
        if text not in FUNCTIONS or self.lexicon.array(text) or text in self.lexicon.sizes:
            return 0
        count = 1
        if text == "rot":
            while self.peek(count) in ("_", "{", "180", "}"):
                count += 1
        elif self.peek(1) == "_" and self._moded(2):
            count = 5 if self.peek(2) == "{" else 3
        if text == "sum" and not self._sums_array():
            return 0
        return count if self.peek(count) in CLOSE else 0

    def _sums_array(self) -> bool:
        """``sum(a)`` and ``sum(a, axis=0)``, and not ``sum(a[k] for k in range(K))``."""
        if self.peek(1) != "(":
            return False
        depth, ahead = 1, 2
        while depth and self.peek(ahead):
            text = self.peek(ahead)
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
            if depth == 1 and text == "," and not self._axis(ahead + 1):
                return False
            if depth == 1 and (text in ("for", "if", "\\in") or self.word("for", ahead)):
                return False
            ahead += 1
        return True

    def _axis(self, ahead: int) -> bool:
        return bool(self.word("axis", ahead) or self.word("dim", ahead))

    def array_call(self, at: int) -> Node:
        """A function of whole arrays with its arguments."""
        count = self.array_word()
        word = self.peek()
        digits = [self.peek(n) for n in range(1, count) if self.peek(n).isdigit()]
        modes = [self.peek(n) for n in range(1, count) if self.peek(n) in MODES]
        if word == "rot" and digits != ["180"]:
            raise self.error("a rotation by something else than 180 degrees", "rot180")
        for _ in range(count):
            self.take("array function")
        function, mode = FUNCTIONS[word]
        mode = MODES[modes[0]] if modes else mode
        opening = self.take("bracket").text
        self.enter()
        arguments, mode, axes = self._arguments(CLOSE[opening], mode)
        self.leave()
        self.expect(CLOSE[opening], "bracket")
        return self.turned(Called(function, tuple(arguments), at, mode, axes), at)

    def _arguments(self, closing: str, mode: str) -> tuple[list[Node], str, tuple[int, ...]]:
        arguments: list[Node] = []
        axes: tuple[int, ...] = ()
        while True:
            if self._axis(0):
                self._word_taken("axis", "dim")
                self.expect("=", "array option")
                axes = self._numbers()
            elif self.word("mode") or self.peek() in QUOTES or self._is_mode():
                if mode:
                    raise self.error("full, valid or same is said twice")
                mode = self._mode()
            else:
                arguments.append(self._argument())
            if self.peek() != ",":
                return arguments, mode, axes
            self.take("comma")

    def _word_taken(self, *words: str) -> None:
        for word in words:
            count = self.word(word)
            for _ in range(count):
                self.take("array option")
            if count:
                return

    def _is_mode(self) -> bool:
        plain = self.peek() in ("full", "valid", "same") and self.peek(1) in (",", ")", "]")
        return plain and not self.lexicon.array(self.peek())

    def _mode(self) -> str:
        if self.word("mode"):
            self._word_taken("mode")
            self.expect("=", "array option")
        while self.peek() and self.peek() in QUOTES:
            self.take("array option")
        word = self.peek()
        if word not in ("full", "valid", "same"):
            raise self.error("this mode is not understood", "full, valid or same")
        self.take("array option")
        while self.peek() and self.peek() in QUOTES:
            self.take("array option")
        return word

    def _numbers(self) -> tuple[int, ...]:
        many = self.peek() == "("
        if many:
            self.take("array option")
        found = [self._whole()]
        while many and self.peek() == ",":
            self.take("array option")
            if self.kind() == "number" or self.peek() == "-":
                found.append(self._whole())
        if many:
            self.expect(")", "array option")
        return tuple(found)

    def _whole(self) -> int:
        sign = 1
        if self.peek() == "-":
            self.take("array option")
            sign = -1
        if self.kind() != "number" or not self.peek().isdigit() or len(self.peek()) > 2:
            raise self.error("an axis is a number", "axis=0")
        return sign * int(self.take("array option").text)

    def _argument(self) -> Node:
        """An expression, or a tuple of them."""
        if self.peek() == "(" and self.lists():
            return self.listed(self.offset)
        return self.expression()

    def indexed(self, inner: Node, at: int) -> Node | None:
        """``(x * w)_{i}``, ``(x * w)[i]``, ``(x * w)(i)``; None where no index comes."""
        sign = self.peek()
        if sign not in ("_", "[", "(") or not self._whole_inside(inner):
            return None
        if sign == "_" and self.peek(1) != "{":
            self.take("subscript")
            where = self.offset
            if self.kind() == "number":
                return Indexed(inner, (Number(Fraction(self.take("index").text), where),), at)
            return Indexed(inner, (Ref(self.base(), None, "", where),), at)
        items: tuple[Node, ...] = ()
        if sign == "_":
            self.take("subscript")
        while self.peek() in ("{", "[", "("):
            opening = self.take("subscript").text
            items = (*items, *self.items())
            self.expect({"{": "}", "[": "]", "(": ")"}[opening], "subscript")
            if opening != "[":
                break
        return Indexed(inner, items, at)

    def _whole_inside(self, node: Node) -> bool:
        """Whether whole arrays are written here."""
        if isinstance(node, Operated | Called | Transposed | Matrix | Listed):
            return True
        if isinstance(node, Ref):
            tensor = self.lexicon.array(node.name)
            bare = node.items is None and (node.gradient or node.name not in self.lexicon.elements)
            return bare and bool(tensor and self.lexicon.shapes[tensor])
        return isinstance(node, Times) and any(map(self._whole_inside, parts(node)))


def begins_matrix(text: str) -> bool:
    """Whether a token opens a matrix."""
    return text in BEGINS
