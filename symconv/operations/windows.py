"""What convolutions, pooling and unfold share: letters for axes, options to a geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from symconv.geometry import PADDINGS, Axis, Geometry, read_at
from symconv.graph import Parameter
from symconv.index import Condition, Index, Symbol, add, is_negative, leaves, minus, simplify, tidy
from symconv.operations.base import Request, shown
from symconv.operations.options import (
    as_choice,
    as_flag,
    as_index,
    as_indices,
    at_least,
    check_quoted,
    open_parameters,
)
from symconv.terms import Range

SUFFIXES = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}
MODES = ("zeros", "circular", "reflect", "replicate")


def letters(request: Request, letter: str, rank: int) -> tuple[str, ...]:
    """An index name for each spatial axis: ``o``, or ``o_h, o_w``."""
    return tuple(request.letter(letter + suffix) for suffix in SUFFIXES[rank])


def ranges(names: Sequence[str], sizes: Sequence[Index]) -> tuple[Range, ...]:
    """Index ranges from 0."""
    return tuple(Range(name, size) for name, size in zip(names, sizes, strict=True))


def symbols_of(items: Sequence[Range]) -> tuple[Index, ...]:
    """The indices themselves."""
    return tuple(Symbol(item.name) for item in items)


def outputs(made: Geometry) -> tuple[Index, ...]:
    """The output sizes, with like terms collected where that is shorter to read."""
    sizes = made.output()
    return tuple(min((size, simplify(size)), key=leaves) for size in sizes)


def geometry(
    request: Request, sizes: Sequence[Index], kernel: Sequence[Index], *, transposed: bool = False
) -> Geometry:
    """The geometry that the request's options describe, checked where it is concrete."""
    rank = len(sizes)
    strides = as_indices(request, "stride", rank)
    at_least(request, "stride", strides, 1)
    dilations: tuple[Index, ...] = (1,) * rank
    if "dilation" in request.options:
        dilations = as_indices(request, "dilation", rank)
        at_least(request, "dilation", dilations, 1)
    at_least(request, "kernel size", kernel, 1)
    at_least(request, "input size", sizes, 1)
    ceil_mode = "ceil_mode" in request.options and as_flag(request, "ceil_mode")
    axes = tuple(
        Axis(size, k, s, d, ceil_mode=ceil_mode)
        for size, k, s, d in zip(sizes, kernel, strides, dilations, strict=True)
    )
    axes = _padded(request, axes)
    if transposed:
        extra = as_indices(request, "output_padding", rank)
        at_least(request, "output_padding", extra, 0)
        axes = tuple(
            replace(axis, output_padding=item) for axis, item in zip(axes, extra, strict=True)
        )
    mode = "zeros"
    if "padding_mode" in request.options:
        mode = as_choice(request, "padding_mode", MODES)
    made = Geometry(axes, padding_mode=mode, transposed=transposed)
    for place, axis in enumerate(axes):
        _check(request, axis, mode, place, transposed=transposed)
    return made


