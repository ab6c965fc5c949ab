"""The same geometries without PyTorch: loops over single products, NumPy, SciPy.

Every third geometry of the table, all filters, written-out formulas, padded matrices.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from witness_by_hand import answer, filtered, output_shape
from witness_by_torch import cross_entropy_terms
from witness_case import Answer, Array, Case, whole_numbers
from witness_readings import (
    Reading,
    dense,
    engine_gradients,
    formula_gradients,
    linear_in,
    matrices,
    operation,
    outputs,
)
from witness_specs import GROUPS, cases, sides_of

GROUP = pytest.mark.parametrize("group", GROUPS)
MODES = {"zeros": "constant", "circular": "wrap", "reflect": "reflect", "replicate": "edge"}
"""A padding_mode in the words of `numpy.pad`."""


def some(group: str) -> tuple[Case, ...]:
    """Every third geometry, and every filter."""
    return cases(group)[:: 1 if group.startswith("co") and "v" not in group[3:4] else 3]


@cache
def known(case: Case) -> tuple[dict[str, Array], Array, Answer, Answer | None]:
    """Whole numbers, an upstream gradient, the answer, and what it may be off by."""
    arrays = case.integers(1)
    shape = output_shape(case, arrays)
    g = case.unit * whole_numbers(shape, f"plain {case.text}", 9)
    return arrays, g, answer(case, arrays, g), rounding(case, arrays, g)


def rounding(case: Case, arrays: dict[str, Array], g: Array) -> Answer | None:
    """The sum of |terms| where there are functions; none elsewhere, for whole numbers are exact."""
    if case.keyword == "cross_entropy":
        return cross_entropy_terms(case, arrays, np.abs(g))
    if case.keyword in ("sigmoid", "tanh"):
        return Answer(np.ones(g.shape), {"x": 2.0 * np.abs(g)})
    return None


def refuse(case: Case, readings: list[Reading]) -> None:
    """Fail on the first reading that is wrong."""
    assert readings, case.text
    for reading in readings:
        assert not reading.wrong, f"{case.text}: {reading.wrong}"
