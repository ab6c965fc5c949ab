"""Computation graphs: from single products and sums up to whole operations."""

from __future__ import annotations

from symconv.flow.operation import operation_flow
from symconv.flow.parts import FlowEdge, FlowNode
from symconv.flow.reverse import reverse
from symconv.flow.scalar import MOST_NODES, scalar_flow
from symconv.flow.value import Flow

__all__ = [
    "MOST_NODES",
    "Flow",
    "FlowEdge",
    "FlowNode",
    "operation_flow",
    "reverse",
    "scalar_flow",
]
