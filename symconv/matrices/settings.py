"""The settings of an operation that may break a matrix's pattern, and what each does to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symconv.geometry import Geometry
from symconv.index import concrete
from symconv.matrices.maps import LinearMap
from symconv.matrices.padding import scatters
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting does to the pattern, its plainest value, and how to write that.

    `one_channel` stands for the axes in front of the spatial ones, which are dropped.
    """

    change: Mapping[str, Any]
    does: str
    instead: str
    one_channel: bool = False


_OPTIONS: tuple[tuple[str, Any, Callable[[str], str]], ...] = (
    (
        "padding_mode",
        "zeros",
        lambda mode: f"{mode} padding folds the reads outside back into the first and last rows",
    ),
    ("ceil_mode", False, lambda _: "ceil_mode adds a window beyond the padding"),
    (
        "count_include_pad",
        True,
        lambda _: "count_include_pad=False divides by fewer cells at the border",
    ),
)


def settings(map: LinearMap) -> Iterator[Setting]:
    """The settings of the operation that differ from their plainest value."""
    node, options = map.origin.node, dict(map.origin.node.options)
    geometry = node.geometry
    if geometry is None:
        return
    sizes = dict(map.origin.sizes)
    for name in ("stride", "dilation"):
        values = [concrete(getattr(axis, name), sizes) for axis in geometry.axes]
        if name in options and max(values) > 1:
            shown = str(values[0] if len(set(values)) == 1 else tuple(values))
            yield _plainer(name, shown, geometry, map)
    for name, plain, effect in _OPTIONS:
        if name in options and options[name] not in (plain, None):
            instead = f'{name}="{plain}"' if isinstance(plain, str) else f"{name}={plain}"
            yield Setting({name: plain}, effect(str(options[name])), instead)
    rows, columns = _lead(map, geometry)
    if max(rows, columns) > 1:
        heads = _heads(map, geometry)
        instead = "one of each" if " and " in heads else "one channel"
        does = f"{heads} make a grid of {rows}×{columns} blocks"
        yield Setting({"groups": 1}, does, instead, one_channel=True)


def _plainer(name: str, value: str, geometry: Geometry, map: LinearMap) -> Setting:
    """Stride or dilation 1; an output_padding fits only below a larger one of them, so it goes."""
    change, instead = {name: 1}, f"{name}=1"
    if any(axis.output_padding != 0 for axis in geometry.axes):
        change, instead = change | {"output_padding": 0}, f"{instead} and output_padding=0"
    return Setting(change, _move(name, value, geometry, map), instead)


def _move(name: str, value: str, geometry: Geometry, map: LinearMap) -> str:
    """What a stride or dilation does: ``stride 2 moves each row by 2 columns``."""
    unit = f"positions along {'the axes' if value.startswith('(') else 'each axis'}"
    unit = "" if geometry.rank == 1 else unit
    step, other = ("row", "column") if name == "stride" else ("column", "row")
    if map.origin.of != map.origin.node.tensors[0]:
        along = f" {unit}" if unit else ""
        return f"{name} {value} moves the reads by {value}{along} from {step} to {step}"
    if name == "dilation":
        return f"dilation {value} spreads the kernel by {value}"
    if scatters(map.origin.node) != map.origin.transposed:
        step, other = other, step
    return f"stride {value} moves each {step} by {value} {unit or other + 's'}"


def _heads(map: LinearMap, geometry: Geometry) -> str:
    """What the axes in front of the spatial ones are: a batch, channels, groups of channels."""
    outputs = map.column if map.origin.transposed else map.row
    lead = outputs.shape[: max(0, len(outputs.shape) - geometry.rank)]
    groups = concrete(geometry.groups, dict(map.origin.sizes))
    words = f"the channels (in {groups} groups)" if groups > 1 else "the channels"
    return f"the batch and {words}" if len(lead) == 2 and lead[0] > 1 else words


def _lead(map: LinearMap, geometry: Geometry) -> tuple[int, int]:
    """Outer blocks that the axes in front of the spatial ones make."""
    cuts = [max(0, len(side.shape) - geometry.rank) for side in (map.row, map.column)]
    return math.prod(map.row.shape[: cuts[0]]), math.prod(map.column.shape[: cuts[1]])
