"""What a form adds up, element by element, and what its elements are called."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from symconv.elements import flat_elements, latex_names
from symconv.expand import Expansion
from symconv.figures.explorer_plots import Plot
from symconv.figures.explorer_strip import Product
from symconv.figures.grids import Cell, outline
from symconv.figures.scene import Mark, Rect, moved
from symconv.graph import Graph
from symconv.index import Index
from symconv.notation import Style, fraction_latex, read_latex
from symconv.terms import Read


def products_of(expansion: Expansion) -> list[list[Product]]:
    """The products of every output, in the order of the form's terms."""
    found: list[list[Product]] = [[] for _ in range(expansion.size)]
    shapes = dict(expansion.shapes)
    for term in expansion.terms:
        columns = [
            [tuple(at) for at in np.array(np.unravel_index(read, shapes[name])).T.tolist()]
            if shapes[name]
            else [()] * len(read)
            for name, read in zip(term.tensors, term.reads, strict=True)
        ]
        for n, out in enumerate(term.out.tolist()):
            reads = tuple(
                Read(name, column[n], function)
                for name, column, function in zip(
                    term.tensors, columns, term.functions, strict=True
                )
            )
            under = 1 if term.divisors is None else int(term.divisors[n])
            found[out].append(Product(reads, term.coefficient / under))
    return found


def shown_steps(products: Sequence[Sequence[Product]], most: int, budget: int) -> int:
    """How many steps are shown: at most so many, and none that begins behind the budget."""
    terms = 0
    for number, row in enumerate(products[:most]):
        if terms > budget:
            return number
        terms += len(row)
    return min(most, len(products))


def element_names(graph: Graph, name: str, shape: Cell, style: Style) -> dict[Cell, str]:
    """What every element is called, in LaTeX: the letters given, else with its position."""
    given = next((t.elements for t in graph.inputs if t.name == name), None)
    if given is not None and math.prod(shape) != len(flat_elements(given)):
        given = None
    places = list(itertools.product(*map(range, shape)))
    if given is not None:
        return dict(zip(places, latex_names(name, shape, given), strict=True))
    return {at: read_latex(Read(name, at), style) for at in places}


def term_latex(product: Product, names: Mapping[str, Mapping[Cell, str]], place: int) -> str:
    """``+ 2 w_0 x_1``; a plus in front only behind another term."""
    number = abs(product.number)
    parts = [] if number == 1 and product.reads else [fraction_latex(number)]
    parts += [_shown(read, names) for read in product.reads]
    sign = "- " if product.number < 0 else "+ " if place else ""
    return sign + " ".join(parts)


def _shown(read: Read, names: Mapping[str, Mapping[Cell, str]]) -> str:
    """An element by its name, through its function; numbers in brackets where they are negative."""
    name = names[read.tensor][cell_of(read.at)]
    if name.startswith("-"):
        name = f"({name})"
    elif name[0].isdigit():
        name = rf"{{}}\cdot {name}"
    if not read.function:
        return name
    return read_latex(Read("?", (), read.function)).replace("?", name)


def cell_of(at: tuple[Index, ...]) -> Cell:
    """A position whose indices are all numbers."""
    return tuple(i for i in at if isinstance(i, int))


def framed(plot: Plot, at: Cell) -> list[Mark]:
    """The output of this step, filled and framed."""
    x, y = plot.corner(at)
    side = plot.side
    square = [Rect(x, y, side, side, "output fill")]
    frame = plot.frame_of(at)
    return [*square, *(moved(mark, *frame[1]) for mark in outline(frame[0], [frame[2]], "output"))]
