"""About how wide a formula is on a page, in ems: enough to choose between aligning and breaking."""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from symconv.document import Cell, Grid
from symconv.writers.commands import SYMBOLS
from symconv.writers.dialect import parse
from symconv.writers.nodes import (
    Call,
    Char,
    Colour,
    Command,
    Fence,
    Group,
    Node,
    Scripts,
    Sized,
    Space,
    Stack,
    Words,
)
from symconv.writers.pieces import check_grid
from symconv.writers.printing import kind

_SCRIPT = 0.72
_SIGNS = {"op": 1.22, "rel": 1.33, "open": 0.39, "close": 0.39, "fence": 0.28, "punct": 0.45}
_SPACES = {"quad": 1.0, "qquad": 2.0, "!": -0.17, " ": 0.33, ";": 0.28}


def measure(pieces: Cell) -> float:
    """The width of a cell in ems; a matrix counts its columns and row labels."""
    return sum(
        _grid(piece) if isinstance(piece, Grid) else formula_width(piece) for piece in pieces
    )


def measure_row(row: tuple[Cell, ...]) -> float:
    """The width of a row of cells."""
    return sum(measure(cell) for cell in row)


def _grid(grid: Grid) -> float:
    check_grid(grid)
    heads = (grid.column_labels,) if grid.column_labels else ()
    columns = zip(*grid.entries, *heads, strict=True)
    labels = max((_SCRIPT * formula_width(label) for label in grid.row_labels), default=0.0)
    return 1.5 + labels + sum(1.0 + max(map(formula_width, column)) for column in columns)


@lru_cache(maxsize=16384)
def formula_width(latex: str) -> float:
    """The width of one formula in ems."""
    return _node(parse(latex))


def _node(node: Node) -> float:
    match node:
        case Char(text, "ord"):
            return 0.53 * len(text)
        case Char(text, _):
            return 0.5 if text == "/" else _SIGNS[node.kind]
        case Command(name):
            return _command(name)
        case Space(name):
            return _SPACES.get(name, 0.2)
        case Words(_, text):
            return 0.5 * len(text)
        case Group(items):
            return sum(map(_node, items))
        case Scripts(base, sub, sup, primes):
            scripts = max(_SCRIPT * _node(part) if part else 0.0 for part in (sub, sup))
            limits = kind(base) in ("big", "limit")
            wide = max(_node(base), scripts) if limits else _node(base) + scripts
            return wide + 0.3 * primes
        case Call("frac" | "dfrac" | "tfrac" | "binom", args):
            return 0.25 + max(map(_node, args))
        case Call(_, args):
            return 0.3 + max(map(_node, args))
        case Stack(lines):
            return max(map(_node, lines))
        case Fence(_, body, _):
            return 1.1 + _node(body)
        case Sized():
            return 0.5
        case Colour(_, body):
            return _node(body)
        case _:
            assert_never(node)


def _command(name: str) -> float:
    symbol = SYMBOLS[name]
    if symbol.kind in ("op", "rel"):
        return _SIGNS[symbol.kind]
    return 1.5 if symbol.kind in ("big", "int") else 0.1 + 0.5 * len(symbol.text)
