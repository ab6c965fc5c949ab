"""Arithmetic: of integers, numbers and arrays, with NumPy's broadcasting."""

from __future__ import annotations

import ast
from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    minus,
    substitute,
    symbols,
)
from symconv.syntax.code.arrays import (
    Array,
    added,
    divided_by,
    letter,
    moved,
    of_number,
    scaled,
    times,
)
from symconv.syntax.code.facts import canon, equal
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.recognised import known_again
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.truth import ROUGH, parts, product
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Positions,
    Ratio,
    Real,
    Row,
    Truth,
    Value,
    Whole,
    Word,
)
from symconv.terms import Range, Shape, Term

BIGGEST = 10**9


def binary(memory: Memory, sign: str, left: Value, right: Value, division: str) -> Value:
    """``left sign right``.  Errors: `CodeError`."""
    memory.tick()
    for side in (left, right):
        if isinstance(side, Lost):
            raise CodeError(side.reason, side.line)
    if isinstance(left, Row) or isinstance(right, Row):
        return _rows(sign, left, right)
    if isinstance(left, Word) and sign == "%":
        return left
    if isinstance(left, Positions) or isinstance(right, Positions):
        made = _positions(memory, sign, left, right)
        if made is not None:
            return made
    if isinstance(left, Whole | Ratio) and isinstance(right, Whole | Ratio):
        return _sizes(memory, sign, left, right, division)
    plain_left, plain_right = _number(left), _number(right)
    if plain_left is not None and plain_right is not None:
        made = _numbers(sign, plain_left, plain_right)
        return replace(made, rough=_rough(sign, left, right)) if isinstance(made, Real) else made
    if isinstance(left, Real) and isinstance(right, Whole | Ratio):
        left = Ratio(left.value.numerator, left.value.denominator, left.rough)
    if isinstance(right, Real) and isinstance(left, Whole | Ratio):
        right = Ratio(right.value.numerator, right.value.denominator, right.rough)
    if isinstance(left, Whole | Ratio) and isinstance(right, Whole | Ratio):
        return _sizes(memory, sign, left, right, division)
    return _arrays(memory, sign, left, right)


def _rough(sign: str, left: Value, right: Value) -> bool:
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


def _number(value: Value) -> Fraction | None:
    if isinstance(value, Real):
        return value.value
    if isinstance(value, Whole) and isinstance(value.value, int):
        return Fraction(value.value)
    if isinstance(value, Ratio) and isinstance(value.top, int) and isinstance(value.bottom, int):
        return Fraction(value.top, value.bottom)
    return None


def _numbers(sign: str, left: Fraction, right: Fraction) -> Value:
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


