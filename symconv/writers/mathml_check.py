"""What latex2mathml gives back is read as XML and held to MathML Core; nothing else passes."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

from symconv.errors import SymconvError

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
TOKENS = ("mi", "mn", "mo", "mtext")
"""The elements that hold characters; all others hold elements."""

_ANY_NUMBER = (0, 10_000)
_CHILDREN = {
    **dict.fromkeys(("math", "mrow", "mstyle", "menclose", "mtable", "mtr", "mtd"), _ANY_NUMBER),
    **dict.fromkeys(("msqrt",), (1, 1)),
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), (2, 2)),
    **dict.fromkeys(("msubsup", "munderover"), (3, 3)),
    **dict.fromkeys((*TOKENS, "mspace"), (0, 0)),
}
_LENGTH = r"-?\d*\.?\d+em"
_ATTRIBUTES = {
    "display": "block|inline",
    "displaystyle": "true|false",
    "scriptlevel": r"\d",
    "stretchy": "true|false",
    "fence": "true|false",
    "accent": "true|false",
    "movablelimits": "true|false",
    "form": "prefix|infix|postfix",
    "minsize": _LENGTH,
    "maxsize": _LENGTH,
    "width": _LENGTH + "|negativethinmathspace",
    "notation": "box",
    "linethickness": "0",
    "mathcolor": "#[0-9A-Fa-f]{6}",
    "mathvariant": "normal|bold|italic|bold-italic",
}
_FORBIDDEN = re.compile(r"[\\&<>$]")
_COMPARISONS = ("<", ">")


def read(xml: str, latex: str) -> Element:
    """Parse and check; raises a `SymconvError` that names the formula."""
    try:
        root = fromstring(xml)
    except ParseError as error:
        raise SymconvError(
            f"the MathML is not well-formed ({error})", where=f"formula {latex!r}"
        ) from error
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
        problem = _problem(element)
        if problem:
            raise SymconvError(problem, where=f"formula {latex!r}")
    return root


def _problem(element: Element) -> str:
    tag, text = element.tag, element.text or ""
    if tag not in _CHILDREN:
        return f"the MathML has <{tag}>, which is not drawn"
    least, most = _CHILDREN[tag]
    if not least <= len(element) <= most:
        return f"the MathML has <{tag}> with {len(element)} children"
    if _FORBIDDEN.search(text) and text not in _COMPARISONS:
        return f"the MathML has {text!r} left over"
    if (tag not in TOKENS and text.strip()) or (element.tail or "").strip():
        return f"the MathML has text outside its tokens in <{tag}>"
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES or not re.fullmatch(_ATTRIBUTES[name], value):
            return f"the MathML has {name}={value!r} in <{tag}>"
    return ""
