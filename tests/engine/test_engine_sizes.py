"""Sizes and paddings, which the engine and its loops share: told here by trying, and by padding."""

import numpy as np
import pytest

from symconv import engine
from symconv.engine.axes import conv_axes, output_size, transposed_size

RANGES = [
    (n, K, S, D) for n in range(1, 8) for K in (1, 2, 3, 4) for S in (1, 2, 3) for D in (1, 2)
]


def count(n, K, S, D, before, after):
    """How many windows fit, counted by sliding one."""
    o = 0
    while -before + S * o + D * (K - 1) < n + after:
        o += 1
    return o


def padded(x, *sides):
    return np.pad(x, [(0, 0)] * (x.ndim - len(sides)) + list(sides))


def test_output_size_by_sliding():
    for n, K, S, D in RANGES:
        for before, after in ((0, 0), (1, 3), (4, 0)):
            expected = count(n, K, S, D, before, after)
            if expected:
                assert output_size(n, K, S, D, before, after) == expected


def test_transposed_size_inverts():
    """Every output_padding names another of the inputs that give the same output size."""
    for n, K, S, D in RANGES:
        for before, after in ((0, 0), (1, 0), (0, 2)):
            for extra in range(S):
                size = (n - 1) * S + D * (K - 1) + 1 - before - after + extra
                if size >= 1:
                    assert transposed_size(n, K, S, D, before, after, extra) == size
                    assert count(size, K, S, D, before, after) == n


def test_same_is_ceil_and_balanced():
    for n, K, S, D in RANGES:
        (a,) = conv_axes((n,), (K,), S, "same", D)
        assert a.out == -(-n // S)
        assert a.after - a.before in (0, 1)
        least = a.before + a.after
        assert least == 0 or count(n, K, S, D, 0, least - 1) < a.out


def test_causal_never_looks_ahead():
    x, w = np.arange(1, 9), np.array([1, 10, 100])
    y = engine.forward("conv1d", x, w, padding="causal", dilation=2)
    assert y.shape == x.shape
    for i in range(8):
        later = x.copy()
        later[i + 1 :] = 0
        assert engine.forward("conv1d", later, w, padding="causal", dilation=2)[i] == y[i]


def test_full_reads_every_overlap():
    x, w = np.array([1, 2, 3]), np.array([5, 7])
    assert engine.forward("conv1d", x, w, padding="full").tolist() == [7, 19, 31, 15]


@pytest.mark.parametrize("stride", [1, 2, (2, 3)])
def test_sides_are_zeros_put_there(stride):
    random = np.random.default_rng(0)
    x, w = random.integers(-9, 10, (2, 3, 5, 6)), random.integers(-9, 10, (4, 3, 2, 3))
    y = engine.forward("conv2d", x, w, padding=((1, 0), 2), stride=stride)
    assert np.array_equal(y, engine.forward("conv2d", padded(x, (1, 0), (2, 2)), w, stride=stride))
    y = engine.forward("conv2d", x, w, padding=(2, 1), stride=stride)
    assert np.array_equal(y, engine.forward("conv2d", padded(x, (2, 2), (1, 1)), w, stride=stride))
    line = engine.forward("conv1d", x[0, 0, 0], w[0, 0, 0], padding=(2, 1))
    assert np.array_equal(line, np.correlate(padded(x[0, 0, 0], (2, 1)), w[0, 0, 0], "valid"))


def test_transposed_sides_are_cut_off():
    random = np.random.default_rng(0)
    x, w = random.integers(-9, 10, (2, 3, 4, 3)), random.integers(-9, 10, (3, 2, 3, 4))
    full = engine.forward("conv_transpose2d", x, w, stride=2)
    cut = engine.forward("conv_transpose2d", x, w, stride=2, padding=((2, 0), (1, 3)))
    assert np.array_equal(cut, full[:, :, 2:, 1:-3])
    line = engine.forward("conv_transpose1d", x[0, 0, :, 0], w[0, 0, 0], stride=3, padding=(2, 1))
    whole = engine.forward("conv_transpose1d", x[0, 0, :, 0], w[0, 0, 0], stride=3)
    assert np.array_equal(line, whole[2:-1])


def test_missing_batch_and_channels():
    random = np.random.default_rng(0)
    x, w, b = (random.integers(-9, 10, s) for s in ((3, 7), (4, 3, 2), (4,)))
    one = engine.forward("conv1d", x, w, b, stride=2)
    assert np.array_equal(one, engine.forward("conv1d", x[None], w, b, stride=2)[0])
    plain = engine.forward("conv1d", x[0], w[0, 0], b[0], stride=2)
    whole = engine.forward("conv1d", x[None, :1], w[:1, :1], b[:1], stride=2)
    assert np.array_equal(plain, whole[0, 0])
    columns = engine.forward("unfold", x, kernel_size=(2, 3), stride=(1, 2))
    assert np.array_equal(
        columns, engine.forward("unfold", x[None, None], kernel_size=(2, 3), stride=(1, 2))[0]
    )
