"""A window that slides, at concrete sizes: which cells it covers at each step, which it never does.

Along one axis the window of step ``o`` covers the positions ``S·o + D·k - P``.  A convolution
slides over its input and makes one output a step; a transposed convolution slides over its output
and lays down one input a step.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from symconv.elements import latex_names
from symconv.errors import GeometryError
from symconv.expand import expand
from symconv.geometry import Axis, read_at
from symconv.graph import Graph, Node
from symconv.index import concrete
from symconv.terms import Form
from symconv.values import dataclass

Cell = tuple[int, ...]

_LOOKED_AT = 2000
"""So many products are looked at to see which way the kernel lies."""


@dataclass(frozen=True, slots=True)
class Track:
    """One axis: cells 0 … size - 1, the padding around them, and the windows of all steps."""

    size: int
    before: int
    after: int
    windows: tuple[tuple[int, ...], ...]
    within: tuple[int, ...]

    @property
    def cells(self) -> range:
        """Every position that is drawn, padding included."""
        return range(-self.before, self.size + self.after)


@dataclass(frozen=True, slots=True)
class Sliding:
    """All axes together; `within` of a track says which cell a padding cell repeats (-1: zero).

    `covered` and `stepped` are the tensors that the window slides over and that it steps through;
    `flipped` tells whether the kernel lies reversed in the window, None where nothing shows it.
    """

    tracks: tuple[Track, ...]
    covered: str
    stepped: str
    kernel: str
    flipped: bool | None
    transposed: bool
    blank: str = "0"
    """What a cell of zero padding holds; the maximum leaves it out, as if it were −∞."""

    @property
    def steps(self) -> list[Cell]:
        """The steps in row-major order."""
        return list(itertools.product(*(range(len(t.windows)) for t in self.tracks)))

    def window(self, step: Cell) -> dict[Cell, Cell]:
        """The cells that the window covers at a step, each with its place in the kernel."""
        axes = [list(enumerate(t.windows[o])) for t, o in zip(self.tracks, step, strict=True)]
        return {
            tuple(i for _, i in pairs): tuple(k for k, _ in pairs)
            for pairs in itertools.product(*axes)
        }

    def reads(self, step: Cell) -> list[tuple[Cell, Cell]]:
        """Each place in the kernel with the cell that it meets, wrapped as the padding wraps."""
        return [
            (k, tuple(t.within[i + t.before] for t, i in zip(self.tracks, cell, strict=True)))
            for cell, k in self.window(step).items()
        ]

    def never(self) -> set[Cell]:
        """The cells inside the tensor that no window reads (none writes, if transposed)."""
        hit = [
            {t.within[i + t.before] for window in t.windows for i in window} for t in self.tracks
        ]
        return {
            cell
            for cell in itertools.product(*(range(t.size) for t in self.tracks))
            if any(i not in found for i, found in zip(cell, hit, strict=True))
        }


def sliding(graph: Graph, target: str = "", sizes: Mapping[str, int] | None = None) -> Sliding:
    """The sliding window of an operation of a graph (of the first that has one).

    Errors: `GeometryError` where there is no window, `NeedsSizes` for open sizes.
    """
    node = window_node(graph, target)
    geometry = node.geometry
    assert geometry is not None
    known = dict(sizes or {})
    tracks = tuple(
        track(axis, geometry.padding_mode, known, transposed=geometry.transposed)
        for axis in geometry.axes
    )
    kernel = node.tensors[1] if node.roles[1:2] == ("w",) else ""
    covered, stepped = node.tensors[0], node.target
    if geometry.transposed:
        covered, stepped = stepped, covered
    blank = "−∞" if node.keyword.startswith("max_pool") else "0"
    made = Sliding(tracks, covered, stepped, kernel, None, geometry.transposed, blank)
    return replace(made, flipped=_flipped(node, made, known) if kernel else None)


def window_node(graph: Graph, target: str = "") -> Node:
    """The operation of that name, or the first that has a window."""
    for node in graph.nodes:
        if node.geometry is not None and target in ("", node.target):
            return node
    raise GeometryError(
        f"{target or 'this graph'} has no window to draw",
        expected="a convolution, a transposed convolution or a pooling",
        got=", ".join(node.keyword or node.target for node in graph.nodes),
    )


def track(axis: Axis, mode: str, sizes: Mapping[str, int], *, transposed: bool) -> Track:
    """One axis at concrete sizes."""
    outputs = concrete(axis.transposed_output() if transposed else axis.output(), sizes)
    size, kernel = concrete(axis.size, sizes), concrete(axis.kernel, sizes)
    steps, over = (size, outputs) if transposed else (outputs, size)
    windows = tuple(
        tuple(concrete(axis.position(o, k), sizes) for k in range(kernel)) for o in range(steps)
    )
    ends = [i for window in windows for i in window]
    before = max(0, -min(ends, default=0))
    after = max(0, max(ends, default=0) - over + 1)
    if not transposed:
        before, after = concrete(axis.before, sizes), max(after, concrete(axis.after, sizes))
    cells = range(-before, over + after)
    if mode == "zeros":
        within = tuple(i if 0 <= i < over else -1 for i in cells)
    else:
        within = tuple(concrete(read_at(axis, mode, i), sizes) for i in cells)
    return Track(over, before, after, windows, within)


def _flipped(node: Node, found: Sliding, sizes: Mapping[str, int]) -> bool | None:
    """Whether the form multiplies window place k by w[k] or by w[K - 1 - k], read off the form."""
    form = node.equations[-1]
    rank = len(found.tracks)
    if not isinstance(form, Form) or any(t.before + t.size < 1 for t in found.tracks):
        return None
    expansion = expand(form, sizes)
    last = [len(t.windows[0]) - 1 for t in found.tracks]
    shapes = dict(expansion.shapes) | {form.name: expansion.shape}
    straight = turned = True
    for term in expansion.terms:
        if found.kernel not in term.tensors or len(term.tensors) != 2:
            continue
        at = dict(zip(term.tensors, term.reads, strict=True)) | {form.name: term.out}
        places = {
            name: np.array(np.unravel_index(at[name][:_LOOKED_AT], shapes[name]))[-rank:]
            for name in (found.covered, found.stepped, found.kernel)
        }
        for step, cell, place in zip(
            *(places[n].T.tolist() for n in (found.stepped, found.covered, found.kernel)),
            strict=True,
        ):
            ks = [k for k, at in found.reads(tuple(step)) if at == tuple(cell)]
            straight &= tuple(place) in ks
            turned &= tuple(n - j for n, j in zip(last, place, strict=True)) in ks
    return None if straight == turned else turned


def cell_labels(graph: Graph, tensor: str, sizes: Mapping[str, int], rank: int) -> list[str]:
    """What stands in a tensor's cells: its elements, or nothing where it has channels."""
    shape = tuple(concrete(size, sizes) for size in graph.shapes[tensor])
    if len(shape) != rank:
        return []
    given = next((t.elements for t in graph.inputs if t.name == tensor), None)
    return latex_names(tensor, shape, given)
