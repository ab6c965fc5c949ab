"""avg_pool and max_pool in one to three dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import product
from typing import Any

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array, Index, Shape, lowest, maximum, over
from .axes import LETTERS, Axis, conv_axes, per_axis
from .operation import Operation


@dataclass(frozen=True)
class PoolPlan:
    """One pooling: its axes and the shapes as the caller sees them."""

    axes: tuple[Axis, ...]
    include_pad: bool
    x_shape: Shape
    out_shape: Shape

    @property
    def counts(self) -> Array:
        """Of each window the number of positions it averages over.

        PyTorch's rule: a window is cut at the padded size, and without `count_include_pad` at
        the input itself.
        """
        return reduce(np.multiply.outer, [self._counts(a) for a in self.axes])

    def _counts(self, a: Axis) -> Array:
        start = np.arange(a.out) * a.S - a.before
        stop = np.minimum(start + a.K, a.n + (a.after if self.include_pad else 0))
        return stop - (start if self.include_pad else np.maximum(start, 0))

    def windows(self) -> Iterator[tuple[Index, Index]]:
        """Of each kernel position, row-major, the outputs that read inside and what they read."""
        for shift in product(*(range(0, a.D * a.K, a.D) for a in self.axes)):
            pairs = [a.reads(e) for a, e in zip(self.axes, shift, strict=True)]
            yield (..., *(o for o, _ in pairs)), (..., *(i for _, i in pairs))


def avg_plan(
    d: int,
    x: Shape,
    /,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> PoolPlan:
    """Work out the sizes of an average pooling."""
    axes = _pool_axes(d, x, kernel_size, stride, padding, 1, ceil_mode)
    out = (*x[: len(x) - d], *(a.out for a in axes))
    return PoolPlan(axes, bool(count_include_pad), x, out)


def max_plan(
    d: int,
    x: Shape,
    /,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> PoolPlan:
    """Work out the sizes of a maximum pooling."""
    axes = _pool_axes(d, x, kernel_size, stride, padding, dilation, ceil_mode)
    for a in axes:
        if a.D > 1 and any(_misses(a, o) for o in range(a.out)):
            raise GeometryError(
                f"a window of kernel {a.K}, dilation {a.D} reads only padding of an input of {a.n}",
                hint="a smaller padding",
            )
    return PoolPlan(axes, False, x, (*x[: len(x) - d], *(a.out for a in axes)))


def _misses(a: Axis, o: int) -> bool:
    return not any(0 <= a.S * o + a.D * k - a.before < a.n for k in range(a.K))


def _pool_axes(
    d: int, x: Shape, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Axis, ...]:
    if not d <= len(x) <= d + 2:
        raise GeometryError(
            f"x has {len(x)} axes",
            expected=f"{d} ({LETTERS[d]}), {d + 1} (C, {LETTERS[d]}) or {d + 2} (N, C, …)",
        )
    if isinstance(padding, str):
        raise GeometryError(
            f"padding '{padding}' has no meaning for a pooling", expected="integers or pairs"
        )
    K = per_axis(kernel_size, d, "kernel_size", 1)
    stride = K if stride is None else stride
    axes = conv_axes(x[len(x) - d :], K, stride, padding, dilation, ceil_mode=bool(ceil_mode))
    for a in axes:
        if max(a.before, a.after) > a.K // 2:
            raise GeometryError(
                f"padding {max(a.before, a.after)} is more than half of the kernel {a.K}",
                expected=f"at most {a.K // 2}",
            )
    return axes


def avg_forward(plan: PoolPlan, x: Array) -> Array:
    """``y[n,c,o] = (sum over k of x[n,c, S*o + k - P]) / count[o]``."""
    y = np.zeros(plan.out_shape, x.dtype)
    for o, i in plan.windows():
        y[o] += x[i]
    return over(y, plan.counts)


def avg_backward(plan: PoolPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx[n,c,i] = sum of g[n,c,o] / count[o]`` over all ``S*o + k - P = i``."""
    share = over(g, plan.counts)
    gx = np.zeros(plan.x_shape, share.dtype)
    for o, i in plan.windows():
        gx[i] += share[o]
    return (gx,)


def max_forward(plan: PoolPlan, x: Array) -> Array:
    """``y[n,c,o] = max over k of x[n,c, S*o + D*k - P]``, over what lies inside x."""
    y = np.full(plan.out_shape, lowest(x.dtype), x.dtype)
    for o, i in plan.windows():
        y[o] = maximum(y[o], x[i])
    return y


def max_backward(plan: PoolPlan, g: Array, x: Array) -> tuple[Array]:
    """Each ``g[n,c,o]`` goes to its window's maximum, on ties to the first in row-major order."""
    y = max_forward(plan, x)
    gx = np.zeros(plan.x_shape, g.dtype)
    given = np.zeros(plan.out_shape, bool)
    for o, i in plan.windows():
        here = (x[i] == y[o]).astype(bool) & ~given[o]
        gx[i] += np.where(here, g[o], 0)
        given[o] |= here
    return (gx,)


OPERATIONS = {
    f"{kind}_pool{d}d": Operation(("x",), partial(plan, d), forward, backward)
    for kind, plan, forward, backward in (
        ("avg", avg_plan, avg_forward, avg_backward),
        ("max", max_plan, max_forward, max_backward),
    )
    for d in (1, 2, 3)
}
