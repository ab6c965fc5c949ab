"""The drawing of a graph: no node over another, edges to the right and not through nodes."""

from __future__ import annotations

import itertools
import re
import sys
from dataclasses import replace

import figure_cases as cases
import pytest

from symconv.errors import GeometryError, SymconvError
from symconv.figures import flow_svg
from symconv.figures.flow_labels import what_to_show
from symconv.figures.flow_layout import arrange
from symconv.figures.layered import layers
from symconv.flow import scalar_flow

FLOWS = {name: make() for name, make in cases.FLOWS.items()}


def overlaps(layout):
    """Pairs of boxes that touch."""
    found = []
    for (a, one), (b, two) in itertools.combinations(layout.boxes.items(), 2):
        across = abs(one.x - two.x) < (one.width + two.width) / 2
        down = abs(one.y - two.y) < (one.height + two.height) / 2
        found += [(a, b)] if across and down else []
    return found


def crossings_of_nodes(flow, layout):
    """Edges that run through the box of a node that is not their end."""
    found = []
    for edge, route in zip(flow.edges, layout.routes, strict=True):
        for start, end in itertools.pairwise(route.points):
            for name, box in layout.boxes.items():
                if name in (edge.source, edge.target):
                    continue
                low, high = sorted((start[1], end[1]))
                beside = end[0] <= box.left + 0.01 or start[0] >= box.right - 0.01
                apart = high < box.y - box.height / 2 or low > box.y + box.height / 2
                found += [] if beside or apart else [(edge.source, edge.target, name)]
    return found


def label_clashes(layout):
    """Labels that lie over one another or over a node."""
    places = []
    for route in (*layout.routes, *layout.ends):
        if route.label.width:
            y = route.points[-1][1]
            half = route.label.width / 2
            up = 14 if route.label.above else 0
            down = 14 if route.label.below else 0
            places.append((route.label_x - half, y - up, route.label_x + half, y + down))
    boxes = [
        (b.left, b.y - b.height / 2, b.right, b.y + b.height / 2) for b in layout.boxes.values()
    ]
    pairs = [*itertools.combinations(places, 2), *itertools.product(places, boxes)]
    return [(a, b) for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]


@pytest.mark.parametrize("name", FLOWS)
def test_nodes_edges_and_labels_keep_apart(name):
    flow = FLOWS[name]
    layout = arrange(flow, what_to_show(flow))
    assert set(layout.boxes) == {node.id for node in flow.nodes}
    assert not overlaps(layout)
    assert not crossings_of_nodes(flow, layout)
    assert not label_clashes(layout)


@pytest.mark.parametrize("name", FLOWS)
def test_edges_point_to_the_right_and_end_at_their_nodes(name):
    flow = FLOWS[name]
    layout = arrange(flow, what_to_show(flow))
    for edge, route in zip(flow.edges, layout.routes, strict=True):
        xs = [x for x, _ in route.points]
        assert xs == sorted(xs)
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        assert route.points[0] == (source.right, source.y)
        x, y = route.points[-1]
        assert x == target.left
        assert abs(y - target.y) <= target.height / 2


def test_planted_overlaps_are_seen():
    flow = FLOWS["chain"]
    layout = arrange(flow, "values")
    first, second = list(layout.boxes)[:2]
    boxes = layout.boxes | {first: replace(layout.boxes[second], y=layout.boxes[second].y + 3)}
    assert overlaps(replace(layout, boxes=boxes))
    middle = layout.boxes["h[0]"]
    through = replace(layout.boxes["x[0]"], x=middle.x - 60, y=middle.y, width=200.0, height=200.0)
    assert crossings_of_nodes(flow, replace(layout, boxes=layout.boxes | {"x[0]": through}))
    routes = [replace(r, label_x=layout.routes[0].label_x) for r in layout.routes]
    ends = [replace(r, points=layout.routes[0].points) for r in routes]
    assert label_clashes(replace(layout, routes=tuple(ends)))


def test_ports_are_apart_and_outputs_keep_their_order():
    flow = FLOWS["conv2d"]
    layout = arrange(flow, what_to_show(flow))
    ends = [route.points[-1] for route in layout.routes]
    assert len(set(ends)) == len(ends)
    ys = [layout.boxes[f"y[{i},{j}]"].y for i in range(2) for j in range(2)]
    assert ys == sorted(ys)


def test_an_input_stands_just_before_it_is_used():
    placed = layers(
        dict.fromkeys(("a", "b", "c", "d", "alone"), 20.0),
        [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"), ("d", "c")],
    )
    assert placed.layer == {"a": 0, "b": 1, "c": 2, "d": 1, "alone": 0}
    assert set(placed.lanes) == {("a", "c")}
    assert placed.height["alone"] > max(placed.height[n] for n in "abcd")


def test_labels_by_what_is_known():
    assert what_to_show(FLOWS["conv1d-values"]) == "values"
    assert what_to_show(FLOWS["conv1d-symbols"]) == "locals"
    assert what_to_show(FLOWS["large"]) == "nothing"
    with pytest.raises(SymconvError, match="values, names, locals, nothing"):
        flow_svg(FLOWS["chain"], "everything")


def test_a_picture_of_too_many_nodes_is_refused():
    flow = scalar_flow(cases.graph("y = conv2d(x[8,8], w[3,3])"))
    with pytest.raises(GeometryError, match="operation_flow"):
        flow_svg(flow)
    assert flow_svg(flow.behind(["y[0,0]"]))


@pytest.mark.parametrize("shift", [0.0, 1e-13, -1e-13])
def test_every_piece_of_an_edge_leads_somewhere(shift, monkeypatch):
    """How floats are added up differs between versions of Python, by far less than is drawn."""
    flow = FLOWS["conv2d"]

    def doubled(*arguments, **options):
        """The last point but one of every edge twice, or very nearly."""
        layout = arrange(*arguments, **options)
        points = (route.points for route in layout.routes)
        routes = [
            replace(route, points=(*p[:-1], (p[-2][0] + shift, p[-2][1]), p[-1]))
            for route, p in zip(layout.routes, points, strict=True)
        ]
        return replace(layout, routes=tuple(routes))

    monkeypatch.setattr(sys.modules["symconv.figures.flow_figure"], "arrange", doubled)
    drawn = re.findall(r'd="(M[^"]*C[^"]*)"', flow_svg(flow))
    assert drawn
    for path in drawn:
        ends = [piece.split()[-2:] for piece in re.split("[MC]", path)[1:]]
        assert all(one != other for one, other in itertools.pairwise(ends)), path
