"""Which argument gets what, and what is returned: bound by name, declared, never guessed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symconv.conventions import Conventions
from symconv.errors import SymconvError
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.sandbox.calling import Call
from symconv.sandbox.layouts import Order, orders
from symconv.sandbox.signature import Signature
from symconv.sandbox.values import Situation, read_value, value_of
from symconv.values import dataclass

GRADIENTS = ("dL_d{}", "dLd{}", "grad_{}", "gradient_{}", "d_{}", "d{}", "{}_grad", "{}_gradient")
"""How the gradient with respect to a tensor may be called."""
RESULTS = ("out", "output")
"""Names for the operation's result beside its own."""
NOTHING = ("_", "")
"""What is returned and not looked at."""


@dataclass(frozen=True, slots=True)
class Give:
    """One returned value: ``result`` or ``gradient`` of a tensor (or ``nothing``), axes' order."""

    text: str
    kind: str
    tensor: str = ""
    order: Order = ()

    @property
    def words(self) -> str:
        """For messages: "y", "the gradient of x"."""
        return self.tensor if self.kind == "result" else f"the gradient of {self.tensor}"


@dataclass(frozen=True, slots=True)
class Binding:
    """What the names mean: declared values, declared orders of axes, the upstream gradient."""

    graph: Graph
    upstream: str
    declared: Mapping[str, ast.expr]
    orders: Mapping[str, Order]
    aliases: Mapping[str, tuple[str, Order]]

    def situation(
        self, fixed: Graph, sizes: Mapping[str, int], arrays: Mapping[str, np.ndarray[Any, Any]]
    ) -> Situation:
        """The values of all names at one geometry; `arrays` may hold the upstream gradient."""
        tensors = {name: (name, self.orders.get(name, ())) for name in arrays}
        tensors |= {alias: found for alias, found in self.aliases.items() if found[0] in arrays}
        ranks = {node.geometry.rank for node in self.graph.nodes if node.geometry is not None}
        rank = ranks.pop() if len(ranks) == 1 else 0
        numbers = {**options(fixed), **sizes}
        return Situation(arrays, tensors, numbers, self.declared, rank)

    def call(self, signature: Signature, situation: Situation) -> Call:
        """The call at one geometry; errors: `SymconvError` for a parameter that means nothing."""
        arguments, positional = [], 0
        for parameter in signature.parameters:
            known = any(
                parameter.name in names
                for names in (situation.declared, situation.tensors, situation.numbers)
            )
            if not known and not parameter.required:
                continue
            if not known:
                raise self._unbound(signature, parameter.name, situation)
            value = value_of(parameter.name, situation)
            arguments.append((parameter.name, value))
            positional += parameter.positional
        return Call(tuple(arguments), positional)

    def _unbound(self, signature: Signature, name: str, situation: Situation) -> SymconvError:
        known = [*situation.tensors, *situation.numbers]
        return SymconvError(
            f"the parameter {name} is not declared",
            where=f"{signature.name}({', '.join(p.name for p in signature.parameters)})",
            expected="one of " + ", ".join(known),
            hint=f"names({name}=…)",
        )

    def asks_for_upstream(self, signature: Signature) -> bool:
        """Whether a parameter is the upstream gradient, by itself or inside a declared value."""
        wanted = {p.name for p in signature.parameters}
        for _ in range(4):
            trees = [self.declared[name] for name in wanted if name in self.declared]
            wanted |= {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
            wanted |= {self.aliases[name][0] for name in wanted if name in self.aliases}
        return self.upstream in wanted


def bind(graph: Graph, conventions: Conventions) -> Binding:
    """Read the conventions that are about code; errors: `SymconvError`."""
    found = orders(graph, conventions.layout, conventions.kernel_layout)
    upstream = upstream_names(graph)[graph.output] or "g"
    if conventions.upstream.isidentifier():
        upstream = conventions.upstream
    if upstream in graph.shapes or upstream in graph.open_sizes():
        raise SymconvError(f"{upstream} is a name of the operation's, not its upstream gradient")
    if graph.output in found:
        found[upstream] = found[graph.output]
    declared: dict[str, ast.expr] = {}
    aliases: dict[str, tuple[str, Order]] = {}
    for name, text in conventions.names:
        key = name.strip()
        indexed = re.fullmatch(r"(\w+)\[([\w\s,]*)\]", key)
        if indexed:
            aliases[indexed[1]] = _alias(graph, upstream, indexed[2], text, key)
        elif key.isidentifier():
            _plain_alias(graph, upstream, key, text, found, declared, aliases)
    return Binding(graph, upstream, declared, found, aliases)


def _plain_alias(
    graph: Graph,
    upstream: str,
    key: str,
    text: str,
    found: Mapping[str, Order],
    declared: dict[str, ast.expr],
    aliases: dict[str, tuple[str, Order]],
) -> None:
    """Another name for a whole tensor is an alias, anything else a declared value."""
    name = text.strip()
    if name in graph.shapes or name == upstream:
        aliases[key] = (name, found.get(name, ()))
    else:
        declared[key] = read_value(text, key)


def _alias(graph: Graph, upstream: str, letters: str, text: str, key: str) -> tuple[str, Order]:
    """``K[m,n,c,f] = w[f,c,m,n]``: the same tensor with its axes in another order."""
    match = re.fullmatch(r"\s*(\w+)\[([\w\s,]*)\]\s*", text)
    mine = [letter.strip() for letter in letters.split(",")]
    theirs = [letter.strip() for letter in match[2].split(",")] if match else []
    if match is None or sorted(mine) != sorted(theirs) or len(set(mine)) != len(mine):
        raise SymconvError(
            "code takes whole tensors, their axes in another order",
            where=f"names({key}=…)",
            expected="the same letters on both sides",
            got=text[:60],
        )
    shape = graph.shapes.get(graph.output if match[1] == upstream else match[1])
    if shape is None or len(shape) != len(theirs):
        raise SymconvError(f"there is no tensor {match[1]} with {len(theirs)} axes")
    return match[1], tuple(theirs.index(letter) for letter in mine)


def options(graph: Graph) -> dict[str, Any]:
    """The operation's own options by name; in a chain those that all its operations agree on."""
    found: dict[str, Any] = {}
    unequal = set()
    for node in graph.nodes:
        for name, value in node.options:
            if name in found and found[name] != value:
                unequal.add(name)
            found[name] = value
    return {name: value for name, value in found.items() if name not in unequal}


# --- what is returned ---------------------------------------------------------------------------


def read_gives(gives: Sequence[str] | str, binding: Binding) -> tuple[Give, ...]:
    """The returned values by name; errors: `SymconvError` for a name that means none."""
    names = [name.strip() for name in (gives.split(",") if isinstance(gives, str) else gives)]
    found = tuple(_give(name, binding) for name in names)
    if all(give.kind == "nothing" for give in found):
        raise SymconvError("nothing is given back", expected="for example gives=dx,dw")
    return found


def _give(name: str, binding: Binding, depth: int = 0) -> Give:
    graph = binding.graph
    results = {e.name for e in graph.equations}
    if name in NOTHING:
        return Give(name, "nothing")
    if name in binding.declared and isinstance(binding.declared[name], ast.Name) and depth < 4:
        tree = binding.declared[name]
        assert isinstance(tree, ast.Name)
        found = _give(tree.id, binding, depth + 1)
        return Give(name, found.kind, found.tensor, found.order)
    tensor, order = binding.aliases.get(name, (name, binding.orders.get(name, ())))
    if tensor in results:
        return Give(name, "result", tensor, order)
    if name in RESULTS:
        return Give(name, "result", graph.output, binding.orders.get(graph.output, ()))
    known = {n: (n, binding.orders.get(n, ())) for n in graph.shapes} | dict(binding.aliases)
    for pattern in GRADIENTS:
        for called, (tensor, order) in known.items():
            if pattern.format(called) == name and tensor in graph.shapes:
                return Give(name, "gradient", tensor, order)
    spelled = [graph.output, *(f"d{tensor.name}" for tensor in graph.inputs)]
    raise SymconvError(
        f"{name} is no result and no gradient of the operation",
        where="gives",
        expected="some of " + ", ".join(spelled),
        got=name,
        hint=f"names({name}={spelled[-1]})",
    )
