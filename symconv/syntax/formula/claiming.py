"""From a reading to claims: one for each step of the chain, the first against the true form."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import lru_cache

from symconv.claims import AnyClaim, Claim, Scope, SizeClaim, Subject
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Index, Mod, Symbol, simplify
from symconv.reindex import rename_sums
from symconv.syntax.formula.given import given
from symconv.syntax.formula.result import Reading
from symconv.terms import Equation, Form, fresh, substitute_term, term_symbols


def claim_of(reading: Reading, graph: Graph) -> tuple[AnyClaim, ...]:
    """The claims of a reading.

    The first step compares the true form with the second side; each later step compares a side
    with the one before it, so that a verdict can say which step breaks.  Steps between sizes are
    claims about rational numbers, with the relation that was written.
    """
    assumed = tuple(dict.fromkeys((*reading.assumptions, *grouped(graph))))
    scope = Scope(graph.parameters, assumed, reading.outside, reading.lemmas)
    if not all(isinstance(side, Form) for side in reading.sides):
        return (*_size_claims(reading, graph, scope), *_further(reading, graph, scope))
    before = (*graph.equations, *_backward(graph), *reading.before)
    sides = [side for side in reading.sides if isinstance(side, Form)]
    truth = true_form(reading, graph)
    sides[0] = truth or sides[0]
    sides = [where_said(side, reading.where) for side in sides]
    steps: list[AnyClaim] = []
    for left, right in itertools.pairwise(sides):
        derived = truth is not None and not steps
        known = (*given(left, right, graph, before, derived=derived), *before)
        needed = _needed(left, right, known)
        rest = (reading.text, reading.place, reading.subject)
        steps.append(Claim(left, right, scope, needed, *rest))
    return (*steps, *_ranges(reading, graph, scope), *_further(reading, graph, scope))


def _further(reading: Reading, graph: Graph, scope: Scope) -> tuple[AnyClaim, ...]:
    """The claims beside those of the chain: other axes of a shape, the matrix of a product."""
    before = (*graph.equations, *_backward(graph), *reading.before)
    sizes = replace(scope, assumptions=(*scope.assumptions, *nonempty(graph)))
    found: list[AnyClaim] = []
    for more in reading.more:
        left, right, rest = more.left, more.right, (reading.text, reading.place, more.subject)
        if isinstance(left, Form) and isinstance(right, Form):
            known = (*given(left, right, graph, before, derived=False), *before)
            needed = _needed(left, right, known)
            found.append(Claim(left, right, scope, needed, *rest))
        elif not isinstance(left, Form) and not isinstance(right, Form):
            found.append(SizeClaim(left, right, sizes, more.relation, *rest))
    return tuple(found)


def _ranges(reading: Reading, graph: Graph, scope: Scope) -> tuple[AnyClaim, ...]:
    """What is stated about an output letter must lie inside its axis."""
    scope = replace(scope, assumptions=(*scope.assumptions, *nonempty(graph)))
    return tuple(
        SizeClaim(left, right, scope, sign, reading.text, reading.place, _about(reading, letter))
        for left, sign, right, letter in reading.within
    )


def _about(reading: Reading, letter: str) -> Subject:
    """A stated range by its letter; what sizes must agree by the tensor on the left."""
    return Subject("range", letter) if letter else Subject("size", reading.subject.name)


@lru_cache(maxsize=64)
def _backward(graph: Graph) -> tuple[Form, ...]:
    """The equations of reverse mode, which never change."""
    return backward(graph)


def where_said(form: Form, where: tuple[Condition, ...]) -> Form:
    """The form where the conditions on its output letters hold, and 0 elsewhere."""
    if not where:
        return form
    terms = tuple(replace(term, where=(*term.where, *where)) for term in form.terms)
    return replace(form, terms=terms)


def _size_claims(reading: Reading, graph: Graph, scope: Scope) -> tuple[AnyClaim, ...]:
    scope = replace(scope, assumptions=(*scope.assumptions, *nonempty(graph)))
    sides = [side for side in reading.sides if not isinstance(side, Form)]
    steps = zip(itertools.pairwise(sides), reading.relations, strict=True)
    return tuple(
        SizeClaim(
            left,
            right,
            scope,
            "=" if sign == ":=" else sign,
            reading.text,
            reading.place,
            reading.subject,
        )
        for (left, right), sign in steps
    )


def nonempty(graph: Graph) -> tuple[Condition, ...]:
    """Every tensor has an element, and groups divide the channels: what is taken for granted."""
    found: dict[str, Condition] = {str(c): c for c in grouped(graph)}
    for shape in graph.shapes.values():
        for size in map(simplify, shape):
            if not isinstance(size, int | Symbol):
                found.setdefault(str(size), Condition(size, ">=", 1))
    return tuple(found.values())


def grouped(graph: Graph) -> tuple[Condition, ...]:
    """The number of groups divides the channels and the filters."""
    found: list[Condition] = []
    for node in graph.nodes:
        geometry = node.geometry
        if geometry is None or isinstance(geometry.groups, int):
            continue
        x, w = (graph.shapes[name] for name in node.tensors[:2])
        for size in (x[-geometry.rank - 1], w[0]):
            found.append(Condition(Mod(simplify(size), geometry.groups), "==", 0))
    return tuple(dict.fromkeys(found))


def true_form(reading: Reading, graph: Graph) -> Form | None:
    """What the subject is in truth, with the claim's letters; None where it is no tensor's."""
    subject = reading.subject
    found: Equation | None = None
    if subject.kind == "result":
        found = next((e for e in graph.equations if e.name == subject.name), None)
    elif subject.kind == "gradient":
        wanted = upstream_names(graph)[subject.name]
        found = next((e for e in _backward(graph) if e.name == wanted), None)
    return at_position(found, subject.at) if isinstance(found, Form) else None


def at_position(form: Form, at: tuple[Index, ...]) -> Form:
    """The form with other output letters, or at numbers."""
    new = {i.name for i in at if isinstance(i, Symbol)}
    names: dict[str, Index] = dict(zip(form.indices, at, strict=True))
    terms = []
    for term in form.terms:
        taken = {*new, *form.indices, *term_symbols(term)}
        clash = {r.name: fresh(f"{r.name}_1", taken) for r in term.sums if r.name in new}
        terms.append(substitute_term(rename_sums(term, clash), names))
    ranges = tuple(
        replace(r, name=i.name)
        for r, i in zip(form.ranges, at, strict=True)
        if isinstance(i, Symbol)
    )
    return replace(form, ranges=ranges, terms=tuple(terms))


def _needed(left: Form, right: Form, before: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """The equations that either side reads, and those that they read, in order."""
    wanted = {*left.tensors, *right.tensors}
    kept: list[Equation] = []
    for equation in reversed(before):
        if equation.name in wanted:
            wanted |= set(equation.tensors)
            kept.append(equation)
    return tuple(reversed(kept))
