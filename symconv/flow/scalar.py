"""The graph of single numbers: every product and every sum a node, from the index arrays.

The nodes of an output ``y[o] = Σ products`` are its products, the functions they go through, and
the sum; an output that is one product (or one function) alone is that node itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.elements import flat_elements, latex_names, positions, sympy_elements
from symconv.errors import GeometryError
from symconv.flow.addends import Addend, addends_of, selected
from symconv.flow.builder import Builder
from symconv.flow.parts import Value
from symconv.flow.reverse import reverse
from symconv.flow.ring import plain
from symconv.flow.value import Flow
from symconv.graph import Graph, Tensor, names_in
from symconv.index import concrete
from symconv.sizes import infer_sizes
from symconv.terms import Form, Selection, Shape, fresh

MOST_NODES = 2000
"""More nodes than this are refused: nobody reads them one by one."""

Arrays = Mapping[str, npt.ArrayLike]


def scalar_flow(
    graph: Graph,
    *,
    sizes: Mapping[str, int] | None = None,
    arrays: Arrays | None = None,
    upstream: npt.ArrayLike | None = None,
    limit: int = MOST_NODES,
) -> Flow:
    """The computation graph of single products and sums, with values and gradients.

    `sizes` gives numbers for the symbols that the graph leaves open, `arrays` numbers for inputs;
    the others keep the elements of the spec, or symbols ``x_0``.  `upstream` is the gradient with
    respect to the output, of its shape: symbols ``g_0 …`` if it is not given (a graph that ends in
    one number starts from 1).  No more than `limit` nodes are made.

    Errors: `NeedsSizes` for open sizes, `GeometryError` for more than `limit` nodes.
    """
    given = dict(arrays or {})
    known = infer_sizes({t.name: t.shape for t in graph.inputs}, given, sizes)
    shapes = {name: _numbers(shape, known) for name, shape in graph.shapes.items()}
    builder = Builder(limit)
    masks = {e.name: e for e in graph.equations if isinstance(e, Selection)}
    counts = [int(np.prod(shape)) for name, shape in shapes.items() if name not in masks]
    builder.check(sum(counts))
    for tensor in graph.inputs:
        _input(builder, tensor, shapes[tensor.name], given.get(tensor.name))
    for equation in graph.equations:
        if isinstance(equation, Form):
            last = equation.name == graph.output
            _equation(builder, equation, masks, known, is_end=last)
    return reverse(builder.flow(), _seeds(graph, shapes[graph.output], upstream))


def _numbers(shape: Shape, known: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(max(0, concrete(size, known)) for size in shape)


def element_id(tensor: str, at: tuple[int, ...]) -> str:
    """The id of a tensor's element: ``x[1,2]``, or ``L`` for a single number."""
    return f"{tensor}[{','.join(map(str, at))}]" if at else tensor


def _input(
    builder: Builder, tensor: Tensor, shape: tuple[int, ...], array: npt.ArrayLike | None
) -> None:
    latex = latex_names(tensor.name, shape)
    if tensor.elements is not None:
        flat = flat_elements(tensor.elements)
        named = latex_names(tensor.name, shape, tensor.elements)
        latex = [
            new if isinstance(element, str) else old
            for element, new, old in zip(flat, named, latex, strict=True)
        ]
    values: Any = (
        sympy_elements(tensor.name, shape, tensor.elements) if array is None else np.asarray(array)
    )
    for at, name, value in zip(positions(shape), latex, values.ravel(), strict=True):
        builder.input(element_id(tensor.name, at), name, plain(value))


def _equation(
    builder: Builder,
    form: Form,
    masks: Mapping[str, Selection],
    known: Mapping[str, int],
    *,
    is_end: bool,
) -> None:
    shape, addends = addends_of(form, known, builder.check)
    names = latex_names(form.name, shape)
    for at, latex, parts in zip(positions(shape), names, addends, strict=True):
        kind = "loss" if is_end and not shape else ""
        target = element_id(form.name, at)
        choice = selected(parts, masks)
        if choice is not None:
            builder.select(target, latex, choice)
        else:
            _output(builder, target, latex, parts, kind)


def _output(builder: Builder, target: str, latex: str, parts: list[Addend], kind: str) -> None:
    if len(parts) == 1:
        builder.addend(target, latex, parts[0], kind)
        return
    sources = []
    for place, part in enumerate(parts):
        sources.append(
            builder.read(part.reads[0])
            if part.is_read
            else builder.addend(f"{target}#{place}", "", part, "")
        )
    builder.sum(target, latex, sources, kind)


def _seeds(
    graph: Graph, shape: tuple[int, ...], upstream: npt.ArrayLike | None
) -> dict[str, Value]:
    ids = [element_id(graph.output, at) for at in positions(shape)]
    if upstream is None:
        name = fresh("g", names_in(graph))
        values = sympy_elements(name, shape).ravel() if shape else np.array([1])
    else:
        array = np.asarray(upstream)
        if array.shape != shape:
            raise GeometryError(
                f"the upstream gradient does not fit {graph.output}",
                expected=f"shape {shape}",
                got=f"shape {array.shape}",
            )
        values = array.ravel()
    return {name: plain(value) for name, value in zip(ids, values, strict=True)}
