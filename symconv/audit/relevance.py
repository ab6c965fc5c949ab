"""Which formulas of a note are no claims: they name nothing that is declared, or only set a value.

Prose is not judged, and neither is the mathematics that belongs to it.
"""

from __future__ import annotations

import re

from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.names import GREEK

NO_RELATION = "nothing is said to be equal"
_RELATION = re.compile(
    r"=|<|>|\\(?:le|leq|ge|geq|lt|gt|leqslant|geqslant|coloneqq|equiv)(?![A-Za-z])|≤|≥"
)
_WORD = re.compile(r"\\[A-Za-z]+|[A-Za-z]+|\d+")
_GRADIENT = re.compile(r"\\partial|∂|\\nabla|\\delta(?![A-Za-z])|grad")
_DOTS = re.compile(r"\\[lcd]?dots|\\dots[cb]|…|\.\.\.|\\in(?![A-Za-z])|∈")
_GROUP = re.compile(
    r"(?P<script>[_^]|\\(?:substack|text|textrm|mbox|textbf|textit)(?![A-Za-z]))?"
    r"\s*\{(?P<inside>[^{}]*)\}"
)
_DEEPEST = 40
_EQUALS = re.compile(r"(?<![<>:+!])=(?!=)|:=")


def irrelevant(text: str, graph: Graph, conventions: Conventions) -> str:
    """Why a formula claims nothing about the operation, or "" where it does."""
    clean = text.replace(r"\_", "_").replace(r"\*", "*")
    if not _RELATION.search(_without_scripts(clean)):
        return NO_RELATION
    known = names(graph, conventions)
    words = set(_WORD.findall(clean)) | set(re.findall(r"[A-Za-z]\w*", clean))
    letters = {letter for word in words if word.isalpha() for letter in word}
    tensors = known["tensors"] & (words | letters)
    if not tensors and not _GRADIENT.search(clean):
        if not known["sizes"] & (words | letters):
            arithmetic = not letters and re.search(r"\d\s*[-+*/]|\\frac|\\cdot|\\times", clean)
            return "" if arithmetic else "nothing that is declared occurs in it"
        if _DOTS.search(clean) or not _EQUALS.search(clean):
            return "it says which values an index takes"
        left = clean.split("=")[0].strip(" &:$")
        if left in known["open"]:
            return f"it sets {left}; assume= would put it to use"
    return ""


def _without_scripts(text: str) -> str:
    r"""The text without what stands in subscripts, superscripts and words: ``\sum_{k=0}``."""
    for _ in range(_DEEPEST):
        text, found = _GROUP.subn(lambda g: " " if g["script"] else f"({g['inside']})", text)
        if not found:
            break
    return text


def names(graph: Graph, conventions: Conventions) -> dict[str, set[str]]:
    """The names of tensors and of sizes, in the note's spelling and without decorations."""
    tensors = {*graph.shapes, conventions.upstream}
    sizes = {p.name for p in graph.parameters} | set(graph.open_sizes())
    opened = set(sizes)
    for key, meaning in conventions.names:
        kind = sizes if _is_size(meaning, graph, opened) else tensors
        kind.add(key)
        kind |= set(re.findall(r"[A-Za-z]+\w*|\\[A-Za-z]+", key))
    for tensor in graph.inputs:
        tensors |= _elements(tensor.elements)
    gradients = {f"d{t}" for t in tensors} | {f"d{t.upper()}" for t in tensors}
    plain = {name.lstrip("\\") for name in tensors | gradients if name.lstrip("\\") in GREEK}
    return {"tensors": tensors | gradients | plain, "sizes": sizes, "open": opened}


def _is_size(meaning: str, graph: Graph, sizes: set[str]) -> bool:
    word = re.match(r"\s*([A-Za-z_]\w*)", meaning)
    if word is None:
        return True
    tensors = {*graph.shapes, "g", "pad", "matrix", "softmax"} | {
        f"d{name}" for name in graph.shapes
    }
    return word[1] not in tensors or word[1] in sizes


def _elements(elements: object) -> set[str]:
    if isinstance(elements, str):
        return {elements}
    if isinstance(elements, tuple):
        return {name for item in elements for name in _elements(item)}
    return set()
