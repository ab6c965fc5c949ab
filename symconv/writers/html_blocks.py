"""Each kind of block as HTML; a page's anchors are kept unique by the one writer of the page."""

from __future__ import annotations

import re
import unicodedata
from typing import assert_never

from markupsafe import Markup

from symconv.document import (
    Aside,
    Block,
    Code,
    Equation,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Rule,
    Slides,
    Steps,
    Table,
)
from symconv.errors import SymconvError
from symconv.writers import html_figures, html_slides, html_tables, mathml_layout
from symconv.writers.breaking import broken_rows
from symconv.writers.html_files import downloads, packs
from symconv.writers.html_inlines import inlines, mark, named, plain
from symconv.writers.measure import formula_width, measure_row
from symconv.writers.spoken import spoken

_LEVELS = (1, 2, 3, 4)
_KINDS = {"note": "Note", "good": "Right", "warning": "Warning", "error": "Error", "quote": ""}
LINE = html_tables.LINE
WIDE = 15.0
"""A formula of more ems may need to scroll on a telephone, so the keyboard must reach it."""


class BlockWriter:
    """Writes blocks one after another; remembers the anchors taken and what is needed."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.equations = 0
        self.scripts: set[str] = set()
        self.steps = 0

    def anchor(self, wanted: str) -> str:
        """The wanted anchor, numbered if it is taken."""
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name

    def blocks(self, items: tuple[Block, ...]) -> Markup:
        """Blocks in their order."""
        return Markup("\n").join(self.block(item) for item in items)

    def block(self, item: Block) -> Markup:
        """One block."""
        match item:
            case Heading():
                return self.heading(item)
            case Paragraph(inner):
                return Markup("<p>{}</p>").format(inlines(inner))
            case Equation():
                return self.equation(item)
            case Steps():
                self.scripts.add("copy")
                return html_tables.steps(item, self.anchor(item.anchor or "steps"))
            case Table():
                return html_tables.table(item)
            case Code(text, language):
                return _code(text, language)
            case Figure():
                self.scripts |= html_figures.parts_of(item)
                return html_figures.figure(item)
            case Slides():
                return self.slides(item)
            case ItemList():
                return self.item_list(item)
            case Aside():
                return self.aside(item)
            case Rule():
                return Markup("<hr>")
            case _:
                assert_never(item)

    def heading(self, item: Heading) -> Markup:
        """A heading that can be linked to."""
        if item.level not in _LEVELS:
            raise SymconvError(f"a heading of level {item.level}", expected="1 to 4")
        name = self.anchor(item.anchor or slug(plain(item.inlines)))
        inner = named(item.inlines)
        return Markup('<h{0} id="{1}">{2}</h{0}>').format(item.level, name, inner)

    def equation(self, item: Equation) -> Markup:
        """A formula, and below it its mark, its source to copy, its number to link to."""
        self.equations += 1
        self.scripts |= {"copy", *(["files"] if packs(item.files) else [])}
        name = self.anchor(item.anchor or f"eq-{self.equations}")
        rows = broken_rows(item, LINE, formula_width)
        wide = max(map(measure_row, rows)) > WIDE
        shown = mathml_layout.equation(rows, spoken(item))
        link = Markup(
            '<a class="number" href="#{0}" aria-label="Link to formula {1}">({1})</a>'
        ).format(name, self.equations)
        return Markup(
            '<div class="equation" id="{}">\n{}\n<div class="under">{}{}{}</div>{}\n</div>'
        ).format(
            name,
            scrolling(shown, "formula" if wide else ""),
            mark(item.mark),
            html_tables.sources(item),
            link,
            downloads(item.files),
        )

    def item_list(self, item: ItemList) -> Markup:
        """A list; an item of one paragraph is not wrapped in another."""
        entries = Markup("\n").join(
            Markup("<li>{}</li>").format(self._entry(e)) for e in item.items
        )
        if not item.ordered:
            return Markup("<ul>\n{}\n</ul>").format(entries)
        start = Markup(' start="{}"').format(item.start) if item.start != 1 else Markup("")
        return Markup("<ol{}>\n{}\n</ol>").format(start, entries)

    def _entry(self, blocks: tuple[Block, ...]) -> Markup:
        match blocks:
            case (Paragraph(inner), *rest) if not any(isinstance(b, Paragraph) for b in rest):
                return Markup("\n").join([inlines(inner), *(self.block(b) for b in rest)])
            case _:
                return self.blocks(blocks)

    def slides(self, item: Slides) -> Markup:
        """A picture in steps; the page needs the script then."""
        self.scripts.add("slides")
        self.steps = max(self.steps, len(item.slides))
        return html_slides.slides(item, self.anchor("slides"))

    def aside(self, item: Aside) -> Markup:
        """Blocks set apart, under a title that names their kind."""
        if item.kind not in _KINDS:
            raise SymconvError(f"an aside of kind {item.kind!r}", expected=", ".join(_KINDS))
        inner = self.blocks(item.blocks)
        if item.kind == "quote":
            return Markup("<blockquote>\n{}\n</blockquote>").format(inner)
        title = Markup('<p class="title">{}</p>').format(item.title or _KINDS[item.kind])
        return Markup('<div class="aside {}" role="note">\n{}\n{}\n</div>').format(
            item.kind, title, inner
        )


def slug(text: str) -> str:
    """An anchor out of words."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "section"


def scrolling(inner: Markup, name: str) -> Markup:
    """A box that scrolls sideways; with a name, the keyboard can reach it."""
    if not name:
        return Markup('<div class="scroll">{}</div>').format(inner)
    return Markup('<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>').format(
        name, inner
    )


def _code(text: str, language: str) -> Markup:
    known = re.sub(r"[^a-z0-9+-]", "", language.lower())
    attribute = Markup(' class="language-{}"').format(known) if known else Markup("")
    return Markup('<pre tabindex="0"><code{}>{}</code></pre>').format(attribute, text.rstrip("\n"))
