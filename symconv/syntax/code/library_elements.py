"""Functions of arrays element by element, and arrays put on top of each other."""

from __future__ import annotations

from fractions import Fraction

from symconv.index import Index, Symbol
from symconv.syntax.code.arrays import (
    added,
    letter,
    moved,
    scaled,
    times,
)
from symconv.syntax.code.calling import Arguments, axis_of, reads
from symconv.syntax.code.elementwise import applied, binary
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array, broadcast, stacked, truths
from symconv.syntax.code.values import (
    Real,
    Row,
    Value,
    Whole,
)


@reads("np.multiply", "np.add", "np.subtract", "np.divide", "np.true_divide")
def _operator(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    signs = {"multiply": "*", "add": "+", "subtract": "-", "divide": "/", "true_divide": "/"}
    sign = signs[call.name.rpartition(".")[2]]
    return binary(memory, sign, call.get(0, "x1"), call.get(1, "x2"), "exact")


@reads("np.exp", "np.log", "np.tanh", "math.exp", "math.log", "math.tanh")
def _function(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    return applied(memory, call.name.rpartition(".")[2], as_array(memory, call.get(0, "x")))


@reads("np.square", "np.negative")
def _power(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = as_array(memory, call.get(0, "x"))
    if call.name == "np.negative":
        return scaled(value, Fraction(-1))
    handle = memory.new(value)
    return times(memory.load(handle), memory.load(handle))


@reads("np.maximum", "np.fmax")
def _maximum(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    left, right = call.get(0, "x1"), call.get(1, "x2")
    if isinstance(left, Whole | Real):
        left, right = right, left
    if isinstance(right, Whole | Real) and right.value == 0:
        return applied(memory, "relu", as_array(memory, left))
    raise CodeError("np.maximum is read with 0 alone")


@reads("np.where")
def _where(memory: Memory, call: Arguments) -> Value:
    call.only(3)
    mask = truths(memory, call.get(0, "condition"))
    left, right = as_array(memory, call.get(1, "x")), as_array(memory, call.get(2, "y"))
    _, (m, a, b) = broadcast(memory, mask, left, right)
    handle = memory.new(m)
    return added(added(times(memory.load(handle), a), times(memory.load(handle), b), -1), b)


@reads("np.stack")
def _stack(memory: Memory, call: Arguments) -> Value:
    call.only(2, "axis")
    items = call.get(0, "arrays")
    if isinstance(items, Row):
        made = stacked(memory, [as_array(memory, item) for item in items.items])
    elif memory.listed(items):
        made = as_array(memory, items)
    else:
        raise CodeError("np.stack takes a list")
    axis = axis_of(call.get(1, "axis", Whole(0)), made.rank)
    order = [*range(1, axis + 1), 0, *range(axis + 1, made.rank)]
    names: dict[str, Index] = {letter(old): Symbol(letter(n)) for n, old in enumerate(order)}
    return moved(made, names, tuple(made.shape[old] for old in order))
