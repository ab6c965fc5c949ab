"""Which elements meet in a linear operation, listed by plain nested loops.

A *meeting* is ``(y position, x position, w position, factor)``: forward adds ``factor x[i] w[k]``
to ``y[o]``, and the gradients are the same meetings read from the other ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from .arrays import Shape
from .axes import Axis
from .conv import ConvPlan
from .filters import FilterPlan
from .pool import PoolPlan
from .unfold import UnfoldPlan

Meeting: TypeAlias = tuple[Shape, Shape, Shape, Any]  # y[o], x[i], w[k] and a constant factor


def positions(shape: Shape) -> Iterator[Shape]:
    """All positions of an array, row-major: as many nested loops as it has axes."""
    return product(*(range(size) for size in shape))


def source(i: int, n: int, mode: str) -> int | None:
    """The input position behind position i of a padded axis; None reads zero."""
    if 0 <= i < n or mode == "zeros":
        return i if 0 <= i < n else None
    if mode == "circular":
        return source(i + n if i < 0 else i - n, n, mode)
    if mode == "reflect":
        return -i if i < 0 else 2 * (n - 1) - i
    return 0 if i < 0 else n - 1


def reads(axes: tuple[Axis, ...], mode: str = "zeros") -> Iterator[tuple[Shape, Shape, Shape]]:
    """All ``(o, k, i)`` with ``i = S*o + D*k - before`` inside the input, on every axis."""
    for o in positions(tuple(a.out for a in axes)):
        for k in positions(tuple(a.K for a in axes)):
            i = [
                source(a.S * p + a.D * q - a.before, a.n, mode)
                for a, p, q in zip(axes, o, k, strict=True)
            ]
            inside = tuple(p for p in i if p is not None)
            if len(inside) == len(i):
                yield o, k, inside


def conv(plan: ConvPlan) -> Iterator[Meeting]:
    """``y[n,f,o] += w[f,c,k] x[n, c + group's first channel, i]``."""
    N, F, C = plan.x_shape[0], plan.w_shape[0], plan.w_shape[1]
    for o, k, i in reads(plan.axes, plan.mode):
        for n in range(N):
            for f in range(F):
                for c in range(C):
                    first = f // (F // plan.groups) * C
                    yield (n, f, *o), (n, first + c, *i), (f, c, *k), 1


def transposed(plan: ConvPlan) -> Iterator[Meeting]:
    """``y[n, f + group's first filter, i] += w[c,f,k] x[n,c,o]``."""
    N, C, F = plan.x_shape[0], plan.w_shape[0], plan.w_shape[1]
    for o, k, i in reads(plan.axes):
        for n in range(N):
            for c in range(C):
                for f in range(F):
                    first = c // (C // plan.groups) * F
                    yield (n, first + f, *i), (n, c, *o), (c, f, *k), 1


def whole_filter(plan: FilterPlan, x: Shape, w: Shape) -> Iterator[Meeting]:
    """``y[t] += w[k] x[i]`` at ``t = i + k`` (convolve) or ``t = i - k + K - 1`` (correlate)."""
    starts = [_start(n, K, plan.mode, plan.convolves, len(x)) for n, K in zip(x, w, strict=True)]
    for i in positions(x):
        for k in positions(w):
            if plan.mode == "circular":
                sign = 1 if plan.convolves else -1
                yield tuple((p + sign * q) % n for p, q, n in zip(i, k, x, strict=True)), i, k, 1
                continue
            t = tuple(
                p + q - s if plan.convolves else p - q + K - 1 - s
                for p, q, K, s in zip(i, k, w, starts, strict=True)
            )
            if all(0 <= p < size for p, size in zip(t, plan.out_shape, strict=True)):
                yield t, i, k, 1


def _start(n: int, K: int, mode: str, convolves: bool, rank: int) -> int:
    """The first full-output position that is kept, told by swapping as NumPy does."""
    if mode in ("full", "circular"):
        return 0
    if mode == "valid":
        return min(n, K) - 1
    if rank == 2:
        return (K - 1) // 2 if convolves else (n + K - 2) - (K - 1) // 2 - (n - 1)
    if n >= K or convolves:
        return (min(n, K) - 1) // 2
    return (n + K - 2) - ((n - 1) // 2 + K - 1)  # of the reversed result, read backwards


def average(plan: PoolPlan) -> Iterator[Meeting]:
    """``y[c,o] += x[c,i] / count``, where count is what the padded window holds."""
    d = len(plan.axes)
    for o, _, i in reads(plan.axes):
        count = 1
        for a, p in zip(plan.axes, o, strict=True):
            window = range(p * a.S - a.before, p * a.S - a.before + a.K)
            left, right = (-a.before, a.n + a.after) if plan.include_pad else (0, a.n)
            count *= len([q for q in window if left <= q < right])
        for c in positions(plan.x_shape[: len(plan.x_shape) - d]):
            yield (*c, *o), (*c, *i), (), Fraction(1, count)


def unfold(plan: UnfoldPlan) -> Iterator[Meeting]:
    """``columns[n,c,k,o] += images[n,c,i]``."""
    for o, k, i in reads(plan.axes):
        for n in range(plan.images[0]):
            for c in range(plan.images[1]):
                yield (n, c, *k, *o), (n, c, *i), (), 1
