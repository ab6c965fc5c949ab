"""A sum written out at one output position: ``w[0]*x[1] + w[1]*x[2]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from symconv.index import RELATIONS, Condition, Index, compiled, evaluate, substitute, symbols
from symconv.terms import Form, Term, substitute_term, with_sizes

SHOWN = 8
"""How many products are written before the rest is only counted."""
MOST = 50_000
"""How many points of a sum are looked at."""


def at_place(form: Form, sizes: Mapping[str, int], position: Sequence[int]) -> Form:
    """The form at given sizes and one output position, without the terms that are 0 there."""
    names: dict[str, Index] = dict(zip(form.indices, position, strict=True))
    terms = [term for term in form.terms if _meets(term, names)]
    fixed = with_sizes(replace(form, terms=tuple(terms)), sizes)
    assert isinstance(fixed, Form)
    kept = tuple(substitute_term(term, names) for term in fixed.terms)
    return replace(fixed, ranges=(), terms=kept)


def _meets(term: Term, names: Mapping[str, Index]) -> bool:
    """Whether no condition between an output index and a number rules the term out."""
    for condition in term.where:
        if isinstance(condition.right, int) and symbols(condition.left) <= set(names):
            left = substitute(condition.left, names)
            if isinstance(left, int) and not RELATIONS[condition.relation](left, condition.right):
                return False
    return True


def written(form: Form, sizes: Mapping[str, int], position: Sequence[int]) -> str:
    """The products of a sum at one position, the first few and how many more there are."""
    here = at_place(form, sizes, position)
    shapes = {name: tuple(evaluate(n, {}) for n in shape) for name, shape in here.shapes}
    found: list[str] = []
    more = looked = 0
    for term in here.terms:
        for point in _points(term):
            looked += 1
            text = _product(term, point, shapes)
            if text and len(found) < SHOWN:
                found.append(text)
            elif text:
                more += 1
            if looked > MOST:
                return _joined_up(found, " + …")
    return _joined_up(found, f" + … ({more} more)" if more else "")


def _joined_up(found: Sequence[str], rest: str) -> str:
    return (" + ".join(found).replace("+ -", "- ") or "0") + rest


def _points(term: Term) -> Iterator[tuple[int, ...]]:
    spans = [range(evaluate(r.start, {}), evaluate(r.stop, {})) for r in term.sums]
    return product(*spans)


def _product(term: Term, point: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]]) -> str:
    """One product as text, or nothing where a condition fails or a read lies outside."""
    names = tuple(r.name for r in term.sums)
    for truth in compiled(_both(term.where), names)(*point):
        if not truth:
            return ""
    number = term.coefficient
    for divisor in compiled(term.divisors, names)(*point):
        number /= divisor
    parts = []
    for read in term.reads:
        at = compiled(read.at, names)(*point)
        if not all(0 <= i < n for i, n in zip(at, shapes[read.tensor], strict=True)):
            return ""
        place = f"{read.tensor}[{', '.join(map(str, at))}]" if at else read.tensor
        parts.append(f"{read.function}({place})" if read.function else place)
    return _joined(number, parts)


def _both(where: tuple[Condition, ...]) -> tuple[Index | Condition, ...]:
    return tuple(where)


def _joined(number: Fraction, parts: Sequence[str]) -> str:
    body = "*".join(parts)
    if not body:
        return str(number)
    sign = "-" if number < 0 else ""
    size = abs(number)
    return f"{sign}{body}" if size == 1 else f"{sign}{size}*{body}"
