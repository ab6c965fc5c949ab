"""What names in code mean: tensors, the gradient from above, sizes; results and gradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from symconv.claims import Subject
from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.index import Index, Symbol, substitute
from symconv.syntax.code.arrays import Array, letter, of_tensor
from symconv.syntax.code.facts import Facts, canon
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.values import Row, Value, Whole
from symconv.syntax.formula.claiming import nonempty
from symconv.syntax.formula.declared import lexicon_of
from symconv.syntax.formula.keys import parse_key
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.measures import SETTINGS
from symconv.syntax.formula.views import View
from symconv.terms import in_range

GRADIENTS = (
    "dL_d{}", "dLd{}", "dL_{}", "grad_{}", "gradient_{}", "d_{}", "d{}", "{}_grad", "{}_gradient",
)  # fmt: skip
"""How the gradient with respect to a tensor may be called."""
SPOKEN = {"pad": "padding", "pads": "padding", "strides": "stride", "dil": "dilation",
          "dilate": "dilation", "dilations": "dilation", "rate": "dilation"}  # fmt: skip
"""What code calls the options of an operation."""
RESULTS = ("out", "output")
"""Names for the operation's result beside its own."""


@dataclass(slots=True)
class Bindings:
    """The declared names of a piece of code."""

    graph: Graph
    conventions: Conventions
    lexicon: Lexicon = field(init=False)
    used: dict[str, str] = field(default_factory=dict)
    examples: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, tuple[Subject, View] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lexicon = lexicon_of(self.graph, self.conventions)

    # --- what is read ---------------------------------------------------------------------------

    def value(self, name: str, memory: Memory) -> Value | None:
        """What a name that the code did not set stands for."""
        view = self._input(name)
        if view is not None:
            self.used.setdefault(name, f"{view.tensor}")
            return memory.new(self.content(view, memory))
        size = self.size(name)
        if size is not None:
            items = size.items if isinstance(size, Row) else (size,)
            shown = ", ".join(str(i.value) for i in items if isinstance(i, Whole))
            self.used.setdefault(name, shown)
            return size
        return None

    def _input(self, name: str) -> View | None:
        seed = self.seed(name)
        if seed is not None:
            return seed
        spelled = self.spelled(name)
        if spelled in self.lexicon.elements:
            return self.lexicon.elements[spelled]
        return self.lexicon.view(spelled)

    @staticmethod
    def spelled(name: str) -> str:
        """A name as the declarations spell it."""
        try:
            return parse_key(name).spelled
        except ValueError:
            return name

    def content(self, view: View, memory: Memory) -> Array:
        """A tensor as a declared name shows it; a padded copy is 0 outside."""
        names: dict[str, Index] = {
            own: Symbol(letter(axis)) for axis, own in enumerate(view.letters)
        }
        at = tuple(canon(substitute(index, names)) for index in view.at)
        shape = tuple(map(canon, view.shape))
        found = of_tensor(view.tensor, at, shape)
        if not view.padded:
            return found
        sizes = self.lexicon.shapes[view.tensor]
        where = tuple(
            condition
            for index, size in zip(at, sizes, strict=True)
            if not isinstance(index, Symbol)
            for condition in in_range(index, size)
        )
        (term,) = found.terms
        return Array(shape, (replace(term, where=where),))

    def size(self, name: str) -> Value | None:
        """A declared size; ``stride`` and its like where the operation has one of them."""
        spelled = self.spelled(name)
        if spelled in self.lexicon.sizes:
            return Whole(canon(self.lexicon.sizes[spelled]))
        if name in (*SETTINGS, "groups"):
            return self._setting(name)
        return None

    def _setting(self, word: str) -> Value | None:
        measured = self.lexicon.measured
        try:
            return Whole(canon(measured.setting(word, None, None)))
        except ValueError:
            pass
        nodes = [n for n in self.graph.nodes if n.geometry is not None]
        if len(nodes) != 1 or word == "groups":
            return None
        try:
            axes = range(nodes[0].geometry.rank)  # type: ignore[union-attr]
            return Row(tuple(Whole(canon(measured.setting(word, None, n))) for n in axes))
        except ValueError:
            return None

    def hint(self, name: str) -> str:
        """What to declare of a name that is not known: an option of the operation, or a name."""
        word = SPOKEN.get(name.lower(), name.lower())
        if word not in SETTINGS:
            return f"names({name}=…)"
        try:
            value = self.lexicon.measured.setting(word, None, None)
        except ValueError:
            return f"names({name}=…)"
        if isinstance(value, Symbol):
            return f"names({name}={value})"
        return f"{word}={name} in the operation, or names({name}=…)"

    # --- what is claimed ------------------------------------------------------------------------

    def seed(self, name: str) -> View | None:
        """The gradient from above under that name, if it is one."""
        view = self.lexicon.view(self.spelled(name))
        if view is not None:  # what is declared comes first
            return view if view.tensor == self.lexicon.seed != "" else None
        found = self._gradient(name)
        if found is not None and self.lexicon.seed and found.tensor == self.lexicon.seed:
            return found
        return None

    def subject(self, name: str) -> tuple[Subject, View] | None:
        """The result or gradient that a name is, and how it shows it."""
        if name not in self.subjects:
            self.subjects[name] = self._subject(name)
        return self.subjects[name]

    def _subject(self, name: str) -> tuple[Subject, View] | None:
        if self.seed(name) is not None:
            return None
        made = {equation.name for equation in self.graph.equations}
        forward = {g: t for t, g in self.lexicon.gradients.items() if g}
        view = self.lexicon.view(self.spelled(name))
        if view is None and name in RESULTS and self.size(name) is None:
            view = self.lexicon.view(self.graph.output)
        if view is None and self.size(name) is None:
            view = self._gradient(name)
        if view is None or view.padded:
            return None
        if view.tensor in made:
            return Subject("result", view.tensor), view
        if view.tensor in forward:
            return Subject("gradient", forward[view.tensor]), view
        return None

    def _gradient(self, name: str) -> View | None:
        if name in self.graph.shapes or self.spelled(name) in self.lexicon.sizes:
            return None
        if name == "dout" and self.lexicon.seed:
            return self.lexicon.gradient(self.graph.output)
        for tensor in self._candidates(name):
            view = self.lexicon.gradient(tensor)
            if view is not None and view.tensor:
                return view
        return None

    def _candidates(self, name: str) -> Iterator[str]:
        known = [*self.graph.shapes, *(key for key in self.lexicon.views if "^" not in key)]
        results = [*RESULTS] if not set(RESULTS) & set(known) else []
        for pattern in GRADIENTS:
            for tensor in known:
                if name in (pattern.format(tensor), pattern.format(tensor.upper())):
                    yield tensor
            for word in results:
                if name == pattern.format(word):
                    yield self.graph.output

    def input(self, name: str) -> View | None:
        """The input that a name is."""
        view = self.lexicon.view(self.spelled(name))
        inputs = {tensor.name for tensor in self.graph.inputs}
        return view if view is not None and view.tensor in inputs else None


def facts_of(graph: Graph) -> Facts:
    """What is known of the sizes of an operation."""
    least = {p.name: p.least for p in graph.parameters}
    return Facts(least).assuming(nonempty(graph))
