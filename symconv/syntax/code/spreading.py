"""Values as arrays, and arrays of several shapes over one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    Condition,
    Index,
    Symbol,
    symbols,
)
from symconv.syntax.code.arrays import (
    Array,
    divided_by,
    letter,
    moved,
    of_number,
)
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
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
)
from symconv.terms import Range, Shape, Term


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
