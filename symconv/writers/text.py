"""Documents as plain Unicode for a terminal."""

from __future__ import annotations

import textwrap
from typing import assert_never

from symconv.document import (
    Aside,
    Block,
    Cell,
    Code,
    Document,
    Equation,
    Figure,
    Grid,
    Heading,
    Inline,
    ItemList,
    Link,
    Mark,
    Math,
    Paragraph,
    Piece,
    Rule,
    Slides,
    Steps,
    Table,
    Text,
)
from symconv.writers.boxes import Box, beside, bracketed, padded
from symconv.writers.breaking import broken, broken_rows
from symconv.writers.links import safe_target
from symconv.writers.nodes import Scripts
from symconv.writers.pieces import check_grid, continued, continued_cell, split_script, table_shape
from symconv.writers.unicode_math import script, unicode_math, width

COLUMNS = 88
"""Where words are wrapped and formulas broken; matrices are not."""

_UNDERLINES = {1: "═", 2: "─", 3: "┈", 4: ""}
_STYLES = {"": "{}", "emph": "{}", "strong": "{}", "code": "`{}`"}
_INDENT = "    "


def plain(document: Document) -> str:
    """The document as lines of text."""
    facts = [f"{label}: {inlines(value)}" for label, value in document.facts]
    first, blocks = Heading(1, (Text(document.title),)), document.blocks
    match blocks:
        case (Heading(level=1) as first, *_):
            blocks = blocks[1:]
    parts = [block(first), *(["\n".join(facts)] if facts else []), *map(block, blocks)]
    lines = "\n\n".join(parts).split("\n")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def inlines(items: tuple[Inline, ...]) -> str:
    """Words and mathematics within a line."""
    return "".join(map(_inline, items))


def _inline(item: Inline) -> str:
    match item:
        case Text(text, style):
            return _STYLES[style].format(_harmless(text))
        case Math(latex):
            return unicode_math(latex)
        case Link(inner, target):
            shown, kept = inlines(inner), safe_target(target)
            return shown if kept is None or kept == shown else f"{shown} <{kept}>"
        case _:
            assert_never(item)


def block(item: Block) -> str:
    """One block, as lines without an ending."""
    match item:
        case Heading(level, inner, _):
            title = inlines(inner)
            return f"{title}\n{_UNDERLINES[level] * width(title)}".rstrip("\n")
        case Paragraph(inner):
            return _wrapped(inlines(inner))
        case Equation():
            return _marked(equation(broken_rows(item, COLUMNS - 4, _columns)), item.mark)
        case Steps():
            return _steps(item)
        case Table():
            return _table(item)
        case Code(text, _):
            return textwrap.indent(_harmless(text.rstrip("\n")), _INDENT)
        case Figure(_, _, caption, words):
            parts = [f"[figure: {_harmless(words)}]", inlines(caption)]
            return "\n".join(_wrapped(part) for part in parts if part)
        case Slides(title, _, _, _, slides, _, caption):
            sums = [f"{s.head} {s.relation} {' '.join(s.terms) or '0'}" for s in slides]
            lines = [f"{_INDENT}{unicode_math(line)}" for line in sums]
            return "\n".join([f"{_harmless(title)}:", *lines, *filter(None, [inlines(caption)])])
        case ItemList():
            return _list(item)
        case Aside(kind, blocks, title):
            inside = "\n\n".join(map(block, blocks))
            heading = (
                "" if kind == "quote" and not title else f"{_harmless(title) or kind.title()}\n"
            )
            return "\n".join(f"│ {line}" for line in f"{heading}{inside}".split("\n"))
        case Rule():
            return "─" * COLUMNS
        case _:
            assert_never(item)


