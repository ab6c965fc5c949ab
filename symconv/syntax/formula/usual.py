"""Names that everybody reads alike: where ``H`` is an input's height, ``H_{out}`` is the result's.

They hold where nothing else is declared, and a verdict that rests on one prints it.
"""

from __future__ import annotations

from collections.abc import Iterable

from symconv.graph import Graph
from symconv.index import Index, Symbol
from symconv.syntax.formula.account import walk
from symconv.syntax.formula.labels import SPATIAL, axis_labels
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.trees import Ref

WORDS = {"D": "depth", "H": "height", "W": "width"}


def add_usual(found: Lexicon, taken: Iterable[str]) -> None:
    """Names of the result's sizes, beside those that are declared (`taken`) or otherwise known."""
    known = {*taken, *found.known, *found.sizes, *found.views}
    for base, (size, what) in _results(found.graph).items():
        name = f"{base}_out"
        if name not in known:
            found.sizes[name] = size
            found.usual[name] = f"{base}_{{out}} is {what}"


def said(found: Lexicon, tree: object) -> tuple[str, ...]:
    """What was taken for granted of the names in a formula."""
    names = {node.name for node in walk(tree) if isinstance(node, Ref)}
    return tuple(text for name, text in found.usual.items() if name in names)


def _results(graph: Graph) -> dict[str, tuple[Index, str]]:
    """The result's size along an axis by the symbol of the input's size along the same one."""
    images, _ = axis_labels(graph)
    windows = [node for node in graph.nodes if node.geometry is not None]
    if len(windows) != 1 or windows[0].keyword in ("unfold", "fold"):
        return {}
    (node,) = windows
    source = next((t for role, t in zip(node.roles, node.tensors, strict=True) if role == "x"), "")
    if source not in images or node.target not in images:
        return {}
    found: dict[str, tuple[Index, str]] = {}
    shapes = graph.shapes
    for label in SPATIAL[3]:
        if label not in images[source] or label not in images[node.target]:
            continue
        size = shapes[source][images[source].index(label)]
        if isinstance(size, Symbol) and size.name not in found:
            result = shapes[node.target][images[node.target].index(label)]
            word = WORDS[label] if "H" in images[source] else "length"
            found[size.name] = (result, f"the {word} of {node.target}")
    repeated = [size.name for size in shapes[source] if isinstance(size, Symbol)]
    return {name: row for name, row in found.items() if repeated.count(name) == 1}
