"""The three products where each channel has a kernel of its own: nothing to multiply as matrices.

Rows of a single kernel would be multiplied as fast as they are copied, so nothing is copied: the
kernel positions read overlapping windows, and every one adds its multiple of a slice. Shapes as in
`contract`, with w (C, 1, *K); for floats alone, which `numpy.einsum` adds up without a detour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Array
from .columns import Cut, grouped, inputs, pieces, windows
from .wide import Layout

IMAGES = 1 << 20  # bytes of cells at a time: they should stay in the second-level cache


def correlate(x: Array, w: Array, layout: Layout) -> Array:
    """``y[n,c,o] = sum w[c,k] x[n,c, S*o + D*k - P]``."""
    C = len(w)
    y = np.empty((len(x), C, *(a.out for a in layout.axes)), x.dtype)
    for images in pieces(len(x), C * layout.cells * x.itemsize, IMAGES):
        wide = np.empty((len(x[images]), C, layout.rows), x.dtype)
        kernels = [w[p.taps][:, 0] for p in layout.phases]
        _add_up(_inputs(layout, x[images]), kernels, wide[..., : layout.length])
        y[images] = layout.narrow(wide)
    return y


def weight_gradient(g: Array, x: Array, layout: Layout) -> Array:
    """``gw[c,k] = sum over n,o of g[n,c,o] x[n,c, S*o + D*k - P]``: one inner product each."""
    gw = np.zeros((x.shape[1], 1, *(a.K for a in layout.axes)), x.dtype)
    for images in pieces(len(x), x.shape[1] * layout.cells * x.itemsize, IMAGES):
        wide = layout.spread(g[images], 0, layout.length)[..., : layout.length]
        column = wide.reshape(*wide.shape[:2], *(1,) * len(layout.axes), layout.length, 1)
        for phase, view in zip(layout.phases, _inputs(layout, x[images]), strict=True):
            gw[phase.taps][:, 0] += np.matmul(view[..., None, :], column)[..., 0, 0].sum(axis=0)
    return gw


def input_gradient(g: Array, w: Array, layout: Layout) -> Array:
    """``gx[n,c,i] = sum of w[c,k] g[n,c,o]`` over all ``S*o + D*k - P = i``, phase by phase."""
    C, lead, whole = len(w), layout.reach, Cut(1, layout.cells)
    gx = np.zeros((len(g), C, *(a.n for a in layout.axes)), g.dtype)
    for images in pieces(len(g), C * layout.cells * g.itemsize, IMAGES):
        wide = grouped(layout.spread(g[images], lead, lead + layout.cells), C)
        part = np.empty((len(wide), C, layout.cells), g.dtype)
        for phase in layout.phases:
            view = windows(wide, lead - phase.first, phase, -1, whole)
            _add_up([view[:, 0, ..., 0, :]], [w[phase.taps][:, 0]], part)
            layout.merge(phase, part, gx[images])
    return gx


def _inputs(layout: Layout, x: Array) -> list[Array]:
    """Of each phase what its kernel positions read, views (N, C, *positions, cells)."""
    columns = inputs(layout, x, x.shape[1], Cut(1, layout.length))
    return [view[:, 0, ..., 0, :] for view in columns.views]


def _add_up(views: Sequence[Array], kernels: Sequence[Array], out: Array) -> None:
    """Write the sum of each kernel position's weight times what it reads to out (N, C, cells).

    Kernel positions of one row read windows that overlap in all but one cell; `numpy.einsum` would
    take them for its inner loop, so they are gone through here.
    """
    letters = "ijk"[: kernels[0].ndim - 2]
    room: Array | None = None
    for view, kernel in zip(views, kernels, strict=True):
        for k in range(kernel.shape[-1]):
            operands = f"nc{letters}m,c{letters}->ncm", view[..., k, :], kernel[..., k]
            if room is None:
                np.einsum(*operands, out=out)
                room = np.empty_like(out)
            else:
                out += np.einsum(*operands, out=room)
