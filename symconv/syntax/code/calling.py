"""The arguments of a call, and the table of the functions that are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from symconv.index import Index
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Nothing, Real, Row, Truth, Value, Whole
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a function was called with."""

    name: str
    items: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def get(self, place: int, name: str, default: Value | None = None) -> Value:
        """An argument by place or name.  Errors: `CodeError` where it is missing."""
        if place < len(self.items):
            return self.items[place]
        if name in self.keywords:
            return self.keywords[name]
        if default is None:
            raise CodeError(f"{self.name} needs {name}")
        return default

    def only(self, count: int, *names: str) -> None:
        """Errors: `CodeError` for arguments that are not read."""
        strange = sorted(set(self.keywords) - set(names))
        if strange:
            raise CodeError(f"{self.name}({strange[0]}=…) is not read")
        if len(self.items) > count:
            raise CodeError(f"{self.name} takes {count} arguments here")


Reader: TypeAlias = Callable[[Memory, Arguments], Value]
FUNCTIONS: dict[str, Reader] = {}
"""Functions by dotted name; a method ``a.sum()`` is ``np.sum(a)``."""


def reads(*names: str) -> Callable[[Reader], Reader]:
    """Note a function under its names."""

    def note(function: Reader) -> Reader:
        for name in names:
            FUNCTIONS[name] = function
        return function

    return note


def number_of(value: Value, what: str) -> int:
    """An integer that is a number.  Errors: `CodeError`."""
    if isinstance(value, Whole) and isinstance(value.value, int):
        return value.value
    raise CodeError(f"{what} is read as a number alone")


def size_of(value: Value) -> Index:
    """A size.  Errors: `CodeError` for what is no integer."""
    if isinstance(value, Whole):
        return value.value
    if isinstance(value, Real):
        raise CodeError("a size is no integer")
    raise CodeError("a size is no integer", hint="//, or int(…)")


def shape_of(value: Value) -> tuple[Index, ...]:
    """The shape that an argument gives."""
    items: Sequence[Value] = value.items if isinstance(value, Row) else (value,)
    if len(items) > 16:
        raise CodeError("this has too many axes")
    return tuple(size_of(item) for item in items)


def axis_of(value: Value, rank: int) -> int:
    """An axis, counted from the front."""
    axis = number_of(value, "an axis")
    if not -rank <= axis < rank:
        raise CodeError(f"there is no axis {axis} among {rank}")
    return axis % rank


def axes_of(value: Value, rank: int) -> tuple[int, ...]:
    """The axes of ``axis=``; all of them for None."""
    if isinstance(value, Nothing):
        return tuple(range(rank))
    items = value.items if isinstance(value, Row) else (value,)
    found = tuple(axis_of(item, rank) for item in items)
    if len(set(found)) < len(found):
        raise CodeError("an axis is named twice")
    return found


def flag(value: Value) -> bool:
    """True or False as written."""
    if isinstance(value, Truth) and value.pieces in ((), ((),)):
        return bool(value.pieces)
    raise CodeError("this is read as True or False alone")
