"""Sizes by word: ``width(x)``, ``channels(w)``, ``size(x, 1)``, ``stride``, ``padding(y, 0)``."""

from __future__ import annotations

from collections.abc import Callable

from symconv.geometry import Axis, Geometry
from symconv.graph import Graph
from symconv.index import Index
from symconv.syntax.formula.labels import axis_labels
from symconv.terms import Shape
from symconv.values import dataclass

AXES: dict[str, tuple[str, int | None]] = {
    "width": ("W", -1), "height": ("H", -2), "depth": ("D", -3), "channels": ("CI", None),
    "filters": ("O", None), "batch": ("N", None), "size": ("", None), "length": ("W", -1),
    "len": ("", None),
}  # fmt: skip
"""The label of the axis that a word measures; the axis where a tensor has no labels."""

SETTINGS: dict[str, Callable[[Axis], tuple[Index, ...]]] = {
    "stride": lambda a: (a.stride,),
    "padding": lambda a: (a.before, a.after),
    "dilation": lambda a: (a.dilation,),
    "output_padding": lambda a: (a.output_padding,),
    "kernel_size": lambda a: (a.kernel,),
}
"""What the windows of an operation are set to, axis by axis."""
WORDS = frozenset({*AXES, *SETTINGS, "groups"})


@dataclass(frozen=True, slots=True)
class Measured:
    """The sizes of a graph by word; `shapes` are those of all tensors and gradients.

    Errors: ValueError, with what to write instead.
    """

    graph: Graph
    shapes: dict[str, Shape]
    gradients: dict[str, str]

    def size(self, word: str, tensor: str, axis: int | None) -> Index:
        """``width(x)``, ``size(x, axis)``; ``size(x)`` of a tensor with one axis."""
        shape = self.shapes[tensor]
        label, place = AXES[word]
        if word in ("size", "len"):
            if axis is None and len(shape) != 1:
                raise ValueError(f"{tensor} has {len(shape)} axes: size({tensor}, axis)")
            place = axis or 0
        elif axis is not None:
            raise ValueError(f"{word} takes one tensor")
        else:
            labels = self._labels(tensor)
            if labels:
                found = [n for n, name in enumerate(labels) if name in label]
                place = found[0] if found else None
        if place is None or not -len(shape) <= place < len(shape):
            raise ValueError(f"{tensor} has no such axis: {word}")
        return shape[place]

    def _labels(self, tensor: str) -> str:
        forward = {g: t for t, g in self.gradients.items()}.get(tensor, tensor)
        images, kernels = axis_labels(self.graph)
        return images.get(forward) or kernels.get(forward) or ""

    def setting(self, word: str, target: str | None, axis: int | None) -> Index:
        """``stride``, ``stride(y)``, ``stride(axis)``, ``stride(y, axis)``; ``groups``."""
        geometry = self._geometry(word, target)
        if word == "groups":
            return geometry.groups
        axes = geometry.axes
        if axis is not None:
            if not 0 <= axis < len(axes):
                raise ValueError(f"there is no spatial axis {axis}")
            axes = (axes[axis],)
        values = {value for item in axes for value in SETTINGS[word](item)}
        if len(values) != 1:
            raise ValueError(f"{word} differs from axis to axis: {word}(0), {word}(1)")
        return values.pop()

    def _geometry(self, word: str, target: str | None) -> Geometry:
        found = [
            node.geometry
            for node in self.graph.nodes
            if node.geometry is not None and target in (None, node.target)
        ]
        if len(found) != 1:
            why = "no operation here has one" if not found else f"of which result: {word}(y)"
            raise ValueError(f"{word}: {why}")
        return found[0]
