"""Wrong values among given numbers: the wrong entry is named, and only that one."""

from __future__ import annotations

import numpy as np
import pytest

from symconv import check

X, W = [1, 2, 5, 4, 3], [2, -1]
OP = "y = conv1d(x=[1,2,5,4,3], w=[2,-1])"
RIGHT = np.correlate(X, W, "valid").tolist()


def said(values) -> str:
    return "y = (" + ", ".join(map(str, values)) + ")"


@pytest.mark.parametrize("at", range(len(RIGHT)))
def test_the_wrong_value_is_named_alone(at):
    wrong = [value + 7 * (place == at) for place, value in enumerate(RIGHT)]
    verdict = check(said(wrong), op=OP)
    assert verdict.outcome == "refuted" and verdict.diagnosis is not None
    assert verdict.diagnosis.text == f"y[{at}]: {RIGHT[at] + 7} should be {RIGHT[at]}"
    assert check(said(RIGHT), op=OP).outcome == "proved"


def test_numbers_in_front_of_the_gradient():
    """dx[1] is g[1]*w[0] + g[0]*w[1]: by the derivative of sum(g*y), in numbers."""
    step = [np.correlate([float(i == 1) for i in range(5)], W, "valid")]
    assert step[0].tolist() == [-1.0, 2.0, 0.0, 0.0]
    verdict = check(r"\frac{\partial L}{\partial x_1} = 2g_1 + g_0", op=OP)
    assert verdict.diagnosis is not None and verdict.diagnosis.name == "sign wrong"
    assert verdict.diagnosis.text == "dx[1]: g[0] should be -g[0]"


def test_values_of_a_chain_are_not_explained_by_products():
    """The true side is in elements of another result: its products say nothing about values."""
    op = "h = conv1d(x=[1,-2,3,0,2], w=[2,1]); r = relu(h); y = conv1d(r, v=[1,-1], stride=2)"
    h = np.correlate([1, -2, 3, 0, 2], [2, 1], "valid")
    y = np.correlate(np.maximum(h, 0), [1, -1], "valid")[::2].tolist()
    assert check(said(y), op=op).good
    verdict = check(said([y[0], y[1] + 4]), op=op)
    assert verdict.outcome == "refuted" and verdict.diagnosis is None
