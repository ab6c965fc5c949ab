"""Every refusal: one line that names the clash and what would fit."""

import numpy as np
import pytest

from symconv import engine
from symconv.engine import AdjointResult, dottest
from symconv.errors import GeometryError, SymconvError


def shape(*sizes):
    return np.ones(sizes)


X, W = shape(2, 4, 6), shape(6, 4, 3)
POOL = {"kernel_size": 3}

REFUSED = [
    ("conv9d", (X, W), {}, "unknown operation 'conv9d'"),
    ("conv1d", (X,), {}, r"takes the tensors x, w\[, b\]; got 1"),
    ("conv1d", (X, W, W, W), {}, "got 4 of them"),
    ("conv1d", (X, W), {"strides": 2}, "unknown option 'strides'; expected stride, padding"),
    ("conv1d", (X, W), {"stride": 0}, "stride = 0 is too small; expected at least 1"),
    ("conv1d", (X, W), {"stride": 1.5}, "stride must be an integer; got 1.5"),
    ("conv1d", (X, W), {"stride": True}, "stride must be an integer; got True"),
    ("conv1d", (X, W), {"dilation": (1, 2)}, r"dilation \(1, 2\) has 2 entries for 1 axes"),
    ("conv1d", (X, W), {"dilation": 3}, "a window of 7 .* input of 6 .* padding of 1 more"),
    ("conv1d", (X, W), {"padding": -1}, "padding = -1 is too small"),
    ("conv1d", (X, W), {"padding": "sam"}, "unknown padding 'sam'; expected valid, full"),
    ("conv1d", (X, W), {"padding": (1, 2, 3)}, "has 3 entries for 1 axes"),
    ("conv1d", (X, W), {"padding": ((1, 2, 3),)}, "neither an integer nor a pair"),
    ("conv1d", (X, W), {"groups": 3}, "4 input channels cannot be divided into 3 groups"),
    ("conv1d", (X, shape(5, 2, 3)), {"groups": 2}, "5 filters cannot be divided into 2 groups"),
    ("conv1d", (X, W), {"groups": 2}, r"x has 4 channels.*w of shape \(6, 2, 3\)"),
    ("conv1d", (X, W, shape(5)), {}, r"b does not fit; expected shape \(6,\), got shape \(5,\)"),
    ("conv1d", (shape(6), shape(3), shape(1)), {}, r"b does not fit; expected shape \(\)"),
    ("conv1d", (shape(1, 2, 3, 4), W), {}, "x has 4 axes; expected 1"),
    ("conv1d", (shape(6), W), {}, "a kernel w of 3 axes does not go with an x of 1; expected 1"),
    ("conv1d", (X, shape(6, 4, 0)), {}, "a spatial size = 0 is too small"),
    ("conv1d", (X, W), {"padding_mode": "wrap"}, "unknown padding_mode 'wrap'"),
    ("conv1d", (X, W), {"padding": 6, "padding_mode": "reflect"}, "reflect padding 6 .* most 5"),
    ("conv1d", (X, W), {"padding": 7, "padding_mode": "circular"}, "circular .* at most 6"),
    ("conv_transpose1d", (X, shape(5, 2, 3)), {}, r"x has 4 channels.*w of shape \(4, 2, 3\)"),
    ("conv_transpose1d", (X, shape(4, 2, 3)), {"output_padding": 1}, "1 is not below max"),
    ("conv_transpose1d", (X, shape(4, 2, 3)), {"padding": 4}, "an output of 0 from an input of 6"),
    ("conv_transpose1d", (X, shape(4, 2, 3)), {"padding": "same"}, "'same' has no meaning"),
    ("conv_transpose1d", (X, shape(4, 2, 3)), {"groups": 3}, "cannot be divided into 3 groups"),
    ("convolve", (X, X), {}, "must both have one axis, or both two; got 3 and 3"),
    ("convolve", (shape(3), shape(0)), {}, "a size = 0 is too small"),
    ("convolve", (shape(3), shape(2)), {"mode": "wrap"}, "unknown mode 'wrap'"),
    ("correlate", (shape(3, 2), shape(2, 3)), {"mode": "valid"}, "at least as large in every axis"),
    ("avg_pool1d", (X,), {}, "the option 'kernel_size' is missing"),
    ("avg_pool1d", (X,), {**POOL, "dilation": 2}, "unknown option 'dilation'"),
    ("avg_pool1d", (X,), {**POOL, "padding": 2}, "padding 2 is more than half of the kernel 3"),
    ("max_pool1d", (X,), {**POOL, "padding": "same"}, "'same' has no meaning for a pooling"),
    ("max_pool1d", (X,), {"kernel_size": 7}, "a window of 7"),
    ("max_pool2d", (shape(4),), POOL, r"x has 1 axes; expected 2 \(H, W\)"),
    ("max_pool1d", (shape(1),), {"kernel_size": 2, "padding": 1, "dilation": 2}, "only padding"),
    ("unfold", (shape(2, 3),), {"kernel_size": (1, 1, 1)}, "x of 2 axes does not go with"),
    ("fold", (shape(2, 5, 4),), {"output_size": 3, "kernel_size": 2}, "a multiple of 4 rows and 4"),
    ("fold", (shape(5),), {"output_size": 3, "kernel_size": 2}, "x has 1 axes"),
    ("add", (shape(2), shape(3)), {}, r"a and b must have the same shape; got \(2,\) and \(3,\)"),
    ("scale", (X,), {"factor": [1, 2]}, "factor must be one number"),
    ("mse", (shape(2), shape(3)), {}, "y and t must have the same shape"),
    ("mse", (X, X), {"reduction": "none"}, "unknown reduction 'none'; expected mean or sum"),
    ("mse", (shape(0), shape(0)), {}, "the mean of no elements"),
    ("cross_entropy", (shape(), shape()), {}, "z has no classes"),
    ("sum", (np.array([1j]),), {}, "x is not an array of real numbers"),
    ("sigmoid", (np.array([1], dtype=object),), {}, "floating-point numbers; got an object array"),
]


@pytest.mark.parametrize(("keyword", "tensors", "options", "text"), REFUSED)
def test_refusals(keyword, tensors, options, text):
    for call in (engine.forward, engine.loops.forward):
        with pytest.raises(SymconvError, match=text) as caught:
            call(keyword, *tensors, **options)
        assert "\n" not in str(caught.value)
        assert keyword in str(caught.value)


def test_upstream_shape():
    with pytest.raises(GeometryError, match=r"output's shape; expected \(2, 6, 4\), got \(2,\)"):
        engine.backward("conv1d", shape(2), X, W)


def test_maximum_of_symbols():
    sympy = pytest.importorskip("sympy")
    with pytest.raises(SymconvError, match="numbers whose order is known"):
        engine.forward("max_pool1d", np.array(sympy.symbols("x:4")), kernel_size=2)


def test_dottest_tells_wrong_from_right():
    A = np.random.default_rng(0).standard_normal((3, 4))
    good = dottest(lambda x: A @ x, lambda g: A.T @ g, (4,), (3,))
    assert good.passed
    assert str(good).startswith("adjoint: <A x, g> = ")
    wrong = A.copy()
    wrong[1, 2] *= 1 + 1e-9
    bad = dottest(lambda x: A @ x, lambda g: wrong.T @ g, (4,), (3,))
    assert not bad.passed
    assert str(bad).startswith("NOT adjoint")
    assert not dottest(lambda x: A @ x, lambda g: g, (4,), (3,)).passed
    assert isinstance(bad, AdjointResult)
    assert dottest(lambda x: 0 * x, lambda g: 0 * g, (4,), (4,)).passed
