"""The pictures of steps made light: what many of them repeat is said once for the whole figure.

Letters that stand in several steps are defined once and used; the paint that groups share becomes a
style rule; the commonest size of a cell and the font of the letters move into the style sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from symconv.values import dataclass
from symconv.writers.mathml import fragment

_TEXT = re.compile(r'<text x="([^"]*)" y="([^"]*)">(.*?)</text>')
_SIZE = re.compile(r'(<rect x="[^"]*" y="[^"]*") width="([^"]*)" height="([^"]*)"')
_FONT = re.compile(r' font-family="STIX[^"]*"')
_NUMBERS = re.compile(r"<mrow>((?:<mn>\d+</mn><mo>,</mo>)+<mn>\d+</mn>)</mrow>")
_BETWEEN = "</mn><mo>,</mo><mn>"
_GROUP = re.compile(r'<g ((?:[a-z-]+="[^"]*" ?)+)>')
_PAINT = re.compile(r'([a-z-]+)="([^"]*)"')
_SLANT = re.compile(r'<tspan font-style="italic">')
_LOWERED = re.compile(r'<tspan dy="([^"]*)" font-size="[^"]*">')
_SAME = re.compile(r'<g ([^>]*)>((?:<rect [^>]*width="([^"]*)" height="\3"[^>]*/>)+)</g>')
_NUMBERED = re.compile(r'<g ([^>]*)>((?:<rect [^>]*data-t="\d+"/>)+)</g>')
_TERM = re.compile(r' data-t="(\d+)"')
_ELEMENT = re.compile(r"([A-Za-z])(?:_\{([\d,]+)\}|_(\d))?")
_PRODUCT = re.compile(rf"(?:{_ELEMENT.pattern}(?: *\\,)? *)+")
_COUNTED = ' data-l=""'
_PIXELS = ("font-size", "stroke-width")
SHORT = 30
"""Letters of a label that is not worth a definition."""


@dataclass(frozen=True, slots=True)
class Compact:
    """The steps' own marks, the definitions and rules that they use, the side of most cells."""

    pictures: tuple[str, ...]
    definitions: str
    rules: str
    side: str


def compact(pictures: Sequence[str], name: str) -> Compact:
    """Lighter pictures that look the same where the figure has the style for it.

    The rules of the style sheet are ``rect:not([width])`` for the size of cells, "m" for the font
    of the mathematics, "i" for slanted and "s" for small letters.
    """
    joined = "\n".join(pictures)
    inside = Counter(m[3] for m in _TEXT.finditer(joined))
    known = {
        text: f"{name}-{number}"
        for number, text in enumerate(t for t, n in inside.items() if n > 1 and len(t) > SHORT)
    }
    sizes = Counter(m[2] for m in _SIZE.finditer(joined) if m[2] == m[3])
    side = sizes.most_common(1)[0][0] if sizes else "0"
    made = tuple(_lighter(picture, known, side) for picture in pictures)
    paints = Counter(
        m[1].removesuffix(_COUNTED) for picture in made for m in _GROUP.finditer(picture)
    )
    classes = {
        paint: f"{name}-p{number}"
        for number, paint in enumerate(p for p, n in paints.items() if n > 1 and "fill" in p)
    }
    made = tuple(_GROUP.sub(lambda m: _classed(m[1], classes) or m[0], picture) for picture in made)
    rules = "".join(f".{label}{{{_rule(paint)}}}" for paint, label in classes.items())
    known = {_short(text): label for text, label in known.items()}
    shared = "".join(f'<text id="{label}" class="m">{text}</text>' for text, label in known.items())
    return Compact(made, shared, rules, side)


def _classed(paint: str, classes: dict[str, str]) -> str:
    """A group's start with a class for its paint; nothing for a paint that has none."""
    counted = _COUNTED if paint.endswith(_COUNTED) else ""
    label = classes.get(paint.removesuffix(_COUNTED))
    return f'<g class="{label}"{counted}>' if label else ""


def _short(text: str) -> str:
    """Letters with classes for what is slanted and what is small."""
    return _LOWERED.sub(r'<tspan class="s" dy="\1">', _SLANT.sub('<tspan class="i">', text))


def _rule(paint: str) -> str:
    """Presentation attributes as declarations; a class "m" is the font of the mathematics."""
    parts = []
    for name, value in _PAINT.findall(paint):
        if name == "class":
            parts.append("font-family:var(--math)")
        elif name == "style":
            parts.append(value)
        else:
            parts.append(f"{name}:{value}{'px' if name in _PIXELS else ''}")
    return ";".join(parts)


def _lighter(picture: str, known: dict[str, str], side: str) -> str:
    def use(found: re.Match[str]) -> str:
        x, y, text = found.groups()
        return f'<use href="#{known[text]}" x="{x}" y="{y}"/>' if text in known else found[0]

    def bare(found: re.Match[str]) -> str:
        return found[1] if found[2] == found[3] == side else found[0]

    def sized(found: re.Match[str]) -> str:
        sizes = set(re.findall(r'width="([^"]*)" height="([^"]*)"', found[2]))
        if len(sizes) != 1:
            return found[0]
        cells = found[2].replace(f' width="{found[3]}" height="{found[3]}"', "")
        return f'<g {found[1]} style="--side:{found[3]}px">{cells}</g>'

    lighter = _SIZE.sub(bare, _TEXT.sub(use, picture))
    lighter = _NUMBERED.sub(_in_order, _SAME.sub(sized, _short(lighter)))
    return _FONT.sub(' class="m"', lighter)


def _in_order(found: re.Match[str]) -> str:
    """Cells that stand for the terms in their order lose their numbers; the script counts them."""
    if [int(n) for n in _TERM.findall(found[2])] != list(range(found[2].count("<rect"))):
        return found[0]
    return f'<g {found[1]} data-l="">{_TERM.sub("", found[2])}</g>'


def product(latex: str) -> Markup:
    """A product of elements as letters with lowered numbers; anything else as MathML."""
    if not _PRODUCT.fullmatch(latex):
        return Markup("<math>{}</math>").format(Markup(fragment(latex)))
    return Markup(" ").join(
        Markup("<i>{}</i><sub>{}</sub>").format(m[1], m[2] or m[3])
        if m[2] or m[3]
        else Markup("<i>{}</i>").format(m[1])
        for m in _ELEMENT.finditer(latex.replace("\\,", ""))
    )


def bare(picture: Markup) -> Markup:
    """Attributes without a value as HTML writes them, once the picture was looked over as XML."""
    return Markup(picture.replace(_COUNTED, " data-l"))


def lean(html: Markup) -> Markup:
    """Several numbers behind one another as one text: ``0,1`` instead of five elements."""
    return Markup(_NUMBERS.sub(lambda m: m[1].replace(_BETWEEN, ","), html))
