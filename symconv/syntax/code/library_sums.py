"""Sums and means along axes."""

from __future__ import annotations

from dataclasses import replace

from symconv.index import Condition, Index, Max, Min, Product, Symbol, add, minus, polynomial
from symconv.syntax.code.arrays import (
    Array,
    divided_by,
    letter,
    moved,
    summed,
)
from symconv.syntax.code.calling import Arguments, axes_of, flag, reads
from symconv.syntax.code.facts import canon
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Nothing,
    Truth,
    Value,
)
from symconv.terms import Range

NO = Truth(())


@reads("np.sum", "np.mean", "np.average")
def _sum(memory: Memory, call: Arguments) -> Value:
    call.only(2, "axis", "keepdims")
    value = call.get(0, "a")
    array = as_array(memory, value)
    axes = axes_of(call.get(1, "axis", Nothing()), array.rank)
    keep = flag(call.keywords.get("keepdims", NO))
    count: Index = 1
    for axis in axes:
        count = Product((count, array.shape[axis]))
    found = contracted(memory, array, axes, keep)
    if call.name != "np.sum":
        memory.divisor(canon(count))
        found = divided_by(found, canon(count))
    return found


def contracted(memory: Memory, array: Array, axes: tuple[int, ...], keep: bool = False) -> Array:
    """The sum over some axes."""
    memory.tick(len(array.terms))
    names: dict[str, Index] = {}
    ranges: list[Range] = []
    shape: list[Index] = []
    where: list[Condition] = []
    for axis, size in enumerate(array.shape):
        if axis in axes:
            name = memory.letter("k")
            steady, others = _steady(memory, size)
            ranges.append(Range(name, steady))
            where += [Condition(Symbol(name), "<", other) for other in others]
            names[letter(axis)] = Symbol(name)
            shape += [1] if keep else []
        else:
            names[letter(axis)] = Symbol(f"@{len(shape)}")
            shape.append(size)
    found = moved(array, names, tuple(shape))
    home: dict[str, Index] = {f"@{n}": Symbol(letter(n)) for n in range(len(shape))}
    found = moved(found, home, tuple(shape))
    found = Array(found.shape, tuple(replace(t, where=(*t.where, *where)) for t in found.terms))
    inner = memory.facts.within(axis_bounds(tuple(shape)))
    inner = inner.within((r.name, r.start, canon(r.last)) for r in ranges)
    for item in ranges:
        found = summed(found, item.name, item.start, item.stop, inner)
    return found


def _steady(memory: Memory, size: Index) -> tuple[Index, list[Index]]:
    """A size that depends on no loop, and the smaller ones that it may be cut to."""
    if not memory.moving(size):
        return size, []
    if isinstance(size, Max) and size.args.count(0) == 1 and len(size.args) == 2:
        size = next(arg for arg in size.args if arg != 0)  # a sum over less than nothing is empty
    if not memory.moving(size):
        return size, []
    cut = next((m[0] for m in polynomial(size) if len(m) == 1 and isinstance(m[0], Min)), None)
    if cut is None or polynomial(size)[(cut,)] != 1:
        raise CodeError("a sum's range depends on a loop in a way that is not read")
    rest = canon(add(size, minus(cut)))
    sizes = [canon(add(arg, rest)) for arg in cut.args]
    plain = [n for n in sizes if not memory.moving(n)]
    if not plain:
        raise CodeError("a sum's range depends on a loop in a way that is not read")
    return plain[0], [n for n in sizes if n != plain[0]]
