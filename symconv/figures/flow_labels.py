"""What is written into the nodes and onto the edges of a computation graph."""

from __future__ import annotations

import re
from fractions import Fraction

import sympy

from symconv.errors import SymconvError
from symconv.figures.mathtext import width_of
from symconv.flow import Flow, FlowEdge, FlowNode
from symconv.flow.parts import Value
from symconv.names import latex_name
from symconv.values import dataclass

MOST_LABELLED = 80
"""Up to so many nodes, edges carry labels."""

SHOW = ("values", "names", "locals", "nothing")
"""What stands on the edges: values forward and gradients backward, the same with names instead of
values, local derivatives, nothing."""

SIZE = 11.0
"""The size of the letters on edges."""

LINE = 13.0
"""The height of a line of a label."""

_WIDEST = 150.0
_PLAIN = re.compile(r"([A-Za-z]+)((?:_\d+)+)")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands over and under the end of an edge, as LaTeX (empty: nothing)."""

    above: str = ""
    below: str = ""
    role: str = "forward"

    @property
    def width(self) -> float:
        """The width of the wider of the two."""
        return max(width_of(t, SIZE, math=True) for t in (self.above, self.below))

    @property
    def height(self) -> float:
        """What an edge with this label needs where it ends."""
        return 8.0 + LINE * (bool(self.above) + bool(self.below))


def what_to_show(flow: Flow, show: str = "") -> str:
    """Values where all are numbers or names, else local derivatives; nothing on large graphs."""
    if show:
        if show not in SHOW:
            raise SymconvError(f"cannot show {show!r} on edges", expected=", ".join(SHOW))
        return show
    if len(flow.nodes) > MOST_LABELLED:
        return "nothing"
    values = [value for edge in flow.edges for value in (edge.forward, edge.backward)]
    unknown = any(value is None or isinstance(value, sympy.Basic) for value in values)
    return "locals" if unknown else "values"


def value_latex(value: Value) -> str:
    """A value as a picture shows it: exact numbers in full, floats with four digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        short = f"{value:.4g}"
        short = short if "e" not in short else f"{value:.3f}"
        return short if float(short) else "0"
    if isinstance(value, int | Fraction):
        return str(value)
    if isinstance(value, sympy.Basic):
        names = {symbol: element_latex(str(symbol)) for symbol in value.free_symbols}
        return str(sympy.latex(value, symbol_names=names))
    raise TypeError(f"not a value: {value!r}")


def element_latex(name: str) -> str:
    """``w_0_1`` as ``w_{0,1}``: an element's plain name in LaTeX."""
    found = _PLAIN.fullmatch(name)
    if found is None:
        return latex_name(name)
    return f"{latex_name(found[1])}_{{{found[2].strip('_').replace('_', ',')}}}"


def edge_label(edge: FlowEdge, source: FlowNode, show: str) -> Label:
    """The label of an edge."""
    if show == "nothing":
        return Label()
    if show == "locals":
        return Label(edge.local_latex, role="kernel")
    if show == "names":
        return Label(source.latex, _narrow(backward_latex(edge.backward)))
    return Label(_forward(edge.forward, source.shape), backward_latex(edge.backward))


def _narrow(latex: str) -> str:
    """A gradient that has room on an edge, else nothing: the node's own line says it."""
    return latex if width_of(latex, SIZE, math=True) <= _WIDEST else ""


def end_label(node: FlowNode, show: str) -> Label:
    """The label of the line that leaves the last node."""
    if show == "values":
        return Label(_forward(node.forward, node.shape), backward_latex(node.gradient))
    if show == "names":
        return Label(node.latex, _narrow(backward_latex(node.gradient)))
    return Label(node.latex if show == "locals" else "")


def backward_latex(value: Value) -> str:
    """A gradient with a ∂ in front, so that its colour is not the only sign of it."""
    text = value_latex(value)
    return text if r"\partial" in text or not text else rf"\partial\;{{{text}}}"


def _forward(value: Value, shape: tuple[str, ...] | None) -> str:
    text = value_latex(value)
    if not shape:
        return text
    whole = rf"{text}\;({', '.join(shape)})"
    return whole if width_of(whole, SIZE, math=True) <= _WIDEST else text


def node_lines(node: FlowNode) -> tuple[tuple[str, float], ...]:
    """The lines inside a node, (LaTeX, size): its sign, and its name if it has one of its own."""
    whole = node.shape is not None
    sign = (node.symbol, 12.0 if whole else 13.0)
    named = bool(node.formula) or (whole and node.kind != "input")
    return (sign, (node.latex, 12.0)) if named and node.kind != "input" else (sign,)
