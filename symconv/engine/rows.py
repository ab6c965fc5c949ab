"""The three products of a convolution of two or three axes, row after row of outputs.

Only the last axes are gathered: `Staged` holds, for each row of the input, what its channels and
the kernel positions along the other axes read. The rows that an output meets lie one behind the
other, so its columns are a window of what is staged, and one `np.matmul` slides it along.
Shapes as in `contract`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .arrays import Array, Index, Shape
from .axes import Axis
from .columns import pieces, share
from .sweeps import Sweep, backward, forward, lanes, weights, whole

BLOCK = 1 << 20  # bytes staged at a time: they should stay in the second-level cache
PRODUCT = 1_000_000  # multiplications up to which OpenBLAS multiplies without repacking first
WIDEST = 192  # cells of a product
_last = threading.local()


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
    made = np.empty if full else np.zeros
    gx = made((len(g), groups * C, *(a.n for a in axes)), g.dtype)
    kernel = _grouped(w, groups, 0).swapaxes(1, 2)
    into = _grouped(gx, groups, 1)
    if F > 2 * C:
        _fold(g, kernel, axes, into)
        return gx
    for rest in product(*sweeps[1:]):
        if all(s.gap == 1 and s.size == a.n for s, a in zip(rest, axes[1:], strict=True)):
            _slide(g, kernel, sweeps[0], rest, into)
            continue
        part = made((*into.shape[:4], *(s.size for s in rest)), g.dtype)
        _slide(g, kernel, sweeps[0], rest, part)
        place: Index = (..., *(s.outs for s in rest))
        into[place] = part
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
            given: Index = (..., *(o for o, _ in reads))
            gx[into] += part[:, :, :, j][given]


def weight_gradient(g: Array, x: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """``gw[f,c,k] = sum over n,o of g[n,f,o] x[n,c, S*o + D*k - P]``."""
    F, C = g.shape[1] // groups, x.shape[1] // groups
    rest = [forward(a) for a in axes[1:]]
    R, cells = C * prod(s.K for s in rest), prod(s.size for s in rest)
    gw = np.empty((groups, F, C, *(a.K for a in axes)), x.dtype)
    g = g.reshape(len(g), groups, F, axes[0].out, cells)
    few = min(share(F) * R, share(R) * F)
    for (lane,) in lanes([weights(axes[0])]):
        most = min(BLOCK // (groups * R * cells * x.itemsize), PRODUCT // (few * cells))
        sums = np.zeros((groups, lane.size, R, F), x.dtype)
        for o in evenly(lane.K, most):
            part = lane.window(o.start, o.stop)
            for images, staged in _staged(x, groups, _rows([part]), rest, behind=True):
                upstream = g[images, :, :, o].reshape(len(staged), groups, 1, F, -1)
                sums += _inner(_windows(staged, part), upstream).sum(axis=0)
        own = sums.reshape(groups, lane.size, C, *(s.K for s in rest), F)
        gw[:, :, :, lane.outs] = np.moveaxis(own, (-1, 2), (1, 2))
    return gw.reshape(groups * F, *gw.shape[2:])


def _windows(staged: Array, sweep: Sweep) -> Array:
    """Of staged (N, G, R, row, cells) what each kernel position reads, (N, G, k, R, cells)."""
    N, G, R, _, cells = staged.shape
    n, g, r, row, cell = staged.strides
    shape = (N, G, sweep.size, R, sweep.K * cells)
    return as_strided(staged, shape, (n, g, sweep.step // sweep.pitch * row, r, cell))


def _inner(a: Array, b: Array) -> Array:
    """``a @ b^T``, a share of the rows of the one or of the other at a time."""
    rows, others = a.shape[-2], b.shape[-2]
    if share(others) * rows < share(rows) * others:
        return _inner(b, a).swapaxes(-1, -2)
    a = a.reshape(*a.shape[:-2], -1, share(rows), a.shape[-1])
    y: Array = np.matmul(a, b[..., None, :, :].swapaxes(-1, -2))
    return y.reshape(*y.shape[:-3], rows, others)


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
    x: Array, groups: int, rows: Sweep, rest: Sequence[Sweep], behind: bool = False
) -> Iterator[tuple[slice, Array]]:
    """What the kernel positions along the other axes read, a block of images at a time.

    Yields images and (N, G, row, R, cells), or `behind` each other (N, G, R, row, cells); R counts
    the channels and these kernel positions.
    """
    C, taps = x.shape[1] // groups, tuple(s.K for s in rest)
    R, cells = C * prod(taps), tuple(s.size for s in rest)
    image_bytes = groups * rows.size * R * prod(cells) * x.itemsize
    step = max(1, min(len(x), BLOCK // image_bytes))
    lead = (C, *taps, rows.size) if behind else (rows.size, C, *taps)
    room = _room((step, groups, *lead, *cells), x.dtype)  # what lies outside stays zero
    near = np.moveaxis(room, 3 + len(taps), 3) if behind else room.swapaxes(2, 3)
    at, source = rows.reads(0)
    x = _grouped(x, groups, 1)[:, :, :, source]
    for images in pieces(len(x), 1, step):
        some = x[images]
        for ts in product(*(range(K) for K in taps)):
            spots = [s.reads(t) for s, t in zip(rest, ts, strict=True)]
            into: Index = (
                slice(len(some)),
                slice(None),
                slice(None),
                at,
                *ts,
                *(v for v, _ in spots),
            )
            source_cells: Index = (..., *(i for _, i in spots))
            near[into] = some[source_cells]
        flat = (R, rows.size) if behind else (rows.size, R)
        yield images, room[: len(some)].reshape(len(some), groups, *flat, prod(cells))


def _room(shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Zeros, where the last ones of this thread were: fresh memory costs more than filling it."""
    size = prod(shape) * dtype.itemsize
    if dtype.hasobject or size > 2 * BLOCK:
        return np.zeros(shape, dtype)
    if getattr(_last, "room", np.empty(0)).nbytes < size:
        _last.room = np.empty(size, np.uint8)
    room: Array = _last.room[:size].view(dtype).reshape(shape)
    room.fill(0)
    return room


