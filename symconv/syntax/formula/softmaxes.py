r"""Quotients by sums of exponentials: ``\frac{\exp(z_i)}{\sum_j \exp(z_j)}``.

Such a sum is an equation of its own, never 0.  Where a loss has it already, that one is read, so
that a softmax written out is the loss's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import Index, Symbol, add, minus, simplify, substitute, symbols
from symconv.syntax.formula.pieces import Piece
from symconv.terms import Form, Range, Read, Term, substitute_read


def positive(pieces: Sequence[Piece]) -> bool:
    """Whether a divisor is a sum of exponentials, times positive numbers."""
    return bool(pieces) and all(
        p.coefficient > 0
        and p.reads
        and all(r.function == "exp" for r in p.reads)
        and not (p.where or p.whole or p.divisors)
        for p in pieces
    )


def powers_named(read: Read, known: Sequence[Form]) -> Read:
    """``exp(z[i])`` as the loss's own tensor of exponentials, where it has one."""
    for form in known:
        if read.function == "exp" and len(form.terms) == 1 and not form.terms[0].sums:
            term = form.terms[0]
            own = Read(read.tensor, tuple(Symbol(r.name) for r in form.ranges), "exp")
            if term == Term((own,)):
                return Read(form.name, read.at)
    return read


def letters_of(terms: Sequence[Term], outer: Sequence[Range]) -> tuple[Range, ...]:
    """The output letters at which the terms are read."""
    used = {s for t in terms for r in t.reads for s in symbols(*r.at)}
    return tuple(r for r in outer if r.name in used)


def matched(form: Form, known: Sequence[Form]) -> Read | None:
    """The read of an equation that says the same as `form`, or None."""
    for other in known:
        if len(other.terms) != len(form.terms) or len(other.ranges) != len(form.ranges):
            continue
        letters: dict[str, Index] = {
            b.name: Symbol(a.name) for a, b in zip(form.ranges, other.ranges, strict=True)
        }
        if len(form.terms) == 1 and _alike(form.terms[0], other.terms[0], letters):
            return Read(other.name, tuple(Symbol(r.name) for r in form.ranges))
    return None


def _alike(a: Term, b: Term, letters: dict[str, Index]) -> bool:
    """Whether two terms are the same with the letters of the second renamed."""
    if len(a.sums) != len(b.sums) or len(a.reads) != len(b.reads):
        return False
    if (a.coefficient, a.divisors, a.where) != (b.coefficient, b.divisors, b.where):
        return False
    names = letters | {q.name: Symbol(p.name) for p, q in zip(a.sums, b.sums, strict=True)}
    ends = [(p.start, q.start, p.stop, q.stop) for p, q in zip(a.sums, b.sums, strict=True)]
    if not all(_same(s, t, names) and _same(u, v, names) for s, t, u, v in ends):
        return False
    return all(
        (p.tensor, p.function) == (q.tensor, q.function)
        and all(_same(i, j, {}) for i, j in zip(p.at, q.at, strict=True))
        for p, q in zip(a.reads, (substitute_read(r, names) for r in b.reads), strict=True)
    )


def _same(a: Index, b: Index, names: dict[str, Index]) -> bool:
    return simplify(add(a, minus(substitute(b, names)))) == 0


def inverse(read: Read) -> Piece:
    """One over a read."""
    return Piece((replace(read, function="reciprocal"),))
