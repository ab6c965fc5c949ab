"""Numbers with names in them: polynomials over the fractions, for code that takes any numbers.

Code that only adds and multiplies can be run on the entries ``x[0,1]`` themselves; what comes out
holds for every value of the entries, at that geometry.  Anything that must know a value (a
comparison, a float, an exponential) raises TypeError.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

Monomial = tuple[str, ...]
MOST_TERMS = 2_000
"""A polynomial with more terms is refused."""


class Exact:
    """A polynomial in named entries with fractions as coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[Monomial, Fraction]) -> None:
        if len(terms) > MOST_TERMS:
            raise ArithmeticError(f"a sum of more than {MOST_TERMS} products")
        self.terms = terms

    @staticmethod
    def named(name: str) -> Exact:
        """The entry of that name."""
        return Exact({(name,): Fraction(1)})

    @staticmethod
    def of(value: object) -> Exact:
        """A number as a polynomial; errors: TypeError for what is not exactly a number."""
        if isinstance(value, Exact):
            return value
        number = _fraction(value)
        return Exact({(): number} if number else {})

    def __add__(self, other: object) -> Any:
        if _is_array(other):
            return NotImplemented
        terms = dict(self.terms)
        for names, number in Exact.of(other).terms.items():
            terms[names] = terms.get(names, Fraction(0)) + number
            if not terms[names]:
                del terms[names]
        return Exact(terms)

    def __mul__(self, other: object) -> Any:
        if _is_array(other):
            return NotImplemented
        right = Exact.of(other).terms
        if len(self.terms) * len(right) > MOST_TERMS:
            raise ArithmeticError(f"a sum of more than {MOST_TERMS} products")
        terms: dict[Monomial, Fraction] = {}
        for one, a in self.terms.items():
            for two, b in right.items():
                names = tuple(sorted(one + two))
                terms[names] = terms.get(names, Fraction(0)) + a * b
        return Exact({names: number for names, number in terms.items() if number})

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return Exact({names: -number for names, number in self.terms.items()})

    def __pos__(self) -> Exact:
        return self

    def __sub__(self, other: object) -> Any:
        if _is_array(other):
            return NotImplemented
        return self + -Exact.of(other)

    def __rsub__(self, other: object) -> Any:
        if _is_array(other):
            return NotImplemented
        return Exact.of(other) + -self

    def __truediv__(self, other: object) -> Any:
        right = Exact.of(other).terms
        if set(right) != {()}:
            raise TypeError("a division by an entry")
        return self * (1 / right[()])

    def __pow__(self, power: object) -> Any:
        if not isinstance(power, int) or not 0 <= power <= 4:
            raise TypeError("a power that is not a small whole number")
        result: Any = Exact.of(1)
        for _ in range(power):
            result = result * self
        return result

    def conjugate(self) -> Exact:
        """Itself: entries are real."""
        return self

    def _unknown(self, *_: object) -> Any:
        raise TypeError("the value of an entry is not known")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __float__ = __int__ = __index__ = __abs__ = __hash__ = _unknown

    def equals(self, other: object) -> bool:
        """Whether both are the same polynomial."""
        return self.terms == Exact.of(other).terms

    def __repr__(self) -> str:
        return shown(self)


def _is_array(value: object) -> bool:
    """An array, which multiplies each of its entries itself."""
    return getattr(value, "shape", ()) != ()


def _fraction(value: object) -> Fraction:
    """A whole number or a fraction, also a float that is a small multiple of 1/1024."""
    if hasattr(value, "item") and getattr(value, "shape", ()) == ():
        value = value.item()
    if isinstance(value, bool | int | Fraction):
        return Fraction(value)
    if isinstance(value, float) and abs(value) < 2**40 and (value * 1024).is_integer():
        return Fraction(value)
    raise TypeError(f"{type(value).__name__} is not an exact number")


def shown(value: Exact) -> str:
    """The polynomial as a sum of products, ``2*w[0]*x[1] + w[1]*x[2]``, in a fixed order."""
    parts = []
    for names, number in sorted(value.terms.items()):
        factors = [*([] if abs(number) == 1 and names else [str(abs(number))]), *names]
        parts.append(("- " if number < 0 else "+ ") + "*".join(factors))
    text = " ".join(parts) or "+ 0"
    return text.removeprefix("+ ")


def rows(value: Exact) -> list[list[Any]]:
    """The polynomial as plain data: numerator, denominator, names."""
    return [
        [str(number.numerator), str(number.denominator), list(names)]
        for names, number in sorted(value.terms.items())
    ]


def from_rows(data: Iterable[Any]) -> Exact:
    """The polynomial that `rows` wrote; errors: ValueError for other data."""
    terms: dict[Monomial, Fraction] = {}
    for row in data:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[2], list):
            raise ValueError("not a polynomial")
        terms[tuple(str(name) for name in row[2])] = Fraction(int(row[0]), int(row[1]))
    return Exact(terms)
