"""Continuous convolution of two box signals: the integral, worked out by SymPy.

    (f * g)(t) = ∫ f(τ) g(t - τ) dτ

with f = 1 on [a, b] and g = 1 on [c, d]: the length of the overlap of [a, b] with [t - d, t - c].
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import sympy

from symconv.errors import SymconvError
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """The value on one interval: a polynomial in t between `start` and `stop`."""

    start: Fraction
    stop: Fraction
    value: Any


@dataclass(frozen=True, slots=True)
class Boxes:
    """Two boxes, each 1 on its interval, and the pieces of their convolution (0 elsewhere)."""

    first: tuple[Fraction, Fraction]
    second: tuple[Fraction, Fraction]
    pieces: tuple[Piece, ...]

    def at(self, t: float) -> float:
        """The convolution at a point."""
        for piece in self.pieces:
            if piece.start <= t <= piece.stop:
                return float(piece.value.subs(T, sympy.Float(t)))
        return 0.0


T = sympy.Symbol("t", real=True)
TAU = sympy.Symbol("tau", real=True)


def convolve_boxes(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> Boxes:
    """The convolution of two boxes, piece by piece.

    Between two neighbouring knots a + c, a + d, b + c, b + d the bounds of the integral are the
    same two expressions throughout; SymPy integrates 1 between them.
    Errors: `SymconvError` for an empty interval.
    """
    for start, stop in (first, second):
        if start >= stop:
            raise SymconvError("a box needs a start before its end", got=f"{start} … {stop}")
    (a, b), (c, d) = first, second
    knots = sorted({a + c, a + d, b + c, b + d})
    pieces = []
    for start, stop in pairwise(knots):
        middle = (start + stop) / 2
        low = _number(a) if a >= middle - d else T - _number(d)
        high = _number(b) if b <= middle - c else T - _number(c)
        value = sympy.expand(sympy.integrate(sympy.Integer(1), (TAU, low, high)))
        pieces.append(Piece(start, stop, value))
    return Boxes(first, second, tuple(pieces))


def _number(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def riemann_error(boxes: Boxes, count: int = 4000) -> float:
    """How far the pieces are from a midpoint sum of the integral, at the most, over all t."""
    (a, b), (c, d) = boxes.first, boxes.second
    width = float(b - a) / count
    tau = float(a) + width * (np.arange(count) + 0.5)
    worst = 0.0
    for t in np.linspace(float(a + c) - 0.5, float(b + d) + 0.5, 61):
        inside = (t - tau >= float(c)) & (t - tau <= float(d))
        worst = max(worst, abs(float(inside.sum()) * width - boxes.at(float(t))))
    return worst
