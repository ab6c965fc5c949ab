"""Terms that are the same but for the names of their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from symconv.index import Condition
from symconv.reindex import rename_sums
from symconv.syntax.code.arrays import Array
from symconv.syntax.code.facts import canon, canonical, equal
from symconv.terms import Form, Range, Read, Term

MOST_SUMS = 6


def alike(left: Term, right: Term) -> bool:
    """Whether two terms are equal once the sums of the second are called as in the first."""
    if len(left.sums) != len(right.sums) or len(left.sums) > MOST_SUMS:
        return False
    wanted = _plain(left)
    for order in permutations(left.sums):
        pairs = list(zip(right.sums, order, strict=True))
        if all(_same(a, b) for a, b in pairs):
            hidden = rename_sums(right, {a.name: f"!{n}" for n, (a, _) in enumerate(pairs)})
            made = rename_sums(hidden, {f"!{n}": b.name for n, (_, b) in enumerate(pairs)})
            if _plain(made) == wanted:
                return True
    return False


def _same(a: Range, b: Range) -> bool:
    return equal(a.start, b.start) and equal(a.stop, b.stop)


def _plain(term: Term) -> tuple[object, ...]:
    reads = sorted((Read(r.tensor, tuple(map(canon, r.at)), r.function) for r in term.reads),
                   key=repr)  # fmt: skip
    where = [canonical(c) for c in term.where]
    divisors = sorted((canon(d) for d in term.divisors), key=str)
    kept = frozenset(c for c in where if isinstance(c, Condition))
    return (tuple(reads), kept, term.coefficient, tuple(divisors), False in where)


def with_upstream(left: Form, put_in: Form, right: Form, seed: Array) -> tuple[Form, Form]:
    """Where the code's gradient from above is a number, it stays a letter in like terms.

    A term that is the same on both sides stands on both with the letter; what holds for every
    gradient from above holds for this one.  `put_in` is `left` with the number in place.
    """
    number = len(seed.terms) == 1 and seed.terms[0] == Term((), (), (), seed.terms[0].coefficient)
    if not number or len(put_in.terms) != len(left.terms):
        return put_in, right
    ours, theirs = list(put_in.terms), list(right.terms)
    for place, term in enumerate(put_in.terms):
        found = next((n for n, other in enumerate(theirs) if alike(term, other)), None)
        if found is not None:
            ours[place] = theirs[found] = left.terms[place]
    return _with(put_in, ours, left), _with(right, theirs, left)


def _with(form: Form, terms: Sequence[Term], more: Form) -> Form:
    known = dict((*more.shapes, *form.shapes))
    read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
    return replace(form, terms=tuple(terms), shapes=tuple((n, known[n]) for n in read))
