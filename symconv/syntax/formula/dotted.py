r"""Dots inside a sum: ``w_0 x_o + \dots + w_{K-1} x_{o+K-1}``, where the terms tell the pattern.

The terms next to the dots must read the same tensors, at positions that go on in equal steps from
the first to the last of them.  Anything else is not understood: the dots are never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from symconv.index import Index, Product, Symbol, add, minus, polynomial, simplify, symbols, tidy
from symconv.syntax.formula.pieces import Piece
from symconv.terms import Range, Read

Steps = tuple[Index, ...]


def gathered(before: Sequence[Piece], after: Sequence[Piece], letter: str) -> list[Piece] | None:
    """The terms with those at the dots as one sum over `letter`; None where no pattern is seen."""
    shape = _shape(before[-1]) if before and after else None
    if shape is None:
        return None
    front, back = _run(before[::-1], shape)[::-1], _run(after, shape)
    if not back:
        return None
    steps: set[Steps | None] = {_between(a, b) for run in (front, back) for a, b in pairwise(run)}
    whole = _between(front[0], back[-1])
    if not steps:
        steps = {_single(whole, _positions(front[0]), _positions(back[-1]))}
    (step, *others) = steps
    count = None if others or step is None else _count(whole, step)
    if count is None or step is None or not any(step):
        return None
    first, at = front[0], iter(step)
    reads = tuple(
        replace(r, at=tuple(tidy(add(i, Product((next(at), Symbol(letter))))) for i in r.at))
        for r in _sorted(first)
    )
    sums = (*first.sums, Range(letter, tidy(add(count, 1))))
    made = replace(first, reads=reads, sums=sums)
    return [*before[: -len(front)], made, *after[len(back) :]]


def _sorted(piece: Piece) -> list[Read]:
    return sorted(piece.reads, key=lambda r: (r.tensor, r.function))


def _shape(piece: Piece) -> tuple[object, ...] | None:
    """What the terms of a pattern have in common; None for what is no product of plain reads."""
    if piece.sums or piece.open or piece.where or piece.whole or not piece.reads:
        return None
    names = [(r.tensor, r.function) for r in _sorted(piece)]
    if len(set(names)) != len(names):
        return None
    return (*names, piece.coefficient, piece.divisors)


def _positions(piece: Piece) -> list[Index]:
    return [index for read in _sorted(piece) for index in read.at]


def _between(a: Piece, b: Piece) -> Steps:
    """How far each position moves from one term to another."""
    pairs = zip(_positions(a), _positions(b), strict=True)
    return tuple(simplify(add(q, minus(p))) for p, q in pairs)


def _run(pieces: Sequence[Piece], shape: tuple[object, ...]) -> list[Piece]:
    """The terms from the dots on that go on in equal steps."""
    run = [pieces[0]] if _shape(pieces[0]) == shape else []
    for piece in pieces[1:]:
        fits = bool(run) and _shape(piece) == shape
        step = _between(run[-1], piece) if fits else ()
        if not fits or (len(run) > 1 and step != _between(run[-2], run[-1])):
            break
        if not all(map(_plain, step)) or not any(step):
            break
        run.append(piece)
    return run


def _single(whole: Steps, first: list[Index], last: list[Index]) -> Steps | None:
    """The steps where only the first and the last term are written: one, for all that move.

    From a number to letters, dots count up.
    """
    far: Index | None = None
    for w, a, b in zip(whole, first, last, strict=True):
        known = isinstance(a, int), isinstance(b, int)
        if w != 0 and far is None and known[0] != known[1]:
            far = w if known[0] else simplify(minus(w))
    for w in whole:
        if w != 0 and far is None and isinstance(w, int):
            far = abs(w)
    if far is None:
        return None
    signs: list[Index] = []
    for w in whole:
        if w == 0:
            signs.append(0)
        elif simplify(add(w, minus(far))) == 0:
            signs.append(1)
        elif simplify(add(w, far)) == 0:
            signs.append(-1)
        else:
            step = next((s for s in map(Symbol, sorted(symbols(w))) if _times(w, s, far)), None)
            if step is None:
                return None
            signs.append(step)
    return tuple(signs)


def _plain(step: Index) -> bool:
    """Whether a step is a number or a single size."""
    return isinstance(step, int | Symbol)


def _times(value: Index, step: Symbol, count: Index) -> bool:
    """Whether a distance is so many steps."""
    found = _divided(value, step)
    return found is not None and simplify(add(found, minus(count))) == 0


def _count(whole: Steps, step: Steps) -> Index | None:
    """How many steps lead from the first to the last term; None where they are not the same."""
    found: list[Index] = []
    for w, s in zip(whole, step, strict=True):
        if s == 0:
            if w != 0:
                return None
            continue
        divided = _divided(w, s) if isinstance(s, int | Symbol) else None
        if divided is None:
            return None
        found.append(divided)
    first = found[0] if found else None
    if first is None or any(simplify(add(f, minus(first))) != 0 for f in found):
        return None
    return None if isinstance(first, int) and first < 1 else first


def _divided(value: Index, by: int | Symbol) -> Index | None:
    """A distance over a step; None where it is not whole for all sizes."""
    terms: list[Index] = []
    number_by = by if isinstance(by, int) else 1
    for monomial, number in polynomial(value).items():
        rest = list(monomial)
        if isinstance(by, Symbol):
            if by not in rest:
                return None
            rest.remove(by)
        if number % number_by:
            return None
        times = int(number) // number_by
        terms.append(Product((times, *rest)) if rest else times)
    return tidy(add(*terms)) if terms else 0
