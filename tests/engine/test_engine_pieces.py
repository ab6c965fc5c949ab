"""However the work is cut into pieces, and whichever way is taken, the numbers are the same."""

import numpy as np
import pytest
from engine_cases import SMALL, Call, conv_calls, depthwise_calls

from symconv import engine
from symconv.engine import columns, contract, depthwise, rows
from symconv.engine.wide import Layout

KERNELS = [c for c in SMALL if c.keyword.startswith("conv") and c.keyword.endswith("d")]
LIMITS = {
    "one cell": {"PRODUCT": 1, "WIDEST": 1, "LEAST": 1, "LANES": 1, "BLOCK": 1},
    "five cells": {"PRODUCT": 9000, "WIDEST": 5, "LEAST": 5, "LANES": 5, "BLOCK": 700},
    "pairs of rows": {"SHARES": (2, 3), "WIDEST": 16},
    "all at once": {"PRODUCT": 1 << 40, "WIDEST": 1 << 40, "BLOCK": 1 << 40, "SHARES": ()},
}
ROWS = {
    "one cell": {"PRODUCT": 1, "WIDEST": 1, "BLOCK": 1},
    "five cells": {"PRODUCT": 900, "WIDEST": 5, "BLOCK": 700},
    "pairs of rows": {"WIDEST": 16, "BLOCK": 1 << 12},
    "all at once": {"PRODUCT": 1 << 40, "WIDEST": 1 << 40, "BLOCK": 1 << 40},
}
IMAGES = {"one cell": 1, "five cells": 1 << 11, "pairs of rows": 1 << 40, "all at once": 1 << 40}


def limit(monkeypatch, name):
    for constant, value in LIMITS[name].items():
        monkeypatch.setattr(columns, constant, value)
    for constant, value in ROWS[name].items():
        monkeypatch.setattr(rows, constant, value)
    monkeypatch.setattr(contract, "PORTION", IMAGES[name])
    monkeypatch.setattr(depthwise, "IMAGES", IMAGES[name])


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("call", KERNELS, ids=str)
def test_pieces_agree_with_loops(call: Call, name, monkeypatch):
    arrays = call.integers()
    y = engine.loops.forward(call.keyword, *arrays, **call.options)
    g = np.random.default_rng(9).integers(-9, 10, y.shape)
    theirs = y, *engine.loops.backward(call.keyword, g, *arrays, **call.options)
    limit(monkeypatch, name)
    for kind in (np.float32, np.int64):
        mine = [a.astype(kind) for a in arrays]
        found = (
            engine.forward(call.keyword, *mine, **call.options),
            *engine.backward(call.keyword, g.astype(kind), *mine, **call.options),
        )
        for a, b in zip(found, theirs, strict=True):
            assert a.dtype == kind
            assert np.array_equal(a, b)


def test_the_sizes_that_are_cut_by_default(monkeypatch):
    """Several chunks of several images, the last of them beyond the outputs, against one piece."""
    random = np.random.default_rng(0)
    x = random.integers(-9, 10, (3, 32, 41, 43)).astype(np.float32)
    w = random.integers(-9, 10, (48, 32, 3, 5)).astype(np.float32)
    options = {"stride": (1, 2), "padding": ((2, 1), (0, 3)), "dilation": (2, 1)}
    y = engine.forward("conv2d", x, w, **options)
    found = y, *engine.backward("conv2d", y % 7, x, w, **options)
    layout = Layout(engine.REGISTRY.plan("conv2d", (x.shape, w.shape), options).axes)
    assert columns.cut(layout.length, 48, 32 * 15, 32 * 15 * 4).count > 3
    limit(monkeypatch, "all at once")
    whole = (
        engine.forward("conv2d", x, w, **options),
        *engine.backward("conv2d", y % 7, x, w, **options),
    )
    assert all(np.array_equal(a, b) for a, b in zip(found, whole, strict=True))


@pytest.mark.parametrize("call", [*conv_calls(12, 11), *depthwise_calls()], ids=str)
def test_phases_hold_every_kernel_position_once(call: Call):
    """Position k reads phase ``D*k mod S`` from the cell of ``D*k // S`` on."""
    if "transpose" in call.keyword:
        return
    axes = engine.REGISTRY.plan(call.keyword, call.shapes, call.options).axes
    layout = Layout(axes)
    met = {}
    for phase in layout.phases:
        positions = np.indices([a.K for a in axes])[(slice(None), *phase.taps[1:])]
        for k, q in zip(positions.reshape(len(axes), -1).T.tolist(), phase.starts, strict=True):
            met[tuple(k)] = phase.r, q
    assert len(met) == sum(p.size for p in layout.phases)
    for k in np.ndindex(*(a.K for a in axes)):
        shifts = [a.D * p for a, p in zip(axes, k, strict=True)]
        r = tuple(e % a.S for e, a in zip(shifts, axes, strict=True))
        cell = np.ravel_multi_index(
            [e // a.S for e, a in zip(shifts, axes, strict=True)], layout.grid
        )
        assert met[k] == (r, cell)


@pytest.mark.parametrize("call", [c for c in depthwise_calls() if c.shapes[1][0] < 5], ids=str)
def test_depthwise_is_the_general_way(call: Call):
    if "transpose" in call.keyword:
        return
    plan = engine.REGISTRY.plan(call.keyword, call.shapes, call.options)
    x, w = (a.astype(float) for a in call.integers()[:2])
    g = np.random.default_rng(9).integers(-9, 10, plan.y_shape).astype(float)
    layout, groups = plan.layout, plan.groups
    gx = np.zeros(plan.x_shape)
    contract._scattered(g, w, layout, groups, gx)
    assert np.array_equal(
        depthwise.correlate(x, w, layout), contract._correlate(x, w, layout, groups)
    )
    assert np.array_equal(
        depthwise.weight_gradient(g, x, layout), contract._weight_gradient(g, x, layout, groups)
    )
    assert np.array_equal(depthwise.input_gradient(g, w, layout), gx)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble, np.int64])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_kinds_stay(kind, groups):
    x = (np.arange(2 * 4 * 5 * 6) % 5).reshape(2, 4, 5, 6).astype(kind)
    w = (np.arange(4 * 4 // groups * 6) % 3).reshape(4, 4 // groups, 3, 2).astype(kind)
    b = np.array([1, 0, 2, 1], kind)
    y = engine.forward("conv2d", x, w, b, groups=groups, stride=(2, 1), padding=1)
    assert y.dtype == kind
    g = (y % 3).astype(kind)
    for a in engine.backward("conv2d", g, x, w, b, groups=groups, stride=(2, 1), padding=1):
        assert a.dtype == kind


def test_no_images():
    x, w = np.zeros((0, 4, 5, 6)), np.ones((6, 4, 3, 2))
    assert engine.forward("conv2d", x, w).shape == (0, 6, 3, 5)
    gx, gw = engine.backward("conv2d", np.zeros((0, 6, 3, 5)), x, w)
    assert gx.shape == x.shape
    assert not gw.any()
