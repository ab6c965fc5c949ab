"""Derivatives of forms: one rule for sums, applied once per occurrence; reverse mode for graphs.

    y[out] = Σ t[e(out, bound)] · rest      gives      dt[j] = Σ_{out, bound : e = j} g[out] · rest

The old outputs become bound, the read's indices are tied to the new outputs, the read is dropped
(or replaced by its function's derivative) and the upstream gradient g takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.functions import FUNCTIONS
from symconv.graph import Graph, names_in
from symconv.index import Condition, Index, Symbol, same, symbols
from symconv.reindex import collect, rename_sums, restore_letters
from symconv.terms import (
    Form,
    Range,
    Read,
    Selection,
    Shape,
    Term,
    fresh,
    substitute_read,
    term_symbols,
)


def gradient(form: Form, tensor: str, upstream: str = "g", name: str = "") -> Form:
    """The gradient with respect to one tensor, as the raw sum: nothing solved, nothing re-indexed.

    `upstream` names the gradient with respect to the form's outputs; for a scalar form it may be
    empty, and then stands for 1.
    """
    return combined([(form, upstream)], tensor, name or f"d{tensor}")


def combined(consumers: Sequence[tuple[Form, str]], tensor: str, name: str) -> Form:
    """The gradient of a tensor that several forms read: the sum over all of them."""
    shape = next(form.shape_of(tensor) for form, _ in consumers)
    occurrences = [
        (form, upstream, term, place)
        for form, upstream in consumers
        for term in form.terms
        for place, read in enumerate(term.reads)
        if read.tensor == tensor
    ]
    outputs = _letters(occurrences, shape)
    terms = [
        made
        for form, upstream, term, place in occurrences
        for made in _rule(form, upstream, term, place, outputs)
    ]
    shapes: dict[str, Shape] = {}
    for form, upstream in consumers:
        shapes |= {upstream: form.shape} if upstream else {}
        shapes |= dict(form.shapes)
    read = {read.tensor for term in terms for read in term.reads}
    kept = tuple((key, value) for key, value in shapes.items() if key in read)
    return restore_letters(Form(name, outputs, collect(terms), kept))


def _bound(form: Form, term: Term) -> tuple[Range, ...]:
    return (*form.ranges, *term.sums)


def _letters(occurrences: Sequence[tuple[Form, str, Term, int]], shape: Shape) -> tuple[Range, ...]:
    """The new output indices: a bare bound index keeps its letter, others get a fresh one."""
    form, _, term, place = occurrences[0]
    bound = {r.name for r in _bound(form, term)}
    taken = set().union(
        *(term_symbols(t) | {r.name for r in f.ranges} for f, _, t, _ in occurrences)
    )
    taken |= {name for f, _, _, _ in occurrences for _, sh in f.shapes for name in symbols(*sh)}
    chosen: list[Range] = []
    for index, size in zip(term.reads[place].at, shape, strict=True):
        bare = isinstance(index, Symbol) and index.name in bound
        if bare and index.name not in {r.name for r in chosen}:  # type: ignore[union-attr]
            letter = index.name  # type: ignore[union-attr]
        else:
            letter = fresh(_letter_for(index, bound), taken)
        taken.add(letter)
        chosen.append(Range(letter, size))
    return tuple(chosen)


def _letter_for(index: Index, bound: set[str]) -> str:
    """``i`` with the suffix of the output position it is read at, ``c`` for a channel."""
    inside = sorted(symbols(index) & bound)
    for name in inside:
        letter, _, suffix = name.partition("_")
        if letter == "o":
            return f"i_{suffix}" if suffix and not suffix.isdigit() else "i"
    return "c" if "c" in inside else "i"


def _rule(
    form: Form, upstream: str, term: Term, place: int, outputs: tuple[Range, ...]
) -> list[Term]:
    """The derivative of one occurrence; one term for each row of its function's derivative."""
    ranges = _bound(form, term)
    read = term.reads[place]
    ties, names = _ties(read, ranges, outputs, term)
    loops = rename_sums(replace(term, sums=ranges), names)
    read = substitute_read(read, {old: Symbol(new) for old, new in names.items()})
    tied = set(ties.values())
    kept = [r for r in loops.sums if r.name not in tied]
    conditions = [
        Condition(index, "==", Symbol(out.name))
        for axis, (index, out) in enumerate(zip(read.at, outputs, strict=True))
        if axis not in ties
    ]
    for r in loops.sums:
        if r.name in tied:
            conditions += _narrower(r, next(out for out in outputs if out.name == r.name))
    others = [*loops.reads[:place], *loops.reads[place + 1 :]]
    g = (
        [Read(upstream, tuple(Symbol(names.get(r.name, r.name)) for r in form.ranges))]
        if upstream
        else []
    )
    slope = [
        (number, [Read(read.tensor, read.at, function) for function in functions])
        for number, functions in FUNCTIONS[read.function].derivative
    ]
    return [
        Term(
            (*g, *inner, *others),
            tuple(kept),
            (*conditions, *loops.where),
            loops.coefficient * Fraction(number),
            loops.divisors,
        )
        for number, inner in slope
    ]


