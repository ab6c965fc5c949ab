"""Polynomials over named integers: ``{("S", "o"): 2, (): -1}`` is ``2·S·o - 1``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Monomial: TypeAlias = tuple[str, ...]
Poly: TypeAlias = dict[Monomial, int]
MOST = 400
"""How many monomials a polynomial may grow to."""


class TooLong(Exception):
    """A polynomial has grown beyond what is looked at."""


def constant(number: int) -> Poly:
    """A number."""
    return {(): number} if number else {}


def variable(name: str) -> Poly:
    """One named integer."""
    return {(name,): 1}


def plus(left: Poly, right: Poly, times: int = 1) -> Poly:
    """``left + times · right``."""
    total = dict(left)
    for monomial, number in right.items():
        value = total.get(monomial, 0) + times * number
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def scaled(poly: Poly, number: int) -> Poly:
    """A multiple."""
    return {m: n * number for m, n in poly.items()} if number else {}


def product(left: Poly, right: Poly) -> Poly:
    """``left · right``.  Errors: `TooLong`."""
    if len(left) * len(right) > MOST:
        raise TooLong
    total: Poly = {}
    for a, m in left.items():
        for b, n in right.items():
            key = tuple(sorted((*a, *b)))
            value = total.get(key, 0) + m * n
            if value:
                total[key] = value
            else:
                total.pop(key, None)
    return total


def put_in(poly: Poly, values: Mapping[str, Poly]) -> Poly:
    """The polynomial with polynomials for some of its variables."""
    if not any(name in values for monomial in poly for name in monomial):
        return poly
    total: Poly = {}
    for monomial, number in poly.items():
        part = constant(number)
        for name in monomial:
            part = product(part, values.get(name, variable(name)))
        total = plus(total, part)
    return total


def names(poly: Poly) -> set[str]:
    """The variables that occur."""
    return {name for monomial in poly for name in monomial}


def key(poly: Poly) -> tuple[tuple[Monomial, int], ...]:
    """A hashable form: equal for equal polynomials."""
    return tuple(sorted(poly.items()))


def number_of(poly: Poly) -> int | None:
    """The number, where it is one."""
    if not poly:
        return 0
    return poly[()] if set(poly) == {()} else None


def split(poly: Poly, name: str) -> tuple[Poly, Poly] | None:
    """``(c, e)`` with ``poly = c·name + e``, or None where it occurs to a higher power."""
    factor: Poly = {}
    rest: Poly = {}
    for monomial, number in poly.items():
        times = monomial.count(name)
        if times > 1:
            return None
        if times:
            others = list(monomial)
            others.remove(name)
            factor[tuple(others)] = number
        else:
            rest[monomial] = number
    return factor, rest


def divided(poly: Poly, by: Poly) -> tuple[Poly, Poly]:
    """``(q, e)`` with ``poly = by·q + e``, taking what one monomial of `by` divides.

    `by` must be a single monomial; for others nothing is taken.
    """
    if len(by) != 1:
        same = plus(poly, by, -1)
        return (constant(1), same) if len(same) <= len(poly) - len(by) else ({}, poly)
    ((monomial, number),) = by.items()
    whole: Poly = {}
    rest: Poly = {}
    for term, value in poly.items():
        others = _without(term, monomial)
        times, left = divmod(value, number) if others is not None else (0, value)
        if others is not None and times:
            whole[others] = times
        if left:
            rest[term] = left
    return whole, rest


def _without(term: Monomial, monomial: Monomial) -> Monomial | None:
    others = list(term)
    for name in monomial:
        if name not in others:
            return None
        others.remove(name)
    return tuple(others)
