"""Forms in numbers: the index arrays gather, the products are multiplied and added up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.expand.products import Expansion, Ints, Products, expand
from symconv.sizes import infer_sizes
from symconv.terms import Equation, Form, Read, Term
from symconv.values import dataclass

Array: TypeAlias = npt.NDArray[Any]


def _sigmoid(v: Any) -> Any:
    return 1 / (1 + np.exp(-v))


ARRAY_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda v: np.maximum(v, 0),
    "step": lambda v: (v > 0).astype(np.result_type(v)),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "reciprocal": lambda v: 1 / v,
}
"""The functions of a read on NumPy arrays of numbers."""


def evaluate_arrays(
    form: Equation, arrays: Mapping[str, Any], sizes: Mapping[str, int] | None = None
) -> Array:
    """The equation's values by gathering, multiplying and adding up; integers stay integers.

    Sizes are read off the arrays where the equation names them.
    """
    return values_of(at_sizes(form, arrays, sizes), arrays)


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection at concrete sizes: the positions of its windows, each of so many."""

    positions: Expansion
    window: int


def at_sizes(
    form: Equation, arrays: Mapping[str, Any], sizes: Mapping[str, int] | None = None
) -> Expansion | Choice:
    """The index arrays of an equation at the sizes of some arrays, which are checked."""
    known = infer_sizes(dict(form.shapes), arrays, sizes)
    if isinstance(form, Form):
        return expand(form, known)
    read = Term((Read(form.read.tensor, form.read.at),))
    found = expand(Form(form.name, (*form.ranges, *form.window), (read,), form.shapes), known)
    return Choice(found, math.prod(found.shape[len(form.ranges) :]))


def values_of(ready: Expansion | Choice, arrays: Mapping[str, Any]) -> Array:
    """The values at arrays of just these sizes, which nobody looks at again."""
    if isinstance(ready, Choice):
        return _select(ready.positions, ready.window, arrays)
    data = {name: np.asarray(arrays[name]).ravel() for name, _ in ready.shapes}
    parts = [_values(term, data) for term in ready.terms]
    kind = np.result_type(*parts) if parts else np.dtype(np.float64)
    result = np.zeros(ready.size, dtype=kind)
    for term, values in zip(ready.terms, parts, strict=True):
        np.add.at(result, term.out, values)
    return result.reshape(ready.shape)


def _values(term: Products, data: Mapping[str, Array]) -> Array:
    whole = term.coefficient.denominator == 1
    exact = any(data[name].dtype == object for name in term.tensors)
    number: Any = (
        term.coefficient.numerator
        if whole
        else (term.coefficient if exact else float(term.coefficient))
    )
    factors: list[Any] = []
    for tensor, function, at in zip(term.tensors, term.functions, term.reads, strict=True):
        read = data[tensor][at]
        factors.append(ARRAY_FUNCTIONS[function](read) if function else read)
    if factors and number == 1:  # as a factor it would make small integers and float32 wider
        values: Array = factors[0].astype(np.result_type(np.int64, factors[0]), copy=False)
    else:
        values = np.full(term.out.shape, number, dtype=object if exact else None)
        factors.insert(0, values)
    for factor in factors[1:]:
        values = values * factor
    if term.divisors is None:
        return values
    return _divided(values, term.divisors, exact)


def _divided(values: Array, divisors: Ints, exact: bool) -> Array:
    if not exact:
        return np.asarray(values / divisors)
    pairs = zip(values, divisors, strict=True)
    return np.array([v * Fraction(1, int(d)) for v, d in pairs], dtype=object)


def _select(positions: Expansion, window: int, arrays: Mapping[str, Any]) -> Array:
    """The mask of first maxima: argmax along the windows' positions."""
    (term,) = positions.terms
    read = np.asarray(arrays[term.tensors[0]]).ravel()[term.reads[0]]
    mask = np.zeros(positions.size, dtype=np.int64)
    best: dict[int, tuple[Any, int]] = {}
    for place, value in zip(term.out.tolist(), read, strict=True):
        row = place // window
        if row not in best or value > best[row][0]:
            best[row] = (value, place)
    mask[[place for _, place in best.values()]] = 1
    return mask.reshape(positions.shape)
