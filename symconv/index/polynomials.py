"""What two indices have in common: polynomials over their atoms."""

from __future__ import annotations

from typing import TypeAlias, cast

from symconv.index.folding import symbols, tidy
from symconv.index.trees import Index, Product, Sum, Symbol, Tree, children, rebuild, text

Monomial: TypeAlias = tuple[Tree, ...]
Polynomial: TypeAlias = dict[Monomial, int]


def polynomial(value: Index) -> Polynomial:
    """Collect like terms: ``{sorted product of atoms: integer}``.

    Atoms are symbols and the nodes that are not sums or products, their insides collected too,
    so two indices with equal polynomials are equal wherever both are defined.
    """
    match value:
        case int():
            return {(): value} if value else {}
        case Sum(terms):
            total: Polynomial = {}
            for term in terms:
                for monomial, number in polynomial(term).items():
                    total[monomial] = total.get(monomial, 0) + number
            return {monomial: number for monomial, number in total.items() if number}
        case Product(factors):
            product: Polynomial = {(): 1}
            for factor in factors:
                product = _times(product, polynomial(factor))
            return product
        case Symbol():
            return {(value,): 1}
        case _:
            atom = tidy(rebuild(value, [simplify(part) for part in children(value)]))
            inside = isinstance(atom, int | Sum | Product)
            return polynomial(atom) if inside else {(cast("Tree", atom),): 1}


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    product: Polynomial = {}
    for a, m in left.items():
        for b, n in right.items():
            key = tuple(sorted((*a, *b), key=text))
            product[key] = product.get(key, 0) + m * n
    return {monomial: number for monomial, number in product.items() if number}


def from_polynomial(terms: Polynomial) -> Index:
    """A tree again: positive terms first, in the order they were met; ``K - 1 - P``."""
    ordered = [*terms.items()]
    positive = [item for item in ordered if item[1] > 0]
    negative = sorted((item for item in ordered if item[1] < 0), key=lambda item: item[0] != ())
    parts = [tidy(Product((number, *monomial))) for monomial, number in positive + negative]
    return tidy(Sum(tuple(parts))) if parts else 0


def simplify(value: Index) -> Index:
    """Collect like terms; the order of first appearance stays, positive terms come first."""
    return from_polynomial(polynomial(value))


def same(left: Index, right: Index) -> bool:
    """Whether the two are equal as polynomials (a sufficient test, not a necessary one)."""
    return left == right or polynomial(left) == polynomial(right)


def coefficient(value: Index, name: str) -> tuple[Index, Index] | None:
    """``(c, e)`` with ``value == c*name + e``, or None where `name` is inside anything else."""
    factor: Polynomial = {}
    rest: Polynomial = {}
    symbol = Symbol(name)
    for monomial, number in polynomial(value).items():
        if symbol in monomial:
            others = list(monomial)
            others.remove(symbol)
            factor[tuple(others)] = number
        else:
            rest[monomial] = number
    pair = from_polynomial(factor), from_polynomial(rest)
    return None if name in symbols(*pair) else pair
