"""Central differences: a gradient from nothing but the forward computation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from .arrays import Array


def finite_difference(
    f: Callable[..., Array], arrays: Mapping[str, Array], g: Array, name: str, *, step: float = 1e-5
) -> Array:
    """``(sum g f(.., a + h e, ..) - sum g f(.., a - h e, ..)) / 2h`` for every element of `name`.

    Parameters
    ----------
    f
        Called as ``f(**arrays)``.
    arrays, name
        The tensors by name; the one called `name` is varied, in float64.
    g
        The upstream gradient, of f's output shape.
    step
        The h above; the error is of the order ``h^2 f''' + 1e-16 f / h``.
    """
    a = np.array(arrays[name], dtype=np.float64)
    gradient = np.empty_like(a)
    for i in np.ndindex(a.shape):
        sides = []
        for h in (step, -step):
            moved = a.copy()
            moved[i] += h
            sides.append(float(np.sum(g * f(**{**arrays, name: moved}))))
        gradient[i] = (sides[0] - sides[1]) / (2 * step)
    return gradient


def deviation(
    f: Callable[..., Array],
    arrays: Mapping[str, Array],
    g: Array,
    name: str,
    gradient: Array,
    *,
    step: float = 1e-5,
) -> float:
    """The largest ``|gradient - central difference|`` over the elements of `name`."""
    difference = np.asarray(gradient) - finite_difference(f, arrays, g, name, step=step)
    return float(np.max(np.abs(difference), initial=0.0))
