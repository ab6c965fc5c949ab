"""Wrong operations: the stride, the padding, the flip taken wrong, and what follows from that.

A change rewrites the form of one operation and keeps its ranges and shapes.  The gradient of what
comes out is the formula of a person who differentiated the wrong operation, or who forgot the
same thing in the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from symconv.gradients import backward, upstream_names
from symconv.graph import Graph, Node
from symconv.index import Index
from symconv.mistakes.model import Context, Facts, Variant, roles_of
from symconv.mistakes.positions import Roles, differences, written
from symconv.terms import Equation, Form, Selection

Rewrite: TypeAlias = Callable[[Node, Form, Roles], Iterator[tuple[Form, Facts]]]
MOST_NODES = 4
"""How many operations around a subject are suspected."""


def changing(*rewrites: Rewrite) -> Callable[[Context], Iterator[Variant]]:
    """The variants of one or more changes, made one after the other."""

    def variants(context: Context) -> Iterator[Variant]:
        for node in suspects(context):
            form = node.equations[-1]
            if not isinstance(form, Form):
                continue
            roles = roles_of(node, form)
            made: list[tuple[Form, Facts]] = [(form, {})]
            for rewrite in rewrites:
                made = [
                    (new, facts | more)
                    for old, facts in made
                    for new, more in rewrite(node, old, roles)
                    if new != old
                ]
            for new, facts in made:
                program = instead(context, node, new)
                if program:
                    said = described(node, form, new)
                    if context.kind == "gradient" and "read" in said:
                        said["read"] = "as if " + said["read"].replace(" is ", " were ", 1)
                    yield Variant(program, facts=said | facts)

    return variants


def of_results(
    variants: Callable[[Context], Iterator[Variant]],
) -> Callable[[Context], Iterator[Variant]]:
    """The variants where the subject is a result, none for gradients."""
    return lambda context: variants(context) if context.kind == "result" else iter(())


def suspects(context: Context) -> list[Node]:
    """The operations that a formula about the subject may get wrong, the nearest first."""
    nodes = context.graph.nodes
    if context.kind == "result":
        near = [n for n in nodes if any(e.name == context.name for e in n.equations)]
        return near + [n for n in reversed(nodes) if n not in near][:MOST_NODES]
    if context.kind == "gradient":
        near = [n for n in nodes if context.name in n.tensors]
        later = nodes[nodes.index(near[0]) :] if near else nodes
        return near + [n for n in later if n not in near][:MOST_NODES]
    return []


def instead(context: Context, node: Node, form: Form) -> tuple[Equation, ...]:
    """The equations of the subject where one operation is another one."""
    graph = with_form(context.graph, node, form)
    if context.kind == "gradient":
        return forms_of_gradient(graph, context.name)
    order = list(graph.equations)
    names = [e.name for e in order]
    if context.name not in names or form.name not in names:
        return ()
    first, last = names.index(form.name), names.index(context.name)
    return (*_looking(node, form), *order[first : last + 1])


def _looking(node: Node, form: Form) -> tuple[Equation, ...]:
    """The masks of largest values that look where the changed form reads."""
    found: list[Equation] = []
    for mask in node.equations:
        if isinstance(mask, Selection):
            reads = (r for term in form.terms for r in term.reads)
            read = next((r for r in reads if r.tensor == mask.read.tensor), mask.read)
            sums = {r.name: r for term in form.terms for r in term.sums}
            window = tuple(sums.get(r.name, r) for r in mask.window)
            found.append(replace(mask, read=read, window=window))
    return tuple(found)


def forms_of_gradient(graph: Graph, name: str) -> tuple[Form, ...]:
    """The backward equations that end in the gradient of a tensor."""
    forms = backward(graph, [name])
    wanted = upstream_names(graph)[name]
    place = next((n for n, f in enumerate(forms) if f.name == wanted), None)
    return () if place is None else forms[: place + 1]


def with_form(graph: Graph, node: Node, form: Form) -> Graph:
    """The graph with another last equation of one operation."""
    new = replace(node, equations=(*node.equations[:-1], form))
    return replace(graph, nodes=tuple(new if n is node else n for n in graph.nodes))


def described(node: Node, form: Form, new: Form) -> Facts:
    """What is read where, in both forms: the facts that sentences use."""
    facts = {"data": node.tensors[0] if node.tensors else "", "kernel": "w", "op": node.keyword}
    if len(node.tensors) > 1:
        facts["kernel"] = node.tensors[1]
    if node.geometry is not None:
        before = dict.fromkeys(written(axis.before) for axis in node.geometry.axes)
        facts["padding"] = ", ".join(before)
    for tensor, right, wrong in differences(form, new):
        facts |= {"right": written(right), "wrong": written(wrong)}
        facts["read"] = _met(node, form, tensor, right, wrong)
        break
    return facts


def _met(node: Node, form: Form, tensor: str, right: Index, wrong: Index) -> str:
    if tensor:
        return f"{tensor} is read at {written(wrong)}, not at {written(right)}"
    return f"{form.name} is reached at {written(wrong)}, not at {written(right)}"
