"""The grammar's tree: its parts, its names and its places."""

from __future__ import annotations

from typing import TypeAlias

from lark import Token, Tree

from symconv.syntax.spec_text import RESERVED, Source, shown

Node: TypeAlias = "Tree[Token]"
KINDS = {
    "text": "a quoted text",
    "tuple": "a tuple",
    "list": "a list",
    "assign": "name = value",
    "binder": "a range",
    "compare": "a comparison",
    "subscript": "a tensor",
    "power": "a power",
}


def nodes(node: Node) -> list[Node]:
    """The parts of a node, punctuation left out."""
    return [part for part in node.children if isinstance(part, Tree)]


def name_of(node: Node) -> str:
    """The name that a name, a subscript or a call begins with."""
    return str(node.children[0])


def start(node: Node) -> int:
    """The offset at which a node begins."""
    return int(node.meta.start_pos)


def written(node: Node, source: Source) -> str:
    """The text of a node, quoted for a message."""
    return shown(source.text[node.meta.start_pos : node.meta.end_pos])


def plain_name(node: Node, source: Source, what: str) -> str:
    """The name that a node is, for `what` (``"the result"``)."""
    if node.data != "name":
        raise source.error(start(node), f"{what} must be a plain name", got=written(node, source))
    return free(name_of(node), start(node), source)


def free(name: str, offset: int, source: Source) -> str:
    """A name, refused where it is a word of the language."""
    if name in RESERVED:
        raise source.error(
            offset, f"{name} is a word of the spec language", expected="another name", got=name
        )
    return name


def operators(node: Node) -> list[str]:
    """The signs between the parts of a node."""
    return [str(part) for part in node.children if isinstance(part, Token)]


def is_minus(node: Node) -> bool:
    """Whether the signs in front of a ``signed`` node make a minus."""
    return sum(str(part) == "-" for part in node.children) % 2 == 1
