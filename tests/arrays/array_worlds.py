"""Operations with their data, and what they compute, by hand-written loops."""

import itertools

import numpy as np


def numbers(shape, seed):
    """Whole numbers, none of them 0, no two of one tensor equal."""
    count = int(np.prod(shape, dtype=int))
    values = [(7 * n * n + 13 * n + seed) % 89 + 1 + 89 * n for n in range(count)]
    signed = [v if (n * n + seed) % 3 else -v for n, v in enumerate(values)]
    array = np.empty(count, dtype=object)
    array[:] = signed
    return array.reshape(shape)


def correlated(x, w, stride=(1,), pad=(0,)):
    """``y[o] = sum_k w[k] x[S o + k - P]`` on all axes, zeros outside."""
    rank = x.ndim
    stride, pad = stride * (rank // len(stride)), pad * (rank // len(pad))
    out = [
        (n + 2 * p - k) // s + 1 for n, k, s, p in zip(x.shape, w.shape, stride, pad, strict=True)
    ]
    y = np.zeros(out, dtype=object)
    for o in np.ndindex(*out):
        for k in np.ndindex(*w.shape):
            i = tuple(s * a + b - p for a, b, s, p in zip(o, k, stride, pad, strict=True))
            if all(0 <= a < n for a, n in zip(i, x.shape, strict=True)):
                y[o] += w[k] * x[i]
    return y


def gradients(x, w, g, stride=(1,), pad=(0,)):
    """``dx`` and ``dw`` of ``correlated``: every product's share, added up."""
    rank = x.ndim
    stride, pad = stride * (rank // len(stride)), pad * (rank // len(pad))
    dx, dw = np.zeros(x.shape, dtype=object), np.zeros(w.shape, dtype=object)
    for o in np.ndindex(*g.shape):
        for k in np.ndindex(*w.shape):
            i = tuple(s * a + b - p for a, b, s, p in zip(o, k, stride, pad, strict=True))
            if all(0 <= a < n for a, n in zip(i, x.shape, strict=True)):
                dx[i] += w[k] * g[o]
                dw[k] += x[i] * g[o]
    return dx, dw


def plain(x, w, **how):
    """A world with one kernel and no channels."""
    y = correlated(x, w, **how)
    g = numbers(y.shape, 5)
    dx, dw = gradients(x, w, g, **how)
    return {"x": x, "w": w, "y": y, "g": g, "dx": dx, "dw": dw}


def layer(x, w, b):
    """A world with batch and channels: each pair of images by itself."""
    batch, channels, filters = x.shape[0], x.shape[1], w.shape[0]
    first = correlated(x[0, 0], w[0, 0])
    y = np.zeros((batch, filters, *first.shape), dtype=object)
    for n, f, c in itertools.product(range(batch), range(filters), range(channels)):
        y[n, f] += correlated(x[n, c], w[f, c])
    for f in range(filters):
        y[:, f] += b[f]
    g = numbers(y.shape, 3)
    dx, dw = np.zeros(x.shape, dtype=object), np.zeros(w.shape, dtype=object)
    for n, f, c in itertools.product(range(batch), range(filters), range(channels)):
        one, two = gradients(x[n, c], w[f, c], g[n, f])
        dx[n, c] += one
        dw[f, c] += two
    db = np.array([g[:, f].sum() for f in range(filters)], dtype=object)
    return {"x": x, "w": w, "b": b, "y": y, "g": g, "dx": dx, "dw": dw, "db": db}


def up(x, w, stride):
    """A transposed convolution of one axis, by adding each element's share."""
    y = np.zeros((len(x) - 1) * stride + len(w), dtype=object)
    for i, k in itertools.product(range(len(x)), range(len(w))):
        y[i * stride + k] += x[i] * w[k]
    g = numbers(y.shape, 11)
    dx, dw = np.zeros(len(x), dtype=object), np.zeros(len(w), dtype=object)
    for i, k in itertools.product(range(len(x)), range(len(w))):
        dx[i] += w[k] * g[i * stride + k]
        dw[k] += x[i] * g[i * stride + k]
    return {"x": x, "w": w, "y": y, "g": g, "dx": dx, "dw": dw}


def folded(x, w):
    """A full convolution of one axis."""
    y = np.zeros(len(x) + len(w) - 1, dtype=object)
    for i, k in itertools.product(range(len(x)), range(len(w))):
        y[i + k] += x[i] * w[k]
    g = numbers(y.shape, 2)
    dx = [sum(w[k] * g[i + k] for k in range(len(w))) for i in range(len(x))]
    dw = [sum(x[i] * g[i + k] for i in range(len(x))) for k in range(len(w))]
    as_array = [np.array(a, dtype=object) for a in (dx, dw)]
    return {"x": x, "w": w, "y": y, "g": g, "dx": as_array[0], "dw": as_array[1]}


LINE = "y = conv1d(x[N], w[K])"
PADDED = "y = conv1d(x[N], w[K], padding=P)"
STRIDED = "y = conv1d(x[N], w[3], stride=2)"
STEPS = "y = conv1d(x[N], w[K], stride=S)"
IMAGE = "y = conv2d(x[H,W], w[R,S])"
BORDER = "y = conv2d(x[H,W], w[3,2], padding=(1,2))"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,R,S], b[F])"
UP = "y = conv_transpose1d(x[N], w[K], stride=3)"
FULL = "y = convolve(x[N], w[K])"
SMALL = "y = conv1d(x[5], w[3], padding=1)"
LETTERS = "y = conv1d(x=[a,b,c,d], w=[p,q,r], padding=1)"

X7, W3, W4 = numbers(7, 1), numbers(3, 4), numbers(4, 9)
WORLDS = {
    LINE: ({"N": 7, "K": 3}, plain(X7, W3)),
    PADDED: ({"N": 7, "K": 4, "P": 2}, plain(X7, W4, pad=(2,))),
    STRIDED: ({"N": 9}, plain(numbers(9, 1), W3, stride=(2,))),
    STEPS: ({"N": 10, "K": 4, "S": 3}, plain(numbers(10, 1), W4, stride=(3,))),
    IMAGE: ({"H": 6, "W": 5, "R": 2, "S": 3}, plain(numbers((6, 5), 1), numbers((2, 3), 4))),
    BORDER: ({"H": 5, "W": 4}, plain(numbers((5, 4), 1), numbers((3, 2), 4), pad=(1, 2))),
    LAYER: (
        {"N": 2, "C": 3, "H": 5, "W": 4, "F": 4, "R": 2, "S": 3},
        layer(numbers((2, 3, 5, 4), 1), numbers((4, 3, 2, 3), 4), numbers(4, 6)),
    ),
    UP: ({"N": 4, "K": 5}, up(numbers(4, 1), numbers(5, 4), 3)),
    FULL: ({"N": 6, "K": 3}, folded(numbers(6, 1), W3)),
    SMALL: ({}, plain(numbers(5, 1), W3, pad=(1,))),
    LETTERS: ({}, plain(numbers(4, 1), W3, pad=(1,))),
}
