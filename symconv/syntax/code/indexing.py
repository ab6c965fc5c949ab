"""Subscripts: integers (negative ones from the end), slices as NumPy cuts them, index arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Product,
    Symbol,
    add,
    minus,
    substitute,
)
from symconv.syntax.code.arrays import (
    Array,
    letter,
    merged,
    moved,
    settled,
)
from symconv.syntax.code.elementwise import align
from symconv.syntax.code.facts import canon
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import (
    Blank,
    Cut,
    Handle,
    Lost,
    Nothing,
    Positions,
    Ratio,
    Real,
    Row,
    Truth,
    Value,
    Whole,
    Word,
)
from symconv.terms import Shape, Term

MOST_AXES = 16


def items_of(key: Value) -> tuple[Value, ...]:
    """The parts of a subscript.  Errors: `CodeError` for a list, which picks elements."""
    if isinstance(key, Row) and key.listed:
        raise CodeError("a list as an index is not read", hint="np.arange, or a slice")
    return key.items if isinstance(key, Row) else (key,)


def select(memory: Memory, base: Handle | Array, key: Value) -> Value:
    """``base[key]``: a view where NumPy gives one, else an array of its own."""
    if isinstance(base, Array):
        base = memory.new(base)
    plain_list(memory, base, key)
    picked, wraps = picks(memory, base.shape, items_of(key))
    if any(isinstance(p, Positions) for p in picked):
        return _gathered(memory, base, picked, wraps)
    shape, inner = _view(picked)
    if wraps:
        return _wrapped(memory, base, picked, wraps)
    at = tuple(canon(substitute(i, inner)) for i in base.at)
    handle = Handle(base.cell, shape, at)
    if not shape and any(isinstance(item, Blank) for item in items_of(key)):
        raise CodeError("an element with dots in its index is not read")
    return memory.load(handle) if not shape else handle


def plain_list(memory: Memory, base: Handle, key: Value) -> None:
    """Errors: `CodeError` for what a list of Python does otherwise than an array."""
    if memory.listed(base) and not isinstance(key, Whole):
        raise CodeError("a part of a list is not read", hint="np.array(…)")


def target(memory: Memory, base: Handle, key: Value) -> Handle:
    """The view that ``base[key] = …`` writes to; a position below 0 must be shown not to be."""
    plain_list(memory, base, key)
    if memory.listed(base) and len(base.shape) != 1:
        raise CodeError("an item of a list of arrays is not set", hint="np.array(…)")
    picked, wraps = picks(memory, base.shape, items_of(key))
    for _, index in wraps:
        text = f"the index {index} is written at: it must not be negative"
        memory.need(0, "<=", index, text, sure=False)
    if any(isinstance(p, Positions) for p in picked):
        raise CodeError("writing at index arrays is not read", hint="np.add.at(…)")
    shape, inner = _view(picked)
    return Handle(base.cell, shape, tuple(canon(substitute(i, inner)) for i in base.at))


Picked = tuple["Index | Part | Positions | None", ...]


class Part:
    """``start + step·#`` with a size."""

    __slots__ = ("size", "start", "step")

    def __init__(self, start: Index, step: Index, size: Index) -> None:
        self.start, self.step, self.size = start, step, size


def picks(
    memory: Memory, shape: Shape, items: Sequence[Value]
) -> tuple[list[int | Index | Part | Positions | None], list[tuple[int, Index]]]:
    """What each part of a subscript picks (None: a new axis), all axes of the base in order.

    The second list holds the axes and indices whose sign is not known.
    """
    items = _filled(items, len(shape))
    found: list[int | Index | Part | Positions | None] = []
    wraps: list[tuple[int, Index]] = []
    axis = 0
    for item in items:
        if isinstance(item, Nothing | Blank):
            found.append(None)
            continue
        size = shape[axis]
        match item:
            case Cut():
                found.append(_cut(memory, item, size))
            case Whole(index):
                found.append(_point(memory, index, size, axis, wraps))
            case Positions() | Row():
                found.append(_several(memory, item, size))
            case Lost(reason, line):
                raise CodeError(reason, line)
            case Truth():
                raise CodeError("a mask as an index is not read", hint="multiply by the mask")
            case Ratio() | Real():
                raise CodeError("an index is no integer", hint="//, or int(…)")
            case Word():
                raise CodeError("an array has no fields")
            case _:
                raise CodeError("this index is not read")
        axis += 1
    return found, wraps


