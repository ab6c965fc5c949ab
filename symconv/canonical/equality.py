"""Whether two written-out formulas are equal, exactly: as polynomials, monomial by monomial.

SymPy's ``expand(a - b)`` multiplies out with every term an object; here a monomial is a tuple of
numbers, and a part that occurs again is multiplied out once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy

from symconv.errors import SymconvError

Monomial: TypeAlias = tuple[int, ...]
Polynomial: TypeAlias = dict[Monomial, Any]

MOST_MONOMIALS = 5_000_000
"""More than so many in one formula are refused."""


def equal(one: Any, other: Any) -> bool | None:
    """Whether two expressions, or two arrays of them, are equal for all values of their letters.

    Exact for polynomials with rational coefficients.  Everything else (a function, a quotient, a
    root) is a letter of its own: where such a one occurs and the sides differ the answer is None,
    since an identity of its own could still make them equal.  Errors: `SymconvError` for floats,
    which stand for no exact number, for arrays of different lengths, and beyond `MOST_MONOMIALS`.
    """
    lefts, rights = _flat(one), _flat(other)
    if len(lefts) != len(rights):
        raise SymconvError(
            "the two sides have different lengths", expected=str(len(lefts)), got=str(len(rights))
        )
    reader = _Reader()
    answer: bool | None = True
    for left, right in zip(lefts, rights, strict=True):
        reader.opaque = False
        if reader.polynomial(left) != reader.polynomial(right):
            if not reader.opaque:
                return False
            answer = None
    return answer


def _flat(side: Any) -> list[Any]:
    items = side.flat if hasattr(side, "flat") else [side]
    found = items() if callable(items) else items
    return [sympy.sympify(item, strict=True) for item in found]


@dataclass(slots=True)
class _Reader:
    """Letters by number, and what was multiplied out; `opaque` if a letter is no symbol."""

    letters: dict[Any, int] = field(default_factory=dict)
    places: dict[int, tuple[Any, int]] = field(default_factory=dict)
    known: dict[int, tuple[Any, Polynomial, bool]] = field(default_factory=dict)
    opaque: bool = False

    def polynomial(self, item: Any) -> Polynomial:
        """The coefficients of an expression by monomial; none is zero."""
        if isinstance(item, sympy.Add) or (isinstance(item, sympy.Mul) and _nested(item)):
            if id(item) not in self.known:
                before, self.opaque = self.opaque, False
                made = self._sum(item.args) if item.is_Add else self._product(item.args)
                self.known[id(item)] = (item, made, self.opaque)
                self.opaque = before
            _, made, opaque = self.known[id(item)]
            self.opaque = self.opaque or opaque
            return made
        if isinstance(item, sympy.Pow) and item.exp.is_Integer and item.exp > 0:
            return self._product([item.base] * int(item.exp))
        if isinstance(item, sympy.Mul):
            return dict([self._monomial(item.args)])
        number, letters = self._atom(item)
        return {letters: number} if number else {}

    def _atom(self, item: Any) -> tuple[Any, Monomial]:
        if item.is_Rational:
            return (item.p if item.q == 1 else sympy.QQ(item.p, item.q)), ()
        if item.is_Float or item.has(sympy.Float):
            raise SymconvError("a float stands for no exact number", got=str(item)[:60])
        if not item.is_Symbol:
            self.opaque = True
        return 1, (self.letters.setdefault(item, len(self.letters)),)

    def _monomial(self, factors: Iterable[Any]) -> tuple[Monomial, Any]:
        """A product of letters and numbers."""
        number: Any = 1
        letters: list[int] = []
        for factor in factors:
            known = self.places.get(id(factor))  # symbols of one name need not be one object
            if known is not None:
                letters.append(known[1])
                continue
            value, more = self._atom(factor)
            if factor.is_Symbol:
                self.places[id(factor)] = factor, more[0]
            number *= value
            letters += more
        letters.sort()
        return tuple(letters), number

    def _sum(self, terms: Iterable[Any]) -> Polynomial:
        total: Polynomial = {}
        for term in terms:
            if isinstance(term, sympy.Mul) and not _nested(term):
                pairs: Iterable[tuple[Monomial, Any]] = [self._monomial(term.args)]
            else:
                pairs = self.polynomial(term).items()
            for monomial, number in pairs:
                total[monomial] = total.get(monomial, 0) + number
            _refuse(total)
        return {monomial: number for monomial, number in total.items() if number}

    def _product(self, factors: Iterable[Any]) -> Polynomial:
        total: Polynomial = {(): 1}
        for factor in factors:
            other = self.polynomial(factor)
            if len(total) * len(other) > MOST_MONOMIALS:
                _refuse(None)
            made: Polynomial = {}
            for left, number in total.items():
                for right, value in other.items():
                    monomial = tuple(sorted(left + right)) if left else right
                    made[monomial] = made.get(monomial, 0) + number * value
            total = {monomial: number for monomial, number in made.items() if number}
        return total


def _nested(product: Any) -> bool:
    """Whether a product has to be multiplied out."""
    return any(factor.is_Add or factor.is_Pow or factor.is_Mul for factor in product.args)


def _refuse(total: Polynomial | None) -> None:
    if total is None or len(total) > MOST_MONOMIALS:
        raise SymconvError(
            "this formula is too large to multiply out",
            expected=f"at most {MOST_MONOMIALS:,} monomials",
        )
