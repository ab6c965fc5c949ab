"""Mathematics for pdflatex: the dialect's own spelling of formulas, rows and matrices.

Only the commands of the dialect can come out, so no formula runs a primitive of TeX.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from symconv.document import Cell, Equation, Grid, Piece
from symconv.writers.dialect import parse
from symconv.writers.latex_text import escape
from symconv.writers.nodes import Group
from symconv.writers.pieces import check_grid
from symconv.writers.printing import Printer

_DELIMITERS = {"[": ("[", "]"), "(": ("(", ")"), "|": ("|", "|"), "": (".", ".")}


@lru_cache(maxsize=16384)
def tex(latex: str) -> str:
    r"""A formula as pdflatex gets it.

    Examples
    --------
    >>> tex(r"\mathbb{1}[i \le N]")
    '\\mathbf{1}[i \\le N]'
    """
    return _Tex().row(parse(latex).items)


class _Tex(Printer):
    """The dialect, but for what the AMS fonts and xcolor want otherwise."""

    def words(self, style: str, text: str) -> str:
        if style.startswith("text"):
            return f"\\{style}{{{escape(text)}}}"
        style = "mathbf" if style == "mathbb" and not text.isupper() else style
        return super().words(style, text)

    def colour(self, rgb: str, body: Group) -> str:
        return f"{{\\color[HTML]{{{rgb[1:].upper()}}}{self.row(body.items)}}}"


def tex_cell(pieces: Cell) -> str:
    """Strings and matrices side by side."""
    parts = []
    for i, piece in enumerate(pieces):
        if isinstance(piece, Grid):
            parts.append(tex_grid(piece))
        else:
            text = tex(piece)
            script = i > 0 and isinstance(pieces[i - 1], Grid) and text.startswith("{}")
            parts.append(text.removeprefix("{}") if script else text)
    return " ".join(part for part in parts if part).replace(" ^", "^").replace(" _", "_")


def tex_rows(equation: Equation) -> str:
    """The rows of an equation as the inside of ``aligned``, ``align*`` or ``gather*``."""
    most = max(len(row) for row in equation.rows)
    return " \\\\\n".join(
        guarded("& " * (most > len(row) == 1) + " & ".join(tex_cell(cell) for cell in row))
        for row in equation.rows
    )


def guarded(row: str) -> str:
    r"""A row that ``\\\\`` before it does not take for its own argument."""
    return "{}" + row if row.startswith(("[", "*")) else row


def tex_display(equation: Equation) -> str:
    """An equation as it stands in a display."""
    rows = tex_rows(equation)
    if len(equation.rows) == 1 and len(equation.rows[0]) == 1:
        return rows
    name = "gathered" if all(len(row) == 1 for row in equation.rows) else "aligned"
    return f"\\begin{{{name}}}\n{rows}\n\\end{{{name}}}"


def source(equation: Equation) -> str:
    """An equation as one would paste it into one's own notes: without our macros for labels."""
    rows = tuple(tuple(tuple(map(_unlabelled, cell)) for cell in row) for row in equation.rows)
    return tex_display(replace(equation, rows=rows))


def _unlabelled(piece: Piece) -> Piece:
    if isinstance(piece, Grid):
        return replace(piece, row_labels=(), column_labels=())
    return piece


def tex_grid(grid: Grid) -> str:
    r"""A matrix as an array; with labels, ``\symgrid`` sets them outside the brackets."""
    check_grid(grid)
    left, right = _DELIMITERS[grid.bracket]
    if not grid.row_labels and not grid.column_labels:
        return f"\\left{left} {_entries(grid)} \\right{right}"
    height = "1" if grid.column_labels else "0"
    return f"\\symgrid{{{left}}}{{{right}}}{{{height}}}{{{_row_labels(grid)}}}{{{_entries(grid)}}}"


def _entries(grid: Grid) -> str:
    spec = "".join("|c" if j in grid.column_rules else "c" for j in range(len(grid.entries[0])))
    lines = [
        ("\\hline " if i in grid.row_rules else "") + guarded(" & ".join(map(tex, row)))
        for i, row in enumerate(grid.entries)
    ]
    if grid.column_labels:
        labels = (
            f"\\multicolumn{{1}}{{c}}{{\\symlabel{{{tex(name)}}}}}" for name in grid.column_labels
        )
        lines.insert(0, " & ".join(labels))
    return _array(f"@{{\\;}}{spec}@{{\\;}}", lines)


def _row_labels(grid: Grid) -> str:
    """One column of labels, each as tall as the row it stands beside."""
    if not grid.row_labels:
        return ""
    lines = [
        ("\\noalign{\\vskip\\arrayrulewidth} " if i in grid.row_rules else "")
        + f"\\vphantom{{{' '.join(tex(entry) for entry in row)}}}\\symlabel{{{tex(label)}}}"
        for i, (label, row) in enumerate(zip(grid.row_labels, grid.entries, strict=True))
    ]
    return _array("@{\\;}r@{\\;}", ["", *lines] if grid.column_labels else lines)


def _array(spec: str, lines: list[str]) -> str:
    return f"\\begin{{array}}{{{spec}}}\n" + " \\\\\n".join(lines) + "\n\\end{array}"
