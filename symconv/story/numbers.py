"""The directive that works through numbers, as one does by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.checks import (
    check_gradient,
    check_outputs,
    require,
    run,
)
from symconv.document import (
    Block,
    Cell,
    Equation,
    Grid,
    Inline,
    Mark,
    Math,
    Paragraph,
    Table,
    words,
)
from symconv.elements import latex_names
from symconv.errors import SymconvError
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.sampling import small_array, small_arrays
from symconv.story.state import Directive
from symconv.terms import Form
from symconv.worked import (
    WorkedOutput,
    labels_of,
    number_latex,
    partial_sums,
    worked_latex,
    worked_outputs,
)

MOST_TERMS = 12
"""Sums of more products than this are shown as partial sums, channel by channel."""


def worked(asked: Directive) -> tuple[Block, ...]:
    """``{worked}`` or ``{worked} w``: outputs, or a gradient, with numbers, step by step.

    ``:first: 4`` prints the first four only; ``:by: c`` prints partial sums over c.
    """
    asked.need("first", "by", "show", "as")
    graph = asked.graph()
    if graph.open_sizes():
        raise SymconvError("worked numbers need concrete sizes", hint=":sizes: N=8 K=3")
    form, values = _form_and_values(asked, graph)
    blocks: list[Block] = []
    if asked.flag("show", default=True):
        blocks += _given(form, values)
    mark = Mark("checked", "the results are the NumPy engine's")
    if asked.options.get("by"):
        return (*blocks, _by(form, values, asked.options["by"].split(), mark))
    if asked.choice("as", ("lines", "grid"), "lines") == "grid":
        return (*blocks, _result(form, values, mark))
    rows = worked_outputs(form, values, labels_of(graph))
    first = asked.count("first", len(rows))
    blocks.append(Equation(tuple(_worked_row(row) for row in rows[:first]), mark=mark))
    if first < len(rows):
        blocks.append(Paragraph(words(f"… and {len(rows) - first} more in the same way.")))
    return tuple(blocks)


def _form_and_values(asked: Directive, graph: Graph) -> tuple[Form, dict[str, Any]]:
    """The form to work through, and numbers for all that it reads; checked against the engine."""
    seed = asked.state.seed
    arrays = small_arrays(graph, seed)
    require(check_outputs(graph, 1, seed))
    values = run(graph.equations, arrays, {})
    if not asked.argument:
        last = graph.equations[-1]
        assert isinstance(last, Form)
        return last, values
    tensor = asked.tensor(graph)
    require(check_gradient(graph, tensor, 1, seed))
    names = upstream_names(graph)
    if names[graph.output]:
        values[names[graph.output]] = small_array(values[graph.output].shape, f"{seed} upstream")
    forms = backward(graph, [tensor])
    return forms[-1], run(forms, values, {})


def _given(form: Form, values: dict[str, Any]) -> list[Block]:
    """The numbers that go in, as vectors and matrices."""
    cells: list[tuple[Cell, ...]] = []
    for name, _ in form.shapes:
        array = np.asarray(values[name])
        label = latex_names(name, ())[0]
        if array.ndim == 0:
            cells.append(((f"{label} = {number_latex(array.item())}",),))
        elif array.ndim <= 2:
            cells.append(((f"{label} =", _grid(array)),))
        else:
            cells += _slices(label, array)
    return [Equation(tuple(cells))]


def _result(form: Form, values: dict[str, Any], mark: Mark) -> Equation:
    """The outputs as vectors and matrices."""
    made = np.asarray(run([form], values, {})[form.name])
    label = latex_names(form.name, ())[0]
    if made.ndim <= 2:
        return Equation((((f"{label} =", _grid(made)),),), mark=mark)
    return Equation(tuple((cell,) for (cell,) in _slices(label, made)), mark=mark)


def _grid(array: npt.ArrayLike) -> Grid:
    table = np.atleast_2d(np.asarray(array))
    return Grid(tuple(tuple(number_latex(v) for v in row) for row in table.tolist()))


def _slices(label: str, array: npt.ArrayLike) -> list[tuple[Cell, ...]]:
    data = np.asarray(array)
    rows: list[tuple[Cell, ...]] = []
    for at in np.ndindex(data.shape[:-2]):
        place = ",".join(map(str, at))
        rows.append(((f"{label}_{{{place}}} =", _grid(data[at])),))
    return rows


def _worked_row(row: WorkedOutput) -> tuple[Cell, ...]:
    sides = worked_latex(row, letters=len(row.products) <= MOST_TERMS)
    if len(row.products) > MOST_TERMS:
        sides = sides[-1:]
    return (row.name,), ("= " + " = ".join(sides),)


def _by(form: Form, values: dict[str, Any], by: list[str], mark: Mark) -> Table:
    """A table of partial sums, one column for each value of the indices, then the total."""
    data = {name: np.asarray(values[name]) for name, _ in form.shapes}
    parts = partial_sums(form, data, by)
    total = run([form], data, {})[form.name]
    columns = int(np.prod(parts.shape[total.ndim :]))
    flat = parts.reshape(total.size, columns)
    rest = np.asarray(total).ravel() - flat.sum(axis=1)
    names = latex_names(form.name, total.shape)
    heads = [_head(by, at) for at in np.ndindex(parts.shape[total.ndim :])]
    has_rest = bool(np.any(rest))
    header: list[tuple[Inline, ...]] = [words("output"), *heads]
    header += [words("bias")] if has_rest else []
    rows = []
    for name, line, left, value in zip(names, flat, rest, np.asarray(total).ravel(), strict=True):
        numbers = [*line.tolist(), *([left.item()] if has_rest else []), value.item()]
        rows.append(((Math(name),), *((Math(number_latex(n)),) for n in numbers)))
    return Table(
        (*header, words("total")), tuple(rows), "l" + "r" * (len(header)), caption=str(mark)
    )


def _head(by: list[str], at: tuple[int, ...]) -> tuple[Inline, ...]:
    return (Math(",".join(f"{name}={n}" for name, n in zip(by, at, strict=True))),)
