"""Both sides of every step, evaluated exactly at generic sizes and data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import witness
from symconv.duals import exact_jacobian
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.index import concrete
from symconv.meaning import STAND_INS, evaluate_equation
from symconv.sampling import generic_array, generic_arrays, generic_sizes
from symconv.steps.data import Formula, Step, StepError
from symconv.terms import Equation

Array = npt.NDArray[Any]


def check(
    graph: Graph, steps: Sequence[Step], names: Mapping[str, str], geometries: int, seed: int
) -> int:
    """Evaluate both sides of every step; the number of geometries at which all were equal.

    Errors: `StepError` at the first difference, which names the step and the sizes.
    """
    count = 0
    for number, (sizes, values) in enumerate(_cases(graph, steps, names, geometries, seed)):
        cache: dict[tuple[Equation, ...], Array] = {}
        for step in steps:
            left, right = (
                _evaluate(graph, f, values, sizes, names, cache) for f in (step.left, step.right)
            )
            if left.shape != right.shape or not bool(np.all(left == right)):
                raise StepError(
                    f"the step {step.name!r} does not hold at {sizes or 'these sizes'}",
                    expected=step.left.latex,
                    got=step.right.latex,
                )
        count = number + 1
    return count


MOST_STEPS = 12_000
"""How long the plain evaluator may take over one side of a step."""


def _cases(
    graph: Graph, steps: Sequence[Step], names: Mapping[str, str], geometries: int, seed: int
) -> Iterator[tuple[dict[str, int], dict[str, Array]]]:
    if graph.open_sizes():
        forms = [f.equations[-1] for s in steps for f in (s.left, s.right) if f.equations]
        choices = list(generic_sizes(graph, geometries, seed, most=MOST_STEPS, equations=forms))
    else:
        choices = [{}] * geometries
    for number, sizes in enumerate(choices):
        fixed = fix_sizes(graph, sizes)
        values = generic_arrays(fixed, seed + number)
        output = fixed.shapes[fixed.output]
        if output:
            shape = [concrete(n) for n in output]
            values[names[graph.output]] = generic_array(shape, seed + number + 1)
        yield sizes, values


def _evaluate(
    graph: Graph,
    formula: Formula,
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
    names: Mapping[str, str],
    cache: dict[tuple[Equation, ...], Array],
) -> Array:
    if formula.derivative_of is not None:
        return _derivative(graph, formula, values, sizes, names)
    if formula.engine:
        fixed = fix_sizes(graph, sizes)
        exact = np.vectorize(Fraction, otypes=[object])
        inputs = {tensor.name: exact(values[tensor.name]) for tensor in graph.inputs}
        return witness.forward(fixed, inputs)[formula.engine]
    known = dict(values)
    for place, equation in enumerate(formula.equations):
        key = formula.equations[: place + 1]
        if key not in cache:
            cache[key] = evaluate_equation(equation, known, sizes, STAND_INS)
        known[equation.name] = cache[key]
    return known[formula.equations[-1].name]


def _derivative(
    graph: Graph,
    formula: Formula,
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
    names: Mapping[str, str],
) -> Array:
    """The derivative by dual numbers: of the equations given, or of the whole graph."""
    assert formula.derivative_of is not None
    output, tensor = formula.derivative_of
    known = dict(values)
    order = [e.name for e in graph.equations]
    start = order.index(tensor) + 1 if tensor in order else 0
    stop = order.index(output) + 1
    for equation in graph.equations[:start]:
        known[equation.name] = evaluate_equation(equation, known, sizes, STAND_INS)
    local = graph.equations[start:stop] if formula.contracted else graph.equations[stop - 1 : stop]
    if not formula.contracted:
        for equation in graph.equations[start : stop - 1]:
            known[equation.name] = evaluate_equation(equation, known, sizes, STAND_INS)
    table = exact_jacobian(local, known, tensor, sizes)
    if not formula.contracted:
        return table
    upstream = values.get(names[output])
    weights = np.array([1], dtype=object) if upstream is None else upstream.ravel()
    rows = table.reshape(weights.size, -1)
    shape = table.shape[len(np.shape(upstream)) if upstream is not None else 0 :]
    total: Array = np.dot(weights, rows)
    return total.reshape(shape)
