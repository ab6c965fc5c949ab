"""What a page offers to save with a matrix, and the same matrix as SymPy source to copy."""

from __future__ import annotations

from symconv.document import File
from symconv.exports import export
from symconv.matrices import LinearMap

MOST = 250_000
"""Cells (zeros included) up to which a page holds the files of a matrix."""
COPIED = 4_000
"""Letters of SymPy source up to which it can be copied; more is in the file."""
FILES = (
    ("latex", "LaTeX", "tex", "text/x-tex"),
    ("csv", "CSV", "csv", "text/csv"),
    ("json", "JSON", "json", "application/json"),
    ("sympy", "SymPy", "py", "text/x-python"),
)
"""The texts: format, what it is called, how its name ends, what kind of file it is."""
BINARY = "application/octet-stream"


def matrix_files(table: LinearMap) -> tuple[File, ...]:
    """The matrix as LaTeX, CSV, JSON, SymPy and for NumPy; none of a matrix with too many cells.

    NumPy's file is an ``.npy`` where every entry is a number, else an ``.npz`` of index arrays.
    """
    if table.shape[0] * table.shape[1] > MOST:
        return ()
    letters = any(names for value in table.cells.values for names, _ in value)
    kind = "npz" if letters else "npy"
    numpy = File(_name(table, kind), f"NumPy .{kind}", BINARY, _bytes(export(table, kind)))
    texts = tuple(
        File(_name(table, end), label, media, _bytes(export(table, kind)))
        for kind, label, end, media in FILES
    )
    return (*texts, numpy)


def sympy_source(table: LinearMap) -> str:
    """The matrix as SymPy source, if it is short enough to be copied."""
    if len(table.cells.rows) * 12 > COPIED:
        return ""
    text = export(table, "sympy")
    assert isinstance(text, str)
    return text.rstrip("\n") if len(text) <= COPIED else ""


def _name(table: LinearMap, end: str) -> str:
    return f"matrix-{table.row.tensor}-{table.column.tensor}.{end}"


def _bytes(made: str | bytes) -> bytes:
    return made.encode("utf-8") if isinstance(made, str) else made
