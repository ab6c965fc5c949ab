"""unfold (im2col) and fold (col2im), each the adjoint of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array, Index, Shape
from .axes import Axis, conv_axes, is_sequence, per_axis
from .operation import Operation


@dataclass(frozen=True)
class UnfoldPlan:
    """One unfold: images (N, C, *n) and columns (N, C, *K, *o), besides the caller's shapes."""

    axes: tuple[Axis, ...]
    images: Shape
    columns: Shape
    x_shape: Shape
    out_shape: Shape

    def windows(self) -> Iterator[tuple[Index, Index]]:
        """Of each kernel position its index into the columns and into the images."""
        for k in product(*(range(a.K) for a in self.axes)):
            pairs = [a.reads(a.D * p) for a, p in zip(self.axes, k, strict=True)]
            yield (..., *k, *(o for o, _ in pairs)), (..., *(i for _, i in pairs))


def unfold_plan(
    x: Shape, /, *, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> UnfoldPlan:
    """Work out the sizes of an unfold.

    A `kernel_size` of d entries has d spatial axes, and x may lack batch and channels. One
    integer stands for all axes behind batch and channels, or for all axes of an x of one or two.
    """
    d = len(kernel_size) if is_sequence(kernel_size) else len(x) - 2 if len(x) > 2 else len(x)
    if not (1 <= d <= 3 and 0 <= len(x) - d <= 2):
        raise GeometryError(
            f"x of {len(x)} axes does not go with a kernel_size of {d} (1 to 3)",
            expected="x with up to two axes more than the kernel",
        )
    missing = d + 2 - len(x)
    images = (1,) * missing + x
    K = per_axis(kernel_size, d, "kernel_size", 1)
    axes = conv_axes(images[2:], K, stride, padding, dilation)
    sizes = tuple(a.out for a in axes)
    out = (images[0], images[1] * prod(K), prod(sizes))
    return UnfoldPlan(axes, images, (*images[:2], *K, *sizes), x, out[min(missing, 1) :])


def fold_plan(
    x: Shape,
    /,
    *,
    output_size: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
) -> UnfoldPlan:
    """Work out the sizes of a fold of x (N, C*prod(K), L) or (C*prod(K), L).

    The number of spatial axes is that of `output_size` or `kernel_size`; two integers mean two
    axes, as in PyTorch.
    """
    given = [len(v) for v in (output_size, kernel_size) if is_sequence(v)]
    d = given[0] if given else 2
    if not 1 <= d <= 3 or len(x) not in (2, 3):
        raise GeometryError(
            f"x has {len(x)} axes and output_size {d}", expected="2 or 3, and 1 to 3"
        )
    n, K = per_axis(output_size, d, "output_size", 1), per_axis(kernel_size, d, "kernel_size", 1)
    axes = conv_axes(n, K, stride, padding, dilation)
    sizes = tuple(a.out for a in axes)
    rows, L = x[-2:]
    if rows % prod(K) or prod(sizes) != L:
        raise GeometryError(
            f"columns of shape {x} do not fold to {n} with the kernel {K}",
            expected=f"a multiple of {prod(K)} rows and {prod(sizes)} columns",
            got=f"{rows} and {L}",
        )
    lead = (x[0] if len(x) == 3 else 1, rows // prod(K))
    out = (*lead, *n)
    return UnfoldPlan(axes, out, (*lead, *K, *sizes), x, out[3 - len(x) :])


def _columns(plan: UnfoldPlan, images: Array) -> Array:
    """``columns[n,c,k,o] = images[n,c, S*o + D*k - P]``, zero outside."""
    columns = np.zeros(plan.columns, images.dtype)
    images = images.reshape(plan.images)
    for o, i in plan.windows():
        columns[o] = images[i]
    return columns


def _images(plan: UnfoldPlan, columns: Array) -> Array:
    """``images[n,c,i] = sum of columns[n,c,k,o]`` over all ``S*o + D*k - P = i``."""
    images = np.zeros(plan.images, columns.dtype)
    columns = columns.reshape(plan.columns)
    for o, i in plan.windows():
        images[i] += columns[o]
    return images


def unfold_forward(plan: UnfoldPlan, x: Array) -> Array:
    """``y[n, (c,k), o] = x[n,c, S*o + D*k - P]``; a read outside x is zero."""
    return _columns(plan, x).reshape(plan.out_shape)


def unfold_backward(plan: UnfoldPlan, g: Array, x: Array) -> tuple[Array]:
    """The gradient of an unfold is a fold of g."""
    return (_images(plan, g).reshape(plan.x_shape),)


def fold_forward(plan: UnfoldPlan, x: Array) -> Array:
    """``y[n,c,i] = sum of x[n, (c,k), o]`` over all ``S*o + D*k - P = i``."""
    return _images(plan, x).reshape(plan.out_shape)


def fold_backward(plan: UnfoldPlan, g: Array, x: Array) -> tuple[Array]:
    """The gradient of a fold is an unfold of g."""
    return (_columns(plan, g).reshape(plan.x_shape),)


OPERATIONS = {
    "unfold": Operation(("x",), unfold_plan, unfold_forward, unfold_backward),
    "fold": Operation(("x",), fold_plan, fold_forward, fold_backward),
}
