"""The elements of a tensor by name: ``x_2``, ``x_{1,2}``, or the letters and numbers given.

An element is an identifier (``x_1_2``) to SymPy and to generated code, and is printed with commas
(``x_{1,2}``), because ``1011`` could be read two ways.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symconv.calls import Element, Elements
from symconv.canonical import symbols
from symconv.graph import Tensor
from symconv.index import concrete
from symconv.names import indexed, latex_name


def flat_elements(elements: Elements) -> list[Element]:
    """The given elements in row-major order."""
    found: list[Element] = []
    for item in elements:
        found += flat_elements(item) if isinstance(item, tuple) else [item]
    return found


def positions(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """Every index tuple of a shape in row-major order."""
    return list(itertools.product(*(range(n) for n in shape)))


def names(name: str, shape: Sequence[int], elements: Elements | None = None) -> list[str]:
    """Plain names in row-major order: ``x_1_2``, or what was given."""
    if elements is not None:
        return [str(item) for item in flat_elements(elements)]
    return _numbered(name, "_", shape)


def _numbered(name: str, gap: str, shape: Sequence[int]) -> list[str]:
    """A name followed by every position of a shape, in row-major order."""
    found = [name]
    for size in shape:
        ends = [f"{gap}{n}" for n in range(size)]
        found = [before + end for before in found for end in ends]
    return found


def latex_names(name: str, shape: Sequence[int], elements: Elements | None = None) -> list[str]:
    """LaTeX in row-major order: ``x_{1,2}``, or what was given."""
    if elements is not None:
        return [latex_element(item) for item in flat_elements(elements)]
    head = latex_name(name)
    if not shape:
        return [head]
    before, _, after = indexed(head, "@").partition("@")
    first = _numbered(before, "", shape[:1])
    return [f"{item}{rest}{after}" for item in first for rest in _numbered("", ",", shape[1:])]


def latex_element(item: Element) -> str:
    """A given element: a letter, a whole number or a fraction."""
    if isinstance(item, Fraction):
        sign = "-" if item < 0 else ""
        whole = item.denominator == 1
        return (
            str(item.numerator)
            if whole
            else (f"{sign}\\frac{{{abs(item.numerator)}}}{{{item.denominator}}}")
        )
    return latex_name(item) if isinstance(item, str) else str(item)


def sympy_elements(
    name: str, shape: Sequence[int], elements: Elements | None = None
) -> npt.NDArray[Any]:
    """The elements as SymPy symbols and numbers, an object array of the tensor's shape."""
    flat = sympy_items(name, shape, elements)
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(tuple(shape))


def sympy_items(name: str, shape: Sequence[int], elements: Elements | None = None) -> list[Any]:
    """The elements as SymPy symbols and numbers in row-major order."""
    if elements is None:
        return symbols(names(name, shape))
    return [_sympy(item) for item in flat_elements(elements)]


def _sympy(item: Element) -> Any:
    if isinstance(item, str):
        return sympy.Symbol(item)
    if isinstance(item, Fraction):
        return sympy.Rational(item.numerator, item.denominator)
    return sympy.Integer(item)


def numbers(tensor: Tensor) -> npt.NDArray[Any] | None:
    """The tensor's elements as an array of exact numbers, or None where any is a letter."""
    if tensor.elements is None:
        return None
    flat = flat_elements(tensor.elements)
    if any(isinstance(item, str) for item in flat):
        return None
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return array.reshape(tuple(concrete(n) for n in tensor.shape))
