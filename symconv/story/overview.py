"""Directives that give the overview of an operation: at a glance, and what its letters mean."""

from __future__ import annotations

import math

from symconv.document import Block, Figure, Inline, Math, Paragraph, Table, Text, words
from symconv.figures.legend_figure import legend_figure
from symconv.graph import Graph, Node
from symconv.names import latex_name
from symconv.notation import index_latex, shape_latex, size_latex
from symconv.outputs import size_blocks
from symconv.printing import printing_style
from symconv.story.state import Directive
from symconv.story.tables import unread_blocks
from symconv.terms import Form, Range

MEANINGS = {
    "o": "output position",
    "k": "kernel position",
    "i": "input position",
    "n": "batch entry",
    "c": "input channel",
    "f": "output channel (filter)",
    "g": "group",
}
"""What an index stands for, by its first letter: the letters of the README."""
AXES = {"": "", "_h": ", down", "_w": ", across", "_t": ", in depth"}
PARTS = ("input", "kernel", "bias")
"""What the tensors of a convolution are, in their order."""


def glance(asked: Directive) -> tuple[Block, ...]:
    """``{glance}``: every tensor's shape, the size formulas, and what is never read."""
    asked.need()
    return glance_blocks(asked.graph())


def glance_blocks(graph: Graph) -> tuple[Block, ...]:
    """The shapes as a table, each size in general, with numbers and worked out, what is unread."""
    header = tuple(words(word) for word in ("tensor", "what it is", "shape", "elements"))
    rows = tuple(_row(graph, name) for name in graph.shapes)
    table = Table(header, rows, "lllr", caption="Shapes")
    sizes = [b for b in size_blocks(graph) if not isinstance(b, Paragraph)]
    return (table, *sizes, *unread_blocks(graph))


def _row(graph: Graph, name: str) -> tuple[tuple[Inline, ...], ...]:
    shape = graph.shapes[name]
    count = math.prod(n for n in shape if isinstance(n, int))
    known = all(isinstance(n, int) for n in shape)
    shown: Inline = Math(shape_latex(shape)) if shape else Text("one number")
    return (
        (Math(latex_name(name)),),
        words(role_of(graph, name)),
        (shown,),
        words(str(count) if known else ""),
    )


def role_of(graph: Graph, name: str) -> str:
    """What a tensor is for: the input, kernel or bias of a convolution, a result, the output."""
    if name == graph.output:
        return "output"
    if name not in {tensor.name for tensor in graph.inputs}:
        return "result on the way"
    found = [_part(node, name) for node in graph.nodes if name in node.tensors]
    return next((part for part in found if part != "input"), "input")


def _part(node: Node, name: str) -> str:
    place = list(node.tensors).index(name)
    return PARTS[place] if node.geometry is not None and place < len(PARTS) else "input"


def legend(asked: Directive) -> tuple[Block, ...]:
    """``{legend}``: what the letters of the formulas and the colours of the pictures mean."""
    asked.need()
    return legend_blocks(asked.graph())


def legend_blocks(graph: Graph) -> tuple[Block, ...]:
    """A table of tensors and indices, then the colours."""
    style = printing_style(graph)
    rows = [_tensor(graph, name) for name in graph.shapes]
    for item in _indices(graph):
        letter, axis = item.name[0], item.name[1:]
        if letter in MEANINGS and axis in AXES:
            stop = size_latex(item.stop, style)
            run = rf"{index_latex(item.start)} \le {_letter(item)} < {stop}"
            rows.append(
                ((Math(_letter(item)),), words(MEANINGS[letter] + AXES[axis]), (Math(run),))
            )
    header = tuple(words(word) for word in ("symbol", "what it is", "where it runs"))
    return (Table(header, tuple(rows), "lll", caption="Symbols"), colours(graph))


def _tensor(graph: Graph, name: str) -> tuple[tuple[Inline, ...], ...]:
    shape = graph.shapes[name]
    shown: tuple[Inline, ...] = (Math(shape_latex(shape)),) if shape else words("one number")
    return ((Math(latex_name(name)),), words(role_of(graph, name)), shown)


def _letter(item: Range) -> str:
    letter, _, axis = item.name.partition("_")
    return f"{letter}_{{{axis}}}" if axis else letter


def _indices(graph: Graph) -> list[Range]:
    """The index ranges of all formulas, each once."""
    found: dict[str, Range] = {}
    for equation in graph.equations:
        sums = [r for t in equation.terms for r in t.sums] if isinstance(equation, Form) else []
        for item in (*equation.ranges, *sums):
            found.setdefault(item.name, item)
    return list(found.values())


def colours(graph: Graph) -> Figure:
    """The colours of the sliding window: beside each its letter, or its line."""
    node = graph.nodes[0]
    names = [latex_name(name) for name in node.tensors]
    entries = [("window fill", names[0], f"{node.tensors[0]}: read in this step")]
    if len(names) > 1:
        entries.append(("kernel", names[1], f"{node.tensors[1]}: its factor"))
    entries.append(("output fill", latex_name(node.target), f"{node.target}: what is made"))
    entries.append(("padding", "0", "padding: a dashed cell, counts as zero"))
    return legend_figure(entries)
