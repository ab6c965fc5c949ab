"""Exact derivatives by dual numbers: the witness against which every derivation step is held.

A dual number carries a value and its slopes with respect to every element of one tensor through
the plain evaluator, so it knows nothing of the rules that made the formula under test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.functions import FUNCTIONS
from symconv.meaning import STAND_INS, evaluate_equation
from symconv.terms import Equation
from symconv.values import dataclass

Slopes = dict[int, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """``value + Σ slopes[e]·ε_e`` with all products of two ε zero."""

    value: Any
    slopes: Slopes

    def __add__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.slopes)
        return Dual(self.value + other.value, _added(self.slopes, other.slopes, 1, 1))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, {e: s * other for e, s in self.slopes.items()})
        slopes = _added(self.slopes, other.slopes, other.value, self.value)
        return Dual(self.value * other.value, slopes)

    __rmul__ = __mul__

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > _value(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < _value(other))


def _added(left: Slopes, right: Slopes, m: Any, n: Any) -> Slopes:
    total = {e: s * m for e, s in left.items()}
    for e, s in right.items():
        total[e] = total.get(e, 0) + s * n
    return total


def _value(item: Any) -> Any:
    return item.value if isinstance(item, Dual) else item


def _lifted(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function on duals: its slope by the table of derivatives, on the same stand-ins."""

    def apply(argument: Any) -> Any:
        if not isinstance(argument, Dual):
            return function(argument)
        slope: Any = 0
        for number, names in FUNCTIONS[name].derivative:
            product: Any = number
            for inner in names:
                product = product * STAND_INS[inner](argument.value)
            slope = slope + product
        slopes = {e: s * slope for e, s in argument.slopes.items()}
        return Dual(function(argument.value), slopes)

    return apply


FUNCTIONS_ON_DUALS = {name: _lifted(name, f) for name, f in STAND_INS.items()}


def exact_jacobian(
    equations: Sequence[Equation],
    arrays: Mapping[str, npt.NDArray[Any]],
    tensor: str,
    sizes: Mapping[str, int] | None = None,
) -> npt.NDArray[Any]:
    """``∂output[out] / ∂tensor[j]`` as an array of shape ``out + j``, exactly.

    `equations` are evaluated in order from `arrays`; the last one is the output.
    """
    base = np.asarray(arrays[tensor], dtype=object)
    moved = np.empty(base.size, dtype=object)
    moved[:] = [Dual(value, {e: 1}) for e, value in enumerate(base.ravel())]
    values = dict(arrays) | {tensor: moved.reshape(base.shape)}
    for equation in equations:
        values[equation.name] = evaluate_equation(equation, values, sizes, FUNCTIONS_ON_DUALS)
    output = values[equations[-1].name]
    result = np.zeros((output.size, base.size), dtype=object)
    for row, item in enumerate(output.ravel()):
        for column, slope in item.slopes.items() if isinstance(item, Dual) else ():
            result[row, column] = slope
    return result.reshape(*output.shape, *base.shape)
