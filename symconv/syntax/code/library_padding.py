"""Arrays with a margin: ``np.pad`` in its modes."""

from __future__ import annotations

from symconv.index import Condition, Index, Product, Symbol, add, minus
from symconv.syntax.code.arrays import (
    Array,
    added,
    letter,
    moved,
    where_all,
)
from symconv.syntax.code.calling import Arguments, reads, size_of
from symconv.syntax.code.facts import canon
from symconv.syntax.code.indexing import settle_all
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Real,
    Row,
    Value,
    Whole,
    Word,
)


@reads("np.pad")
def _pad(memory: Memory, call: Arguments) -> Value:
    call.only(3, "pad_width", "mode", "constant_values", "array")
    array = as_array(memory, call.get(0, "array"))
    amounts = _amounts(call.get(1, "pad_width"), array.rank)
    mode = call.get(2, "mode", Word("constant"))
    if not isinstance(mode, Word) or mode.text not in MODES:
        raise CodeError("this way of padding is not read", hint="mode='constant'")
    fill = call.keywords.get("constant_values", Whole(0))
    if mode.text == "constant" and not _zeros(fill):
        raise CodeError("padding is read with zeros alone")
    for axis, (before, after) in enumerate(amounts):
        for amount in (before, after):
            memory.need(0, "<=", amount, "padding must not be negative")
        if before != 0 or after != 0:
            array = _padded(memory, array, axis, before, after, mode.text)
    return memory.new(array)


def _zeros(value: Value) -> bool:
    if isinstance(value, Row):
        return all(map(_zeros, value.items))
    return isinstance(value, Whole | Real) and value.value == 0


def _amounts(value: Value, rank: int) -> list[tuple[Index, Index]]:
    if not isinstance(value, Row):
        return [(size_of(value), size_of(value))] * rank
    if all(isinstance(item, Row) for item in value.items):
        pairs = [item.items for item in value.items if isinstance(item, Row)]
    elif len(value.items) <= 2:
        pairs = [value.items]
    else:
        raise CodeError("pad_width is not read", hint="((before, after), …)")
    pairs = pairs * rank if len(pairs) == 1 else pairs
    if len(pairs) != rank or any(not 1 <= len(pair) <= 2 for pair in pairs):
        raise CodeError(f"pad_width has {len(pairs)} pairs for {rank} axes")
    return [(size_of(pair[0]), size_of(pair[-1])) for pair in pairs]


MODES = ("constant", "reflect", "edge", "wrap", "symmetric")


def _padded(
    memory: Memory, array: Array, axis: int, before: Index, after: Index, mode: str
) -> Array:
    """One axis longer: ``out[i] = a[i - before]`` inside, and by the mode outside."""
    size = array.shape[axis]
    shape = list(array.shape)
    shape[axis] = canon(add(size, before, after))
    here = Symbol(letter(axis))
    at = canon(add(here, minus(before)))
    low, high = Condition(at, "<", 0), Condition(at, ">=", size)
    inside = (Condition(0, "<=", at), Condition(at, "<", size))
    last = canon(add(size, -1))
    rows: dict[str, tuple[Index, Index, Index]] = {
        "reflect": (canon(minus(at)), canon(add(Product((2, last)), minus(at))), last),
        "symmetric": (
            canon(add(minus(at), -1)),
            canon(add(Product((2, size)), -1, minus(at))),
            size,
        ),
        "edge": (0, last, 10**9),
        "wrap": (canon(add(at, size)), canon(add(at, minus(size))), size),
    }
    total = _piece(memory, array, axis, at, tuple(shape), inside)
    if mode != "constant":
        left, right, most = rows[mode]
        if mode != "edge":
            for amount in (before, after):
                text = "what is padded with must lie inside the array"
                memory.need(amount, "<=", most, text, sure=False)
        total = added(total, _piece(memory, array, axis, left, tuple(shape), (low,)))
        total = added(total, _piece(memory, array, axis, right, tuple(shape), (high,)))
    return settle_all(memory, total)


def _piece(
    memory: Memory,
    array: Array,
    axis: int,
    at: Index,
    shape: tuple[Index, ...],
    conditions: tuple[Condition, ...],
) -> Array:
    found = moved(array, {letter(axis): at}, shape)
    facts = memory.facts.within(axis_bounds(shape))
    return where_all(found, conditions, facts)
