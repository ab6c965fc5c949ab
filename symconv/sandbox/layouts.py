"""The order of axes that a function works in, where it is not the operation's own.

``NHWC``: a batch of pictures with the channels last; ``HWIO``: a kernel of height, width, input
channels, output channels.  An order is a permutation: axis `a` of the function's array is axis
``order[a]`` of the operation's.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.errors import SymconvError
from symconv.graph import Graph, Node

Order = tuple[int, ...]
SPATIAL = {1: ("W", "L", "T", "H"), 2: ("HW",), 3: ("DHW", "THW")}
"""The letters of the spatial axes, by their number."""
HEADS = {0: "", 1: "C", 2: "NC"}
UNORDERED = ("unfold", "fold")


def orders(graph: Graph, layout: str, kernel_layout: str) -> dict[str, Order]:
    """The order of every tensor that the layouts are about; kernels and biases are no pictures.

    Errors: `SymconvError` for letters that are not those of the tensor's axes.
    """
    found: dict[str, Order] = {}
    windows = [node for node in graph.nodes if node.geometry is not None]
    kernels = {name for node in windows for name in node.tensors[1:]}
    ranks = {node.geometry.rank for node in graph.nodes if node.geometry is not None}
    if layout:
        if len(ranks) != 1 or any(node.keyword in UNORDERED for node in graph.nodes):
            raise SymconvError("layout is about convolutions and pools of one rank", got=layout)
        (rank,) = ranks
        for name, shape in graph.shapes.items():
            if name not in kernels and rank < len(shape) <= rank + 2:
                own = [f"{HEADS[len(shape) - rank]}{letters}" for letters in SPATIAL[rank]]
                found[name] = _order(layout, own, f"layout of {name}")
    if kernel_layout:
        for node in graph.nodes:
            if "w" in node.roles:
                found[node.tensors[1]] = _kernel(graph, node, kernel_layout)
    return found


def _kernel(graph: Graph, node: Node, layout: str) -> Order:
    assert node.geometry is not None
    rank, name = node.geometry.rank, node.tensors[1]
    head = ("IO" if node.geometry.transposed else "OI")[: len(graph.shapes[name]) - rank]
    own = [f"{head}{letters}" for letters in SPATIAL[rank]]
    return _order(layout, own, f"kernel_layout of {name}")


def _order(layout: str, own: Sequence[str], where: str) -> Order:
    for letters in own:
        if sorted(layout) == sorted(letters):
            return tuple(letters.index(letter) for letter in layout)
    raise SymconvError(
        "these are not the letters of the axes",
        where=where,
        expected=f"an order of {' or '.join(own)}",
        got=layout,
    )


def inverse(order: Order) -> Order:
    """The order that leads back."""
    return tuple(order.index(axis) for axis in range(len(order)))
