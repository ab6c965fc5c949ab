"""Graphs: an ordered list of named equations over input tensors.  A program is data."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from symconv.calls import Call, Definition, Elements, Spec
from symconv.geometry import Geometry
from symconv.index import symbols
from symconv.terms import Equation, Shape, free_symbols
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input: its name, shape, and the names or numbers its elements were given."""

    name: str
    shape: Shape
    elements: Elements | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A symbol that is left open: what it stands for and the least value it may take."""

    name: str
    kind: str
    least: int


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a graph: the statement, the tensors it reads, and what it spells.

    `tensors` are in the operation's own order (``x, w, b``), `roles` their names in the
    literature; the last equation's name is the statement's target.  `caveats` are sentences that
    a reader must know (what happens on ties, which rule "same" follows).
    """

    statement: Call | Definition
    keyword: str
    tensors: tuple[str, ...]
    roles: tuple[str, ...]
    equations: tuple[Equation, ...]
    geometry: Geometry | None = None
    options: tuple[tuple[str, object], ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The name of what the operation makes."""
        return self.equations[-1].name


@dataclass(frozen=True, slots=True)
class Graph:
    """Inputs, then operations in the order in which they can be evaluated."""

    inputs: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    parameters: tuple[Parameter, ...]
    spec: Spec
    known: list[int] = field(default_factory=list, init=False, repr=False, compare=False)
    """The hash, once it was asked for: a graph is the key of many caches."""

    def __hash__(self) -> int:
        """The hash of the fields, computed once."""
        if not self.known:
            self.known.append(hash((self.inputs, self.nodes, self.parameters, self.spec)))
        return self.known[0]

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process hashes its texts otherwise: it computes its own."""
        return Graph, (self.inputs, self.nodes, self.parameters, self.spec)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """Every equation, in order."""
        return tuple(equation for node in self.nodes for equation in node.equations)

    @property
    def output(self) -> str:
        """The name of the last operation's result."""
        return self.nodes[-1].target

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every tensor, inputs first."""
        found = {tensor.name: tensor.shape for tensor in self.inputs}
        return found | {equation.name: equation.shape for equation in self.equations}

    def input(self, name: str) -> Tensor:
        """The input of that name."""
        return next(tensor for tensor in self.inputs if tensor.name == name)

    def node(self, target: str) -> Node:
        """The operation that makes `target`."""
        return next(node for node in self.nodes if node.target == target)

    def open_sizes(self) -> tuple[str, ...]:
        """The symbols that have no number yet, sorted."""
        found: set[str] = set()
        for equation in self.equations:
            found |= free_symbols(equation)
        for tensor in self.inputs:
            found |= symbols(*tensor.shape)
        return tuple(sorted(found))


def names_in(graph: Graph) -> set[str]:
    """Every name in use: tensors, sizes and parameters."""
    return set(graph.shapes) | set(graph.open_sizes())
