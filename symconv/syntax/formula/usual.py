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
from symconv.syntax.formula.measures import SETTINGS
from symconv.syntax.formula.trees import Ref

WORDS = {"D": "depth", "H": "height", "W": "width", "L": "length"}
SYMMETRIC = "stride padding dilation output_padding kernel_size".split()


def add_usual(found: Lexicon, taken: Iterable[str]) -> None:
    """Names of sizes and options, beside those that are declared (`taken`) or otherwise known."""
    known = {*taken, *found.known, *found.sizes, *found.views} - {*SETTINGS}
    known |= {*taken, *found.sizes, *found.views}
    for name, (size, what) in (_sizes(found.graph) | _options(found)).items():
        if name not in known:
            found.sizes[name] = size
            base, _, end = name.partition("_")
            spelled = f"{base}_{{{end}}}" if end in ("in", "out") else name
            found.usual[name] = f"{spelled} is {what}"


def said(found: Lexicon, tree: object) -> tuple[str, ...]:
    """What was taken for granted of the names in a formula."""
    names = {node.name for node in walk(tree) if isinstance(node, Ref)}
    return tuple(text for name, text in found.usual.items() if name in names)


def _options(found: Lexicon) -> dict[str, tuple[Index, str]]:
    """``stride`` and its like where the graph has one operation with windows, alike on all axes."""
    made: dict[str, tuple[Index, str]] = {}
    for word in SYMMETRIC:
        try:
            value = found.measured.setting(word, None, None)
        except ValueError:
            continue
        made[word] = (value, f"that of the operation, {value}")
    return made


def _sizes(graph: Graph) -> dict[str, tuple[Index, str]]:
    """The sizes of input and result along each axis, by the input's symbol and by the axis."""
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
    symbols = [size.name for size in shapes[source] if isinstance(size, Symbol)]
    for label in SPATIAL[3]:
        if label not in images[source] or label not in images[node.target]:
            continue
        size = shapes[source][images[source].index(label)]
        result = shapes[node.target][images[node.target].index(label)]
        letter = label if "H" in images[source] else "L"
        bases = [] if letter in symbols else [letter]
        if isinstance(size, Symbol) and symbols.count(size.name) == 1:
            bases += [size.name, size.name.removesuffix("_in")]
        for base in dict.fromkeys(bases):
            found[f"{base}_out"] = (result, f"the {WORDS[letter]} of {node.target}")
            found[f"{base}_in"] = (size, f"the {WORDS[letter]} of {source}")
    return found
