"""Functions that are swept: they live in a file of their own, so that other processes find them."""

from __future__ import annotations

import numpy as np

STRIDED = "y = conv1d(x[N], w[K], stride=S)"


def right(x, w, g, stride):
    """Both gradients by loops."""
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for o in range(len(g)):
        for k in range(len(w)):
            dx[stride * o + k] += g[o] * w[k]
            dw[k] += g[o] * x[stride * o + k]
    return dx, dw


def unstrided(x, w, g, stride):
    """Right only where the stride is 1."""
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for o in range(len(g)):
        for k in range(len(w)):
            dx[o + k] += g[o] * w[k]
            dw[k] += g[o] * x[stride * o + k]
    return dx, dw


def failing(x, w, g, stride):
    """Right, and raises where the kernel has three entries."""
    if len(w) == 3:
        raise ValueError("three is too many")
    return right(x, w, g, stride)


def forward(x, w, stride):
    """The operation itself."""
    return np.array([x[i : i + len(w)] @ w for i in range(0, len(x) - len(w) + 1, stride)])


def unpadded_forward(x, w, stride):
    """Another operation: it starts one entry later."""
    return np.array([x[i : i + len(w)] @ w for i in range(1, len(x) - len(w) + 1, stride)])


def unpadded(x, w, g, stride, padding):
    """Right only where nothing is padded; elsewhere it has another shape."""
    if padding:
        return np.zeros(len(x) + 1), np.zeros(len(w))
    return right(x, w, g, stride)
