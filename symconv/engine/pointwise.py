"""relu, sigmoid, tanh, add, sub, scale: one output element from each input element."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array, Shape, as_float, maximum
from .operation import Operation


@dataclass(frozen=True)
class PointPlan:
    """The output has the shape of x; `factor` is that of scale."""

    out_shape: Shape
    factor: Any = 1


def unary_plan(x: Shape, /) -> PointPlan:
    """The output has the shape of x."""
    return PointPlan(x)


def add_plan(a: Shape, b: Shape, /) -> PointPlan:
    """Both terms must have the same shape."""
    if a != b:
        raise GeometryError("a and b must have the same shape", got=f"{a} and {b}")
    return PointPlan(a)


def scale_plan(x: Shape, /, *, factor: Any) -> PointPlan:
    """The factor is one number."""
    if np.ndim(factor):
        raise GeometryError("factor must be one number", got=f"shape {np.shape(factor)}")
    return PointPlan(x, factor)


def relu(plan: PointPlan, x: Array) -> Array:
    """``y = max(x, 0)``."""
    return maximum(x, 0)


def relu_backward(plan: PointPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx = g where x > 0``; at 0 the derivative is taken to be 0."""
    return (np.where(maximum(x, 0) == 0, 0, g),)


def sigmoid(plan: PointPlan, x: Array) -> Array:
    """``y = 1 / (1 + exp(-x))``, without overflow on either side."""
    x = as_float(x)
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))


def sigmoid_backward(plan: PointPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx = g y (1 - y)``, with ``1 - sigmoid(x) = sigmoid(-x)``."""
    return (np.asarray(g * sigmoid(plan, x) * sigmoid(plan, -x)),)


def tanh(plan: PointPlan, x: Array) -> Array:
    """The hyperbolic tangent of each element."""
    return np.asarray(np.tanh(as_float(x)))


def tanh_backward(plan: PointPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx = g (1 - y^2)``."""
    return (np.asarray(g * (1 - tanh(plan, x) ** 2)),)


def add(plan: PointPlan, a: Array, b: Array) -> Array:
    """``y = a + b``."""
    return np.asarray(a + b)


def add_backward(plan: PointPlan, g: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """``ga = gb = g``."""
    return g.copy(), g.copy()


def sub(plan: PointPlan, a: Array, b: Array) -> Array:
    """``y = a - b``."""
    return np.asarray(a - b)


def sub_backward(plan: PointPlan, g: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """``ga = g`` and ``gb = -g``."""
    return g.copy(), np.asarray(-g)


def scale(plan: PointPlan, x: Array) -> Array:
    """``y = factor x``; a fraction times integers stays exact (an object array)."""
    factor = plan.factor
    if isinstance(factor, Fraction) and x.dtype.kind == "f":
        factor = float(factor)
    return np.asarray(factor * x)


def scale_backward(plan: PointPlan, g: Array, x: Array) -> tuple[Array]:
    """``gx = factor g``."""
    return (scale(plan, g),)


OPERATIONS = {
    "relu": Operation(("x",), unary_plan, relu, relu_backward),
    "sigmoid": Operation(("x",), unary_plan, sigmoid, sigmoid_backward),
    "tanh": Operation(("x",), unary_plan, tanh, tanh_backward),
    "add": Operation(("a", "b"), add_plan, add, add_backward),
    "sub": Operation(("a", "b"), add_plan, sub, sub_backward),
    "scale": Operation(("x",), scale_plan, scale, scale_backward),
}
