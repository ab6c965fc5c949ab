"""Sums of products on the way to terms: products distribute, missing ranges wait to be found."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Product,
    Symbol,
    add,
    coefficient,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.syntax.formula.hulls import greatest, least
from symconv.terms import Range, Read, Shape, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A term whose binders in `open` have no range yet."""

    reads: tuple[Read, ...] = ()
    sums: tuple[Range, ...] = ()
    where: tuple[Condition, ...] = ()
    coefficient: Fraction = Fraction(1)
    divisors: tuple[Index, ...] = ()
    open: tuple[str, ...] = ()
    whole: tuple[Condition, ...] = ()
    """The conditions under which fractional positions are whole."""
    limits: tuple[tuple[str, Index, Index], ...] = ()
    """The written limits of open binders whose range must not be cut down to what is read."""


def multiplied(a: Piece, b: Piece) -> Piece:
    """The product; binders have names of their own, so nothing is captured."""
    return Piece(
        a.reads + b.reads,
        a.sums + b.sums,
        a.where + b.where,
        a.coefficient * b.coefficient,
        a.divisors + b.divisors,
        a.open + b.open,
        a.whole + b.whole,
        a.limits + b.limits,
    )


def closed(
    pieces: list[Piece], outer: tuple[Range, ...], shapes: dict[str, Shape]
) -> tuple[list[Term], str]:
    """The pieces as terms, every missing range found; else the name of one that is not."""
    found = [_solve(piece, outer, shapes) for piece in pieces]
    agreed: dict[str, set[Range]] = {}
    for piece in found:
        for item in piece.sums:
            agreed.setdefault(item.name, set()).add(item)
    terms: list[Term] = []
    for piece in found:
        sums = list(piece.sums)
        for name in piece.open:
            options = agreed.get(name, set())
            used = _mentions(piece)
            if len(options) != 1 or name in used:
                return [], name
            sums.append(next(iter(options)))
        terms.append(Term(piece.reads, tuple(sums), piece.where, piece.coefficient, piece.divisors))
    return terms, ""


def _mentions(piece: Piece) -> set[str]:
    return symbols(*piece.where, *(i for read in piece.reads for i in read.at))


def _solve(piece: Piece, outer: tuple[Range, ...], shapes: dict[str, Shape]) -> Piece:
    """Find ranges until nothing more is found: from bare positions first, then from others."""
    letters = {r.name for r in (*outer, *piece.sums)} | set(piece.open)
    while True:
        for name in piece.open:
            known = {r.name: r for r in (*outer, *piece.sums)}
            limits = next(((low, high) for n, low, high in piece.limits if n == name), None)
            made = (
                _range(name, piece, shapes, letters, known)
                if limits is None
                else _hull(name, limits, letters, known)
            )
            if made is not None:
                rest = tuple(n for n in piece.open if n != name)
                piece = replace(piece, sums=(*piece.sums, made), open=rest)
                break
        else:
            return piece


def _range(
    name: str,
    piece: Piece,
    shapes: dict[str, Shape],
    letters: set[str],
    known: dict[str, Range],
) -> Range | None:
    """The values of an index at which a read that it moves is inside its tensor."""
    wider: Range | None = None
    for read in piece.reads:
        for index, size in zip(read.at, shapes[read.tensor], strict=True):
            parts = coefficient(index, name)
            if parts is None or parts[0] == 0:
                continue
            rest = parts[1]
            if parts[0] == 1 and not symbols(rest) & letters:
                low = simplify(minus(rest))
                return Range(name, simplify(add(size, low)), low)
            wider = wider or _wider(name, parts, size, letters, known)
    return wider or _between(name, piece, letters)


def _hull(
    name: str, limits: tuple[Index, Index], letters: set[str], known: dict[str, Range]
) -> Range | None:
    """All values between the written limits, wherever the other indices are."""
    low, high = least(limits[0], letters, known), greatest(limits[1], letters, known)
    return None if low is None or high is None else Range(name, tidy(add(high, 1)), low)


def _wider(
    name: str,
    parts: tuple[Index, Index],
    size: Index,
    letters: set[str],
    known: dict[str, Range],
) -> Range | None:
    """``0 ≤ c·name + rest < size`` over all values that the other indices take."""
    factor, rest = parts
    if factor == -1:
        span = _interval(rest, letters, known)
        if span is None:
            return None
        low = simplify(add(span[0], minus(size), 1))
        return Range(name, simplify(add(span[1], 1)), low)
    if not isinstance(factor, int) or factor < 1:
        return None
    span = _interval(tidy(minus(rest)), letters, known)
    if span is None:
        return None
    low, high = span
    stop = add(FloorDiv(simplify(add(high, size, -1)), factor), 1)
    return Range(name, tidy(stop), tidy(FloorDiv(low, factor)))


def _interval(
    value: Index, letters: set[str], known: dict[str, Range]
) -> tuple[Index, Index] | None:
    """The least and the greatest value of an affine index (wider is harmless)."""
    low: Index = value
    high: Index = value
    for name in sorted(symbols(value) & letters):
        parts = coefficient(low, name), coefficient(high, name)
        if name not in known or parts[0] is None or parts[1] is None:
            return None
        factor, ends = parts[0][0], (known[name].start, known[name].last)
        if symbols(factor) & letters:
            return None
        numbers = set(polynomial(factor).values())
        if all(n < 0 for n in numbers):
            ends = (ends[1], ends[0])
        elif not all(n > 0 for n in numbers):
            return None
        low = simplify(add(Product((factor, ends[0])), parts[0][1]))
        high = simplify(add(Product((factor, ends[1])), parts[1][1]))
    return low, high


def _between(name: str, piece: Piece, letters: set[str]) -> Range | None:
    """The range that conditions give: ``0 ≤ k < K``."""
    low: Index | None = None
    high: Index | None = None
    for c in piece.where:
        for left, sign, right in ((c.left, c.relation, c.right), _turned(c)):
            if left != Symbol(name) or symbols(right) & letters:
                continue
            if sign in (">=", ">"):
                low = right if sign == ">=" else tidy(add(right, 1))
            elif sign in ("<", "<="):
                high = right if sign == "<" else tidy(add(right, 1))
    return None if low is None or high is None else Range(name, high, low)


def _turned(c: Condition) -> tuple[Index, str, Index]:
    other = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(c.relation, c.relation)
    return c.right, other, c.left
