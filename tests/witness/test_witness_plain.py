"""The same geometries without PyTorch: loops over single products, NumPy, SciPy.

Every third geometry of the table, all filters, written-out formulas, padded matrices.
"""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy
from witness_by_hand import answer, filtered, output_shape
from witness_by_torch import cross_entropy_terms
from witness_case import Answer, Array, Case, whole_numbers
from witness_readings import (
    Reading,
    dense,
    engine_gradients,
    formula_gradients,
    gradient,
    linear_in,
    matrices,
    operation,
    outputs,
    refuse,
)
from witness_specs import GROUPS, cases, sides_of

from symconv.expand import evaluate_arrays
from symconv.gradients import upstream_names

GROUP = pytest.mark.parametrize("group", GROUPS)
FILTERS = [g for g in GROUPS if g.startswith(("convolve", "correlate"))]


@cache
def known(case: Case) -> tuple[dict[str, Array], Array, Answer, Answer | None]:
    """Whole numbers, an upstream gradient, the answer, and what it may be off by."""
    arrays = case.integers(1)
    g = whole_numbers(output_shape(case, arrays), f"plain {case.text}", 9, case.unit)
    return arrays, g, answer(case, arrays, g), rounding(case, arrays, g)


def rounding(case: Case, arrays: dict[str, Array], g: Array) -> Answer | None:
    """The sum of |terms| where there are functions; none elsewhere, for whole numbers are exact."""
    if case.keyword == "cross_entropy":
        return cross_entropy_terms(case, arrays, np.abs(g))
    if case.keyword in ("sigmoid", "tanh"):
        return Answer(np.ones(g.shape), {"x": 2.0 * np.abs(g)})
    return None


def some(group: str) -> tuple[Case, ...]:
    """Every third geometry, and every filter."""
    return cases(group)[:: 1 if group in FILTERS else 3]


def smallest(group: str) -> Case:
    """The geometry with the fewest numbers, but more than a few."""
    ranked = sorted(cases(group), key=lambda case: sum(map(prod, case.shapes.values())))
    return next(c for c in ranked if sum(map(prod, c.shapes.values())) >= 5)


# --- the same readings --------------------------------------------------------------------------


@GROUP
def test_outputs_and_the_engines_gradients(group: str) -> None:
    for case in some(group):
        arrays, g, want, allowed = known(case)
        refuse(case, [*outputs(case, arrays, want, allowed)])
        refuse(case, [*engine_gradients(case, arrays, g, want, allowed)])


@GROUP
def test_gradients_by_formula(group: str) -> None:
    for case in some(group):
        refuse(case, [*formula_gradients(case, *known(case))])


@pytest.mark.parametrize("group", [g for g in GROUPS if linear_in(cases(g)[0])])
def test_matrices(group: str) -> None:
    for case in some(group):
        arrays, g, want, _ = known(case)
        refuse(case, [*matrices(case, arrays, g, want, slack(case, want))])


def slack(case: Case, want: Answer) -> Answer | None:
    """The entries of a mean's matrix are fractions; everything else is whole."""
    if not case.keyword.startswith("avg"):
        return None
    each = np.full(case.shapes["x"], 9.0 * 9 * case.unit)
    return Answer(np.full(want.y.shape, 9.0 * case.unit), {"x": each})


@pytest.mark.parametrize("group", [g for g in GROUPS if g.startswith("conv_transpose")])
def test_the_matrix_is_the_transpose_of_the_convolutions(group: str) -> None:
    """The convolution that leads from y back to x has the same kernel, as it lies in memory."""
    compared = 0
    for case in cases(group):
        shape = operation(case.text).output_shape
        options = {n: v for n, v in case.options.items() if n != "output_padding"}
        shapes = {"x": shape, "w": case.shapes["w"]}
        back = operation(Case(f"conv{case.rank}d", shapes, options).text)
        if back.output_shape != case.shapes["x"]:
            continue  # an output_padding above the stride (and below the dilation)
        w = case.integers(2)["w"]
        ours = operation(case.text).map("x").numpy(w=w)
        refuse(case, [Reading("matrix", ours, back.map("x").numpy(w=w).T)])
        compared += 1
    assert compared >= 5


