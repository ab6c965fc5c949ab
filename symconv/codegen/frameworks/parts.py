"""What the frameworks' writers share: names, sizes as text, and the pieces that a node becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from symconv.codegen.names import Names
from symconv.codegen.source import source
from symconv.errors import SymconvError
from symconv.geometry import Axis, Geometry
from symconv.graph import Graph, Node
from symconv.index import Index, Max, Product, Symbol, add, minus, same, substitute, tidy
from symconv.values import dataclass


@dataclass(slots=True)
class Piece:
    """A node as code: the lines that make its target, and the gradients of its tensors.

    `before` are the lines that only the gradients need; `gradients` holds one expression per
    tensor of the node, in its order.  `own` says that they are calls or formulas, and not
    automatic differentiation.  `notes` are sentences on what differs in this framework.
    """

    forward: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    gradients: list[str] = field(default_factory=list)
    own: bool = True
    notes: list[str] = field(default_factory=list)


class Scene:
    """A graph whose tensors and sizes have names that the framework has not taken."""

    def __init__(
        self, graph: Graph, taken: Iterable[str], show: Callable[[Index], str] = source
    ) -> None:
        self.graph = graph
        self.names = Names()
        for word in taken:
            self.names.fresh(word)
        for name in graph.shapes:
            self.names.claim("tensor", name)
        self.sizes: dict[str, Index] = {
            name: Symbol(self.names.claim("size", name)) for name in graph.open_sizes()
        }
        self._show = show

    def tensor(self, name: str) -> str:
        """A tensor's name in the code."""
        return self.names.claim("tensor", name)

    def fresh(self, hint: str) -> str:
        """A name for something of the framework's own (a padded input)."""
        return self.names.fresh(hint)

    def text(self, index: Index) -> str:
        """An index or size as code."""
        return self._show(substitute(tidy(index), self.sizes))

    def window(self, node: Node) -> Window:
        """The sizes and layout of a node that slides a window."""
        assert node.geometry is not None
        extra = len(self.graph.shapes[node.tensors[0]]) - node.geometry.rank
        return Window(self, node, node.geometry, min(extra, 2))


@dataclass(frozen=True, slots=True)
class Window:
    """A node that slides a window; `extra` counts the axes in front of x's spatial ones."""

    scene: Scene
    node: Node
    geometry: Geometry
    extra: int

    def lifted(self, x: str) -> str:
        """X with batch and channels in front."""
        return x + ("", "[None]", "[None, None]")[2 - self.extra]

    @property
    def dropped(self) -> str:
        """What takes the axes in front away again."""
        return ("", "[0]", "[0, 0]")[2 - self.extra]

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return self.geometry.rank

    def each(self, of: Callable[[Axis], Index]) -> list[str]:
        """A number of every axis, as code."""
        return [self.scene.text(of(axis)) for axis in self.geometry.axes]

    def differ(self, of: Callable[[Axis], Index], default: int) -> bool:
        """Whether a number is not the default on some axis."""
        return any(of(axis) != default for axis in self.geometry.axes)

    @property
    def padded(self) -> bool:
        """Whether there is any padding."""
        return any(axis.before != 0 or axis.after != 0 for axis in self.geometry.axes)

    @property
    def even(self) -> bool:
        """Whether both ends of every axis have one padding."""
        return all(same(axis.before, axis.after) for axis in self.geometry.axes)

    @property
    def groups(self) -> str:
        """The number of groups, as code."""
        return self.scene.text(self.geometry.groups)

    def refuse(self, message: str, *, option: str, hint: str) -> SymconvError:
        """The error for what a framework cannot say."""
        return SymconvError(message, where=f"{self.node.keyword}: {option}", hint=hint)


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph as pieces, with the names of the gradients that flow between them."""

    scene: Scene
    pieces: tuple[Piece, ...]
    upstream: Mapping[str, str]

    @property
    def graph(self) -> Graph:
        """The graph."""
        return self.scene.graph


def full(axis: Axis) -> Index:
    """The size of a transposed convolution's output before anything is cut off."""
    return tidy(add(Product((axis.stride, add(axis.size, -1))), axis.span))


def last_padding(axis: Axis) -> Index:
    """The padding behind the input with which rounding down gives as many outputs as asked for."""
    if not axis.ceil_mode:
        return axis.after
    end = add(Product((axis.stride, add(axis.output(), -1))), axis.span)
    return tidy(Max((axis.after, tidy(add(end, minus(axis.size), minus(axis.before))))))


def one_or_all(items: Sequence[str]) -> str:
    """A number that all axes share, or the tuple."""
    return items[0] if len(set(items)) == 1 else f"({', '.join(items)})"


def listed(items: Sequence[str]) -> str:
    """A tuple of texts; one item keeps its comma."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def words(texts: Iterable[str]) -> set[str]:
    """Every word of some lines, comments left out."""
    return {word for text in texts for word in re.findall(r"\w+", re.sub("#.*", "", text))}


def option(node: Node, name: str) -> object:
    """The value of a node's option."""
    return dict(node.options)[name]


def broken(line: str, indent: str, width: int = 100) -> list[str]:
    """A line of Python, its longest bracket opened out where the line is too long."""
    groups = _groups(line)
    if len(indent) + len(line) <= width or not groups:
        return [indent + line]
    start, stop = max(groups, key=lambda pair: pair[1] - pair[0])
    items = _items(line[start + 1 : stop])
    comma = "," if len(items) > 1 or line[stop - 1] == "," else ""
    inside = [part for item in items for part in broken(item + comma, indent + "    ", width)]
    rest = broken(line[stop + 1 :], indent, width - 1)
    end = indent + line[stop] + rest[0].removeprefix(indent)
    *head, last = broken(line[:start], indent, width - 1)
    return [*head, last + line[start], *inside, end, *rest[1:]]


def _groups(line: str) -> list[tuple[int, int]]:
    """The outermost brackets that hold something, as the places of their ends."""
    found, opened = [], []
    for place, letter in enumerate(line):
        if letter in "([{":
            opened.append(place)
        elif letter in ")]}":
            start = opened.pop()
            if not opened and place > start + 1:
                found.append((start, place))
    return found


def _items(inside: str) -> list[str]:
    """What the commas outside all brackets separate."""
    found, depth, start = [], 0, 0
    for place, letter in enumerate(inside):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            found.append(inside[start:place].strip())
            start = place + 1
    return [item for item in (*found, inside[start:].strip()) if item]


# --- one number of an axis ----------------------------------------------------------------------


def before_of(axis: Axis) -> Index:
    """The padding in front."""
    return axis.before


def after_of(axis: Axis) -> Index:
    """The padding behind."""
    return axis.after


def zero_of(axis: Axis) -> Index:
    """No padding."""
    return 0


def stride_of(axis: Axis) -> Index:
    """The stride."""
    return axis.stride


def dilation_of(axis: Axis) -> Index:
    """The dilation."""
    return axis.dilation
