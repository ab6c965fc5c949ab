"""The smallest point of a set: sizes with the smallest sum, then the first output position."""

from __future__ import annotations

from typing import Any

from symconv.provers.frames import Frame


def smallest(points: Any, frame: Frame) -> dict[str, int]:
    """The symbols' values with the smallest sum, then the first in their order."""
    if not frame.parameters:
        return {}
    isl = frame.isl
    kinds = isl.dim_type
    count = len(frame.parameters)
    flat = isl.Set.from_params(points.params()).insert_dims(kinds.set, 0, count + 1)
    local = isl.LocalSpace.from_space(flat.get_space())
    total = isl.Aff.var_on_domain(local, kinds.set, 0).neg()
    for number in range(count):
        symbol = isl.Aff.var_on_domain(local, kinds.param, number)
        copy = isl.Aff.var_on_domain(local, kinds.set, number + 1)
        flat = flat.intersect(symbol.eq_set(copy))
        total = total.add(copy)
    flat = flat.intersect(isl.PwAff.from_aff(total).zero_set())
    point = flat.project_out(kinds.param, 0, count).lexmin().sample_point()
    values = _coordinates(point, isl, 1, count)
    return dict(zip(frame.parameters, values, strict=True))


def position(points: Any, sizes: dict[str, int], frame: Frame, outs: int) -> tuple[int, ...]:
    """The first output position among the points, at given sizes."""
    kinds = frame.isl.dim_type
    for number, name in enumerate(frame.parameters):
        points = points.fix_val(kinds.param, number, frame.value(sizes[name]))
    points = points.project_out(kinds.param, 0, len(frame.parameters))
    points = points.project_out(kinds.set, outs, points.dim(kinds.set) - outs)
    return _coordinates(points.lexmin().sample_point(), frame.isl, 0, outs)


def _coordinates(point: Any, isl: Any, first: int, count: int) -> tuple[int, ...]:
    places = range(first, first + count)
    return tuple(point.get_coordinate_val(isl.dim_type.set, n).to_python() for n in places)
