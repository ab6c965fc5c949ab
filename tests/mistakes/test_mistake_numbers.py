"""Numbers that wrong programs give, and the mistakes that are named for them."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from symconv.index import evaluate
from symconv.mistakes import explain_numbers
from symconv.operations.build import build
from symconv.syntax.spec import parse

Array = np.ndarray
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=2, padding=P)"
ROWS = "y = conv1d(x[N], w[K], stride=2, padding=P)"
POOL = "y = max_pool1d(x[N], 3, 2)"
AVERAGE = "y = avg_pool1d(x[N], 3, 2)"

LAYER_SIZES = (
    {"N": 2, "C": 3, "H": 6, "W": 7, "F": 4, "A": 3, "B": 2, "P": 1},
    {"N": 3, "C": 2, "H": 5, "W": 8, "F": 2, "A": 2, "B": 3, "P": 2},
)
ROW_SIZES = ({"N": 9, "K": 4, "P": 2}, {"N": 8, "K": 3, "P": 1}, {"N": 7, "K": 5, "P": 0})
POOL_SIZES = ({"N": 9}, {"N": 8}, {"N": 12})


def drawn(op: str, sizes: Mapping[str, int], seed: int) -> dict[str, Array]:
    source = np.random.default_rng(seed)
    fixed = build(parse(op))
    shapes = {t.name: t.shape for t in fixed.inputs} | {"g": fixed.shapes[fixed.output]}
    return {
        name: source.normal(size=[evaluate(n, sizes) for n in shape])
        for name, shape in shapes.items()
    }


def layer(
    arrays: Mapping[str, Array], p: int, turn: Callable[..., None], stride: tuple[int, int] = (2, 2)
) -> tuple[Array, Array, Array]:
    """The tutorial's loops: `turn` does what stands inside them."""
    x, w, g = arrays["x"], arrays["w"], arrays["g"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dx, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros(w.shape[0])
    a, b = w.shape[2:]
    for n in range(x.shape[0]):
        for f in range(w.shape[0]):
            for i in range(g.shape[2]):
                for j in range(g.shape[3]):
                    rows = slice(i * stride[0], i * stride[0] + a)
                    columns = slice(j * stride[1], j * stride[1] + b)
                    turn(padded, w, g[n, f, i, j], dx, dw, db, n, f, rows, columns)
    return dx, dw, db


def right(padded, w, g, dx, dw, db, n, f, rows, columns):
    dx[n, :, rows, columns] += w[f] * g
    dw[f] += padded[n, :, rows, columns] * g
    db[f] += g


def assigned(padded, w, g, dx, dw, db, n, f, rows, columns):
    dx[n, :, rows, columns] = w[f] * g
    dw[f] = padded[n, :, rows, columns] * g
    db[f] = g


def flipped(padded, w, g, dx, dw, db, n, f, rows, columns):
    dx[n, :, rows, columns] += w[f, :, ::-1, ::-1] * g
    dw[f] += padded[n, :, rows, columns][:, ::-1, ::-1] * g
    db[f] += g


def crop(dx: Array, p: int) -> Array:
    return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


def dx_by(turn: Callable[..., None], *, cut: bool = True, **more: Any) -> Callable[..., Array]:
    def value(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        made = layer(arrays, sizes["P"], turn, **more)[0]
        return crop(made, sizes["P"]) if cut else made

    return value


def dw_by(turn: Callable[..., None]) -> Callable[..., Array]:
    return lambda arrays, sizes: layer(arrays, sizes["P"], turn)[1]


def db_by(change: Callable[..., Array]) -> Callable[..., Array]:
    return lambda arrays, sizes: change(arrays["g"])


def rows_dx(change: Callable[..., None]) -> Callable[..., Array]:
    def value(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        w, g, p = arrays["w"], arrays["g"], sizes["P"]
        dx = np.zeros(len(arrays["x"]) + 2 * p)
        for o in range(len(g)):
            for k in range(len(w)):
                change(dx, w, g, o, k)
        return dx[p : len(dx) - p]

    return value


def _no_stride(dx, w, g, o, k):
    if o + k < len(dx):
        dx[o + k] += g[o] * w[k]


def _one_short(dx, w, g, o, k):
    if o < len(g) - 1:
        dx[2 * o + k] += g[o] * w[k]


def _set(dx, w, g, o, k):
    dx[2 * o + k] = g[o] * w[k]


def pool_all(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    x, g = arrays["x"], arrays["g"]
    dx = np.zeros(len(x))
    for o in range(len(g)):
        window = x[2 * o : 2 * o + 3]
        dx[2 * o : 2 * o + 3] += g[o] * (window == window.max())
    return dx


def pool_spread(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    dx = np.zeros(len(arrays["x"]))
    for o, value in enumerate(arrays["g"]):
        dx[2 * o : 2 * o + 3] += value
    return dx


def average_set(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    dx = np.zeros(len(arrays["x"]))
    for o, value in enumerate(arrays["g"]):
        dx[2 * o : 2 * o + 3] = value / 3
    return dx


CASES = [
    (LAYER, "gradient of x", LAYER_SIZES, dx_by(assigned), "assignment where overlaps must add"),
    (LAYER, "gradient of w", LAYER_SIZES, dw_by(assigned), "assignment where overlaps must add"),
    (LAYER, "gradient of x", LAYER_SIZES, dx_by(right, cut=False), "border not cut off"),
    (LAYER, "gradient of x", LAYER_SIZES, dx_by(flipped), "kernel not flipped"),
    (LAYER, "gradient of w", LAYER_SIZES, dw_by(flipped), "kernel flipped"),
    (LAYER, "gradient of w", LAYER_SIZES, lambda a, s: dw_by(right)(a, s) / s["N"], "averaged over the batch"),
    (LAYER, "gradient of w", LAYER_SIZES, lambda a, s: -dw_by(right)(a, s), "sign wrong"),
    (LAYER, "gradient of w", LAYER_SIZES, lambda a, s: dw_by(right)(a, s).transpose(1, 0, 2, 3), "transposed"),
    (LAYER, "gradient of b", LAYER_SIZES, db_by(lambda g: g[0].sum(axis=(1, 2))), "sum over the batch missing"),
    (LAYER, "gradient of b", LAYER_SIZES, db_by(lambda g: g.sum(axis=0).mean(axis=(1, 2))), "averaged, not summed"),
    (LAYER, "gradient of b", LAYER_SIZES, db_by(lambda g: np.zeros(g.shape[1])), "all zero"),
    (ROWS, "gradient of x", ROW_SIZES, rows_dx(_no_stride), "stride forgotten"),
    (ROWS, "gradient of x", ROW_SIZES, rows_dx(_set), "assignment where overlaps must add"),
    (ROWS, "gradient of x", ROW_SIZES, rows_dx(_one_short), "off by one"),
    (POOL, "gradient of x", POOL_SIZES, pool_spread, "all of the window for its maximum"),
    (AVERAGE, "gradient of x", POOL_SIZES, average_set, "assignment where overlaps must add"),
]  # fmt: skip


def cases(op: str, sizes, value: Callable[..., Array], kind: type = np.float64):
    found = []
    for place, known in enumerate(sizes):
        arrays = drawn(op, known, place)
        found.append((known, arrays, value(arrays, known).astype(kind)))
    return found


@pytest.mark.parametrize(("op", "of", "sizes", "value", "name"), CASES)
def test_the_mistake_in_a_program(op, of, sizes, value, name):
    found = explain_numbers(build(parse(op)), of, cases(op, sizes, value))
    assert found is not None
    assert found.name == name


def test_float32_is_near_enough():
    found = explain_numbers(
        build(parse(LAYER)), "gradient of x", cases(LAYER, LAYER_SIZES, dx_by(flipped), np.float32)
    )
    assert found is not None
    assert found.name == "kernel not flipped"


@pytest.mark.parametrize("place", range(2))
def test_a_right_program_has_no_mistake(place):
    value = (dx_by(right), dw_by(right))[place]
    of = ("gradient of x", "gradient of w")[place]
    assert explain_numbers(build(parse(LAYER)), of, cases(LAYER, LAYER_SIZES, value)) is None


def test_ties_show_that_every_maximum_counts():
    found = []
    for known in POOL_SIZES:
        x = np.array([3.0, 1, 3, 3, 2, 2, 2, 5, 5, 4, 4, 4][: known["N"]])
        g = np.arange(1.0, (known["N"] - 3) // 2 + 2)
        arrays = {"x": x, "g": g}
        found.append((known, arrays, pool_all(arrays, known)))
    said = explain_numbers(build(parse(POOL)), "gradient of x", found)
    assert said is not None
    assert said.name == "all maxima instead of the first"


def test_a_result_is_explained_too():
    def value(arrays, sizes):
        x, w = np.pad(arrays["x"], sizes["P"]), arrays["w"][::-1]
        return np.array([x[2 * o : 2 * o + len(w)] @ w for o in range(len(arrays["g"]))])

    found = explain_numbers(build(parse(ROWS)), "result", cases(ROWS, ROW_SIZES, value))
    assert found is not None
    assert found.name == "kernel flipped"


def test_numbers_from_back_to_front():
    def value(arrays, sizes):
        return np.flip(layer(arrays, sizes["P"], right)[1])

    found = explain_numbers(build(parse(LAYER)), "gradient of w", cases(LAYER, LAYER_SIZES, value))
    assert found is not None
    assert found.name == "reversed"


def test_noise_and_nonsense_have_no_name():
    source = np.random.default_rng(5)
    noise = cases(ROWS, ROW_SIZES, lambda a, s: source.normal(size=s["N"]))
    assert explain_numbers(build(parse(ROWS)), "gradient of x", noise) is None
    broken = cases(ROWS, ROW_SIZES, lambda a, s: np.full(s["N"], np.nan))
    assert explain_numbers(build(parse(ROWS)), "gradient of x", broken) is None
    assert explain_numbers(build(parse(ROWS)), "gradient of q", noise) is None
    assert explain_numbers(build(parse(ROWS)), "gradient of x", []) is None
