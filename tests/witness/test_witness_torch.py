"""Every keyword and number of axes against PyTorch: outputs, matrices, all gradients.

Whole numbers must agree exactly, others within 1e-12 of the sum of |terms|.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from witness_by_torch import answer, mask, terms, values
from witness_case import Answer, Array, Case, real_numbers, whole_numbers
from witness_readings import (
    KINDS,
    Reading,
    dense,
    engine_gradients,
    formula_gradients,
    linear_in,
    matrices,
    operation,
    outputs,
    refuse,
)
from witness_specs import GROUPS, cases

pytest.importorskip("torch", reason="the witness is PyTorch, which is not installed")

SMOOTH = ("sigmoid", "tanh", "cross_entropy")
"""Keywords whose values are not whole numbers where the inputs are."""
GROUP = pytest.mark.parametrize("group", GROUPS)


@cache
def whole(case: Case) -> tuple[dict[str, Array], Array, Answer, Answer | None]:
    """Whole numbers, an upstream gradient, PyTorch's answer, and what it may be off by."""
    arrays = case.integers()
    y = values(case, arrays)
    g = whole_numbers(y.shape, f"g {case.text}", 9, case.unit)
    allowed = terms(case, arrays, g) if case.keyword in SMOOTH else None
    return arrays, g, answer(case, arrays, g), allowed


@cache
def real(case: Case) -> tuple[dict[str, Array], Array, Answer, Answer]:
    """The same in floating point."""
    arrays = case.floats()
    g = real_numbers(values(case, arrays).shape, f"g {case.text}")
    return arrays, g, answer(case, arrays, g), terms(case, arrays, g)


@GROUP
def test_outputs(group: str) -> None:
    for case in cases(group):
        arrays, _, want, allowed = whole(case)
        refuse(case, [*outputs(case, arrays, want, allowed)])
        arrays, _, want, allowed = real(case)
        refuse(case, [*outputs(case, arrays, want, allowed)])


@GROUP
def test_gradients_by_the_engine(group: str) -> None:
    for case in cases(group):
        refuse(case, [*engine_gradients(case, *whole(case))])
        refuse(case, [*engine_gradients(case, *real(case))])


@GROUP
def test_gradients_by_formula(group: str) -> None:
    """Raw, gathered and closed with whole numbers, one after the other with other numbers."""
    for number, case in enumerate(cases(group)):
        refuse(case, [*formula_gradients(case, *whole(case))])
        refuse(case, [*formula_gradients(case, *real(case), (KINDS[number % 2],))])


@pytest.mark.parametrize("group", [g for g in GROUPS if linear_in(cases(g)[0])])
def test_matrices(group: str) -> None:
    for case in cases(group):
        allowed = None
        arrays, g, want, _ = whole(case)
        if case.unit > 1:  # a mean's entries are fractions
            allowed = terms(case, arrays, g)
        refuse(case, [*matrices(case, arrays, g, want, allowed)])
        refuse(case, [*matrices(case, *real(case))])


BASIS = [g for g in GROUPS if linear_in(cases(g)[0]) and not g.startswith("max_pool")]


@pytest.mark.parametrize("group", BASIS)
def test_columns_are_the_images_of_basis_vectors(group: str) -> None:
    for case in cases(group):
        arrays, *_ = whole(case)
        for name in linear_in(case):
            A, c = dense(operation(case.text).map(name), arrays, name)
            still = values(case, arrays | {name: np.zeros(case.shapes[name])}).ravel()
            columns = [
                values(case, arrays | {name: basis}).ravel() - still
                for basis in np.eye(arrays[name].size).reshape(-1, *case.shapes[name])
            ]
            allowed = np.abs(A) if case.keyword.startswith("avg") else None
            refuse(
                case,
                [
                    Reading(f"columns of {name}", A, np.array(columns).T, allowed),
                    Reading(f"constant of {name}", c, still),
                ],
            )


@pytest.mark.parametrize("group", [g for g in GROUPS if g.startswith("max_pool")])
def test_a_maximum_with_its_mask_as_given(group: str) -> None:
    for case in cases(group):
        arrays, g, want, _ = whole(case)
        chosen = mask(case, arrays["x"])
        op = operation(case.text)
        (name,) = op.map("x").tensors
        A = op.map("x").numpy(**{name: chosen})
        y = (A @ arrays["x"].ravel()).reshape(want.y.shape)
        back = (A.T @ g.ravel()).reshape(case.shapes["x"])
        again = op.map("x").numpy(x=arrays["x"])
        refuse(
            case,
            [
                Reading("A·x", y, want.y),
                Reading("Aᵀ·g", back, want.gradients["x"]),
                Reading("the mask that x makes", again, A),
            ],
        )
