"""Wrong sizes: the formulas for the number of outputs that people print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.claims import Size
from symconv.geometry import Axis, Geometry
from symconv.index import FloorDiv, Index, Product, add, minus, simplify, tidy
from symconv.mistakes.model import Facts, SizeContext, SizeVariant
from symconv.mistakes.positions import written

Fraction = tuple[Index, Index, Index]
"""``top / bottom + rest``, before it is rounded."""


def times(*factors: Index) -> Index:
    """The product, folded."""
    return tidy(Product(factors))


def room(axis: Axis) -> Index:
    """``H + 2P - D(K - 1) - 1``: where the last window could start."""
    return simplify(add(axis.size, axis.before, axis.after, minus(axis.span)))


def parts(geometry: Geometry, axis: Axis) -> Fraction:
    """The number of outputs before it is rounded."""
    if geometry.transposed:
        return axis.transposed_output(), 1, 0
    return room(axis), axis.stride, 1


def down(value: Fraction) -> Size:
    """``⌊top/bottom⌋ + rest``."""
    top, bottom, rest = value
    return Size(tidy(add(FloorDiv(top, bottom), rest)))


def up(value: Fraction) -> Size:
    """``⌈top/bottom⌉ + rest``."""
    top, bottom, rest = value
    return down((tidy(add(top, bottom, -1)), bottom, rest))


def unrounded(value: Fraction) -> Size:
    """``top/bottom + rest``, a rational number."""
    top, bottom, rest = value
    return Size(tidy(add(top, times(bottom, rest))), bottom)


ALSO = {up: "ceiling for floor", unrounded: "floor missing"}


def rounded(value: Fraction, facts: Facts) -> Iterator[SizeVariant]:
    """As it should be rounded, then up, then not at all: two mistakes at once."""
    yield SizeVariant(down(value), facts)
    for rule, name in ALSO.items() if value[1] != 1 else ():
        yield SizeVariant(rule(value), facts, also=name)


def on_axis(
    change: Callable[[Axis], Iterator[tuple[Axis, Facts]]],
) -> Callable[[SizeContext], Iterator[SizeVariant]]:
    """The size of a changed axis."""

    def sizes(context: SizeContext) -> Iterator[SizeVariant]:
        geometry, axis = _place(context)
        if geometry is None or axis is None:
            return
        for new, facts in change(axis):
            if new != axis:
                right = {"right": written(axis.output())}
                yield from rounded(parts(geometry, new), facts | right)

    return sizes


def _place(context: SizeContext) -> tuple[Geometry | None, Axis | None]:
    geometry = context.node.geometry if context.node else None
    return (geometry, geometry.axes[context.axis]) if geometry else (None, None)


def no_stride(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """Stride 1."""
    yield replace(axis, stride=1), {"read": f"the stride is {written(axis.stride)}, not 1"}


def no_dilation(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """Dilation 1."""
    yield (
        replace(axis, dilation=1),
        {"read": f"the kernel reaches over {written(axis.span)} cells, not {written(axis.kernel)}"},
    )


def no_padding(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """No padding."""
    yield replace(axis, before=0, after=0), {"read": f"it adds {written(axis.padding)} cells"}


def half_padding(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """Padding on one side, or counted twice."""
    facts = {"padding": written(axis.padding)}
    yield replace(axis, after=0), facts
    yield replace(axis, before=0), facts
    yield replace(axis, before=axis.padding, after=axis.padding), facts


def turned_padding(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """Padding with the other sign."""
    yield replace(axis, before=tidy(minus(axis.before)), after=tidy(minus(axis.after))), {}


def no_output_padding(axis: Axis) -> Iterator[tuple[Axis, Facts]]:
    """output_padding 0."""
    yield replace(axis, output_padding=0), {}


def _span(context: SizeContext, span: Callable[[Axis], Index]) -> Iterator[SizeVariant]:
    """The size with another reach of the kernel."""
    geometry, axis = _place(context)
    if geometry is None or axis is None:
        return
    other = replace(axis, kernel=span(axis), dilation=1)
    facts = {"span": written(axis.span), "dilation": written(axis.dilation)}
    facts["kernel"] = written(axis.kernel)
    yield from rounded(parts(geometry, other), facts)


def dilated_whole(context: SizeContext) -> Iterator[SizeVariant]:
    """``D·K`` for ``D(K - 1) + 1``, or one more."""
    axis = _place(context)[1]
    if axis is not None and axis.dilation != 1:
        yield from _span(context, lambda a: times(a.dilation, a.kernel))
        yield from _span(context, lambda a: tidy(add(times(a.dilation, a.kernel), 1)))
        yield from _span(context, lambda a: tidy(add(times(a.dilation, tidy(add(a.kernel, -1))))))


def not_rounded(context: SizeContext) -> Iterator[SizeVariant]:
    """No floor."""
    yield from _rounding(context, unrounded)


def rounded_up(context: SizeContext) -> Iterator[SizeVariant]:
    """Rounded up."""
    yield from _rounding(context, up)


def rounded_down(context: SizeContext) -> Iterator[SizeVariant]:
    """Rounded down where ceil_mode rounds up."""
    axis = _place(context)[1]
    if axis is not None and axis.ceil_mode:
        yield from _rounding(context, down)


def _rounding(context: SizeContext, rule: Callable[[Fraction], Size]) -> Iterator[SizeVariant]:
    geometry, axis = _place(context)
    if geometry is not None and axis is not None and not geometry.transposed:
        top, bottom, rest = parts(geometry, axis)
        facts = {"fraction": f"({written(top)})/{written(bottom)}"}
        yield SizeVariant(rule((top, bottom, rest)), facts)


def one_inside(context: SizeContext) -> Iterator[SizeVariant]:
    """``(H + 2P - K + 1)/S``: the 1 that is added, inside the fraction."""
    geometry, axis = _place(context)
    if geometry is not None and axis is not None and not geometry.transposed:
        top, bottom, _ = parts(geometry, axis)
        yield from rounded((tidy(add(top, 1)), bottom, 0), {})


def one_forgotten(context: SizeContext) -> Iterator[SizeVariant]:
    """The 1 that is added, not there."""
    yield from _more(context, -1)


def one_too_many(context: SizeContext) -> Iterator[SizeVariant]:
    """One more than there are."""
    yield from _more(context, 1)


def _more(context: SizeContext, by: int) -> Iterator[SizeVariant]:
    left = context.claim.left
    yield SizeVariant(Size(tidy(add(left.top, times(by, left.bottom))), left.bottom))
    geometry, axis = _place(context)
    if geometry is not None and axis is not None and not geometry.transposed:
        top, bottom, rest = parts(geometry, axis)
        yield from rounded((top, bottom, tidy(add(rest, by))), {})


def one_off_inside(context: SizeContext) -> Iterator[SizeVariant]:
    """The numerator one too large or too small (K for K - 1)."""
    geometry, axis = _place(context)
    if geometry is not None and axis is not None and not geometry.transposed:
        top, bottom, rest = parts(geometry, axis)
        for by in (1, -1):
            yield from rounded((tidy(add(top, by)), bottom, rest), {})


def whole_input(context: SizeContext) -> Iterator[SizeVariant]:
    """``H·S`` for ``(H - 1)·S`` in a transposed size."""
    geometry, axis = _place(context)
    if geometry is not None and axis is not None and geometry.transposed:
        wide = replace(axis, size=tidy(add(axis.size, 1)))
        for by in (0, -1):
            size = tidy(add(parts(geometry, wide)[0], by))
            yield SizeVariant(Size(size), {"size": written(axis.size)})


def other_way(context: SizeContext) -> Iterator[SizeVariant]:
    """The formula of a convolution for a transposed one, or the other way round."""
    geometry, axis = _place(context)
    if geometry is not None and axis is not None:
        other = replace(geometry, transposed=not geometry.transposed)
        words = ("the convolution", "the transposed convolution")
        wrong, right = words if geometry.transposed else words[::-1]
        yield from rounded(parts(other, axis), {"wrong": wrong, "right": right})


FIELDS = ("size", "kernel", "stride", "dilation", "padding")


def other_axis(context: SizeContext) -> Iterator[SizeVariant]:
    """Sizes of another axis: the height for the width."""
    geometry, axis = _place(context)
    if geometry is None or axis is None:
        return
    for number, other in enumerate(geometry.axes):
        if number == context.axis:
            continue
        for fields in (FIELDS, *((f,) for f in FIELDS)):
            new = axis
            for field in fields:
                new = _taking(new, other, field)
            if new == axis:
                continue
            facts = {"right": written(axis.size), "wrong": written(other.size)}
            if len(fields) == 1 and fields[0] != "padding":
                values = getattr(axis, fields[0]), getattr(other, fields[0])
                facts = {"right": written(values[0]), "wrong": written(values[1])}
            yield from rounded(parts(geometry, new), facts)


def _taking(axis: Axis, other: Axis, field: str) -> Axis:
    if field == "padding":
        return replace(axis, before=other.before, after=other.after)
    return replace(axis, **{field: getattr(other, field)})


def kernel_left_out(context: SizeContext) -> Iterator[SizeVariant]:
    """The kernel's size not subtracted, or added."""
    yield from _span(context, lambda a: 0)
    yield from _span(context, lambda a: 1)
    yield from _span(context, lambda a: tidy(minus(a.span)))
