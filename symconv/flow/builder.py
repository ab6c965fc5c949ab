"""Nodes and edges, one at a time, with forward values and local derivatives as they are made."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from symconv.elements import latex_element
from symconv.errors import GeometryError
from symconv.flow.addends import Addend, Element
from symconv.flow.parts import FlowEdge, FlowNode, Value
from symconv.flow.ring import add, call, first_maximum, greatest, plain, slope, times
from symconv.flow.value import Flow
from symconv.functions import FUNCTIONS
from symconv.names import indexed, latex_name


class Builder:
    """A flow in the making."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nodes: dict[str, FlowNode] = {}
        self.edges: list[FlowEdge] = []

    def check(self, more: int) -> None:
        """Refuse `more` further nodes if that makes too many."""
        if len(self.nodes) + more > self.limit:
            raise GeometryError(
                "the graph is too large to draw number by number",
                expected=f"at most {self.limit:,} nodes",
                got=f"{len(self.nodes) + more:,} or more",
                hint="whole operations (level operation; operation_flow), or smaller sizes",
            )

    def flow(self) -> Flow:
        """What has been made."""
        return Flow(tuple(self.nodes.values()), tuple(self.edges))

    # --- nodes --------------------------------------------------------------------------------

    def _node(
        self, name: str, kind: str, symbol: str, latex: str, formula: str, value: Value
    ) -> str:
        self.check(1)
        self.nodes[name] = FlowNode(
            name, kind, symbol, latex, "" if formula == latex else formula, value
        )
        return name

    def _edge(self, source: str, target: str, latex: str, local: Value) -> None:
        self.edges.append(FlowEdge(source, target, latex, local, self.nodes[source].forward))

    def input(self, name: str, latex: str, value: Value) -> str:
        """An element of an input."""
        return self._node(name, "input", latex, latex, "", value)

    def read(self, element: Element) -> str:
        """The node of an element, or of a function of it; the same element is the same node."""
        at = f"[{','.join(map(str, element.at))}]" if element.at else ""
        source = f"{element.tensor}{at}"
        if not element.function:
            return source
        name = f"{element.function}({source})"
        return name if name in self.nodes else self._function(name, "", element.function, source)

    def _function(self, name: str, latex: str, function: str, source: str, kind: str = "") -> str:
        inner = self.nodes[source]
        symbol = FUNCTIONS[function].latex
        written = f"{symbol}({inner.latex})"
        value = call(function, inner.forward)
        self._node(name, kind or "function", symbol, latex or written, written, value)
        self._edge(source, name, f"{symbol}'({inner.latex})", slope(function, inner.forward))
        return name

    def sum(self, name: str, latex: str, sources: Sequence[str], kind: str) -> str:
        """``Σ sources``: the local derivatives are 1."""
        value: Value = 0
        for source in sources:
            value = add(value, self.nodes[source].forward)
        formula = _sum_latex([self.nodes[source].latex for source in sources])
        symbol = "+" if len(sources) > 1 else "="
        self._node(name, kind or ("sum" if sources else "constant"), symbol, latex, formula, value)
        for source in sources:
            self._edge(source, name, "1", 1)
        return name

    def addend(self, name: str, latex: str, part: Addend, kind: str) -> str:
        """One addend as a node: a constant, a function, an element as it is, or a product."""
        if not part.reads:
            number = latex_element(part.number)
            return self._node(
                name, kind or "constant", number, latex or number, number, plain(part.number)
            )
        if part.is_read and part.reads[0].function:
            read = part.reads[0]
            source = self.read(Element(read.tensor, read.at, read.place))
            return self._function(name, latex, read.function, source, kind)
        sources = [self.read(read) for read in part.reads]
        if part.is_read:
            return self.sum(name, latex, sources, kind)
        return self._product(name, latex, part.number, sources, kind)

    def _product(
        self, name: str, latex: str, number: Fraction, sources: Sequence[str], kind: str
    ) -> str:
        written = _product_latex(number, [self.nodes[source].latex for source in sources])
        symbol = r"\times" if number == 1 else rf"\times\,{_coefficient(number)}"
        value = self._times(number, sources)
        self._node(name, kind or "product", symbol, latex or written, written, value)
        for place, source in enumerate(sources):
            others = [*sources[:place], *sources[place + 1 :]]
            names = _product_latex(number, [self.nodes[other].latex for other in others])
            self._edge(source, name, names, self._times(number, others))
        return name

    def _times(self, number: Fraction, sources: Sequence[str]) -> Value:
        value: Value = plain(number)
        for source in sources:
            value = times(value, self.nodes[source].forward)
        return value

    def select(self, name: str, latex: str, pairs: Sequence[tuple[Element, Element]]) -> str:
        """The maximum of a window: the local derivative is 1 at the first maximum, else 0."""
        sources = [self.read(element) for _, element in pairs]
        values = [self.nodes[source].forward for source in sources]
        written = ", ".join(self.nodes[source].latex for source in sources)
        self._node(name, "select", r"\max", latex, rf"\max({written})", greatest(values))
        best = first_maximum(values)
        for place, (mask, _) in enumerate(pairs):
            label = indexed(latex_name(mask.tensor), ",".join(map(str, mask.at)))
            open_mark = sympy.Symbol("_".join([mask.tensor, *map(str, mask.at)]))
            mark = open_mark if best is None else int(place == best)
            self._edge(sources[place], name, label, mark)
        return name


def _sum_latex(parts: Sequence[str]) -> str:
    text = parts[0] if parts else "0"
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text


def _coefficient(number: Fraction) -> str:
    return rf"({latex_element(number)})" if number < 0 else latex_element(number)


def _product_latex(number: Fraction, parts: Sequence[str]) -> str:
    """``1/2 x y``; minus one is a sign, and one is left out beside letters."""
    joined = r"\,".join(parts)
    if not parts:
        return latex_element(number)
    if number == 1:
        return joined
    return f"-{joined}" if number == -1 else rf"{latex_element(number)}\,{joined}"
