"""Pictures with what stands behind them on demand: a matrix's sums, a graph's nodes and parts."""

from __future__ import annotations

from markupsafe import Markup

from symconv.document import Figure, Rows
from symconv.writers.html_compact import product
from symconv.writers.html_inlines import inlines
from symconv.writers.html_svg import picture
from symconv.writers.unicode_math import unicode_math

_ROW = Markup("<li>{} = {}</li>")
_LIST = Markup(
    '<details class="rows" data-rows="{}" data-columns="{}"><summary>{}</summary>\n'
    '<ol start="0">\n{}\n</ol>{}\n</details>'
)
_NODE = Markup('<li data-n="{}" tabindex="0">{}: {}</li>')
_NODES = Markup(
    '<details class="nodes"><summary>What the nodes compute</summary>\n<ul>\n{}\n</ul>\n</details>'
)
_PART = Markup('<details class="part"><summary>{}</summary>\n{}\n</details>')
_SCROLL = Markup('<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>')


def figure(item: Figure) -> Markup:
    """A picture, its caption, and what it shows on demand."""
    kinds = [name for name, has in (("map", item.rows), ("graph", item.nodes)) if has]
    attribute = Markup(' class="{}"').format(" ".join(kinds)) if kinds else Markup("")
    inner = [_SCROLL.format("figure", picture(item.svg, item.words))]
    if item.caption:
        inner.append(Markup("<figcaption>{}</figcaption>").format(inlines(item.caption)))
    if item.rows is not None:
        inner.append(_rows(item.rows))
    if item.nodes:
        inner.append(_nodes(item.nodes))
    inner += [_PART.format(inlines(part.caption), _inside(part)) for part in item.parts]
    return Markup("<figure{}>\n{}\n</figure>").format(attribute, Markup("\n").join(inner))


def _inside(part: Figure) -> Markup:
    """A part: its caption is what it is folded under."""
    kind = Markup(' class="graph"') if part.nodes else Markup("")
    shown = [_SCROLL.format("figure", picture(part.svg, part.words))]
    shown += [_nodes(part.nodes)] if part.nodes else []
    return Markup("<figure{}>\n{}\n</figure>").format(kind, Markup("\n").join(shown))


def parts_of(item: Figure) -> set[str]:
    """The scripts that a picture needs."""
    nodes = item.nodes or any(part.nodes for part in item.parts)
    return {*(["rows"] if item.rows else []), *(["nodes"] if nodes else [])}


def _rows(item: Rows) -> Markup:
    lines = Markup("\n").join(_ROW.format(product(head), _sum(terms)) for head, terms in item.rows)
    fewer = len(item.rows) < item.whole
    note = Markup('<p class="fewer">The first {} of {} rows.</p>').format(
        len(item.rows), item.whole
    )
    title = "The first rows as sums" if fewer else "Every row as a sum"
    return _LIST.format(item.whole, item.columns, title, lines, note if fewer else "")


def _sum(terms: tuple[str, ...]) -> Markup:
    """The terms one by one, so that a line may break between any two."""
    return Markup(" ").join(map(_term, terms)) if terms else Markup("0")


def _term(term: str) -> Markup:
    sign, rest = (term[0], term[2:]) if term[:2] in ("+ ", "- ") else ("", term)
    return Markup("{}{}").format({"+": "+ ", "-": "− ", "": ""}[sign], product(rest))


def _nodes(items: tuple[tuple[str, str], ...]) -> Markup:
    return _NODES.format(
        Markup("\n").join(
            _NODE.format(number, name, unicode_math(latex))
            for number, (name, latex) in enumerate(items)
        )
    )
