"""Data that expose mistakes: small whole numbers, none of them 0; ties; entries with names."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.expand import evaluate_arrays
from symconv.graph import Graph
from symconv.index import compiled, concrete, evaluate
from symconv.sampling import arrays_for, is_exact
from symconv.sandbox.exact import Exact
from symconv.terms import Form, Range, Selection

Array = npt.NDArray[Any]
KINKED = ("relu", "step")
SMALL = (-12, -10, -8, -6, -4, -2, 1, 3, 5, 7, 9, 11, 13, 15, 17)


def shapes_of(fixed: Graph) -> dict[str, tuple[int, ...]]:
    """The shapes of a graph at concrete sizes, as integers."""
    return {name: tuple(concrete(n) for n in shape) for name, shape in fixed.shapes.items()}


def whole(fixed: Graph, seed: int) -> dict[str, Array]:
    """Small whole numbers, none of them 0, in float64: sums of their products are exact."""
    if not is_exact(fixed) or any(isinstance(e, Selection) for e in fixed.equations):
        return {name: array.astype(float) for name, array in arrays_for(fixed, seed).items()}
    shapes = shapes_of(fixed)
    return {t.name: small(shapes[t.name], f"{seed} {t.name}") for t in fixed.inputs}


def small(shape: tuple[int, ...], seed: str) -> Array:
    """Small numbers without 0 and without opposites, all different where there are few enough.

    No two of them cancel, so that a mean is not a sum by chance.
    """
    source = random.Random(seed)
    total = int(np.prod(shape, dtype=np.int64))
    few = total <= len(SMALL)
    drawn = source.sample(SMALL, total) if few else source.choices(SMALL, k=total)
    return np.array(drawn, dtype=float).reshape(shape)


def tied(fixed: Graph, seed: int) -> dict[str, Array]:
    """Data of three values only, so that many windows have no single maximum."""
    found = {}
    for tensor in fixed.inputs:
        shape = shapes_of(fixed)[tensor.name]
        drawn = random.Random(f"ties {seed} {tensor.name}").choices(
            (-2, -1, 3), k=int(np.prod(shape))
        )
        found[tensor.name] = np.array(drawn, dtype=float).reshape(shape)
    return found


def named(name: str, shape: tuple[int, ...]) -> Array:
    """Entries as letters, ``x[0,1]``."""
    array = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        array[place] = Exact.named(f"{name}[{','.join(map(str, place))}]" if shape else name)
    return array


def fractions(array: Array) -> Array:
    """The same numbers as fractions in an array of objects."""
    exact = np.empty(array.shape, dtype=object)
    for place in np.ndindex(*array.shape):
        exact[place] = Fraction(float(array[place]))
    return exact


def polynomial(graph: Graph) -> bool:
    """Whether a graph only adds and multiplies."""
    return all(
        isinstance(e, Form) and not any(read.function for term in e.terms for read in term.reads)
        for e in graph.equations
    )


def singular(fixed: Graph, arrays: Mapping[str, Array]) -> bool:
    """Whether a kink is hit exactly or a window has two maxima, so that a convention decides."""
    values: dict[str, Array] = dict(arrays)
    for equation in fixed.equations:
        if isinstance(equation, Selection):
            if _has_ties(equation, values):
                return True
        elif any(
            read.function in KINKED and not np.all(values[read.tensor])
            for term in equation.terms
            for read in term.reads
        ):
            return True
        values[equation.name] = np.asarray(evaluate_arrays(equation, values, {}))
    return False


def _has_ties(selection: Selection, values: Mapping[str, Array]) -> bool:
    """Whether the largest entry of some window stands there twice."""
    names = tuple(r.name for r in (*selection.ranges, *selection.window))
    position = compiled(selection.read.at, names)
    array = values[selection.read.tensor]
    window = list(_points(selection.window))
    for out in _points(selection.ranges):
        inside = [at for w in window if _within(at := position(*out, *w), array)]
        entries = sorted((array[at] for at in inside), reverse=True)
        if len(entries) > 1 and entries[0] == entries[1]:
            return True
    return False


def _points(ranges: Sequence[Range]) -> Iterator[tuple[int, ...]]:
    spans = [range(evaluate(r.start, {}), evaluate(r.stop, {})) for r in ranges]
    return itertools.product(*spans)


def _within(at: tuple[int, ...], array: Array) -> bool:
    return all(0 <= i < n for i, n in zip(at, array.shape, strict=True))
