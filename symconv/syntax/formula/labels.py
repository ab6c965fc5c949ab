"""What the axes of a tensor are: batch, channels, rows, columns; and the orders people write."""

from __future__ import annotations

from functools import lru_cache

from symconv.graph import Graph
from symconv.terms import Shape

SPATIAL = {1: "W", 2: "HW", 3: "DHW"}
IMAGES = {0: "", 1: "C", 2: "NC"}
KERNELS = {0: "", 2: "OI"}
MADE_OTHERWISE = ("unfold", "fold")
"""Operations whose columns are no image."""


@lru_cache(maxsize=64)
def axis_labels(graph: Graph) -> tuple[dict[str, str], dict[str, str]]:
    """The axes of images (``NCHW``) and of kernels (``OIHW``), by tensor.

    Inputs and results of windows are images; a tensor of the same shape that is made from one, or
    compared with one, is an image too.
    """
    images: dict[str, str] = {}
    kernels: dict[str, str] = {}
    shapes = graph.shapes
    for node in graph.nodes:
        if node.geometry is None or node.geometry.rank not in SPATIAL:
            continue
        rank = node.geometry.rank
        for role, tensor in zip(node.roles, node.tensors, strict=True):
            if role == "x" and node.keyword != "fold":
                _note(images, tensor, shapes[tensor], rank, IMAGES)
            elif role == "w":
                _note(kernels, tensor, shapes[tensor], rank, KERNELS)
                if tensor in kernels and node.geometry.transposed:
                    kernels[tensor] = kernels[tensor].replace("OI", "IO")
        if node.keyword != "unfold":
            _note(images, node.target, shapes[node.target], rank, IMAGES)
    _spread(graph, images)
    return images, kernels


def _note(
    found: dict[str, str], tensor: str, shape: Shape, rank: int, front: dict[int, str]
) -> None:
    leading = front.get(len(shape) - rank)
    if leading is not None:
        found.setdefault(tensor, leading + SPATIAL[rank])


def _spread(graph: Graph, images: dict[str, str]) -> None:
    """Pointwise results and what they are compared with have the axes of what they are made of."""
    shapes = graph.shapes
    for _ in graph.nodes:
        for node in graph.nodes:
            if node.geometry is not None:
                continue
            group = [t for t in (*node.tensors, node.target) if shapes[t]]
            known = [t for t in group if t in images]
            for tensor in group:
                if known and shapes[tensor] == shapes[known[0]]:
                    images.setdefault(tensor, images[known[0]])


def order_of(layout: str, native: str) -> tuple[int, ...] | None:
    """The tensor's axes in the order in which a layout writes them, or None where it cannot.

    ``order_of("NHWC", "NCHW")`` is (0, 2, 3, 1).  Batch and channels that a tensor does not have
    are left out, and a batch that a layout does not name stands in front.
    """
    written = [c for c in layout.upper().replace("L", "W") if c in native]
    if "N" in native and "N" not in written:
        written.insert(0, "N")
    if sorted(written) != sorted(native):
        return None
    return tuple(native.index(c) for c in written)
