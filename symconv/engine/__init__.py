"""The NumPy engine: plain integers and arrays in, arrays out.

It knows nothing of the rest of the project but its exceptions and works out sizes and paddings
itself, so that it can testify against everything else.

>>> import numpy as np
>>> forward("conv1d", np.array([1, 2, 4, 8]), np.array([1, -1]), stride=2)
array([-1, -4])
>>> backward("conv1d", np.array([1, 1]), np.array([1, 2, 4, 8]), np.array([1, -1]), stride=2)
(array([ 1, -1,  1, -1]), array([ 5, 10]))
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from . import conv, filters, loops, loss, pointwise, pool, transposed, unfold
from .adjoint import AdjointResult, dottest
from .arrays import Array, Shape
from .numeric import deviation, finite_difference
from .operation import Registry
from .own import SumTerm, backward_sum, forward_sum

REGISTRY = Registry(
    {
        **conv.OPERATIONS,
        **transposed.OPERATIONS,
        **filters.OPERATIONS,
        **pool.OPERATIONS,
        **unfold.OPERATIONS,
        **pointwise.OPERATIONS,
        **loss.OPERATIONS,
    }
)

__all__ = [
    "REGISTRY",
    "AdjointResult",
    "SumTerm",
    "backward",
    "backward_sum",
    "deviation",
    "dottest",
    "finite_difference",
    "forward",
    "forward_sum",
    "loops",
    "output_shape",
]


def forward(keyword: str, *tensors: ArrayLike, **options: Any) -> Array:
    """Compute the operation `keyword` of the tensors, e.g. ``forward("conv2d", x, w, stride=2)``.

    Raises
    ------
    SymconvError : an unknown keyword or option, tensors of the wrong number or kind.
    GeometryError : shapes and options that do not fit together.
    """
    out: Array = REGISTRY.forward(keyword, tensors, options)
    return out


def backward(keyword: str, g: ArrayLike, *tensors: ArrayLike, **options: Any) -> tuple[Array, ...]:
    """Compute the gradients of ``sum(g * forward(keyword, *tensors))``, one per tensor.

    Raises
    ------
    SymconvError : as `forward`; a GeometryError too if g does not have the output's shape.
    """
    gradients: tuple[Array, ...] = REGISTRY.backward(keyword, g, tensors, options)
    return gradients


def output_shape(keyword: str, *shapes: Shape, **options: Any) -> Shape:
    """Work out the shape of the operation's output from the tensors' shapes alone.

    >>> output_shape("conv2d", (1, 3, 32, 32), (8, 3, 3, 3), stride=2, padding=1)
    (1, 8, 16, 16)
    """
    shape: Shape = REGISTRY.plan(keyword, shapes, options).out_shape
    return shape
