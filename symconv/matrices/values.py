"""What a matrix entry can be: an exact sum of products of letters, and its four spellings.

A letter is an element by name (``w_0``), seen through a function where the form says so.  Sums
are canonical, so two entries are equal exactly where their sums are the same tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import sympy

from symconv.canonical import Terms, sums
from symconv.functions import FUNCTIONS
from symconv.symbolic import SCALAR_FUNCTIONS
from symconv.values import dataclass

Monomial: TypeAlias = tuple[int, ...]
Value: TypeAlias = tuple[tuple[Monomial, Fraction], ...]
"""``((letters, coefficient), …)``: letters by number, sorted, repeated for powers."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An element by name, in plain text and LaTeX, and the function it is seen through.

    `number` is set where the element was given as a number whose function is left standing.
    """

    name: str
    latex_name: str
    function: str = ""
    number: Fraction | None = None

    @property
    def text(self) -> str:
        """Plain text, ``w_0`` or ``tanh(x_0)``."""
        if self.function == "reciprocal":
            return f"(1/{self.name})"
        return f"{self.function}({self.name})" if self.function else self.name

    @property
    def latex(self) -> str:
        """LaTeX, ``w_{0}``."""
        if self.function == "reciprocal":
            return rf"\frac{{1}}{{{self.latex_name}}}"
        head = FUNCTIONS[self.function].latex
        return f"{head}({self.latex_name})" if head else self.latex_name

    def sympy(self) -> Any:
        """The SymPy symbol, or the function of it."""
        number = self.number
        inside = sympy.Symbol(self.name) if number is None else _rational(number)
        return SCALAR_FUNCTIONS[self.function](inside)


def _rational(number: Fraction) -> Any:
    return sympy.Rational(number.numerator, number.denominator)


EXACT_FUNCTIONS: dict[str, Callable[[Fraction], Fraction]] = {
    "": lambda v: v,
    "relu": lambda v: max(v, Fraction(0)),
    "step": lambda v: Fraction(int(v > 0)),
}
"""The functions whose value at a number is a number; the others stay letters (``exp(2)``)."""


def collect(products: Sequence[tuple[Monomial, Fraction]]) -> Value:
    """The sum of the products, like ones added up, nothing left of what cancels."""
    if len(products) == 1:
        return tuple(products) if products[0][1] else ()
    total: dict[Monomial, Fraction] = {}
    for monomial, number in products:
        total[monomial] = total.get(monomial, Fraction(0)) + number
    return tuple(sorted((m, number) for m, number in total.items() if number))


# --- spellings ----------------------------------------------------------------------------------


def value_text(value: Value, letters: Sequence[Letter]) -> str:
    """Plain text as SymPy writes it: ``2*a``, ``x/4``, ``a - b``."""
    return _joined([_term_text(m, abs(c), letters) for m, c in value], value)


def value_latex(value: Value, letters: Sequence[Letter]) -> str:
    r"""LaTeX: ``2a``, ``\frac{1}{4}x``, ``a - b``."""
    return _joined([_term_latex(m, abs(c), letters) for m, c in value], value)


def values_sympy(values: Sequence[Value], letters: Sequence[Letter]) -> list[Any]:
    """Each value as a SymPy expression."""
    if all(len(value) == 1 and len(value[0][0]) == 1 and value[0][1] == 1 for value in values):
        return [letters[value[0][0][0]].sympy() for value in values]
    alike: dict[tuple[int, Fraction], list[tuple[int, Monomial]]] = {}
    for out, value in enumerate(values):
        for monomial, number in value:
            alike.setdefault((len(monomial), number), []).append((out, monomial))
    terms = []
    for (length, number), products in alike.items():
        outs, monomials = zip(*products, strict=True)
        columns = np.array(monomials, dtype=np.int64).reshape(len(outs), length).T
        terms.append(Terms(np.array(outs, dtype=np.int64), tuple(columns), number))
    return sums(len(values), terms, [letter.sympy() for letter in letters])


def _joined(terms: Sequence[str], value: Value) -> str:
    shown = ""
    for term, (_, number) in zip(terms, value, strict=True):
        if shown:
            shown += " - " if number < 0 else " + "
        elif number < 0:
            shown = "-"
        shown += term
    return shown or "0"


def _powers(monomial: Monomial) -> list[tuple[int, int]]:
    return [(letter, len(list(same))) for letter, same in groupby(monomial)]


def _term_text(monomial: Monomial, number: Fraction, letters: Sequence[Letter]) -> str:
    parts = [letters[n].text + (f"**{p}" if p > 1 else "") for n, p in _powers(monomial)]
    if number.numerator != 1 or not parts:
        parts.insert(0, str(number.numerator))
    return "*".join(parts) + (f"/{number.denominator}" if number.denominator != 1 else "")


def _term_latex(monomial: Monomial, number: Fraction, letters: Sequence[Letter]) -> str:
    parts = []
    for n, power in _powers(monomial):
        base = letters[n].latex
        if power > 1:
            base = f"({base})^{{{power}}}" if letters[n].function else f"{base}^{{{power}}}"
        parts.append(base)
    if number.denominator != 1:
        front = rf"\frac{{{number.numerator}}}{{{number.denominator}}}"
    else:
        front = str(number.numerator) if number != 1 or not parts else ""
    return front + r"\,".join(parts)
