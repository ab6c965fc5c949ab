"""Layers from left to right: where the nodes of a directed graph stand, and how its edges run.

The layers, the lanes of long edges and the heights are grandalf's (Sugiyama's method with Brandes
and Köpf's coordinates).  The order within a layer is the nodes' own, which a reader expects, and
inputs stand beside what they go into.  Edges turn only in the gaps between columns, so none runs
through a node.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from grandalf.graphs import Edge, Graph, Vertex  # type: ignore[import-untyped]
from grandalf.layouts import SugiyamaLayout  # type: ignore[import-untyped]

from symconv.values import dataclass

Pair = tuple[str, str]

SPACE = 14.0
"""The least free height between two nodes of a layer."""

LANE = 6.0
"""The height of the lane of an edge that passes a layer."""


@dataclass(frozen=True, slots=True)
class Layers:
    """For each node its layer and the height of its centre; for each long edge its lanes.

    `lanes` are (layer, height) from left to right, one for each layer that the edge passes.
    """

    count: int
    layer: dict[str, int]
    height: dict[str, float]
    lanes: dict[Pair, tuple[tuple[int, float], ...]]


class _View:
    def __init__(self, height: float) -> None:
        self.w, self.h, self.xy = height, 1.0, (0.0, 0.0)


def layers(heights: Mapping[str, float], edges: Sequence[Pair]) -> Layers:
    """Layers for nodes of given heights; nodes without edges stand below the first layer's.

    A node stands as far right as its followers allow, so that an input is drawn just before it is
    first used.
    """
    pairs = list(dict.fromkeys(edges))
    linked = {name for pair in pairs for name in pair}
    vertices = {name: Vertex(name) for name in heights if name in linked}
    for name, vertex in vertices.items():
        vertex.view = _View(heights[name])
    made = {pair: Edge(vertices[pair[1]], vertices[pair[0]]) for pair in pairs}
    graph = Graph(list(vertices.values()), list(made.values()))
    placed = _Placed()
    order = {name: place for place, name in enumerate(heights)}
    for component in sorted(graph.C, key=lambda c: min(order[v.data] for v in c.sV)):
        placed.add(_arranged(component, order), made)
    for name, height in heights.items():
        if name not in linked:
            placed.alone(name, height)
    return placed.done()


def _arranged(component: Any, order: Mapping[str, int]) -> SugiyamaLayout:
    """Ranks, lanes and heights of one component; rank 0 is the last column."""
    layout = SugiyamaLayout(component)
    layout.xspace = SPACE
    layout.init_all()
    for vertex in layout.grx:
        if layout.grx[vertex].dummy:
            vertex.view.w = LANE
    links = _links(component, layout, order)
    place: dict[Any, float] = {}
    for layer in layout.layers:
        _order(layout, layer, links, place)
    layout.setxy()
    return layout


@dataclass(frozen=True, slots=True)
class _Links:
    """For each node and lane what it leads to in the next column, and its rank among equals.

    grandalf keeps vertices in sets by address, so every order must be decided here.
    """

    ahead: dict[Any, list[Any]]
    order: dict[Any, tuple[int, int]]


def _links(component: Any, layout: SugiyamaLayout, order: Mapping[str, int]) -> _Links:
    ahead: dict[Any, list[Any]] = {vertex: [] for vertex in layout.grx}
    ranks = {v: (order[v.data], -1) for v in ahead if not layout.grx[v].dummy}
    for edge in component.sE:
        inner = layout.ctrls.get(edge, {})
        target, source = edge.v
        between = [inner[r] for r in sorted(inner) if layout.grx[inner[r]].dummy]
        ranks |= dict.fromkeys(between, (order[source.data], order[target.data]))
        for right, left in itertools.pairwise([target, *between, source]):
            ahead[left].append(right)
    return _Links(ahead, ranks)


def _order(layout: SugiyamaLayout, layer: Any, links: _Links, place: dict[Any, float]) -> None:
    """Sort a layer by where its edges lead, but keep the given order among inner nodes.

    Lanes come before inner nodes and these before inputs where they lead to the same place.
    `place` holds where the nodes to the right stand, and gets this layer's nodes.
    """
    key = {v: _mean([place[other] for other in links.ahead[v]]) for v in layer}
    kind = {v: 0 if layout.grx[v].dummy else 1 if v.e_out() else 2 for v in layer}
    least = float("-inf")
    for vertex in sorted((v for v in layer if kind[v] == 1), key=links.order.__getitem__):
        least = key[vertex] = max(least, key[vertex])
    layer.sort(key=lambda v: (key[v], kind[v], links.order[v]))
    for number, vertex in enumerate(layer):
        layout.grx[vertex].pos = number
        place[vertex] = float(number)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


class _Placed:
    """The components laid out so far, one below the other, ranks still counted from the right."""

    def __init__(self) -> None:
        self.rank: dict[str, int] = {}
        self.height: dict[str, float] = {}
        self.lanes: dict[Pair, list[tuple[int, float]]] = {}
        self.bottom = 0.0

    def add(self, layout: SugiyamaLayout, edges: Mapping[Pair, Edge]) -> None:
        at = _separated(layout)
        top = min(y - v.view.w / 2 for v, y in at.items())
        shift = self.bottom - top
        for vertex, y in at.items():
            if not layout.grx[vertex].dummy:
                self.rank[vertex.data] = layout.grx[vertex].rank
                self.height[vertex.data] = y + shift
        for pair, edge in edges.items():
            inner = layout.ctrls.get(edge, {})
            lanes = [(r, at[v] + shift) for r, v in inner.items() if layout.grx[v].dummy]
            if lanes:
                self.lanes[pair] = sorted(lanes, reverse=True)
        self.bottom = max(y + v.view.w / 2 for v, y in at.items()) + shift + 2 * SPACE

    def alone(self, name: str, height: float) -> None:
        """A node without edges, in the first column, below everything."""
        self.rank[name] = -1
        self.height[name] = self.bottom + height / 2
        self.bottom += height + SPACE

    def done(self) -> Layers:
        last = max(self.rank.values(), default=0)
        last = max(last, 0)
        layer = {n: 0 if rank < 0 else last - rank for n, rank in self.rank.items()}
        lanes = {
            pair: tuple((last - rank, y) for rank, y in found) for pair, found in self.lanes.items()
        }
        return Layers(last + 1, layer, self.height, lanes)


def _separated(layout: SugiyamaLayout) -> dict[Vertex, float]:
    """The heights, pushed apart where a layer is too tight."""
    found: dict[Vertex, float] = {}
    for layer in layout.layers:
        free = float("-inf")
        for vertex in layer:
            half = vertex.view.w / 2
            found[vertex] = max(vertex.view.xy[0], free + half)
            free = found[vertex] + half + SPACE / 2
    return found
