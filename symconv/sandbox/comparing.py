"""What a function returned held against what is right: equal, close, or where it first differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.sandbox.binding import NOTHING, Give
from symconv.sandbox.calling import Unknown
from symconv.sandbox.exact import Exact, shown
from symconv.values import dataclass

Array = npt.NDArray[Any]
CLOSE = {2: 1e-2, 4: 1e-5, 8: 1e-9, 16: 1e-9}
"""How far a float of so many bytes may be off, relative to the largest entry that is right."""
TEXT = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """How one value compares: ``exact``, ``close``, ``differs``, or ``fault`` (no value at all).

    `position` is the first that differs, `left` what is right there, `right` what came.
    """

    kind: str
    text: str = ""
    position: tuple[int, ...] = ()
    left: str = ""
    right: str = ""

    @property
    def good(self) -> bool:
        """Equal, or equal to rounding."""
        return self.kind in ("exact", "close")


def pick(value: Any, gives: Sequence[Give]) -> list[Any] | str:
    """The values in the order of `gives`, or what is wrong with what came, in words."""
    names = [give.text for give in gives]
    if value is None:
        return "it returns nothing (None)"
    if isinstance(value, dict):
        missing = [name for name in names if name not in value and name not in NOTHING]
        if missing:
            return f"the dictionary that it returns has no {', '.join(missing)}"
        return [value.get(name) for name in names]
    if len(gives) == 1:
        alone = isinstance(value, tuple | list) and len(value) == 1
        return [value[0] if alone else value]
    count = _length(value)
    if count != len(gives):
        got = f"{count} values" if count is not None else f"one {_kind(value)}"
        return f"it returns {got}, not {len(gives)} ({', '.join(names)})"
    return list(value)


def _length(value: Any) -> int | None:
    if isinstance(value, tuple | list):
        return len(value)
    return None


def compare(value: Any, wanted: Array, give: Give) -> Mark:
    """One returned value against the truth, which is turned into the function's order of axes."""
    if give.kind == "nothing":
        return Mark("exact")
    right = np.transpose(wanted, give.order) if give.order else np.asarray(wanted)
    array = _array(value)
    if isinstance(array, str):
        return Mark("fault", f"{give.text} is {array}, not an array of real numbers")
    if array.shape != right.shape:
        left, got = (f"shape {_shape(a)}" for a in (right, array))
        return Mark("differs", f"{give.text} has the wrong shape", (), left, got)
    if array.dtype == object or right.dtype == object:
        return _objects(array, right, give)
    return _numbers(array, right.astype(float), give)


def _array(value: Any) -> Array | str:
    """The value as an array of real numbers, or what it is instead."""
    if isinstance(value, bool | str | dict) or value is None or isinstance(value, Unknown):
        return _kind(value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return "a ragged list"
    if array.dtype.kind == "c":
        return array.real if not np.any(array.imag) else "an array of complex numbers"
    return array if array.dtype.kind in "iufO" else f"an array of {array.dtype}"


def _kind(value: Any) -> str:
    if isinstance(value, Unknown):
        return f"of the type {value.kind}"
    names = {"NoneType": "None", "str": "a text", "dict": "a dictionary", "bool": "a truth value"}
    return names.get(type(value).__name__, f"of the type {type(value).__name__}")


def _shape(array: Array) -> str:
    return f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"


def _numbers(array: Array, right: Array, give: Give) -> Mark:
    if array.dtype.kind in "iu" or array.dtype.itemsize not in CLOSE:
        bound = 0.0
    else:
        bound = CLOSE[array.dtype.itemsize] * max(1.0, float(np.max(np.abs(right), initial=0.0)))
    values = array.astype(float)
    if np.array_equal(values, right):
        return Mark("exact")
    off = ~(np.abs(values - right) <= bound)
    if not off.any():
        return Mark("close", f"within {CLOSE.get(array.dtype.itemsize, 0.0):g}")
    place = tuple(int(i) for i in np.argwhere(off)[0])
    text = f"{give.text} differs in {int(off.sum())} of {off.size} entries"
    return Mark("differs", text, place, _number(right[place]), _number(values[place]))


def _number(value: Any) -> str:
    number = float(value)
    return str(int(number)) if np.isfinite(number) and number.is_integer() else f"{number:.9g}"


def _objects(array: Array, right: Array, give: Give) -> Mark:
    for place in np.ndindex(*right.shape):
        got, want = array[place], right[place]
        try:
            same = Exact.of(want).equals(got)
        except (TypeError, ArithmeticError):
            kind = got.kind if isinstance(got, Unknown) else type(got).__name__
            return Mark("fault", f"{give.text} holds a {kind}")
        if not same:
            sides = (shown(Exact.of(side))[:TEXT] for side in (want, got))
            return Mark("differs", f"{give.text} differs", place, *sides)
    return Mark("exact")
