"""What every writer asks of the pieces of a formula: do they fit, and what belongs to what."""

from __future__ import annotations

from symconv.document import Cell, Grid, Table
from symconv.errors import SymconvError
from symconv.writers.dialect import parse
from symconv.writers.nodes import Group, Node, Scripts
from symconv.writers.printing import Printer, kind

BRACKETS = ("[", "(", "|", "")


def split_script(latex: str) -> tuple[Scripts | None, str]:
    r"""``"^\top x"`` split into the script (meant for what stands before) and ``"x"``."""
    items: tuple[Node, ...] = parse(latex).items
    if items and isinstance(items[0], Scripts) and items[0].base == Group(()):
        return items[0], Printer().row(items[1:])
    return None, latex


def continued(latex: str) -> str:
    """A formula that goes on after a matrix or in a second cell: its first sign is no prefix."""
    items = parse(latex).items
    return f"{{}} {latex}" if items and kind(items[0]) == "op" else latex


def continued_cell(pieces: Cell) -> Cell:
    """A cell that goes on where the one before it ended."""
    match pieces:
        case (str() as first, *rest):
            return (continued(first), *rest)
        case _:
            return pieces


def check_grid(matrix: Grid) -> None:
    """Raise if labels, rules or rows do not fit the entries."""
    rows = len(matrix.entries)
    columns = {len(row) for row in matrix.entries}
    if rows == 0 or len(columns) != 1 or 0 in columns:
        raise SymconvError(f"a matrix of {rows} rows with {sorted(columns)} entries each")
    if matrix.bracket not in BRACKETS:
        raise SymconvError(f"{matrix.bracket!r} is not a bracket", expected='"[", "(", "|" or ""')
    for name, labels, size in (
        ("row", matrix.row_labels, rows),
        ("column", matrix.column_labels, columns.pop()),
    ):
        if labels and len(labels) != size:
            raise SymconvError(f"{len(labels)} {name} labels for {size} {name}s")


def has_grid(cell: Cell) -> bool:
    """Whether a cell holds a matrix."""
    return any(isinstance(piece, Grid) for piece in cell)


def table_shape(table: Table) -> tuple[int, str]:
    """The number of columns and their alignment; raises if a row has another number of cells."""
    columns = len(table.header) or (len(table.rows[0]) if table.rows else 0)
    if columns == 0 or any(len(row) != columns for row in table.rows):
        raise SymconvError(f"a table of {columns} columns has rows of other lengths")
    align = table.align or "l" * columns
    if len(align) != columns or set(align) - set("lcr"):
        raise SymconvError(
            f"alignment {align!r} for {columns} columns", expected="l, c, r for each"
        )
    return columns, align
