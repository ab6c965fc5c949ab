"""A matrix on a page: whole with its labels when small, with dots and rules when large."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from symconv.document import Grid
from symconv.matrices.kind import paired_axes
from symconv.matrices.maps import LinearMap
from symconv.values import dataclass

MOST = 12
"""Up to this many rows and columns are printed whole."""
FIRST, LAST = 5, 3
"""How many are printed before and after the dots."""


def grid(map: LinearMap) -> Grid:
    """The matrix as a block of a page: LaTeX entries, labels, and rules between its blocks.

    Above 12 rows or columns the middle is dots, the first and last rows and columns stay.
    """
    rows, columns = (_kept(n) for n in map.shape)
    row_size, column_size = block_sizes(map)
    return Grid(
        _table(rows, columns, map.latex_entries()),
        _labels(map.row.latex_labels, rows, r"\vdots"),
        _labels(map.column.latex_labels, columns, r"\cdots"),
        row_rules=_rules(rows, row_size),
        column_rules=_rules(columns, column_size),
    )


def block_sizes(map: LinearMap) -> tuple[int, int]:
    """Rows and columns of a block: one per channel pair, else one per pair of picture rows."""
    depth = paired_axes(map)
    found = []
    shapes = map.row.shape, map.column.shape
    deep = any(math.prod(shape[: len(shape) - depth]) > 1 for shape in shapes)
    for shape in shapes:
        inner = shape[len(shape) - depth :] if deep else shape[len(shape) - depth + 1 :]
        found.append(math.prod(inner) if depth > 1 or deep else math.prod(shape))
    return found[0], found[1]


def _table(
    rows: Sequence[int | None],
    columns: Sequence[int | None],
    entries: Iterable[tuple[int, int, str]],
) -> tuple[tuple[str, ...], ...]:
    """The printed part of a matrix, zeros and dots filled in."""
    places = {at: n for n, at in enumerate(rows) if at is not None}
    across = {at: n for n, at in enumerate(columns) if at is not None}
    table = [[_blank(row, column) for column in columns] for row in rows]
    for row, column, text in entries:
        if row in places and column in across:
            table[places[row]][across[column]] = text
    return tuple(tuple(line) for line in table)


def _kept(count: int) -> list[int | None]:
    """The positions that are printed, None for the dots."""
    if count <= MOST:
        return list(range(count))
    return [*range(FIRST), None, *range(count - LAST, count)]


def _blank(row: int | None, column: int | None) -> str:
    if row is None:
        return r"\ddots" if column is None else r"\vdots"
    return r"\cdots" if column is None else "0"


def _labels(labels: tuple[str, ...], kept: list[int | None], dots: str) -> tuple[str, ...]:
    return tuple(dots if at is None else labels[at] for at in kept)


def _rules(kept: list[int | None], size: int) -> tuple[int, ...]:
    """Before which printed positions a block begins."""
    return tuple(n for n, at in enumerate(kept) if n and at is not None and at % size == 0)


# --- block form ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlockForm:
    r"""A matrix of blocks: the grid of their names, and each different block under its name.

    A block of zeros is called 0.
    """

    grid: Grid
    named: tuple[tuple[str, Grid], ...]


def block_form(map: LinearMap, letter: str = "A") -> BlockForm:
    r"""The matrix as blocks ``A_{0}, A_{1}, …``, numbered as they are met row by row.

    A block is a channel pair, or a pair of picture rows; a matrix without either is one block.
    """
    height, width = block_sizes(map)
    cells = map.cells
    down, across = map.shape[0] // height, map.shape[1] // width
    block = cells.rows // height * across + cells.cols // width
    inside = cells.rows % height * width + cells.cols % width
    order = np.lexsort((inside, block))
    found, starts = np.unique(block[order], return_index=True)
    names: dict[bytes, str] = {}
    entries: dict[tuple[int, int], str] = {}
    first: list[tuple[int, int]] = []
    for at, part in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
        content = np.stack([inside[part], cells.which[part]]).tobytes()
        place = divmod(at, across)
        if content not in names:
            names[content] = f"{letter}_{{{len(names)}}}"
            first.append(place)
        entries[place] = names[content]
    rows, columns = _kept(down), _kept(across)
    shown = _table(rows, columns, ((*place, name) for place, name in entries.items()))
    named = zip(names.values(), (_block(map, place, height, width) for place in first), strict=True)
    return BlockForm(Grid(shown), tuple(named))


def _block(map: LinearMap, place: tuple[int, int], height: int, width: int) -> Grid:
    top, left = place[0] * height, place[1] * width
    inside = (
        (row - top, column - left, text)
        for row, column, text in map.latex_entries()
        if 0 <= row - top < height and 0 <= column - left < width
    )
    return Grid(_table(_kept(height), _kept(width), inside))
