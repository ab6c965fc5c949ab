"""Documents to LaTeX for pdflatex with a minimal TeX (latex-base, -recommended, -pictures).

The text stays in the OT1 encoding: without the packages lmodern or cm-super, which a minimal TeX
lacks, T1 would set everything in bitmap fonts.  Accented letters are composed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import assert_never

from symconv.document import (
    Aside,
    Block,
    Code,
    Document,
    Equation,
    Figure,
    Heading,
    Inline,
    ItemList,
    Link,
    Mark,
    Math,
    Paragraph,
    Rule,
    Slides,
    Step,
    Steps,
    Table,
    Text,
    formula,
)
from symconv.writers.breaking import broken, broken_rows
from symconv.writers.latex_math import guarded, tex, tex_cell, tex_display, tex_rows
from symconv.writers.latex_preamble import BEGIN, END, MACROS, NEEDS, PREAMBLE
from symconv.writers.latex_text import escape, escape_code, href
from symconv.writers.measure import formula_width, measure_row
from symconv.writers.pieces import has_grid, table_shape

PRINTED = 4
"""So many steps of a picture in steps stand on paper."""
LINE = 38.0
"""A row of mathematics wider than about this many ems is broken rather than aligned."""
NARROW = 25.0
"""The same for a body, which has to fit another article's column, or a slide."""

ASIDE = 0.4
"""A step's left side that takes more of the line stands above its right side."""

_STYLES = {"": "{}", "emph": "\\emph{{{}}}", "strong": "\\textbf{{{}}}"}
_SECTIONS = {1: "section", 2: "section", 3: "subsection", 4: "subsubsection"}
_TITLES = {"note": "Note", "good": "Right", "warning": "Warning", "error": "Error", "quote": ""}


def article(document: Document) -> str:
    """A complete file that pdflatex compiles."""
    plain = _plain(document.title)
    start = PREAMBLE.replace("@TITLE@", escape(document.title)).replace("@PLAIN@", plain)
    match document.blocks:
        case (Heading(level=1), *_):  # the title says it already
            document = replace(document, blocks=document.blocks[1:])
    return f"{start}{MACROS}\n{_inside(document, LINE)}\\end{{document}}\n"


def body(document: Document, line: float = NARROW) -> str:
    r"""The document without a preamble, for ``\input``; a comment says which packages it needs.

    What it sets stays within it.  Rows of more than about `line` ems are broken.
    """
    return f"{NEEDS}{MACROS}{BEGIN}\n{_inside(document, line)}{END}"


def _inside(document: Document, line: float) -> str:
    parts = [_facts(document)] if document.facts else []
    return "\n".join([*parts, *(block(item, line) for item in document.blocks)])


def _plain(text: str) -> str:
    """The letters that a PDF's bookmark takes without a word."""
    return re.sub(r"[^A-Za-z0-9 ,.:()+=/\-]", "", unicodedata.normalize("NFKD", text)).strip()


def _facts(document: Document) -> str:
    items = (f"\\item[{{{escape(label)}}}] {inlines(value)}" for label, value in document.facts)
    return "\\begin{symfacts}\n" + "\n".join(items) + "\n\\end{symfacts}\n"


def inlines(items: tuple[Inline, ...]) -> str:
    """Words and mathematics within a line."""
    return "".join(_inline(item) for item in items)


def _inline(item: Inline) -> str:
    match item:
        case Text(text, "code"):
            return f"\\symcode{{{escape_code(text)}}}"
        case Text(text, style):
            return _STYLES[style].format(escape(text)) if style else escape(text)
        case Math(latex):
            return f"${tex(latex)}$"
        case Link(inner, target):
            kept = href(target)
            return inlines(inner) if kept is None else f"\\href{{{kept}}}{{{inlines(inner)}}}"
        case _:
            assert_never(item)


def block(item: Block, line: float = LINE) -> str:
    """One block, ending in a line break; rows of more than about `line` ems are broken."""
    match item:
        case Heading(level, inner, _):
            return f"\\{_SECTIONS[level]}*{{{_movable(inner)}}}\n"
        case Paragraph(inner):
            return inlines(inner) + "\n"
        case Equation():
            return _equation(item, line)
        case Steps(steps, _):
            return _steps(steps, line)
        case Table():
            return _table(item)
        case Code(text, _):
            lines = (f"\\symline{{{escape_code(row)}}}" for row in text.rstrip("\n").split("\n"))
            return "\\begin{symlisting}\n" + "\n".join(lines) + "\n\\end{symlisting}\n"
        case Figure():
            return _figure(item)
        case Slides():
            return _slides(item, line)
        case ItemList():
            return _list(item, line)
        case Aside(kind, blocks, title):
            heading = escape(title or _TITLES[kind])
            inside = "\n".join(block(part, line - 4) for part in blocks)
            return f"\\begin{{symaside}}{{{heading}}}\n{inside}\\end{{symaside}}\n"
        case Rule():
            return "\\symrule\n"
        case _:
            assert_never(item)


def _movable(inner: tuple[Inline, ...]) -> str:
    """A heading: links are words here, and a bookmark has letters only."""
    flat = tuple(
        part for item in inner for part in (item.inlines if isinstance(item, Link) else (item,))
    )
    shown = inlines(flat)
    if not re.search(r"[\\$]", shown):
        return shown
    spoken = " ".join(item.text if isinstance(item, Text) else "" for item in flat)
    return f"\\texorpdfstring{{{shown}}}{{{_plain(spoken.replace('×', 'x'))}}}"


def _mark(mark: Mark | None) -> str:
    return "" if mark is None else f"\\symmark{{{escape(str(mark))}}}"


