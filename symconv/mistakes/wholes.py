"""Whole-array statements of a wrong shape: full and valid without the zeros that a stride needs.

dx = full(g, rot180(w))        has O + D(K - 1) elements where the stride is above 1
dw = valid(x, g)               has N - O + 1
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.geometry import Axis
from symconv.graph import Node
from symconv.index import Index, add, minus, tidy
from symconv.mistakes.kernels import flipped, kernel_of
from symconv.mistakes.model import Context, Variant, roles_of
from symconv.mistakes.operations import instead, suspects
from symconv.mistakes.shifts import padding_forgotten, stride_forgotten
from symconv.terms import Form


def not_dilated(context: Context) -> Iterator[Variant]:
    """The closed form of stride 1, taken of the gradient as it is."""
    for node in suspects(context):
        form = node.equations[-1]
        strided = node.geometry is not None and any(a.stride != 1 for a in node.geometry.axes)
        if context.kind != "gradient" or not strided or not isinstance(form, Form):
            continue
        roles = roles_of(node, form)
        plain = next((new for new, _ in padding_forgotten(node, form, roles)), form)
        plain = next(new for new, _ in stride_forgotten(node, plain, roles))
        turned = next((new for new, _ in flipped(node, plain, roles)), plain)
        for new in (plain, turned):
            yield from _reshaped(context, node, new)


def _reshaped(context: Context, node: Node, form: Form) -> Iterator[Variant]:
    """The gradient with the sizes that full or valid give."""
    program = instead(context, node, form)
    if not program or node.geometry is None or node.geometry.transposed:
        return
    last = program[-1]
    assert isinstance(last, Form)
    rank = node.geometry.rank
    of_kernel = context.name == kernel_of(node)
    if not of_kernel and context.name != node.tensors[0]:
        return
    spatial = [
        replace(item, stop=_valid(axis) if of_kernel else _full(axis))
        for item, axis in zip(last.ranges[-rank:], node.geometry.axes, strict=True)
    ]
    yield Variant((*program[:-1], replace(last, ranges=(*last.ranges[:-rank], *spatial))))


def _full(axis: Axis) -> Index:
    return tidy(add(axis.output(), axis.span, -1))


def _valid(axis: Axis) -> Index:
    return tidy(add(axis.size, minus(axis.output()), 1))
