"""Wrong derivatives of functions: a mask that is missing or on another tensor, and pooling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.gradients import upstream_names
from symconv.graph import Node
from symconv.index import Index, Max, Min, Product, Symbol, add, tidy
from symconv.mistakes.model import Context, Variant
from symconv.mistakes.operations import forms_of_gradient
from symconv.terms import Form, Read, Selection, Term, rename_tensors


def masks(context: Context, change: Callable[[Read], list[Read]]) -> Iterator[Variant]:
    """The equations of a gradient with a mask (a step or a choice of maxima) changed."""
    for program in programs(context):
        for place, form in enumerate(program):
            terms = tuple(_masked(term, change) for term in form.terms)
            if terms != form.terms:
                made = _with_shapes(replace(form, terms=terms), form)
                before = (*program[:place], made, *program[place + 1 :])
                yield Variant(before, facts={"mask": _mask_of(form)})


def programs(context: Context) -> Iterator[tuple[Form, ...]]:
    """What ends in the subject: its own form, and all backward equations up to it."""
    yield (context.truth,)
    if context.kind == "gradient":
        every = forms_of_gradient(context.graph, context.name)
        if len(every) > 1:
            yield every


def _masked(term: Term, change: Callable[[Read], list[Read]]) -> Term:
    reads = tuple(new for read in term.reads for new in change(read))
    return replace(term, reads=reads)


def _with_shapes(form: Form, old: Form) -> Form:
    read = {r.tensor for term in form.terms for r in term.reads}
    return replace(form, shapes=tuple(s for s in old.shapes if s[0] in read))


def _mask_of(form: Form) -> str:
    steps = [r.tensor for t in form.terms for r in t.reads if r.function == "step"]
    return f"[{steps[0]} > 0]" if steps else "the mask of the maxima"


def relu_mask_missing(context: Context) -> Iterator[Variant]:
    """The gradient passes where the relu was 0."""
    yield from masks(context, lambda read: [] if read.function == "step" else [read])
    yield from _relu_skipped(context)


def _relu_skipped(context: Context) -> Iterator[Variant]:
    """A tensor (or its gradient) on the wrong side of a relu."""
    names = upstream_names(context.graph)
    for node in context.graph.nodes:
        if node.keyword != "relu":
            continue
        before, after = node.tensors[0], node.target
        for right, wrong in ((after, before), (before, after)):
            for one, other, what in (
                (names.get(right), names.get(wrong), "gradient"),
                (right, wrong, "tensor"),
            ):
                if one and other and one in context.truth.tensors:
                    made = rename_tensors(context.truth, {one: other})
                    made = replace(made, name=context.truth.name)
                    facts = {"mask": f"[{before} > 0]"}
                    if what == "tensor":
                        facts["text"] = f"{other} stands where {one} belongs: relu is forgotten"
                        facts["name"] = "relu forgotten"
                    yield Variant((made,), facts=facts)


def relu_instead_of_mask(context: Context) -> Iterator[Variant]:
    """The function itself where its derivative belongs."""
    swap = {"step": "relu"}
    yield from masks(context, lambda r: [replace(r, function=swap.get(r.function, r.function))])


def mask_on_other(context: Context) -> Iterator[Variant]:
    """The mask taken from another tensor of the same rank, such as the upstream gradient."""
    shapes = dict(context.graph.shapes) | dict(context.truth.shapes)
    for program in programs(context):
        for place, form in enumerate(program):
            for name, shape in shapes.items():
                made = _mask_from(form, name, len(shape), shapes)
                if made is not None:
                    facts = {"mask": _mask_of(form), "instead": f"[{name} > 0]"}
                    yield Variant((*program[:place], made, *program[place + 1 :]), facts=facts)


def _mask_from(
    form: Form, name: str, rank: int, shapes: dict[str, tuple[Index, ...]]
) -> Form | None:
    def change(read: Read) -> list[Read]:
        fits = read.function == "step" and len(read.at) == rank and read.tensor != name
        return [replace(read, tensor=name)] if fits else [read]

    terms = tuple(_masked(term, change) for term in form.terms)
    if terms == form.terms:
        return None
    used = dict.fromkeys(r.tensor for t in terms for r in t.reads)
    known = shapes | dict(form.shapes)
    return replace(form, terms=terms, shapes=tuple((n, known[n]) for n in used))


def derivative_missing(context: Context) -> Iterator[Variant]:
    """The upstream gradient passed on as if the function were not there, or the function itself."""
    form = context.truth
    node = _function_node(context)
    if node is None:
        return
    plain = next((t for t in form.terms if len(t.reads) >= 1 and not t.reads[0].function), None)
    if plain is None:
        return
    g = Term(plain.reads[:1])
    x = Read(node.tensors[0], plain.reads[0].at)
    shapes = dict(form.shapes) | dict(context.graph.shapes)
    choices: list[tuple[tuple[Read, ...], str]] = [((), "is left out")]
    choices += [((replace(x, function=f),), f"is taken to be {f}") for f in (node.keyword,)]
    choices += [((x,), "is taken to be its argument")]
    for reads, words in choices:
        term = replace(g, reads=(*g.reads, *reads))
        used = dict.fromkeys(r.tensor for r in term.reads)
        made = replace(form, terms=(term,), shapes=tuple((n, shapes[n]) for n in used))
        yield Variant((made,), facts={"function": node.keyword, "words": words})


def function_forgotten(context: Context) -> Iterator[Variant]:
    """The argument where a function of it belongs, or the function of the function."""
    for node in context.graph.nodes:
        if node.keyword not in ("relu", "sigmoid", "tanh"):
            continue
        inside, outside = node.tensors[0], node.target
        facts = {"function": node.keyword, "inside": inside, "outside": outside}

        def plain(read: Read, node: Node = node) -> list[Read]:
            return [replace(read, function="") if read.function == node.keyword else read]

        def twice(read: Read, node: Node = node) -> list[Read]:
            own = (read.tensor, read.function) == (node.tensors[0], node.keyword)
            return [replace(read, tensor=node.target) if own else read]

        for form in (context.truth,):
            for change, name in ((plain, ""), (twice, "function twice")):
                terms = tuple(_masked(term, change) for term in form.terms)
                if terms == form.terms:
                    continue
                used = dict.fromkeys(r.tensor for t in terms for r in t.reads)
                shapes = dict(context.graph.shapes) | dict(form.shapes)
                made = replace(form, terms=terms, shapes=tuple((n, shapes[n]) for n in used))
                more = {"name": name, "text": TWICE} if name else {}
                yield Variant((made,), facts=facts | more)


TWICE = "{function} is taken twice: {outside} is {function}({inside}) already"


def derivative_skipped(context: Context) -> Iterator[Variant]:
    """A gradient that passes a function on its way as if it were not there."""
    names = upstream_names(context.graph)
    for program in programs(context):
        for place, form in enumerate(program[:-1]):
            node = next(
                (n for n in context.graph.nodes if names.get(n.tensors[0]) == form.name), None
            )
            if node is None or node.keyword not in ("relu", "sigmoid", "tanh"):
                continue
            upstream = names[node.target]
            plain = Term((Read(upstream, tuple(Symbol(r.name) for r in form.ranges)),))
            shape = context.graph.shapes[node.target]
            made = replace(form, terms=(plain,), shapes=((upstream, shape),))
            facts = {"function": node.keyword, "words": "is left out"}
            yield Variant((*program[:place], made, *program[place + 1 :]), facts=facts)


def _function_node(context: Context) -> Node | None:
    return next(
        (
            n
            for n in context.graph.nodes
            if n.keyword in ("relu", "sigmoid", "tanh")
            and context.kind == "gradient"
            and context.name in n.tensors
        ),
        None,
    )


# --- pooling ------------------------------------------------------------------------------------


def choice_missing(context: Context) -> Iterator[Variant]:
    """The gradient of a maximum given to every position of the window."""
    masked = {e.name for e in context.graph.equations if isinstance(e, Selection)}
    yield from masks(context, lambda read: [] if read.tensor in masked else [read])


def average_for_maximum(context: Context) -> Iterator[Variant]:
    """The mean of a window where its maximum belongs."""
    for node in context.graph.nodes:
        for selection in node.equations:
            if not isinstance(selection, Selection) or not _reads(context.truth, selection.name):
                continue
            count = tidy(Product((1, *(r.size for r in selection.window))))
            terms = tuple(
                replace(
                    t,
                    reads=tuple(r for r in t.reads if r.tensor != selection.name),
                    divisors=(*t.divisors, count),
                )
                for t in context.truth.terms
            )
            yield Variant((_with_shapes(replace(context.truth, terms=terms), context.truth),))


def _reads(form: Form, tensor: str) -> bool:
    return any(r.tensor == tensor for t in form.terms for r in t.reads)


def padding_counted_otherwise(context: Context) -> Iterator[Variant]:
    """A mean over the window with its padding where only the inside counts, or the other way."""
    for node in context.graph.nodes:
        if node.geometry is None or not node.keyword.startswith("avg_pool"):
            continue
        form = context.truth
        terms = tuple(_other_count(t, node, form) for t in form.terms)
        if terms != form.terms:
            yield Variant((replace(form, terms=terms),))


def _other_count(term: Term, node: Node, form: Form) -> Term:
    """The other rule's divisors, over the output indices that the term has."""
    assert node.geometry is not None
    if not dict(node.options).get("count_include_pad", True):
        plain = tidy(Product((1, *node.geometry.kernel)))
        return replace(term, divisors=(plain,))
    letters = [i for r in term.reads for i in r.at if str(i).startswith("o")]
    outputs = letters or [i for i in map(Symbol, form.indices) if str(i).startswith("o")]
    if len(outputs) != node.geometry.rank:
        return term
    found = []
    for axis, o in zip(node.geometry.axes, outputs, strict=True):
        start = tidy(add(Product((axis.stride, o)), Product((-1, axis.before))))
        stop = Min((tidy(add(start, axis.kernel)), axis.size))
        found.append(tidy(add(stop, Product((-1, Max((start, 0)))))))
    return replace(term, divisors=tuple(found))
