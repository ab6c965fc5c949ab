"""The directive that prints a matrix, and what kind it is."""

from __future__ import annotations

from symconv.checks import (
    check_matrix,
    require,
)
from symconv.document import (
    Block,
    Cell,
    Equation,
    Grid,
    Mark,
    Paragraph,
    words,
)
from symconv.matrices import grid, kind, linear_map
from symconv.story.state import Directive


def matrix(asked: Directive) -> tuple[Block, ...]:
    """``{matrix} x``: A with y = A x; ``:padded:``, ``:product:`` (A times the vector)."""
    asked.need("padded", "product", "transpose")
    graph = asked.graph()
    of = asked.tensor(graph)
    table = linear_map(graph, of, padded=asked.flag("padded"))
    if asked.flag("transpose"):
        table = table.transpose()
    check = require(check_matrix(graph, of, seed=asked.state.seed))
    mark = Mark("checked", f"A·{of} {check.method}, {check.cases} cases")
    found = kind(table)
    row: Cell = (grid(table),)
    if asked.flag("product"):
        row = (
            grid(table),
            r"\,",
            _vector(table.column.latex_labels),
            "=",
            _vector(table.row.latex_labels),
        )
    what = "no Toeplitz matrix" if found.name == "none" else found.name
    size = f"{table.shape[0]} × {table.shape[1]}, {what}: {found.reason}."
    convention = f"Here {table.convention}."
    return (Equation(((row,),), mark=mark), Paragraph(words(f"{size} {convention}")))


def _vector(labels: tuple[str, ...]) -> Grid:
    return Grid(tuple((label,) for label in labels))
