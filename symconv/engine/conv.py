"""conv1d, conv2d, conv3d: cross-correlation with stride, padding, dilation and groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array, Shape
from .axes import LETTERS, Axis, conv_axes, whole
from .contract import correlate, input_gradient, weight_gradient
from .operation import Operation
from .padding import check_mode, pad, padded, unpad
from .wide import Layout


@dataclass(frozen=True)
class ConvPlan:
    """One convolution: its axes, and the shapes with batch and channels written out.

    x_shape (N, C, *n), w_shape (F, C/groups, *K), y_shape (N, F, *o).
    """

    axes: tuple[Axis, ...]
    groups: int
    mode: str
    x_shape: Shape
    w_shape: Shape
    y_shape: Shape
    out_shape: Shape

    @cached_property
    def layout(self) -> Layout:
        """The wide layout of the input after a padding that reads the input again."""
        return Layout(padded(self.axes, self.mode))


def lift(d: int, x: Shape, w: Shape) -> tuple[Shape, Shape, int]:
    """The shapes with batch and channel axes, and how many leading axes the caller left out."""
    missing = d + 2 - len(x)
    if not 0 <= missing <= 2:
        raise GeometryError(
            f"x has {len(x)} axes",
            expected=f"{d} ({LETTERS[d]}), {d + 1} (C, {LETTERS[d]}) or {d + 2} (N, C, …)",
        )
    rank = d if missing == 2 else d + 2
    if len(w) != rank:
        raise GeometryError(
            f"a kernel w of {len(w)} axes does not go with an x of {len(x)}", expected=f"{rank}"
        )
    return (1,) * missing + x, (1,) * (d + 2 - len(w)) + w, missing


def check_groups(channels: int, groups: int, what: str) -> None:
    """Raise unless the channels fall into `groups` equal parts."""
    if channels % groups:
        raise GeometryError(
            f"{channels} {what} cannot be divided into {groups} groups",
            hint=f"groups that divide {channels}",
        )


def check_bias(b: Shape | None, filters: int, plain: bool) -> None:
    """Raise unless the bias has one entry per filter, or none at all for a plain signal."""
    expected = () if plain else (filters,)
    if b is not None and b != expected:
        raise GeometryError("b does not fit", expected=f"shape {expected}", got=f"shape {b}")


def conv_plan(
    d: int,
    x: Shape,
    w: Shape,
    b: Shape | None = None,
    /,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
    padding_mode: str = "zeros",
) -> ConvPlan:
    """Work out the sizes of a convolution from the shapes of x, w and b."""
    xs, ws, missing = lift(d, x, w)
    groups = whole(groups, "groups", 1)
    check_groups(xs[1], groups, "input channels")
    check_groups(ws[0], groups, "filters")
    if xs[1] != ws[1] * groups:
        raise GeometryError(
            f"x has {xs[1]} channels, but the kernel reads {ws[1]} in each of {groups} groups",
            expected=f"w of shape {(ws[0], xs[1] // groups, *ws[2:])}",
            got=f"{ws}",
        )
    check_bias(b, ws[0], missing == 2)
    axes = conv_axes(xs[2:], ws[2:], stride, padding, dilation)
    check_mode(padding_mode, axes)
    ys = (xs[0], ws[0], *(a.out for a in axes))
    return ConvPlan(axes, groups, padding_mode, xs, ws, ys, ys[missing:])


def conv_forward(plan: ConvPlan, x: Array, w: Array, b: Array | None = None) -> Array:
    """``y[n,f,o] = b[f] + sum over c,k of w[f,c,k] x[n,c, S*o + D*k - P]``."""
    x = pad(x.reshape(plan.x_shape), plan.axes, plan.mode)
    y = correlate(x, w.reshape(plan.w_shape), plan.layout, plan.groups, b)
    return y.reshape(plan.out_shape)


def bias_gradient(g: Array, b: Array) -> Array:
    """``gb[f] = sum over n,o of g[n,f,o]``."""
    return np.asarray(g.sum(axis=(0, *range(2, g.ndim)))).reshape(b.shape)


def conv_backward(plan: ConvPlan, g: Array, x: Array, w: Array, *b: Array) -> tuple[Array, ...]:
    """The gradients of `conv_forward` for x, w and, if given, b."""
    shapes = x.shape, w.shape
    g, x, w = g.reshape(plan.y_shape), x.reshape(plan.x_shape), w.reshape(plan.w_shape)
    gx = unpad(input_gradient(g, w, plan.layout, plan.groups), plan.axes, plan.mode)
    gw = weight_gradient(g, pad(x, plan.axes, plan.mode), plan.layout, plan.groups)
    return gx.reshape(shapes[0]), gw.reshape(shapes[1]), *(bias_gradient(g, one) for one in b)


OPERATIONS = {
    f"conv{d}d": Operation(
        ("x", "w", "b"), partial(conv_plan, d), conv_forward, conv_backward, optional=1
    )
    for d in (1, 2, 3)
}
