"""Wrong positions: the stride, the dilation or the padding left out, exchanged or turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symconv.graph import Node
from symconv.index import Index, Product, add, simplify, tidy
from symconv.mistakes.model import Facts
from symconv.mistakes.operations import Rewrite
from symconv.mistakes.positions import Change, Position, Roles, changed, factor_of, opposite
from symconv.terms import Form


def on_axes(made: Change) -> Rewrite:
    """The change on all axes, then on each alone."""

    def rewrite(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
        everywhere = changed(form, roles, made)
        yield everywhere, {}
        rank = node.geometry.rank if node.geometry else 0
        for axis in range(rank if rank > 1 else 0):
            alone = changed(form, roles, _only(made, axis))
            if alone != everywhere:
                yield alone, {}

    return rewrite


def _only(change: Change, axis: int) -> Change:
    return lambda p: change(p) if p.axis == axis else p


def _sign(index: Index) -> Index:
    return -1 if isinstance(index, int) and index < 0 else 1


def _stride_one(p: Position) -> Position:
    return p.scaled(False, lambda m: _sign(m.by))


def _dilation_one(p: Position) -> Position:
    return p.scaled(True, lambda m: _sign(m.by))


def _stride_on_kernel(p: Position) -> Position:
    stride = factor_of(p, False)
    return p.scaled(True, lambda m: tidy(Product((stride, m.by))))


def _exchanged(p: Position) -> Position:
    stride, dilation = factor_of(p, False), factor_of(p, True)
    return p.scaled(False, lambda m: dilation).scaled(True, lambda m: stride)


def _more_zeros(p: Position) -> Position:
    wide = [m for m in p.movers if not m.kernel and m.by != 1]
    return p.scaled(False, lambda m: tidy(add(m.by, 1))) if wide else p


def _stride_on_all(p: Position) -> Position:
    stride = factor_of(p, False)
    return replace(_stride_on_kernel(p), rest=tidy(Product((stride, p.rest))))


def _no_rest(p: Position) -> Position:
    return replace(p, rest=0)


def _rest_turned(p: Position) -> Position:
    return replace(p, rest=simplify(opposite(p.rest)))


def _rest_doubled(p: Position) -> Position:
    return replace(p, rest=simplify(Product((2, p.rest))))


def _kernel_turned(p: Position) -> Position:
    return p.scaled(True, lambda m: opposite(m.by))


def _kernel_and_rest_turned(p: Position) -> Position:
    return _rest_turned(_kernel_turned(p))


def _moved(by: int) -> Change:
    return lambda p: replace(p, rest=tidy(add(p.rest, by)))


stride_forgotten = on_axes(_stride_one)
dilation_forgotten = on_axes(_dilation_one)
stride_on_kernel = on_axes(_stride_on_kernel)
stride_on_all = on_axes(_stride_on_all)
stride_for_dilation = on_axes(_exchanged)
too_many_zeros = on_axes(_more_zeros)
padding_forgotten = on_axes(_no_rest)
padding_turned = on_axes(_rest_turned)
padding_doubled = on_axes(_rest_doubled)
kernel_runs_back = on_axes(_kernel_turned)
kernel_and_padding_turned = on_axes(_kernel_and_rest_turned)
one_too_far = on_axes(_moved(1))
one_too_near = on_axes(_moved(-1))


def uncentred(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """A correlation that starts where the convolution does, or where nothing is padded."""
    if node.geometry is not None and node.geometry.flipped:
        for change in (_kernel_turned, _no_rest_kernel_turned, _kernel_and_rest_turned):
            yield changed(form, roles, change), {}


def _no_rest_kernel_turned(p: Position) -> Position:
    return _no_rest(_kernel_turned(p))


def exchanged_axes(what: str) -> Rewrite:
    """The strides, dilations or paddings of two axes taken for each other."""

    def rewrite(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
        found: dict[int, Position] = {}

        def note(p: Position) -> Position:
            found[p.axis] = p
            return p

        changed(form, roles, note)
        axes = sorted(found)
        for place, one in enumerate(axes):
            for other in axes[place + 1 :]:
                partner = {one: found[other], other: found[one]}
                yield changed(form, roles, lambda p, q=partner: _taking(p, q, what)), {}  # type: ignore[misc]

    return rewrite


def _taking(p: Position, partner: dict[int, Position], what: str) -> Position:
    other = partner.get(p.axis)
    if other is None:
        return p
    if what == "padding":
        return replace(p, rest=other.rest)
    kernel = what == "dilation"
    return p.scaled(kernel, lambda m: factor_of(other, kernel))
