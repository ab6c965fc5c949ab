"""From what the code made to claims about it, which the provers decide as they do formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from symconv.calls import Place
from symconv.claims import Claim, Scope, Size, SizeClaim, Subject
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Index, Symbol, substitute, symbols
from symconv.reindex import rename_sums
from symconv.syntax.code.alike import with_upstream
from symconv.syntax.code.arrays import Array, letter
from symconv.syntax.code.facts import canon
from symconv.syntax.code.looping import MARK, put_back
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.formula.views import View
from symconv.terms import (
    Equation,
    Form,
    Range,
    Shape,
    Term,
    fresh,
    substitute_term,
    term_symbols,
)


def true_form(graph: Graph, subject: Subject) -> Form:
    """The result or gradient as it is in truth.  Errors: `CodeError` where there is none."""
    if subject.kind == "result":
        equations: Sequence[Equation] = graph.equations
        name = subject.name
    else:
        equations, name = backward(graph), upstream_names(graph)[subject.name]
    for equation in equations:
        if equation.name == name and isinstance(equation, Form):
            return equation
    raise CodeError(f"there is no formula for the {subject.kind} {subject.name}")


def claim_about(
    graph: Graph,
    subject: Subject,
    view: View,
    array: Array,
    memory: Memory,
    seed: Array | None,
    text: str,
    place: Place,
) -> Claim:
    """``truth = what the code made``.  Errors: `CodeError`."""
    truth = true_form(graph, subject)
    left, letters = seen(truth, view)
    right = form_of(array, left, letters, graph, memory)
    if seed is not None:
        name = upstream_names(graph)[graph.output]
        left, right = with_upstream(left, with_seed(left, name, seed, memory), right, seed)
    scope = scope_of(memory)
    before = needed((left, right), (*graph.equations, *backward(graph)))
    at = tuple(left_at(view, letters))
    return Claim(left, right, scope, before, text, place, replace(subject, at=at))


def scope_of(memory: Memory) -> Scope:
    """All sizes, under what is assumed and what the way through the code assumes."""
    given = (*memory.given, *memory.assumed, *memory.divisors)
    return Scope(memory.parameters, tuple(dict.fromkeys(given)))


def left_at(view: View, names: Mapping[str, str]) -> tuple[Index, ...]:
    """The position in the tensor's own axes."""
    put: dict[str, Index] = {own: Symbol(new) for own, new in names.items()}
    return tuple(substitute(index, put) for index in view.at)


def seen(truth: Form, view: View) -> tuple[Form, dict[str, str]]:
    """The true form as a declared name shows it, and the letters of its axes."""
    taken = {*truth.indices, *(s for t in truth.terms for s in term_symbols(t))}
    taken |= {s for _, shape in truth.shapes for n in shape for s in symbols(n)}
    names: dict[str, str] = {}
    for own, size in zip(view.letters, view.shape, strict=True):
        del size
        axis = next((n for n, i in enumerate(view.at) if i == Symbol(own)), None)
        plain = truth.indices[axis] if axis is not None else fresh("i", taken)
        names[own] = plain
        taken.add(plain)
    at = left_at(view, names)
    new = set(names.values())
    terms = []
    for term in truth.terms:
        clash = {
            r.name: fresh(f"{r.name}_1", {*taken, *term_symbols(term)})
            for r in term.sums
            if r.name in new
        }
        put = dict(zip(truth.indices, at, strict=True))
        terms.append(substitute_term(rename_sums(term, clash), put))
    ranges = tuple(
        Range(names[own], size) for own, size in zip(view.letters, view.shape, strict=True)
    )
    return replace(truth, ranges=ranges, terms=tuple(terms)), names


def element_of(truth: Form, at: Sequence[Index]) -> Form:
    """The true form at one position."""
    put = dict(zip(truth.indices, at, strict=True))
    terms = tuple(substitute_term(term, put) for term in truth.terms)
    return replace(truth, ranges=(), terms=terms)


def form_of(
    array: Array, truth: Form, letters: Mapping[str, str], graph: Graph, memory: Memory
) -> Form:
    """What the code made, with the letters of the true form."""
    outs = list(truth.indices)
    taken = {*outs, *(p.name for p in memory.parameters)}
    while len(outs) < array.rank:
        outs.append(fresh("i", {*taken, *outs}))
        taken.add(outs[-1])
    put: dict[str, Index] = {letter(n): Symbol(name) for n, name in enumerate(outs)}
    terms = []
    for term in array.terms:
        terms.append(substitute_term(_readable(term, taken), put))
    ranges = tuple(Range(name, canon(size)) for name, size in zip(outs, array.shape, strict=False))
    shapes = _shapes(terms, graph)
    return Form(truth.name, ranges, tuple(terms), shapes)


def _readable(term: Term, taken: set[str]) -> Term:
    """The sums' names without the numbers that kept them apart."""
    used = {*taken, *(term_symbols(term) - {r.name for r in term.sums})}
    names = {}
    for item in term.sums:
        plain = re.sub(r"~\d+$", "", item.name)
        plain = re.sub(r"_\d+$", "", plain) or "k"
        names[item.name] = fresh(plain, used)
        used.add(names[item.name])
    return rename_sums(term, names)


def _shapes(terms: Sequence[Term], graph: Graph) -> tuple[tuple[str, Shape], ...]:
    known = dict(graph.shapes)
    known |= {g: graph.shapes[t] for t, g in upstream_names(graph).items() if g}
    found: dict[str, Shape] = {}
    for term in terms:
        for read in term.reads:
            if read.tensor.startswith("?"):
                raise CodeError("some of its elements are never set (np.empty)")
            if read.tensor.startswith(MARK) or read.tensor not in known:
                raise CodeError("it depends on how far a loop has come")
            found[read.tensor] = known[read.tensor]
    return tuple(found.items())


def with_seed(truth: Form, name: str, seed: Array, memory: Memory) -> Form:
    """The truth with the code's own gradient from above put in."""
    put = put_back(Array((), truth.terms), {name: seed}, memory)
    outs = {r.name for r in truth.ranges}
    terms = tuple(_readable(term, outs) for term in put.terms)
    kept = {read.tensor for term in terms for read in term.reads}
    shapes = tuple((n, s) for n, s in truth.shapes if n in kept)
    return replace(truth, terms=terms, shapes=shapes)


def needed(forms: Sequence[Form], before: Sequence[Equation]) -> tuple[Equation, ...]:
    """The equations that forms read, and those that they read, in order."""
    wanted = {name for form in forms for name in form.tensors}
    kept: list[Equation] = []
    for equation in reversed(before):
        if equation.name in wanted:
            wanted |= set(equation.tensors)
            kept.append(equation)
    return tuple(reversed(kept))


def size_claim(left: Index, right: Size, memory: Memory, text: str, place: Place) -> SizeClaim:
    """A size of the operation against the one that the code computes."""
    scope = scope_of(memory)
    return SizeClaim(Size(left), right, scope, "=", text, place, Subject("size"))
