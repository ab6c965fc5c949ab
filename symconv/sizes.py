"""Sizes read off arrays: which number each symbol of a shape stands for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from symconv.errors import GeometryError
from symconv.index import Index, Symbol, coefficient, evaluate, substitute, symbols
from symconv.terms import Shape


def infer_sizes(
    shapes: Mapping[str, Shape],
    arrays: Mapping[str, npt.ArrayLike],
    sizes: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """The sizes that the arrays' shapes give, checked against each other and against `sizes`."""
    known = dict(sizes or {})
    for name, shape in shapes.items():
        if name not in arrays:
            continue
        got = np.shape(arrays[name])
        if len(got) != len(shape):
            raise GeometryError(
                f"{name} has the wrong number of axes",
                expected=f"{len(shape)} (shape {_show(shape)})",
                got=f"{len(got)} (shape {got})",
            )
        for size, number in zip(shape, got, strict=True):
            if isinstance(size, Symbol):
                known.setdefault(size.name, number)
    for name, shape in shapes.items():
        for size, number in zip(
            shape, np.shape(arrays[name]) if name in arrays else (), strict=False
        ):
            known |= _solved(size, number, known)
    for name, shape in shapes.items():
        if name in arrays:
            _check_shape(name, shape, np.shape(arrays[name]), known)
    return known


def _solved(size: Index, number: int, known: Mapping[str, int]) -> dict[str, int]:
    """The one symbol of a size that is still open, from ``2·O + K - 2 = number``."""
    missing = symbols(size) - set(known)
    if len(missing) != 1:
        return {}
    (name,) = missing
    parts = coefficient(substitute(size, dict(known)), name)
    if parts is None or not all(isinstance(part, int) for part in parts):
        return {}
    factor, rest = (evaluate(part, {}) for part in parts)
    whole = factor != 0 and (number - rest) % factor == 0
    return {name: (number - rest) // factor} if whole else {}


def _check_shape(name: str, shape: Shape, got: tuple[int, ...], known: Mapping[str, int]) -> None:
    for axis, (size, number) in enumerate(zip(shape, got, strict=True)):
        if symbols(size) <= set(known) and evaluate(size, known) != number:
            raise GeometryError(
                f"{name}: axis {axis} has the wrong size",
                expected=f"{evaluate(size, known)} ({size})",
                got=str(number),
            )


def _show(shape: Shape) -> str:
    return f"({', '.join(str(size) for size in shape)})"