def _harmless(text: str) -> str:
    """Control characters would speak to the terminal."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, COLUMNS, break_long_words=False, break_on_hyphens=False)


def _marked(shown: str, mark: Mark | None) -> str:
    return f"{shown}\n{_INDENT}[{_harmless(str(mark))}]" if mark else shown


def equation(rows: tuple[tuple[Cell, ...], ...]) -> str:
    """Rows of cells: the first of two ends where the second starts."""
    most = max(len(row) for row in rows)
    full = [((), *row) if len(row) == 1 < most else row for row in rows]
    boxes = [[_cell(continued_cell(cell) if i else cell) for i, cell in enumerate(r)] for r in full]
    lead = max((row[0].width for row in boxes if len(row) > 1), default=0)
    lines: list[str] = []
    for row in boxes:
        if len(row) > 1:
            shift = Box((" " * (lead - row[0].width),))
            row = [shift, row[0], *(part for cell in row[1:] for part in (Box((" ",)), cell))]
        lines += beside(row).lines
    return textwrap.indent("\n".join(lines), _INDENT)


def _cell(cell: Cell) -> Box:
    out: list[Box] = []
    for i, piece in enumerate(cell):
        after_grid = i > 0 and isinstance(cell[i - 1], Grid)
        if isinstance(piece, str) and after_grid:
            raised, rest = split_script(piece)
            piece = continued(rest)
            out += [_raised(raised, out[-1], cell[i - 1])] if raised else []
        box = _piece(piece)
        out += [Box((" ",)), box] if out and box.width else [box]
    return beside(out)


def _raised(raised: Scripts, base: Box, matrix: Piece) -> Box:
    """A script at the first row of the entries, which column labels stand above."""
    top = 1 if isinstance(matrix, Grid) and matrix.column_labels else 0
    return Box((script(raised),), base.axis - top)


def _piece(piece: Piece) -> Box:
    return grid(piece) if isinstance(piece, Grid) else Box((unicode_math(piece),))


def grid(matrix: Grid) -> Box:
    """A matrix in brackets, its labels outside."""
    check_grid(matrix)
    shown = [[unicode_math(entry) for entry in row] for row in matrix.entries]
    heads = [unicode_math(label) for label in matrix.column_labels]
    widths = [
        max(map(width, column)) for column in zip(*shown, *([heads] if heads else []), strict=True)
    ]
    lines = [_grid_row(matrix, row, widths) for row in shown]
    for i in sorted(set(matrix.row_rules), reverse=True):
        lines.insert(i, "─" * width(lines[0]))
    inner = bracketed(Box(tuple(lines), (len(lines) - 1) // 2), matrix.bracket)
    labels = _row_labels(matrix)
    out = beside([labels, inner]) if labels else inner
    if not heads:
        return out
    lead = " " * ((labels.width if labels else 0) + 1)
    return Box((lead + _grid_row(matrix, heads, widths, rule="  "), *out.lines), out.axis + 1)


def _grid_row(matrix: Grid, row: list[str], widths: list[int], rule: str = "│ ") -> str:
    cells = (padded(text, size, "c") for text, size in zip(row, widths, strict=True))
    return " " + "".join(
        (rule if j in matrix.column_rules else "") + cell + " " + " " * (j < len(row) - 1)
        for j, cell in enumerate(cells)
    )


def _row_labels(matrix: Grid) -> Box | None:
    if not matrix.row_labels:
        return None
    labels = [unicode_math(label) for label in matrix.row_labels]
    size = max(map(width, labels))
    lines = [padded(label, size, "r") + " " for label in labels]
    for i in sorted(set(matrix.row_rules), reverse=True):
        lines.insert(i, "")
    return Box(tuple(lines), (len(lines) - 1) // 2)


def _columns(latex: str) -> int:
    return width(unicode_math(latex))


def _steps(item: Steps) -> str:
    lead = max(width(unicode_math(step.left)) for step in item.steps)
    lines = []
    for number, step in enumerate(item.steps, 1):
        mark = f"  [{_harmless(str(step.mark))}]" if step.mark else ""
        left = padded(unicode_math(step.left), lead, "r")
        first, *rest = broken(f"{step.relation} {step.right}", COLUMNS - 5 - lead, _columns)
        lines.append(_wrapped(f"{number}. {inlines(step.reason)}{mark}"))
        lines.append(f"{_INDENT}{left} {unicode_math(first)}")
        lines += [f"{_INDENT}{' ' * lead} {unicode_math(line)}" for line in rest]
    return "\n".join(lines)


def _table(item: Table) -> str:
    columns, align = table_shape(item)
    every = [[inlines(cell) for cell in row] for row in (item.header, *item.rows) if row]
    widths = [max(width(row[j]) for row in every) for j in range(columns)]
    lines = [
        "  ".join(
            padded(text, size, side) for text, size, side in zip(row, widths, align, strict=True)
        )
        for row in every
    ]
    if item.header:
        lines.insert(1, "  ".join("─" * size for size in widths))
    return "\n".join([*([_harmless(item.caption)] if item.caption else []), *lines])


def _list(item: ItemList) -> str:
    out = []
    for i, blocks in enumerate(item.items):
        sign = f"{item.start + i}. " if item.ordered else "• "
        inner = "\n".join(map(block, blocks)).replace("\n", "\n" + " " * len(sign))
        out.append(sign + inner)
    return "\n".join(out)