def _equation(equation: Equation, line: float) -> str:
    rows = broken_rows(equation, line, formula_width)
    inner = replace(equation, rows=rows)
    wide = max(map(measure_row, rows)) > line
    if wide or any(has_grid(cell) for row in rows for cell in row):
        shown = f"\\symfit{{{tex_display(inner)}}}"
    elif len(rows) == 1 and len(rows[0]) == 1:
        shown = f"\\[\n{tex_cell(rows[0][0])}\n\\]"
    else:
        name = "gather*" if all(len(row) == 1 for row in rows) else "align*"
        shown = f"\\begin{{{name}}}\n{tex_rows(inner)}\n\\end{{{name}}}"
    return "\n".join(part for part in (shown, _mark(equation.mark)) if part) + "\n"


def _steps(steps: tuple[Step, ...], line: float) -> str:
    widths = [formula_width(step.left) for step in steps]
    short = [width for width in widths if width <= ASIDE * line]
    room = line - max(short, default=0.0)
    lines: list[str] = []
    for i, (step, width) in enumerate(zip(steps, widths, strict=True), 1):
        first, *rest = broken(f"{step.relation} {step.right}", room, formula_width)
        left, indent = tex(step.left), ""
        if width > ASIDE * line:  # on a row of its own
            rows, left, indent = [f"&{left}"], "", "\\quad "
        else:
            rows = []
        rows.append(f"{left} &{indent}{tex(first)}")
        rows += [f"&\\quad {indent}{tex(more)}" for more in rest]
        lines.append(f"\\intertext{{{_reason(i, step)}}}")
        lines.append(" \\\\\n".join(map(guarded, rows)) + (" \\\\" if i < len(steps) else ""))
    return "\\begin{align*}\n" + "\n".join(lines) + "\n\\end{align*}\n"


def _reason(number: int, step: Step) -> str:
    mark = f"\\quad{_mark(step.mark)}" if step.mark else ""
    return f"\\symstep{{{number}}}{inlines(step.reason)}{mark}"


def _table(table: Table) -> str:
    columns, align = table_shape(table)
    lines = [" & ".join(f"\\textbf{{{inlines(cell)}}}" for cell in table.header) + " \\\\ \\hline"]
    lines = lines if table.header else []
    lines += [guarded(" & ".join(inlines(cell) for cell in row)) + " \\\\" for row in table.rows]
    inner = "\\hline\n" + "\n".join(lines) + "\n\\hline"
    caption = f"\\symcaption{{{escape(table.caption)}}}\n" if table.caption else ""
    spec = _columns(table, columns, align)
    tabular = f"\\begin{{tabular}}{{{spec}}}\n{inner}\n\\end{{tabular}}"
    return f"\\begin{{symtable}}\n\\symfittext{{{tabular}}}\n{caption}\\end{{symtable}}\n"


def _columns(table: Table, columns: int, align: str) -> str:
    """Columns as aligned; those with long words become paragraphs that share the line."""
    every = (table.header, *table.rows)
    widths = [
        max((_length(row[j]) for row in every if j < len(row)), default=0) for j in range(columns)
    ]
    if sum(widths) + 2 * columns <= 80:
        return align
    room = 0.92 - 0.011 * sum(size for size in widths if size <= 24) - 0.02 * columns
    long = sum(size for size in widths if size > 24)
    return "".join(
        f"p{{{max(0.15, room * size / long):.2f}\\linewidth}}" if size > 24 else side
        for size, side in zip(widths, align, strict=True)
    )


def _length(cell: tuple[Inline, ...]) -> int:
    total = 0
    for item in cell:
        match item:
            case Text(text, _):
                total += len(text)
            case Math(latex):
                total += round(2 * formula_width(latex))
            case Link(inner, _):
                total += _length(inner)
            case _:
                assert_never(item)
    return total


def _figure(figure: Figure) -> str:
    picture = f"\\symfittext{{\\begin{{tikzpicture}}\n{figure.tikz}\n\\end{{tikzpicture}}}}"
    picture = picture if figure.tikz.strip() else f"\\emph{{{escape(figure.words)}}}"
    caption = f"\\symcaption{{{inlines(figure.caption)}}}\n" if figure.caption else ""
    return f"\\begin{{symtable}}\n{picture}\n{caption}\\end{{symtable}}\n"


def _slides(item: Slides, line: float) -> str:
    """The first steps one below the other, each with its sum."""
    parts = []
    for slide in item.slides[:PRINTED]:
        picture = f"\\symfittext{{\\begin{{tikzpicture}}\n{slide.tikz}\n\\end{{tikzpicture}}}}"
        terms = "0" if not slide.terms else " ".join(slide.terms)
        parts.append(f"\\begin{{symtable}}\n{picture}\n\\end{{symtable}}")
        parts.append(_equation(formula(f"{slide.head} {slide.relation} {terms}"), line))
    if item.whole > len(item.slides[:PRINTED]):
        parts.append(f"The first {PRINTED} of {item.whole} steps.\n")
    if item.caption:
        parts.append(f"{inlines(item.caption)}\n")
    return f"\\textbf{{{escape(item.title)}.}}\n\n" + "\n".join(parts)


def _list(items: ItemList, line: float) -> str:
    name = "enumerate" if items.ordered else "itemize"
    inner = "\n".join(
        (f"\\item[{items.start + i}.] " if items.ordered else "\\item[$\\bullet$] ")
        + "\n".join(block(part, line - 3) for part in blocks)
        for i, blocks in enumerate(items.items)
    )
    return f"\\begin{{{name}}}\n{inner}\\end{{{name}}}\n"
