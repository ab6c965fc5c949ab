"""What a claim is about: the true equation of a result or of a gradient."""

from __future__ import annotations

from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.mistakes.model import Context
from symconv.terms import Equation, Form


def context_of(graph: Graph, kind: str, name: str) -> Context | None:
    """The context of a result or a gradient; None for what no equation of the graph makes."""
    found: Equation | None = None
    if kind == "result":
        found = next((e for e in graph.equations if e.name == name), None)
    elif kind == "gradient":
        wanted = upstream_names(graph).get(name)
        found = next((e for e in backward(graph) if e.name == wanted), None)
    return Context(graph, kind, name, found) if isinstance(found, Form) else None
