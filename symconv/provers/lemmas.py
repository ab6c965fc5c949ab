"""Declared facts about the elements of a tensor, put to use: ``Σ_c t[n,c]`` is 1.

A factor t[n,c] whose index c is summed over its whole axis and occurs nowhere else leaves the
product, and the sum with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from symconv.claims import Claim, Lemma
from symconv.index import Condition, Index, Symbol, same, symbols
from symconv.reindex import collect, eliminate
from symconv.terms import Form, Range, Shape, Term, in_range


def with_lemmas(claim: Claim) -> Claim:
    """The claim with every lemma in scope used on both sides."""
    if not claim.scope.lemmas:
        return claim
    left, right = (_used(side, claim.scope.lemmas) for side in (claim.left, claim.right))
    return replace(claim, left=left, right=right)


def _used(form: Form, lemmas: Iterable[Lemma]) -> Form:
    for lemma in lemmas:
        form = eliminate(form)
        shapes = dict(form.shapes)
        form = replace(form, terms=collect([_shorter(t, lemma, shapes) for t in form.terms]))
    return form


def _shorter(term: Term, lemma: Lemma, shapes: Mapping[str, Shape]) -> Term:
    """The term without the first factor that its sum turns into 1."""
    for place, read in enumerate(term.reads):
        if read.tensor != lemma.tensor or read.function or not read.at:
            continue
        shape = shapes[read.tensor]
        axis = lemma.axis % len(shape)
        bound = _whole(term, read.at[axis], shape[axis])
        rest = replace(term, reads=(*term.reads[:place], *term.reads[place + 1 :]))
        others = [i for n, i in enumerate(read.at) if n != axis]
        if bound is None or bound.name in symbols(*others):
            continue
        where = tuple(c for c in term.where if c not in in_range(Symbol(bound.name), shape[axis]))
        if bound.name in _used_by(rest, where):
            continue
        sizes = [n for number, n in enumerate(shape) if number != axis]
        within = [c for i, n in zip(others, sizes, strict=True) for c in in_range(i, n)]
        sums = tuple(r for r in term.sums if r is not bound)
        return replace(rest, sums=sums, where=(*where, *within))
    return term


def _whole(term: Term, index: Index, size: Index) -> Range | None:
    """The sum that runs an index over a whole axis."""
    for r in term.sums:
        if index == Symbol(r.name) and r.start == 0 and same(r.stop, size):
            return r
    return None


def _used_by(term: Term, where: Iterable[Condition]) -> set[str]:
    inside = [i for read in term.reads for i in read.at]
    return symbols(*inside, *where, *term.divisors)
