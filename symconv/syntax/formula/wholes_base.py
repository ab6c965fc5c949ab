"""What every reader of whole arrays shares: which names are tensors, which sizes must agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from symconv.claims import Size
from symconv.index import (
    add,
    same,
    simplify,
)
from symconv.syntax.formula.arrays import Array, Position
from symconv.syntax.formula.arrays_axes import Axes
from symconv.syntax.formula.keys import labelled
from symconv.syntax.formula.result import Within
from symconv.syntax.formula.trees import (
    Node,
    Ref,
)
from symconv.syntax.formula.values import Values
from symconv.syntax.formula.views import View
from symconv.terms import Shape
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """An array at a position, where a node is wanted."""

    array: Array
    position: Position
    at: int


@dataclass(slots=True)
class Base(Values):
    """Names, shapes and notes; arrays are made by the class that builds on this."""

    star: str = ""
    expected: Array | None = None
    agree: list[Within] = field(default_factory=list)
    """Sizes that a product or a sum takes to be the same."""
    cells: int = 0
    """Whether an entry of a matrix is read: there a letter is an element first."""

    # --- as factors and terms -------------------------------------------------------------------

    def array(self, node: Node, expected: Array | None = None) -> Array:
        """The array that an expression is, by the class that builds on this."""
        raise NotImplementedError

    def single(self, node: Node) -> Array:
        """What is one number, as an array without axes."""
        return Array((), lambda _, env: self.pieces(node, env))

    @property
    def axes(self) -> Axes:
        """What the axes of the graph's tensors are."""
        return Axes(self.scalars.lexicon.graph, self.scalars.lexicon.gradients)

    def matrix(self, ref: Ref) -> tuple[str, str] | None:
        """The result and the input whose matrix a name is declared to be."""
        named = labelled(ref.name, ref.label)
        found = self.scalars.lexicon.matrices.get(named)
        return None if ref.items is not None or ref.gradient else found

    def whole(self, ref: Ref) -> View | None:
        """The tensor that stands here with axes left, or None."""
        words = self.scalars.lexicon
        if ref.gradient:
            view = words.gradient(ref.name, ref.label)
        else:
            view = words.view(ref.name, ref.label)
        if view is None or not view.tensor:
            return None
        bare = ref.items is None and not ref.gradient
        if bare and (ref.name in words.bound or ref.name in words.sizes):
            return None
        if self.cells and labelled(ref.name, ref.label) in words.elements:
            return None
        given = self.given(ref, view)
        return view if len(given) < len(view.letters) else None

    def given(self, ref: Ref, view: View) -> tuple[Node, ...]:
        """The indices that are written."""
        lead = len(view.letters) - self.axes.spatial(view.tensor, len(view.letters))
        items = self.split(ref.items or (), len(view.letters))
        return items if len(items) == len(view.letters) else self.split(items, lead)

    def _alike(self, made: Sequence[Array], node: Node) -> None:
        """Arrays that are added or multiplied element by element have one shape."""
        shapes = [a.shape for a in made if a.rank]
        for shape in shapes[1:]:
            if len(shape) != len(shapes[0]):
                raise self.error(node, f"the shapes {told(shapes[0])} and {told(shape)} differ")
            self._agree(shapes[0], shape)

    def _agree(self, a: Shape, b: Shape) -> None:
        """Sizes that are not plainly the same are claimed to be."""
        for p, q in zip(a, b, strict=True):
            if not same(p, q):
                self.agree.append((Size(p), "=", Size(q), ""))


def told(shape: Shape) -> str:
    """A shape in a message."""
    return f"({', '.join(str(simplify(add(size, 0))) for size in shape)})"
