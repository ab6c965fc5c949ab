"""The matrix on the padded input: the same windows over a tensor that carries its padding."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from symconv.errors import SymconvError
from symconv.geometry import Axis, Geometry, read_at
from symconv.graph import Node
from symconv.index import Index, Max, Min, Mod, Tree, add, concrete
from symconv.matrices.sides import Side
from symconv.terms import Form, Read


def on_padding(node: Node, form: Form, plain: Side, sizes: Mapping[str, int]) -> tuple[Form, Side]:
    """The form over the padded tensor, and the side that says what its cells hold.

    A read at ``S·o + D·k - P`` becomes ``S·o + D·k``, whatever the padding mode; the padded cells
    of circular, reflect and replicate padding carry the labels of the elements they repeat.
    Errors: `SymconvError` where the tensor has no padding of its own.
    """
    of = plain.tensor
    geometry = _geometry(node, of)
    axes = tuple(_concrete(axis, sizes) for axis in geometry.axes)
    lead = len(plain.shape) - len(axes)
    terms = tuple(
        replace(
            term, reads=tuple(_moved(r, axes, lead, geometry.padding_mode, of) for r in term.reads)
        )
        for term in form.terms
    )
    side = _side(plain, axes, lead, geometry.padding_mode)
    shapes = tuple((name, side.shape if name == of else shape) for name, shape in form.shapes)
    return replace(form, terms=terms, shapes=shapes), side


def _geometry(node: Node, of: str) -> Geometry:
    geometry = node.geometry
    if geometry is None or of != node.tensors[0]:
        raise SymconvError(
            f"{of} is not padded by this operation",
            where="matrix",
            hint="the plain matrix (padded=False)",
        )
    if scatters(node):
        raise SymconvError(
            f"the padding is taken off the output, so there is no padded {of}",
            where="matrix",
            hint="the plain matrix (padded=False)",
        )
    return geometry


def scatters(node: Node) -> bool:
    """Whether the windows lie on the output (transposed convolution, fold), not on the input.

    Such a form ties its output positions by conditions ``S·i + D·k - P = o``.
    """
    form = node.equations[-1]
    return isinstance(form, Form) and any(term.where for term in form.terms)


def _concrete(axis: Axis, sizes: Mapping[str, int]) -> Axis:
    size, before, after = (concrete(v, sizes) for v in (axis.size, axis.before, axis.after))
    return replace(axis, size=size, before=before, after=after)


def _moved(read: Read, axes: tuple[Axis, ...], lead: int, mode: str, of: str) -> Read:
    if read.tensor != of:
        return read
    spatial = tuple(
        add(_unfolded(index, axis, mode), axis.before)
        for index, axis in zip(read.at[lead:], axes, strict=True)
    )
    return replace(read, at=(*read.at[:lead], *spatial))


def _unfolded(index: Index, axis: Axis, mode: str) -> Index:
    """The position before the padding mode folded it back (see `geometry.read_at`)."""
    if mode == "zeros" or axis.padding == 0:
        return index
    layers: dict[str, tuple[type[Tree], ...]] = {
        "circular": (Mod,),
        "replicate": (Min, Max),
        "reflect": (Min, Max),
    }
    for layer in layers[mode]:
        if not isinstance(index, layer):
            raise SymconvError(f"cannot lay open the {mode} padding of {index}", where="matrix")
        index = index.top if isinstance(index, Mod) else index.args[0]  # type: ignore[attr-defined]
    return index


def _side(plain: Side, axes: tuple[Axis, ...], lead: int, mode: str) -> Side:
    """The padded shape, and for each of its cells the plain element that stands there."""
    columns = [list(range(n)) for n in plain.shape[:lead]]
    columns += [_sources(axis, mode) for axis in axes]
    shape = tuple(len(column) for column in columns)
    steps = [int(np.prod(plain.shape[n + 1 :], dtype=np.int64)) for n in range(len(shape))]
    source = [
        sum(at * step for at, step in zip(point, steps, strict=True)) if min(point) >= 0 else -1
        for point in itertools.product(*columns)
    ]
    return Side(plain.tensor, shape, plain.elements, np.array(source, np.int64), plain.shape)


def _sources(axis: Axis, mode: str) -> list[int]:
    size, before, after = (concrete(v) for v in (axis.size, axis.before, axis.after))
    inside = range(-before, size + after)
    if mode == "zeros":
        return [i if 0 <= i < size else -1 for i in inside]
    return [concrete(read_at(axis, mode, i)) for i in inside]
