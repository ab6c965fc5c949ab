"""What names mean: the graph's tensors and sizes, the gradients, and what ``names`` declares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Index, Symbol
from symconv.names import GREEK
from symconv.syntax.formula.keys import canonical, labelled, parse_key, spelling
from symconv.syntax.formula.measures import SETTINGS, WORDS, Measured
from symconv.syntax.formula.trees import Ref
from symconv.syntax.formula.views import View, identity
from symconv.syntax.formula.wholes_words import ARRAY_WORDS
from symconv.terms import Shape

__all__ = ["FUNCTION_WORDS", "LOSSES", "Lexicon", "canonical", "lexicon"]

LOSSES = frozenset("L E J C l loss Loss cost Cost error Error".split())
FUNCTION_WORDS = {"int", "floor", "ceil", "max", "min", "relu", "ReLU", "sigmoid", "tanh", "exp",
                  "log", "ln", "grad", "mod", "and", "sum", "for", "range", "otherwise",
                  "else", "where", "odd", "even", "all", *WORDS, *ARRAY_WORDS}  # fmt: skip


@dataclass(slots=True)
class Lexicon:
    """Every name that a formula may use.

    `views` are declared tensors by name (with label), `elements` names of single elements, `sizes`
    what symbols and declared sizes are; `labelled` are the names whose label selects a tensor;
    `matrices` names the operation's own matrices, as (rows, columns).
    """

    graph: Graph
    upstream: str
    shapes: dict[str, Shape]
    gradients: dict[str, str]
    sizes: dict[str, Index]
    forward: dict[str, Shape]
    views: dict[str, View] = field(default_factory=dict)
    elements: dict[str, View] = field(default_factory=dict)
    labelled: set[str] = field(default_factory=set)
    matrices: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    """The letters that are indices in this formula, though elements may be called so."""
    usual: dict[str, str] = field(default_factory=dict)
    """Sizes that need no declaration, and what each was taken to be."""
    entries: bool = False
    """Whether matrices are written out, where letters side by side are products."""
    indices: frozenset[str] = frozenset()
    """Indices of several letters."""
    remarks: dict[str, None] = field(default_factory=dict)
    """How something was read on the way that may be said to have been meant otherwise."""
    everywhere: bool = False
    """Whether ``stride`` and its like are words here (they are where names are declared)."""
    finished: dict[bool, frozenset[str]] | None = None
    """What is known, with and without `entries`, once no name comes in any more."""

    def copy(self) -> Lexicon:
        """A lexicon of its own, as far as a reading writes in it."""
        return replace(
            self, bound=set(self.bound), labels=dict(self.labels), remarks=dict(self.remarks)
        )

    @property
    def known(self) -> frozenset[str]:
        """The words that letters are put together to."""
        if self.finished is None:
            return self._known()
        if self.entries not in self.finished:
            self.finished[self.entries] = self._known()
        return self.finished[self.entries]

    def _known(self) -> frozenset[str]:
        plain = {key.partition("^")[0] for key in (*self.views, *self.elements, *self.matrices)}
        tensors = {*self.forward, *plain}
        ahead = {*self.gradients, *plain}
        if "d" in self.elements:  # d is an element, and da a product of two
            ahead = {*self.gradients} - ({*self.elements} if self.entries else set())
        gradients = {f"d{n}" for t in ahead for n in (t, t.upper())} | {"dout"}
        words = {*tensors, *self.sizes, *gradients, *FUNCTION_WORDS, *LOSSES}
        words |= {name.partition("_")[0] for name in words if "_" in name}
        if "d" in self.elements:
            words -= {f"d{name}" for name in self.elements}
        return frozenset(words | {name for name in GREEK if name in self.sizes})

    @property
    def measured(self) -> Measured:
        """The sizes by word."""
        return Measured(self.graph, self.shapes, self.gradients)

    @property
    def seed(self) -> str:
        """The graph's own name for the upstream gradient ("" for a scalar output)."""
        return self.gradients[self.graph.output]

    def array(self, name: str) -> str:
        """The tensor that a name stands for (under some label), or nothing."""
        view = self.view(name) or self._any_label(name)
        return view.tensor if view else ""

    def _any_label(self, name: str) -> View | None:
        keys = [key for key in self.views if key.startswith(f"{name}^")]
        return self.views[keys[0]] if keys else None

    def view(self, name: str, label: str = "") -> View | None:
        """The tensor under a name and a layer label; a label that others have is not guessed."""
        if label and labelled(name, label) in self.views:
            return self.views[labelled(name, label)]
        if label and name in self.labelled:
            return None
        if name in self.views:
            return self.views[name]
        if name in self.forward:
            return identity(name, self.shapes[name])
        if self.seed and name == self.upstream and name not in self.labelled:
            return identity(self.seed, self.shapes[self.seed])
        return None

    def is_tensor(self, ref: Ref) -> bool:
        """Whether a reference is a tensor or an element, and neither a size nor an index."""
        if ref.gradient:
            return True
        if ref.items is not None:
            return not self.is_setting(ref)
        if labelled(ref.name, ref.label) in self.elements:
            return ref.name not in self.bound
        plain = ref.name not in self.sizes and ref.name not in self.bound
        return plain and bool(self.array(ref.name))

    def is_setting(self, ref: Ref) -> bool:
        """Whether a reference is an option by axis, ``stride[0]``."""
        return ref.name in SETTINGS and not ref.label and not self.array(ref.name)

    def gradient(self, name: str, label: str = "") -> View | None:
        """The gradient of the forward tensor under that name; no tensor where it is not needed."""
        view = self.view(name, label)
        if view is None or view.tensor not in self.gradients:
            return None
        return view.of(self.gradients[view.tensor])

    def gradient_word(self, word: str) -> str:
        """The name whose gradient ``dW``, ``dx``, ``dout`` is, or nothing."""
        if word in self.forward or word in self.sizes or self.array(word):
            return ""
        if word == "dout":
            return self.graph.output
        if word[:1] != "d" or len(word) < 2:
            return ""
        if "d" in self.elements and word[1:] in self.elements:
            return ""
        if "d" in self.elements and word[1:] not in self.forward:
            return ""
        return self.tensor(word[1:])

    def tensor(self, name: str) -> str:
        """The name of a forward tensor; capitals do for a gradient where they are clear."""
        if self.array(name) in self.forward or name in self.elements:
            return name
        near = [t for t in self.forward if t.lower() == name.lower()]
        return near[0] if len(near) == 1 else ""


