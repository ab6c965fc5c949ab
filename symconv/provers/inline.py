"""Earlier results put in: a claim about ``h = conv(x, u)`` becomes one about x and u.

A proof over opaque tensors stands as it is; only where it fails are their definitions put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from symconv.claims import Claim
from symconv.provers.isl import Undecided
from symconv.reindex import rename_sums
from symconv.terms import (
    Equation,
    Form,
    Term,
    in_range,
    substitute_term,
)

MOST = 64
"""How many terms a side may grow to."""


def inlined(claim: Claim) -> Claim:
    """The claim with every plainly read earlier result replaced by its sum.

    Errors: `Undecided` where the sides would grow too long.
    """
    forms = {e.name: e for e in claim.before if isinstance(e, Form)}
    left, right = _inline(claim.left, forms), _inline(claim.right, forms)
    return replace(claim, left=left, right=right)


def pruned(claim: Claim) -> Claim:
    """The claim without the earlier results that neither side needs any more."""
    sides = (claim.left, claim.right)
    wanted = {r.tensor for form in sides for term in form.terms for r in term.reads}
    kept: list[Equation] = []
    for equation in reversed(claim.before):
        if equation.name in wanted:
            wanted |= set(equation.tensors)
            kept.append(equation)
    return replace(claim, before=tuple(reversed(kept)))


def _inline(form: Form, forms: Mapping[str, Form]) -> Form:
    shapes = dict(form.shapes)
    numbers = count()
    done: list[Term] = []
    stack = list(reversed(form.terms))
    while stack:
        term = stack.pop()
        place = next(
            (n for n, r in enumerate(term.reads) if r.tensor in forms and not r.function), None
        )
        if place is None:
            done.append(term)
            continue
        inner = forms[term.reads[place].tensor]
        if any(r.start != 0 for r in inner.ranges):
            raise Undecided(f"an index of {inner.name} does not start at 0")
        shapes |= dict(inner.shapes)
        stack += [_put(term, place, inner, inside, numbers) for inside in reversed(inner.terms)]
        if len(stack) + len(done) > MOST:
            raise Undecided("too many terms once earlier results are put in")
    return replace(form, terms=tuple(done), shapes=tuple(shapes.items()))


def _put(term: Term, place: int, inner: Form, inside: Term, numbers: count[int]) -> Term:
    """One term of the earlier result in place of the read, under names of its own."""
    read = term.reads[place]
    fresh = {r.name: f"{r.name}'{next(numbers)}" for r in inside.sums}  # no user's name has a prime
    names = dict(zip(inner.indices, read.at, strict=True))
    moved = substitute_term(rename_sums(inside, fresh), names)
    within = tuple(
        condition
        for index, size in zip(read.at, inner.shape, strict=True)
        for condition in in_range(index, size)
    )
    return Term(
        (*term.reads[:place], *moved.reads, *term.reads[place + 1 :]),
        (*term.sums, *moved.sums),
        (*term.where, *within, *moved.where),
        term.coefficient * moved.coefficient,
        (*term.divisors, *moved.divisors),
    )
