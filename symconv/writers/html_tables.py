"""Tables and aligned steps as HTML."""

from __future__ import annotations

from markupsafe import Markup

from symconv.document import Equation, Inline, Step, Steps, Table, formula
from symconv.writers.breaking import broken
from symconv.writers.html_inlines import inlines, mark, named, plain
from symconv.writers.latex_math import source
from symconv.writers.mathml import fragment
from symconv.writers.measure import formula_width
from symconv.writers.pieces import table_shape
from symconv.writers.spoken import in_words

LINE = 40.0
"""A formula wider than about this many ems is broken."""

_SCROLL = Markup('<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>')


def table(item: Table) -> Markup:
    """A table whose header cells say what they head."""
    _, align = table_shape(item)
    head = Markup("")
    if item.header:
        cells = Markup("").join(
            _head(cell, side) for cell, side in zip(item.header, align, strict=True)
        )
        head = Markup("<thead><tr>{}</tr></thead>\n").format(cells)
    rows = Markup("\n").join(_row(row, align) for row in item.rows)
    caption = Markup("<caption>{}</caption>\n").format(item.caption) if item.caption else Markup("")
    shown = Markup('<table class="data">\n{}{}<tbody>\n{}\n</tbody></table>')
    return _SCROLL.format(item.caption or "table", shown.format(caption, head, rows))


def _head(cell: tuple[Inline, ...], side: str) -> Markup:
    if not plain(cell).strip():
        return Markup("<td></td>")
    return Markup('<th scope="col" class="{}">{}</th>').format(side, named(cell))


def _row(row: tuple[tuple[Inline, ...], ...], align: str) -> Markup:
    cells = (
        Markup('<td class="{}">{}</td>').format(side, inlines(cell))
        for cell, side in zip(row, align, strict=True)
    )
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def steps(item: Steps, anchor: str) -> Markup:
    """Numbered steps: a line that gives the reason, below it the aligned formula."""
    rows = Markup("\n").join(
        _step(number, step, f"{anchor}-{number}") for number, step in enumerate(item.steps, 1)
    )
    return Markup('<div class="steps" id="{}">{}</div>').format(
        anchor, _SCROLL.format("derivation", Markup("<table>\n{}\n</table>").format(rows))
    )


def _step(number: int, step: Step, anchor: str) -> Markup:
    link = Markup('<a class="number" href="#{}"><b>{}.</b></a>').format(anchor, number)
    whole = formula(f"{step.left} {step.relation} {step.right}".strip(), sympy=step.sympy)
    reason = Markup(
        '<tr class="reason" id="{}"><td colspan="2"><div>{} {} {} {}</div></td></tr>\n'
    ).format(anchor, link, inlines(step.reason), mark(step.mark), sources(whole))
    room = LINE - formula_width(step.left)
    lines = broken(f"{{}} {step.relation} {step.right}", room, formula_width)
    return reason + Markup("\n").join(
        Markup('<tr><td class="r">{}</td><td>{}</td></tr>').format(
            _display("" if i else step.left), _display(line)
        )
        for i, line in enumerate(lines)
    )


def sources(item: Equation) -> Markup:
    """A formula's listings on demand; the script of the page puts buttons that copy beside it."""
    listing = Markup('<p>{0}</p>\n<pre tabindex="0" data-copy="{0}">{1}</pre>')
    parts = [("LaTeX", source(item)), *([("SymPy", item.sympy)] if item.sympy else [])]
    shown = Markup("\n").join(listing.format(name, text) for name, text in parts)
    return Markup('<details class="source"><summary>source</summary>\n{}\n</details>').format(shown)


def _display(latex: str) -> Markup:
    inner = Markup(fragment(latex))
    if not inner:
        return inner
    label = in_words(latex)
    return Markup('<math displaystyle="true" aria-label="{}">{}</math>').format(label, inner)
