"""The engine against NumPy, SciPy, its own plain loops, exact fractions, symbols, and itself."""

from fractions import Fraction

import numpy as np
import pytest
from engine_cases import EXACT, LINEAR, NUMPY, OURS, SMALL, Call

from symconv import engine


@pytest.mark.parametrize("call", NUMPY, ids=str)
def test_filters_are_numpys_and_scipys(call: Call):
    x, w = call.integers()
    mode = call.options["mode"]
    mine = engine.forward(call.keyword, x, w, **call.options)
    if mode == "circular":
        sign = 1 if call.keyword == "convolve" else -1
        theirs = sum(
            w[k] * np.roll(x, [sign * p for p in k], axis=tuple(range(x.ndim)))
            for k in np.ndindex(w.shape)
        )
    elif x.ndim == 1:
        theirs = getattr(np, call.keyword)(x, w, mode)
    else:
        signal = pytest.importorskip("scipy.signal", reason="the witness for 2-D filters")
        theirs = getattr(signal, f"{call.keyword}2d")(x, w, mode)
    assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("call", SMALL, ids=str)
def test_loops_agree(call: Call):
    arrays = call.integers()
    y = engine.loops.forward(call.keyword, *arrays, **call.options)
    mine = engine.forward(call.keyword, *arrays, **call.options)
    assert mine.shape == y.shape
    assert mine.dtype == y.dtype
    assert np.allclose(mine, y, rtol=1e-14, atol=1e-14)
    g = np.random.default_rng(9).integers(-9, 10, y.shape)
    theirs = engine.loops.backward(call.keyword, g, *arrays, **call.options)
    mine = engine.backward(call.keyword, g, *arrays, **call.options)
    for a, b, x in zip(mine, theirs, arrays, strict=True):
        assert a.shape == b.shape == x.shape
        assert np.allclose(a, b, rtol=1e-13, atol=1e-13)


def fractions(a):
    """Generic fractions in an object array."""
    return a.astype(object) * Fraction(1, 7) + Fraction(1, 3)


@pytest.mark.parametrize("call", EXACT, ids=str)
def test_fractions_stay_exact(call: Call):
    arrays = [np.asarray(fractions(a), dtype=object) for a in call.integers()]
    y = engine.forward(call.keyword, *arrays, **call.options)
    g = np.asarray(fractions(np.random.default_rng(9).integers(-9, 10, y.shape)), dtype=object)
    theirs = engine.loops.forward(call.keyword, *arrays, **call.options)
    assert y.dtype == object
    assert (y == theirs).all()
    for a, b in zip(
        engine.backward(call.keyword, g, *arrays, **call.options),
        engine.loops.backward(call.keyword, g, *arrays, **call.options),
        strict=True,
    ):
        assert (a == b).all()
        assert not any(isinstance(v, float) for v in a.flat)


@pytest.mark.parametrize("call", OURS, ids=str)
def test_integers_stay_integers(call: Call):
    arrays = call.integers()
    y = engine.forward(call.keyword, *arrays, **call.options)
    floats = engine.forward(call.keyword, *(a.astype(float) for a in arrays), **call.options)
    assert y.dtype == np.int64
    assert np.array_equal(y, floats)
    assert all(
        a.dtype == np.int64 for a in engine.backward(call.keyword, y, *arrays, **call.options)
    )


def test_integers_beyond_float_precision():
    big = 2**53
    x = np.array([big + 1, 1, big + 3])
    assert engine.forward("conv1d", x, np.array([1, 1])).tolist() == [big + 2, big + 4]
    huge = np.array([10**30, 1], dtype=object)
    assert engine.forward("conv1d", huge, np.array([1, -1])).tolist() == [10**30 - 1]


def test_symbols():
    sympy = pytest.importorskip("sympy")
    x = np.array(sympy.symbols("x:5"))
    w = np.array(sympy.symbols("w:3"))
    y = engine.forward("conv1d", x, w, stride=2, padding=1)
    assert y[0] == w[1] * x[0] + w[2] * x[1]
    assert sympy.expand(y[2] - (w[0] * x[3] + w[1] * x[4])) == 0
    g = np.array(sympy.symbols("g:3"))
    gx, gw = engine.backward("conv1d", g, x, w, stride=2, padding=1)
    total = (g * y).sum()
    assert all(sympy.expand(a - sympy.diff(total, v)) == 0 for a, v in zip(gx, x, strict=True))
    assert all(sympy.expand(a - sympy.diff(total, v)) == 0 for a, v in zip(gw, w, strict=True))
    pooled = engine.forward("avg_pool1d", x, kernel_size=2)
    assert sympy.expand(pooled[0] - (x[0] + x[1]) / 2) == 0


@pytest.mark.parametrize("call", LINEAR, ids=str)
def test_adjoint_in_every_tensor(call: Call):
    arrays = call.floats()[:2]
    shape = engine.output_shape(call.keyword, *(a.shape for a in arrays), **call.options)
    for j, a in enumerate(arrays):

        def put(v, j=j):
            return [*arrays[:j], v, *arrays[j + 1 :]]

        result = engine.dottest(
            lambda v, put=put: engine.forward(call.keyword, *put(v), **call.options),
            lambda g, j=j: engine.backward(call.keyword, g, *arrays, **call.options)[j],
            a.shape,
            shape,
        )
        assert result.passed, str(result)


