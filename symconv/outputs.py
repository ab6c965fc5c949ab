"""The size of an output: the textbook's formula, with numbers put in, and the number.

It needs no room that computes, so that the size of an output is printed at once.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.document import Block, Cell, Equation, Mark, Math, Paragraph, Text
from symconv.geometry import Axis, Geometry
from symconv.graph import Graph, Node
from symconv.index import Index, Symbol, evaluate, put_in, symbols
from symconv.names import latex_name
from symconv.notation import index_latex, shape_latex
from symconv.operations.windows import SUFFIXES
from symconv.reindex import neat

SIZES = {1: ("N",), 2: ("H", "W"), 3: ("T", "H", "W")}
"""The letters for spatial sizes, by rank (T for depth or time)."""


def size_blocks(graph: Graph) -> tuple[Block, ...]:
    """The shapes of all results, and the size formula of each window."""
    blocks: list[Block] = []
    for node in graph.nodes:
        shape = Math(shape_latex(graph.shapes[node.target]))
        name = Math(latex_name(node.target))
        said = (Text("The result "), name, Text(" has the shape "), shape, Text("."))
        blocks.append(Paragraph(said))
        if node.geometry is not None:
            rows = tuple(size_row(node, axis) for axis in range(node.geometry.rank))
            blocks.append(Equation(rows, mark=Mark("definition")))
    return tuple(blocks)


def size_row(node: Node, axis: int) -> tuple[Cell, ...]:
    """``O = general = with numbers = number`` for one axis."""
    sides = [index_latex(side) for side in size_sides(node, axis)]
    assert node.geometry is not None
    left = latex_name("O" + SUFFIXES[node.geometry.rank][axis])
    return (left,), ("= " + " = ".join(dict.fromkeys(sides)),)


def size_sides(node: Node, axis: int) -> tuple[Index, ...]:
    """The size formula: in the textbook's letters, with the values put in, worked out."""
    geometry = node.geometry
    assert geometry is not None
    lettered, values = textbook(geometry, axis)
    general = _output(geometry, lettered)
    placed = put_in(general, values)
    result = _output(geometry, geometry.axes[axis])
    if not symbols(result):
        return general, placed, evaluate(result, {})
    return general, placed, neat(result)


def _output(geometry: Geometry, axis: Axis) -> Index:
    return axis.transposed_output() if geometry.transposed else axis.output()


def textbook(geometry: Geometry, place: int) -> tuple[Axis, dict[str, Index]]:
    """An axis in the textbook's letters, and what each letter stands for here.

    Dilation and output padding are written only where they are used, so that the formula has the
    parts that matter.
    """
    axis = geometry.axes[place]
    suffix = SUFFIXES[geometry.rank][place]
    size = SIZES[geometry.rank][place]
    names: dict[str, Index] = {size: axis.size, "K" + suffix: axis.kernel, "S": axis.stride}
    lettered = Axis(Symbol(size), Symbol("K" + suffix), Symbol("S"), ceil_mode=axis.ceil_mode)
    if axis.dilation != 1:
        names["D"] = axis.dilation
        lettered = replace(lettered, dilation=Symbol("D"))
    if axis.before == axis.after:
        names["P"] = axis.before
        lettered = replace(lettered, before=Symbol("P"), after=Symbol("P"))
    else:
        names |= {"P_1": axis.before, "P_2": axis.after}
        lettered = replace(lettered, before=Symbol("P_1"), after=Symbol("P_2"))
    if axis.output_padding != 0:
        names["output_padding"] = axis.output_padding
        lettered = replace(lettered, output_padding=Symbol("output_padding"))
    return lettered, names
