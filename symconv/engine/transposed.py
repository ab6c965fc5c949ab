"""conv_transpose1d, 2d, 3d: the adjoint of a convolution, as an operation of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from symconv.errors import GeometryError

from .arrays import Array, Shape
from .axes import Axis, pads, per_axis, transposed_size, whole
from .contract import correlate, input_gradient, weight_gradient
from .conv import ConvPlan, bias_gradient, check_bias, check_groups, lift
from .operation import Operation


def transposed_plan(
    d: int,
    x: Shape,
    w: Shape,
    b: Shape | None = None,
    /,
    *,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> ConvPlan:
    """Work out the sizes from the shapes of x (N, C, *n) and w (C, F/groups, *K).

    The axes are those of the convolution from y to x that this one transposes.
    """
    xs, ws, missing = lift(d, x, w)
    groups = whole(groups, "groups", 1)
    check_groups(xs[1], groups, "input channels")
    if xs[1] != ws[0]:
        raise GeometryError(
            f"x has {xs[1]} channels, the transposed kernel takes {ws[0]}",
            expected=f"w of shape {(xs[1], *ws[1:])} (C, F/groups, …)",
            got=f"{ws}",
        )
    check_bias(b, ws[1] * groups, missing == 2)
    axes = transposed_axes(xs[2:], ws[2:], stride, padding, output_padding, dilation)
    ys = (xs[0], ws[1] * groups, *(a.n for a in axes))
    return ConvPlan(axes, groups, "zeros", xs, ws, ys, ys[missing:])


def transposed_axes(
    n: Shape, K: Shape, stride: Any, padding: Any, output_padding: Any, dilation: Any
) -> tuple[Axis, ...]:
    """The axes of the convolution that maps the (larger) output back to sizes `n`."""
    d = len(n)
    if isinstance(padding, str):
        raise GeometryError(
            f"padding '{padding}' has no meaning for a transposed convolution",
            expected="integers, or pairs (before, after)",
        )
    for size in (*n, *K):
        whole(size, "a spatial size", 1)
    S, D = per_axis(stride, d, "stride", 1), per_axis(dilation, d, "dilation", 1)
    extra = per_axis(output_padding, d, "output_padding", 0)
    axes = []
    for i, k, s, t, (before, after), e in zip(n, K, S, D, pads(padding, d), extra, strict=True):
        size = transposed_size(i, k, s, t, before, after, e)
        axes.append(Axis(size, k, s, t, before, after, i))
    return tuple(axes)


def transposed_forward(plan: ConvPlan, x: Array, w: Array, b: Array | None = None) -> Array:
    """``y[n,f,i] = b[f] + sum of w[c,f,k] x[n,c,o]`` over all ``S*o + D*k - P = i``."""
    x, w = x.reshape(plan.x_shape), w.reshape(plan.w_shape)
    y = input_gradient(x, w, plan.layout, plan.groups)
    if b is not None:
        y += b.reshape(-1, *(1,) * (y.ndim - 2))
    return y.reshape(plan.out_shape)


def transposed_backward(
    plan: ConvPlan, g: Array, x: Array, w: Array, *b: Array
) -> tuple[Array, ...]:
    """The gradients for x (a convolution of g), for w, and, if given, for b."""
    shapes = x.shape, w.shape
    g, x, w = g.reshape(plan.y_shape), x.reshape(plan.x_shape), w.reshape(plan.w_shape)
    gx = correlate(g, w, plan.layout, plan.groups)
    gw = weight_gradient(x, g, plan.layout, plan.groups)
    return gx.reshape(shapes[0]), gw.reshape(shapes[1]), *(bias_gradient(g, one) for one in b)


OPERATIONS = {
    f"conv_transpose{d}d": Operation(
        ("x", "w", "b"),
        partial(transposed_plan, d),
        transposed_forward,
        transposed_backward,
        optional=1,
    )
    for d in (1, 2, 3)
}
