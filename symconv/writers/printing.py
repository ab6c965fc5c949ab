"""Formulas from the tree back to LaTeX: only what the dialect knows can come out."""

from __future__ import annotations

import re
from typing import assert_never

from symconv.writers.commands import SYMBOLS
from symconv.writers.dialect import parse
from symconv.writers.nodes import (
    Call,
    Char,
    Colour,
    Command,
    Fence,
    Group,
    Node,
    Scripts,
    Sized,
    Space,
    Stack,
    Words,
)

_ESCAPES = {"&": "\\&", "%": "\\%", "#": "\\#", "$": "\\$", "_": "\\_", "{": "\\{", "}": "\\}"}


class Printer:
    """One method for each node whose spelling differs between readers of LaTeX."""

    def node(self, node: Node) -> str:
        """Any node, in LaTeX."""
        match node:
            case Char(text):
                return text
            case Command(name):
                return self.command(name)
            case Space(name):
                return f"\\{name}"
            case Words(style, text):
                return self.words(style, text)
            case Group(items):
                return "{" + self.row(items) + "}"
            case Scripts():
                return self.scripts(node)
            case Call("root", (index, body)):
                return f"\\sqrt[{self.row(index.items)}]{self.node(body)}"
            case Call(name, args):
                return f"\\{name}" + "".join(self.node(arg) for arg in args)
            case Stack(lines):
                return "\\substack{" + r" \\ ".join(self.row(line.items) for line in lines) + "}"
            case Fence(left, body, right):
                return f"\\left{left} {self.row(body.items)} \\right{right}"
            case Sized(size, delimiter):
                return f"\\{size}{delimiter}"
            case Colour(rgb, body):
                return self.colour(rgb, body)
            case _:
                assert_never(node)

    def row(self, items: tuple[Node, ...]) -> str:
        """Nodes side by side, with the blanks that keep tokens apart."""
        out = ""
        for item in items:
            text = self.node(item)
            if not text:
                continue
            out += (" " if out and _apart(out, text, item) else "") + text
            out += " " if _loose(item) or text == "," else ""
        return out.replace("  ", " ").removesuffix(" ") if not out.endswith("\\ ") else out

    def command(self, name: str) -> str:
        """A symbol."""
        return f"\\{name}"

    def scripts(self, node: Scripts) -> str:
        """A base with its scripts, each in braces."""
        base = self.node(node.base)
        sub = f"_{self.node(node.sub)}" if node.sub is not None else ""
        sup = f"^{self.node(node.sup)}" if node.sup is not None else ""
        return base + "'" * node.primes + sub + sup

    def words(self, style: str, text: str) -> str:
        """Words, escaped."""
        return f"\\{style}{{" + "".join(_ESCAPES.get(letter, letter) for letter in text) + "}"

    def colour(self, rgb: str, body: Group) -> str:
        """A coloured formula, as the dialect writes it."""
        return f"\\textcolor{{{rgb}}}{self.node(body)}"


_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")


def _loose(item: Node) -> bool:
    """Whether a sign is printed with a blank on either side (TeX does not see the blanks)."""
    return kind(item) in ("op", "rel") and item != Char("/", "op")


def _apart(before: str, text: str, item: Node) -> bool:
    if _ENDS_IN_COMMAND.search(before):
        return text[0].isalpha()
    return _loose(item) or (before[-1].isalnum() and text[0].isalnum()) or text[0] == "\\"


def kind(node: Node) -> str:
    """How a node behaves in a row: a kind of `commands.Symbol`, or "space" or "group"."""
    match node:
        case Char(_, known):
            return known
        case Command(name):
            return SYMBOLS[name].kind
        case Words("operatorname", _):
            return "name"
        case Words("operatorname*", _):
            return "limit"
        case Words() | Stack() | Call("frac" | "dfrac" | "tfrac" | "binom", _):
            return "ord"
        case Scripts(base):
            return kind(base)
        case Call("overset" | "underset" | "stackrel", (_, Group((base,)))):
            return kind(base)
        case Sized(size, _):
            return {"l": "open", "r": "close", "m": "rel"}.get(size[-1], "ord")
        case Space():
            return "space"
        case Call() | Group() | Fence() | Colour():
            return "group"
        case _:
            assert_never(node)


def canonical(latex: str) -> str:
    """The formula in the dialect's own spelling; raises on anything outside the dialect."""
    return Printer().row(parse(latex).items)
