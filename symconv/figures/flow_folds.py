"""Computation graphs on a page: small ones whole, large ones folded by operation.

The folded picture has a node for each whole tensor; below it every element is unfolded on demand,
with its products and what they read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

from symconv.document import Figure, words
from symconv.figures.flow_figure import (
    flow_caption,
    flow_scene,
    flow_words,
    node_latex,
)
from symconv.figures.flow_labels import value_latex, what_to_show
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.flow import Flow, FlowNode
from symconv.writers.unicode_math import unicode_math

FOLDED = 40
"""Graphs of more nodes are folded."""
UNFOLDED = 120
"""Graphs of more nodes are not drawn whole even on demand."""
BUDGET = 300
"""No further element can be unfolded behind so many nodes."""
_ELEMENT = re.compile(r"\w+(\[[\d,]*\])?")


def page_figure(flow: Flow, whole: Flow | None = None, budget: int = BUDGET) -> Figure:
    """The graph as a block of a page; above `FOLDED` nodes `whole`, the graph of whole tensors.

    What is folded comes as parts: one for each element that is computed, until they have `budget`
    nodes together, then the whole graph if it is within the budget.
    """
    if whole is None or len(flow.nodes) <= FOLDED:
        return numbered_figure(flow)
    ends = [n.id for n in flow.nodes if n.kind not in ("input", "constant") and _is_element(n.id)]
    inside = [unfolded(flow, name) for name in ends]
    sums = accumulate((len(part.nodes) for part in inside), initial=0)
    shown = [part for part, before in zip(inside, sums, strict=False) if before < budget]
    parts = [_part(part) for part in shown]
    if len(flow.nodes) <= min(UNFOLDED, budget):
        title = words(f"The whole graph, {len(flow.nodes)} nodes")
        parts.append(replace(numbered_figure(flow), caption=title))
    folded = numbered_figure(whole)
    more = f" (the first {len(shown)} of {len(ends)})" if len(ends) > len(shown) else ""
    text = (
        f"The graph of {len(flow.nodes)} nodes, folded: a node for each tensor. Every element "
        f"can be unfolded below{more}."
    )
    return replace(folded, caption=words(text), parts=tuple(parts))


def numbered_figure(flow: Flow) -> Figure:
    """The graph whole, with what each node computes."""
    show = what_to_show(flow)
    show = "names" if show == "locals" else show
    scene, said = flow_scene(flow, show, numbered=True), flow_words(flow)
    picture = svg(scene, "Computation graph", said, grouped=True)
    nodes = tuple((node.kind, _computed(node)) for node in flow.nodes)
    return Figure(picture, tikz(scene), words(flow_caption(flow, show)), said, nodes=nodes)


def unfolded(flow: Flow, name: str) -> Flow:
    """One element with the nodes that are its own; what other elements give comes in as inputs."""
    kept: set[str] = {name}
    border: set[str] = set()
    for node in reversed(flow.nodes):
        if node.id in kept:
            for edge in flow.into(node.id):
                (border if _is_element(edge.source) else kept).add(edge.source)
    nodes = tuple(
        _as_input(node) if node.id in border else node
        for node in flow.nodes
        if node.id in kept | border
    )
    return Flow(nodes, tuple(edge for edge in flow.edges if edge.target in kept))


def _as_input(node: FlowNode) -> FlowNode:
    if node.kind in ("input", "constant"):
        return node
    return replace(node, kind="input", symbol=node.latex, formula="")


def _is_element(name: str) -> bool:
    return _ELEMENT.fullmatch(name) is not None


def _part(part: Flow) -> Figure:
    title = words(unicode_math(node_latex(part.nodes[-1])))
    return replace(numbered_figure(part), caption=title)


def _computed(node: FlowNode) -> str:
    """The node's equation, with the number that it has, and the gradient that comes back."""
    found = node_latex(node)
    if isinstance(node.forward, int | float | Fraction):
        value = value_latex(node.forward)
        found += f" = {value}" if value != node.latex else ""
    gradient = value_latex(node.gradient)
    return rf"{found}, \quad \partial\colon\; {gradient}" if gradient else found
