"""The three products of a convolution, each as a few matrix products.

Two or three axes go row by row (`rows`), one axis and its chunks as gathered columns, here; so do
the weight gradients of small pictures, of which several go into one product.

``y[n,f,o] = sum over c,k of w[f,c,k] * x[n,c, S*o + D*k - P]`` and what remains of it when ``x``
or ``w`` is dropped and ``g`` takes the place of ``y``. Shapes: x (N, C, *n), w (F, C/groups, *K),
y and g (N, F, *o), all of one dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from . import depthwise, rows
from .arrays import Array, Shape
from .columns import Columns, cut, grouped, inputs, parts, pieces, product, windows
from .wide import Layout, Phase

PORTION = 1 << 22  # bytes of images at a time
FEW = 100  # outputs of an image with which a matrix product pays for adding up what it gives


def correlate(x: Array, w: Array, layout: Layout, groups: int = 1, b: Array | None = None) -> Array:
    """``y[n,f,o] = b[f] + sum w[f,c,k] x[n,c, S*o + D*k - P]``."""
    if _depthwise(x.shape[1], len(w), groups, x):
        y = depthwise.correlate(x, w, layout)
    elif len(layout.axes) > 1:
        y = rows.correlate(x, w, layout.axes, groups)
    else:
        y = _correlate(x, w, layout, groups)
    if b is not None:
        y += b.reshape(len(w), *(1,) * len(layout.axes))
    return y


def weight_gradient(g: Array, x: Array, layout: Layout, groups: int = 1) -> Array:
    """``gw[f,c,k] = sum over n,o of g[n,f,o] x[n,c, S*o + D*k - P]``."""
    if _depthwise(x.shape[1], g.shape[1], groups, x):
        return depthwise.weight_gradient(g, x, layout)
    if len(layout.axes) > 1 and prod(g.shape[2:]) >= FEW:
        return rows.weight_gradient(g, x, layout.axes, groups)
    return _weight_gradient(g, x, layout, groups)


def input_gradient(g: Array, w: Array, layout: Layout, groups: int = 1) -> Array:
    """``gx[n,c,i] = sum of w[f,c,k] g[n,f,o]`` over all ``S*o + D*k - P = i``."""
    F, C = w.shape[0] // groups, w.shape[1]
    if _depthwise(C * groups, len(w), groups, g):
        return depthwise.input_gradient(g, w, layout)
    if len(layout.axes) > 1:
        return rows.input_gradient(g, w, layout.axes, groups)
    way = _gathered if F <= 2 * C else _scattered  # each gathers or adds its channels' columns
    gx = np.zeros((len(g), groups * C, *(a.n for a in layout.axes)), g.dtype)
    way(g, w, layout, groups, gx)
    return gx


def _depthwise(channels: int, filters: int, groups: int, a: Array) -> bool:
    """Whether each channel has one filter of its own, in floats."""
    return channels == filters == groups and a.dtype.kind == "f"


def _correlate(x: Array, w: Array, layout: Layout, groups: int) -> Array:
    F, o = len(w), tuple(a.out for a in layout.axes)
    flat = [_kernel(w, p, groups).swapaxes(2, 3) for p in layout.phases]
    kernel = np.concatenate(flat, axis=2).reshape(groups, F // groups, -1)
    sizes = cut(layout.length, F // groups, kernel.shape[2], kernel.shape[2] * x.itemsize)
    y = np.empty((len(x), F, *o), x.dtype)
    for images in _portions(len(x), F + x.shape[1], sizes.extent * x.itemsize):
        columns = inputs(layout, x[images], groups, sizes)
        wide = np.empty((len(x[images]), F, max(layout.rows, sizes.extent)), x.dtype)
        _multiply(kernel, columns, sizes.chunks(grouped(wide, groups)))
        y[images] = layout.narrow(wide)
    return y


def _weight_gradient(g: Array, x: Array, layout: Layout, groups: int) -> Array:
    F, C = g.shape[1] // groups, x.shape[1] // groups
    T = sum(p.size for p in layout.phases)
    sizes = cut(layout.length, T * C, F, T * C * x.itemsize)
    sums = np.zeros((groups, T * C, F), x.dtype)
    for images in _portions(len(x), g.shape[1] + x.shape[1], sizes.extent * x.itemsize):
        wide = sizes.chunks(grouped(layout.spread(g[images], 0, sizes.extent), groups))
        upstream = np.ascontiguousarray(wide.swapaxes(-1, -2))  # a transposed one multiplies slower
        for part, columns in inputs(layout, x[images], groups, sizes).blocks():
            sums += product(columns, upstream[part]).sum(axis=(0, 1))
    gw = np.empty((groups, F, C, *(a.K for a in layout.axes)), x.dtype)
    at = 0
    for phase in layout.phases:
        own = sums[:, at * C : (at + phase.size) * C].reshape(groups, *phase.counts, C, F)
        gw[phase.taps] = np.moveaxis(own, (-1, -2), (1, 2))
        at += phase.size
    return gw.reshape(groups * F, *gw.shape[2:])


def _scattered(g: Array, w: Array, layout: Layout, groups: int, gx: Array) -> None:
    """The input gradient as columns ``w^T g``, each added where its kernel position read."""
    C = w.shape[1]
    turned = [_kernel(w, p, groups).transpose(0, 3, 2, 1) for p in layout.phases]
    kernel = np.concatenate(turned, axis=1)
    T = kernel.shape[1]
    kernel = kernel.reshape(groups, T * C, -1)
    sizes = cut(layout.length, T * C, kernel.shape[2], T * C * g.itemsize)
    extent = max(layout.cells, sizes.extent + layout.reach)
    for images in _portions(len(g), g.shape[1] + gx.shape[1], sizes.extent * g.itemsize):
        N = len(g[images])
        wide = sizes.chunks(grouped(layout.spread(g[images], 0, sizes.extent), groups))
        sums = [np.zeros((N, groups * C, extent), g.dtype) for _ in layout.phases]
        starts = [(one, q) for one, p in zip(sums, layout.phases, strict=True) for q in p.starts]
        for some, chunks in parts(N, sizes.count, groups * T * C * sizes.size * g.itemsize):
            columns = product(kernel, wide[some, chunks])
            columns = columns.reshape(*columns.shape[:3], T, C, sizes.size)
            for (one, q), column in zip(starts, columns.transpose(3, 0, 2, 4, 1, 5), strict=True):
                cells = slice(q + chunks.start * sizes.size, q + chunks.stop * sizes.size)
                target = one[some, :, cells].reshape(column.shape)
                target += column
        for phase, one in zip(layout.phases, sums, strict=True):
            layout.merge(phase, one, gx[images])


def _gathered(g: Array, w: Array, layout: Layout, groups: int, gx: Array) -> None:
    """The input gradient phase by phase, each a correlation of ``g`` with the flipped kernel.

    Phases whose kernel positions start at the same cells share their columns.
    """
    C, lead = w.shape[1], layout.reach
    for phases in _families(layout).values():
        flipped = [_kernel(w, p, groups).transpose(0, 2, 3, 1) for p in phases]
        kernel = np.concatenate(flipped, axis=1).reshape(groups, len(phases) * C, -1)
        sizes = cut(layout.cells, *kernel.shape[1:], kernel.shape[2] * g.itemsize)
        channels = g.shape[1] + groups * kernel.shape[1]
        for images in _portions(len(g), channels, sizes.extent * g.itemsize):
            wide = grouped(layout.spread(g[images], lead, lead + sizes.extent), groups)
            view = windows(wide, lead - phases[0].first, phases[0], -1, sizes)
            out = np.empty((len(wide), groups, len(phases) * C, sizes.extent), g.dtype)
            _multiply(kernel, Columns([view]), sizes.chunks(out))
            for j, phase in enumerate(phases):
                part = out[:, :, j * C : (j + 1) * C]
                layout.merge(phase, part, gx[images])


def _multiply(kernel: Array, columns: Columns, out: Array) -> None:
    """Write ``kernel @ columns`` to out (N, chunk, G, rows, size), block by block."""
    for part, block in columns.blocks():
        product(kernel, block, out=out[part])


def _portions(count: int, channels: int, channel_bytes: int) -> Iterator[slice]:
    """As many images at a time as, with what comes of them, stay in the last-level cache."""
    return pieces(count, channels * channel_bytes, PORTION)


def _families(layout: Layout) -> dict[tuple[int, Shape, Shape], list[Phase]]:
    """The phases by the cells that their kernel positions read."""
    families: dict[tuple[int, Shape, Shape], list[Phase]] = {}
    for p in layout.phases:
        families.setdefault((p.first, p.steps, p.counts), []).append(p)
    return families


def _kernel(w: Array, phase: Phase, groups: int) -> Array:
    """The kernel positions of a phase, (G, F/G, C/G, positions)."""
    return w[phase.taps].reshape(groups, w.shape[0] // groups, w.shape[1], phase.size)
