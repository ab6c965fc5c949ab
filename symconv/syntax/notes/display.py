r"""Displayed mathematics of a note: rows, cells and matrices out of one piece of LaTeX.

The writers take one formula per string and no environments, so ``\\``, ``&`` and
``\begin{bmatrix}`` are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symconv.document import Cell, Equation, Grid, Piece
from symconv.errors import SymconvError
from symconv.writers.dialect import parse
from symconv.writers.pieces import check_grid

ROWS = ("align", "aligned", "gather", "gathered", "split", "equation")
MATRICES = {"matrix": "", "pmatrix": "(", "bmatrix": "[", "vmatrix": "|"}
_WRAPPED = re.compile(
    rf"\s*\\begin\{{({'|'.join(ROWS)})(\*?)\}}(.*)\\end\{{\1\2\}}\s*",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<name>[^{}]*)\}"
    r"|(?P<row>\\\\(?:\[-?[\d.]+[a-z]{2}\])?)"
    r"|(?P<cell>&)|(?P<open>\{)|(?P<close>\})|\\.|[^\\{}&]+|\\",
    re.DOTALL,
)
Cells = list[list[list[Piece]]]


def equation(latex: str, anchor: str = "") -> Equation:
    r"""What stands between ``$$`` and ``$$``.

    Errors: `SymconvError` for an unknown environment or command, for braces that do not fit, and
    for more than one ``&`` in a row.

    Examples
    --------
    >>> equation(r"y &= 1 \\ &= 2").rows
    ((('y ',), ('= 1 ',)), ((), ('= 2',)))
    """
    wrapped = _WRAPPED.fullmatch(latex)
    rows = _rows(_TOKEN.finditer(wrapped[3] if wrapped else latex), "")
    for row in rows:
        if len(row) > 2:
            raise SymconvError("too many & in one row", expected="at most one, before the sign")
    return Equation(tuple(tuple(map(_cell, row)) for row in rows), anchor=anchor)


def _cell(pieces: list[Piece]) -> Cell:
    for piece in pieces:
        if isinstance(piece, str):
            parse(piece)
    return tuple(pieces)


def _rows(tokens: Iterator[re.Match[str]], end: str) -> Cells:
    """Rows of cells of pieces, up to the end of the environment `end` or of the text."""
    rows: Cells = [[[]]]
    depth = 0
    for token in tokens:
        pieces = rows[-1][-1]
        if token["edge"] == "begin" and depth == 0:
            pieces.append(_matrix(token["name"], tokens))
        elif token["edge"] == "end" and depth == 0:
            if token["name"] != end:
                raise _unpaired(token[0])
            return _closed(rows)
        elif token["row"] and depth == 0:
            rows.append([[]])
        elif token["cell"] and depth == 0:
            rows[-1].append([])
        else:
            depth += bool(token["open"]) - bool(token["close"])
            _append(pieces, token[0])
    if end:
        raise _unpaired(f"\\begin{{{end}}}")
    return _closed(rows)


def _unpaired(text: str) -> SymconvError:
    return SymconvError(f"{text} has no partner")


def _append(pieces: list[Piece], text: str) -> None:
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    elif text.strip():
        pieces.append(text.lstrip())


def _closed(rows: Cells) -> Cells:
    last_is_empty = len(rows) > 1 and not any(rows[-1])
    return rows[:-1] if last_is_empty else rows


def _matrix(name: str, tokens: Iterator[re.Match[str]]) -> Grid:
    if name in ROWS:
        raise SymconvError(
            f"\\begin{{{name}}} does not hold the whole formula",
            expected=f"\\begin{{{name}}} first and \\end{{{name}}} last",
        )
    if name not in MATRICES:
        raise SymconvError(
            f"the environment {name!r} is not known here",
            expected="aligned, gathered, " + ", ".join(MATRICES),
        )
    entries = tuple(tuple(map(_entry, row)) for row in _rows(tokens, name))
    grid = Grid(entries, bracket=MATRICES[name])
    check_grid(grid)
    return grid


def _entry(pieces: list[Piece]) -> str:
    if any(isinstance(piece, Grid) for piece in pieces):
        raise SymconvError("a matrix inside a matrix can't be printed")
    text = "".join(piece for piece in pieces if isinstance(piece, str)).strip()
    parse(text)
    return text
