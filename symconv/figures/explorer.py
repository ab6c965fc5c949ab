"""A form step by step: for each output the elements that it reads, and the sum that they make.

It works on any form at concrete sizes, so the forward pass, every gradient, pooling and the
transposed convolution (as a gather) are drawn alike.  Around what a window slides over stand its
padding cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from symconv.document import Slide, Slides
from symconv.errors import GeometryError
from symconv.expand import expand
from symconv.figures.explorer_plots import Plot, laid_out
from symconv.figures.explorer_strip import Product, Strip
from symconv.figures.explorer_sums import (
    cell_of,
    element_names,
    framed,
    products_of,
    shown_steps,
    term_latex,
)
from symconv.figures.grids import Cell, outline
from symconv.figures.scene import Mark, Rect, Scene, moved
from symconv.figures.sliding import Sliding, sliding
from symconv.figures.svg import by_depth, svg_inside
from symconv.figures.tikz import tikz
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.printing import printing_style
from symconv.terms import Form, Selection

MOST = 64
"""Up to so many outputs are shown one by one."""
BUDGET = 1200
"""Behind so many terms no further step is shown: each of them is drawn and written."""
FILLS = ("window fill", "kernel", "input fill")
"""The colours of the tensors that are read, in the order in which they are drawn."""


def explorer(
    graph: Graph,
    form: Form,
    title: str,
    sizes: Mapping[str, int] | None = None,
    *,
    most: int = MOST,
    budget: int = BUDGET,
) -> Slides:
    """The steps of a form, at most so many; errors: `GeometryError` for what is too large.

    No step begins after `budget` terms.
    """
    expansion = expand(form, sizes)
    style = printing_style(graph)
    inputs = [tensor.name for tensor in graph.inputs]
    drawn = [name for name in form.tensors if name not in masks_of(graph)]
    order = sorted(drawn, key=lambda n: (n in inputs[1:], drawn.index(n)))
    shapes = dict(expansion.shapes) | {form.name: expansion.shape}
    every = (*form.tensors, form.name)
    names = {name: element_names(graph, name, shapes[name], style) for name in every}
    window = _window(graph, form, sizes)
    around = {window.covered: tuple((t.before, t.after) for t in window.tracks)} if window else {}
    cells = names | {
        form.name: element_names(graph, _primal(graph, form.name), expansion.shape, style)
    }
    plots, width, height = laid_out(
        [(name, shapes[name]) for name in (*order, form.name)],
        around,
        cells,
        style,
        window.blank if window else "0",
    )
    products = products_of(expansion)
    strip = Strip.of(products, order, shapes, names, height)
    base = [mark for plot in plots.values() for mark in plot.marks]
    if strip is not None:
        base += strip.base()
        width, height = max(width, strip.width), strip.bottom
    slides = []
    outputs = itertools.product(*map(range, expansion.shape))
    for number, at in enumerate(itertools.islice(outputs, shown_steps(products, most, budget))):
        marks = [*_lit(plots, order, products[number]), *framed(plots[form.name], at)]
        if window is not None:
            reads = (r for p in products[number] for r in p.reads if r.tensor == window.covered)
            read = {cell_of(r.at) for r in reads}
            marks = [*_over(plots[window.covered], window, at, read), *marks]
        if strip is not None:
            marks += strip.row(products[number])
        slides.append(
            Slide(
                ", ".join(map(str, at)),
                svg_inside(marks),
                tikz(Scene(width, height, (*base, *marks))),
                _said(form.name, at, products[number]),
                names[form.name][at],
                tuple(term_latex(p, names, n) for n, p in enumerate(products[number])),
            )
        )
    columns = expansion.shape[-1] if expansion.shape else 1
    return Slides(
        title,
        svg_inside(by_depth(base)),
        width,
        height,
        tuple(slides),
        columns,
        whole=expansion.size,
    )


def masks_of(graph: Graph) -> set[str]:
    """The masks of maxima, which choose among what is drawn and have no picture of their own."""
    return {e.name for node in graph.nodes for e in node.equations if isinstance(e, Selection)}


def frames(slides: Slides) -> list[str]:
    """Every step as a picture of its own."""
    size = f'width="{slides.width:g}" height="{slides.height:g}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {slides.width:g} '
        f'{slides.height:g}" font-family="sans-serif" font-size="12" fill="none" role="img">'
    )
    return [
        f"{head}<title>{escape(slide.words)}</title><g>{slide.svg}</g><g>{slides.base}</g></svg>\n"
        for slide in slides.slides
    ]


# --- what is said -------------------------------------------------------------------------------


def _said(name: str, at: Cell, products: Sequence[Product]) -> str:
    """The step for those who listen."""
    place = ", ".join(map(str, at))
    inside = sorted({read.tensor for product in products for read in product.reads})
    read = f" of elements of {' and '.join(inside)}" if inside else ""
    return f"{name} {place} is the sum of {len(products)} terms{read}."


# --- what is lit --------------------------------------------------------------------------------


def _lit(
    plots: Mapping[str, Plot], order: Sequence[str], products: Sequence[Product]
) -> Iterator[Mark]:
    """The elements that are read, each linked to its term, tensor by tensor."""
    for place, tensor in enumerate(order):
        plot = plots[tensor]
        for number, product in enumerate(products):
            for read in product.reads:
                if read.tensor == tensor:
                    x, y = plot.corner(cell_of(read.at))
                    role = FILLS[min(place, len(FILLS) - 1)]
                    yield Rect(x, y, plot.side, plot.side, role, term=number)


def _primal(graph: Graph, name: str) -> str:
    """The tensor whose gradient it is: what a cell of ∂L/∂x is called, or the name itself."""
    names = upstream_names(graph)
    return next((t for t, gradient in names.items() if gradient == name), name)


def _over(plot: Plot, window: Sliding, at: Cell, read: set[Cell]) -> Iterator[Mark]:
    """The whole window of a step framed in every slice, its cells that are not read shaded."""
    rank = len(window.tracks)
    covered = list(window.window(at[len(at) - rank :]))
    for lead, place in plot.places.items():
        for mark in (
            *(
                Rect(*plot.frame.corner(c), plot.side, plot.side, "window fill", shade=0.4)
                for c in covered
                if (*lead, *c) not in read
            ),
            *outline(plot.frame, covered, "window"),
        ):
            yield moved(mark, *place)


def _window(graph: Graph, form: Form, sizes: Mapping[str, int] | None) -> Sliding | None:
    """The window of a forward pass that slides over one tensor, if the form is one."""
    node = next((n for n in graph.nodes if n.target == form.name), None)
    if node is None or node.geometry is None or node.geometry.transposed:
        return None
    if node.geometry.padding_mode != "zeros" or len(node.geometry.axes) > 2:
        return None
    try:
        return sliding(graph, form.name, dict(sizes or {}))
    except GeometryError:
        return None
