"""A computation graph as a value, and its readings as text and as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symconv.flow.listing import json_dict, listing
from symconv.flow.parts import FlowEdge, FlowNode
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """Nodes in an order in which they can be evaluated, and edges; parallel edges are allowed.

    The edges into a node stand in the order of its operands.
    """

    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]

    def __post_init__(self) -> None:
        order = {node.id: place for place, node in enumerate(self.nodes)}
        if len(order) != len(self.nodes):
            raise ValueError("two nodes have the same id")
        for edge in self.edges:
            if not order[edge.source] < order[edge.target]:
                raise ValueError(f"the edge {edge.source} → {edge.target} runs against the order")

    def node(self, name: str) -> FlowNode:
        """The node of that id."""
        return next(node for node in self.nodes if node.id == name)

    def into(self, name: str) -> tuple[FlowEdge, ...]:
        """The edges that end at a node, in the order of its operands."""
        return tuple(edge for edge in self.edges if edge.target == name)

    def out_of(self, name: str) -> tuple[FlowEdge, ...]:
        """The edges that start at a node."""
        return tuple(edge for edge in self.edges if edge.source == name)

    def behind(self, ends: Iterable[str]) -> Flow:
        """The part of the graph that the given nodes depend on; values and gradients stay."""
        kept = set(ends)
        for node in reversed(self.nodes):
            if node.id in kept:
                kept |= {edge.source for edge in self.into(node.id)}
        nodes = tuple(node for node in self.nodes if node.id in kept)
        return Flow(nodes, tuple(edge for edge in self.edges if edge.target in kept))

    def text(self) -> str:
        """One line per node in Unicode: what it is, its value, its gradient, its derivatives."""
        return listing(self.nodes, self.edges)

    def json(self) -> dict[str, Any]:
        """The graph as plain dictionaries, lists, texts and numbers, in a fixed order."""
        return json_dict(self.nodes, self.edges)
