"""What is special about a geometry: what easy tests have, and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.geometry import Axis
from symconv.graph import Graph
from symconv.index import concrete

OPPOSITES = (
    ("the stride divides", "the stride does not divide"),
    ("no padding", "padding"),
    ("windows that do not overlap", "overlapping windows"),
    ("no gaps between windows", "gaps between windows"),
    ("one window", "several windows"),
    ("no dilation", "dilation"),
    ("equal strides", "unequal strides"),
    ("a square input", "unequal height and width"),
    ("a square kernel", "an asymmetric kernel"),
    ("a batch of one", "a batch"),
    ("one channel", "several channels"),
    ("one filter", "several filters"),
    ("one group", "groups"),
    ("a kernel of one element", "a kernel above one element"),
    ("equal sizes", "all sizes different"),
)
"""Pairs of which a geometry has at most one: what is easy, and what easy tests leave out."""
HARD = frozenset(hard for _, hard in OPPOSITES) - {"gaps between windows"}
"""What a geometry is chosen for."""
LENGTHS = ("spatial", "kernel", "batch", "channels", "size")


def properties(fixed: Graph) -> tuple[str, ...]:
    """The properties of a graph at concrete sizes, in the order of `OPPOSITES`."""
    truths: dict[str, bool] = {}
    axes = [axis for node in fixed.nodes if node.geometry for axis in node.geometry.axes]
    if axes:
        truths |= _of_axes(fixed, axes)
    for node in fixed.nodes:
        if node.geometry is not None:
            truths |= _of_pictures(fixed, node.tensors, node.geometry.rank)
            truths["groups"] = truths.get("groups", False) or concrete(node.geometry.groups) > 1
    found = []
    for easy, hard in OPPOSITES:
        if hard in truths:
            found.append(hard if truths[hard] else easy)
    return tuple(found)


def _of_axes(fixed: Graph, axes: Sequence[Axis]) -> dict[str, bool]:
    spans = [(concrete(a.stride), concrete(a.span)) for a in axes]
    transposed = any(node.geometry.transposed for node in fixed.nodes if node.geometry)
    many = [concrete(a.size if transposed else a.output()) > 1 for a in axes]
    truths = {
        "padding": any(concrete(side) for a in axes for side in (a.before, a.after)),
        "overlapping windows": any(a < b and m for (a, b), m in zip(spans, many, strict=True)),
        "several windows": all(many),
        "gaps between windows": any(stride > span for stride, span in spans),
        "dilation": any(concrete(a.dilation) > 1 for a in axes),
        "a kernel above one element": any(concrete(a.kernel) > 1 for a in axes),
    }
    if not transposed:
        truths["the stride does not divide"] = any(concrete(a.left_over()) for a in axes)
    for node in fixed.nodes:
        if node.geometry is not None and node.geometry.rank > 1:
            unequal = {
                "unequal strides": [concrete(a.stride) for a in node.geometry.axes],
                "unequal height and width": [concrete(a.size) for a in node.geometry.axes],
                "an asymmetric kernel": [concrete(a.kernel) for a in node.geometry.axes],
            }
            for name, numbers in unequal.items():
                truths[name] = truths.get(name, False) or len(set(numbers)) > 1
    return truths


def _of_pictures(fixed: Graph, tensors: Sequence[str], rank: int) -> dict[str, bool]:
    """Batch, channels and filters, where the tensors have such axes."""
    shape = [concrete(n) for n in fixed.shapes[tensors[0]]]
    truths = {}
    if len(shape) >= rank + 1:
        truths["several channels"] = shape[-rank - 1] > 1
    if len(shape) >= rank + 2:
        truths["a batch"] = shape[0] > 1
    if len(tensors) > 1 and len(fixed.shapes[tensors[1]]) == rank + 2:
        truths["several filters"] = concrete(fixed.shapes[tensors[1]][0]) > 1
    return truths


def variety(kinds: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Whether no two sizes with a name are equal."""
    numbers = [sizes[name] for name, kind in kinds.items() if kind in LENGTHS]
    if len(numbers) < 2:
        return ()
    return ("all sizes different" if len(set(numbers)) == len(numbers) else "equal sizes",)
