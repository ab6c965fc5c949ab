"""What names mean: the graph's tensors and sizes, the gradients, and what ``names`` declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Index, Symbol
from symconv.names import GREEK
from symconv.terms import Shape

LOSSES = frozenset("L E J C l loss Loss cost Cost error Error".split())
FUNCTION_WORDS = {"int", "floor", "ceil", "max", "min", "relu", "ReLU", "sigmoid", "tanh", "exp",
                  "log", "ln", "grad", "mod", "and"}  # fmt: skip


def canonical(name: str) -> str:
    r"""A declared name as the reader spells it: ``W_{out}`` is W_out, ``\delta`` is delta."""
    return re.sub(r"\\(?:text|mathrm|operatorname)|[\\{}\s]", "", name)


@dataclass(slots=True)
class Lexicon:
    """Every name that a formula may use; `aliases` are tensors, `declared` sizes by name."""

    graph: Graph
    upstream: str
    shapes: dict[str, Shape]
    gradients: dict[str, str]
    sizes: dict[str, Index]
    aliases: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """The words that letters are put together to."""
        tensors = [*self.graph.shapes, *self.aliases]
        gradients = {f"d{n}" for t in self.gradients for n in (t, t.upper())} | {"dout"}
        words = {*tensors, *self.sizes, *gradients, *FUNCTION_WORDS, *LOSSES}
        return frozenset(words | {name for name in GREEK if name in self.sizes})

    def array(self, name: str) -> str:
        """The tensor of the graph that a name stands for, or nothing."""
        if name in self.aliases:
            return self.aliases[name]
        if name in self.graph.shapes:
            return name
        return self.seed if self.seed and name == self.upstream else ""

    @property
    def seed(self) -> str:
        """The graph's own name for the upstream gradient ("" for a scalar output)."""
        return self.gradients[self.graph.output]

    def gradient_word(self, word: str) -> str:
        """The tensor whose gradient ``dW``, ``dx``, ``dout`` is, or nothing."""
        if word in self.aliases or word in self.graph.shapes or word in self.sizes:
            return ""
        if word == "dout":
            return self.graph.output
        if word[:1] != "d" or len(word) < 2:
            return ""
        return self.tensor(word[1:])

    def tensor(self, name: str) -> str:
        """The forward tensor of that name; capitals do for a gradient where they are clear."""
        found = self.aliases.get(name, name)
        if found in self.graph.shapes:
            return found
        near = [t for t in self.graph.shapes if t.lower() == name.lower()]
        return near[0] if len(near) == 1 else ""


def lexicon(graph: Graph, upstream: str, names: Mapping[str, str | Index]) -> Lexicon:
    """The names of a graph, and those that were declared beside it.

    A declared name is a tensor (``"w"``), a size (an `Index`, or the name of one), or
    ``height(x)``, ``width(x)``, ``size(x, axis)``.  Errors: ValueError for anything else.
    """
    gradients = upstream_names(graph)
    sizes: dict[str, Index] = {name: Symbol(name) for name in graph.open_sizes()}
    sizes |= {p.name: Symbol(p.name) for p in graph.parameters}
    shapes = dict(graph.shapes)
    shapes |= {gradients[t]: s for t, s in graph.shapes.items() if gradients[t]}
    found = Lexicon(graph, canonical(upstream), shapes, gradients, sizes)
    declared: dict[str, Index] = {}
    for written, value in names.items():
        key = canonical(written)
        if isinstance(value, str) and value in shapes:
            found.aliases[key] = value
        else:
            declared[key] = _size(value, shapes, sizes)
    sizes |= declared
    return found


def _size(value: str | Index, shapes: Mapping[str, Shape], sizes: Mapping[str, Index]) -> Index:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(height|width|size)\((\w+)(?:,\s*(\d+))?\)", value.strip())
    if match and match[2] in shapes and shapes[match[2]]:
        axis = {"height": -2, "width": -1}.get(match[1], int(match[3] or 0))
        if -len(shapes[match[2]]) <= axis < len(shapes[match[2]]):
            return shapes[match[2]][axis]
    if value in sizes:
        return sizes[value]
    if value.isdigit():
        return int(value)
    raise ValueError(f"{value!r} is neither a tensor nor a size of the operation")
