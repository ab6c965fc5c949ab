"""How the formulas of a graph are printed: which names are gradients, which sizes have letters."""

from __future__ import annotations

from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.notation import Style, size_names


def printing_style(graph: Graph) -> Style:
    """How gradients are printed: ``g`` as it is, ``dh`` as ∂L/∂h, long sizes by letter."""
    names = upstream_names(graph)
    gradients = {
        gradient: name for name, gradient in names.items() if gradient and name != graph.output
    }
    taken = {*graph.shapes, *graph.open_sizes(), *names.values()}
    return Style(gradients=gradients, sizes=size_names(graph.equations, taken))
