"""Numbers: rounded, as floats, lengths, shapes, products of sizes."""

from __future__ import annotations

from fractions import Fraction

from symconv.syntax.code.arrays import (
    Array,
)
from symconv.syntax.code.calling import Arguments, reads
from symconv.syntax.code.elementwise import binary
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.sizes import rounded
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Handle,
    Positions,
    Ratio,
    Real,
    Row,
    Value,
    Whole,
)


@reads("int", "math.floor", "math.ceil", "np.floor", "np.ceil")
def _rounded(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    made = rounded(memory, call.get(0, "x"), call.name.rpartition(".")[2])
    if call.name.startswith("np.") and isinstance(made, Whole):
        return Ratio(made.value, 1)  # a number with a point
    return made


@reads("float")
def _float(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = call.get(0, "x")
    if isinstance(value, Handle | Array):
        value = as_array(memory, value)
        if value.rank:
            raise CodeError("float() takes a number")
        return value
    return (
        Real(Fraction(value.value))
        if isinstance(value, Whole) and isinstance(value.value, int)
        else value
    )


@reads("len")
def _len(memory: Memory, call: Arguments) -> Value:
    value = call.get(0, "a")
    if isinstance(value, Row):
        return Whole(len(value.items))
    if isinstance(value, Handle | Array | Positions) and value.shape:
        return Whole(value.shape[0])
    raise CodeError("len is read of arrays and tuples alone")


@reads("np.shape")
def _shape(memory: Memory, call: Arguments) -> Value:
    value = call.get(0, "a")
    if isinstance(value, Handle | Array | Positions):
        return Row(tuple(Whole(n) for n in value.shape))
    raise CodeError("np.shape is read of arrays alone")


@reads("np.prod", "math.prod")
def _prod(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = call.get(0, "a")
    if not isinstance(value, Row):
        raise CodeError("np.prod is read of shapes alone")
    total: Value = Whole(1)
    for item in value.items:
        total = binary(memory, "*", total, item, "exact")
    return total
