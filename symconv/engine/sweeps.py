"""What output ``v`` reads along one axis at kernel position ``t``: ``base + step*v + pitch*t``.

A correlation, its input gradient and its weight gradient are all such sweeps; they differ in what
is output, what is kernel position, and in the order of the latter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import gcd
from typing import Self

from .axes import Axis


@dataclass(frozen=True)
class Sweep:
    """Outputs ``start + gap*v``, ``v < size``, that read ``base + step*v + pitch*t`` of n cells.

    ``t < K`` counts the positions `taps` of the kernel, in this order.
    """

    start: int
    gap: int
    size: int
    taps: slice
    K: int
    base: int
    step: int
    pitch: int
    n: int

    @property
    def outs(self) -> slice:
        """Where the outputs lie."""
        return slice(self.start, self.start + self.gap * self.size, self.gap)

    def part(self, first: int, last: int) -> Self:
        """The outputs from `first` to below `last` alone."""
        last = min(last, self.size)
        if last - first == self.size:
            return self
        return replace(
            self,
            start=self.start + self.gap * first,
            size=last - first,
            base=self.base + self.step * first,
        )

    def window(self, first: int, last: int) -> Self:
        """The kernel positions from `first` to below `last` alone."""
        return replace(self, K=last - first, base=self.base + self.pitch * first)

    def reads(self, t: int) -> tuple[slice, slice]:
        """Which ``v`` read inside at kernel position t, and which cells; both may be empty."""
        return inside(self.base + self.pitch * t, self.step, self.size, self.n)

    def split(self) -> Iterator[Self]:
        """The sweep as sweeps whose step is a multiple of their pitch."""
        pitch = self.step if self.K == 1 else self.pitch  # a single position has no neighbours
        times = pitch // gcd(self.step, pitch)
        if times == 1 and pitch == self.pitch:
            yield self
            return
        for v in range(min(times, self.size)):
            yield replace(
                self,
                start=self.start + self.gap * v,
                gap=self.gap * times,
                size=-(-(self.size - v) // times),
                base=self.base + self.step * v,
                step=self.step * times,
                pitch=pitch,
            )

    @property
    def last(self) -> int:
        """The last cell that is read."""
        return self.base + self.step * (self.size - 1) + self.pitch * (self.K - 1)


def inside(base: int, step: int, size: int, n: int) -> tuple[slice, slice]:
    """Which ``v < size`` have ``0 <= base + step*v < n``, and these numbers."""
    first = max(0, -(base // step))
    last = min(size, (n - 1 - base) // step + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    return slice(first, last), slice(base + step * first, base + step * (last - 1) + 1, step)


def forward(a: Axis) -> Sweep:
    """Output ``o`` reads ``S*o + D*k - P`` at kernel position ``k``."""
    return Sweep(0, 1, a.out, slice(a.K), a.K, -a.before, a.S, a.D, a.n)


def backward(a: Axis) -> list[Sweep]:
    """Input ``i`` collects from the ``o = (i + P - D*k) / S`` where this is an integer.

    With ``k = r + m*S/gcd(S,D)`` it is one for ``i = D*r - P + S*u``, and then
    ``o = u - m*D/gcd(S,D)``; the sweep goes through m downwards, as o grows.
    """
    apart, pitch = a.S // gcd(a.S, a.D), a.D // gcd(a.S, a.D)
    found = []
    for r in range(min(a.K, apart)):
        K = len(range(r, a.K, apart))
        u, i = inside(a.D * r - a.before, a.S, a.out + pitch * (K - 1), a.n)
        taps = slice(r + apart * (K - 1), None, -apart)
        base = u.start - pitch * (K - 1)
        if u.stop > u.start:
            found.append(Sweep(i.start, a.S, u.stop - u.start, taps, K, base, 1, pitch, a.out))
    return found


def weights(a: Axis) -> Sweep:
    """Kernel position ``k`` reads ``S*o + D*k - P`` at output ``o``."""
    return Sweep(0, 1, a.K, slice(a.out), a.out, -a.before, a.D, a.S, a.n)


def whole(n: int) -> Sweep:
    """Every cell reads itself."""
    return Sweep(0, 1, n, slice(1), 1, 0, 1, 1, n)


def lanes(sweeps: Iterable[Sweep]) -> list[list[Sweep]]:
    """Split sweeps by the cells they read: those of one lane are congruent modulo the pitch."""
    found: dict[tuple[int, int], list[Sweep]] = {}
    for sweep in sweeps:
        for one in sweep.split():
            found.setdefault((one.pitch, one.base % one.pitch), []).append(one)
    return list(found.values())
