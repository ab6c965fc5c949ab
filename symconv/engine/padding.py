"""Padding that reads the input again (circular, reflect, replicate), and its adjoint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symconv.errors import GeometryError

from .arrays import Array
from .axes import Axis

MODES = ("zeros", "circular", "reflect", "replicate")


def check_mode(mode: str, axes: tuple[Axis, ...]) -> None:
    """PyTorch's limits: reflect needs padding below the input size, circular at most it."""
    if mode not in MODES:
        raise GeometryError(f"unknown padding_mode '{mode}'", expected=", ".join(MODES))
    for a in axes:
        side, limit = max(a.before, a.after), a.n - (mode == "reflect")
        if mode in ("reflect", "circular") and side > limit:
            raise GeometryError(
                f"{mode} padding {side} does not fit an input of {a.n}",
                expected=f"at most {limit}",
            )


def sources(a: Axis, mode: str) -> Array:
    """The input position behind each of the ``before + n + after`` padded positions."""
    i = np.arange(-a.before, a.n + a.after)
    if mode == "circular":
        return i % a.n
    if mode == "replicate":
        return np.clip(i, 0, a.n - 1)
    period = 2 * (a.n - 1) or 1
    i = i % period
    return np.minimum(i, period - i)


def pad(x: Array, axes: tuple[Axis, ...], mode: str) -> Array:
    """``xp[..., p] = x[..., source(p)]`` on the last axes; for zeros nothing is done."""
    for axis, a in enumerate(axes, start=x.ndim - len(axes)):
        if mode != "zeros" and (a.before or a.after):
            x = np.take(x, sources(a, mode), axis=axis)
    return x


def unpad(g: Array, axes: tuple[Axis, ...], mode: str) -> Array:
    """The adjoint of `pad`: ``gx[..., i]`` sums ``g[..., p]`` over all ``p`` that read ``i``."""
    for axis, a in enumerate(axes, start=g.ndim - len(axes)):
        if mode != "zeros" and (a.before or a.after):
            moved = np.moveaxis(g, axis, 0)
            gx = np.zeros((a.n, *moved.shape[1:]), g.dtype)
            np.add.at(gx, sources(a, mode), moved)
            g = np.moveaxis(gx, 0, axis)
    return g


def padded(axes: tuple[Axis, ...], mode: str) -> tuple[Axis, ...]:
    """The axes as they are after `pad`."""
    if mode == "zeros":
        return axes
    return tuple(replace(a, n=a.n + a.before + a.after, before=0, after=0) for a in axes)
