"""Words, mathematics and links within a line, as HTML."""

from __future__ import annotations

import re
from typing import assert_never

from markupsafe import Markup

from symconv.document import Inline, Link, Mark, Math, Text
from symconv.writers.breaking import phrases
from symconv.writers.links import safe_target
from symconv.writers.mathml import mathml
from symconv.writers.measure import formula_width
from symconv.writers.unicode_math import unicode_math

_STYLES = {
    "": Markup("{}"),
    "emph": Markup("<em>{}</em>"),
    "strong": Markup("<strong>{}</strong>"),
    "code": Markup("<code>{}</code>"),
}
WIDE = 14.0
"""A formula of more ems is broken within its line, so that a telephone can show it."""
HIDDEN = Markup('<span class="hidden">{}</span>')
"""Words for listeners only."""


def inlines(items: tuple[Inline, ...]) -> Markup:
    """What stands within a line, escaped."""
    return Markup("").join(_inline(item) for item in items)


def _inline(item: Inline) -> Markup:
    match item:
        case Text(text, style):
            return _STYLES[style].format(text)
        case Math(latex):
            parts = phrases(latex, WIDE, formula_width)
            return Markup(" ").join(Markup(mathml(part)) for part in parts)
        case Link(inner, target):
            kept = safe_target(target)
            if kept is None:
                return inlines(inner)
            return Markup('<a href="{}">{}</a>').format(kept, named(inner))
        case _:
            assert_never(item)


def named(items: tuple[Inline, ...]) -> Markup:
    """The same, with words besides where there is mathematics alone (else it has no name)."""
    if any(isinstance(item, Math) for item in items) and not re.search(r"\w", _text(items)):
        shown = Markup('<span aria-hidden="true">{}</span>').format(inlines(items))
        return shown + HIDDEN.format(plain(items))
    return inlines(items)


def _text(items: tuple[Inline, ...]) -> str:
    return "".join(item.text for item in items if isinstance(item, Text))


def plain(items: tuple[Inline, ...]) -> str:
    """The words alone, mathematics in Unicode."""
    out = []
    for item in items:
        match item:
            case Text(text, _):
                out.append(text)
            case Math(latex):
                out.append(unicode_math(latex))
            case Link(inner, _):
                out.append(plain(inner))
            case _:
                assert_never(item)
    return "".join(out)


def mark(item: Mark | None) -> Markup:
    """A badge that names the level, and says besides what was done."""
    if item is None:
        return Markup("")
    detail = Markup("<small>{}</small>").format(item.detail) if item.detail else Markup("")
    return Markup('<span class="mark mark-{}" title="{}"><b>{}</b> {}</span>').format(
        item.level.replace(" ", "-"), str(item), item.level, detail
    )
