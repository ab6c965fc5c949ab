r"""The graph of whole operations: tensors on the edges, local derivatives as matrices by name.

An operation that is linear in a tensor is a matrix in it, ``y = A(w) x = B(x) w``; what comes back
is ``A(w)^⊤`` times the gradient of y.  Both are read off the equations, not off the keyword.
"""

from __future__ import annotations

from collections.abc import Mapping

from symconv.flow.parts import FlowEdge, FlowNode
from symconv.flow.value import Flow
from symconv.functions import FUNCTIONS
from symconv.graph import Graph, Node, names_in
from symconv.index import Symbol, substitute
from symconv.names import latex_name
from symconv.notation import index_latex
from symconv.terms import Form, Selection, Shape, Term

_LETTERS = "ABCDE"


def operation_flow(graph: Graph, *, sizes: Mapping[str, int] | None = None) -> Flow:
    """One node for each input and each operation; `sizes` are put into the shapes that are shown.

    `forward` on an edge is the tensor's name, `backward` what comes back (``A(w)^⊤ ∂L/∂y``);
    `local_latex` is ``∂y/∂x`` and `local` the matrix that it is, where the operation is linear.
    """
    names = _Names(graph)
    known = dict(sizes or {})
    nodes = []
    for tensor in graph.inputs:
        latex = latex_name(tensor.name)
        nodes.append(
            FlowNode(
                tensor.name,
                "input",
                latex,
                latex,
                "",
                latex,
                names.gradient(tensor.name),
                _shape(tensor.shape, known),
            )
        )
    edges = []
    for operation in graph.nodes:
        nodes.append(_node(operation, graph, names, known))
        for name in dict.fromkeys(operation.tensors):
            edges.append(_edge(operation, name, names))
    return Flow(tuple(nodes), tuple(edges))


class _Names:
    """What gradients are called: ``∂L/∂x``, where L is the end or a loss that comes after it."""

    def __init__(self, graph: Graph) -> None:
        self.end = graph.output
        self.scalar = graph.shapes[graph.output] == ()
        loss = r"\ell" if "L" in names_in(graph) else "L"
        self.loss = latex_name(graph.output) if self.scalar else loss

    def gradient(self, tensor: str) -> str:
        if self.scalar and tensor == self.end:
            return "1"
        return rf"\partial {self.loss}/\partial {latex_name(tensor)}"


def _shape(shape: Shape, sizes: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(index_latex(substitute(size, dict(sizes))) for size in shape)


def _node(operation: Node, graph: Graph, names: _Names, sizes: Mapping[str, int]) -> FlowNode:
    target = operation.target
    word = operation.keyword.replace("_", r"\_")
    symbol = rf"\text{{{word}}}" if word else r"\sum"
    latex = latex_name(target)
    arguments = ", ".join(latex_name(name) for name in operation.tensors)
    kind = "loss" if target == names.end and names.scalar else "operation"
    formula = f"{symbol}({arguments})" if word else ""
    shape = _shape(graph.shapes[target], sizes)
    return FlowNode(target, kind, symbol, latex, formula, latex, names.gradient(target), shape)


def _edge(operation: Node, tensor: str, names: _Names) -> FlowEdge:
    target = operation.target
    name = rf"\partial {latex_name(target)}/\partial {latex_name(tensor)}"
    upstream = names.gradient(target)
    local: str | None = _matrix(operation, tensor)
    slope = _pointwise(operation, tensor)
    if upstream == "1":
        back = name
    elif local is not None:
        back = rf"{local}^{{\top}}\,{upstream}"
    elif slope is not None:
        local, back = rf"\operatorname{{diag}}({slope})", rf"{slope} \odot {upstream}"
    else:
        back = rf"({name})^{{\top}}\,{upstream}"
    return FlowEdge(tensor, target, name, local, latex_name(tensor), back)


def _only_form(operation: Node, tensor: str) -> Form | None:
    """The target's form, if no other form of the operation reads the tensor."""
    *inner, last = operation.equations
    reads = [e for e in inner if isinstance(e, Form) and tensor in e.tensors]
    return last if isinstance(last, Form) and not reads else None


def _reading(form: Form, tensor: str) -> list[Term]:
    return [term for term in form.terms if any(r.tensor == tensor for r in term.reads)]


def _linear(form: Form, tensor: str) -> bool:
    for term in _reading(form, tensor):
        found = [read for read in term.reads if read.tensor == tensor]
        if len(found) != 1 or found[0].function:
            return False
    return True


def _matrix(operation: Node, tensor: str) -> str | None:
    """``A(w)`` where the operation is linear in the tensor: what the matrix depends on."""
    form = _only_form(operation, tensor)
    if form is None or not _linear(form, tensor):
        return None
    others = [
        read.tensor
        for term in _reading(form, tensor)
        for read in term.reads
        if read.tensor != tensor
    ]
    masks = {e.name: e.read.tensor for e in operation.equations if isinstance(e, Selection)}
    names = ", ".join(latex_name(masks.get(name, name)) for name in dict.fromkeys(others))
    place = list(dict.fromkeys(operation.tensors)).index(tensor)
    letter = _LETTERS[place] if place < len(_LETTERS) else f"A_{{{place}}}"
    return f"{letter}({names})" if names else letter


def _pointwise(operation: Node, tensor: str) -> str | None:
    """``relu'(h)`` where every output is a function of the element in its own place."""
    form = _only_form(operation, tensor)
    if form is None or len(form.terms) != 1:
        return None
    (term,) = form.terms
    if len(term.reads) != 1 or term.sums or term.where or term.coefficient != 1 or term.divisors:
        return None
    (read,) = term.reads
    if not read.function or read.at != tuple(Symbol(name) for name in form.indices):
        return None
    return f"{FUNCTIONS[read.function].latex}'({latex_name(tensor)})"