@pytest.mark.parametrize("call", [c for c in SMALL if c not in LINEAR], ids=str)
def test_central_differences(call: Call):
    names = engine.REGISTRY[call.keyword].tensors
    arrays = dict(zip(names, call.floats(), strict=True))

    def f(**tensors):
        return engine.forward(call.keyword, *tensors.values(), **call.options)

    g = np.random.default_rng(9).standard_normal(f(**arrays).shape)
    gradients = engine.backward(call.keyword, g, *arrays.values(), **call.options)
    for name, gradient in zip(names, gradients, strict=True):
        assert engine.deviation(f, arrays, g, name, gradient) < 1e-7


@pytest.mark.parametrize("call", SMALL[::3], ids=str)
def test_output_shape_is_known_before(call: Call):
    y = engine.forward(call.keyword, *call.integers(), **call.options)
    assert engine.output_shape(call.keyword, *call.shapes, **call.options) == y.shape


@pytest.mark.parametrize("call", SMALL[::3], ids=str)
def test_inputs_are_left_alone(call: Call):
    arrays = call.floats()
    kept = [a.copy() for a in arrays]
    y = engine.forward(call.keyword, *arrays, **call.options)
    for gradient in engine.backward(call.keyword, y, *arrays, **call.options):
        gradient[...] = 7
        assert gradient.flags.c_contiguous
    y[...] = 5
    assert all(np.array_equal(a, b) for a, b in zip(arrays, kept, strict=True))


def test_blocks_do_not_show(monkeypatch):
    """The pieces in which columns are gathered must not change the result."""
    x = np.random.default_rng(0).integers(-9, 10, (5, 4, 30, 31)).astype(float)
    w = np.random.default_rng(1).integers(-9, 10, (6, 2, 3, 4)).astype(float)
    options = {"stride": (1, 2), "padding": (2, 1), "groups": 2}
    y = engine.forward("conv2d", x, w, **options)
    whole = engine.backward("conv2d", y, x, w, **options)
    for size in (1, 1 << 15, 1 << 18, 1 << 30):
        monkeypatch.setattr("symconv.engine.columns.BLOCK", size)
        assert np.array_equal(engine.forward("conv2d", x, w, **options), y)
        parts = engine.backward("conv2d", y, x, w, **options)
        assert all(np.array_equal(a, b) for a, b in zip(parts, whole, strict=True))


def test_both_input_gradients():
    """Scattered columns and gathered phases are two ways to one result."""
    from symconv.engine import contract
    from symconv.engine.wide import Layout

    for stride, dilation in ((1, 1), (2, 1), (3, 2), (2, 3)):
        plan = engine.REGISTRY.plan(
            "conv2d", ((2, 4, 11, 12), (6, 2, 3, 4)),
            {"stride": (stride, 2), "dilation": dilation, "padding": (2, 1), "groups": 2},
        )  # fmt: skip
        random = np.random.default_rng(0)
        g, w = random.integers(-9, 10, plan.y_shape), random.integers(-9, 10, plan.w_shape)
        layout = Layout(plan.axes)
        one, two = np.zeros(plan.x_shape, int), np.zeros(plan.x_shape, int)
        contract._scattered(g, w, layout, 2, one)
        contract._gathered(g, w, layout, 2, two)
        assert np.array_equal(one, two)


def test_maximum_ties_go_to_the_first():
    x = np.zeros((3, 3))
    (gx,) = engine.backward("max_pool2d", np.ones((2, 2)), x, kernel_size=2, stride=1)
    assert gx.tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_relu_slope_at_zero_is_zero():
    (gx,) = engine.backward("relu", np.array([3, 3, 3]), np.array([-1, 0, 2]))
    assert gx.tolist() == [0, 0, 3]


def test_extreme_logits_stay_finite():
    z = np.array([[1000.0, -1000.0, 0.0]])
    t = np.array([[0.0, 1.0, 0.0]])
    assert engine.forward("cross_entropy", z, t) == 2000
    assert np.isfinite(engine.backward("cross_entropy", np.array(1.0), z, t)[0]).all()
    with np.errstate(over="raise"):
        assert engine.forward("sigmoid", np.array([-800.0, 800.0])).tolist() == [0, 1]


def test_scaling_by_a_fraction():
    third = Fraction(1, 3)
    assert engine.forward("scale", np.array([1, 3]), factor=third).tolist() == [third, 1]
    assert engine.forward("scale", np.array([1.5]), factor=third).dtype == np.float64


def test_kinds_promote_together():
    """A float upstream gradient of integer tensors is not cut to integers, nor the other way."""
    x, w = np.array([1, 2, 4, 8]), np.array([1, -1])
    gx, gw = engine.backward("conv1d", np.array([0.5, 0.25, 0.25]), x, w)
    assert gx.tolist() == [0.5, -0.25, 0, -0.25]
    assert gw.tolist() == [2, 4]
    y = engine.forward("conv1d", x.astype(np.float32), w.astype(np.float64))
    assert y.dtype == np.float64
    assert engine.forward("conv1d", [1, 2], np.array([Fraction(1, 3)])).tolist() == [
        Fraction(1, 3),
        Fraction(2, 3),
    ]
