"""A form from the side of what it reads: what each element of a tensor adds to which output.

This is how a transposed convolution scatters its input, and how an ordinary one looks to one
element of x: every window that covers it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from symconv.document import Slide, Slides
from symconv.errors import SymconvError
from symconv.expand import expand
from symconv.figures.explorer_plots import Plot, laid_out
from symconv.figures.explorer_strip import Product
from symconv.figures.explorer_sums import (
    cell_of,
    element_names,
    framed,
    products_of,
    shown_steps,
    term_latex,
)
from symconv.figures.grids import Cell
from symconv.figures.scene import Mark, Rect, Scene
from symconv.figures.svg import by_depth, svg_inside
from symconv.figures.tikz import tikz
from symconv.graph import Graph
from symconv.printing import printing_style
from symconv.terms import Form

MOST = 64
"""Up to so many elements are shown one by one."""
BUDGET = 1200
"""Behind so many products no further step is shown."""


def scatter(
    graph: Graph,
    form: Form,
    tensor: str,
    title: str,
    sizes: Mapping[str, int] | None = None,
    *,
    budget: int = BUDGET,
) -> Slides:
    """The same sum from the other side: for each element of `tensor` what it adds to which output.

    Errors: `GeometryError` for what is too large to be drawn, `SymconvError` for a tensor that
    the form does not read.
    """
    if tensor not in form.tensors:
        raise SymconvError(
            f"{form.name} does not read {tensor}",
            expected="one of " + ", ".join(form.tensors),
            got=tensor,
        )
    expansion = expand(form, sizes)
    style = printing_style(graph)
    order = sorted(form.tensors, key=lambda n: (n != tensor, form.tensors.index(n)))
    shapes = dict(expansion.shapes) | {form.name: expansion.shape}
    names = {name: element_names(graph, name, shapes[name], style) for name in (*order, form.name)}
    plots, width, height = laid_out(
        [(name, shapes[name]) for name in (*order, form.name)], {}, names, style
    )
    base = [mark for plot in plots.values() for mark in plot.marks]
    places = list(itertools.product(*map(range, expansion.shape)))
    given: dict[Cell, list[tuple[Cell, Product]]] = {}
    for out, products in zip(places, products_of(expansion), strict=True):
        for product in products:
            for at in dict.fromkeys(cell_of(r.at) for r in product.reads if r.tensor == tensor):
                given.setdefault(at, []).append((out, product))
    slides = []
    elements = list(itertools.product(*map(range, shapes[tensor])))
    every = [[product for _, product in given.get(at, [])] for at in elements]
    for at in elements[: shown_steps(every, MOST, budget)]:
        sent = given.get(at, [])
        marks = [*_sent(plots, form.name, tensor, sent), *framed(plots[tensor], at)]
        slides.append(
            Slide(
                ", ".join(map(str, at)),
                svg_inside(marks),
                tikz(Scene(width, height, (*base, *marks))),
                _said_scattered(tensor, at, form.name, sent),
                names[tensor][at],
                tuple(
                    rf"{term_latex(p, names, 0)} \to {names[form.name][out]}"
                    + (";" if n + 1 < len(sent) else "")
                    for n, (out, p) in enumerate(sent)
                ),
                relation=r"\colon",
            )
        )
    columns = shapes[tensor][-1] if shapes[tensor] else 1
    return Slides(
        title,
        svg_inside(by_depth(base)),
        width,
        height,
        tuple(slides),
        columns,
        whole=len(elements),
    )


def _sent(
    plots: Mapping[str, Plot], out: str, tensor: str, sent: Sequence[tuple[Cell, Product]]
) -> Iterator[Mark]:
    """What one element is multiplied with, and where each product is added."""
    for number, (at, product) in enumerate(sent):
        x, y = plots[out].corner(at)
        yield Rect(x, y, plots[out].side, plots[out].side, "window fill", term=number)
        for read in product.reads:
            if read.tensor != tensor:
                x, y = plots[read.tensor].corner(cell_of(read.at))
                yield Rect(
                    x, y, plots[read.tensor].side, plots[read.tensor].side, "kernel", term=number
                )


def _said_scattered(tensor: str, at: Cell, out: str, sent: Sequence[tuple[Cell, Product]]) -> str:
    """The step for those who listen."""
    listed = ", ".join(f"{out} {', '.join(map(str, place))}" for place, _ in sent)
    return f"{tensor} {', '.join(map(str, at))} adds to {len(sent)} outputs: {listed or 'none'}."
