"""Rows and sweeps: every output meets every kernel position once, and both ways agree."""

from itertools import product

import numpy as np
import pytest

from symconv import engine
from symconv.engine import contract, rows, sweeps
from symconv.engine.axes import conv_axes
from symconv.engine.wide import Layout
from symconv.errors import GeometryError

AXES = [
    conv_axes((n,), (K,), S, (before, after), D)[0]
    for n, K, S, D, before, after in (
        (9, 3, 1, 1, 1, 1),
        (11, 4, 2, 1, 1, 0),
        (10, 3, 2, 2, 0, 3),
        (13, 4, 2, 3, 2, 1),
        (17, 3, 4, 6, 0, 5),
        (12, 2, 5, 1, 3, 2),
        (7, 1, 3, 1, 0, 4),
        (14, 5, 3, 2, 4, 0),
    )
]


def meetings(a):
    """All (o, k, i) inside the input, by the formula."""
    found = ((o, k, a.S * o + a.D * k - a.before) for o in range(a.out) for k in range(a.K))
    return {(o, k, i) for o, k, i in found if 0 <= i < a.n}


def read(sweep, cells):
    """All (output, position of the kernel, cell) of a sweep."""
    taps = range(cells)[sweep.taps] if sweep.taps.step else range(sweep.K)
    assert len(taps) == sweep.K
    for t, k in enumerate(taps):
        inside, cell = sweep.reads(t)
        for v, i in zip(range(sweep.size)[inside], range(sweep.n)[cell], strict=True):
            yield sweep.start + sweep.gap * v, k, i


@pytest.mark.parametrize("a", AXES, ids=str)
def test_sweeps_meet_what_the_formula_meets(a):
    whole = meetings(a)
    there = [m for lane in sweeps.lanes([sweeps.forward(a)]) for s in lane for m in read(s, a.K)]
    assert len(there) == len(whole)
    assert set(there) == whole
    back = [m for lane in sweeps.lanes(sweeps.backward(a)) for s in lane for m in read(s, a.K)]
    assert len(back) == len(whole)
    assert {(o, k, i) for i, k, o in back} == whole
    kernel = [m for lane in sweeps.lanes([sweeps.weights(a)]) for s in lane for m in read(s, a.out)]
    assert len(kernel) == len(whole)
    assert {(o, k, i) for k, o, i in kernel} == whole


@pytest.mark.parametrize("a", AXES, ids=str)
def test_parts_and_windows_are_what_they_say(a):
    s = sweeps.forward(a)
    cut = [s.part(v, v + 2) for v in range(0, s.size, 2)]
    assert {m for p in cut for m in read(p, a.K)} == meetings(a)
    pieces = [s.window(k, k + 1) for k in range(a.K)]
    found = {(o, k, i) for k, p in enumerate(pieces) for o, _, i in read(p, a.K)}
    assert found == meetings(a)


@pytest.mark.parametrize(("one", "other"), list(product(range(8), (0, 3, 5))))
@pytest.mark.parametrize(("groups", "C", "F"), [(1, 2, 3), (2, 1, 5), (3, 2, 1)])
def test_rows_and_gathered_columns_agree(one, other, groups, C, F):
    axes = AXES[one], AXES[other]
    random = np.random.default_rng(one)
    x = random.integers(-9, 10, (3, groups * C, *(a.n for a in axes))).astype(float)
    w = random.integers(-9, 10, (groups * F, C, *(a.K for a in axes))).astype(float)
    g = random.integers(-9, 10, (3, groups * F, *(a.out for a in axes))).astype(float)
    layout, gx = Layout(axes), np.zeros_like(x)
    contract._scattered(g, w, layout, groups, gx)
    assert np.array_equal(
        rows.correlate(x, w, axes, groups), contract._correlate(x, w, layout, groups)
    )
    assert np.array_equal(rows.input_gradient(g, w, axes, groups), gx)
    assert np.array_equal(
        rows.weight_gradient(g, x, axes, groups), contract._weight_gradient(g, x, layout, groups)
    )


@pytest.mark.parametrize("wrong", [True, 1.0, (1, True), (1.0, 1), [1, 1.0]])
def test_a_plan_is_kept_for_the_same_kinds_alone(wrong):
    x, w = np.ones((1, 1, 4, 5)), np.ones((1, 1, 2, 3))
    for right in (1, (1, 1), [1, 1]):
        assert engine.forward("conv2d", x, w, stride=right).shape == (1, 1, 3, 3)
    with pytest.raises(GeometryError):
        engine.forward("conv2d", x, w, stride=wrong)


def test_a_plan_follows_a_list_that_changed():
    x, w, stride = np.ones((1, 1, 4, 5)), np.ones((1, 1, 2, 3)), [1, 1]
    assert engine.forward("conv2d", x, w, stride=stride).shape == (1, 1, 3, 3)
    stride[1] = 2
    assert engine.forward("conv2d", x, w, stride=stride).shape == (1, 1, 3, 2)


def test_no_more_plans_are_kept_than_that(monkeypatch):
    monkeypatch.setattr("symconv.engine.operation.PLANS", 3)
    for n in range(3, 12):
        assert engine.output_shape("conv1d", (n,), (2,)) == (n - 1,)
    assert len(engine.REGISTRY._plans) <= 256
    monkeypatch.setattr(engine.REGISTRY, "_plans", {})
    for n in range(3, 12):
        engine.output_shape("conv1d", (n,), (2,))
        assert len(engine.REGISTRY._plans) <= 3
