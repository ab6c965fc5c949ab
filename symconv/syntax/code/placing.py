"""Where a view writes: its letters in those of the array that it is a view of."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.index import (
    Condition,
    Index,
    Symbol,
    add,
    substitute,
    substitute_condition,
    symbols,
)
from symconv.syntax.code.arrays import (
    Array,
    letter,
    moved,
    renamed,
)
from symconv.syntax.code.facts import canon, divided, equal
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Handle
from symconv.terms import Shape


def placed(
    handle: Handle, value: Array, shape: Shape, names: Iterator[str]
) -> tuple[list[Condition], Array]:
    """The region that is written, and the value in the letters of the base."""
    if len(handle.at) != len(shape):
        raise CodeError("this view cannot be written to")
    region: list[Condition] = []
    back: dict[str, Index] = {}
    for axis, index in enumerate(handle.at):
        here = Symbol(f"@{axis}")
        inside = sorted(s for s in symbols(index) if s.startswith("#"))
        if not inside:
            region.append(Condition(here, "==", index))
            continue
        if len(inside) > 1 or inside[0] in back:
            raise CodeError("this view cannot be written to")
        name = inside[0]
        back[name] = _solved(index, name, here, region)
        size = handle.shape[int(name[1:])]
        region += [Condition(0, "<=", back[name]), Condition(back[name], "<", size)]
    value = renamed(value, names)
    for axis in range(value.rank):
        if letter(axis) not in back and not equal(value.shape[axis], 1):
            raise CodeError("this view cannot be written to")
        back.setdefault(letter(axis), 0)
    home = {f"@{n}": Symbol(letter(n)) for n in range(len(shape))}
    put = moved(moved(value, back, shape), {**home}, shape)
    return [substitute_condition(c, {**home}) for c in region], put


def _solved(index: Index, name: str, here: Index, region: list[Condition]) -> Index:
    """The letter of a view from the position in the base."""
    zero, one = (substitute(index, {name: n}) for n in (0, 1))
    step, start = canon(add(one, -1 * zero if isinstance(zero, int) else -zero)), zero
    straight = add(start, _times(step, Symbol(name)))
    if not equal(straight, index):
        raise CodeError("this view cannot be written to")
    distance = canon(add(here, -start))
    if step == 1:
        return distance
    if step == -1:
        return canon(-distance)
    region.append(Condition(_rest(distance, step), "==", 0))
    return divided(distance, step)


def _times(step: Index, other: Index) -> Index:
    from_step = other if step == 1 else step * other
    return canon(from_step)


def _rest(distance: Index, step: Index) -> Index:
    return canon(distance % step)
