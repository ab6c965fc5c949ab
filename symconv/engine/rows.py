"""The three products of a convolution of two or three axes, row after row of outputs.

Only the last axes are gathered: `Staged` holds, for each row of the input, what its channels and
the kernel positions along the other axes read. The rows that an output meets lie one behind the
other, so its columns are a window of what is staged, and one `np.matmul` slides it along.
Shapes as in `contract`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .arrays import Array, Index, Shape
from .axes import Axis
from .columns import pieces, share
from .sweeps import Sweep, backward, forward, lanes, weights, whole

BLOCK = 1 << 20  # bytes staged at a time: they should stay in the second-level cache
PRODUCT = 1_000_000  # multiplications up to which OpenBLAS multiplies without repacking first
BAND = 8  # rows of outputs that share a product where a channel has one kernel
WIDEST = 192  # cells of a product


def correlate(x: Array, w: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """``y[n,f,o] = sum w[f,c,k] x[n,c, S*o + D*k - P]``."""
    y = np.empty((len(x), len(w), *(a.out for a in axes)), x.dtype)
    first, *rest = (forward(a) for a in axes)
    _slide(x, _grouped(w, groups, 0), [first], rest, _grouped(y, groups, 1))
    return y


def input_gradient(g: Array, w: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """``gx[n,c,i] = sum of w[f,c,k] g[n,f,o]`` over all ``S*o + D*k - P = i``."""
    F, C = w.shape[0] // groups, w.shape[1]
    sweeps = [backward(a) for a in axes]
    full = all(sum(s.size for s in found) == a.n for found, a in zip(sweeps, axes, strict=True))
    gx = (np.empty if full else np.zeros)((len(g), groups * C, *(a.n for a in axes)), g.dtype)
    kernel = _grouped(w, groups, 0).swapaxes(1, 2)
    into = _grouped(gx, groups, 1)
    if F > 2 * C:
        _fold(g, kernel, axes, into)
        return gx
    for rest in product(*sweeps[1:]):
        if all(s.gap == 1 and s.size == a.n for s, a in zip(rest, axes[1:], strict=True)):
            _slide(g, kernel, sweeps[0], rest, into)
            continue
        part = np.zeros((*into.shape[:4], *(s.size for s in rest)), g.dtype)
        _slide(g, kernel, sweeps[0], rest, part)
        into[(..., *(s.outs for s in rest))] = part
    return gx


def _fold(g: Array, kernel: Array, axes: tuple[Axis, ...], gx: Array) -> None:
    """Collect along the first axis alone, then add what each position along the others gave."""
    G, C, F, K, *others = kernel.shape
    moved = np.moveaxis(kernel.reshape(G, C, F, K, -1), -1, 2)
    flat = moved.reshape(G, -1, F, K, *(1 for _ in others))
    sizes = (*gx.shape[3:4], *g.shape[3:])
    per_image = G * flat.shape[1] * prod(sizes) * g.itemsize
    gx[...] = 0
    for images in pieces(len(g), per_image, 8 * BLOCK):
        part = np.zeros((len(g[images]), G, flat.shape[1], *sizes), g.dtype)
        _slide(g[images], flat, backward(axes[0]), [whole(n) for n in sizes[1:]], part)
        part = part.reshape(*part.shape[:2], C, -1, *sizes)
        for j, ks in enumerate(product(*(range(k) for k in others))):
            reads = [a.reads(a.D * k) for a, k in zip(axes[1:], ks, strict=True)]
            into: Index = (images, ..., *(i for _, i in reads))
            gx[into] += part[(slice(None), slice(None), slice(None), j, ..., *(o for o, _ in reads))]


def weight_gradient(g: Array, x: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """``gw[f,c,k] = sum over n,o of g[n,f,o] x[n,c, S*o + D*k - P]``."""
    F, C = g.shape[1] // groups, x.shape[1] // groups
    first, *rest = (forward(a) for a in axes)
    gw = np.zeros((groups, F, C, *(a.K for a in axes)), x.dtype)
    up = _grouped(g, groups, 1)
    up = up.reshape(*up.shape[:4], -1)
    R = C * prod(s.K for s in rest)
    for (lane,) in lanes([weights(axes[0])]):
        sums = np.zeros((groups, lane.size, F, R), x.dtype)
        row_bytes = len(x[:1]) * groups * R * up.shape[-1] * x.itemsize
        few = share(R) if R > 8 else R
        most = max(1, min(BLOCK // row_bytes, PRODUCT // (few * F * up.shape[-1])))
        most = -(-lane.K // -(-lane.K // most))
        for a in range(0, lane.K, most):
            some = lane.window(a, min(a + most, lane.K))
            rows = _rows([some])
            per_image = groups * R * rows.size * up.shape[-1] * x.itemsize
            for images, staged in _staged(x, groups, rows, rest, per_image, False):
                near = _windows(staged, some)
                upstream = up[images, :, None, :, a : a + some.K].reshape(*near.shape[:2],1, F, -1)
                sums += _product(near, upstream.swapaxes(-1,-2)).sum(axis=0).swapaxes(-1,-2)
        out = sums.reshape(groups, lane.size, F, C, *(s.K for s in rest))
        gw[:, :, :, lane.outs] = np.moveaxis(out, 1, 3)
    return gw.reshape(groups * F, *gw.shape[2:])


def _product(a: Array, b: Array) -> Array:
    m = _share(a.shape[-2], b.shape[-1] * b.shape[-2])
    y = np.matmul(a.reshape(*a.shape[:-2], -1, m, a.shape[-1]), b[..., None, :, :])
    return y.reshape(*y.shape[:-3], -1, y.shape[-1])


def _windows(staged: Array, sweep: Sweep) -> Array:
    N, G, R, _, cells = staged.shape
    n, g, r, q, c = staged.strides
    return as_strided(staged, (N, G, sweep.size, R, sweep.K * cells),
                      (n, g, sweep.step // sweep.pitch * q, r, c))


def _grouped(a: Array, groups: int, axis: int) -> Array:
    """The array with this axis in two: the groups, and what is in each."""
    return a.reshape(*a.shape[:axis], groups, a.shape[axis] // groups, *a.shape[axis + 1 :])


# --- staging ---


def _rows(sweeps: Sequence[Sweep]) -> Sweep:
    """All the cells of a lane, each once."""
    base, pitch, n = min(s.base for s in sweeps), sweeps[0].pitch, sweeps[0].n
    size = (max(s.last for s in sweeps) - base) // pitch + 1
    return Sweep(0, 1, size, slice(1), 1, base, pitch, pitch, n)


def _staged(
    x: Array, groups: int, rows: Sweep, rest: Sequence[Sweep], image_bytes: int, inner: bool = True
) -> Iterator[tuple[slice, Array]]:
    """Images, and of each its rows (images, G, row, C * positions, cells), as many as are near."""
    C = x.shape[1] // groups
    at, source = rows.reads(0)
    x = _grouped(x, groups, 1)[:, :, :, source]
    step = max(1, min(len(x), BLOCK // image_bytes))
    taps, cells = tuple(s.K for s in rest), tuple(s.size for s in rest)
    if inner:
        room = np.zeros((step, groups, rows.size, C, *taps, *cells), x.dtype)
        inside = np.moveaxis(room[:, :, at], 3, 2)
    else:
        room = np.zeros((step, groups, C, *taps, rows.size, *cells), x.dtype)
        inside = np.moveaxis(room, 3+len(taps), 3)[:, :, :, at]
    for images in pieces(len(x), 1, step):
        some = x[images]
        for ks in product(*(range(k) for k in taps)):
            reads = [s.reads(t) for s, t in zip(rest, ks, strict=True)]
            near = inside[(slice(len(some)), slice(None), slice(None), slice(None), *ks, *(v for v, _ in reads))]
            near[...] = some[(..., *(i for _, i in reads))]
        flat = (C * prod(taps), rows.size) if not inner else (rows.size, C * prod(taps))
        yield images, room[: len(some)].reshape(len(some), groups, *flat, prod(cells))


def _slide(
    x: Array, kernel: Array, first: Sequence[Sweep], rest: Sequence[Sweep], out: Array
) -> None:
    """Write the products of the kernel (G, M, C, *K) with what is swept to out (N, G, M, *o)."""
    G, M, C = kernel.shape[:3]
    R = C * prod(s.K for s in rest)
    for tile in _tiles(rest):
        cells = prod(s.size for s in tile)
        spots = (range(s.size)[slice((t.start - s.start) // s.gap, None)][: t.size] for t, s in zip(tile, rest, strict=True))
        place = out[(..., *(slice(r.start, r.stop) for r in spots))].reshape(*out.shape[:4], cells)
        for lane in lanes(first):
            taken = [_kernel(kernel, s, rest) for s in lane]
            row_bytes = G * R * cells * x.itemsize
            longest = max(s.size for s in lane)
            stride = lane[0].step // lane[0].pitch
            most = max(1, (BLOCK // row_bytes - lane[0].K) // stride)
            most = -(-longest // -(-longest // most))
            for a in range(0, longest, most):
                some = [
                    (s.part(a, a + most), w)
                    for s, w in zip(lane, taken, strict=True)
                    if a < s.size
                ]
                rows = _rows([s for s, _ in some])
                for images, staged in _staged(x, G, rows, tile, rows.size * row_bytes):
                    for s, w in some:
                        at = (s.base - rows.base) // rows.pitch
                        near = staged[:, :, at : at + (s.last - s.base) // s.pitch + 1]
                        _multiply(w, near, s.step // s.pitch, place[images][:, :, :, s.outs])


def _tiles(rest: Sequence[Sweep]) -> Iterator[tuple[Sweep, ...]]:
    """The outputs in tiles of at most so many cells, each of whole rows or within one."""
    if not rest:
        yield ()
        return
    inner = 1
    cuts = []
    for s in reversed(rest):
        most = max(1, WIDEST // inner)
        count = -(-s.size // most)
        size = -(-s.size // count)
        cuts.insert(0, [s.part(a, a + size) for a in range(0, s.size, size)])
        inner = inner * s.size if count == 1 else WIDEST
    yield from product(*cuts)


def _kernel(kernel: Array, sweep: Sweep, rest: Sequence[Sweep]) -> Array:
    """The kernel positions that are swept, as (G, M, rows, C * the other positions)."""
    own = kernel[(..., sweep.taps, *(s.taps for s in rest))]
    G, M, _, K = own.shape[:4]
    return np.moveaxis(own, 3, 2).reshape(G, M, K, -1)


def _share(rows: int, each: int) -> int:
    """The rows that are multiplied at a time: all, or a divisor if they are too many."""
    few = share(rows)
    return few if few * each <= PRODUCT < rows * each else rows


def _multiply(w: Array, staged: Array, step: int, out: Array) -> None:
    """``out[n,g,m,v] = w[g,m] @`` the rows from ``step*v`` on of staged (N, G, row, R, cells)."""
    G, M, K, R = w.shape
    if M == 1 and out.shape[3] > 1:
        _band(w, staged, step, out)
        return
    N, count, cells = out.shape[0], out.shape[3], out.shape[4]
    n, g, row, _, cell = staged.strides
    shape = (N, G, count, 1, K * R, cells)
    columns = as_strided(staged, shape, (n, g, step * row, 0, cells * cell, cell))
    m = _share(M, K * R * cells)
    place = out.reshape(N, G, M // m, m, count, cells).transpose(0, 1, 4, 2, 3, 5)
    np.matmul(w.reshape(G, 1, M // m, m, K * R), columns, out=place)


def _band(w: Array, staged: Array, step: int, out: Array) -> None:
    """`_multiply` by one filter: some rows of outputs at a time, by a kernel moved along."""
    G, _, K, R = w.shape
    N, _, _, count, cells = out.shape
    m = min(BAND, count)
    while count % m and m > BAND//2: m -= 1
    band = np.zeros((G, m, ((m - 1) * step + K) * R), w.dtype)
    g, j, k = band.strides
    as_strided(band, (G, m, K * R), (g, j + step * R * k, k))[...] = w.reshape(G, 1, K * R)
    n, g, row, _, cell = staged.strides
    shape = (N, G, count // m, band.shape[2], cells)
    columns = as_strided(staged, shape, (n, g, m * step * row, cells * cell, cell))
    whole = count // m * m
    place = out[:, :, 0, :whole].reshape(N, G, count // m, m, cells)
    np.matmul(band[:, None], columns, out=place)
    if whole < count:
        _multiply(w, staged[:, :, whole * step :], step, out[:, :, :, whole:])
