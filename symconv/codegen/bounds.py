"""What is known of an index for all sizes: its sign, its least and greatest value."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.index import (
    FloorDiv,
    Index,
    Max,
    Monomial,
    Polynomial,
    Product,
    Sum,
    Symbol,
    Tree,
    add,
    coefficient,
    from_polynomial,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.reindex import sign_of

Sizes = Mapping[str, Index]
"""Each variable with the number of its values, which start at 0."""


def affine(index: Index, names: Sizes) -> tuple[dict[str, Index], Index] | None:
    """``({variable: factor}, rest)``, or None where a variable is inside anything but sums."""
    factors: dict[str, Index] = {}
    rest = index
    for name in sorted(symbols(index) & set(names)):
        parts = coefficient(rest, name)
        if parts is None or symbols(parts[0]) & set(names):
            return None
        if parts[0] != 0:
            factors[name] = parts[0]
        rest = parts[1]
    return factors, rest


def span(index: Index, ranges: Sizes) -> tuple[Index, Index] | None:
    """The least and the greatest value of an affine index, None where a sign is not known."""
    parts = affine(index, ranges)
    if parts is None:
        return None
    factors, low = parts
    high = low
    for name, factor in factors.items():
        reach = Product((factor, tidy(add(ranges[name], -1))))
        sign = sign_of(factor)
        if sign == 0:
            return None
        low, high = (low, add(high, reach)) if sign > 0 else (add(low, reach), high)
    return simplify(low), simplify(high)


# --- signs --------------------------------------------------------------------------------------


def nonnegative(index: Index, least: Mapping[str, int]) -> bool:
    """Whether an index is at least 0 for all sizes (a sufficient test); `least` bounds symbols."""
    if not symbols(index) <= set(least):
        return False
    return any(
        all(number >= 0 for number in _shifted(candidate, least).values())
        and all(_atom_is_nonnegative(a, least) for m in polynomial(candidate) for a in m)
        for candidate in (index, minus(_without_floors(minus(index))))
    )


def _shifted(index: Index, least: Mapping[str, int]) -> Polynomial:
    """The polynomial in how far each symbol lies above its least value."""
    total: Polynomial = {}
    for monomial, number in polynomial(index).items():
        atoms = [add(a, least[a.name] if isinstance(a, Symbol) else 0) for a in monomial]
        parts: Index = Product((number, *atoms))
        for key, value in polynomial(parts).items():
            total[key] = total.get(key, 0) + value
    return total


def _atom_is_nonnegative(atom: Tree, least: Mapping[str, int]) -> bool:
    match atom:
        case Symbol():
            return True
        case FloorDiv(top, _):
            return nonnegative(top, least)
        case Max(args):
            return any(nonnegative(arg, least) for arg in args)
    return False


def upper(index: Index) -> Index:
    """An upper bound without the rounding down of output sizes: ``S·⌊t/S⌋ ≤ t``."""
    return simplify(_without_floors(index))


def _without_floors(index: Index) -> Index:
    terms = [_relaxed(monomial, number) for monomial, number in polynomial(index).items()]
    return Sum(tuple(terms)) if terms else 0


def _relaxed(monomial: Monomial, number: int) -> Index:
    """A term, with ``S·⌊t/S⌋`` replaced by ``t`` where its number is positive."""
    for atom in monomial:
        if not isinstance(atom, FloorDiv) or number < 0:
            continue
        rest = list(monomial)
        rest.remove(atom)
        if isinstance(atom.bottom, int) and number % atom.bottom == 0:
            return Product((number // atom.bottom, *rest, atom.top))
        if atom.bottom in rest:
            rest.remove(atom.bottom)
            return Product((number, *rest, atom.top))
    return from_polynomial({monomial: number})


def quotient(size: Index, part: Index) -> Index | None:
    """``m`` with ``size = m·part``, None where that is not known.

    ``part = ⌊size/G⌋`` is taken to come out even: groups divide their channels.
    """
    if part == 1:
        return size
    if isinstance(part, FloorDiv) and part.top == size:
        return part.bottom
    if isinstance(size, Product) and part in size.factors:
        left = list(size.factors)
        left.remove(part)
        return tidy(Product(tuple(left)))
    ((monomial, number), *more) = polynomial(part).items() or [((), 0)]
    if more or number <= 0:
        return None
    found: Polynomial = {}
    for atoms, count in polynomial(size).items():
        rest = list(atoms)
        for atom in monomial:
            if atom not in rest:
                return None
            rest.remove(atom)
        if count % number:
            return None
        found[tuple(rest)] = count // number
    return from_polynomial(found)
