"""What is added up, and the same sums by SymPy's constructors: the slow twin."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy

from symconv.values import dataclass

Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Products ``number / divisor · Π atoms[column]``, each added to the sum `out`; all flat.

    `divisors` holds a whole number for each product, None where all are 1.
    """

    out: Ints
    columns: tuple[Ints, ...]
    number: Fraction = Fraction(1)
    divisors: Ints | None = None


def slow_sums(
    count: int, terms: Sequence[Terms], atoms: Sequence[Any], only: Sequence[int] | None = None
) -> list[Any]:
    """The same sums by SymPy's constructors; with `only` the others are left at 0."""
    wanted = set(range(count) if only is None else only)
    groups: list[list[Any]] = [[] for _ in range(count)]
    for group in terms:
        number = rational(group.number)
        divisors = repeat(1) if group.divisors is None else group.divisors.tolist()
        rows = zip(*(column.tolist() for column in group.columns), strict=True)
        places = rows if group.columns else repeat(())
        for out, row, divisor in zip(group.out.tolist(), places, divisors, strict=False):
            if out in wanted:
                groups[out].append(sympy.Mul(number, *(atoms[at] for at in row)) / divisor)
    return [sympy.Add(*group) for group in groups]


def rational(number: Fraction) -> Any:
    """A fraction as a SymPy number."""
    return sympy.Rational(number.numerator, number.denominator)