def _padded(request: Request, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    value = request.options["padding"]
    if isinstance(value, str):
        rule = PADDINGS[as_choice(request, "padding", PADDINGS)]
        return tuple(
            replace(axis, before=before, after=after)
            for axis in axes
            for before, after in [rule(axis)]
        )
    for item in value if isinstance(value, tuple) else (value,):
        check_quoted(request, "padding", item, PADDINGS)
    sides = _sides(request, value, len(axes))
    for pair in sides:
        at_least(request, "padding", pair, 0)
    return tuple(
        replace(axis, before=before, after=after)
        for axis, (before, after) in zip(axes, sides, strict=True)
    )


def _sides(request: Request, value: Any, rank: int) -> tuple[tuple[Index, Index], ...]:
    """Padding per side: a number, one per axis, or pairs; on one axis ``(2, 1)`` is a pair."""
    if not isinstance(value, tuple):
        one = as_index(request, "padding", value)
        return ((one, one),) * rank
    if rank == 1 and len(value) == 2 and not any(isinstance(item, tuple) for item in value):
        return ((as_index(request, "padding", value[0]), as_index(request, "padding", value[1])),)
    if len(value) != rank:
        raise request.error(
            f"{len(value)} values for {rank} spatial {'axis' if rank == 1 else 'axes'}",
            option="padding",
            expected="one number, or a pair (before, after)"
            if rank == 1
            else f"one number, {rank} numbers, or {rank} pairs (before, after)",
            got=shown(value),
        )
    return tuple(_side(request, item) for item in value)


def _side(request: Request, item: Any) -> tuple[Index, Index]:
    if not isinstance(item, tuple):
        one = as_index(request, "padding", item)
        return one, one
    if len(item) != 2:
        raise request.error(
            "a side's padding is a pair",
            option="padding",
            expected="(before, after)",
            got=f"{len(item)} values",
        )
    return as_index(request, "padding", item[0]), as_index(request, "padding", item[1])


def _check(request: Request, axis: Axis, mode: str, place: int, *, transposed: bool) -> None:
    on = f"axis {place}: " if request.operation.keyword[-2:] != "1d" else ""
    if transposed:
        _check_transposed(request, axis, on)
        return
    room = tidy(add(axis.padded, minus(axis.span)))
    if isinstance(room, int) and room < 0:
        raise request.error(
            f"{on}the kernel is larger than the padded input",
            expected=f"at most {axis.padded} (input {axis.size}"
            + (f", padding {axis.before} + {axis.after}" if axis.padding != 0 else "")
            + ")",
            got=f"{axis.span} (kernel {axis.kernel}"
            + (f", dilation {axis.dilation}" if axis.dilation != 1 else "")
            + ")",
            hint=f"a smaller kernel, or padding of {-room} more in all",
        )
    limit = {"reflect": add(axis.size, -1), "circular": axis.size}.get(mode)
    for side in (axis.before, axis.after):
        over = tidy(add(limit, minus(side))) if limit is not None else 0
        if isinstance(over, int) and is_negative(over):
            raise request.error(
                f"{on}{mode} padding cannot reach that far",
                option="padding",
                expected=f"at most {tidy(limit or 0)} for an input of {axis.size}",
                got=str(side),
            )


def _check_transposed(request: Request, axis: Axis, on: str) -> None:
    most = [v for v in (axis.stride, axis.dilation) if isinstance(v, int)]
    extra = axis.output_padding
    if len(most) == 2 and isinstance(extra, int) and extra >= max(most):
        raise request.error(
            f"{on}output_padding is too large",
            option="output_padding",
            expected=f"less than the stride or the dilation ({axis.stride} or {axis.dilation})",
            got=str(extra),
            hint=str(max(most) - 1) if max(most) > 1 else "a larger stride, or 0",
        )
    size = axis.transposed_output()
    if isinstance(size, int) and size < 1:
        raise request.error(
            f"{on}the padding takes the whole output away",
            option="padding",
            expected="an output of at least 1",
            got=f"{size}",
            hint="less padding",
        )


def padded_read(geometry: Geometry, o: Sequence[Index], k: Sequence[Index]) -> tuple[Index, ...]:
    """The positions ``S·o + D·k - P``, folded back into the input by the padding mode."""
    positions = tuple(a.position(i, j) for a, i, j in zip(geometry.axes, o, k, strict=True))
    if geometry.padding_mode == "zeros":
        return positions
    return tuple(
        read_at(axis, geometry.padding_mode, position) if axis.padding != 0 else position
        for axis, position in zip(geometry.axes, positions, strict=True)
    )


def meeting(
    made: Geometry, window: Sequence[Range], k: Sequence[Range], at: Sequence[Range]
) -> tuple[Condition, ...]:
    """``S·window + D·k - P = at`` on every axis."""
    return tuple(
        Condition(axis.position(place, step), "==", out)
        for axis, place, step, out in zip(
            made.axes, symbols_of(window), symbols_of(k), symbols_of(at), strict=True
        )
    )


def parameters(request: Request, made: Geometry, groups: Index = 1) -> tuple[Parameter, ...]:
    """The open symbols of a geometry, by what they are."""
    axes = made.axes
    return open_parameters(
        size=[n for shape in request.shapes for n in shape or ()]
        + [n for a in axes for n in (a.size, a.kernel)],
        stride=[a.stride for a in axes],
        dilation=[a.dilation for a in axes],
        groups=[groups],
        padding=[p for a in axes for p in (a.before, a.after)],
        output_padding=[a.output_padding for a in axes],
    )