@pytest.mark.parametrize("group", FILTERS)
def test_filters_are_numpys_and_scipys(group: str) -> None:
    """Not only of basis vectors."""
    for case in cases(group):
        arrays, *_ = known(case)
        got = operation(case.text).forward(**arrays)
        refuse(case, [Reading("forward", got, filtered(case, **arrays))])


def one_convolution(case: Case) -> bool:
    """Whether the gradients of x and w must be convolutions again."""
    options = case.options
    if case.keyword in ("convolve", "correlate"):
        return options["mode"] != "circular"
    plain = options.get("groups", 1) == 1 and options.get("padding_mode", "zeros") == "zeros"
    return case.keyword.startswith("conv") and plain


@pytest.mark.parametrize("group", [g for g in GROUPS if any(map(one_convolution, cases(g)))])
def test_there_is_a_closed_form(group: str) -> None:
    """So that the comparison of closed forms compares something."""
    for case in filter(one_convolution, cases(group)):
        for name in ("x", "w"):
            assert gradient(case.text, name).closed is not None, (case.text, name)


# --- written out --------------------------------------------------------------------------------


def numbers(case: Case) -> dict[Any, Any]:
    """A number for every symbol of a geometry's elements."""
    arrays, g, *_ = known(case)
    op = operation(case.text)
    values: dict[str, Any] = dict(arrays)
    for equation in op.program.equations:
        values[equation.name] = evaluate_arrays(equation, values)
    values[upstream_names(op.program)[op.program.output]] = g
    return {
        symbol: sympy.nsimplify(value)
        for name, symbols in op.symbols.items()
        if name in values
        for symbol, value in zip(np.ravel(symbols), np.ravel(values[name]), strict=True)
    }


def put_in(expressions: Any, at: dict[Any, Any], shape: tuple[int, ...]) -> Array:
    """Written-out expressions with numbers for their symbols."""
    found = [sympy.sympify(e).xreplace(at) for e in np.ravel(np.asarray(expressions, object))]
    assert not any(e.free_symbols for e in found)
    return np.array([float(e) for e in found]).reshape(shape)


@GROUP
def test_written_out(group: str) -> None:
    """Every output, every element of every gradient and every matrix as SymPy expressions."""
    case = smallest(group)
    arrays, g, want, allowed = known(case)
    op, at = operation(case.text), numbers(case)
    limit = allowed.y if allowed else None
    readings = [Reading("outputs", put_in(op.outputs(), at, want.y.shape), want.y, limit)]
    if len(op.program.equations) == 1 or case.keyword.startswith("max"):
        for name, values in want.gradients.items():
            made = put_in(gradient(case.text, name).outputs(), at, values.shape)
            made = made if g.shape else made * g  # a number is its own upstream, 1
            bound = allowed.gradients[name] if allowed else None
            readings.append(Reading(f"gradient of {name}", made, values, bound))
    for name in linear_in(case):
        A, _ = dense(op.map(name), arrays, name)
        readings.append(Reading(f"matrix of {name}", put_in(op.matrix(name), at, A.shape), A))
    refuse(case, readings)


# --- on the padded input ------------------------------------------------------------------------


PADDED = [g for g in GROUPS if g.startswith(("conv1d", "conv2d", "conv3d", "avg", "unfold"))]
MODES = {"zeros": "constant", "circular": "wrap", "reflect": "reflect", "replicate": "edge"}
"""A padding_mode in the words of `numpy.pad`."""


@pytest.mark.parametrize("group", PADDED)
def test_the_matrix_on_the_padded_input(group: str) -> None:
    for case in some(group):
        arrays, _, want, _ = known(case)
        x = arrays["x"]
        K = case.options.get("kernel_size") or case.shapes["w"]
        d = case.rank if case.keyword != "unfold" else len(K)
        K = (K,) * d if isinstance(K, int) else K[-d:]
        sides = ((0, 0),) * (x.ndim - d) + sides_of(case, x.shape[-d:], K)
        mode: Any = MODES[case.options.get("padding_mode", "zeros")]
        padded = np.pad(x, sides, mode=mode)
        A, c = dense(operation(case.text).map("x", padded=True), arrays, "x")
        assert A.shape == (want.y.size, padded.size), case.text
        y = (A @ padded.ravel() + c).reshape(want.y.shape)
        limit = slack(case, want)
        refuse(case, [Reading("padded matrix", y, want.y, limit.y if limit else None)])
