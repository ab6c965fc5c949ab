"""The wide layout: every kernel position reads one contiguous slice, at any stride.

The padded input is split into its phases modulo the stride, so that kernel position ``k`` reads
phase ``r = D*k mod S`` from ``q = D*k // S`` on. Rows are kept as wide as the input's phase, so
output ``o`` and kernel position ``k`` meet at the flat cell ``flat(o) + flat(q)``: one slice per
kernel position. The cells at the end of a row belong to no output and are dropped, or zero.

Data is taken to be finite: an infinity times the zero of such a cell would be NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from .arrays import Array, Index, Shape
from .axes import Axis

BLOCK = 1 << 21  # bytes of gathered columns at a time: they should stay in the cache


@dataclass(frozen=True)
class Layout:
    """The wide layout of a convolution with these axes."""

    axes: tuple[Axis, ...]

    @cached_property
    def grid(self) -> Shape:
        """Cells per axis, as many as some output and kernel position can read."""
        return tuple(a.out + a.D * (a.K - 1) // a.S for a in self.axes)

    @cached_property
    def cells(self) -> int:
        """Cells of one phase."""
        return prod(self.grid)

    @cached_property
    def length(self) -> int:
        """One more than the last output's cell."""
        return self.flat(tuple(a.out - 1 for a in self.axes)) + 1

    def flat(self, position: Shape) -> int:
        """The row-major cell number of a position in the grid."""
        cell = 0
        for p, m in zip(position, self.grid, strict=True):
            cell = cell * m + p
        return cell

    @cached_property
    def taps(self) -> tuple[tuple[Shape, int], ...]:
        """Of each kernel position in row-major order the phase and the first cell it reads."""
        shifts = product(*(range(0, a.D * a.K, a.D) for a in self.axes))
        S = [a.S for a in self.axes]
        return tuple(
            (
                tuple(e % s for e, s in zip(shift, S, strict=True)),
                self.flat(tuple(e // s for e, s in zip(shift, S, strict=True))),
            )
            for shift in shifts
        )

    @cached_property
    def families(self) -> dict[Shape, dict[Shape, list[int]]]:
        """By the first cells that its kernel positions read, each phase with those positions."""
        own: dict[Shape, list[int]] = {}
        for t, (phase, _) in enumerate(self.taps):
            own.setdefault(phase, []).append(t)
        families: dict[Shape, dict[Shape, list[int]]] = {}
        for phase, taps in own.items():
            families.setdefault(tuple(self.taps[t][1] for t in taps), {})[phase] = taps
        return families

    def _slices(self, phase: Shape) -> tuple[Index, Index]:
        """Which cells of the phase are inputs, and which inputs they are."""
        pairs = [a.reads(r, m) for a, r, m in zip(self.axes, phase, self.grid, strict=True)]
        return (..., *(o for o, _ in pairs)), (..., *(i for _, i in pairs))

    def split(self, x: Array) -> dict[Shape, Array]:
        """The phases (N, C, cells) of x (N, C, *n), zero where they lie in the padding."""
        phases = {}
        for phase in {r for r, _ in self.taps}:
            cells, inputs = self._slices(phase)
            part = x[inputs]
            if part.shape[2:] != self.grid:
                part = np.zeros((*x.shape[:2], *self.grid), x.dtype)
                part[cells] = x[inputs]
            phases[phase] = part.reshape(*x.shape[:2], self.cells)
        return phases

    def merge(self, phase: Shape, part: Array, x: Array) -> None:
        """The adjoint of `split`: every input lies in at most one phase, so it is a copy back."""
        cells, inputs = self._slices(phase)
        x[inputs] = part.reshape(*x.shape[:2], *self.grid)[cells]

    def narrow(self, y: Array) -> Array:
        """The outputs (N, F, *o), a view of the wide rows y (N, F, `rows`)."""
        wide = y.reshape(*y.shape[:2], self.axes[0].out, *self.grid[1:])
        outputs: Index = (..., *(slice(a.out) for a in self.axes))
        return wide[outputs]

    @property
    def rows(self) -> int:
        """Cells of the wide rows that hold all outputs."""
        return self.axes[0].out * prod(self.grid[1:])

    @property
    def tight(self) -> bool:
        """Whether the wide rows have nothing between the outputs."""
        return self.rows == prod(a.out for a in self.axes)

    def spread(self, g: Array, lead: int = 0, tail: int = 0) -> Array:
        """The adjoint of `narrow`: g in wide rows, zero between them, `lead` and `tail` zeros."""
        if self.tight and not (lead or tail):
            return g.reshape(*g.shape[:2], self.rows)
        wide = np.zeros((*g.shape[:2], lead + self.rows + tail), g.dtype)
        self.narrow(wide[:, :, lead : lead + self.rows])[...] = g
        return wide


def pieces(total: int, unit_bytes: int, least: int = 1) -> Iterator[slice]:
    """Cut `total` units into slices of about `BLOCK` bytes, and at least `least` units."""
    step = max(least, BLOCK // max(1, unit_bytes))
    for start in range(0, total, step):
        yield slice(start, min(start + step, total))
