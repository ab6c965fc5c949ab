r"""Formulas for Typst: the same tree as every writer reads, in Typst's spelling.

Signs are written as characters (``∑``, ``α``), never by Typst's names, so that a letter is never
taken for a function; what Typst would read as its own syntax is escaped.
"""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from symconv.document import Cell, Grid
from symconv.errors import SymconvError
from symconv.writers.commands import ACCENTS, DELIMITERS, SYMBOLS
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
from symconv.writers.pieces import check_grid, split_script

_SPECIAL = set("#$_^&\"\\/`@~'<>()[]{},;:*|!-")
_SPACES = {
    "qquad": "wide",
    ",": "thin",
    ":": "med",
    ">": "med",
    ";": "thick",
    "!": "",
    " ": "space",
}
_ACCENTS = {
    "bar": "macron",
    "hat": "hat",
    "tilde": "tilde",
    "vec": "arrow",
    "dot": "dot",
    "ddot": "dot.double",
    "overline": "overline",
    "widehat": "hat",
    "widetilde": "tilde",
}
_FONTS = {
    "mathrm": "upright",
    "textrm": "upright",
    "mathbf": "bold",
    "textbf": "bold",
    "mathit": "italic",
    "textit": "italic",
    "mathsf": "sans",
    "mathtt": "mono",
    "mathcal": "cal",
    "mathbb": "bb",
}
_BRACKETS = {"[": '"["', "(": '"("', "|": '"|"', "": "#none"}


@lru_cache(maxsize=16384)
def typst(latex: str) -> str:
    r"""A formula in Typst's mathematics, without its dollars.

    Examples
    --------
    >>> typst(r"\frac{1}{2} x_{i+1}")
    'frac(1, 2) x_(i + 1)'
    """
    return _row(parse(latex).items)


def string(text: str) -> str:
    """A quoted text of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_cell(pieces: Cell) -> str:
    """Strings and matrices side by side; a script behind a matrix joins it."""
    out: list[str] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, Grid):
            out.append(typst_grid(piece))
            continue
        if place and isinstance(pieces[place - 1], Grid):
            script, piece = split_script(piece)
            if script is not None:
                out[-1] += _scripts(Scripts(Group(()), script.sub, script.sup, script.primes))
        out.append(typst(piece))
    return " ".join(part for part in out if part)


def typst_grid(grid: Grid) -> str:
    """A matrix; with labels, thin lines divide them from the entries."""
    check_grid(grid)
    rows = [[typst(entry) for entry in row] for row in grid.entries]
    if not grid.row_labels and not grid.column_labels:
        rules = _augment(grid.row_rules, grid.column_rules)
        return f"mat(delim: {_BRACKETS[grid.bracket]}, {rules}{_entries(rows)})"
    sides = [f"symlabel({typst(label)})" for label in grid.row_labels]
    rows = [[side, *row] for side, row in zip(sides, rows, strict=True)] if sides else rows
    if grid.column_labels:
        tops = [f"symlabel({typst(label)})" for label in grid.column_labels]
        rows.insert(0, [*([""] if sides else []), *tops])
    down, right = int(bool(grid.column_labels)), int(bool(sides))
    rules = _augment(
        (*[1][:down], *(place + down for place in grid.row_rules)),
        (*[1][:right], *(place + right for place in grid.column_rules)),
    )
    return f"mat(delim: #none, {rules}{_entries(rows)})"


def _augment(rows: tuple[int, ...], columns: tuple[int, ...]) -> str:
    parts = [
        f"{name}: ({', '.join(map(str, places))},)"
        for name, places in (("hline", rows), ("vline", columns))
        if places
    ]
    return f"augment: #({', '.join(parts)}, stroke: 0.4pt), " if parts else ""


def _entries(rows: list[list[str]]) -> str:
    return "; ".join(", ".join(entry or '""' for entry in row) for row in rows)


# --- the tree -----------------------------------------------------------------------------------


def _row(items: tuple[Node, ...]) -> str:
    return " ".join(text for text in map(_node, items) if text)


def _node(node: Node) -> str:
    match node:
        case Char(text):
            return _sign(text)
        case Command(name):
            return _command(name)
        case Space(name):
            return _SPACES.get(name, name)
        case Words(style, text):
            return _words(style, text)
        case Group(items):
            return _row(items)
        case Scripts():
            return _scripts(node)
        case Call(name, args):
            return _call(name, args)
        case Stack(lines):
            return " \\ ".join(_row(line.items) for line in lines)
        case Fence(left, body, right):
            return f"lr({_delimiter(left)} {_row(body.items)} {_delimiter(right)})"
        case Sized(_, delimiter):
            return _delimiter(delimiter)
        case Colour(rgb, body):
            return f"#text(fill: rgb({string(rgb)}))[${_row(body.items)}$]"
        case _:
            assert_never(node)


def _sign(text: str) -> str:
    if text == "-":
        return "−"
    return f"\\{text}" if text in _SPECIAL else text


def _delimiter(written: str) -> str:
    text = DELIMITERS[written]
    return f"\\{text}" if text in _SPECIAL else text


def _command(name: str) -> str:
    symbol = SYMBOLS[name]
    if symbol.kind in ("name", "limit"):
        limits = ", limits: #true" if symbol.kind == "limit" else ""
        return f"op({string(symbol.text)}{limits})"
    if len(symbol.text) > 1:
        return f"op({string(symbol.text)})"
    return _sign(symbol.text)


def _words(style: str, text: str) -> str:
    if style == "text":
        return string(text)
    if style.startswith("operatorname"):
        limits = ", limits: #true" if style.endswith("*") else ""
        return f"op({string(text)}{limits})"
    return f"{_FONTS[style]}({string(text)})"


def _scripts(node: Scripts) -> str:
    base = _node(node.base)
    if isinstance(node.base, Group) and base:
        base = f"lr({base})"
    base = base or '""'
    primes = "′" * node.primes
    sub = f"_({_row(node.sub.items)})" if node.sub is not None else ""
    sup = f"^({_row(node.sup.items)})" if node.sup is not None else ""
    if primes:
        sup = f"^({primes})"
    bare = isinstance(node.base, Group) and not node.base.items
    return ("" if bare else base) + sub + sup


def _call(name: str, args: tuple[Group, ...]) -> str:
    shown = [_row(arg.items) or '""' for arg in args]
    match name, shown:
        case (("frac" | "dfrac" | "tfrac"), [above, below]):
            return f"frac({above}, {below})"
        case "binom", [above, below]:
            return f"binom({above}, {below})"
        case (("overset" | "stackrel"), [extra, base]):
            return f"attach(limits({base}), t: {extra})"
        case "underset", [extra, base]:
            return f"attach(limits({base}), b: {extra})"
        case (("sqrt" | "underbrace" | "overbrace" | "underline"), [body]):
            return f"{name}({body})"
        case "root", [index, body]:
            return f"root({index}, {body})"
        case "pmod", [body]:
            return f'quad \\( op("mod") {body} \\)'
        case "boxed", [body]:
            return f"#symbox[${body}$]"
        case (("boldsymbol" | "bm"), [body]):
            return f"bold({body})"
        case _, [body] if name in ACCENTS:
            return f"{_ACCENTS[name]}({body})"
    raise SymconvError(f"\\{name} has no spelling in Typst")
