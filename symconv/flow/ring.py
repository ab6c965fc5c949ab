"""Arithmetic on exact numbers, floats and SymPy expressions alike; functions and derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import sympy

from symconv.functions import FUNCTIONS
from symconv.meaning import FLOATS
from symconv.symbolic import SCALAR_FUNCTIONS

Number: TypeAlias = Any
"""An int, a Fraction, a float or a SymPy expression."""


def plain(value: Any) -> Number:
    """A number as Python has it: NumPy's scalars and SymPy's numbers become int, Fraction, float.

    Other SymPy expressions stay.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, sympy.Integer):
        return int(value)
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def add(left: Number, right: Number) -> Number:
    """``left + right``."""
    return plain(left + right)


def times(left: Number, right: Number) -> Number:
    """``left · right``."""
    return plain(left * right)


def divide(value: Number, divisor: int) -> Number:
    """``value / divisor``, exact unless the value is a float."""
    return value / divisor if isinstance(value, float) else times(value, Fraction(1, divisor))


def call(function: str, value: Number) -> Number:
    """A function of the table at a value."""
    symbolic = isinstance(value, sympy.Basic)
    return plain((SCALAR_FUNCTIONS if symbolic else FLOATS)[function](value))


def slope(function: str, value: Number) -> Number:
    """The derivative of a function of the table at a value, from the table's rows."""
    total: Number = 0
    for number, factors in FUNCTIONS[function].derivative:
        product: Number = plain(number)
        for factor in factors:
            product = times(product, call(factor, value))
        total = add(total, product)
    return total


def first_maximum(values: Sequence[Number]) -> int | None:
    """The place of the first value that is greatest; None where symbols leave it open."""
    if any(isinstance(value, sympy.Basic) for value in values):
        return None
    return list(values).index(max(values))


def greatest(values: Sequence[Number]) -> Number:
    """The greatest value."""
    place = first_maximum(values)
    return sympy.Max(*values) if place is None else values[place]
