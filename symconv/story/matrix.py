"""The directive that prints a matrix, and what kind it is."""

from __future__ import annotations

from symconv.checks import check_matrix, require
from symconv.document import Block, Cell, Equation, Grid, Mark, Paragraph, words
from symconv.matrices import LinearMap, block_form, grid, kind, linear_map
from symconv.story.state import Directive

ACROSS = 13
"""How many columns of blocks stand side by side."""


def matrix(asked: Directive) -> tuple[Block, ...]:
    """``{matrix} x``: A with y = A x; options padded, product (A times the vector), transpose.

    ``:blocks: true`` prints the grid of blocks, and each different block under its name.
    """
    asked.need("padded", "product", "transpose", "blocks")
    graph = asked.graph()
    of = asked.tensor(graph)
    table = linear_map(graph, of, padded=asked.flag("padded"))
    if asked.flag("transpose"):
        table = table.transpose()
    check = require(check_matrix(graph, of, seed=asked.state.seed))
    mark = Mark("checked", f"A·{of} {check.method}, {check.cases} cases")
    rows: tuple[Cell, ...] = (_product(table) if asked.flag("product") else (grid(table),),)
    if asked.flag("blocks"):
        rows = _blocks(table)
    found = kind(table)
    what = "no Toeplitz matrix" if found.name == "none" else found.name
    size = f"{table.shape[0]} × {table.shape[1]}, {what}: {found.reason}."
    shown = Equation(tuple((row,) for row in rows), mark=mark)
    return (shown, Paragraph(words(f"{size} Here {table.convention}.")))


def _product(table: LinearMap) -> Cell:
    """The matrix, the vector it multiplies, and the result."""
    row, column = (_vector(side.latex_labels) for side in (table.row, table.column))
    return (grid(table), r"\,", column, "=", row)


def _blocks(table: LinearMap) -> tuple[Cell, ...]:
    """The grid of blocks on one row, then the blocks, as many a row as are narrow enough."""
    found = block_form(table)
    named = [(f"{name} = ", block) for name, block in found.named]
    few = max(1, ACROSS // max(len(block.entries[0]) for _, block in named))
    lines = [named[n : n + few] for n in range(0, len(named), few)]
    spaced: list[Cell] = [
        tuple(piece for pair in line for piece in (*pair, r"\quad "))[:-1] for line in lines
    ]
    return (("A =", found.grid), *spaced)


def _vector(labels: tuple[str, ...]) -> Grid:
    return Grid(tuple((label,) for label in labels))
