"""Wrong kernels and windows: flipped, exchanged, apart, or wrapped round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.gradients import upstream_names
from symconv.graph import Node
from symconv.index import Index, Mod, Symbol, add, minus, substitute_condition, tidy
from symconv.mistakes.model import Context, Facts, Variant
from symconv.mistakes.positions import Position, Roles, changed, factor_of, unfolded, written
from symconv.terms import Form, Range, Read, Selection, Shape, substitute_read


def flipped(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """The kernel read from its other end, on all axes, then on each alone."""
    kernel = kernel_of(node)
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


def flipped_past(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """The kernel turned round with K - k for K - 1 - k: summed where both are, or from 0 on."""
    kernel = kernel_of(node)
    stops = {r.name: r.stop for t in form.terms for r in t.sums if r.name in roles.kernel}
    past: dict[str, Index] = {n: tidy(add(end, minus(Symbol(n)))) for n, end in stops.items()}
    if not kernel or not past:
        return
    right = (tidy(add(end, -1, minus(Symbol(n)))) for n, end in stops.items())
    facts = {
        "flip": ", ".join(map(written, past.values())),
        "turned": ", ".join(map(written, right)),
    }
    read = over_reads(form, kernel, lambda r: substitute_read(r, past))
    yield _later(read, set(past)), facts
    yield read, facts


def _later(form: Form, names: set[str]) -> Form:
    """The form with sums over 1 to K for 0 to K - 1."""
    terms = tuple(
        replace(
            t,
            sums=tuple(
                replace(r, start=tidy(add(r.start, 1)), stop=tidy(add(r.stop, 1)))
                if r.name in names
                else r
                for r in t.sums
            ),
        )
        for t in form.terms
    )
    return replace(form, terms=terms)


def upstream_flipped(context: Context) -> Iterator[Variant]:
    """The gradient from above read from its other end, on every spatial axis."""
    graph, truth = context.graph, context.truth
    seed = upstream_names(graph)[graph.output]
    node = graph.node(graph.output)
    if context.kind != "gradient" or seed not in truth.tensors or node.geometry is None:
        return
    shape = truth.shape_of(seed)
    spatial = range(len(shape) - node.geometry.rank, len(shape))
    summed = {r.name for term in truth.terms for r in term.sums}

    def turned(read: Read) -> Read:
        at = [
            tidy(add(shape[n], -1, minus(index)))
            if n in spatial and isinstance(index, Symbol) and index.name in summed
            else index
            for n, index in enumerate(read.at)
        ]
        return replace(read, at=tuple(at))

    made = over_reads(truth, seed, turned)
    if made != truth:
        yield Variant((made,), facts={"tensor": context.name, "upstream": seed})


def kernel_of(node: Node) -> str:
    """The name of an operation's kernel, or nothing."""
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
            yield replace(new, terms=terms), {"swapped": kernel_of(node)}


def windows_apart(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Windows as wide as the stride, so that they do not overlap."""
    if node.geometry is None:
        return
    found: dict[int, Position] = {}

    def note(p: Position) -> Position:
        found[p.axis] = p
        return p

    changed(form, roles, note)
    widths = {
        str(m.atom): factor_of(p, False) for p in found.values() for m in p.movers if m.kernel
    }
    terms = tuple(
        replace(t, sums=tuple(replace(r, stop=widths.get(r.name, r.stop)) for r in t.sums))
        for t in form.terms
    )
    yield replace(form, terms=terms), {}


def window_one_off(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """A pooling window with one position more, or fewer, on every axis."""
    if node.geometry is None or "pool" not in node.keyword:
        return
    sizes = " × ".join(str(written(axis.kernel)) for axis in node.geometry.axes)
    for by in (1, -1):
        terms = tuple(
            replace(t, sums=tuple(_longer(r, by) if r.name in roles.kernel else r for r in t.sums))
            for t in form.terms
        )
        many = "more" if by > 0 else "fewer"
        masks = {e.name: e for e in node.equations if isinstance(e, Selection)}
        shapes = tuple((n, _wider(masks.get(n), shape, by)) for n, shape in form.shapes)
        yield replace(form, terms=terms, shapes=shapes), {"size": sizes, "many": many}


def _wider(mask: Selection | None, shape: Shape, by: int) -> Shape:
    """The shape of a mask over the other window; any other tensor keeps its own."""
    if mask is None:
        return shape
    return (*(r.size for r in mask.ranges), *(_longer(r, by).size for r in mask.window))


def _longer(item: Range, by: int) -> Range:
    return replace(item, stop=tidy(add(item.stop, by)))


def swapped(read: Read, one: int, other: int) -> Read:
    """The read with two of its indices exchanged."""
    at = list(read.at)
    at[one], at[other] = at[other], at[one]
    return replace(read, at=tuple(at))


def kernel_channels_swapped(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """The kernel's two channel axes exchanged."""
    kernel = kernel_of(node)
    if kernel and len(form.shape_of(kernel)) > (node.geometry.rank if node.geometry else 9) + 1:
        yield over_reads(form, kernel, lambda r: swapped(r, 0, 1)), {}


def wrapping_for_zeros(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Positions outside taken round to the other end where they count as zero."""
    if node.geometry is None or node.geometry.padding_mode != "zeros":
        return
    sizes = form.shape_of(roles.data)[roles.first :]

    def wrapped(read: Read) -> Read:
        spatial = [tidy(Mod(i, n)) for i, n in zip(read.at[roles.first :], sizes, strict=True)]
        return replace(read, at=(*read.at[: roles.first], *spatial))

    if not any(term.where for term in form.terms):
        yield over_reads(form, roles.data, wrapped), {}


def zeros_for_wrapping(node: Node, form: Form, roles: Roles) -> Iterator[tuple[Form, Facts]]:
    """Zero padding where the operation wraps round or mirrors."""
    if node.geometry is not None and node.geometry.padding_mode != "zeros":
        yield unfolded(form), {"mode": node.geometry.padding_mode}
