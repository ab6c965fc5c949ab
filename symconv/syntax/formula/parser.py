"""The grammar of formulas, by precedence: chains, sums, products, and what they are made of."""

from __future__ import annotations

from fractions import Fraction

from symconv.syntax.formula.measures import WORDS
from symconv.syntax.formula.source import MOST_FACTORS, MOST_PIECES
from symconv.syntax.formula.trees import (
    Add,
    Apply,
    Called,
    Chain,
    Dots,
    Floor,
    Node,
    Number,
    Over,
    Partial,
    Power,
    Ref,
    Relation,
    Test,
    Times,
)
from symconv.syntax.formula.wholes_reader import WholeReader, begins_matrix

CHAIN = ("=", ":=", "+=", "<", "<=", ">", ">=", "!=")
ORDERED = ("<", "<=", ">", ">=")
COMPARED = ("=", "!=", "\\mid", "\\equiv", *ORDERED)
BRACKETS = {"(": ")", "[": "]", "{": "}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
FUNCTIONS = {
    "\\max": "max", "\\min": "min", "\\sigma": "sigmoid", "\\tanh": "tanh", "\\exp": "exp",
    "\\log": "log", "\\ln": "log", "relu": "relu", "ReLU": "relu", "sigmoid": "sigmoid",
    "tanh": "tanh", "exp": "exp", "log": "log", "ln": "log", "max": "max", "min": "min",
}  # fmt: skip
STOPS = frozenset(
    "and odd even for if in is where when with otherwise else all divisible are".split()
)
SHORT = ("if", "in", "is", "when", "with", "are", "divisible")
"""Words that no tokenizer puts together: they count behind a space."""
MOST_FORMULAS = 40
ROUNDED = {"int": "int", "floor": "floor", "ceil": "ceil"}


class Parser(WholeReader):
    """A whole formula."""

    def chains(self) -> tuple[Chain, ...]:
        """The formulas of a text, parted by commas, wide spaces and rows."""
        found = [self.chain()]
        while self.peek():
            mark = self.mark()
            self._parted()
            if self.take_word("and") or self.mark() > mark:
                if len(found) == MOST_FORMULAS:
                    raise self.error("too many formulas", f"at most {MOST_FORMULAS}")
                if self.peek():
                    found.append(self.chain())
                continue
            break
        return tuple(found)

    def chain(self) -> Chain:
        """Sides and their relations, over aligned rows, and what is stated behind them."""
        self.rows()
        start = self.offset
        sides, relations = [self.expression()], []
        cuts = [(start, self.tokens[self.here - 1].end)]
        while self.after_rows() in CHAIN:
            self.rows()
            relations.append(self.take("relation").text)
            self.rows()
            at = self.offset
            sides.append(self.expression())
            cuts.append((at, self.tokens[self.here - 1].end))
        stated, where = self.clauses()
        span = (start, self.tokens[self.here - 1].end)
        self.ends()
        return Chain(tuple(sides), tuple(relations), stated, where, span, tuple(cuts))

    def ends(self) -> None:
        """Take the row breaks and the full stop at the end of the text."""
        mark = self.mark()
        self.rows()
        rest = self.tokens[self.here :]
        if [t.text for t in rest[1:]][::2] == ["(", ")"] and rest[0].kind == "gap":
            for _ in rest if rest[2].kind == "number" else ():
                self.take("equation number")
        if self.peek() in (".", ",", ";") and self.here == len(self.tokens) - 1:
            self.take("punctuation")
        if self.peek():
            self.back(mark)

    def conditions(self) -> tuple[Relation, ...]:
        """A text that is a list of conditions."""
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("a condition without a relation", "N > K, or K odd", 0)
        self.ends()
        return found

    def finished(self) -> None:
        """Refuse what is left over."""
        if self.peek():
            raise self.error(f"{self.peek()} is not understood here")

    def expression(self) -> Node:
        """``± a ± b …``."""
        self.enter()
        at = self.offset
        sign = 1
        if self.peek() == "-":
            self.take("sign")
            sign = -1
        elif self.peek() == "+":
            self.take("plus")
        terms = [(1, self.term()) if sign > 0 else self._term(at)]
        while self.after_rows() in ("+", "-"):
            self.rows()
            if len(terms) == MOST_PIECES:
                raise self.error("too many terms", f"at most {MOST_PIECES}")
            sign = -1 if self.take("sign").text == "-" else 1
            self.rows()
            mark = self.mark()
            if self.peek() == "\\dots" and not self.cells:
                terms.append((sign, self._left_out(sign)))
                continue
            terms.append((sign, self.term()))
            self._clear_remainder(mark)
        self.leave()
        return terms[0][1] if terms == [(1, terms[0][1])] else Add(tuple(terms), at)

    def _left_out(self, sign: int) -> Dots:
        """Dots between two plus signs."""
        at = self.offset
        self.take("dots")
        if sign < 0 or self.after_rows() != "+":
            raise self.error(
                "dots in a sum stand between two plus signs", r"a_0 + \dots + a_{K-1}", at
            )
        return Dots(at)

    def _clear_remainder(self, mark: int) -> None:
        r"""Refuse ``a + b \bmod n``: of all of it, or of b? Python's ``%`` binds tighter."""
        depth = 0
        for token in self.tokens[mark : self.here]:
            depth += (token.text in BRACKETS) - (token.text in BRACKETS.values())
            written = self.source.text[token.start]
            if (
                not depth
                and "mod" in token.text
                and token.meaning == "divided by"
                and written != "%"
            ):
                why = "what the remainder is taken of is not clear here"
                raise self.error(why, "brackets", token.start)

    def term(self) -> Node:
        """A product; a sum takes everything up to the next + or -."""
        return self._term()[1]

    def _term(self, minus: int | None = None) -> tuple[int, Node]:
        """A sign and a product; a minus in front goes with what is divided: ``-n//2``."""
        at = self.offset
        node = self.factor()
        factors, signs = [node], [""]
        divided = False
        count = 0
        while True:
            count += 1
            if count > MOST_FACTORS:
                raise self.error("too many factors", f"at most {MOST_FACTORS}")
            sign = self.after_rows() if self.kind() == "row" else self.peek()
            if self.operates():
                factors = [self.operated(product(factors, at, signs), at)]
                signs, divided = [""], False
            elif sign == "*":
                self.rows()
                token = self.take("times")
                self.rows()
                factors.append(self.factor())
                signs.append(self.sign_written("*", token.start, token.end))
                divided = False
            elif "mod" in sign and self.depth == self.modulo:
                return 1 if minus is None else -1, product(factors, at, signs)
            elif sign in ("/", "//", "\\mod", "mod"):
                self.take("divided by")
                kind = "mod" if "mod" in sign else sign
                top = product(factors, at, signs)
                if minus is not None:
                    top, minus = Add(((-1, top),), minus), None
                bottom = self.factor()
                factors = [Over(kind, top, bottom, at)]
                signs, divided = [""], True
            elif self.kind() != "row" and self.starts_factor():
                if divided or (self.kind() == "number" and not self._indicator()):
                    why = "what belongs to the divisor" if divided else "a number behind a factor"
                    raise self.error(f"{why} is not clear here", "brackets, or a dot")
                factors.append(self.factor())
                signs.append("")
            else:
                return 1 if minus is None else -1, product(factors, at, signs)

    def starts_factor(self) -> bool:
        """Whether a factor comes next."""
        text = self.peek()
        if self.stops() or (text == "(" and self.peek(1) in ("\\mod", "\\pmod", "mod")):
            return False
        return (
            self.kind() == "number"
            or text in BRACKETS
            or text in ("\\frac", "\\sum", "\\partial", "\\mathbb", "\\begin{cases}", "\\nabla")
            or text in FUNCTIONS
            or begins_matrix(text)
            or self.starts_name()
        )

    def stops(self) -> bool:
        """Whether a word comes next that is no factor: "and", "odd", "for" …"""
        text = self.peek()
        if text in STOPS or " " in text:
            return True
        before = self.tokens[self.here - 1].end if self.here else 0
        parted = self.offset > before and self.kind() == "name"
        return parted and any(self.word(word) for word in SHORT)

    def factor(self) -> Node:
        """One factor with its power."""
        self.enter()
        node = self._factor()
        self.leave()
        return node

    def _factor(self) -> Node:
        at, text = self.offset, self.peek()
        if self.array_word():
            return self.array_call(at)
        if begins_matrix(text):
            return self.matrix(at)
        if text == "\\sum" and self.peek(1) not in ("_", "^"):
            self.take("sum")
            return Called("sum", (self.term(),), at)
        if text == "\\sum" or (text == "Sigma" and "Sigma" not in self.lexicon.sizes):
            return self.summed()
        if text == "sum" and self.peek(1) == "(":
            return self.plain_sum()
        if text == "sum" and self.peek(1) == "_":
            return self.summed()
        if text == "\\begin{cases}":
            return self.cases()
        if text == "\\nabla" or (text == "\\partial" and self.peek(1) == "_"):
            return self.nabla()
        if self.starts_partial():
            return self.partial()
        if text == "\\frac":
            self.take("fraction")
            top, bottom = self.argument(), self.argument()
            return Over("/", top, bottom, at)
        if self._indicator():
            return self._test(at)
        if self.kind() == "number":
            token = self.take("number")
            if len(token.text) > 9:
                raise self.error("this number is too long", "at most 9 digits", at)
            return self._powered(Number(Fraction(token.text), at), at)
        if FUNCTIONS.get(text) == "max" and self.peek(1) == "_":
            return self.largest()
        if text in FUNCTIONS and self._called():
            return self._apply(at)
        if text in WORDS and self.peek(1) == "(":
            self.take("function")
            self.take("bracket")
            arguments = self.items()
            self.expect(")", "bracket")
            return Apply(text, arguments, at)
        if text in ROUNDED and self.peek(1) == "(":
            self.take("rounding")
            return Floor(ROUNDED[text], self._inside("("), at)
        if text in ("\\lfloor", "\\lceil"):
            inner = self._inside(text, "rounding")
            return Floor("floor" if text == "\\lfloor" else "ceil", inner, at)
        if text in ("(", "{"):
            return self._grouped(text, at)
        if text == "[":
            return self._square(at)
        if self.starts_name():
            return self.turned(self.reference(), at)
        raise self.error(f"{text or 'the end'} stands where a factor should", "a number or a name")

    def _called(self) -> bool:
        ahead = 1
        if self.peek(1) == "^" and self.kind(2) == "number":
            ahead = 3
        elif self.peek(1) == "'":
            ahead = 2
        return self.peek(ahead) == "(" or self.peek(1) == "{"

    def _apply(self, at: int) -> Node:
        name = FUNCTIONS[self.take("function").text]
        if self.peek() == "'":
            self.take("derivative")
            name += "'"
        power = self._power_or_label() if self.peek() == "^" else 1
        opening = self.take("bracket").text
        arguments = self.items()
        self.expect(BRACKETS[opening], "bracket")
        applied = Apply(name, arguments, at)
        if isinstance(power, int) and power > 1:
            return Power(applied, power, at)
        return self._powered(applied, at)

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

    def _inside(self, opening: str, role: str = "bracket") -> Node:
        self.expect(opening, role)
        inner = self.expression()
        if opening == "{" and self.peek() == "\\over":
            self.take("divided by")
            inner = Over("/", inner, self.expression(), inner.at)
        closing = self.expect(BRACKETS[opening], role)
        closing.meaning = "closing" if role == "rounding" else role
        return inner

    def _grouped(self, opening: str, at: int) -> Node:
        if opening == "(" and self.lists():
            return self.listed(at)
        if opening == "(" and self._related_inside(0, ORDERED):
            return self._mask(at)
        inner = self._inside(opening)
        if isinstance(inner, Partial) and self.peek() in ("_", "["):
            return self.behind(inner)
        indexed = self.indexed(inner, at)
        if indexed is not None:
            return indexed
        if self.peek() in ("_", "'"):
            raise self.error("a subscript behind a bracket is not understood")
        return self._powered(inner, at)

    def _mask(self, at: int) -> Node:
        """``(z > 0)``, where the sign of a tensor's elements is asked for."""
        opening = self.take("bracket")
        found = self.relations()
        made = found if isinstance(found, tuple) else ()
        sides = (side for r in made for side in (r.left, r.right))
        if not any(isinstance(side, Ref) and self.lexicon.is_tensor(side) for side in sides):
            why = "a condition in round brackets could be a factor, or where this is said"
            raise self.error(why, "[condition], or a wide space before it", at)
        opening.meaning = "test"
        self.expect(")", "bracket")
        return Test(made, at)

    def _powered(self, node: Node, at: int) -> Node:
        node = self.turned(node, at)
        if self.peek() != "^":
            return node
        exponent = self._power_or_label()
        if not isinstance(exponent, int):
            raise self.error("this power is not a whole number", at=at)
        return Power(node, exponent, at)

    def _square(self, at: int) -> Node:
        if self.lists():
            return self.listed(at)
        opening = self.take("bracket")
        found = self.relations()
        if isinstance(found, tuple):
            opening.meaning = "test"
            self.expect("]", "bracket")
            return Test(found, at)
        self.expect("]", "bracket")
        if isinstance(found, Partial) and self.peek() == "_":
            return self.behind(found)
        return self.indexed(found, at) or self._powered(found, at)

    def _indicator(self) -> int:
        """How many tokens make an indicator's sign: a bold 1 or I, a 1 right before a relation."""
        if self.peek() == "1" and self.peek(1) in ("[", "{", "("):
            return int(self._related_inside(1, COMPARED))
        if self.peek() not in ("\\mathbb", "\\mathbf"):
            return 0
        if self.peek(1) == "{" and self.peek(2) in ("1", "I") and self.peek(3) == "}":
            return 4
        return 2 if self.peek(1) in ("1", "I") else 0

    def _related_inside(self, start: int, signs: tuple[str, ...]) -> bool:
        """Whether a relation stands right in the bracket that opens so many tokens ahead."""
        depth = 0
        for ahead in range(start, len(self.tokens) - self.here):
            text = self.peek(ahead)
            depth += (text in BRACKETS) - (text in BRACKETS.values())
            if not depth or (depth == 1 and text in signs):
                return bool(depth)
        return False

    def _test(self, at: int) -> Node:
        for _ in range(self._indicator()):
            self.take("indicator")
        if self.peek() == "_":
            self.take("indicator")
        closing: list[str] = []
        while self.peek() in ("[", "(", "{") and len(closing) < 2:
            if closing and not self._enclosed(closing[0]):
                break
            closing.append(BRACKETS[self.take("bracket").text])
        if not closing:
            raise self.error("an indicator without its condition", "[condition]")
        found = self.relations()
        if not isinstance(found, tuple):
            raise self.error("this indicator has no relation", at=at)
        while closing:
            self.expect(closing.pop(), "bracket")
        return Test(found, at)

    def _enclosed(self, closing: str) -> bool:
        """Whether the bracket that comes next is closed right before `closing`."""
        depth = 0
        for ahead in range(len(self.tokens) - self.here):
            text = self.peek(ahead)
            depth += text in BRACKETS
            depth -= text in BRACKETS.values()
            if not depth:
                return self.peek(ahead + 1) == closing
        return False


def product(factors: list[Node], at: int, signs: list[str]) -> Node:
    """The factors as one node."""
    return factors[0] if len(factors) == 1 else Times(tuple(factors), at, tuple(signs))
