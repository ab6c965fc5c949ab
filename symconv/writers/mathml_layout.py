"""Rows, cells and matrices as MathML tables of our own, which latex2mathml never sees.

`text-align: right` on ``mtd`` is ignored by browsers built on Chromium and WebKit, so the style
sheet says ``-webkit-right`` besides.  Brackets are cells with borders: a bracket made of characters
does not stretch where no mathematics font is installed.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from symconv.document import Cell, Grid, Piece
from symconv.errors import SymconvError
from symconv.writers.mathml import fragment
from symconv.writers.nodes import Group, Scripts
from symconv.writers.pieces import check_grid, continued, continued_cell, split_script
from symconv.writers.printing import Printer

_STRUT = Markup('<mspace height="0.8em" depth="0.3em"/>')
"""Keeps the rows of a matrix equally high, whatever letters they hold."""
_BRACKETS = {"[": "square", "(": "round", "|": "bar", "": ""}


def equation(rows: Iterable[tuple[Cell, ...]], words: str = "") -> Markup:
    """A displayed ``<math>`` of rows: one cell is centred, two are aligned at their meeting."""
    listed = tuple(rows)
    label = Markup(' aria-label="{}"').format(words) if words else Markup("")
    if len(listed) == 1 and len(listed[0]) == 1:
        return Markup('<math display="block"{}>{}</math>').format(label, cell(listed[0][0]))
    most = max(len(row) for row in listed)
    body = Markup("").join(_row(row, most) for row in listed)
    table = Markup('<mtable class="lines" displaystyle="true">{}</mtable>').format(body)
    return Markup('<math display="block"{}>{}</math>').format(label, table)


def _row(cells: tuple[Cell, ...], most: int) -> Markup:
    if len(cells) == 1 < most:
        cells = ((), *cells)
    kinds = ("c",) if most == 1 else tuple("rl"[i % 2] for i in range(len(cells)))
    inner = (
        Markup('<mtd class="{}">{}</mtd>').format(
            side, cell(continued_cell(pieces) if i else pieces)
        )
        for i, (side, pieces) in enumerate(zip(kinds, cells, strict=True))
    )
    return Markup("<mtr>{}</mtr>").format(Markup("").join(inner))


def cell(pieces: Cell) -> Markup:
    """Strings and matrices side by side; a script at the start of a string joins the matrix."""
    out: list[Markup] = []
    for i, piece in enumerate(pieces):
        if isinstance(piece, str) and i and isinstance(pieces[i - 1], Grid):
            script, rest = split_script(piece)
            if script is not None:
                out[-1] = _scripted(out[-1], script)
            piece = continued(rest)
        out.append(_piece(piece, alone=len(pieces) == 1))
    return Markup("").join(out)


def _piece(piece: Piece, *, alone: bool) -> Markup:
    if isinstance(piece, Grid):
        return grid(piece)
    inner = Markup(fragment(piece))
    return inner if alone or not inner else Markup("<mrow>{}</mrow>").format(inner)


def _scripted(base: Markup, script: Scripts) -> Markup:
    printer = Printer()
    sub, sup = (
        Markup("<mrow>{}</mrow>").format(Markup(fragment(printer.row(part.items))))
        for part in (script.sub or Group(()), script.sup or Group(()))
    )
    match bool(script.sub), bool(script.sup):
        case True, True:
            return Markup("<msubsup>{}{}{}</msubsup>").format(base, sub, sup)
        case True, False:
            return Markup("<msub>{}{}</msub>").format(base, sub)
        case False, True:
            return Markup("<msup>{}{}</msup>").format(base, sup)
        case _:
            raise SymconvError("a prime on a matrix has no meaning here", hint="^\\top")


def grid(matrix: Grid) -> Markup:
    """A matrix as an ``<mtable>``: labels outside, borders as brackets, thin block rules."""
    check_grid(matrix)
    last = len(matrix.entries) - 1
    rows = [
        _grid_row(
            matrix, i, "".join(("top " if i == 0 else "", "end" if i == last else "")).strip()
        )
        for i in range(len(matrix.entries))
    ]
    if matrix.column_labels:
        labels = (
            Markup('<mtd class="label">{}{}</mtd>').format(_STRUT, Markup(fragment(label)))
            for label in matrix.column_labels
        )
        empty = Markup('<mtd class="corner"></mtd>')
        corner = empty * (int(bool(matrix.row_labels)) + int(bool(matrix.bracket)))
        close = empty if matrix.bracket else Markup("")
        rows.insert(0, Markup("<mtr>{}{}{}</mtr>").format(corner, Markup("").join(labels), close))
    classes = "grid labelled" if matrix.column_labels else "grid"
    return Markup('<mtable class="{}">{}</mtable>').format(classes, Markup("").join(rows))


def _grid_row(matrix: Grid, i: int, place: str) -> Markup:
    cells = []
    if matrix.row_labels:
        cells.append(
            Markup('<mtd class="label r">{}</mtd>').format(Markup(fragment(matrix.row_labels[i])))
        )
    shape = _BRACKETS[matrix.bracket]
    side = Markup('<mtd class="{}"></mtd>')
    if shape:
        cells.append(side.format(f"bracket {shape} left {place}".strip()))
    for j, entry in enumerate(matrix.entries[i]):
        text = fragment(entry) if j else _STRUT + Markup(fragment(entry))
        cells.append(
            _entry(
                entry, text, rule_above=i in matrix.row_rules, rule_left=j in matrix.column_rules
            )
        )
    if shape:
        cells.append(side.format(f"bracket {shape} right {place}".strip()))
    return Markup("<mtr>{}</mtr>").format(Markup("").join(cells))


def _entry(entry: str, inner: str, *, rule_above: bool, rule_left: bool) -> Markup:
    known = (("zero", entry.strip() == "0"), ("above", rule_above), ("beside", rule_left))
    classes = " ".join(name for name, wanted in known if wanted)
    attribute = Markup(' class="{}"').format(classes) if classes else Markup("")
    return Markup("<mtd{}>{}</mtd>").format(attribute, Markup(inner))
