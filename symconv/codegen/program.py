"""What the functions of a module have in common: equations, names and sizes."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.codegen.names import Names
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph, Node
from symconv.index import Index, Symbol, same, substitute
from symconv.terms import Equation, Form, Selection, Shape, with_sizes
from symconv.values import dataclass

SUFFIXES = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}


@dataclass(frozen=True, slots=True)
class Program:
    """A graph with Python names for its sizes, and what its functions have in common."""

    names: Names
    inputs: tuple[tuple[str, Shape], ...]
    forward: tuple[Equation, ...]
    backward: tuple[Form, ...]
    gradients: dict[str, str]
    kept: tuple[str, ...]
    upstream: str
    output: tuple[str, Shape]
    keywords: tuple[str, ...]
    sizes: dict[Index, str]
    least: dict[str, int]
    inner: tuple[str, ...]

    @property
    def shared(self) -> tuple[Equation, ...]:
        """The equations up to the last one that the backward pass reads."""
        places = [n for n, equation in enumerate(self.forward) if equation.name in self.kept]
        return self.forward[: places[-1] + 1] if places else ()

    @property
    def rest(self) -> tuple[Equation, ...]:
        """The equations that only the forward pass needs."""
        return self.forward[len(self.shared) :]

    @property
    def returned(self) -> tuple[str, ...]:
        """What the shared equations are for."""
        wanted = {*self.kept, *reads(self.rest), self.output[0]}
        return tuple(equation.name for equation in self.shared if equation.name in wanted)


def reads(equations: Iterable[Equation]) -> set[str]:
    """The tensors that equations read."""
    return {name for equation in equations for name in equation.tensors}


def program_of(graph: Graph) -> Program:
    """Name everything in a graph and derive its backward equations."""
    names = Names()
    upstream = upstream_names(graph)
    for name in (*graph.shapes, *(name or "g" for name in upstream.values())):
        names.claim("tensor", name)
    opened = graph.open_sizes()
    order = dict.fromkeys([*(p.name for p in graph.parameters if p.name in opened), *opened])
    sizes: dict[str, Index] = {name: Symbol(names.claim("size", name)) for name in order}
    equations = tuple(with_sizes(equation, sizes) for equation in graph.equations)
    wanted = [tensor.name for tensor in graph.inputs]
    gradients = tuple(with_sizes(form, sizes) for form in backward(graph, wanted))
    inputs = tuple((t.name, tuple(substitute(n, sizes) for n in t.shape)) for t in graph.inputs)
    shown = {n for _, shape in inputs for n in shape}
    needed = reads(gradients)
    named = _size_names(graph, equations, sizes, names)
    least = {str(sizes[p.name]): p.least for p in graph.parameters if p.name in sizes}
    return Program(
        names=names,
        inputs=inputs,
        forward=equations,
        backward=tuple(form for form in gradients if isinstance(form, Form)),
        gradients={name: upstream[name] for name in wanted},
        kept=tuple(e.name for e in equations if e.name in needed),
        upstream=upstream[graph.output],
        output=(graph.output, equations[-1].shape),
        keywords=tuple(str(size) for size in sizes.values() if size not in shown),
        sizes=named,
        least=least | dict.fromkeys(named.values(), 1),
        inner=_inner(equations),
    )


def _size_names(
    graph: Graph, equations: Iterable[Equation], renamed: dict[str, Index], names: Names
) -> dict[Index, str]:
    """Letters for the sizes that are formulas: O_h for the values of o_h."""
    sizes: list[tuple[str, Index]] = []
    for node, equation in _with_nodes(graph, equations):
        if node.geometry is not None:
            suffixes = SUFFIXES[len(node.geometry.axes)]
            outputs = node.geometry.output()
            sizes += [(f"o{s}", n) for s, n in zip(suffixes, outputs, strict=True)]
        window = equation.window if isinstance(equation, Selection) else ()
        sizes += [(item.name, item.stop) for item in (*equation.ranges, *window)]
    found: dict[Index, str] = {}
    for name, size in sizes:
        size = substitute(size, renamed)
        if not isinstance(size, int | Symbol) and not any(same(size, old) for old in found):
            head, _, rest = name.partition("_")
            found[size] = names.fresh(head.upper() + (f"_{rest}" if rest else ""))
    return found


def _with_nodes(graph: Graph, equations: Iterable[Equation]) -> list[tuple[Node, Equation]]:
    nodes = [node for node in graph.nodes for _ in node.equations]
    return list(zip(nodes, equations, strict=True))


def _inner(equations: Iterable[Equation]) -> tuple[str, ...]:
    """The names that the forward equations sum over."""
    return tuple(
        item.name
        for equation in equations
        if isinstance(equation, Form)
        for term in equation.terms
        for item in term.sums
    )
