"""Documents to Typst, which makes a tagged PDF of them without TeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
    Rule,
    Slides,
    Step,
    Steps,
    Table,
    Text,
    formula,
)
from symconv.writers.breaking import broken, broken_rows
from symconv.writers.links import safe_target
from symconv.writers.measure import formula_width
from symconv.writers.pieces import table_shape
from symconv.writers.typst_math import string, typst, typst_cell
from symconv.writers.unicode_math import unicode_math

PRINTED = 4
"""So many steps of a picture in steps stand on paper."""
COLUMNS = 2
"""Side by side."""
LINE = 38.0
"""Ems of mathematics on a line, as in LaTeX."""
PREAMBLE = """\
#set document(title: @TITLE@, date: none)
#set page(paper: "a4", margin: (x: 2.4cm, y: 2.6cm), numbering: "1")
#set text(font: "New Computer Modern", size: 10.5pt, lang: "en")
#set par(justify: true)
#show math.equation: set text(font: "New Computer Modern Math")
#show raw: set text(font: "DejaVu Sans Mono", size: 8.5pt)
#show link: underline
#set heading(numbering: none)
#set math.mat(gap: 0.6em)
#let symlabel(body) = text(size: 0.75em, fill: luma(90), body)
#let symmark(body) = align(right, text(size: 0.8em, style: "italic", fill: luma(70), body))
#let symbox(body) = box(stroke: 0.5pt, inset: 3pt, body)
#let symtogether(body) = block(sticky: true, width: 100%, body)
#let symaside(title, body) = block(
  width: 100%, stroke: (left: 2pt + luma(120)), inset: (left: 10pt, y: 4pt),
  [#if title != "" [*#title.* ] #body])
#let symfit(body) = layout(size => {
  let found = measure(body)
  let ratio = calc.min(1, size.width / found.width, 17cm / found.height)
  if ratio < 1 { scale(ratio * 100%, reflow: true, body) } else { body }
})
"""
_COLOUR = re.compile(r"var\(--[\w-]+,\s*(#[0-9a-fA-F]{3,8})\)")
_SPECIAL = re.compile(r"([\\#$_*@`<>\[\]~/\"'=+\-])")


def source(document: Document) -> str:
    """The document as one Typst file that needs no other."""
    parts = [
        PREAMBLE.replace("@TITLE@", string(document.title)),
        "#text(weight: 700, hyphenate: false)[#set par(justify: false); #title()]\n",
        *([_facts(document)] if document.facts else []),
        *map(block, _stepwise(document.blocks[_titled(document) :])),
    ]
    return "\n".join(parts)


def _titled(document: Document) -> int:
    """The first heading says the title again."""
    match document.blocks:
        case (Heading(level=1), *_):
            return 1
    return 0


def _stepwise(blocks: Iterable[Block]) -> Iterator[Block]:
    """Headings that go down one level at a time, as an accessible PDF must have them."""
    deepest = 1
    for item in blocks:
        if isinstance(item, Heading):
            deepest = min(max(2, item.level), deepest + 1)
            item = replace(item, level=deepest)
        yield item


def _facts(document: Document) -> str:
    rows = [f"[*{escape(label)}*], [{inlines(value)}]," for label, value in document.facts]
    return "\n".join(["#text(size: 0.85em, grid(columns: (auto, 1fr), gutter: 6pt,", *rows, "))\n"])


def escape(text: str) -> str:
    """Words without any of Typst's own signs, control characters dropped."""
    clean = "".join(letter for letter in text if letter.isprintable() or letter in " \n")
    return _SPECIAL.sub(r"\\\1", clean)


def inlines(items: tuple[Inline, ...]) -> str:
    """Words and mathematics within a line."""
    return "".join(map(_inline, items))


def _inline(item: Inline) -> str:
    match item:
        case Text(text, "code"):
            return f"#raw({string(text)})"
        case Text(text, "emph"):
            return f"#emph[{escape(text)}]"
        case Text(text, "strong"):
            return f"#strong[{escape(text)}]"
        case Text(text):
            return escape(text)
        case Math(latex):
            return "#" + equation(typst(latex), unicode_math(latex), display=False) + ";"
        case Link(inner, target):
            kept = safe_target(target)
            inside = inlines(inner)
            return f"#link({string(kept)})[{inside}]" if kept else inside
        case _:
            assert_never(item)


def equation(body: str, words: str, *, display: bool) -> str:
    """Mathematics with the words that are read aloud."""
    flag = "true" if display else "false"
    return f"math.equation(alt: {string(words)}, block: {flag}, ${body}$)"


