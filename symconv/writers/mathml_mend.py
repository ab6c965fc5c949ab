"""latex2mathml's output mended to MathML Core: limits, accents, words and signs put right."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from symconv.errors import SymconvError
from symconv.writers.alphabets import styled
from symconv.writers.commands import BIG, DELIMITERS, FENCES, LIMITS, SYMBOLS

_PLACE = re.compile(r"@(\d+)@")
_SUMS = {symbol.text for symbol in BIG.values()}
_UNDER = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_HEIGHTS = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}
_FORMS = {"open": "prefix", "close": "postfix"}
_ACCENTS = {
    "bar": "‾",
    "hat": "^",
    "tilde": "~",
    "vec": "→",
    "dot": "˙",
    "ddot": "¨",
    "widehat": "\u0302",
    "widetilde": "~",
}
_WIDE = ("vec", "widehat", "widetilde")
_LETTERS = ("∂", "⊤")
"""Signs that latex2mathml takes for operators and TeX for letters."""


def token(tag: str, text: str, **attributes: str) -> Element:
    """An element that holds characters."""
    element = Element(tag, attributes)
    element.text = text
    return element


def word_element(style: str, text: str) -> Element:
    """Words or letters in a style."""
    if style.startswith("text"):
        kept = re.sub(r"^ | $", "\u00a0", text)
        return token("mtext", kept, **({} if style in ("text", "textrm") else {"class": style}))
    if style == "operatorname*":
        return limit_name(text)
    if text.isdigit():
        return token("mn", styled(style, text))
    letters = styled(style, text)
    upright = len(letters) == 1 and style in ("mathrm", "operatorname")
    return token("mi", letters, **({"mathvariant": "normal"} if upright else {}))


def limit_name(text: str) -> Element:
    r"""A name with limits below it, such as ``\max``."""
    return token("mo", text, movablelimits="true", lspace="0", rspace="0")


def symbol_element(name: str) -> Element | None:
    """The element of a command that latex2mathml gets wrong, or None if it gets it right."""
    if name in FENCES:
        form = _FORMS.get(FENCES[name].kind)
        known = {"form": form} if form else {"lspace": "0", "rspace": "0"}
        return token("mo", FENCES[name].text, fence="true", stretchy="false", **known)
    if name in LIMITS:
        return limit_name(SYMBOLS[name].text)
    if name == "bmod":
        return token("mo", "mod", lspace="0.25em", rspace="0.25em")
    if name == "colon":
        return token("mo", ":", lspace="0", rspace="0.22em")
    return None


def sized_element(size: str, delimiter: str) -> Element:
    r"""``\bigl(`` and its kin."""
    height = _HEIGHTS[size.rstrip("lrm") if size not in _HEIGHTS else size]
    form = {"l": "prefix", "r": "postfix"}.get(size[-1] if size not in _HEIGHTS else "", "infix")
    spaces = {} if size.endswith("m") else {"lspace": "0", "rspace": "0"}
    return token(
        "mo",
        DELIMITERS[delimiter],
        form=form,
        stretchy="true",
        minsize=height,
        maxsize=height,
        **spaces,
    )


def accent_element(name: str) -> Element | None:
    """The sign above an accented letter, or None for a line, which a border draws.

    Not marked as an accent: browsers then set it so low that it strikes the letter through.
    """
    if name not in _ACCENTS:
        return None
    wide = "true" if name in _WIDE else "false"
    return token("mo", _ACCENTS[name], stretchy=wide)


def mend(element: Element, placed: list[Element], latex: str) -> Element:
    """The element with all that is below it mended; placeholders give way to `placed`."""
    place = _PLACE.fullmatch((element.text or "").strip())
    if element.tag == "mtext" and place:
        return placed[int(place[1])]
    children = [mend(child, placed, latex) for child in element]
    children = [child for child in children if child.tag != "mo" or child.text]
    if element.tag == "mrow" and len(children) == 1:
        return children[0]
    out = Element(element.tag, dict(element.attrib))
    out.text = element.text
    out.extend(children)
    return _mended(out, latex)


def _mended(element: Element, latex: str) -> Element:
    tag, text = element.tag, element.text or ""
    if "@" in text:
        raise SymconvError("words were lost on the way", where=f"formula {latex!r}")
    if tag == "menclose":
        element.tag, element.attrib = "mrow", {"class": "boxed"}
    elif tag == "mtable":
        element.set("class", "stack")
    elif tag in ("mi", "mo"):
        return _token_mended(element)
    elif tag in _UNDER and _takes_limits(element[0]):
        element.tag = _UNDER[tag]
    elif tag in ("mover", "munder") and element[1].text == "\u2015":
        line = "overline" if tag == "mover" else "underline"
        element.tag, element.attrib = "mrow", {"class": line}
        element.remove(element[1])
    return element


def _takes_limits(base: Element) -> bool:
    if base.tag == "mo" and base.text in _SUMS:
        base.set("movablelimits", "true")
    return base.tag == "mo" and base.get("movablelimits") == "true"


def _token_mended(element: Element) -> Element:
    text = element.text or ""
    if text and set(text) <= set("′″‴⁗"):
        return token("mo", text, lspace="0", rspace="0")
    if text in _LETTERS:
        return token("mi", text)
    if text == "…":
        return token("mo", text, lspace="0.17em", rspace="0.17em")
    bare = not {"form", "minsize"} & set(element.attrib)
    if text == "|" and bare and element.get("stretchy") != "true":
        return token("mo", "|", fence="true", stretchy="false", lspace="0", rspace="0")
    if text in ("(", ")") and not {"stretchy", "minsize"} & set(element.attrib):
        return token("mo", text, stretchy="false")
    if text == ":":
        return token("mo", ":")
    if text == "/":
        return token("mo", "/", lspace="0", rspace="0")
    if text == "*":
        return token("mo", "∗")
    return element
