"""Columns: what the kernel positions read, stacked, a chunk of cells at a time.

A product over all cells at once would leave the cache, so the cells are cut into `Cut.count`
chunks of `Cut.size`. Chunks are an axis of their own: columns are (N, chunk, G, rows, size), and
one `np.matmul` multiplies many chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .arrays import Array
from .wide import Layout, Phase

Part: TypeAlias = tuple[slice, slice]  # images, chunks

BLOCK = 1 << 20  # bytes of columns at a time: they should stay in the second-level cache
PRODUCT = 1_000_000  # multiplications up to which OpenBLAS multiplies without repacking first
SHARES = (16, 8, *range(32, 5, -1))  # rows of a product, in the order of preference
WIDEST, LEAST, LANES = 192, 32, 16  # cells of a product: at most, at least, and a multiple of


@dataclass(frozen=True)
class Cut:
    """Cells in `count` chunks of `size`; the last one may reach beyond them."""

    count: int
    size: int

    @property
    def extent(self) -> int:
        """Cells of all chunks."""
        return self.count * self.size

    def chunks(self, a: Array) -> Array:
        """The cells of a (N, G, ..., at least `extent`) as a view (N, chunk, G, ..., size)."""
        parts = a[..., : self.extent].reshape(*a.shape[:-1], self.count, self.size)
        return np.asarray(np.moveaxis(parts, -2, 1))


def cut(length: int, rows: int, inner: int, column_bytes: int) -> Cut:
    """Cut so many cells for products of (rows, inner) with columns of so many bytes a cell."""
    most = min(PRODUCT // (share(rows) * inner), BLOCK // column_bytes, WIDEST)
    most = max(most // LANES * LANES, LEAST)
    count = -(-length // most)
    size = -(-length // count)
    return Cut(count, size if count == 1 else -(-size // LANES) * LANES)


def share(rows: int) -> int:
    """The rows that are multiplied at a time: a divisor, where there is one of a good size."""
    return next((m for m in SHARES if rows % m == 0), rows)


def product(a: Array, b: Array, out: Array | None = None) -> Array:
    """``a @ b``, a share of the rows of a at a time, to which each block of b is near."""
    m = share(a.shape[-2])
    a = a.reshape(*a.shape[:-2], a.shape[-2] // m, m, a.shape[-1])
    if out is None:
        y: Array = np.matmul(a, b[..., None, :, :])
        return y.reshape(*y.shape[:-3], y.shape[-3] * m, y.shape[-1])
    np.matmul(a, b[..., None, :, :], out=out.reshape(*out.shape[:-2], *a.shape[-3:-1], -1))
    return out


def pieces(total: int, unit_bytes: int, most: int) -> Iterator[slice]:
    """Slices of `total` units, of at most so many bytes each but at least one unit."""
    step = max(1, most // max(1, unit_bytes))
    for start in range(0, total, step):
        yield slice(start, min(start + step, total))


class Columns:
    """The cells that some kernel positions read, cut into chunks and gathered block by block."""

    def __init__(self, views: Sequence[Array]) -> None:
        """Each view (N, chunk, G, *kernel positions, C, size) is one part of the rows."""
        self.views = views
        self.sizes = [prod(v.shape[3:-2]) for v in views]
        self.around = views[0].shape[:3], views[0].shape[-2:]

    def blocks(self) -> Iterator[tuple[Part, Array]]:
        """Images and chunks, and their columns (images, chunks, G, positions * C, size)."""
        (N, count, G), (C, size) = self.around
        rows, first = sum(self.sizes) * C, self.views[0]
        if rows == C:  # nothing to put on top of each other
            yield (slice(N), slice(count)), first.reshape(N, count, G, C, size)
            return
        room = np.empty(0, first.dtype)
        for images, chunks in parts(N, count, G * rows * size * first.itemsize):
            lead = (images.stop - images.start, chunks.stop - chunks.start, G)
            if room.size < prod(lead) * rows * size:
                room = np.empty(prod(lead) * rows * size, first.dtype)
            columns = room[: prod(lead) * rows * size].reshape(*lead, rows, size)
            self._gather(images, chunks, columns)
            yield (images, chunks), columns

    def _gather(self, images: slice, chunks: slice, columns: Array) -> None:
        C, at = self.around[1][0], 0
        for view, count in zip(self.views, self.sizes, strict=True):
            source = view[images, chunks]
            columns[:, :, :, at : at + count * C].reshape(source.shape)[...] = source
            at += count * C


def parts(images: int, chunks: int, chunk_bytes: int) -> Iterator[Part]:
    """Some images' chunks of about `BLOCK` bytes: several whole images, or chunks of one."""
    if chunks * chunk_bytes <= BLOCK:
        yield from (
            (part, slice(0, chunks)) for part in pieces(images, chunks * chunk_bytes, BLOCK)
        )
        return
    for n in range(images):
        yield from ((slice(n, n + 1), part) for part in pieces(chunks, chunk_bytes, BLOCK))


def windows(a: Array, first: int, phase: Phase, sign: int, sizes: Cut) -> Array:
    """What the phase's kernel positions read of a (N, G, C, cells), from the cell `first` on.

    A view (N, chunk, G, *kernel positions, C, size); neighbours read ``sign * phase.steps`` apart.
    """
    N, G, C, _ = a.shape
    n, g, c, cell = a.strides
    steps = tuple(sign * step * cell for step in phase.steps)
    shape = (N, sizes.count, G, *phase.counts, C, sizes.size)
    return as_strided(a[..., first:], shape, (n, sizes.size * cell, g, *steps, c, cell))


def inputs(layout: Layout, x: Array, groups: int, sizes: Cut) -> Columns:
    """The columns that the kernel meets in x (N, C, *n)."""
    extent = max(layout.cells, sizes.extent + layout.reach)
    views = []
    for phase in layout.phases:
        part = np.zeros((*x.shape[:2], extent), x.dtype)
        layout.split(phase, x, part)
        views.append(windows(grouped(part, groups), phase.first, phase, 1, sizes))
    return Columns(views)


def grouped(a: Array, groups: int) -> Array:
    """The array (N, C, cells) as (N, G, C/G, cells)."""
    return a.reshape(a.shape[0], groups, a.shape[1] // groups, a.shape[2])
