"""Indices as numbers: evaluated at once, or compiled to a Python function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from symconv.errors import NeedsSizes
from symconv.index.folding import symbols
from symconv.index.trees import (
    RELATIONS,
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    text,
)


def evaluate(value: Index, sizes: Mapping[str, int]) -> int:
    """The integer value; a missing size is named."""
    if isinstance(value, int):
        return value
    return cast("int", compiled((value,), tuple(sorted(sizes)))(*_sorted_values(sizes))[0])


def _sorted_values(sizes: Mapping[str, int]) -> Iterator[int]:
    return (sizes[name] for name in sorted(sizes))


def concrete(value: Index, sizes: Mapping[str, int] | None = None) -> int:
    """The integer value, refusing symbols that have no number."""
    if isinstance(value, int):
        return value
    known = sizes or {}
    missing = sorted(symbols(value) - set(known))
    if missing:
        raise NeedsSizes(
            f"{text(value)} has no number yet",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )
    return evaluate(value, known)


@lru_cache(maxsize=20_000)
def compiled(
    values: tuple[Index | Condition, ...], names: tuple[str, ...], minimum: Any = None
) -> Callable[..., tuple[Any, ...]]:
    """A Python function of `names` that returns all the values at once.

    Works on integers, and on integer arrays when `minimum` is ``(numpy.minimum, numpy.maximum)``.
    The source is made from the tree alone (names are numbered), so no text of a user is run.
    """
    missing = sorted(symbols(*values) - set(names))
    if missing:
        raise NeedsSizes(
            "some symbols have no value",
            expected="a value for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )
    places = {name: f"v{number}" for number, name in enumerate(names)}
    body = "".join(f"{_source(value, places)}, " for value in values)
    least, most = minimum or (min, max)
    return cast(
        "Callable[..., tuple[Any, ...]]",
        eval(f"lambda {', '.join(places.values())}: ({body})", {"least": least, "most": most}),
    )


def _source(value: Index | Condition, places: Mapping[str, str]) -> str:
    match value:
        case int():
            return f"({value})"
        case Symbol(name):
            return places[name]
        case Condition(left, relation, right):
            if relation not in RELATIONS:
                raise TypeError(f"not a relation: {relation!r}")
            return f"({_source(left, places)} {relation} {_source(right, places)})"
        case Sum(parts) | Product(parts):
            sign = " + " if isinstance(value, Sum) else " * "
            return f"({sign.join(_source(part, places) for part in parts)})"
        case FloorDiv(top, bottom) | Mod(top, bottom):
            sign = " // " if isinstance(value, FloorDiv) else " % "
            return f"({_source(top, places)}{sign}{_source(bottom, places)})"
        case Min(parts) | Max(parts):
            name = "least" if isinstance(value, Min) else "most"
            nested = _source(parts[0], places)
            for part in parts[1:]:
                nested = f"{name}({nested}, {_source(part, places)})"
            return nested
    raise TypeError(f"not an index expression: {value!r}")