def _ties(
    read: Read, ranges: Sequence[Range], outputs: Sequence[Range], term: Term
) -> tuple[dict[int, str], dict[str, str]]:
    """Which axes are tied by renaming a bare index, and all renamings that avoid clashes."""
    names: dict[str, str] = {}
    ties: dict[int, str] = {}
    bound = [r.name for r in ranges]
    for axis, (index, out) in enumerate(zip(read.at, outputs, strict=True)):
        if isinstance(index, Symbol) and index.name in bound and index.name not in names:
            names[index.name] = out.name
            ties[axis] = out.name
    taken = {*bound, *term_symbols(term), *(out.name for out in outputs)}
    for name in bound:
        if name not in names and name in {out.name for out in outputs}:
            names[name] = fresh(name, taken)
            taken.add(names[name])
    return ties, names


def _narrower(bound: Range, out: Range) -> list[Condition]:
    """What a bound range demands beyond the range of the output index that replaces it."""
    found = []
    if not same(bound.start, 0):
        found.append(Condition(bound.start, "<=", Symbol(bound.name)))
    if not same(bound.stop, out.stop):
        found.append(Condition(Symbol(bound.name), "<", bound.stop))
    return found


# --- reverse mode -------------------------------------------------------------------------------


def upstream_names(graph: Graph) -> dict[str, str]:
    """The name of the gradient of every tensor: ``g`` for the output, ``dh`` for an inner ``h``.

    A scalar output is its own seed: its gradient is 1 and has no name.
    """
    shapes, output = graph.shapes, graph.output
    taken = names_in(graph)
    names = {output: fresh("g", taken) if shapes[output] else ""}
    taken |= set(names.values())
    for name in shapes:
        if name not in names:
            names[name] = fresh(f"d{name}", taken)
            taken.add(names[name])
    return names


def backward(graph: Graph, wanted: Sequence[str] = ()) -> tuple[Form, ...]:
    """The equations of reverse mode, in the order in which they can be evaluated.

    One form for each tensor that the output depends on (only those needed for `wanted`, if any
    are given); each reads inputs, results of the forward equations and earlier gradients.
    """
    names = upstream_names(graph)
    made = {
        tensor: combined([(form, names[form.name]) for form in forms], tensor, names[tensor])
        for tensor, forms in consumers(graph).items()
    }
    forms_made = tuple(made.values())
    return needed(forms_made, [names[t] for t in wanted if t in made]) if wanted else forms_made


def consumers(graph: Graph) -> dict[str, tuple[Form, ...]]:
    """For each tensor that the output depends on the forms that read it and lead to the output.

    The last results come first, the order of reverse mode.
    """
    forms = [e for e in graph.equations if not isinstance(e, Selection)]
    reads = {form.name: {read.tensor for term in form.terms for read in term.reads}
             for form in forms}  # fmt: skip
    found: dict[str, tuple[Form, ...]] = {}
    reached = {graph.output}
    for tensor in reversed(graph.shapes):
        here = tuple(f for f in forms if f.name in reached and tensor in reads[f.name])
        if here:
            found[tensor] = here
            reached.add(tensor)
    return found


def needed(forms: Sequence[Form], wanted: Sequence[str]) -> tuple[Form, ...]:
    """Those equations of reverse mode that the gradients of some names are made from."""
    made = {form.name: form for form in forms}
    found: set[str] = set()
    stack = [name for name in wanted if name in made]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += [tensor for tensor in made[name].tensors if tensor in made]
    return tuple(form for form in forms if form.name in found)
