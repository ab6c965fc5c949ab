"""A graph run by the NumPy engine: the values that every generated formula is compared with.

The engine shares no code with the forms.  A sum of one's own is handed to it as plain integers;
where a sum has conditions or functions, which the engine's plain sums do not know, that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import engine
from symconv.calls import Definition
from symconv.errors import SymconvError
from symconv.graph import Graph, Node
from symconv.index import Index, coefficient, evaluate, symbols
from symconv.terms import Form, Read, Term

Array = npt.NDArray[Any]


def forward(graph: Graph, arrays: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
    """Every result of a graph at concrete sizes, by the engine.

    Errors: `SymconvError` for an open size, or a sum that the engine cannot run.
    """
    values = {name: np.asarray(array) for name, array in arrays.items()}
    made = {}
    for node in graph.nodes:
        made[node.target] = _forward(node, values)
        values[node.target] = made[node.target]
    return made


def backward(
    graph: Graph, arrays: Mapping[str, npt.ArrayLike], g: npt.ArrayLike | None = None
) -> dict[str, Array]:
    """The gradient with respect to every tensor that the output depends on, by the engine.

    `g` is the upstream gradient, of the output's shape; a scalar output may leave it out (1).
    """
    values: dict[str, Any] = {name: np.asarray(a) for name, a in arrays.items()}
    values |= forward(graph, values)
    seed = np.asarray(1 if g is None else g)
    if seed.shape != np.shape(values[graph.output]):
        raise SymconvError(
            "the upstream gradient has the wrong shape",
            expected=str(np.shape(values[graph.output])),
            got=str(seed.shape),
        )
    gradients: dict[str, Array] = {graph.output: seed}
    for node in reversed(graph.nodes):
        if node.target not in gradients:
            continue
        parts = _backward(node, gradients[node.target], values)
        for name, part in zip(node.tensors, parts, strict=True):
            part = np.asarray(part).reshape(np.shape(values[name]))
            gradients[name] = gradients[name] + part if name in gradients else part
    return gradients


def _options(node: Node) -> dict[str, Any]:
    return dict(node.options)


def _tensors(node: Node, values: Mapping[str, Any]) -> list[Any]:
    """The node's arrays; a bias of one entry for one channel is the engine's scalar."""
    found = [values[name] for name in node.tensors]
    if "b" in node.roles and np.shape(found[-1]) == (1,) and np.ndim(found[1]) == _rank(node):
        found[-1] = np.asarray(found[-1]).reshape(())
    return found


def _rank(node: Node) -> int:
    return node.geometry.rank if node.geometry is not None else -1


def _forward(node: Node, values: Mapping[str, Any]) -> Array:
    if isinstance(node.statement, Definition):
        form = plain_sum(node)
        reads = {name: values[name] for name in node.tensors}
        return engine.forward_sum(_shape(form), _sum_terms(form), reads)
    return engine.forward(node.keyword, *_tensors(node, values), **_options(node))


def _backward(node: Node, g: Array, values: Mapping[str, Any]) -> tuple[Array, ...]:
    if isinstance(node.statement, Definition):
        form = plain_sum(node)
        reads = {name: values[name] for name in node.tensors}
        made = engine.backward_sum(g, _shape(form), _sum_terms(form), reads)
        return tuple(made[name] for name in node.tensors)
    return engine.backward(node.keyword, g, *_tensors(node, values), **_options(node))


def _shape(form: Form) -> tuple[int, ...]:
    return tuple(evaluate(n, {}) for n in form.shape)


# --- sums of one's own as plain integers --------------------------------------------------------


def plain_sum(node: Node) -> Form:
    """The form of a sum of one's own, if the engine can run it.

    Errors: `SymconvError` where it has conditions, functions or positions that are not affine.
    """
    form = node.equations[-1]
    assert isinstance(form, Form)
    for term in form.terms:
        if term.where or any(read.function for read in term.reads):
            raise SymconvError(
                "the engine runs plain sums of products only",
                where=form.name,
                got="a condition or a function",
                hint="the formula's own values (`evaluate`)",
            )
    return form


def _sum_terms(form: Form) -> list[engine.SumTerm]:
    return [_sum_term(form, term) for term in form.terms]


def _sum_term(form: Form, term: Term) -> engine.SumTerm:
    names = [*form.indices, *(r.name for r in term.sums)]
    return engine.SumTerm(
        tuple(evaluate(r.size, {}) for r in term.sums),
        tuple(evaluate(r.start, {}) for r in term.sums),
        term.coefficient,
        tuple(_read(form, read, names) for read in term.reads),
    )


def _read(form: Form, read: Read, names: list[str]) -> engine.own.Read:
    rows = [_affine(form, index, names) for index in read.at]
    return read.tensor, [row for row, _ in rows], [offset for _, offset in rows]


def _affine(form: Form, index: Index, names: list[str]) -> tuple[list[int], int]:
    """``index = row · names + offset`` in integers."""
    row = []
    rest = index
    for name in names:
        parts = coefficient(rest, name)
        if parts is None or not isinstance(parts[0], int):
            raise SymconvError(
                "the engine reads at affine positions only", where=form.name, got=str(index)
            )
        row.append(parts[0])
        rest = parts[1]
    if symbols(rest):
        raise SymconvError("an open size", where=form.name, got=str(rest))
    return row, evaluate(rest, {})
