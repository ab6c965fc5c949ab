"""The adjoint test: a linear map and its gradient must agree in one number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .arrays import Array, Shape


@dataclass(frozen=True)
class AdjointResult:
    """What the test found: ``<A x, g>``, ``<x, A^T g>`` and their relative difference."""

    left: float
    right: float
    error: float
    passed: bool

    def __str__(self) -> str:
        verdict = "adjoint" if self.passed else "NOT adjoint"
        return (
            f"{verdict}: <A x, g> = {self.left:.17g}, <x, A^T g> = {self.right:.17g}, "
            f"relative difference {self.error:.1e}"
        )


def dottest(
    apply: Callable[[Array], Array],
    adjoint: Callable[[Array], Array],
    x_shape: Shape,
    y_shape: Shape,
    *,
    seed: int = 0,
    tolerance: float = 1e-12,
) -> AdjointResult:
    """Check ``<A x, g> = <x, A^T g>`` on generic random x and g.

    The difference is measured against the sum of ``|terms|`` of both sums, so that neither a
    large nor a nearly vanishing inner product hides or feigns an error.

    Parameters
    ----------
    apply, adjoint
        The linear map A, and the map that claims to be its transpose.
    x_shape, y_shape
        The shapes of A's input and output.
    seed, tolerance
        Of the random numbers; the largest relative difference that passes.
    """
    random = np.random.default_rng(seed)
    x, g = random.standard_normal(x_shape), random.standard_normal(y_shape)
    y, gx = np.asarray(apply(x)), np.asarray(adjoint(g))
    if y.shape != g.shape or gx.shape != x.shape:
        return AdjointResult(float("nan"), float("nan"), float("inf"), False)
    left, right = float(np.sum(y * g)), float(np.sum(x * gx))
    size = max(float(np.sum(np.abs(y * g))), float(np.sum(np.abs(x * gx))))
    error = abs(left - right) / size if size else 0.0
    return AdjointResult(left, right, error, error <= tolerance)
