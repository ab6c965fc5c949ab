"""The two sides of a matrix: which element each row or column stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.calls import Element, Elements
from symconv.elements import flat_elements, latex_element, latex_names, names

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Side:
    """A tensor flattened in row-major order, and what its elements are called.

    `source` is set where the tensor carries its padding: for each padded position the position in
    the plain tensor (of shape `plain`) whose element stands there, -1 for a padding zero.
    """

    tensor: str
    shape: tuple[int, ...]
    elements: Elements | None = None
    source: Ints | None = None
    plain: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @cached_property
    def given(self) -> tuple[Element | None, ...]:
        """The names and numbers given in the spec, None where there are none."""
        if self.elements is None:
            return (None,) * math.prod(self.plain or self.shape)
        return tuple(flat_elements(self.elements))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Plain labels: ``x_1_2``, or the letter given; ``0`` for a padding cell.

        A given number is no name, so its label is its position.
        """
        if self.tensor == "":
            return ("1",) * self.size
        shown = names(self.tensor, self.plain or self.shape)
        named = [
            item if isinstance(item, str) else name
            for name, item in zip(shown, self.given, strict=True)
        ]
        return self._placed(named)

    @cached_property
    def latex_labels(self) -> tuple[str, ...]:
        """The labels in LaTeX: ``x_{1,2}``."""
        if self.tensor == "":
            return ("1",) * self.size
        shown = latex_names(self.tensor, self.plain or self.shape)
        named = [
            latex_element(item) if isinstance(item, str) else name
            for name, item in zip(shown, self.given, strict=True)
        ]
        return self._placed(named)

    def _placed(self, named: list[str]) -> tuple[str, ...]:
        if self.source is None:
            return tuple(named)
        return tuple(named[at] if at >= 0 else "0" for at in self.source.tolist())

    def numbers(self) -> Array | None:
        """The given elements as an array where all are numbers: integers, else exact fractions."""
        if self.elements is None or any(isinstance(item, str) for item in self.given):
            return None
        whole = all(Fraction(item or 0).denominator == 1 for item in self.given)
        array = np.empty(len(self.given), dtype=object)
        array[:] = [int(item or 0) if whole else Fraction(item or 0) for item in self.given]
        small = whole and all(abs(item) < 2**31 for item in array)
        return (array.astype(np.int64) if small else array).reshape(self.shape)


ONE = Side("", (1,))
"""The single column of a constant: what the matrix adds without reading the vector."""
