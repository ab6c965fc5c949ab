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
from symconv.index import Index, Product, Symbol, add, minus, simplify, tidy
from symconv.mistakes.model import Context, Facts, Variant, roles_of
from symconv.mistakes.positions import (
    Change,
    Position,
    Roles,
    changed,
    differences,
    opposite,
    unfolded,
    written,
)
from symconv.terms import Equation, Form, Read, substitute_condition, substitute_read

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
                    yield Variant(program, facts=described(node, form, new) | facts)

    return variants


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
    return tuple(order[first : last + 1])


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


# --- positions ----------------------------------------------------------------------------------


def on_axes(change: Callable[[Node], Change]) -> Rewrite:
    """The change on all axes, then on each alone."""

    def rewrite(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
        made = change(node)
        everywhere = changed(form, roles, made)
        yield everywhere, {}
        rank = node.geometry.rank if node.geometry else 0
        for axis in range(rank if rank > 1 else 0):
            alone = changed(form, roles, _only(made, axis))
            if alone != everywhere:
                yield alone, {}

    return rewrite


def _only(change: Change, axis: int) -> Change:
    return lambda p: change(p) if p.axis == axis else p


def plain(change: Change) -> Callable[[Node], Change]:
    """A change that does not ask for the operation."""
    return lambda node: change


def _sign(index: Index) -> Index:
    return -1 if isinstance(index, int) and index < 0 else 1


def _stride_one(p: Position) -> Position:
    return p.scaled(False, lambda m: _sign(m.by))


def _dilation_one(p: Position) -> Position:
    return p.scaled(True, lambda m: _sign(m.by))


def _factor(p: Position, kernel: bool) -> Index:
    return next((m.by for m in p.movers if m.kernel is kernel), 1)


def _stride_on_kernel(p: Position) -> Position:
    stride = _factor(p, False)
    return p.scaled(True, lambda m: tidy(Product((stride, m.by))))


def _exchanged(p: Position) -> Position:
    stride, dilation = _factor(p, False), _factor(p, True)
    return p.scaled(False, lambda m: dilation).scaled(True, lambda m: stride)


def _more_zeros(p: Position) -> Position:
    wide = [m for m in p.movers if not m.kernel and m.by != 1]
    return p.scaled(False, lambda m: tidy(add(m.by, 1))) if wide else p


def _stride_on_all(p: Position) -> Position:
    stride = _factor(p, False)
    return replace(_stride_on_kernel(p), rest=tidy(Product((stride, p.rest))))


def _no_rest(p: Position) -> Position:
    return replace(p, rest=0)


def _rest_turned(p: Position) -> Position:
    return replace(p, rest=simplify(opposite(p.rest)))


def _rest_doubled(p: Position) -> Position:
    return replace(p, rest=simplify(Product((2, p.rest))))


def _kernel_turned(p: Position) -> Position:
    return p.scaled(True, lambda m: opposite(m.by))


def _kernel_and_rest_turned(p: Position) -> Position:
    return _rest_turned(_kernel_turned(p))


def _moved(by: int) -> Change:
    return lambda p: replace(p, rest=tidy(add(p.rest, by)))


stride_forgotten = on_axes(plain(_stride_one))
dilation_forgotten = on_axes(plain(_dilation_one))
stride_on_kernel = on_axes(plain(_stride_on_kernel))
stride_on_all = on_axes(plain(_stride_on_all))
stride_for_dilation = on_axes(plain(_exchanged))
too_many_zeros = on_axes(plain(_more_zeros))
padding_forgotten = on_axes(plain(_no_rest))
padding_turned = on_axes(plain(_rest_turned))
padding_doubled = on_axes(plain(_rest_doubled))
kernel_runs_back = on_axes(plain(_kernel_turned))
kernel_and_padding_turned = on_axes(plain(_kernel_and_rest_turned))
one_too_far = on_axes(plain(_moved(1)))
one_too_near = on_axes(plain(_moved(-1)))


def uncentred(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """A correlation that starts where the convolution does, or where nothing is padded."""
    if node.geometry is not None and node.geometry.flipped:
        for change in (_kernel_turned, _no_rest_kernel_turned, _kernel_and_rest_turned):
            yield changed(form, roles, change), {}


def _no_rest_kernel_turned(p: Position) -> Position:
    return _no_rest(_kernel_turned(p))


def exchanged_axes(what: str) -> Rewrite:
    """The strides, dilations or paddings of two axes taken for each other."""

    def rewrite(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
        found: dict[int, Position] = {}

        def note(p: Position) -> Position:
            found[p.axis] = p
            return p

        changed(form, roles, note)
        axes = sorted(found)
        for place, one in enumerate(axes):
            for other in axes[place + 1 :]:
                partner = {one: found[other], other: found[one]}
                yield changed(form, roles, lambda p, q=partner: _taking(p, q, what)), {}  # type: ignore[misc]

    return rewrite


def _taking(p: Position, partner: dict[int, Position], what: str) -> Position:
    other = partner.get(p.axis)
    if other is None:
        return p
    if what == "padding":
        return replace(p, rest=other.rest)
    kernel = what == "dilation"
    return p.scaled(kernel, lambda m: _factor(other, kernel))


# --- the kernel ---------------------------------------------------------------------------------


def flipped(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """The kernel read from its other end, on all axes, then on each alone."""
    kernel = _kernel_tensor(node)
    ends = {
        r.name: tidy(add(r.last, minus(Symbol(r.name))))
        for term in form.terms
        for r in term.sums
        if r.name in roles.kernel
    }
    if not kernel or not ends:
        return
    choices = [tuple(ends)] + ([(n,) for n in ends] if len(ends) > 1 else [])
    for names in choices:
        chosen = {n: ends[n] for n in names}
        yield (
            over_reads(form, kernel, lambda r, c=chosen: substitute_read(r, c)),  # type: ignore[misc]
            {"flip": ", ".join(written(end) for end in chosen.values())},
        )


def _kernel_tensor(node: Node) -> str:
    if "w" in node.roles:
        return node.tensors[node.roles.index("w")]
    return node.tensors[1] if not node.keyword and len(node.tensors) > 1 else ""


def over_reads(form: Form, tensor: str, change: Callable[[Read], Read]) -> Form:
    """The form with every read of a tensor changed."""
    terms = tuple(
        replace(t, reads=tuple(change(r) if r.tensor == tensor else r for r in t.reads))
        for t in form.terms
    )
    return replace(form, terms=terms)


def kernel_letters_swapped(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Two indices of the kernel exchanged wherever the data is read."""
    names = [r.name for t in form.terms for r in t.sums if r.name in roles.kernel]
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            swap: dict[str, Index] = {one: Symbol(other), other: Symbol(one)}
            new = over_reads(form, roles.data, lambda r, s=swap: substitute_read(r, s))  # type: ignore[misc]
            terms = tuple(
                replace(t, where=tuple(substitute_condition(c, swap) for c in t.where))
                for t in new.terms
            )
            yield replace(new, terms=terms), {"swapped": _kernel_tensor(node)}


def windows_apart(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Windows as wide as the stride, so that they do not overlap."""
    if node.geometry is None:
        return
    found: dict[int, Position] = {}

    def note(p: Position) -> Position:
        found[p.axis] = p
        return p

    changed(form, roles, note)
    widths = {str(m.atom): _factor(p, False) for p in found.values() for m in p.movers if m.kernel}
    terms = tuple(
        replace(t, sums=tuple(replace(r, stop=widths.get(r.name, r.stop)) for r in t.sums))
        for t in form.terms
    )
    yield replace(form, terms=terms), {}


def swapped(read: Read, one: int, other: int) -> Read:
    """The read with two of its indices exchanged."""
    at = list(read.at)
    at[one], at[other] = at[other], at[one]
    return replace(read, at=tuple(at))


def kernel_channels_swapped(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """The kernel's two channel axes exchanged."""
    kernel = _kernel_tensor(node)
    if kernel and len(form.shape_of(kernel)) > (node.geometry.rank if node.geometry else 9) + 1:
        yield over_reads(form, kernel, lambda r: swapped(r, 0, 1)), {}


def zeros_for_wrapping(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Zero padding where the operation wraps round or mirrors."""
    if node.geometry is not None and node.geometry.padding_mode != "zeros":
        yield unfolded(form), {"mode": node.geometry.padding_mode}
