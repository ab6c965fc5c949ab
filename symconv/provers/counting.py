"""How often each product occurs: the coefficients of both sides, compared point by point.

Terms that visit every product once are sets; the others are counted where the visits to a product
form an arithmetic progression, or a box of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import lcm
from typing import Any

from symconv.provers.isl import Undecided
from symconv.provers.relations import Piece, Setting

STEPS = range(1, 9)
"""Steps of arithmetic progressions that are tried."""


def difference(left: Sequence[Piece], right: Sequence[Piece], setting: Setting) -> Any | None:
    """The points ``[out, accesses]`` where the two sums differ, or None where there are none.

    Errors: `Undecided` where products cannot be counted.
    """
    signed = [*left, *(replace(piece, coefficient=-piece.coefficient) for piece in right)]
    once = [(piece.coefficient, piece.relation.range()) for piece in signed if piece.injective]
    often = [piece for piece in signed if not piece.injective]
    once = _cancelled(once)
    scale = lcm(*(number.denominator for number, _ in once), *_denominators(often))
    if not often and len(once) == 2 and once[0][0] == -once[1][0]:
        return _nothing(once[0][1].subtract(once[1][1]).union(once[1][1].subtract(once[0][1])))
    isl = setting.isl
    total: Any = None
    for number, points in once:
        value = _value(setting, int(number * scale))
        total = _plus(total, isl.PwAff.val_on_domain(points, value))
    polynomial: Any = None
    for piece in often:
        value = _value(setting, int(piece.coefficient * scale))
        counts = _counts(piece, setting)
        if len(counts) == 1:
            total = _plus(total, counts[0].scale_val(value))
        else:
            product = isl.PwQPolynomial.from_pw_aff(counts[0])
            for count in counts[1:]:
                product = product.mul(isl.PwQPolynomial.from_pw_aff(count))
            product = product.scale_val(value)
            polynomial = product if polynomial is None else polynomial.add(product)
    if polynomial is not None:
        if total is not None:
            polynomial = polynomial.add(isl.PwQPolynomial.from_pw_aff(total))
        if polynomial.is_zero():
            return None
        raise Undecided("products are met a polynomial number of times")
    return None if total is None else _nothing(total.non_zero_set())


def _denominators(pieces: Sequence[Piece]) -> list[int]:
    return [piece.coefficient.denominator for piece in pieces]


def _nothing(points: Any) -> Any | None:
    return None if points.is_empty() else points


def _plus(total: Any, more: Any) -> Any:
    """The sum, where a function counts as 0 outside its domain."""
    return more if total is None else total.union_add(more).coalesce()


def _value(setting: Setting, number: int) -> Any:
    return setting.isl.Val.int_from_si(setting.context, number)


def _cancelled(items: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Equal ranges with opposite coefficients go first; many overlapping ranges are dear."""
    rest: list[tuple[Any, Any]] = []
    for number, points in items:
        for place, (other, known) in enumerate(rest):
            if other == -number and points.is_equal(known):
                del rest[place]
                break
        else:
            rest.append((number, points))
    return rest


# --- counting -----------------------------------------------------------------------------------


def _counts(piece: Piece, setting: Setting) -> list[Any]:
    """Functions of the product whose product says how often the term visits it."""
    fibres = piece.relation.reverse().project_out(
        setting.isl.dim_type.out, 0, piece.outs
    )  # { [out, accesses] -> [bound] }
    for order in (range(piece.bounds), range(piece.bounds - 1, -1, -1)):
        spare = _spare(fibres, order, setting)
        counts = _box(spare, setting)
        if counts is not None:
            return counts
    raise Undecided("the visits to a product do not form an arithmetic progression")


def _spare(fibres: Any, order: Sequence[int], setting: Setting) -> Any:
    """The fibres seen through as few bound indices as tell the visits apart."""
    out = setting.isl.dim_type.out
    kept = list(range(fibres.dim(out)))
    for index in order:
        place = kept.index(index)
        if _determined(fibres, place, setting):
            fibres = fibres.project_out(out, place, 1)
            kept.remove(index)
    return fibres


def _determined(fibres: Any, place: int, setting: Setting) -> bool:
    """Whether the product and the other bound indices leave one value for this one."""
    isl = setting.isl
    kinds = isl.dim_type
    ins = fibres.dim(kinds.in_)
    before = fibres.move_dims(kinds.in_, ins, kinds.out, 0, place) if place else fibres
    after = before.dim(kinds.out) - 1
    if after:
        before = before.move_dims(kinds.in_, ins + place, kinds.out, 1, after)
    return bool(before.is_single_valued())


def _box(fibres: Any, setting: Setting) -> list[Any] | None:
    """The number of values of each spare index, where they are independent progressions."""
    out = setting.isl.dim_type.out
    size = fibres.dim(out)
    axes = []
    for axis in range(size):
        rest = fibres.project_out(out, axis + 1, size - axis - 1) if axis + 1 < size else fibres
        axes.append(rest.project_out(out, 0, axis) if axis else rest)
    if size > 1:
        product = axes[0]
        for axis_fibres in axes[1:]:
            product = product.flat_range_product(axis_fibres)
        if not product.is_equal(fibres):
            return None
    counts = [_progression(axis_fibres, setting) for axis_fibres in axes]
    return None if any(count is None for count in counts) else counts


def _progression(fibres: Any, setting: Setting) -> Any | None:
    """``(last - first)/step + 1`` for ``{ p -> [v] }``, or None where gaps differ."""
    isl = setting.isl
    last = fibres.lexmax()
    for step in STEPS:
        ahead = _ahead(fibres, step, setting)
        near = _below(fibres, step, setting)
        covered = fibres.subtract(last).apply_range(ahead).is_subset(fibres)
        if covered and near.intersect(fibres).is_empty():
            first = isl.PwMultiAff.from_map(fibres.lexmin()).get_pw_aff(0)
            final = isl.PwMultiAff.from_map(last).get_pw_aff(0)
            spread = final.sub(first).scale_down_val(_value(setting, step)).floor()
            one = isl.PwAff.val_on_domain(spread.domain(), _value(setting, 1))
            return spread.add(one)
    return None


def _ahead(fibres: Any, step: int, setting: Setting) -> Any:
    """``{ [v] -> [v + step] }``."""
    isl = setting.isl
    values = fibres.range().get_space()
    aff = isl.Aff.var_on_domain(isl.LocalSpace.from_space(values), isl.dim_type.set, 0)
    return isl.Map.from_aff(aff.add_constant_val(_value(setting, step)))


def _below(fibres: Any, step: int, setting: Setting) -> Any:
    """Everything that lies strictly between a value of a fibre and the one a step ahead."""
    values = fibres.range().get_space()
    isl = setting.isl
    if step == 1:
        return fibres.subtract(fibres)
    between = isl.Map.lex_lt(values).intersect(
        _ahead(fibres, step, setting).apply_range(isl.Map.lex_gt(values))
    )
    return fibres.apply_range(between)
