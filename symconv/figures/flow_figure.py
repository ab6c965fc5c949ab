"""Computation graphs drawn: forward values above the edges, gradients below, each named by a ∂."""

from __future__ import annotations

from dataclasses import replace
from math import dist

from symconv.document import Figure, words
from symconv.errors import GeometryError
from symconv.figures.flow_labels import LINE, SIZE, Label, node_lines, what_to_show
from symconv.figures.flow_layout import Box, Route, arrange
from symconv.figures.scene import Curve, Line, Mark, Point, Rect, Scene, Text
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.flow import Flow, FlowNode
from symconv.writers.unicode_math import unicode_math

MOST_DRAWN = 400
"""More nodes than this are not drawn."""

_ROLES = {
    "input": "input",
    "constant": "constant",
    "product": "product",
    "sum": "sum",
    "function": "function",
    "select": "function",
    "operation": "operation",
    "loss": "loss",
}


def flow_scene(flow: Flow, show: str = "", *, numbered: bool = False) -> Scene:
    """The graph from left to right; `show` is "values", "names", "locals", "nothing"
    or "" (what fits).

    In a `numbered` graph every node carries its place and says what it computes.

    Errors: `GeometryError` for more than `MOST_DRAWN` nodes.
    """
    if len(flow.nodes) > MOST_DRAWN:
        raise GeometryError(
            "the graph is too large to draw",
            expected=f"at most {MOST_DRAWN} nodes",
            got=str(len(flow.nodes)),
            hint="flow.behind(...) for one output, or operation_flow for whole operations",
        )
    layout = arrange(flow, what_to_show(flow, show))
    marks: list[Mark] = []
    for route in (*layout.routes, *layout.ends):
        marks.append(_line(route))
    unread = _unread(flow)
    for place, node in enumerate(flow.nodes):
        drawn = _node(node, layout.boxes[node.id], unread=node.id in unread)
        if numbered and isinstance(drawn[0], Rect):
            drawn[0] = replace(drawn[0], node=place, words=unicode_math(node_latex(node)))
        marks += drawn
    for route in (*layout.routes, *layout.ends):
        marks += _label(route)
    return Scene(layout.width, layout.height, tuple(marks))


def flow_svg(flow: Flow, show: str = "") -> str:
    """The graph as SVG."""
    return svg(flow_scene(flow, show), "Computation graph", flow_words(flow))


def flow_figure(flow: Flow, show: str = "", caption: str = "") -> Figure:
    """The graph as a block of a page."""
    scene = flow_scene(flow, show)
    said = flow_words(flow)
    text = caption or flow_caption(flow, what_to_show(flow, show))
    return Figure(svg(scene, "Computation graph", said), tikz(scene), words(text), said)


def flow_caption(flow: Flow, show: str) -> str:
    """What the labels of the drawing mean."""
    return {
        "values": "Computation graph, from left to right: above each edge what it carries forward, "
        "below it, after a ∂, the gradient that comes back.",
        "names": "Computation graph, from left to right: above each edge what it carries forward, "
        "below it, after a ∂, the gradient that comes back.",
        "locals": "Computation graph, from left to right: above each edge its local derivative.",
        "nothing": "Computation graph, from left to right.",
    }[show]


def flow_words(flow: Flow) -> str:
    """The graph for those who listen: how much of what, and what every named node computes."""
    kinds = [node.kind for node in flow.nodes]
    counts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    named = [
        f"{unicode_math(node.latex)} = {unicode_math(node.formula)}"
        for node in flow.nodes
        if node.formula
    ]
    more = f"; and {len(named) - 12} more" if len(named) > 12 else ""
    return f"Nodes: {', '.join(counts)}. {'; '.join(named[:12])}{more}."


def node_latex(node: FlowNode) -> str:
    """What a node computes: its name and its formula, or its name alone."""
    name = node.latex or node.symbol
    return f"{name} = {node.formula}" if node.formula else name


def _unread(flow: Flow) -> set[str]:
    read = {edge.source for edge in flow.edges}
    return {node.id for node in flow.nodes if node.kind == "input" and node.id not in read}


def _node(node: FlowNode, box: Box, *, unread: bool) -> list[Mark]:
    role = "padding" if unread else _ROLES[node.kind]
    radius = 4.0 if node.kind in ("input", "constant", "operation", "loss") else 12.0
    top = box.y - box.height / 2
    made: list[Mark] = [Rect(box.left, top, box.width, box.height, role, radius)]
    lines = node_lines(node)
    y = box.y - sum(size + 3 for _, size in lines) / 2
    for latex, size in lines:
        ink = "muted" if unread else "ink"
        made.append(Text(box.x, y + (size + 3) / 2, latex, ink, size=size))
        y += size + 3
    return made


ONE_PLACE = 0.01
"""Points that lie closer are drawn as one (they differ by how floats were added up)."""


def _line(route: Route) -> Mark:
    """Level pieces and S-bends in turn, with a tip at the end."""
    points = route.points
    if len(points) == 2:
        return Line(points, "edge", arrow=True)
    pieces = []
    for place in range(1, len(points)):
        before, here = points[place - 1], points[place]
        if dist(before, here) > ONE_PLACE:
            pieces.append(_piece(before, here))
    return Curve(points[0], tuple(pieces), "edge", arrow=True)


def _piece(start: Point, end: Point) -> tuple[Point, Point, Point]:
    middle = (start[0] + end[0]) / 2
    return ((middle, start[1]), (middle, end[1]), end)


def _label(route: Route) -> list[Mark]:
    label: Label = route.label
    y = route.points[-1][1]
    made: list[Mark] = []
    if label.above:
        made.append(Text(route.label_x, y - LINE / 2 - 1, label.above, label.role, size=SIZE))
    if label.below:
        made.append(Text(route.label_x, y + LINE / 2 + 1, label.below, "backward", size=SIZE))
    return made
