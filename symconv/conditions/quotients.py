"""What a claim divides by what: the fractions that may leave a remainder."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.claims import AnyClaim, SizeClaim
from symconv.index import (
    FloorDiv,
    Index,
    Mod,
    Polynomial,
    Sum,
    children,
    from_polynomial,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.terms import Form, Selection


def quotients(claim: AnyClaim, names: frozenset[str]) -> Iterator[tuple[Index, Index]]:
    """What is divided by what among the symbols in scope, each once, as shortly as written."""
    found: dict[tuple[str, str], tuple[Index, Index]] = {}
    for whole, bottom in _written(claim):
        top = without_multiples(tidy(whole), bottom)
        inside = symbols(top, bottom)
        if not inside <= names or not symbols(top) - symbols(bottom):
            continue
        if isinstance(bottom, int) and bottom < 2:
            continue
        key = str(sorted(_reduced(top, bottom).items(), key=str)), str(bottom)
        old = found.setdefault(key, (top, bottom))
        if _length(top) < _length(old[0]):
            found[key] = (top, bottom)
    yield from found.values()


def _length(top: Index) -> int:
    """How many terms are written down."""
    return len(top.terms) if isinstance(top, Sum) else 1


def _written(claim: AnyClaim) -> Iterator[tuple[Index, Index]]:
    if isinstance(claim, SizeClaim):
        for side in (claim.right, claim.left):
            yield side.top, side.bottom
            yield from _inside(side.top)
        return
    for equation in (claim.right, claim.left, *claim.before):
        for index in _indices(equation):
            yield from _inside(index)


def _indices(equation: Form | Selection) -> Iterator[Index]:
    for item in equation.ranges:
        yield item.stop
    for _, shape in equation.shapes:
        yield from shape
    if isinstance(equation, Selection):
        yield from equation.read.at
        return
    for term in equation.terms:
        for item in term.sums:
            yield from (item.start, item.stop)
        for read in term.reads:
            yield from read.at
        for condition in term.where:
            yield from (condition.left, condition.right)


def _inside(index: Index) -> Iterator[tuple[Index, Index]]:
    for part in children(index):
        yield from _inside(part)
    if isinstance(index, FloorDiv | Mod):
        yield index.top, simplify(index.bottom)


def without_multiples(top: Index, bottom: Index) -> Index:
    """The top without the terms that the bottom divides as they stand: 1 = S/S is not asked for.

    The order stays as written.
    """
    terms = top.terms if isinstance(top, Sum) else (top,)
    kept = [term for term in terms if not _multiple(term, bottom)]
    return tidy(Sum(tuple(kept))) if kept else 0


def _multiple(term: Index, bottom: Index) -> bool:
    """Whether a term is the bottom times something, or a number that the bottom divides."""
    if isinstance(bottom, int):
        number = simplify(term)
        return isinstance(number, int) and number % bottom == 0
    return all(bottom in monomial for monomial in polynomial(term))


def _reduced(top: Index, bottom: Index) -> Polynomial:
    """The top modulo the bottom, with its sign made the same for ``e`` and ``-e``."""
    terms = polynomial(without_multiples(top, bottom))
    if isinstance(bottom, int):
        terms = {m: n % bottom for m, n in terms.items() if n % bottom}
        other = {m: -n % bottom for m, n in terms.items()}
    else:
        other = polynomial(tidy(minus(from_polynomial(terms))))
    return min(terms, other, key=lambda p: str(sorted(p.items(), key=str)))
