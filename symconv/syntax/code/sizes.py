"""Arithmetic of sizes and numbers, exact; and what rounds a quotient."""

from __future__ import annotations

from fractions import Fraction

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    add,
    minus,
)
from symconv.syntax.code.facts import canon, equal
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.truth import ROUGH, parts, product
from symconv.syntax.code.values import (
    Ratio,
    Real,
    Value,
    Whole,
)

BIGGEST = 10**9


def is_rough(sign: str, left: Value, right: Value) -> bool:
    """Whether an operation may start from a number that floating point has rounded."""
    sides = (left, right)
    if any(isinstance(side, Real | Ratio) and side.rough for side in sides):
        return True
    if sign in ("+", "-") and any(isinstance(side, Whole) for side in sides):
        return False  # (N - K) / S + 1 passes no integer
    if sign == "/" and isinstance(right, Whole):
        return False
    return not all(map(_represented, sides))


def _represented(value: Value) -> bool:
    """Whether a float holds the number as it is: its denominator is a power of 2."""
    if isinstance(value, Real):
        return value.value.denominator.bit_count() == 1
    if isinstance(value, Ratio):
        return isinstance(value.bottom, int) and value.bottom.bit_count() == 1
    return True


def number_in(value: Value) -> Fraction | None:
    """A number that is known, or None."""
    if isinstance(value, Real):
        return value.value
    if isinstance(value, Whole) and isinstance(value.value, int):
        return Fraction(value.value)
    if isinstance(value, Ratio) and isinstance(value.top, int) and isinstance(value.bottom, int):
        return Fraction(value.top, value.bottom)
    return None


def numbers(sign: str, left: Fraction, right: Fraction) -> Value:
    """``left sign right`` of two numbers.  Errors: `CodeError`."""
    if sign in ("/", "//", "%") and not right:
        raise CodeError("this divides by 0")
    if sign == "**" and right.denominator == 1 and 0 <= right <= 9:
        return Real(left ** int(right))
    table = {
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
        "/": lambda: left / right, "//": lambda: Fraction(left // right),
        "%": lambda: left % right,
    }  # fmt: skip
    if sign not in table:
        raise CodeError(f"{sign} is not read here")
    made = table[sign]()
    if max(abs(made.numerator), made.denominator) > BIGGEST**2:
        raise CodeError("this number is too large")
    return Real(made)


def sized(
    memory: Memory, sign: str, left: Whole | Ratio, right: Whole | Ratio, division: str
) -> Value:
    """``left sign right`` of two sizes.  Errors: `CodeError`."""
    a, b = parts(left)
    c, d = parts(right)
    pointed = isinstance(left, Ratio) or isinstance(right, Ratio)
    rough = is_rough(sign, left, right)
    ratio = (lambda top, bottom: _pointed(top, bottom, rough)) if pointed else _exact
    if sign == "+":
        return ratio(add(product(a, d), product(c, b)), product(b, d))
    if sign == "-":
        return ratio(add(product(a, d), minus(product(c, b))), product(b, d))
    if sign == "*":
        return ratio(product(a, c), product(b, d))
    if sign == "**" and isinstance(c, int) and d == 1 and 0 <= c <= 4:
        return ratio(Product((a,) * c) if c else 1, Product((b,) * c) if c else 1)
    if sign not in ("/", "//", "%"):
        raise CodeError(f"{sign} of sizes is not read")
    top, bottom = canon(product(a, d)), canon(product(b, c))
    if bottom == 0:
        raise CodeError("this divides by 0")
    if isinstance(bottom, int) and bottom < 0:
        top, bottom = canon(minus(top)), -bottom
    memory.divisor(bottom)
    if sign == "/" and division == "floor" and b == d == 1:
        sign = "//"
    if sign == "/":
        return _pointed(top, bottom, rough)
    if rough:
        raise CodeError(ROUGH)
    whole = canon(FloorDiv(top, bottom))
    if sign == "//":
        return Ratio(whole, 1) if pointed else Whole(whole)
    if pointed:
        raise CodeError("a remainder of fractions is not read")
    return Whole(canon(Mod(top, bottom)))


def _exact(top: Index, bottom: Index) -> Whole:
    """An integer; nothing was divided."""
    del bottom
    top = canon(top)
    if isinstance(top, int) and abs(top) > BIGGEST:
        raise CodeError("this number is too large")
    return Whole(top)


def _pointed(top: Index, bottom: Index, rough: bool = False) -> Ratio:
    """A number with a point, over 1 where the bottom divides outright: still no integer."""
    top, bottom = canon(top), canon(bottom)
    if isinstance(top, int) and abs(top) > BIGGEST:
        raise CodeError("this number is too large")
    quotient = canon(FloorDiv(top, bottom))
    if equal(product(quotient, bottom), top):
        return Ratio(quotient, 1, rough)
    return Ratio(top, bottom, rough)


def rounded(memory: Memory, value: Value, way: str) -> Value:
    """``int`` (towards zero), ``floor``, ``ceil``."""
    if isinstance(value, Whole):
        return value
    if isinstance(value, Real):
        top, bottom = value.value.numerator, value.value.denominator
        value = Ratio(top, bottom, value.rough)
    if not isinstance(value, Ratio):
        raise CodeError(f"{way} of an array is not read")
    if value.rough:
        raise CodeError(ROUGH)
    if value.bottom == 1:
        return Whole(value.top)
    if isinstance(value.top, int) and isinstance(value.bottom, int):
        low = value.top // value.bottom
        up = way == "ceil" or (way == "int" and value.top < 0)
        return Whole(low + 1 if up and low * value.bottom != value.top else low)
    if way == "ceil":
        return Whole(canon(FloorDiv(add(value.top, value.bottom, -1), value.bottom)))
    if way == "int" and memory.facts.holds(Condition(value.top, "<=", 0)):
        return Whole(canon(minus(FloorDiv(minus(value.top), value.bottom))))
    if way == "int":
        text = "int() rounds towards 0: what it rounds must not be below"
        memory.need(0, "<=", value.top, text, sure=False)
    return Whole(canon(FloorDiv(value.top, value.bottom)))
