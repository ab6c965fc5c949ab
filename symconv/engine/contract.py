"""The three products of a convolution, each as a few matrix products over gathered columns.

``y[n,f,o] = sum over c,k of w[f,c,k] * x[n,c, S*o + D*k - P]`` and what remains of it when ``x``
or ``w`` is dropped and ``g`` takes the place of ``y``. Shapes: x (N, C, *n), w (F, C/groups, *K),
y and g (N, F, *o), all of one dtype.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Array
from .wide import Layout, blocks

Source = tuple[Array, int]  # (N, G, channels, cells) and the first cell that is read


def correlate(x: Array, w: Array, layout: Layout, groups: int = 1) -> Array:
    """``y[n,f,o] = sum w[f,c,k] x[n,c, S*o + D*k - P]`` (a view of wider rows)."""
    N, F = x.shape[0], w.shape[0]
    phases = {r: _grouped(p, groups) for r, p in layout.split(x).items()}
    kernel = _kernel(w, groups).transpose(0, 1, 3, 2).reshape(groups, F // groups, -1)
    y = np.empty((N, groups, F // groups, layout.rows), x.dtype)
    stacked_product(kernel, [(phases[r], q) for r, q in layout.taps], y, layout.length)
    return layout.narrow(y.reshape(N, F, layout.rows))


def input_gradient(g: Array, w: Array, layout: Layout, groups: int = 1) -> Array:
    """``gx[n,c,i] = sum of w[f,c,k] g[n,f,o]`` over all ``S*o + D*k - P = i``."""
    F, C = w.shape[0] // groups, w.shape[1]
    return (_gathered if F <= C else _scattered)(g, w, layout, groups)


def weight_gradient(g: Array, x: Array, layout: Layout, groups: int = 1) -> Array:
    """``gw[f,c,k] = sum over n,o of g[n,f,o] x[n,c, S*o + D*k - P]``."""
    F, C = g.shape[1], x.shape[1] // groups
    phases = {r: _grouped(p, groups) for r, p in layout.split(x).items()}
    taps = [(phases[r], q) for r, q in layout.taps]
    wide = _grouped(layout.spread(g), groups)
    columns = np.zeros((groups, F // groups, len(taps) * C), x.dtype)
    for images, cells in blocks(len(x), layout.length, _column_bytes(taps)):
        gathered = gather(taps, images, cells).swapaxes(-1, -2)
        columns += np.matmul(wide[images, :, :, cells], gathered).sum(axis=0)
    gw = columns.reshape(F, len(taps), C).transpose(0, 2, 1)
    return gw.reshape(F, C, *(a.K for a in layout.axes))


def _scattered(g: Array, w: Array, layout: Layout, groups: int) -> Array:
    """The input gradient as columns ``w^T g``, each added where its kernel position read."""
    N, C = g.shape[0], w.shape[1]
    shape = (N, groups, C, layout.cells)
    phases = {r: np.zeros(shape, g.dtype) for r, _ in layout.taps}
    kernel = _kernel(w, groups).transpose(0, 3, 2, 1).reshape(groups, -1, len(w) // groups)
    wide = _grouped(layout.spread(g), groups)
    size = groups * C * len(layout.taps) * g.itemsize
    for images, cells in blocks(N, layout.length, size):
        columns = np.matmul(kernel, wide[images, :, :, cells])
        columns = columns.reshape(-1, groups, len(layout.taps), C, columns.shape[-1])
        for t, (r, q) in enumerate(layout.taps):
            phases[r][images, :, :, q + cells.start : q + cells.stop] += columns[:, :, t]
    return layout.merge({r: p.reshape(N, groups * C, -1) for r, p in phases.items()})


def _gathered(g: Array, w: Array, layout: Layout, groups: int) -> Array:
    """The input gradient phase by phase, each a correlation of ``g`` with the flipped kernel."""
    N, C = g.shape[0], w.shape[1]
    lead = layout.taps[-1][1]
    wide = _grouped(layout.spread(g, lead, layout.cells - layout.rows), groups)
    kernel = _kernel(w, groups).transpose(0, 2, 3, 1)
    phases = {}
    for phase in {r for r, _ in layout.taps}:
        own = [t for t, (r, _) in enumerate(layout.taps) if r == phase]
        part = np.empty((N, groups, C, layout.cells), g.dtype)
        flipped = kernel[:, :, own].reshape(groups, C, -1)
        sources = [(wide, lead - layout.taps[t][1]) for t in own]
        stacked_product(flipped, sources, part, layout.cells)
        phases[phase] = part.reshape(N, groups * C, layout.cells)
    return layout.merge(phases)


def stacked_product(kernel: Array, sources: Sequence[Source], out: Array, length: int) -> None:
    """Write ``kernel @ (the sources' cells on top of each other)`` to the first cells of `out`."""
    for images, cells in blocks(len(out), length, _column_bytes(sources)):
        np.matmul(kernel, gather(sources, images, cells), out=out[images, :, :, cells])


def gather(sources: Sequence[Source], images: slice, cells: slice) -> Array:
    """The columns (images, G, sources * channels, cells); of one source a view."""
    parts = [a[images, :, :, q + cells.start : q + cells.stop] for a, q in sources]
    if len(parts) == 1:
        return parts[0]
    B, G, C, length = parts[0].shape
    columns = np.empty((B, G, len(parts), C, length), parts[0].dtype)
    for t, part in enumerate(parts):
        columns[:, :, t] = part
    return columns.reshape(B, G, len(parts) * C, length)


def _column_bytes(sources: Sequence[Source]) -> int:
    a = sources[0][0]
    return int(a.shape[1] * a.shape[2] * len(sources) * a.itemsize)


def _grouped(a: Array, groups: int) -> Array:
    return a.reshape(a.shape[0], groups, a.shape[1] // groups, a.shape[2])


def _kernel(w: Array, groups: int) -> Array:
    """The kernel as (G, F/G, C/G, kernel positions)."""
    return w.reshape(groups, w.shape[0] // groups, w.shape[1], -1)
