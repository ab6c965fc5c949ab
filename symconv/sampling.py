"""Generic sizes and data: all sizes different, nothing symmetric, strides that do not divide.

Symmetric or square examples hide nearly every mistake that people make here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.elements import numbers
from symconv.errors import GeometryError
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.index import concrete, evaluate
from symconv.terms import Equation, Form, Range, Selection

SPANS = {"size": (2, 7), "stride": (1, 3), "dilation": (1, 2), "groups": (1, 3), "padding": (0, 2)}
"""From where a symbol's values are drawn, by what it stands for."""


def generic_sizes(
    graph: Graph,
    count: int,
    seed: int = 0,
    *,
    most: int = 4000,
    equations: Sequence[Equation] = (),
) -> Iterator[dict[str, int]]:
    """`count` choices of numbers for the open symbols that fit together and are all different.

    Choices at which one of the `equations` (the graph's own if none are given) takes the plain
    evaluator more than `most` steps are used only where there are too few others, the cheapest
    first.  Errors: `GeometryError` where no choice fits together.
    """
    open_names = graph.open_sizes()
    if not open_names:
        yield {}
        return
    dear: list[tuple[float, dict[str, int]]] = []
    found: list[dict[str, int]] = []
    for sizes in _choices(graph, open_names, seed):
        cost = work(equations or graph.equations, sizes)
        if cost <= most:
            found.append(sizes)
            yield sizes
        else:
            dear.append((cost, sizes))
        if len(found) == count:
            return
    dear.sort(key=lambda pair: pair[0])
    yield from (sizes for _, sizes in dear[: count - len(found)])
    if not found and not dear:
        raise GeometryError(
            "no sizes were found that fit together", expected="sizes for " + ", ".join(open_names)
        )


ATTEMPTS = 400


def _choices(graph: Graph, names: Sequence[str], seed: int) -> Iterator[dict[str, int]]:
    """Different choices of numbers that fit together, wider ones later."""
    source = random.Random(seed)
    kinds = {p.name: p.kind for p in graph.parameters}
    spans = [SPANS.get(kinds.get(name, "size"), (0, 1)) for name in names]
    seen: list[dict[str, int]] = []
    for attempt in range(10 * ATTEMPTS):
        wider = attempt // ATTEMPTS
        sizes = {
            name: source.randint(low, high + wider)
            for name, (low, high) in zip(names, spans, strict=True)
        }
        if sizes not in seen and _fits(graph, sizes):
            seen.append(sizes)
            yield sizes
        if seen and attempt >= ATTEMPTS:
            return


def _fits(graph: Graph, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes make sense, and the symbolic shapes hold at them (assumptions met)."""
    try:
        fixed = fix_sizes(graph, sizes)
    except GeometryError:
        return False
    given, made = graph.shapes, fixed.shapes
    return all(
        evaluate(n, sizes) == evaluate(m, {}) >= 1
        for name, shape in given.items()
        for n, m in zip(shape, made[name], strict=True)
    )


def work(equations: Sequence[Equation], sizes: Mapping[str, int]) -> float:
    """The steps that the plain evaluator takes for the longest of some equations."""
    return max(_steps(equation, sizes) for equation in equations)


def _steps(equation: Equation, sizes: Mapping[str, int]) -> float:
    if isinstance(equation, Selection):
        return _points((*equation.ranges, *equation.window), sizes)
    return sum(_points((*equation.ranges, *term.sums), sizes) for term in equation.terms)


def _points(ranges: Sequence[Range], sizes: Mapping[str, int]) -> float:
    return float(np.prod([float(max(0, evaluate(r.size, sizes))) for r in ranges]))


def generic_arrays(graph: Graph, seed: int = 0) -> dict[str, npt.NDArray[Any]]:
    """Integers for every input at concrete sizes, whatever numbers the spec gives.

    The values are small, never 0, and no two of a small tensor are equal.
    """
    source = random.Random(seed)
    arrays = {}
    for tensor in graph.inputs:
        shape = tuple(concrete(n) for n in tensor.shape)
        total = int(np.prod(shape, dtype=np.int64))
        values = [v for v in range(-total - 2, total + 3) if v]
        array = np.empty(total, dtype=object)
        array[:] = source.sample(values, total)
        arrays[tensor.name] = array.reshape(shape)
    return arrays


def arrays_for(graph: Graph, seed: int = 0) -> dict[str, npt.NDArray[Any]]:
    """NumPy numbers for every input: the spec's own where it gives numbers, else generic ones.

    Integers where the graph is made of products and kinks, small floats where it has exponentials;
    given fractions stay exact (an object array).
    """
    arrays = generic_arrays(graph, seed)
    given = {tensor.name: numbers(tensor) for tensor in graph.inputs}
    exact = is_exact(graph)
    found = {}
    for name, array in arrays.items():
        own = given[name]
        if own is not None:
            whole = all(isinstance(v, int) for v in own.ravel())
            found[name] = own.astype(np.int64) if whole and exact else own
        else:
            found[name] = array.astype(np.int64) if exact else array / (2.0 + array.size)
        if not exact:
            found[name] = np.asarray(found[name], dtype=np.float64)  # a scalar is no array by now
    return found


def small_arrays(graph: Graph, seed: int = 0) -> dict[str, npt.NDArray[Any]]:
    """Numbers for a page: the spec's own, else whole numbers from -4 to 4."""
    found = arrays_for(graph, seed)
    for tensor in graph.inputs:
        if numbers(tensor) is None and is_exact(graph):
            found[tensor.name] = small_array(found[tensor.name].shape, f"{seed} {tensor.name}")
    return found


def small_array(shape: Sequence[int], seed: str) -> npt.NDArray[np.int64]:
    """Whole numbers from -4 to 4."""
    total = int(np.prod(shape, dtype=np.int64))
    values = random.Random(seed).choices(range(-4, 5), k=total)
    return np.array(values, dtype=np.int64).reshape(tuple(shape))


def generic_array(shape: Sequence[int], seed: int) -> npt.NDArray[Any]:
    """An array of small distinct integers, drawn apart from those of `generic_arrays`."""
    total = int(np.prod(shape, dtype=np.int64))
    values = [v for v in range(-total - 2, total + 3) if v]
    array = np.empty(total, dtype=object)
    array[:] = random.Random(f"upstream {seed}").sample(values, total)
    return array.reshape(tuple(shape))


SMOOTH = frozenset({"sigmoid", "tanh", "exp", "log", "reciprocal"})


def is_exact(graph: Graph) -> bool:
    """Whether integers stay rational in a graph: no exponentials in it."""
    return not any(
        read.function in SMOOTH
        for e in graph.equations
        if isinstance(e, Form)
        for term in e.terms
        for read in term.reads
    )
