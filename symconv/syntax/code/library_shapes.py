"""Functions that move elements about: transposes, reshapes, flips, repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import Condition, FloorDiv, Index, Mod, Product, Symbol, add, minus, substitute
from symconv.syntax.code.arrays import Array, letter, moved
from symconv.syntax.code.calling import Arguments, axes_of, axis_of, number_of, reads, shape_of
from symconv.syntax.code.facts import canon, divided, equal
from symconv.syntax.code.indexing import settle_all
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import Handle, Nothing, Positions, Random, Row, Value, Whole, Word
from symconv.terms import Shape

SHARED = "this array shares its memory with a reshaped one, and is written to"


def remapped(memory: Memory, value: Value, shape: Shape, names: dict[str, Index]) -> Value:
    """A view of a view: each letter of the old one in the letters of the new one."""
    if isinstance(value, Positions):
        return Positions(shape, canon(substitute(value.value, names)))
    if not isinstance(value, Handle) or memory.listed(value):
        value = memory.new(as_array(memory, value))
    at = tuple(canon(substitute(index, names)) for index in value.at)
    return Handle(value.cell, shape, at)


def rank_of(memory: Memory, value: Value) -> tuple[Value, Shape]:
    """An array and its shape."""
    if not isinstance(value, Handle | Array | Positions):
        value = memory.new(as_array(memory, value))
    return value, value.shape


def permuted(memory: Memory, value: Value, order: Sequence[int]) -> Value:
    """The axes in another order."""
    value, shape = rank_of(memory, value)
    if sorted(order) != list(range(len(shape))):
        raise CodeError("the order of axes does not fit")
    names: dict[str, Index] = {
        letter(axis): Symbol(letter(place)) for place, axis in enumerate(order)
    }
    return remapped(memory, value, tuple(shape[axis] for axis in order), names)


@reads("np.transpose")
def _transpose(memory: Memory, call: Arguments) -> Value:
    value, shape = rank_of(memory, call.items[0] if call.items else Nothing())
    rest = call.items[1:]
    given = call.keywords.get("axes", rest[0] if len(rest) == 1 else Row(rest))
    if isinstance(given, Nothing) or (isinstance(given, Row) and not given.items):
        return permuted(memory, value, range(len(shape) - 1, -1, -1))
    return permuted(memory, value, axes_of(given, len(shape)))


@reads("np.swapaxes")
def _swapaxes(memory: Memory, call: Arguments) -> Value:
    value, shape = rank_of(memory, call.get(0, "a"))
    a, b = (axis_of(call.get(n, "axis"), len(shape)) for n in (1, 2))
    order = list(range(len(shape)))
    order[a], order[b] = order[b], order[a]
    return permuted(memory, value, order)


@reads("np.moveaxis")
def _moveaxis(memory: Memory, call: Arguments) -> Value:
    value, shape = rank_of(memory, call.get(0, "a"))
    call.only(3, "source", "destination")
    given = (call.get(1, "source"), call.get(2, "destination"))
    if any(isinstance(one, Nothing) for one in given):
        raise CodeError("np.moveaxis is read with axes that are named")
    old, new = (axes_of(one, len(shape)) for one in given)
    if len(old) != len(new):
        raise CodeError("np.moveaxis takes as many axes as places")
    order = [n for n in range(len(shape)) if n not in old]
    for place, axis in sorted(zip(new, old, strict=True)):
        order.insert(place, axis)
    return permuted(memory, value, order)


@reads("np.flip", "np.flipud", "np.fliplr")
def _flip(memory: Memory, call: Arguments) -> Value:
    value, shape = rank_of(memory, call.get(0, "m"))
    word = call.name.rpartition(".")[2]
    fixed = {"flipud": (0,), "fliplr": (1,)}
    axes = fixed.get(word) or axes_of(call.get(1, "axis", Nothing()), len(shape))
    if axes and max(axes) >= len(shape):
        raise CodeError(f"{call.name} needs more axes")
    return flipped(memory, value, shape, axes)


def flipped(memory: Memory, value: Value, shape: Shape, axes: Sequence[int]) -> Value:
    """Axes read backwards."""
    names: dict[str, Index] = {}
    for axis, size in enumerate(shape):
        here = Symbol(letter(axis))
        names[letter(axis)] = canon(add(size, -1, minus(here))) if axis in axes else here
    return remapped(memory, value, shape, names)


@reads("np.rot90")
def _rot90(memory: Memory, call: Arguments) -> Value:
    call.only(3, "k", "axes")
    value, shape = rank_of(memory, call.get(0, "m"))
    turns = number_of(call.get(1, "k", Whole(1)), "k") % 4
    first, second = axes_of(call.get(2, "axes", Row((Whole(0), Whole(1)))), len(shape))
    order = list(range(len(shape)))
    order[first], order[second] = second, first
    if turns == 2:
        return flipped(memory, value, shape, (first, second))
    if turns == 1:
        value = flipped(memory, value, shape, (second,))
        return permuted(memory, value, order)
    if turns == 3:
        value = permuted(memory, value, order)
        _, shape = rank_of(memory, value)
        return flipped(memory, value, shape, (second,))
    return value


@reads("np.expand_dims")
def _expand(memory: Memory, call: Arguments) -> Value:
    value, shape = rank_of(memory, call.get(0, "a"))
    axis = axis_of(call.get(1, "axis"), len(shape) + 1)
    names: dict[str, Index] = {
        letter(n): Symbol(letter(n + (n >= axis))) for n in range(len(shape))
    }
    return remapped(memory, value, (*shape[:axis], 1, *shape[axis:]), names)


@reads("np.squeeze")
def _squeeze(memory: Memory, call: Arguments) -> Value:
    given = call.get(1, "axis", Nothing())
    original = call.get(0, "a")
    value, shape = rank_of(memory, original)
    if isinstance(given, Nothing):
        if any(not isinstance(n, int) for n in shape):
            raise CodeError("squeeze is read with axis=… alone")
        axes = tuple(n for n, size in enumerate(shape) if size == 1)
    else:
        axes = axes_of(given, len(shape))
    names: dict[str, Index] = {}
    kept: list[Index] = []
    for axis, size in enumerate(shape):
        if axis in axes:
            memory.need(size, "==", 1, "an axis that is squeezed has one element")
            names[letter(axis)] = 0
        else:
            names[letter(axis)] = Symbol(letter(len(kept)))
            kept.append(size)
    _not_bare(original, kept)
    return remapped(memory, value, tuple(kept), names)


def _not_bare(value: Value, shape: Sequence[Index]) -> None:
    """Errors: `CodeError` for a view without axes, which is no number: ``+=`` changes the array."""
    if isinstance(value, Handle) and value.shape and not shape:
        raise CodeError("a view without axes is not read", hint="a[0]")


# --- reshaping ----------------------------------------------------------------------------------


@reads("np.reshape", "np.ravel", "flatten")
def _reshape(memory: Memory, call: Arguments) -> Value:
    call.only(16, "order", "newshape", "shape")
    value = call.get(0, "a")
    word = call.name.rpartition(".")[2]
    rest = call.items[1:]
    order = call.keywords.get("order", Word("C"))
    if order != Word("C") or (rest and word != "reshape"):
        raise CodeError("an order of elements other than 'C' is not read")
    given = rest[0] if len(rest) == 1 else Row(rest)
    if not rest and word == "reshape":
        given = call.get(1, "shape", call.keywords.get("newshape"))
    wanted = (-1,) if word != "reshape" else shape_of(given)
    if isinstance(value, Random):
        known = -1 not in wanted
        return Random(tuple(Whole(n) for n in wanted) if known else None, value.whole)
    _not_bare(value, wanted)
    value, shape = rank_of(memory, value)
    made = _reshaped(memory, value, shape, _completed(memory, shape, wanted))
    if isinstance(made, Positions) or isinstance(value, Positions):
        return made
    assert isinstance(made, Handle)
    found = memory.new(settle_all(memory, memory.load(made)))
    if isinstance(value, Handle) and word != "flatten":
        memory.aliased(SHARED, value, found)
    return found


def _completed(memory: Memory, shape: Shape, wanted: Sequence[Index]) -> Shape:
    """The new shape with the number that -1 stands for."""
    total = canon(Product((1, *shape)))
    given = canon(Product((1, *(n for n in wanted if n != -1))))
    if list(wanted).count(-1) > 1:
        raise CodeError("a shape has -1 twice")
    if -1 not in wanted:
        memory.need(total, "==", given, f"{total} elements are put into {given}")
        return tuple(map(canon, wanted))
    if given == 0:
        raise CodeError("this shape has no elements")
    rest = canon(FloorDiv(total, given))
    if not equal(Product((rest, given)), total):
        raise CodeError(f"{total} elements are not plainly a multiple of {given}")
    return tuple(rest if n == -1 else canon(n) for n in wanted)


def _reshaped(memory: Memory, value: Value, old: Shape, new: Shape) -> Value:
    """Axes in groups of equal products; within a group by quotients and remainders."""
    names: dict[str, Index] = {}
    i = j = 0
    while i < len(old) or j < len(new):
        first, start = i, j
        left: Index = 1
        right: Index = 1
        while True:
            if (i > first or j > start) and equal(left, right):
                break
            grow_old = i < len(old) and (
                j >= len(new) or _shorter(left, right, i - first, j - start)
            )
            if grow_old:
                left = canon(Product((left, old[i])))
                i += 1
            elif j < len(new):
                right = canon(Product((right, new[j])))
                j += 1
            else:
                raise CodeError("this reshape is not read")
        names |= _grouped(old[first:i], first, new[start:j], start)
    return remapped(memory, value, new, names)


def _shorter(left: Index, right: Index, old: int, new: int) -> bool:
    """Whether the old group should grow next: its product divides what the new one needs."""
    if isinstance(left, int) and isinstance(right, int):
        return left <= right
    if equal(Product((canon(FloorDiv(right, left)), left)), right):
        return True
    return old <= new


def _grouped(old: Shape, first: int, new: Shape, start: int) -> dict[str, Index]:
    flat: Index = 0
    stride: Index = 1
    for place in range(len(new) - 1, -1, -1):
        flat = add(flat, Product((stride, Symbol(letter(start + place)))))
        stride = canon(Product((stride, new[place])))
    if len(old) == 1:
        return {letter(first): canon(flat)}
    whole = [n for n in range(len(old)) if old[n] != 1]
    if len(whole) == 1 and len([n for n in new if n != 1]) == 1:
        return {letter(first + n): canon(flat) if n in whole else 0 for n in range(len(old))}
    names: dict[str, Index] = {}
    flat = canon(flat)
    under: Index = 1
    for place in range(len(old) - 1, -1, -1):
        quotient = divided(flat, under)
        if place:
            quotient = canon(Mod(quotient, old[place]))
        names[letter(first + place)] = quotient
        under = canon(Product((under, old[place])))
    return names


@reads("np.repeat")
def _repeat(memory: Memory, call: Arguments) -> Value:
    call.only(3, "axis")
    value, shape = rank_of(memory, call.get(0, "a"))
    count = shape_of(call.get(1, "repeats"))
    if len(count) != 1:
        raise CodeError("np.repeat is read with one number")
    given = call.get(2, "axis", Nothing())
    if isinstance(given, Nothing):
        if len(shape) != 1:
            raise CodeError("np.repeat is read with axis=… alone")
        axis = 0
    else:
        axis = axis_of(given, len(shape))
    memory.need(count[0], ">=", 1, "what is repeated is repeated at least once")
    names: dict[str, Index] = {letter(n): Symbol(letter(n)) for n in range(len(shape))}
    names[letter(axis)] = canon(FloorDiv(Symbol(letter(axis)), count[0]))
    wide = list(shape)
    wide[axis] = canon(Product((count[0], shape[axis])))
    return _copied(memory, remapped(memory, value, tuple(wide), names))


@reads("np.tile")
def _tile(memory: Memory, call: Arguments) -> Value:
    call.only(2, "reps")
    value, shape = rank_of(memory, call.get(0, "A"))
    counts = shape_of(call.get(1, "reps"))
    if len(counts) > len(shape):
        raise CodeError("np.tile with more axes is not read")
    counts = (*([1] * (len(shape) - len(counts))), *counts)
    names: dict[str, Index] = {}
    for axis, (size, count) in enumerate(zip(shape, counts, strict=True)):
        here = Symbol(letter(axis))
        memory.need(size, ">=", 1, "what is repeated has elements")
        names[letter(axis)] = here if count == 1 else canon(Mod(here, size))
    wide = tuple(canon(Product((n, m))) for n, m in zip(shape, counts, strict=True))
    return _copied(memory, remapped(memory, value, wide, names))


def _copied(memory: Memory, value: Value) -> Value:
    return memory.new(memory.load(value)) if isinstance(value, Handle) else value


@reads("np.concatenate")
def _concatenate(memory: Memory, call: Arguments) -> Value:
    call.only(2, "axis")
    items = call.get(0, "arrays")
    if not isinstance(items, Row) or not 1 <= len(items.items) <= 16:
        raise CodeError("np.concatenate takes a list")
    arrays = [as_array(memory, item) for item in items.items]
    axis = axis_of(call.get(1, "axis", Whole(0)), arrays[0].rank)
    terms = []
    start: Index = 0
    for array in arrays:
        if array.rank != arrays[0].rank:
            raise CodeError("these arrays have different numbers of axes")
        for n in range(array.rank):
            if n != axis:
                text = "arrays that are joined have the same other axes"
                memory.need(array.shape[n], "==", arrays[0].shape[n], text)
        here = canon(add(Symbol(letter(axis)), minus(start)))
        inside = (Condition(0, "<=", here), Condition(here, "<", array.shape[axis]))
        found = moved(array, {letter(axis): here}, array.shape)
        terms += [replace(t, where=(*t.where, *inside)) for t in found.terms]
        start = canon(add(start, array.shape[axis]))
    shape = list(arrays[0].shape)
    shape[axis] = start
    return settle_all(memory, Array(tuple(shape), tuple(terms)))
