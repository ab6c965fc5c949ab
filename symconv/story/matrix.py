"""The directive that prints a matrix, and what kind it is; large ones in blocks and as a map."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from itertools import groupby

from symconv.checks import check_matrix, require
from symconv.document import Block, Cell, Equation, Figure, Grid, Mark, Paragraph, Rows, words
from symconv.exports.svg_map import to_svg
from symconv.exports.tikz_map import to_tikz_map
from symconv.matrices import LinearMap, block_form, grid, kind, linear_map
from symconv.matrices.grids import LAST, block_sizes
from symconv.matrices.sides import Side
from symconv.names import latex_name
from symconv.story.files import matrix_files, sympy_source
from symconv.story.state import Directive

ACROSS = 11
"""How many columns of blocks stand side by side."""
WHOLE = 12
"""Up to so many rows and columns a matrix is printed whole."""
DISTINCT = 6
"""So many different blocks are printed one by one beside the grid of blocks."""
BLOCK = 7
"""Blocks with more rows or columns have dots in the middle."""
MOST_CELLS = 6000
"""Up to so many cells that are not zero are drawn as a map."""
MOST_TERMS = 1500
"""So many products are written out, row by row."""


def matrix(asked: Directive) -> tuple[Block, ...]:
    """``{matrix} x``: A with y = A x; options padded, product (A times the vector), transpose.

    ``:blocks: true`` prints the grid of blocks, and each different block under its name.  A matrix
    that is too large to be printed whole is printed so too if it repeats a few blocks, else with
    dots (which ``false`` asks for); ``:map: false`` leaves out its coloured map.
    """
    asked.need("padded", "product", "transpose", "blocks", "map")
    graph = asked.graph()
    of = asked.tensor(graph)
    table = linear_map(graph, of, padded=asked.flag("padded"))
    if asked.flag("transpose"):
        table = table.transpose()
    check = require(check_matrix(graph, of, seed=asked.state.seed))
    mark = Mark("checked", f"A·{of} {check.method}, {check.cases} cases")
    large = max(table.shape) > WHOLE and not asked.flag("product")
    rows: tuple[Cell, ...] = (_product(table) if asked.flag("product") else (grid(table),),)
    if asked.flag("blocks"):
        rows = _blocks(table)
    elif large and asked.flag("blocks", default=True):
        rows = _few_blocks(table) or rows
    found = kind(table)
    what = "no Toeplitz matrix" if found.name == "none" else found.name
    size = f"{table.shape[0]} × {table.shape[1]}, {what}: {found.reason}."
    shown = Equation(
        tuple((row,) for row in rows),
        mark=mark,
        words=f"the matrix A: {size}",
        sympy=sympy_source(table),
        files=matrix_files(table),
    )
    said = Paragraph(words(f"{size} Here {table.convention}."))
    drawn = large and not asked.flag("blocks") and asked.flag("map", default=True)
    return (shown, said, *(map_blocks(table) if drawn else ()))


def _product(table: LinearMap) -> Cell:
    """The matrix, the vector it multiplies, and the result."""
    row, column = (_vector(side.latex_labels) for side in (table.row, table.column))
    return (grid(table), r"\,", column, "=", row)


def _few_blocks(table: LinearMap) -> tuple[Cell, ...]:
    """The blocks of a matrix that repeats a few of them, else nothing."""
    found = block_form(table)
    blocks = sum(entry.startswith("A") for row in found.grid.entries for entry in row)
    return _blocks(table) if len(found.named) <= min(DISTINCT, blocks - 1) else ()


def _blocks(table: LinearMap) -> tuple[Cell, ...]:
    """The grid of blocks on one row, then the blocks, as many a row as are narrow enough."""
    found = block_form(table)
    named = [(f"{name} = ", shortened(block)) for name, block in found.named]
    few = max(1, ACROSS // max(len(block.entries[0]) for _, block in named))
    lines = [named[n : n + few] for n in range(0, len(named), few)]
    spaced: list[Cell] = [
        tuple(piece for pair in line for piece in (*pair, r"\quad "))[:-1] for line in lines
    ]
    return (("A =", _labelled(found.grid, table)), *spaced)


def _labelled(blocks: Grid, table: LinearMap) -> Grid:
    """The grid of blocks with the part of the outputs and inputs that each stands for."""
    sizes = block_sizes(table)
    counts = len(blocks.entries), len(blocks.entries[0])
    rows, columns = (
        _parts(side, size, count)
        for side, size, count in zip((table.row, table.column), sizes, counts, strict=True)
    )
    dots = tuple(r"\vdots" if label is None else label for label in rows)
    tops = tuple(r"\cdots" if label is None else label for label in columns)
    return replace(blocks, row_labels=dots, column_labels=tops)


def _parts(side: Side, size: int, printed: int) -> list[str | None]:
    """``x_{0,:}`` for each printed block, None for the dots."""
    inner = next(n for n in range(len(side.shape) + 1) if math.prod(side.shape[n:]) <= size)
    whole = [
        rf"{latex_name(side.tensor)}_{{{','.join(map(str, at))},:}}"
        for at in itertools.product(*map(range, side.shape[:inner]))
    ]
    if len(whole) == printed:
        return [*whole]
    first = printed - 1 - LAST
    return [*whole[:first], None, *whole[-LAST:]]


def shortened(block: Grid) -> Grid:
    """A block of many rows or columns with dots in the middle."""
    down, across = _kept(len(block.entries)), _kept(len(block.entries[0]))
    return Grid(
        tuple(
            tuple(
                _dots(row, column) if row is None or column is None else block.entries[row][column]
                for column in across
            )
            for row in down
        )
    )


def _kept(count: int) -> list[int | None]:
    """Which rows or columns of a block are printed, None for the dots."""
    if count <= BLOCK:
        return list(range(count))
    return [*range(BLOCK - 3), None, count - 2, count - 1]


def _dots(row: int | None, column: int | None) -> str:
    if row is None:
        return r"\ddots" if column is None else r"\vdots"
    return r"\cdots"


def _vector(labels: tuple[str, ...]) -> Grid:
    return Grid(tuple((label,) for label in labels))


# --- the map ------------------------------------------------------------------------------------


def map_blocks(table: LinearMap) -> tuple[Block, ...]:
    """Every cell that is not zero in the colour of its entry, and the sums of the rows."""
    count = len(table.cells.rows)
    if count > MOST_CELLS:
        text = f"The matrix has {count} cells that are not zero, too many to draw them all."
        return (Paragraph(words(text)),)
    rows, columns = table.shape
    said = (
        f"A map of the matrix: {rows} rows, {columns} columns, {count} cells that are not zero, "
        f"of {len(table.cells.values)} different entries."
    )
    caption = words("Every cell that is not zero, in the colour of its entry.")
    return (Figure(to_svg(table), to_tikz_map(table), caption, said, rows=row_sums(table)),)


def row_sums(table: LinearMap) -> Rows:
    """``y_0 = w_0 x_0 + …`` for every row, as long as there are not too many products."""
    heads, labels = table.row.latex_labels, table.column.latex_labels
    found: dict[int, tuple[str, ...]] = {}
    constant = {row: text for row, _, text in table.offset.latex_entries()} if table.offset else {}
    total = 0
    for row, cells in groupby(table.latex_entries(), lambda cell: cell[0]):
        products = [_product_of(text, labels[column]) for _, column, text in cells]
        products += [constant[row]] if row in constant else []
        total += len(products)
        if found and total > MOST_TERMS:
            break
        found[row] = tuple(_signed(p, place) for place, p in enumerate(products))
    last = max(found, default=-1) + 1 if total > MOST_TERMS else table.shape[0]
    every = ((n, found.get(n, _alone(constant.get(n)))) for n in range(last))
    return Rows(tuple((heads[n], terms) for n, terms in every), table.shape[0], table.shape[1])


def _alone(text: str | None) -> tuple[str, ...]:
    return () if text is None else (_signed(text, 0),)


def _product_of(entry: str, label: str) -> str:
    """An entry times what its column stands for."""
    if " + " in entry or " - " in entry:
        entry = f"({entry})"
    number = label[0].isdigit()
    if entry in ("1", "-1") and not number:
        return entry[:-1] + label
    return rf"{entry} {chr(92)}cdot {label}" if number else rf"{entry} \, {label}"


def _signed(text: str, place: int) -> str:
    """``- a`` or, behind another term, ``+ a``."""
    if text.startswith("-"):
        return f"- {text[1:].lstrip()}"
    return f"+ {text}" if place else text
