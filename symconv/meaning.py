"""What a form means: the plain evaluator, loop by loop, over any ring.

It is the judge of every other reading, so it is slow and obvious: it knows nothing of index
arrays, elimination or SymPy.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.errors import NeedsSizes
from symconv.index import RELATIONS, Condition, compiled, evaluate
from symconv.sizes import infer_sizes
from symconv.terms import Equation, Form, Range, Selection, Term, free_symbols

Array: TypeAlias = npt.NDArray[Any]
Functions: TypeAlias = Mapping[str, Callable[[Any], Any]]

FLOATS: Functions = {
    "": lambda v: v,
    "relu": lambda v: v if v > 0 else v * 0,
    "step": lambda v: 1 if v > 0 else 0,
    "sigmoid": lambda v: 1 / (1 + math.exp(-v)),
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "reciprocal": lambda v: 1 / v,
}
"""The real functions, on numbers."""

STAND_INS: Functions = {
    "": lambda v: v,
    "relu": FLOATS["relu"],
    "step": FLOATS["step"],
    "sigmoid": lambda v: 3 * v * v + 5 * v + 7,
    "tanh": lambda v: 2 * v * v - 11 * v + 3,
    "exp": lambda v: v * v * v + 4 * v - 9,
    "log": lambda v: 5 * v * v - v + 13,
    "reciprocal": lambda v: Fraction(1, 7 * v * v + 1),
}
"""Rational stand-ins for the opaque functions: an identity that needs none of their properties
holds for these too, and holds exactly."""


def evaluate_equation(
    equation: Equation,
    arrays: Mapping[str, Array],
    sizes: Mapping[str, int] | None = None,
    functions: Functions = FLOATS,
) -> Array:
    """The values of an equation as an object array of exact results.

    Sizes that a shape names are read off the arrays; the others come from `sizes`.  Errors:
    `NeedsSizes` for an open size, `GeometryError` for arrays that do not fit.
    """
    known = infer_sizes(dict(equation.shapes), arrays, sizes)
    missing = sorted(free_symbols(equation) - set(known))
    if missing:
        raise NeedsSizes(
            f"{equation.name} has open sizes",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )
    data = {name: np.asarray(arrays[name]) for name in equation.tensors}
    if isinstance(equation, Selection):
        return _select(equation, data, known)
    result = np.zeros([max(0, evaluate(n, known)) for n in equation.shape], dtype=object)
    for term in equation.terms:
        _accumulate(result, equation, term, data, known, functions)
    return result


def _points(ranges: Sequence[Range], known: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
    spans = [range(evaluate(r.start, known), evaluate(r.stop, known)) for r in ranges]
    return itertools.product(*spans)


def _accumulate(
    result: Array,
    form: Form,
    term: Term,
    data: Mapping[str, Array],
    known: Mapping[str, int],
    functions: Functions,
) -> None:
    ranges = (*form.ranges, *term.sums)
    names = (*(r.name for r in ranges), *known)
    positions = compiled(tuple(index for read in term.reads for index in read.at), names)
    sides = compiled(tuple(side for c in term.where for side in (c.left, c.right)), names)
    divisors = compiled(term.divisors, names)
    rest = tuple(known.values())
    for point in _points(ranges, known):
        here = (*point, *rest)
        if not _holds(term.where, sides(*here)):
            continue
        value = _product(term, data, positions(*here), functions)
        if value is None:
            continue
        for divisor in divisors(*here):
            value = value * Fraction(1, divisor)
        place = point[: len(form.ranges)]
        result[place] = result[place] + value


def _holds(conditions: Sequence[Condition], sides: tuple[Any, ...]) -> bool:
    pairs = zip(conditions, sides[::2], sides[1::2], strict=True)
    return all(RELATIONS[c.relation](left, right) for c, left, right in pairs)


def _product(
    term: Term, data: Mapping[str, Array], positions: tuple[int, ...], functions: Functions
) -> Any:
    """The product of the reads, or None where one lies outside its tensor."""
    value: Any = term.coefficient
    if value.denominator == 1:
        value = value.numerator
    start = 0
    for read in term.reads:
        at = positions[start : start + len(read.at)]
        start += len(read.at)
        array = data[read.tensor]
        if not all(0 <= i < n for i, n in zip(at, array.shape, strict=True)):
            return None
        item = array[at]
        item = item.item() if isinstance(item, np.generic) else item
        value = value * functions[read.function](item)
    return value


def _select(selection: Selection, data: Mapping[str, Array], known: Mapping[str, int]) -> Array:
    names = (*(r.name for r in (*selection.ranges, *selection.window)), *known)
    position = compiled(selection.read.at, names)
    rest = tuple(known.values())
    array = data[selection.read.tensor]
    result = np.zeros([evaluate(n, known) for n in selection.shape], dtype=object)
    for out in _points(selection.ranges, known):
        best = None
        for window in _points(selection.window, known):
            at = position(*out, *window, *rest)
            inside = all(0 <= i < n for i, n in zip(at, array.shape, strict=True))
            if inside and (best is None or array[at] > best[0]):
                best = (array[at], window)
        if best is not None:
            result[(*out, *best[1])] = 1
    return result
