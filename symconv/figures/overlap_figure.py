"""How many products are added up in each cell of an output, counted in the form itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from symconv.document import Figure, words
from symconv.errors import GeometryError
from symconv.expand import expand
from symconv.figures.grids import Frame
from symconv.figures.scene import Mark, Rect, Scene, Text, moved
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.graph import Graph
from symconv.terms import Form

_SIDE = 30.0


def overlap_counts(
    graph: Graph, target: str = "", sizes: Mapping[str, int] | None = None
) -> npt.NDArray[np.int64]:
    """The number of products in every element of a result, of the result's shape.

    Addends of a single tensor (a bias) do not count beside products; without a kernel (fold,
    average pooling) every addend does.
    """
    name = target or graph.output
    form = graph.node(name).equations[-1]
    if not isinstance(form, Form):
        raise GeometryError(f"{name} is not a sum of products")
    expansion = expand(form, sizes)
    counts = np.zeros(expansion.size, dtype=np.int64)
    products = any(len(term.tensors) > 1 for term in expansion.terms)
    for term in expansion.terms:
        if len(term.tensors) > 1 or not products:
            counts += np.bincount(term.out, minlength=expansion.size)
    return counts.reshape(expansion.shape)


def overlap_figure(
    graph: Graph, *, target: str = "", sizes: Mapping[str, int] | None = None
) -> Figure:
    """The counts as a grid, darker where more products meet.

    Of several batches and channels the first is drawn.  Errors: `GeometryError` for what is no sum
    of products.
    """
    name = target or graph.output
    counts = overlap_counts(graph, name, sizes)
    geometry = graph.node(name).geometry
    rank = geometry.rank if geometry is not None else counts.ndim
    rank = min(rank, 3)
    whole = counts.ndim == rank
    drawn = counts[(0,) * (counts.ndim - rank)]
    scene = _grid(drawn)
    rows = drawn.reshape(-1, drawn.shape[-1] if rank > 1 else drawn.size)
    said = "Products per cell, row by row: " + "; ".join(
        ", ".join(map(str, row)) for row in rows.tolist()
    )
    first = "" if whole else " (first channel)"
    caption = f"How many products are added up in each element of {name}{first}."
    if rank == 3:
        caption += " The slices of the first axis stand side by side."
    return Figure(svg(scene, "Overlap counts", said), tikz(scene), words(caption), said)


def _grid(counts: npt.NDArray[np.int64]) -> Scene:
    frame = Frame(tuple((0, n) for n in counts.shape), _SIDE)
    most = max(1, int(counts.max(initial=1)))
    marks: list[Mark] = []
    for cell in frame.cells():
        x, y = frame.corner(cell)
        count = int(counts[cell])
        marks.append(Rect(x, y, _SIDE, _SIDE, "overlap", 0.0, round(count / most, 3)))
        marks.append(Text(*frame.centre(cell), str(count), size=13.0))
    shifted = tuple(moved(mark, 6.0, 6.0) for mark in marks)
    return Scene(frame.width + 12, frame.height + 12, shifted)