def evenly(total: int, most: int) -> Iterator[slice]:
    """Slices of `total` units, of about as many each, and of at most so many but at least one."""
    count = -(-total // max(1, most))
    yield from pieces(total, 1, -(-total // count))


def _slide(
    x: Array, kernel: Array, first: Sequence[Sweep], rest: Sequence[Sweep], out: Array
) -> None:
    """Write the products of the kernel (G, M, C, *K) with what is swept to out (N, G, M, *o)."""
    G, C = kernel.shape[0], kernel.shape[2]
    for lane in lanes(first):
        swept = [(s, _kernel(kernel, s, rest)) for s in lane]
        ahead = lane[0].step // lane[0].pitch
        for spots, tile in _tiles(rest):
            cells = prod(t.size for t in tile)
            at: Index = (..., *spots)
            place = out[at].reshape(*out.shape[:4], cells)
            row_bytes = G * C * prod(s.K for s in rest) * cells * x.itemsize
            most = (BLOCK // row_bytes - lane[0].K) // ahead
            for v in evenly(max(s.size for s in lane), most):
                parts = [(s.part(v.start, v.stop), w) for s, w in swept if v.start < s.size]
                rows = _rows([s for s, _ in parts])
                for images, staged in _staged(x, G, rows, tile):
                    for s, w in parts:
                        near = staged[:, :, (s.base - rows.base) // rows.pitch :]
                        _multiply(w, near, ahead, place[images, :, :, s.outs])


def _tiles(rest: Sequence[Sweep]) -> Iterator[tuple[tuple[slice, ...], tuple[Sweep, ...]]]:
    """The outputs in tiles of at most `WIDEST` cells: whole rows of the last axis, or within one.

    Yields where they lie among all of them, and their sweeps.
    """
    cuts: list[list[slice]] = []
    most = WIDEST
    for s in reversed(rest):
        cuts.insert(0, list(evenly(s.size, most)))
        most = most // s.size if len(cuts[0]) == 1 else 1
    for spots in product(*cuts):
        yield spots, tuple(s.part(v.start, v.stop) for s, v in zip(rest, spots, strict=True))


def _kernel(kernel: Array, sweep: Sweep, rest: Sequence[Sweep]) -> Array:
    """The kernel positions that are swept, as (G, M, rows, C * the other positions)."""
    taps: Index = (..., sweep.taps, *(s.taps for s in rest))
    own = kernel[taps]
    G, M, _, K = own.shape[:4]
    return own.swapaxes(2, 3).reshape(G, M, K, -1)


def _share(rows: int, each: int) -> int:
    """The rows that are multiplied at a time: all, or a divisor if they are too many."""
    few = share(rows)
    return few if few * each <= PRODUCT < rows * each else rows


def _multiply(w: Array, staged: Array, step: int, out: Array) -> None:
    """``out[n,g,m,v] = w[g,m] @`` the rows from ``step*v`` on of staged (N, G, row, R, cells)."""
    G, M, K, R = w.shape
    N, count, cells = out.shape[0], out.shape[3], out.shape[4]
    n, g, row, _, cell = staged.strides
    shape = (N, G, count, 1, K * R, cells)
    columns = as_strided(staged, shape, (n, g, step * row, 0, cells * cell, cell))
    m = _share(M, K * R * cells)
    place = out.reshape(N, G, M // m, m, count, cells).transpose(0, 1, 4, 2, 3, 5)
    np.matmul(w.reshape(G, 1, M // m, m, K * R), columns, out=place)
