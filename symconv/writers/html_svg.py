"""Pictures that stand in a page: drawn by us, and looked over all the same."""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError, fromstring

from markupsafe import Markup, escape

from symconv.errors import SymconvError

_FORBIDDEN = ("script", "foreignobject", "iframe", "image")
_SPACE = ' xmlns="http://www.w3.org/2000/svg"'
"""What a picture in a page of HTML does without."""
_OUTSIDE = re.compile(r"javascript:|url\(\s*['\"]?(?!#)|@import|https?:(?!//www\.w3\.org/)", re.I)


def picture(svg: str, words: str) -> Markup:
    """The SVG with ``role="img"`` and a name; raises if it is not well-formed or could do more."""
    try:
        root = fromstring(svg)
    except ParseError as error:
        raise SymconvError(f"the picture is not well-formed SVG ({error})") from error
    if _local(root.tag) != "svg":
        raise SymconvError(f"the picture is <{_local(root.tag)}>", expected="<svg>")
    for element in root.iter():
        if _local(element.tag).lower() in _FORBIDDEN:
            raise SymconvError(f"the picture holds <{_local(element.tag)}>")
        for name, value in element.attrib.items():
            link = _local(name) == "href" and not value.startswith("#")
            if name.lower().startswith("on") or link or _OUTSIDE.search(value):
                raise SymconvError(f"the picture holds {_local(name)}={value!r}")
    return Markup(_named(svg[svg.index("<svg") :], root.attrib, words))


def _named(svg: str, known: dict[str, str], words: str) -> str:
    extra = "" if known.get("role") == "img" else ' role="img"'
    if "role" in known and extra:
        raise SymconvError(f"the picture has role={known['role']!r}", expected="img")
    if not {"aria-label", "aria-labelledby"} & set(known):
        if not words:
            raise SymconvError("the picture has no words for those who listen")
        extra += f' aria-label="{escape(words)}"'
    return f"<svg{extra}{svg[len('<svg') :].replace(_SPACE, '', 1)}"


def _local(name: str) -> str:
    return name.rpartition("}")[2]
