"""Every output written out at concrete sizes, as SymPy expressions.

Products are grouped by output in integer arrays; SymPy's objects are made once, at the edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sympy import latex

from symconv.canonical import Terms, named_sums, sums, sums_latex
from symconv.elements import latex_names, names, sympy_elements, sympy_items
from symconv.expand import Expansion, Products, expand
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


def element_names(graph: Graph, symbols: Symbols) -> dict[str, list[str]]:
    """The LaTeX of the elements of some tensors, in row-major order."""
    given = {t.name: t.elements for t in graph.inputs}
    return {
        name: latex_names(name, array.shape, given.get(name)) for name, array in symbols.items()
    }


def _numbers(shape: Shape) -> tuple[int, ...]:
    return tuple(concrete(n) for n in shape)


def written_out(form: Form, symbols: Symbols, sizes: Mapping[str, int] | None = None) -> Any:
    """The outputs of a form as an object array of SymPy expressions.

    `symbols` gives the elements of every tensor that is read.
    """
    expansion = expand(form, sizes)
    terms, atoms, _ = _terms(expansion, _flat(symbols))
    return _shaped(sums(expansion.size, terms, atoms), expansion.shape)


def written(expansion: Expansion, graph: Graph) -> Any:
    """The outputs of a form at concrete sizes as an object array, in the elements of a graph."""
    given = {t.name: t.elements for t in graph.inputs if t.elements is not None}
    named = not any(any(term.functions) for term in expansion.terms)
    if named and not any(name in given for name, _ in expansion.shapes):
        plain = {name: names(name, shape) for name, shape in expansion.shapes}
        terms, atoms, _ = _terms(expansion, plain)
        return _shaped(named_sums(expansion.size, terms, atoms), expansion.shape)
    items = {name: sympy_items(name, shape, given.get(name)) for name, shape in expansion.shapes}
    terms, atoms, _ = _terms(expansion, items)
    return _shaped(sums(expansion.size, terms, atoms), expansion.shape)


def written_latex(form: Form, symbols: Symbols, names: Mapping[str, Sequence[str]]) -> Any:
    """The outputs of a form as an object array of LaTeX texts, as SymPy prints them.

    `names` gives the LaTeX of the elements that `symbols` gives.
    """
    expansion = expand(form)
    terms, atoms, seen = _terms(expansion, _flat(symbols))
    shown = [latex(atom) for atom in atoms] if any(function for _, function in seen) else []
    if not shown:
        shown = [name for tensor, _ in seen for name in names[tensor]]
    return _shaped(sums_latex(expansion.size, terms, atoms, shown), expansion.shape)


def _shaped(flat: Sequence[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(shape)


def _flat(symbols: Symbols) -> dict[str, list[Any]]:
    return {
        name: np.asarray(array, dtype=object).ravel().tolist() for name, array in symbols.items()
    }


def _terms(
    expansion: Expansion, symbols: Mapping[str, list[Any]]
) -> tuple[list[Terms], list[Any], dict[tuple[str, str], int]]:
    """The products of every term, the atoms they read, and where those of a tensor begin."""
    seen: dict[tuple[str, str], int] = {}
    atoms: list[Any] = []
    return [_products(term, symbols, seen, atoms) for term in expansion.terms], atoms, seen


def _products(
    term: Products,
    symbols: Mapping[str, list[Any]],
    seen: dict[tuple[str, str], int],
    atoms: list[Any],
) -> Terms:
    columns = []
    for tensor, function, at in zip(term.tensors, term.functions, term.reads, strict=True):
        if (tensor, function) not in seen:
            seen[tensor, function] = len(atoms)
            flat = symbols[tensor]
            atoms += map(SCALAR_FUNCTIONS[function], flat) if function else flat
        columns.append(at + seen[tensor, function])
    return Terms(term.out, tuple(columns), term.coefficient, term.divisors)
