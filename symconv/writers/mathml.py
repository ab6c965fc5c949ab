"""One formula to MathML Core: latex2mathml does the structure, and is never trusted blindly.

The formula is read by `dialect.parse` first; what latex2mathml gets wrong (words, alphabets,
accents, names of functions) is handed to it as a numbered placeholder and put in afterwards; its
answer is checked as XML (`mathml_check`) and mended (`mathml_mend`).
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert

from symconv.errors import SymconvError
from symconv.writers.commands import SYMBOLS
from symconv.writers.dialect import parse
from symconv.writers.mathml_check import read
from symconv.writers.mathml_mend import (
    accent_element,
    mend,
    sized_element,
    symbol_element,
    word_element,
)
from symconv.writers.nodes import Call, Char, Command, Fence, Group, Node, Sized, Space
from symconv.writers.printing import Printer, kind


def mathml(latex: str, display: bool = False) -> str:
    r"""One formula as a ``<math>`` element.

    Raises
    ------
    SymconvError : the formula is outside the dialect or can't be rendered right.

    Examples
    --------
    >>> mathml("x_k")
    '<math><msub><mi>x</mi><mi>k</mi></msub></math>'
    """
    attribute = ' display="block"' if display else ""
    return f"<math{attribute}>{fragment(latex)}</math>"


@lru_cache(maxsize=16384)
def fragment(latex: str) -> str:
    """The inside of the ``<math>`` element, for tables of our own to hold."""
    root = Element("mrow")
    root.extend(elements(latex))
    return "".join(tostring(child, encoding="unicode") for child in root)


def elements(latex: str) -> list[Element]:
    """The formula as a list of checked elements."""
    reader = _Handover()
    source = reader.row(parse(latex).items)
    if not source:
        return []
    try:
        xml = convert(source)
    except Exception as error:
        raise SymconvError(
            f"latex2mathml can't read it ({type(error).__name__})", where=f"formula {latex!r}"
        ) from error
    mended = [mend(child, reader.placed, latex) for child in read(xml, latex)]
    row = len(mended) == 1 and mended[0].tag == "mrow" and not mended[0].attrib
    return list(mended[0]) if row else mended


class _Handover(Printer):
    """Spells a formula as latex2mathml reads it rightly, setting words aside in `placed`."""

    def __init__(self) -> None:
        self.placed: list[Element] = []

    def row(self, items: tuple[Node, ...]) -> str:
        return super().row(tuple(_with_spaces(items)))

    def place(self, element: Element) -> str:
        self.placed.append(element)
        return f"\\text{{@{len(self.placed) - 1}@}}"

    def words(self, style: str, text: str) -> str:
        return self.place(word_element(style, text))

    def command(self, name: str) -> str:
        element = symbol_element(name)
        return f"\\{name}" if element is None else self.place(element)

    def node(self, node: Node) -> str:
        match node:
            case Space("!"):
                return ""
            case Space(" "):
                return self.place(Element("mspace", width="0.25em"))
            case Sized(size, delimiter):
                return self.place(sized_element(size, delimiter))
            case Call(name, (body,)) if (sign := accent_element(name)) is not None:
                return f"\\overset{{{self.place(sign)}}}{self.node(body)}"
            case Call("boldsymbol" | "bm", (Group((Char(letter),)),)):
                return self.words("boldsymbol", letter)
            case Call("boldsymbol" | "bm", (Group((Command(name),)),)):
                return self.words("boldsymbol", SYMBOLS[name].text)
            case _:
                return super().node(node)


def _with_spaces(items: tuple[Node, ...]) -> list[Node]:
    r"""The thin spaces that TeX puts around names such as ``\log`` and browsers do not."""
    out: list[Node] = []
    thin = Space(",")
    for item in items:
        before = kind(out[-1]) if out else "op"
        leads = kind(item) in ("name", "limit") and before in ("ord", "close", "group")
        if leads or (before in ("name", "limit") and _needs_space(item)):
            out.append(thin)
        out.append(item)
    return out


def _needs_space(item: Node) -> bool:
    if isinstance(item, Group) and item.items:
        return _needs_space(item.items[0])
    return kind(item) in ("ord", "group", "name", "big") and not isinstance(item, Fence)
