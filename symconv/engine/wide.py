"""The wide layout: every kernel position reads one contiguous slice, at any stride.

The padded input is split into its phases modulo the stride, so that kernel position ``k`` reads
phase ``r = D*k mod S`` from ``q = D*k // S`` on. Rows are kept as wide as the input's phase, so
output ``o`` and kernel position ``k`` meet at the flat cell ``flat(o) + flat(q)``: one slice per
kernel position. The cells at the end of a row belong to no output and are dropped, or zero.

Data is taken to be finite: an infinity times the zero of such a cell would be NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import gcd, prod

import numpy as np

from .arrays import Array, Index, Shape
from .axes import Axis


@dataclass(frozen=True)
class Phase:
    """The inputs ``i + P = r mod S``, and the kernel positions that read them.

    Along an axis these are ``S/gcd(S,D)`` apart, `counts` of them, and neighbours read `steps`
    cells apart; the first of all reads from the cell `first` on.
    """

    r: Shape
    taps: Index
    counts: Shape
    first: int
    steps: Shape

    @property
    def size(self) -> int:
        """How many kernel positions read this phase."""
        return prod(self.counts)

    @property
    def starts(self) -> list[int]:
        """The cells from which its kernel positions read, row-major."""
        steps = [range(0, n * step, step) for n, step in zip(self.counts, self.steps, strict=True)]
        return [self.first + sum(q) for q in product(*steps)]


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

    @cached_property
    def reach(self) -> int:
        """The cell from which the last kernel position reads."""
        return self.flat(tuple(a.D * (a.K - 1) // a.S for a in self.axes))

    def flat(self, position: Shape) -> int:
        """The row-major cell number of a position in the grid."""
        cell = 0
        for p, m in zip(position, self.grid, strict=True):
            cell = cell * m + p
        return cell

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """All phases that some kernel position reads; every position reads one of them."""
        pitches = [prod(self.grid[j + 1 :]) for j in range(len(self.axes))]
        phases = []
        for first in product(*(range(min(a.K, a.S // gcd(a.S, a.D))) for a in self.axes)):
            along = list(zip(self.axes, first, pitches, strict=True))
            phases.append(
                Phase(
                    r=tuple(a.D * k % a.S for a, k, _ in along),
                    taps=(..., *(slice(k, None, a.S // gcd(a.S, a.D)) for a, k, _ in along)),
                    counts=tuple(len(range(k, a.K, a.S // gcd(a.S, a.D))) for a, k, _ in along),
                    first=self.flat(tuple(a.D * k // a.S for a, k, _ in along)),
                    steps=tuple(a.D // gcd(a.S, a.D) * pitch for a, _, pitch in along),
                )
            )
        return tuple(phases)

    def _slices(self, phase: Phase) -> tuple[Index, Index]:
        """Which cells of the phase are inputs, and which inputs they are."""
        pairs = [a.reads(r, m) for a, r, m in zip(self.axes, phase.r, self.grid, strict=True)]
        return (..., *(o for o, _ in pairs)), (..., *(i for _, i in pairs))

    def split(self, phase: Phase, x: Array, part: Array) -> None:
        """Copy the phase of x (N, C, *n) into part (N, C, at least `cells`), zero before."""
        cells, inputs = self._slices(phase)
        part[..., : self.cells].reshape(*x.shape[:2], *self.grid)[cells] = x[inputs]

    def merge(self, phase: Phase, part: Array, x: Array) -> None:
        """The adjoint of `split`: every input lies in at most one phase, so it is a copy back."""
        cells, inputs = self._slices(phase)
        x[inputs] = part[..., : self.cells].reshape(*x.shape[:2], *self.grid)[cells]

    def narrow(self, y: Array) -> Array:
        """The outputs (N, F, *o), a view of the wide rows y (N, F, at least `rows`)."""
        wide = y[..., : self.rows].reshape(*y.shape[:2], self.axes[0].out, *self.grid[1:])
        outputs: Index = (..., *(slice(a.out) for a in self.axes))
        return wide[outputs]

    @property
    def rows(self) -> int:
        """Cells of the wide rows that hold all outputs."""
        return self.axes[0].out * prod(self.grid[1:])

    def spread(self, g: Array, lead: int, extent: int) -> Array:
        """The adjoint of `narrow`: `lead` zeros, g in wide rows, zeros to `extent` cells."""
        wide = np.zeros((*g.shape[:2], max(extent, lead + self.rows)), g.dtype)
        self.narrow(wide[:, :, lead:])[...] = g
        return wide
