"""What a row of the table of mistakes is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

from symconv.claims import Diagnosis, Size, SizeClaim
from symconv.gradients import upstream_names
from symconv.graph import Graph, Node
from symconv.mistakes.positions import Roles
from symconv.mistakes.settings import Array, Setting
from symconv.terms import Equation, Form
from symconv.values import dataclass

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """A wrong value: equations to evaluate in order, or a function of a setting.

    `facts` fill the sentence of the row; a fact ``name`` takes the place of the row's name and
    ``text`` that of its sentence.  `fits` asks what was written whether this is how it came about,
    where two mistakes give the same values.
    """

    program: tuple[Equation, ...] = ()
    array: Callable[[Setting], Array] | None = None
    facts: Facts = field(default_factory=dict)
    fits: Callable[[Form], bool] | None = None


@dataclass(frozen=True, slots=True)
class SizeVariant:
    """A wrong size formula, and what else is wrong with it."""

    size: Size
    facts: Facts = field(default_factory=dict)
    also: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when mistakes are tried: the graph, the subject and its true form.

    `kind` is "result", "gradient" or "value" (a formula that no equation of the graph gives).
    """

    graph: Graph
    kind: str
    name: str
    truth: Form

    @property
    def named(self) -> set[str]:
        """The tensors that have a name of the author's, and their gradients."""
        inside = {*(t.name for t in self.graph.inputs), *(n.target for n in self.graph.nodes)}
        gradients = upstream_names(self.graph)
        return inside | {gradients[name] for name in inside if name in gradients}


@dataclass(frozen=True, slots=True)
class SizeContext:
    """The same for a size: which operation and axis makes it (none: a size of its own)."""

    graph: Graph
    claim: SizeClaim
    node: Node | None = None
    axis: int = 0


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row: the name, a sentence with ``{facts}``, and the wrong formulas that it leads to.

    A mistake is tried on tensors (`variants`), on sizes (`sizes`), or on both.
    """

    name: str
    text: str
    variants: Callable[[Context], Iterator[Variant]] | None = None
    sizes: Callable[[SizeContext], Iterator[SizeVariant]] | None = None

    def says(self, facts: Facts) -> Diagnosis:
        """The diagnosis, the row's sentence filled in."""
        text = facts.get("text", self.text).format(**facts)
        return Diagnosis(facts.get("name", self.name), text)


def roles_of(node: Node, form: Form) -> Roles:
    """Which indices of a node's form run over the kernel, and where its positions are read."""
    sums = {r.name for term in form.terms for r in term.sums}
    if node.geometry is None:
        data = node.tensors[0] if node.tensors else ""
        return Roles(data, 0, frozenset(sums), every=True)
    data = node.tensors[0]
    kernel = {name for name in sums if name.startswith("k")}
    if node.keyword == "unfold":
        kernel = {form.indices[-2]}
    ranks = [len(r.at) for term in form.terms for r in term.reads if r.tensor == data]
    first = max(ranks, default=node.geometry.rank) - node.geometry.rank
    return Roles(data, first, frozenset(kernel))