def _filled(items: Sequence[Value], rank: int) -> list[Value]:
    """With a whole slice for every axis that is not mentioned."""
    counted = [i for i in items if not isinstance(i, Nothing | Blank)]
    dots = [n for n, i in enumerate(items) if isinstance(i, Blank) and i.dots]
    if len(counted) > rank:
        raise CodeError(f"there are {len(counted)} indices for {rank} axes")
    if len(dots) > 1:
        raise CodeError("an index has dots twice")
    if len(items) > MOST_AXES:
        raise CodeError("this has too many axes")
    rest: list[Value] = [Cut()] * (rank - len(counted))
    place = dots[0] if dots else len(items)
    return [*items[:place], *rest, *items[place + len(dots) :]]


def _point(
    memory: Memory, index: Index, size: Index, axis: int, wraps: list[tuple[int, Index]]
) -> Index:
    sign = memory.decide(Condition(0, "<=", index))
    if sign is False:
        index = canon(add(size, index))
        memory.need(0, "<=", index, f"the index {index} must not lie before the first element")
        return index
    memory.need(index, "<", size, f"the index {index} must lie inside an axis of {size} elements")
    if sign is None:
        floor = canon(add(size, index))
        memory.need(0, "<=", floor, f"the index {index} must not lie before the first element")
        wraps.append((axis, index))
    return index


def _cut(memory: Memory, cut: Cut, size: Index) -> Part:
    step = _whole(cut.step, 1)
    if step == -1:
        return _backwards(memory, cut, size)
    memory.need(step, ">=", 1, "a slice's step must be at least 1")
    start = _end(memory, cut.start, size, 0)
    stop = _end(memory, cut.stop, size, size)
    span = canon(add(stop, minus(start)))
    count = _count(span, step)
    last = stop if step == 1 else canon(add(start, Product((step, add(count, -1))), 1))
    if cut.stop is not None and memory.facts.holds(Condition(last, "<=", size)) is not True:
        span = canon(add(Min((stop, size)), minus(start)))  # NumPy cuts it there
        count = _count(span, step)
    if not memory.facts.holds(Condition(0, "<=", count)):
        count = canon(Max((0, count)))
    return Part(start, step, count)


def _count(span: Index, step: Index) -> Index:
    return span if step == 1 else canon(FloorDiv(add(span, step, -1), step))


def _backwards(memory: Memory, cut: Cut, size: Index) -> Part:
    start = canon(add(size, -1)) if cut.start is None else _end(memory, cut.start, size, 0, -1)
    if cut.stop is None:
        count = canon(add(start, 1))
    else:
        count = canon(add(start, minus(_end(memory, cut.stop, size, 0, -1))))
    text = f"the slice from {start} backwards must lie inside an axis of {size} elements"
    memory.need(0, "<=", count, text, sure=False)
    memory.need(start, "<", size, text, sure=False)
    return Part(start, -1, count)


def _end(memory: Memory, value: Value | None, size: Index, default: Index, least: int = 0) -> Index:
    """An end of a slice; a negative one counts from the end, and stops at the first element."""
    if value is None or isinstance(value, Nothing):
        return default
    index = _whole(value, 0)
    sign = memory.decide(Condition(0, "<=", index))
    if sign:
        return index
    if sign is False:
        index = canon(add(size, index))
        inside = memory.facts.holds(Condition(least, "<=", index))
        return index if inside else canon(Max((least, index)))
    memory.need(0, "<=", index, f"the slice's end {index} must not be negative", sure=False)
    return index


def _whole(value: Value | None, default: int) -> Index:
    if value is None or isinstance(value, Nothing):
        return default
    if isinstance(value, Lost):
        raise CodeError(value.reason, value.line)
    if not isinstance(value, Whole):
        raise CodeError("a slice's end is no integer", hint="//, or int(…)")
    return value.value


def _several(memory: Memory, item: Positions | Row, size: Index) -> Positions:
    if isinstance(item, Row):
        raise CodeError("a list as an index is not read", hint="np.arange, or a slice")
    facts = memory.facts.within(axis_bounds(item.shape))
    inside = (
        facts.holds(Condition(0, "<=", item.value)),
        facts.holds(Condition(item.value, "<", size)),
    )
    if inside != (True, True):
        _needed(memory, item, size)
    return item


def _needed(memory: Memory, item: Positions, size: Index) -> None:
    """Every position lies inside, said of a generic one."""
    from_letters: dict[str, Index] = {}
    opened = len(memory.loops)
    for axis, extent in enumerate(item.shape):
        name = memory.letter("t")
        from_letters[letter(axis)] = Symbol(name)
        memory.loops.append(Loop(name, 0, extent))
    value = canon(substitute(item.value, from_letters))
    text = f"the positions {value} must lie inside an axis of {size} elements"
    memory.need(0, "<=", value, text, sure=False)
    memory.need(value, "<", size, text)
    del memory.loops[opened:]