def lexicon(graph: Graph, upstream: str = "g") -> Lexicon:
    """The names of a graph and the letter for the gradient from above.

    Errors: ValueError for a letter that is no name.
    """
    gradients, forward, names = _facts(graph)
    sizes: dict[str, Index] = {name: Symbol(name) for name in names}
    shapes = forward | {gradients[t]: s for t, s in forward.items() if gradients[t]}
    key = parse_key(upstream)
    found = Lexicon(graph, key.name, shapes, gradients, sizes, forward)
    if key.label and found.seed:
        found.views[key.spelled] = identity(found.seed, shapes[found.seed])
        found.labelled.add(key.name)
    for text in (upstream, *forward, *sizes):
        note_spelling(found, text)
    return found


@lru_cache(maxsize=64)
def _facts(graph: Graph) -> tuple[dict[str, str], dict[str, Shape], tuple[str, ...]]:
    """The gradients' names, the shapes and the symbols of a graph, which never change."""
    symbols = (*graph.open_sizes(), *(p.name for p in graph.parameters))
    return upstream_names(graph), graph.shapes, tuple(dict.fromkeys(symbols))


def note_spelling(found: Lexicon, text: str) -> None:
    """Remember how a name of several pieces is written."""
    made = spelling(text)
    if made is not None:
        found.spellings[made[0]] = made[1]
