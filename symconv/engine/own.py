"""An operation of the user's own: a sum of products of tensors read at affine positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from symconv.errors import GeometryError

from .arrays import Array, Shape, as_array, common

Read: TypeAlias = tuple[str, Sequence[Sequence[int]], Sequence[int]]


@dataclass(frozen=True)
class SumTerm:
    """``coefficient * product of array[matrix @ (out, bound) + offset]``, summed over the bound.

    Attributes
    ----------
    sizes, starts : the bound indices: index j runs over ``starts[j] .. starts[j] + sizes[j] - 1``.
    coefficient : one number.
    reads : per factor the array's name, a matrix (array axes, out indices + bound indices) and
        an offset (array axes). A read outside its array makes the product contribute nothing.
    """

    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    coefficient: Fraction | int | float
    reads: tuple[Read, ...]


@dataclass(frozen=True)
class _Products:
    """A term's products that lie inside: flat output positions, flat reads and factors."""

    out: Array
    reads: tuple[tuple[str, Array], ...]
    factors: tuple[Array, ...]
    coefficient: Any


def forward_sum(
    out_shape: Shape, terms: Sequence[SumTerm | Mapping[str, Any]], arrays: Mapping[str, ArrayLike]
) -> Array:
    """``y[out] = sum over terms, over bound, of coefficient * product of reads``.

    Raises
    ------
    GeometryError : a read's matrix does not fit its array, or names no array.
    """
    tensors = _tensors(arrays, terms)
    y = np.zeros(prod(out_shape), _dtype(tensors))
    for products in _expand(out_shape, terms, tensors):
        np.add.at(y, products.out, _times(products.coefficient, products.factors))
    return y.reshape(out_shape)


def backward_sum(
    g: ArrayLike,
    out_shape: Shape,
    terms: Sequence[SumTerm | Mapping[str, Any]],
    arrays: Mapping[str, ArrayLike],
) -> dict[str, Array]:
    """Of every array the gradient of ``sum(g * y)``, added up over its occurrences."""
    tensors = _tensors({**arrays, "": g}, terms)
    upstream = tensors.pop("")
    if upstream.shape != tuple(out_shape):
        raise GeometryError("g does not fit", expected=f"{out_shape}", got=f"{upstream.shape}")
    flat = {name: np.zeros(a.size, upstream.dtype) for name, a in tensors.items()}
    for products in _expand(out_shape, terms, tensors):
        g_here = upstream.ravel()[products.out]
        for j, (name, position) in enumerate(products.reads):
            others = products.factors[:j] + products.factors[j + 1 :]
            np.add.at(flat[name], position, _times(products.coefficient, (g_here, *others)))
    return {name: flat[name].reshape(a.shape) for name, a in tensors.items()}


def _expand(
    out_shape: Shape, terms: Sequence[SumTerm | Mapping[str, Any]], tensors: dict[str, Array]
) -> Iterator[_Products]:
    """Write each term out as flat positions, leaving out what reads outside."""
    for term in map(_term, terms):
        ranges = (*out_shape, *term.sizes)
        points = np.indices(ranges).reshape(len(ranges), prod(ranges))
        points[len(out_shape) :] += np.array(term.starts, dtype=int).reshape(-1, 1)
        positions = [_position(read, points, tensors) for read in term.reads]
        inside = np.ones(points.shape[1], bool)
        for (name, _, _), i in zip(term.reads, positions, strict=True):
            limits = np.array(tensors[name].shape, dtype=int).reshape(-1, 1)
            inside &= ((i >= 0) & (i < limits)).all(axis=0)
        reads = tuple(
            (name, _flat(i[:, inside], tensors[name].shape))
            for (name, _, _), i in zip(term.reads, positions, strict=True)
        )
        factors = tuple(tensors[name].ravel()[i] for name, i in reads)
        out = _flat(points[: len(out_shape), inside], out_shape)
        yield _Products(out, reads, factors, _coefficient(term.coefficient, tensors))


def _position(read: Read, points: Array, tensors: dict[str, Array]) -> Array:
    """``matrix @ (out, bound) + offset`` for all points: (array axes, points)."""
    name, matrix, offset = read
    if name not in tensors:
        raise GeometryError(f"no array '{name}'", expected=", ".join(tensors))
    axes = tensors[name].ndim
    M = (
        np.array(matrix, dtype=int).reshape(len(matrix), -1)
        if len(matrix)
        else np.zeros((0, len(points)), int)
    )
    if M.shape != (axes, len(points)) or len(offset) != axes:
        raise GeometryError(
            f"a read of '{name}' does not fit",
            expected=f"a matrix of {axes} x {len(points)} and {axes} offsets",
            got=f"{M.shape[0]} x {M.shape[1]} and {len(offset)}",
        )
    return np.asarray(M @ points + np.array(offset, dtype=int).reshape(-1, 1))


def _flat(position: Array, shape: Shape) -> Array:
    """Row-major numbers of positions (axes, points)."""
    flat = np.zeros(position.shape[1], int)
    for i, size in zip(position, shape, strict=True):
        flat = flat * size + i
    return flat


def _times(coefficient: Any, factors: tuple[Array, ...]) -> Any:
    value = coefficient
    for factor in factors:
        value = value * factor
    return value


def _term(term: SumTerm | Mapping[str, Any]) -> SumTerm:
    term = term if isinstance(term, SumTerm) else SumTerm(**term)
    if len(term.sizes) != len(term.starts):
        raise GeometryError(f"{len(term.sizes)} bound sizes but {len(term.starts)} starts")
    return term


def _tensors(
    arrays: Mapping[str, ArrayLike], terms: Sequence[SumTerm | Mapping[str, Any]]
) -> dict[str, Array]:
    """The arrays in one dtype: exact fractions of integers need object arrays."""
    tensors = dict(
        zip(arrays, common(*(as_array(a, name) for name, a in arrays.items())), strict=True)
    )
    for term in map(_term, terms):
        c = term.coefficient
        if isinstance(c, Fraction) and c.denominator > 1 and _dtype(tensors).kind == "i":
            tensors = {name: a.astype(object) for name, a in tensors.items()}
        elif isinstance(c, float) and _dtype(tensors).kind == "i":
            tensors = {name: a.astype(np.float64) for name, a in tensors.items()}
    return tensors


def _dtype(tensors: dict[str, Array]) -> np.dtype[Any]:
    return np.result_type(*tensors.values()) if tensors else np.dtype(object)


def _coefficient(value: Any, tensors: dict[str, Array]) -> Any:
    kind = _dtype(tensors).kind
    if isinstance(value, Fraction) and kind != "O":
        return float(value) if kind == "f" else int(value)
    return value