def _view(picked: Sequence[object]) -> tuple[Shape, dict[str, Index]]:
    """The shape of the view and what each letter of the base becomes."""
    shape: list[Index] = []
    inner: dict[str, Index] = {}
    axis = 0
    for item in picked:
        if item is None:
            shape.append(1)
            continue
        if isinstance(item, Part):
            here = Symbol(letter(len(shape)))
            inner[letter(axis)] = canon(add(item.start, Product((item.step, here))))
            shape.append(item.size)
        else:
            inner[letter(axis)] = item  # type: ignore[assignment]
        axis += 1
    return tuple(shape), inner


def _wrapped(
    memory: Memory,
    base: Handle,
    picked: list[int | Index | Part | Positions | None],
    wraps: list[tuple[int, Index]],
) -> Array:
    """Where an index may be negative: what lies there, and what lies as far from the end."""
    terms: list[Term] = []
    shape: Shape = ()
    facts = memory.facts
    for case in range(2 ** len(wraps)):
        conditions: list[Condition] = []
        places: dict[int, Index] = {}
        for bit, (axis, index) in enumerate(wraps):
            below = bool(case >> bit & 1)
            conditions.append(Condition(index, "<" if below else ">=", 0))
            places[axis] = canon(add(base.shape[axis], index)) if below else index
        chosen: list[object] = []
        axis = 0
        for item in picked:
            chosen.append(places.get(axis, item) if item is not None else None)
            axis += item is not None
        shape, inner = _view(chosen)
        at = tuple(canon(substitute(i, inner)) for i in base.at)
        found = memory.load(Handle(base.cell, shape, at))
        inside = facts.within(axis_bounds(shape))
        for term in found.terms:
            terms += settled(term, conditions, inside)
    return Array(shape, merged(terms))


def _gathered(
    memory: Memory,
    base: Handle,
    picked: list[int | Index | Part | Positions | None],
    wraps: list[tuple[int, Index]],
) -> Array:
    """Index arrays: their axes stand where the first of them does, if they stand side by side."""
    content = memory.load(base)
    shape, names = gather_axes(memory, picked, wraps)
    return settle_all(memory, moved(content, names, shape))


def gather_axes(
    memory: Memory,
    picked: list[int | Index | Part | Positions | None],
    wraps: list[tuple[int, Index]],
) -> tuple[Shape, dict[str, Index]]:
    """The axes that index arrays give, and each letter of the base in their letters."""
    if wraps:
        raise CodeError("an index that may be negative stands beside index arrays")
    fancy = [n for n, p in enumerate(picked) if p is not None and not isinstance(p, Part)]
    arrays = [
        p if isinstance(p, Positions) else Positions((), p)  # type: ignore[arg-type]
        for n, p in enumerate(picked)
        if n in fancy
    ]
    wide, values = align(memory, *arrays)
    together = fancy == list(range(fancy[0], fancy[-1] + 1))
    front = sum(1 for p in picked[: fancy[0]]) if together else 0
    shape: list[Index] = []
    names: dict[str, Index] = {}
    kept = [p for n, p in enumerate(picked) if n not in fancy]
    sizes: list[Index] = [1 if p is None else p.size for p in kept]  # type: ignore[union-attr]
    shape = [*sizes[:front], *wide, *sizes[front:]]
    shift: dict[str, Index] = {letter(n): Symbol(f"@{front + n}") for n in range(len(wide))}
    home: dict[str, Index] = {f"@{n}": Symbol(letter(n)) for n in range(len(shape))}
    axis = number = 0
    for n, item in enumerate(picked):
        if n in fancy:
            value = substitute(values[fancy.index(n)], shift)
            names[letter(axis)] = canon(substitute(value, home))
        else:
            place = number if number < front else number + len(wide)
            number += 1
            if item is None:
                continue
            assert isinstance(item, Part)
            here = Symbol(letter(place))
            names[letter(axis)] = canon(add(item.start, Product((item.step, here))))
        axis += 1
    return tuple(shape), names


def select_positions(memory: Memory, base: Positions, key: Value) -> Value:
    """``base[key]`` of an array of positions."""
    picked, wraps = picks(memory, base.shape, items_of(key))
    if wraps:
        raise CodeError("an index that may be negative picks a position")
    if any(isinstance(p, Positions) for p in picked):
        shape, names = gather_axes(memory, picked, wraps)
    else:
        shape, names = _view(picked)
    value = canon(substitute(base.value, names))
    return Positions(shape, value) if shape else Whole(value)


def settle_all(memory: Memory, array: Array) -> Array:
    """An array without the conditions that are plain."""
    facts = memory.facts.within(axis_bounds(array.shape))
    return replace(array, terms=merged(t for term in array.terms for t in settled(term, (), facts)))
