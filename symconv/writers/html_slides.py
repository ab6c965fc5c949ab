"""Pictures in steps: radio buttons and one style rule a step, so that arrow keys work unscripted.

The script of the page adds a slider, play, and the link between a term and its cells.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from markupsafe import Markup

from symconv.document import Slide, Slides
from symconv.writers.html_compact import bare, compact, product
from symconv.writers.html_inlines import inlines
from symconv.writers.html_svg import picture as drawn
from symconv.writers.mathml import fragment

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
NARROW = 280.0
"""A wider picture may need to scroll on a telephone, so the keyboard must reach it."""
RULES = 64
"""So many steps have a style rule of their own."""


def slides(item: Slides, anchor: str) -> Markup:
    """The picture, the switch between its steps, and the sum of each."""
    base = f"{anchor}-base"
    light = compact(
        [*(slide.svg for slide in item.slides), item.base], anchor.replace("slides", "s")
    )
    shared = (
        f'<svg {NAMESPACE} width="0" height="0" viewBox="0 0 1 1" aria-hidden="true" role="img">'
        f"<style>{light.rules}</style>"
        f'<defs>{light.definitions}<g id="{base}">{light.pictures[-1]}</g></defs></svg>'
    )
    pick = Markup("").join(
        Markup('<label><input type="radio" name="{}"{}><span>{}</span></label>').format(
            anchor, Markup("") if number else Markup(" checked"), slide.label or "·"
        )
        for number, slide in enumerate(item.slides)
    )
    steps = Markup("\n").join(
        _step(item, replace(slide, svg=picture), base)
        for slide, picture in zip(item.slides, light.pictures, strict=False)
    )
    more = len(item.slides) < item.whole
    note = Markup('<p class="fewer">The first {} of {} steps.</p>').format(
        len(item.slides), item.whole
    )
    caption = Markup("<figcaption>{}</figcaption>").format(inlines(item.caption))
    return Markup(
        '<figure class="slides" id="{}" aria-label="{}" style="--side:{}px">\n{}\n'
        '<fieldset class="pick" style="--columns:{}"><legend>{}</legend>{}</fieldset>\n'
        '<div class="frames">\n{}\n</div>\n{}{}</figure>'
    ).format(
        anchor,
        item.title,
        light.side,
        drawn(shared, item.title),
        item.columns,
        item.title,
        pick,
        steps,
        note if more else "",
        caption if item.caption else "",
    )


def _step(item: Slides, slide: Slide, base: str) -> Markup:
    """One step: the shared picture, its own marks, and its sum."""
    whole = (
        f'<svg role="img" width="{item.width:g}" height="{item.height:g}" '
        f'viewBox="0 0 {item.width:g} {item.height:g}"><g>{slide.svg}</g>'
        f'<use href="#{base}"/></svg>'
    )
    terms = Markup(" ").join(map(_term, slide.terms))
    head = Markup(fragment(f"{slide.head} {slide.relation}"))
    reached = Markup(' tabindex="0" role="group" aria-label="picture"')
    reached = reached if item.width > NARROW else Markup("")
    return Markup(
        '<div class="frame">\n<div class="scroll"{}>{}</div>\n'
        '<p class="sum"><math>{}</math> {}</p>\n</div>'
    ).format(
        reached, bare(drawn(whole, slide.words)), head, terms or Markup("<math><mn>0</mn></math>")
    )


def _term(term: str) -> Markup:
    """A term that the script makes one to point at; its sign stands before it."""
    sign, _, rest = term.partition(" ") if term[:2] in ("+ ", "- ") else ("", "", term)
    shown = {"+": "+ ", "-": "− "}[sign] if sign else ""
    return Markup("{}<span>{}</span>").format(shown, product(rest))


@cache
def rules(steps: int) -> str:
    """Which of so many steps is shown: the one whose button is pressed."""
    lines = [
        f".slides:has(.pick label:nth-of-type({n}) input:checked) .frame:nth-of-type({n})"
        for n in range(1, min(steps, RULES) + 1)
    ]
    return ",\n".join(lines) + " { display: block; }"
