"""convolve, correlate: whole-signal filters in the modes of NumPy (1-D) and SciPy (2-D)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array, Shape
from .axes import Axis, whole
from .contract import correlate, input_gradient, weight_gradient
from .operation import Operation
from .wide import Layout

MODES = ("full", "same", "valid", "circular")


@dataclass(frozen=True)
class FilterPlan:
    """A filter as a correlation: the window of outputs it keeps is a (signed) padding."""

    axes: tuple[Axis, ...]
    convolves: bool
    mode: str
    out_shape: Shape

    @property
    def layout(self) -> Layout:
        """The wide layout of the correlation."""
        return Layout(self.axes)


def filter_plan(convolves: bool, x: Shape, w: Shape, /, *, mode: str = "full") -> FilterPlan:
    """Work out which part of the full output (``n + K - 1`` long) the mode keeps."""
    if len(x) not in (1, 2) or len(x) != len(w):
        raise GeometryError(
            "x and w must both have one axis, or both two", got=f"{len(x)} and {len(w)}"
        )
    for size in (*x, *w):
        whole(size, "a size", 1)
    if mode not in MODES:
        raise GeometryError(f"unknown mode '{mode}'", expected=", ".join(MODES))
    if mode == "valid":
        check_nested(x, w)
    axes = tuple(_axis(n, K, mode, convolves, len(x)) for n, K in zip(x, w, strict=True))
    return FilterPlan(axes, convolves, mode, tuple(a.out for a in axes))


def check_nested(x: Shape, w: Shape) -> None:
    """Raise unless one of the two is at least as large as the other along every axis."""
    signs = {n > K for n, K in zip(x, w, strict=True) if n != K}
    if len(signs) > 1:
        raise GeometryError(
            f"mode valid needs one of x {x} and w {w} to be at least as large in every axis",
            hint="mode='same' or mode='full'",
        )


def _axis(n: int, K: int, mode: str, convolves: bool, rank: int) -> Axis:
    """One axis as a stride-1 window: output ``o`` is number ``start + o`` of the full output."""
    if mode == "circular":
        return Axis(n + K - 1, K, 1, 1, 0, 0, n)
    start, out = {
        "full": (0, n + K - 1),
        "same": _same(n, K, convolves, rank),
        "valid": (min(n, K) - 1, abs(n - K) + 1),
    }[mode]
    before = K - 1 - start
    return Axis(n, K, 1, 1, before, out + K - 1 - n - before, out)


def _same(n: int, K: int, convolves: bool, rank: int) -> tuple[int, int]:
    """Start and length of "same": the longer size in NumPy, the first one's in SciPy.

    `scipy.signal.correlate2d` starts half a step later than `numpy.correlate` for an even K. Given
    a kernel longer than the signal, `numpy.correlate` swaps the two and reverses the result.
    """
    if rank == 2:
        return ((K - 1) // 2 if convolves else K // 2), n
    if n >= K:
        return (K - 1) // 2, n
    return ((n - 1) // 2 if convolves else n // 2), K


def _wrapped(plan: FilterPlan, axis: int) -> Array:
    """Of each position in the wrapped signal the input position: ``(p - shift) mod n``."""
    a = plan.axes[axis]
    return np.asarray((np.arange(a.n) - (a.K - 1 if plan.convolves else 0)) % a.out)


def _lifted(plan: FilterPlan, x: Array, w: Array) -> tuple[Array, Array]:
    """The signal as (1, 1, *n) and the kernel of the correlation as (1, 1, *K)."""
    if plan.mode == "circular":
        for axis in range(x.ndim):
            x = np.take(x, _wrapped(plan, axis), axis=axis)
    return x[None, None], (np.flip(w) if plan.convolves else w)[None, None]


def filter_forward(plan: FilterPlan, x: Array, w: Array) -> Array:
    """``y[t] = sum w[k] x[t-k]`` (convolve) or ``sum w[k] x[t+k-K+1]`` (correlate), cut to mode.

    In mode circular ``y[i] = sum w[k] x[(i -+ k) mod n]``, with the shape of x.
    """
    return np.asarray(correlate(*_lifted(plan, x, w), plan.layout)[0, 0])


def filter_backward(plan: FilterPlan, g: Array, x: Array, w: Array) -> tuple[Array, Array]:
    """The gradients of `filter_forward` for x and w."""
    signal, kernel = _lifted(plan, x, w)
    gx = input_gradient(g[None, None], kernel, plan.layout)[0, 0]
    gw = weight_gradient(g[None, None], signal, plan.layout)[0, 0]
    if plan.mode == "circular":
        gx = _unwrapped(plan, gx)
    return gx, (np.flip(gw) if plan.convolves else gw)


def _unwrapped(plan: FilterPlan, g: Array) -> Array:
    """The adjoint of wrapping: what was read several times collects all its gradients."""
    for axis in range(g.ndim):
        moved = np.moveaxis(g, axis, 0)
        gx = np.zeros((plan.axes[axis].out, *moved.shape[1:]), g.dtype)
        np.add.at(gx, _wrapped(plan, axis), moved)
        g = np.moveaxis(gx, 0, axis)
    return g


OPERATIONS = {
    name: Operation(
        ("x", "w"), partial(filter_plan, name == "convolve"), filter_forward, filter_backward
    )
    for name in ("convolve", "correlate")
}