def _rows(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and isinstance(left, Row) and isinstance(right, Row):
        return Row((*left.items, *right.items))
    row, other = (left, right) if isinstance(left, Row) else (right, left)
    if sign == "*" and isinstance(row, Row) and isinstance(other, Whole):
        if isinstance(other.value, int) and 0 <= other.value * len(row.items) <= 16:
            return Row(row.items * other.value)
    raise CodeError("this arithmetic with tuples or lists is not read", hint="np.array(…)")


# --- sizes --------------------------------------------------------------------------------------


def _sizes(
    memory: Memory, sign: str, left: Whole | Ratio, right: Whole | Ratio, division: str
) -> Value:
    a, b = parts(left)
    c, d = parts(right)
    pointed = isinstance(left, Ratio) or isinstance(right, Ratio)
    rough = _rough(sign, left, right)
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


# --- arrays -------------------------------------------------------------------------------------


def as_array(memory: Memory, value: Value) -> Array:
    """A value as an array.  Errors: `CodeError` for what is none."""
    match value:
        case Array():
            return value
        case Handle():
            return memory.load(value)
        case Real(number):
            return of_number(number)
        case Whole(int() as number):
            return of_number(number)
        case Whole(index):
            return _counted(memory, index)
        case Ratio(top, 1):
            return as_array(memory, Whole(top))
        case Ratio(top, bottom):
            return divided_by(as_array(memory, Whole(top)), bottom)
        case Truth(pieces):
            return Array((), tuple(Term((), where=piece) for piece in pieces))
        case Row(items):
            return stacked(memory, [as_array(memory, item) for item in items])
        case Lost(reason, line):
            raise CodeError(reason, line)
        case Positions():
            raise CodeError("an array of positions is used as numbers")
    raise CodeError("this is no array")


def _counted(memory: Memory, index: Index) -> Array:
    """A size as a number: a sum of so many ones."""
    if memory.moving(index) or any(s.startswith("#") for s in symbols(index)):
        raise CodeError("a loop's index is used as a number")
    memory.need(0, "<=", index, "a size that is multiplied with must not be negative", sure=False)
    name = memory.letter("t")
    return Array((), (Term((), (Range(name, index),)),))


def stacked(memory: Memory, rows: list[Array]) -> Array:
    """Arrays of one shape along a new first axis."""
    if not rows or len(rows) > 64:
        raise CodeError("a list of this length is not read as an array")
    terms: list[Term] = []
    first = rows[0].shape
    for place, row in enumerate(rows):
        if row.rank != len(first):
            raise CodeError("these rows have different numbers of axes")
        for n, m in zip(row.shape, first, strict=True):
            memory.need(n, "==", m, "the rows of an array have one size")
        names: dict[str, Index] = {
            letter(axis): Symbol(letter(axis + 1)) for axis in range(row.rank)
        }
        here = Condition(Symbol(letter(0)), "==", place)
        terms += [replace(t, where=(*t.where, here)) for t in moved(row, names, ()).terms]
    return Array((len(rows), *first), tuple(terms))


def truths(memory: Memory, value: Value) -> Array:
    """A condition on elements as ones and zeros.  Errors: `CodeError` for what is no comparison."""
    if isinstance(value, Truth):
        return as_array(memory, value)
    if isinstance(value, Handle | Array) and not memory.listed(value):
        array = as_array(memory, value)
        if _indicates(array):
            return array
    raise CodeError("the truth of elements is read of comparisons alone", hint="x > 0, x != 0")


def _indicates(array: Array) -> bool:
    """Whether every element is 1 or 0: one product of comparisons, or 1 without it."""
    terms = sorted(array.terms, key=lambda t: len(t.reads))
    if len(terms) == 2 and terms[0] == Term(()):
        terms = [replace(terms[1], coefficient=-terms[1].coefficient)]
    plain = all(r.function == "step" for t in terms for r in t.reads)
    return plain and (
        not terms or terms == [replace(terms[0], sums=(), divisors=(), coefficient=Fraction(1))]
    )


def broadcast(memory: Memory, *arrays: Array) -> tuple[Shape, list[Array]]:
    """Arrays over one shape, as NumPy aligns them from the last axis on."""
    rank = max(a.rank for a in arrays)
    shape: list[Index] = []
    for axis in range(rank):
        sizes = [a.shape[axis - rank + a.rank] for a in arrays if axis - rank + a.rank >= 0]
        wide = sorted(
            (n for n in sizes if n != 1), key=lambda n: (memory.moving(n), "min" in str(n))
        )
        for other in wide[1:]:
            if isinstance(other, int) and isinstance(wide[0], int) and other != wide[0]:
                raise CodeError(f"axes of {wide[0]} and {other} elements do not go together")
            text = f"axes of {wide[0]} and {other} elements are combined one by one"
            memory.together(wide[0], other, text)
        shape.append(wide[0] if wide else 1)
    return tuple(shape), [spread(a, tuple(shape)) for a in arrays]


def spread(array: Array, shape: Shape) -> Array:
    """An array over a shape with more axes, or longer ones."""
    return moved(array, wider(array.shape, shape), shape)


def wider(narrow: Shape, shape: Shape) -> dict[str, Index]:
    """Each letter of a shape in the letters of one with more axes, or longer ones."""
    shift = len(shape) - len(narrow)
    names: dict[str, Index] = {}
    for axis, size in enumerate(narrow):
        single = size == 1 and shape[axis + shift] != 1
        names[letter(axis)] = 0 if single else Symbol(letter(axis + shift))
    return names


def _arrays(memory: Memory, sign: str, left: Value, right: Value) -> Value:
    if sign == "@":
        raise CodeError("@ takes arrays")
    if sign == "/":
        return _quotient(memory, left, right)
    if sign == "**":
        if isinstance(right, Whole) and isinstance(right.value, int) and 1 <= right.value <= 4:
            left = memory.new(as_array(memory, left))  # its sums get other names each time
            total: Value = left
            for _ in range(right.value - 1):
                total = binary(memory, "*", total, left, "exact")
            return total
        raise CodeError("this power is not read")
    if sign not in ("+", "-", "*"):
        raise CodeError(f"{sign} of arrays is not read")
    if memory.listed(left) or memory.listed(right):
        raise CodeError("arithmetic with a list is not read", hint="np.array(…)")
    if sign != "*" and memory.whole(left) and memory.whole(right):
        raise CodeError(f"{sign} of truth values is not read", hint="(x > 0).astype(float)")
    _, (a, b) = broadcast(memory, as_array(memory, left), as_array(memory, right))
    if sign == "*":
        return times(a, b)
    return added(a, b, 1 if sign == "+" else -1)


def _quotient(memory: Memory, left: Value, right: Value) -> Value:
    number = _number(right)
    if number is not None:
        if not number:
            raise CodeError("this divides by 0")
        return scaled(as_array(memory, left), 1 / number)
    if isinstance(right, Whole):
        memory.divisor(right.value)
        return divided_by(as_array(memory, left), right.value)
    if isinstance(right, Ratio):
        memory.divisor(right.top)
        upper = binary(memory, "*", left, Whole(right.bottom), "exact")
        return divided_by(as_array(memory, upper), right.top)
    under = as_array(memory, right)
    if under.rank == 0 and not under.terms:
        raise CodeError("this divides by 0")
    below = applied(memory, "reciprocal", under)
    _, (a, b) = broadcast(memory, as_array(memory, left), below)
    return times(a, b)


def applied(memory: Memory, function: str, array: Array) -> Array:
    """A function of one variable, element by element, of what is one read."""
    memory.tick()
    if len(array.terms) == 1:
        (term,) = array.terms
        plain = len(term.reads) == 1 and not term.reads[0].function and not term.sums
        if plain and term.coefficient == 1 and not term.divisors and not term.where:
            read = replace(term.reads[0], function=function)
            return Array(array.shape, (replace(term, reads=(read,)),))
        if plain and term.coefficient == 1 and function in ("relu", "step") and not term.divisors:
            read = replace(term.reads[0], function=function)  # 0 where there is nothing
            return Array(array.shape, (replace(term, reads=(read,)),))
    if not array.terms and function in ("relu", "step"):
        return array
    known = known_again(array, memory.results, memory.shapes)
    if known is not None:
        return applied(memory, function, known)
    raise CodeError(f"{function} is read of single elements of a tensor only")


# --- arrays of positions ------------------------------------------------------------------------


def _positions(memory: Memory, sign: str, left: Value, right: Value) -> Value | None:
    sides: list[Positions] = []
    for side in (left, right):
        if isinstance(side, Whole):
            side = Positions((), side.value)
        if not isinstance(side, Positions):
            return None
        sides.append(side)
    shape, (a, b) = align(memory, *sides)
    match sign:
        case "+":
            value: Index = add(a, b)
        case "-":
            value = add(a, minus(b))
        case "*":
            value = Product((a, b))
        case "//" | "%":
            if any(s.startswith("#") for s in symbols(b)):
                raise CodeError("positions are divided by positions")
            memory.divisor(b)
            value = FloorDiv(a, b) if sign == "//" else Mod(a, b)
        case _:
            raise CodeError(f"{sign} of positions is not read")
    return Positions(shape, canon(value))


def align(memory: Memory, *items: Positions) -> tuple[Shape, list[Index]]:
    """Positions over one shape."""
    shape, _ = broadcast(memory, *(Array(p.shape) for p in items))
    return shape, [substitute(p.value, wider(p.shape, shape)) for p in items]


SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@",
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
