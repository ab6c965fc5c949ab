"""From a reading to claims: one for each step of the chain, the first against the true form."""

from __future__ import annotations

import itertools
from dataclasses import replace

from symconv.calls import Place
from symconv.claims import Claim, Scope
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Index, Symbol
from symconv.reindex import rename_sums
from symconv.syntax.formula.reading import Reading, Side
from symconv.syntax.formula.source import FormulaError
from symconv.terms import Equation, Form, Range, Term, fresh, substitute_term, term_symbols


def claim_of(reading: Reading, graph: Graph) -> tuple[Claim, ...]:
    """The claims of a reading.

    The first step compares the true form with the second side; each later step compares a side
    with the one before it, so that a verdict can say which step breaks.  A size n is the form
    ``Σ_{j<n} 1``, which is 0 where an exact division does not go.
    """
    if any(sign not in ("=", ":=") for sign in reading.relations):
        raise FormulaError("only equations are claims so far", reading.text, 0)
    before = (*graph.equations, *backward(graph))
    scope = Scope(graph.parameters, reading.assumptions)
    sides = [
        as_form(side, reading.subject.name, exact)
        for side, exact in zip(reading.sides, reading.exact, strict=True)
    ]
    sides[0] = true_form(reading, graph) or sides[0]
    return tuple(
        Claim(
            left,
            right,
            scope,
            _needed(left, right, before),
            reading.text,
            Place(1, 1),
            reading.subject,
        )
        for left, right in itertools.pairwise(sides)
    )


def as_form(side: Side, name: str, exact: tuple[Condition, ...]) -> Form:
    """A form as it is, a size as a count."""
    if isinstance(side, Form):
        return side
    return Form(name or "size", (), (Term((), (Range("j", side),), exact),), ())


def true_form(reading: Reading, graph: Graph) -> Form | None:
    """What the subject is in truth, with the claim's letters; None where it is no tensor's."""
    subject = reading.subject
    found: Equation | None = None
    if subject.kind == "result":
        found = next((e for e in graph.equations if e.name == subject.name), None)
    elif subject.kind == "gradient":
        wanted = upstream_names(graph)[subject.name]
        found = next((e for e in backward(graph) if e.name == wanted), None)
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
