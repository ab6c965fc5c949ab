"""MathML reduced to what it says: rows without nesting, signs without spacing or attributes."""

from __future__ import annotations

import re
import unicodedata
from xml.etree.ElementTree import Element, fromstring

Tree = tuple[object, ...]

WRAPPERS = ("mrow", "mstyle", "mpadded", "math")
TOKENS = ("mi", "mo", "mn", "mtext")
FIXED = ("msub", "msup", "msubsup", "munder", "mover", "munderover", "mfrac", "mroot", "msqrt")
_LINE = re.compile(r"(tml-)?(overline|underline|boxed)")
SAME = {"∣": "|", "-": "−", "*": "∗", "⋅": "·", "ˆ": "^", "\u0302": "^", "\u2061": ""}
"""Signs that two programs take for each other."""


def tree(mathml: str) -> Tree:
    """The formula as nested tuples."""
    return tuple(_inside(fromstring(re.sub(r' xmlns="[^"]*"', "", mathml))))


def _inside(element: Element) -> list[object]:
    """The element's children, rows among them opened."""
    out: list[object] = []
    for child in element:
        tag = child.tag
        if tag == "mspace" or (tag == "mtext" and not (child.text or "").strip("\u00a0 ")):
            continue
        if tag in WRAPPERS and not _LINE.match(child.get("class", "")):
            out += _inside(child)
        elif tag in TOKENS:
            out += _token(child)
        elif tag in FIXED:
            parts = tuple(_part(part) for part in child)
            out.append((tag, *parts))
        elif tag == "mrow":
            out.append((child.get("class", "").removeprefix("tml-"), *_inside(child)))
        else:
            out.append((tag, *_inside(child)))
    return out


def _part(child: Element) -> Tree:
    holder = Element("mrow")
    holder.append(child)
    return tuple(_inside(holder))


def _token(element: Element) -> list[object]:
    text = element.text or ""
    if element.tag == "mi" and len(text) == 1 and element.get("mathvariant") != "normal":
        return [_sign(text)]
    if not _sign(text):
        return []
    plain = "".join(text.replace("\u00a0", " ").split())
    return [_sign(plain)] if plain else []


def _sign(text: str) -> str:
    folded = unicodedata.normalize("NFC", text)
    return "".join(SAME.get(letter, letter) for letter in folded)
