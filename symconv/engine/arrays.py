"""What every family needs from arrays: one notion of dtype, exact division, comparison."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symconv.errors import SymconvError

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[Any, ...]  # of an array: slices, integers, an ellipsis


def as_array(value: ArrayLike, name: str) -> Array:
    """A tensor in one of the engine's kinds: int64, a float, or object.

    Every integer type becomes int64 (exact as long as no sum leaves 64 bits; use object arrays
    of Python integers beyond that). Float types stay, and objects are computed with as they are.

    Raises
    ------
    SymconvError : complex numbers, texts, dates.
    """
    a: Array = np.asarray(value)
    if a.dtype.kind in "biu":
        return a.astype(np.int64, copy=False)
    if a.dtype.kind in "fO":
        return a
    raise SymconvError(
        f"{name} is not an array of real numbers",
        expected="integers, floats or objects such as Fraction",
        got=f"dtype {a.dtype}",
    )


def common(*arrays: Array) -> tuple[Array, ...]:
    """The same arrays in the dtype they promote to together."""
    dtype = np.result_type(*arrays)
    return tuple(a.astype(dtype, copy=False) for a in arrays)


def as_float(a: Array) -> Array:
    """The array in floating point, for functions that leave the rationals (exp, log).

    Raises
    ------
    SymconvError : an object array; what exp does to its elements is not ours to guess.
    """
    if a.dtype == object:
        raise SymconvError(
            "exp and log need floating-point numbers",
            got="an object array",
            hint="converting it with .astype(float)",
        )
    return a.astype(np.float64) if a.dtype.kind == "i" else a


def over(a: Array, count: int | Array) -> Array:
    """``a / count``: exact for objects, in float64 for integers, in its own dtype for floats."""
    if a.dtype == object:
        return np.asarray(a * reciprocals(count))
    a = as_float(a)
    return np.asarray(a / np.asarray(count, dtype=a.dtype))


def reciprocals(count: int | Array) -> Any:
    """``1 / count`` as exact fractions, elementwise."""
    exact = np.frompyfunc(lambda c: Fraction(1, int(c)), 1, 1)
    return exact(count)  # an object array, or a Fraction of one count


def maximum(a: Array, b: Array | int) -> Array:
    """The larger one, elementwise.

    Raises
    ------
    SymconvError : objects whose order is not known, such as symbols.
    """
    try:
        return np.asarray(np.maximum(a, b))
    except TypeError as error:
        raise SymconvError(
            "a maximum needs numbers whose order is known", got=str(error), hint="giving numbers"
        ) from error


def lowest(dtype: np.dtype[Any]) -> Any:
    """A value that is below, or equal to, every value of the dtype."""
    return np.iinfo(dtype).min if dtype.kind == "i" else float("-inf")
