"""Directives that list: check, unread, code."""

from __future__ import annotations

from symconv.checks import (
    Check,
    check_adjoint,
    check_differences,
    check_gradient,
    check_matrix,
    check_outputs,
    require,
)
from symconv.codegen import codegen
from symconv.document import (
    Block,
    Code,
    Paragraph,
    Table,
    Text,
    words,
)
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.notation import index_latex
from symconv.story.state import Directive, inlines
from symconv.terms import Form
from symconv.unread import never_read


def check(asked: Directive) -> tuple[Block, ...]:
    """``{check}``: everything that is generated from the operation, held against the engine."""
    asked.need()
    graph = asked.graph()
    rows = tuple(
        (
            (Text(c.what),),
            (Text(c.method),),
            (Text(str(c.cases)),),
            (Text("equal" if c.passed else "different"),),
        )
        for c in map(require, all_checks(graph, asked.state.seed))
    )
    header = tuple(words(w) for w in ("what", "how", "cases", "result"))
    return (Table(header, rows, "llrl", caption="Checks"),)


def all_checks(graph: Graph, seed: int = 0) -> list[Check]:
    """Outputs, and for every input that has a gradient: formula, differences, adjoint."""
    checks = [check_outputs(graph, seed=seed)]
    names = upstream_names(graph)
    made = {form.name for form in backward(graph)}
    single = len(graph.equations) == 1
    for tensor in graph.inputs:
        if names[tensor.name] not in made:
            continue
        checks.append(check_gradient(graph, tensor.name, seed=seed))
        checks.append(check_differences(graph, tensor.name, seed=seed))
        if single and is_linear_in(graph, tensor.name):
            checks.append(check_adjoint(graph, tensor.name, seed=seed))
            checks.append(check_matrix(graph, tensor.name, seed=seed))
    return checks


def is_linear_in(graph: Graph, tensor: str) -> bool:
    """Whether every term of a one-equation graph reads a tensor at most once, as it is."""
    (equation,) = graph.equations
    if not isinstance(equation, Form):
        return False
    reads = [[r for r in t.reads if r.tensor == tensor] for t in equation.terms]
    return all(len(r) <= 1 and not any(x.function for x in r) for r in reads)


def unread(asked: Directive) -> tuple[Block, ...]:
    """``{unread}``: the inputs that get no gradient, and the output_padding that restores."""
    asked.need()
    return unread_blocks(asked.graph())


def unread_blocks(graph: Graph) -> tuple[Block, ...]:
    """What is never read, axis by axis what restores it."""
    blocks: list[Block] = []
    if not graph.open_sizes():
        for found in never_read(graph):
            names = [_element(found.tensor, at) for at in found.elements]
            text = f"Every element of ${found.tensor}$ is read."
            if names:
                listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
                text = (
                    f"{len(names)} of {found.total} elements of ${found.tensor}$ are never "
                    f"read and get no gradient: {listed}."
                )
            blocks.append(Paragraph(inlines(text)))
    for node in graph.nodes:
        if node.geometry is None or node.geometry.transposed:
            continue
        for axis in node.geometry.axes:
            back = index_latex(axis.output_padding_for(axis.size))
            blocks.append(
                Paragraph(
                    inlines(
                        f"A transposed convolution returns to ${index_latex(axis.size)}$ with "
                        f"output_padding ${back}$."
                    )
                )
            )
    return tuple(dict.fromkeys(blocks))


def _element(tensor: str, at: tuple[int, ...]) -> str:
    return f"${tensor}_{{{','.join(map(str, at))}}}$" if at else f"${tensor}$"


def code(asked: Directive) -> tuple[Block, ...]:
    """``{code}``: NumPy code for the forward and the backward pass."""
    asked.need()
    return (Code(codegen(asked.graph()), "python"),)
