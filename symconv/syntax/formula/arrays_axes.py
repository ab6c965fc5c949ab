"""The axes of a graph's tensors, and the matrix of a result with respect to an input."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from symconv.graph import Graph
from symconv.index import Index, Symbol, evaluate, symbols
from symconv.syntax.formula.chainrule import local_derivative, reaches
from symconv.syntax.formula.labels import axis_labels
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.views import View, padded
from symconv.terms import Form, Shape
from symconv.values import dataclass

IMAGE = "DHW"
TRIED = 5
MOST_TRIED = 3000


@dataclass(frozen=True, slots=True)
class Axes:
    """Which axes are rows and columns, and which are batch and channels."""

    graph: Graph
    gradients: dict[str, str]

    @property
    def rank(self) -> int:
        """How many axes windows move along; 0 where there are no windows."""
        ranks = {n.geometry.rank for n in self.graph.nodes if n.geometry is not None}
        return max(ranks, default=0)

    def labels(self, tensor: str) -> str:
        """``NCHW``, ``OIHW``, or nothing where it is not known."""
        forward = {g: t for t, g in self.gradients.items() if g}.get(tensor, tensor)
        images, kernels = axis_labels(self.graph)
        return images.get(forward) or kernels.get(forward) or ""

    def spatial(self, tensor: str, rank: int) -> int:
        """How many axes are rows and columns; all where nothing is known of them."""
        labels = self.labels(tensor)
        return sum(label in IMAGE for label in labels) if len(labels) == rank else rank

    def leading(self, view: View, count: int) -> bool:
        """Whether the first `count` axes as written are batch and channels, and all of them."""
        labels = self.labels(view.tensor)
        if len(labels) != len(view.at):
            return False
        written = {index.name: label for index, label in zip(view.at, labels, strict=True)
                   if isinstance(index, Symbol)}  # fmt: skip
        kinds = [written.get(letter, "?") in IMAGE for letter in view.letters]
        known = all(letter in written for letter in view.letters)
        return known and kinds == [False] * count + [True] * (len(kinds) - count)

    def lead(self, view: View) -> tuple[str, ...]:
        """The axes in front: batch (N), channels in (I) and out (O).

        Nothing where more than one kernel, or groups, leave open what is summed over.
        """
        made = [n for n in self.graph.nodes if n.geometry is not None and "w" in n.roles]
        windows = [n for n in self.graph.nodes if n.geometry is not None]
        if len(made) != 1 or len(windows) != 1 or made[0].geometry is None:
            return ()
        (node,) = made
        if made[0].geometry.groups != 1:
            return ()
        forward = {g: t for t, g in self.gradients.items() if g}.get(view.tensor, view.tensor)
        roles = dict(zip(node.tensors, node.roles, strict=True))
        if roles.get(forward) == "b" and len(view.letters) == 1:
            return ("O",)
        channel = "I" if roles.get(forward) == "x" else "O"
        labels = [channel if label == "C" else label for label in self.labels(view.tensor)]
        written = {index.name: label for index, label in zip(view.at, labels, strict=False)
                   if isinstance(index, Symbol)}  # fmt: skip
        names = [written.get(letter, "?") for letter in view.letters]
        front = [name for name in names if name not in IMAGE]
        plain = "?" not in names and names[: len(front)] == front
        return tuple(front) if plain and forward in (*node.tensors, node.target) else ()

    def _together(self, names: set[str]) -> tuple[list[str], list[Index]]:
        """The sizes of the graph that some symbols bear on, with all the symbols of these."""
        open_sizes = {size for shape in self.graph.shapes.values() for size in shape}
        while True:
            sizes = [size for size in open_sizes if symbols(size) & names]
            more = names | symbols(*sizes)
            if more == names:
                return sorted(names), sorted(sizes, key=str)
            names = more

    def smaller(self, a: Index, b: Index) -> bool:
        """Whether `a` is never larger than `b`, and smaller at some sizes of the operation."""
        names, sizes = self._together(symbols(a, b))
        least = {p.name: p.least for p in self.graph.parameters}
        spans = [range(least.get(n, 1), least.get(n, 1) + TRIED) for n in names]
        found = False
        for point in itertools.islice(itertools.product(*spans), MOST_TRIED):
            at = dict(zip(names, point, strict=True))
            try:
                real = all(evaluate(size, at) >= 1 for size in sizes)
                first, second = evaluate(a, at), evaluate(b, at)
            except ZeroDivisionError:
                continue
            if real and first > second:
                return False
            found = found or (real and first < second)
        return found


def padded_copies(words: Lexicon) -> Iterator[tuple[str, View]]:
    """``x_pad`` and ``x_padded``: the input with the operation's own padding, where one pads it."""
    found: dict[str, list[dict[int, tuple[Index, Index]]]] = {}
    for node in words.graph.nodes:
        geometry = node.geometry
        if geometry is None or geometry.transposed or "w" not in node.roles:
            continue
        if "x" not in node.roles or dict(node.options).get("padding_mode", "zeros") != "zeros":
            continue
        name = node.tensors[node.roles.index("x")]
        front = len(words.shapes[name]) - geometry.rank
        amounts = {front + n: (axis.before, axis.after) for n, axis in enumerate(geometry.axes)}
        found.setdefault(name, []).append(amounts)
    for name, ways in found.items():
        view = words.view(name)
        if len(ways) != 1 or view is None or not view.letters:
            continue
        for spelled in (f"{name}_pad", f"{name}_padded"):
            taken = spelled in words.sizes or spelled in words.elements or words.array(spelled)
            if not taken:
                yield spelled, padded(view, ways[0])


@dataclass(frozen=True, slots=True)
class Jacobian:
    """``∂result / ∂tensor``: the matrix of a linear operation; result axes come first."""

    form: Form
    tensor: str
    shape: Shape
    split: int

    @classmethod
    def of(cls, words: Lexicon, result: str, tensor: str) -> Jacobian:
        """The matrix, where the result reads the tensor itself and only so.

        Errors: ValueError, with the reason.
        """
        graph = words.graph
        found = next((e for e in graph.equations if e.name == words.array(result)), None)
        under = words.array(tensor)
        if not isinstance(found, Form) or under not in found.tensors:
            raise ValueError(f"there is no matrix of {result} and {tensor}")
        if reaches(graph, found.name, under):
            raise ValueError(f"{result} does not read {tensor} directly and only so")
        for name in (result, tensor):
            view = words.view(name)
            if view is not None and view.at != tuple(map(Symbol, view.letters)):
                raise ValueError(f"{name} is declared with other axes than the matrix has")
        rows, columns = found.shape, found.shape_of(under)
        plain = len(rows) == len(columns) == 1
        return cls(found, under, (*rows, *columns), 0 if plain else len(rows))

    def pieces(self, position: tuple[Index, ...], new: Callable[[str], str]) -> list[Piece]:
        """The entry at a position."""
        rows = len(self.form.ranges)
        return local_derivative(self.form, self.tensor, position[:rows], position[rows:], new)
