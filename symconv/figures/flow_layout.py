"""Where the nodes, ports and edges of a computation graph lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.figures.flow_labels import Label, edge_label, end_label, node_lines
from symconv.figures.layered import Layers, layers
from symconv.figures.mathtext import width_of
from symconv.figures.scene import Point
from symconv.flow import Flow, FlowNode
from symconv.values import dataclass

MARGIN = 12.0
TIP = 9.0


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place: its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The x of the left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Route:
    """An edge: the points where its pieces meet, level at each, and where its label stands."""

    points: tuple[Point, ...]
    label: Label
    label_x: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole drawing: boxes by node, routes of the edges and of the lines that leave the ends."""

    width: float
    height: float
    boxes: dict[str, Box]
    routes: tuple[Route, ...]
    ends: tuple[Route, ...]


def arrange(flow: Flow, show: str) -> Layout:
    """Lay a flow out from left to right, with labels where its edges end."""
    nodes = {node.id: node for node in flow.nodes}
    labels = [edge_label(edge, nodes[edge.source], show) for edge in flow.edges]
    sizes = _sizes(flow, labels)
    placed = layers(
        {n: size[1] for n, size in sizes.items()}, [(e.source, e.target) for e in flow.edges]
    )
    columns = _columns(flow, placed, sizes, labels)
    top = min((placed.height[n] - s[1] / 2 for n, s in sizes.items()), default=0.0) - MARGIN
    boxes = {
        n: Box(columns.centre(placed.layer[n]), placed.height[n] - top, *size)
        for n, size in sizes.items()
    }
    lanes = {pair: [(layer, y - top) for layer, y in found] for pair, found in placed.lanes.items()}
    routes = _routes(flow, placed, boxes, columns, lanes, labels)
    ends = tuple(_end(node, boxes[node.id], show) for node in _ends(flow))
    right = max([box.right for box in boxes.values()] + [r.points[-1][0] for r in ends])
    ys = [box.y + box.height / 2 for box in boxes.values()]
    ys += [point[1] + 6 for route in routes for point in route.points]
    return Layout(right + MARGIN, max(ys) + MARGIN, boxes, routes, ends)


def _sizes(flow: Flow, labels: Sequence[Label]) -> dict[str, tuple[float, float]]:
    room = {node.id: 0.0 for node in flow.nodes}
    for edge, label in zip(flow.edges, labels, strict=True):
        room[edge.target] += label.height
    found = {}
    for node in flow.nodes:
        lines = node_lines(node)
        wide = max(width_of(text, size, math=True) for text, size in lines) + 14
        high = 6.0 + sum(size + 4 for _, size in lines)
        found[node.id] = (max(30.0, wide), max(24.0, high, room[node.id]))
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """For each layer its left and right side, and how much room labels have before it."""

    left: tuple[float, ...]
    right: tuple[float, ...]
    room: tuple[float, ...]

    def centre(self, layer: int) -> float:
        return (self.left[layer] + self.right[layer]) / 2


def _columns(
    flow: Flow, placed: Layers, sizes: Mapping[str, tuple[float, float]], labels: Sequence[Label]
) -> _Columns:
    left, right, rooms = [], [], []
    x = MARGIN
    for layer in range(placed.count):
        wide = max((sizes[n][0] for n, at in placed.layer.items() if at == layer), default=0.0)
        here = [
            (edge, label)
            for edge, label in zip(flow.edges, labels, strict=True)
            if placed.layer[edge.target] == layer
        ]
        room = max((label.width for _, label in here), default=0.0) + TIP + 5
        if layer:
            x += _bend(flow, placed, layer) + room
        left.append(x)
        x += wide
        right.append(x)
        rooms.append(room)
    return _Columns(tuple(left), tuple(right), tuple(rooms))


def _bend(flow: Flow, placed: Layers, layer: int) -> float:
    """The width of the gap where edges turn: wider where they have far to go."""
    far = [
        abs(placed.height[e.source] - placed.height[e.target])
        for e in flow.edges
        if placed.layer[e.target] == layer
    ]
    return min(150.0, max(36.0, 0.3 * max(far, default=0.0)))


def _routes(
    flow: Flow,
    placed: Layers,
    boxes: Mapping[str, Box],
    columns: _Columns,
    lanes: Mapping[tuple[str, str], list[tuple[int, float]]],
    labels: Sequence[Label],
) -> tuple[Route, ...]:
    """One route an edge; those into a node end in the order of where they come from."""
    before = []
    for edge in flow.edges:
        passed = lanes.get((edge.source, edge.target), [])
        before.append(passed[-1][1] if passed else boxes[edge.source].y)
    ports = _ports(flow, boxes, before, labels)
    made = []
    for edge, port, label in zip(flow.edges, ports, labels, strict=True):
        source, target = boxes[edge.source], boxes[edge.target]
        layer = placed.layer[edge.target]
        points = [(source.right, source.y), (columns.right[placed.layer[edge.source]], source.y)]
        for crossed, y in lanes.get((edge.source, edge.target), []):
            points += [
                (columns.left[crossed] - columns.room[crossed], y),
                (columns.right[crossed], y),
            ]
        start = columns.left[layer] - columns.room[layer]
        points += [(start, port), (target.left, port)]
        middle = columns.left[layer] - TIP - label.width / 2 - 1
        made.append(Route(tuple(points), label, middle))
    return tuple(made)


def _ports(
    flow: Flow, boxes: Mapping[str, Box], before: Sequence[float], labels: Sequence[Label]
) -> list[float]:
    ports = [0.0] * len(flow.edges)
    coming: dict[str, list[int]] = {}
    for place, edge in enumerate(flow.edges):
        coming.setdefault(edge.target, []).append(place)
    for target, places in coming.items():
        places.sort(key=lambda place: (before[place], place))
        high = sum(labels[place].height for place in places)
        y = boxes[target].y - high / 2
        for place in places:
            above = 4.0 + (13.0 if labels[place].above else 0.0)
            ports[place] = y + above
            y += labels[place].height
    return ports


def _ends(flow: Flow) -> list[FlowNode]:
    """The nodes that nothing follows, but for inputs that are never read."""
    followed = {edge.source for edge in flow.edges}
    return [n for n in flow.nodes if n.id not in followed and n.kind != "input"]


def _end(node: FlowNode, box: Box, show: str) -> Route:
    label = end_label(node, show)
    length = label.width + 2 * TIP + 2
    points = ((box.right, box.y), (box.right + length, box.y))
    return Route(points, label, box.right + 3 + label.width / 2 + 2)
