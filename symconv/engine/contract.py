"""The three products of a convolution, each as a few matrix products over gathered columns.

``y[n,f,o] = sum over c,k of w[f,c,k] * x[n,c, S*o + D*k - P]`` and what remains of it when ``x``
or ``w`` is dropped and ``g`` takes the place of ``y``. Shapes: x (N, C, *n), w (F, C/groups, *K),
y and g (N, F, *o), all of one dtype.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from .arrays import Array
from .wide import Layout, pieces

Source = tuple[Array, int]  # (N, G, channels, cells) and the first cell that is read


def correlate(x: Array, w: Array, layout: Layout, groups: int = 1, b: Array | None = None) -> Array:
    """``y[n,f,o] = b[f] + sum w[f,c,k] x[n,c, S*o + D*k - P]``."""
    F, o = len(w), tuple(a.out for a in layout.axes)
    kernel = _kernel(w, groups).transpose(0, 1, 3, 2).reshape(groups, F // groups, -1)
    y = np.empty((len(x), F, *o), x.dtype)
    for images in _portions(x, x.shape[1] * len(layout.taps), layout):
        taps = _taps(x[images], layout, groups)
        rows = y[images] if layout.tight else np.empty((*y[images].shape[:2], layout.rows), x.dtype)
        wide = rows.reshape(-1, groups, F // groups, layout.rows)
        stacked_product(kernel, taps, wide, layout.length)
        if not layout.tight:
            y[images] = layout.narrow(rows)
    if b is not None:
        y += b.reshape(F, *(1,) * len(o))
    return y


def input_gradient(g: Array, w: Array, layout: Layout, groups: int = 1) -> Array:
    """``gx[n,c,i] = sum of w[f,c,k] g[n,f,o]`` over all ``S*o + D*k - P = i``."""
    F, C = w.shape[0] // groups, w.shape[1]
    way = _gathered if F <= 2 * C else _scattered  # each gathers or adds its channels' columns
    gx = np.zeros((len(g), groups * C, *(a.n for a in layout.axes)), g.dtype)
    rows = groups * min(F, 2 * C) * len(layout.taps)
    for images in _portions(g, rows, layout):
        way(g[images], w, layout, groups, gx[images])
    return gx


def weight_gradient(g: Array, x: Array, layout: Layout, groups: int = 1) -> Array:
    """``gw[f,c,k] = sum over n,o of g[n,f,o] x[n,c, S*o + D*k - P]``."""
    F, C = g.shape[1], x.shape[1] // groups
    columns = np.zeros((groups, F // groups, len(layout.taps) * C), x.dtype)
    for images in _portions(x, x.shape[1] * len(layout.taps), layout):
        taps = _taps(x[images], layout, groups)
        wide = _grouped(layout.spread(g[images]), groups)
        for cells in pieces(layout.length, _cell_bytes(taps), least=256):
            gathered = gather(taps, cells).swapaxes(-1, -2)
            columns += np.matmul(wide[..., cells], gathered).sum(axis=0)
    gw = columns.reshape(F, len(layout.taps), C).transpose(0, 2, 1)
    return gw.reshape(F, C, *(a.K for a in layout.axes))


def _scattered(g: Array, w: Array, layout: Layout, groups: int, gx: Array) -> None:
    """The input gradient as columns ``w^T g``, each added where its kernel position read."""
    N, C, T = g.shape[0], w.shape[1], len(layout.taps)
    phases = {r: np.zeros((N, groups, C, layout.cells), g.dtype) for r, _ in layout.taps}
    kernel = _kernel(w, groups).transpose(0, 3, 2, 1).reshape(groups, T * C, -1)
    wide = _grouped(layout.spread(g), groups)
    for cells in pieces(layout.length, N * groups * T * C * g.itemsize, least=256):
        columns = np.matmul(kernel, wide[..., cells]).reshape(N, groups, T, C, -1)
        for t, (r, q) in enumerate(layout.taps):
            phases[r][..., q + cells.start : q + cells.stop] += columns[:, :, t]
    for phase, part in phases.items():
        layout.merge(phase, part, gx)


def _gathered(g: Array, w: Array, layout: Layout, groups: int, gx: Array) -> None:
    """The input gradient phase by phase, each a correlation of ``g`` with the flipped kernel.

    Phases whose kernel positions start at the same cells share their columns.
    """
    N, C = g.shape[0], w.shape[1]
    lead = layout.taps[-1][1]
    wide = _grouped(layout.spread(g, lead, layout.cells - layout.rows), groups)
    kernel = _kernel(w, groups).transpose(0, 2, 3, 1)
    for starts, phases in layout.families.items():
        flipped = [kernel[:, :, taps].reshape(groups, C, -1) for taps in phases.values()]
        parts = np.empty((N, groups, len(phases) * C, layout.cells), g.dtype)
        sources = [(wide, lead - q) for q in starts]
        stacked_product(np.concatenate(flipped, axis=1), sources, parts, layout.cells)
        for j, phase in enumerate(phases):
            layout.merge(phase, parts[:, :, j * C : (j + 1) * C], gx)


def stacked_product(kernel: Array, sources: Sequence[Source], out: Array, length: int) -> None:
    """Write ``kernel @ (the sources' cells on top of each other)`` to the first cells of `out`."""
    for cells in pieces(length, _cell_bytes(sources), least=256):
        np.matmul(kernel, gather(sources, cells), out=out[..., cells])


def gather(sources: Sequence[Source], cells: slice) -> Array:
    """The columns (N, G, sources * channels, cells); of one source a view."""
    parts = [a[..., q + cells.start : q + cells.stop] for a, q in sources]
    if len(parts) == 1:
        return parts[0]
    N, G, C, length = parts[0].shape
    columns = np.empty((N, G, len(parts), C, length), parts[0].dtype)
    for t, part in enumerate(parts):
        columns[:, :, t] = part
    return columns.reshape(N, G, len(parts) * C, length)


def _portions(a: Array, rows: int, layout: Layout) -> Iterator[slice]:
    """As many images at a time as have about a block of columns of so many rows."""
    return pieces(len(a), rows * layout.length * a.itemsize)


def _taps(x: Array, layout: Layout, groups: int) -> list[Source]:
    """For each kernel position the phase of x that it reads, and from which cell on."""
    phases = {r: _grouped(p, groups) for r, p in layout.split(x).items()}
    return [(phases[r], q) for r, q in layout.taps]


def _cell_bytes(sources: Sequence[Source]) -> int:
    a = sources[0][0]
    return prod(a.shape[:-1]) * len(sources) * a.itemsize


def _grouped(a: Array, groups: int) -> Array:
    return a.reshape(a.shape[0], groups, a.shape[1] // groups, a.shape[2])


def _kernel(w: Array, groups: int) -> Array:
    """The kernel as (G, F/G, C/G, kernel positions)."""
    return w.reshape(groups, w.shape[0] // groups, w.shape[1], -1)
