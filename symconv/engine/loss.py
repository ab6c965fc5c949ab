"""sum, mse, cross_entropy: a scalar from a layer's output."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from symconv.errors import GeometryError, SymconvError

from .arrays import Array, Shape, as_float, over
from .operation import Operation


@dataclass(frozen=True)
class LossPlan:
    """A loss is a sum over elements divided by `count`; `axis` is the classes' axis."""

    count: int
    axis: int = 0
    out_shape: Shape = ()


def sum_plan(x: Shape, /) -> LossPlan:
    """Any shape."""
    return LossPlan(1)


def mse_plan(y: Shape, t: Shape, /, *, reduction: str = "mean") -> LossPlan:
    """The prediction and the target have the same shape."""
    _check_same("y", y, "t", t)
    return LossPlan(_count(prod(y), reduction))


def cross_entropy_plan(z: Shape, t: Shape, /, *, reduction: str = "mean") -> LossPlan:
    """The logits z and the probabilities t have the shape (C,), (N, C) or (N, C, d1, …)."""
    _check_same("z", z, "t", t)
    if not z or 0 in z:
        raise GeometryError("z has no classes", expected="(C,), (N, C) or (N, C, …)", got=f"{z}")
    axis = min(len(z) - 1, 1)
    return LossPlan(_count(prod(z) // z[axis], reduction), axis)


def _check_same(a: str, a_shape: Shape, b: str, b_shape: Shape) -> None:
    if a_shape != b_shape:
        raise GeometryError(f"{a} and {b} must have the same shape", got=f"{a_shape} and {b_shape}")


def _count(size: int, reduction: str) -> int:
    if reduction not in ("mean", "sum"):
        raise SymconvError(f"unknown reduction '{reduction}'", expected="mean or sum")
    if size == 0:
        raise GeometryError("the mean of no elements is not a number")
    return size if reduction == "mean" else 1


def _mean(x: Array, plan: LossPlan) -> Array:
    total = np.asarray(x.sum())
    return over(total, plan.count) if plan.count > 1 else total


def total(plan: LossPlan, x: Array) -> Array:
    """``L = sum of x``."""
    return np.asarray(x.sum(), dtype=x.dtype)


def total_backward(plan: LossPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx = g`` everywhere."""
    return (np.broadcast_to(g, x.shape).copy(),)


def mse(plan: LossPlan, y: Array, t: Array) -> Array:
    """``L = sum of (y - t)^2 / count``."""
    return _mean((y - t) ** 2, plan)


def mse_backward(plan: LossPlan, g: Array, y: Array, t: Array) -> tuple[Array, Array]:
    """``gy = 2 g (y - t) / count = -gt``."""
    gy = 2 * g * (y - t)
    gy = over(gy, plan.count) if plan.count > 1 else gy
    return gy, -gy


def _log_softmax(plan: LossPlan, z: Array) -> Array:
    """``z[c] - log sum over c' of exp z[c']``, shifted by the maximum so that nothing overflows."""
    z = as_float(z)
    z = z - z.max(axis=plan.axis, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(axis=plan.axis, keepdims=True)))


def cross_entropy(plan: LossPlan, z: Array, t: Array) -> Array:
    """``L = -sum of t log softmax(z) / count``, where count is all but the classes."""
    return _mean(-t * _log_softmax(plan, z), plan)


def cross_entropy_backward(plan: LossPlan, g: Array, z: Array, t: Array) -> tuple[Array, Array]:
    """``gz = g (softmax(z) sum_c t - t) / count`` and ``gt = -g log softmax(z) / count``."""
    log_p = _log_softmax(plan, z)
    share = over(g, plan.count)
    gz = share * (np.exp(log_p) * t.sum(axis=plan.axis, keepdims=True) - t)
    return np.asarray(gz), np.asarray(-share * log_p)


OPERATIONS = {
    "sum": Operation(("x",), sum_plan, total, total_backward),
    "mse": Operation(("y", "t"), mse_plan, mse, mse_backward),
    "cross_entropy": Operation(
        ("z", "t"), cross_entropy_plan, cross_entropy, cross_entropy_backward
    ),
}
