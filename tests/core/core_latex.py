r"""A reader of the LaTeX of indices, written from the conventions of textbooks.

Products stand side by side, ``\lfloor \frac{a}{b} \rfloor`` is a quotient rounded down, a minus in
front belongs to the whole product.  ``a mod b`` beside a plus or minus could be read two ways and
is refused; so is anything that is not read to its end.
"""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\\left\\lfloor|\\right\\rfloor|\\frac|\\min|\\max|\\left\(|\\right\)|\\;\\mathrm\{mod\}\\;"
    r"|\\cdot|\\[a-zA-Z]+|[A-Za-z](?:_\{[^{}]*\})?|\d+|[-+/(){},]"
)


def value(latex: str, names: dict[str, int]) -> int:
    """What the formula is worth; letters are looked up as they are printed (``K_{h}``)."""
    reader = Reader(TOKEN.findall(latex), names)
    assert "".join(reader.tokens) == latex.replace(" ", ""), f"unknown signs in {latex}"
    result = reader.sum()
    assert not reader.tokens, f"{reader.tokens} is left over in {latex}"
    return result


class Reader:
    def __init__(self, tokens, names):
        self.tokens = tokens
        self.names = names

    def take(self, *signs):
        if self.tokens and self.tokens[0] in signs:
            return self.tokens.pop(0)
        return None

    def need(self, sign):
        assert self.take(sign), f"{sign} is missing before {self.tokens}"

    def sum(self):
        total = self.term()
        several = False
        while sign := self.take("+", "-"):
            several = True
            assert self.tokens[0] not in "+-", "two signs in a row"
            total += self.term() if sign == "+" else -self.term()
        if self.take(r"\;\mathrm{mod}\;"):
            assert not several, "mod beside a sum"
            total %= self.factor()
            assert not self.tokens or self.tokens[0] not in "+-", "mod beside a sum"
        return total

    def term(self):
        negative = self.take("-")
        total = self.factor()
        while self.tokens and self.tokens[0] not in ENDS:
            if self.take("/"):
                bottom = self.factor()
                assert total % bottom == 0, "a quotient that is not whole"
                total //= bottom
            else:
                digits = bool(self.take(r"\cdot"))
                assert digits or not self.tokens[0].isdigit() or not self.number, "2 3 is not 6"
                total *= self.factor()
        if negative:
            mod = self.tokens and self.tokens[0] == r"\;\mathrm{mod}\;"
            assert not mod, "a minus before mod"
        return -total if negative else total

    def factor(self):
        token = self.tokens.pop(0)
        self.number = token.isdigit()
        if token.isdigit():
            return int(token)
        if token in "({":
            total = self.sum()
            self.need({"(": ")", "{": "}"}[token])
            return total
        if token == r"\left\lfloor":
            self.need(r"\frac")
            top, bottom = self.factor(), self.factor()
            self.need(r"\right\rfloor")
            return top // bottom
        if token in (r"\min", r"\max"):
            self.need(r"\left(")
            parts = [self.sum()]
            while self.take(","):
                parts.append(self.sum())
            self.need(r"\right)")
            return min(parts) if token == r"\min" else max(parts)
        return self.names[token]


ENDS = ("+", "-", ")", "}", ",", r"\right)", r"\right\rfloor", r"\;\mathrm{mod}\;")
