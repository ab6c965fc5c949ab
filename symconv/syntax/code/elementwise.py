"""Arithmetic element by element: sizes, numbers, arrays, arrays of positions."""

from __future__ import annotations

import ast
from dataclasses import replace

from symconv.index import (
    FloorDiv,
    Index,
    Mod,
    Product,
    add,
    minus,
    substitute,
    symbols,
)
from symconv.syntax.code.arrays import (
    Array,
    added,
    divided_by,
    scaled,
    times,
)
from symconv.syntax.code.facts import canon
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.recognised import known_again
from symconv.syntax.code.sizes import is_rough, number_in, numbers, sized
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array, broadcast, wider
from symconv.syntax.code.values import (
    Lost,
    Positions,
    Ratio,
    Real,
    Row,
    Value,
    Whole,
    Word,
)
from symconv.terms import Shape


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
        return sized(memory, sign, left, right, division)
    plain_left, plain_right = number_in(left), number_in(right)
    if plain_left is not None and plain_right is not None:
        made = numbers(sign, plain_left, plain_right)
        return replace(made, rough=is_rough(sign, left, right)) if isinstance(made, Real) else made
    if isinstance(left, Real) and isinstance(right, Whole | Ratio):
        left = Ratio(left.value.numerator, left.value.denominator, left.rough)
    if isinstance(right, Real) and isinstance(left, Whole | Ratio):
        right = Ratio(right.value.numerator, right.value.denominator, right.rough)
    if isinstance(left, Whole | Ratio) and isinstance(right, Whole | Ratio):
        return sized(memory, sign, left, right, division)
    return _arrays(memory, sign, left, right)


def _rows(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and isinstance(left, Row) and isinstance(right, Row):
        return Row((*left.items, *right.items))
    row, other = (left, right) if isinstance(left, Row) else (right, left)
    if sign == "*" and isinstance(row, Row) and isinstance(other, Whole):
        if isinstance(other.value, int) and 0 <= other.value * len(row.items) <= 16:
            return Row(row.items * other.value)
    raise CodeError("this arithmetic with tuples or lists is not read", hint="np.array(…)")


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
    number = number_in(right)
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
