"""Every output written out at concrete sizes, as SymPy expressions.

Products are grouped by output in integer arrays; SymPy's objects are made once, at the edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.canonical import Terms, sums
from symconv.elements import sympy_elements
from symconv.expand import Products, expand
from symconv.graph import Graph
from symconv.index import concrete
from symconv.symbolic import SCALAR_FUNCTIONS
from symconv.terms import Form, Shape

Symbols = Mapping[str, npt.NDArray[Any]]


def element_symbols(
    graph: Graph,
    extra: Mapping[str, tuple[int, ...]] | None = None,
    only: Iterable[str] | None = None,
) -> dict[str, Any]:
    """The elements of every tensor of a graph at concrete sizes, and of some `extra` ones.

    With `only` those of some tensors alone.
    """
    given = {t.name: t.elements for t in graph.inputs}
    shapes = {name: _numbers(shape) for name, shape in graph.shapes.items()} | dict(extra or {})
    wanted = shapes.keys() if only is None else set(only)
    return {
        name: sympy_elements(name, shape, given.get(name))
        for name, shape in shapes.items()
        if name in wanted
    }


def _numbers(shape: Shape) -> tuple[int, ...]:
    return tuple(concrete(n) for n in shape)


def written_out(form: Form, symbols: Symbols, sizes: Mapping[str, int] | None = None) -> Any:
    """The outputs of a form as an object array of SymPy expressions.

    `symbols` gives the elements of every tensor that is read.
    """
    expansion = expand(form, sizes)
    seen: dict[tuple[str, str], int] = {}
    atoms: list[Any] = []
    terms = [_terms(term, symbols, seen, atoms) for term in expansion.terms]
    result = np.empty(expansion.size, dtype=object)
    result[:] = sums(expansion.size, terms, atoms)
    return result.reshape(expansion.shape)


def _terms(
    term: Products, symbols: Symbols, seen: dict[tuple[str, str], int], atoms: list[Any]
) -> Terms:
    """The products of a term; `seen` says where the elements of a tensor begin in `atoms`."""
    columns = []
    for tensor, function, at in zip(term.tensors, term.functions, term.reads, strict=True):
        if (tensor, function) not in seen:
            seen[tensor, function] = len(atoms)
            flat = np.asarray(symbols[tensor], dtype=object).ravel().tolist()
            atoms += map(SCALAR_FUNCTIONS[function], flat) if function else flat
        columns.append(at + seen[tensor, function])
    return Terms(term.out, tuple(columns), term.coefficient, term.divisors)
