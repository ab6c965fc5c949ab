"""The grammar of formulas, by precedence: chains, sums, products, and what they are made of."""

from __future__ import annotations

from fractions import Fraction

from symconv.syntax.formula.binders import SumReader
from symconv.syntax.formula.trees import (
    Add,
    Apply,
    Chain,
    Floor,
    Node,
    Number,
    Over,
    Partial,
    Power,
    Ref,
    Test,
    Times,
)

CHAIN = ("=", ":=", "+=", "<", "<=", ">", ">=", "!=")
BRACKETS = {"(": ")", "[": "]", "{": "}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
FUNCTIONS = {
    "\\max": "max", "\\min": "min", "\\sigma": "sigmoid", "\\tanh": "tanh", "\\exp": "exp",
    "\\log": "log", "\\ln": "log", "relu": "relu", "ReLU": "relu", "sigmoid": "sigmoid",
    "tanh": "tanh", "exp": "exp", "log": "log", "ln": "log", "max": "max", "min": "min",
}  # fmt: skip
ROUNDED = {"int": "int", "floor": "floor", "ceil": "ceil"}


class Parser(SumReader):
    """A whole formula."""

    def chain(self) -> Chain:
        """Sides and their relations, over aligned rows."""
        self.rows()
        sides, relations = [self.expression()], []
        while self.after_rows() in CHAIN:
            self.rows()
            relations.append(self.take("relation").text)
            self.rows()
            sides.append(self.expression())
        self.rows()
        if self.peek() in (".", ",", ";") and self.here == len(self.tokens) - 1:
            self.take("punctuation")
        return Chain(tuple(sides), tuple(relations))

    def finished(self) -> None:
        """Refuse what is left over."""
        if self.peek():
            raise self.error(f"{self.peek()} is not understood here")

    def expression(self) -> Node:
        """``± a ± b …``."""
        self.enter()
        at = self.offset
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.take("sign").text == "-" else sign
        terms = [(sign, self.term())]
        while self.after_rows() in ("+", "-"):
            self.rows()
            sign = -1 if self.take("sign").text == "-" else 1
            self.rows()
            terms.append((sign, self.term()))
        self.leave()
        return terms[0][1] if terms == [(1, terms[0][1])] else Add(tuple(terms), at)

    def term(self) -> Node:
        """A product; a sum takes everything up to the next + or -."""
        at = self.offset
        node = self.factor()
        factors = [node]
        divided = False
        while True:
            sign = self.after_rows() if self.kind() == "row" else self.peek()
            if sign == "*":
                self.rows()
                self.take("times")
                self.rows()
                factors.append(self.factor())
                divided = False
            elif sign in ("/", "//", "\\mod", "mod"):
                self.take("divided by")
                kind = "mod" if "mod" in sign else sign
                bottom = self.factor()
                factors = [Over(kind, product(factors, at), bottom, at)]
                divided = True
            elif self.kind() != "row" and self.starts_factor():
                if divided or self.kind() == "number":
                    why = "what belongs to the divisor" if divided else "a number behind a factor"
                    raise self.error(f"{why} is not clear here", "brackets, or a dot")
                factors.append(self.factor())
            else:
                return product(factors, at)

    def starts_factor(self) -> bool:
        """Whether a factor comes next."""
        text = self.peek()
        if text in ("and",):
            return False
        return (
            self.kind() == "number"
            or text in BRACKETS
            or text in ("\\frac", "\\sum", "\\partial", "\\mathbb")
            or text in FUNCTIONS
            or self.starts_name()
        )

    def factor(self) -> Node:
        """One factor with its power."""
        self.enter()
        node = self._factor()
        self.leave()
        return node

    def _factor(self) -> Node:
        at, text = self.offset, self.peek()
        if text == "\\sum" or (text == "Sigma" and "Sigma" not in self.lexicon.sizes):
            return self.summed()
        if self.starts_partial():
            return self.partial()
        if text == "\\frac":
            self.take("fraction")
            top, bottom = self.argument(), self.argument()
            return Over("/", top, bottom, at)
        if self.kind() == "number":
            token = self.take("number")
            if len(token.text) > 9:
                raise self.error("this number is too long", "at most 9 digits", at)
            return self._powered(Number(Fraction(token.text), at), at)
        if self._indicator():
            return self._test(at)
        if text in FUNCTIONS and self._called():
            return self._apply(at)
        if text in ROUNDED and self.peek(1) == "(":
            self.take("rounding")
            return Floor(ROUNDED[text], self._inside("("), at)
        if text in ("\\lfloor", "\\lceil"):
            return Floor("floor" if text == "\\lfloor" else "ceil", self._inside(text), at)
        if text in ("(", "{"):
            return self._grouped(text, at)
        if text == "[":
            return self._square(at)
        if self.starts_name():
            return self.reference()
        raise self.error(f"{text or 'the end'} stands where a factor should", "a number or a name")

    def _called(self) -> bool:
        return self.peek(1) in ("(", "{") or (self.peek(1) == "'" and self.peek(2) == "(")

    def _apply(self, at: int) -> Node:
        name = FUNCTIONS[self.take("function").text]
        if self.peek() == "'":
            self.take("derivative")
            name += "'"
        opening = self.take("bracket").text
        arguments = self.items()
        self.expect(BRACKETS[opening], "bracket")
        return Apply(name, arguments, at)

    def argument(self) -> Node:
        r"""What ``\frac`` takes: a group, or a single sign."""
        if self.peek() == "{":
            return self._inside("{")
        if self.kind() == "number" and len(self.peek()) > 1:
            raise self.error("this fraction has no braces", "braces around both parts")
        at = self.offset
        if self.kind() == "number":
            return Number(Fraction(self.take("number").text), at)
        return Ref(self.base(), None, "", at)

    def _inside(self, opening: str) -> Node:
        self.expect(opening, "bracket")
        inner = self.expression()
        self.expect(BRACKETS[opening], "bracket")
        return inner

    def _grouped(self, opening: str, at: int) -> Node:
        inner = self._inside(opening)
        if isinstance(inner, Partial) and self.peek() in ("_", "["):
            return self.behind(inner)
        if self.peek() in ("_", "'"):
            raise self.error("a subscript behind a bracket is not understood")
        return self._powered(inner, at)

    def _powered(self, node: Node, at: int) -> Node:
        if self.peek() != "^":
            return node
        exponent = self._power_or_label()
        if not isinstance(exponent, int):
            raise self.error("this power is not a whole number", at=at)
        return Power(node, exponent, at)

    def _square(self, at: int) -> Node:
        self.take("bracket")
        found = self.relations()
        if isinstance(found, tuple):
            self.expect("]", "bracket")
            return Test(found, at)
        self.expect("]", "bracket")
        if isinstance(found, Partial) and self.peek() == "_":
            return self.behind(found)
        return self._powered(found, at)

    def _indicator(self) -> bool:
        number = self.peek(1) == "{" and self.peek(2) in ("1", "I") and self.peek(3) == "}"
        return number and self.peek() in ("\\mathbb", "\\mathbf")

    def _test(self, at: int) -> Node:
        for _ in range(4):
            self.take("indicator")
        if self.peek() == "_":
            self.take("indicator")
        opening = self.peek()
        if opening not in ("[", "(", "{"):
            raise self.error("an indicator without its condition", "[condition]")
        self.take("bracket")
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("this indicator has no relation", at=at)
        self.expect(BRACKETS[opening], "bracket")
        return Test(found, at)


def product(factors: list[Node], at: int) -> Node:
    """The factors as one node."""
    return factors[0] if len(factors) == 1 else Times(tuple(factors), at)