def block(item: Block) -> str:
    """One block, ending in a line break."""
    match item:
        case Heading(level, inner, _):
            return f"#heading(level: {max(1, level - 1)})[{inlines(inner)}]\n"
        case Paragraph(inner):
            return f"{inlines(inner)}\n"
        case Equation():
            return _equation(item)
        case Steps(steps, _):
            return _steps(steps)
        case Table():
            return _table(item)
        case Code(text, language):
            lang = f", lang: {string(language)}" if language else ""
            return f"#raw({string(text.rstrip(chr(10)))}, block: true{lang})\n"
        case Figure():
            return _figure(item)
        case Slides():
            return _slides(item)
        case ItemList():
            return _list(item)
        case Aside(kind, blocks, title):
            inside = "\n".join(map(block, blocks))
            heading = title or ("" if kind == "quote" else kind.title())
            return f"#symaside({string(heading)})[\n{inside}\n]\n"
        case Rule():
            return "#line(length: 100%, stroke: 0.4pt)\n"
        case _:
            assert_never(item)


def _equation(item: Equation, line: float = LINE) -> str:
    rows = broken_rows(item, line, formula_width)
    body = " \\\n".join(" & ".join(typst_cell(cell) for cell in row) for row in rows)
    words = item.words or "; ".join("".join(map(_spoken, row)) for row in item.rows)
    shown = f"symfit({equation(body, words, display=True)})"
    if item.mark is None:
        return f"#{shown}\n"
    return f"#symtogether({shown}){_mark(item.mark)}\n"


def _spoken(cell: Cell) -> str:
    """A cell in words: formulas in Unicode, matrices by their size."""
    return " ".join(
        f"a matrix of {len(piece.entries)} by {len(piece.entries[0])}"
        if isinstance(piece, Grid)
        else unicode_math(piece)
        for piece in cell
    )


def _mark(mark: Mark | None) -> str:
    return "" if mark is None else f"\n#symmark[{escape(str(mark))}]"


def _steps(steps: tuple[Step, ...]) -> str:
    room = LINE - max(formula_width(step.left) for step in steps)
    lines = []
    for number, step in enumerate(steps, 1):
        first, *rest = broken(f"{step.relation} {step.right}", room, formula_width)
        rows = [f"{typst(step.left)} & {typst(first)}", *(f"& quad {typst(line)}" for line in rest)]
        words = " ".join(map(unicode_math, (step.left, step.relation, step.right)))
        shown = equation(" \\\n".join(rows), words, display=True)
        reason = f"{number}. #symtogether[{inlines(step.reason)}]"
        lines.append(f"{reason}\n{_under(shown, step.mark)}\n")
    return "\n".join(lines)


def _under(shown: str, mark: Mark | None) -> str:
    """A step's formula, its mark below it on the same page."""
    if mark is None:
        return f"  #symfit({shown})"
    return f"  #symtogether(symfit({shown})){_mark(mark)}"


def _table(table: Table) -> str:
    columns, align = table_shape(table)
    sides = ", ".join({"l": "left", "c": "center", "r": "right"}[side] for side in align)
    cells = [f"[{inlines(cell)}]" for row in table.rows for cell in row]
    head = ", ".join(f"[*{inlines(cell)}*]" for cell in table.header)
    header = f"table.header({head}), " if table.header else ""
    shown = (
        f"table(columns: {columns}, align: ({sides},), stroke: none, "
        f"table.hline(stroke: 0.5pt), {header}table.hline(stroke: 0.3pt), {', '.join(cells)}, "
        "table.hline(stroke: 0.5pt))"
    )
    if not table.caption:
        return f"#align(center, symfit({shown}))\n"
    caption = f"supplement: none, numbering: none, caption: [{escape(table.caption)}]"
    return f"#figure(symfit({shown}), kind: table, {caption})\n"


def _figure(figure: Figure) -> str:
    svg = _COLOUR.sub(r"\1", figure.svg).replace("currentColor", "#000")
    picture = f'image(bytes({string(svg)}), format: "svg", alt: {string(figure.words)})'
    caption = f", caption: [{inlines(figure.caption)}]" if figure.caption else ""
    return f"#figure(symfit({picture}){caption}, kind: image, supplement: none, numbering: none)\n"


def _slides(item: Slides) -> str:
    """The first steps, each with its sum."""
    parts = []
    size = f'width="{item.width:g}" height="{item.height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="12" fill="none">'
    cells = []
    for slide in item.slides[:PRINTED]:
        svg = f"{head}{slide.svg}{item.base}</svg>"
        picture = _figure(Figure(svg, "", (), slide.words))
        terms = " ".join(slide.terms) or "0"
        shown = _equation(formula(f"{slide.head} {slide.relation} {terms}"), LINE / COLUMNS)
        cells.append(f"[{picture}\n{shown}],")
    widths = ", ".join(["1fr"] * COLUMNS)
    inside = "\n".join(cells)
    parts.append(f"#symtogether[*{escape(item.title)}*]\n")
    parts.append(f"#grid(columns: ({widths}), gutter: 14pt,\n{inside}\n)\n")
    if item.whole > PRINTED:
        parts.append(f"The first {PRINTED} of {item.whole} steps.\n")
    return "\n".join([*parts, inlines(item.caption), ""])


def _list(items: ItemList) -> str:
    name = f"enum(start: {items.start}, " if items.ordered else "list("
    return f"#{name}{', '.join(map(_entry, items.items))})\n"


def _entry(blocks: tuple[Block, ...]) -> str:
    return "[" + "\n".join(map(block, blocks)) + "]"
