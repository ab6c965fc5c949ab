"""Reverse mode over a flow: every node adds up what comes back over its edges.

    gradient(v) = seed(v) + Σ_{v → u} ∂u/∂v · gradient(u)

It sees nodes and edges alone, so it is a second witness for the gradients of the forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symconv.flow.parts import FlowEdge, Value
from symconv.flow.ring import add, times
from symconv.flow.value import Flow


def reverse(flow: Flow, seeds: Mapping[str, Value]) -> Flow:
    """The flow with a gradient at every node and on every edge, from `seeds` at its ends."""
    gradients: dict[str, Value] = {node.id: 0 for node in flow.nodes} | dict(seeds)
    edges = list(flow.edges)
    places: dict[str, list[int]] = {node.id: [] for node in flow.nodes}
    for place, edge in enumerate(edges):
        places[edge.target].append(place)
    for node in reversed(flow.nodes):
        for place in places[node.id]:
            edges[place] = _back(edges[place], gradients[node.id])
            source = edges[place].source
            gradients[source] = add(gradients[source], edges[place].backward)
    nodes = tuple(replace(node, gradient=gradients[node.id]) for node in flow.nodes)
    return Flow(nodes, tuple(edges))


def _back(edge: FlowEdge, gradient: Value) -> FlowEdge:
    return replace(edge, backward=times(edge.local, gradient))
