"""Every output written out at concrete sizes, as SymPy expressions.

Products are grouped by output in integer arrays first; SymPy sees each expression once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from symconv.elements import sympy_elements
from symconv.expand import Products, expand
from symconv.graph import Graph
from symconv.index import concrete
from symconv.symbolic import SCALAR_FUNCTIONS
from symconv.terms import Form, Shape

Symbols = Mapping[str, npt.NDArray[Any]]


def element_symbols(
    graph: Graph, extra: Mapping[str, tuple[int, ...]] | None = None
) -> dict[str, Any]:
    """The elements of every tensor of a graph at concrete sizes, and of some `extra` ones."""
    found = {t.name: sympy_elements(t.name, _numbers(t.shape), t.elements) for t in graph.inputs}
    for equation in graph.equations:
        found[equation.name] = sympy_elements(equation.name, _numbers(equation.shape))
    return found | {name: sympy_elements(name, shape) for name, shape in (extra or {}).items()}


def _numbers(shape: Shape) -> tuple[int, ...]:
    return tuple(concrete(n) for n in shape)


def written_out(form: Form, symbols: Symbols, sizes: Mapping[str, int] | None = None) -> Any:
    """The outputs of a form as an object array of SymPy expressions.

    `symbols` gives the elements of every tensor that is read.
    """
    expansion = expand(form, sizes)
    flat = {name: np.asarray(symbols[name], dtype=object).ravel() for name, _ in expansion.shapes}
    groups: list[list[Any]] = [[] for _ in range(expansion.size)]
    for term in expansion.terms:
        for out, product in zip(term.out.tolist(), _products(term, flat), strict=True):
            groups[out].append(product)
    result = np.empty(expansion.size, dtype=object)
    result[:] = [sympy.Add(*group) for group in groups]
    return result.reshape(expansion.shape)


def _products(term: Products, flat: Mapping[str, npt.NDArray[Any]]) -> list[Any]:
    number = sympy.Rational(term.coefficient.numerator, term.coefficient.denominator)
    columns = [
        [SCALAR_FUNCTIONS[function](flat[tensor][place]) for place in at.tolist()]
        for tensor, function, at in zip(term.tensors, term.functions, term.reads, strict=True)
    ]
    rows = zip(*columns, strict=True) if columns else [()] * len(term.out)
    products = [sympy.Mul(number, *row) for row in rows]
    if term.divisors is not None:
        products = [p / int(d) for p, d in zip(products, term.divisors.tolist(), strict=True)]
    return products
