"""Geometries that expose what easy tests hide, each with the properties that it has.

Square pictures, symmetric kernels and strides that divide hide nearly every mistake; so every
property is sought together with its opposite, and the smallest geometries come first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from symconv.errors import GeometryError
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.index import RELATIONS, Condition, Symbol, concrete, evaluate, symbols
from symconv.sampling import work
from symconv.sandbox.properties import HARD, properties, variety
from symconv.terms import Equation, Selection
from symconv.values import dataclass

SPANS = {
    "spatial": (3, 10),
    "kernel": (1, 6),
    "batch": (1, 3),
    "channels": (1, 5),
    "size": (1, 7),
    "stride": (1, 4),
    "dilation": (1, 3),
    "groups": (1, 3),
    "padding": (0, 3),
}
"""From where a symbol is drawn, by what it stands for."""
TRIES, ENOUGH = 2000, 120
"""How many draws are made at most, until how many settings that fit."""
DEAREST = 20_000
"""The products that one geometry may cost."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Numbers for the open symbols, the graph at them, and what is special about them."""

    sizes: Mapping[str, int]
    graph: Graph
    properties: tuple[str, ...]

    @property
    def bulk(self) -> tuple[int, tuple[int, ...]]:
        """Smaller settings first: by the elements of all tensors, then by the sizes."""
        shapes = self.graph.shapes.values()
        total = sum(int(np.prod([concrete(n) for n in shape])) for shape in shapes)
        return total, tuple(self.sizes.values())


def geometries(
    graph: Graph, count: int = 12, assumptions: Sequence[Condition] = (), seed: int = 0
) -> tuple[Setting, ...]:
    """At most `count` settings, smallest first, that show every property that can be shown.

    A graph whose sizes are all numbers has one.  Errors: `GeometryError` where no numbers fit
    together.
    """
    if not graph.open_sizes():
        return (Setting({}, graph, properties(graph)),)
    pool = _pool(graph, tuple(assumptions), seed)
    if not pool:
        raise GeometryError(
            "no sizes were found that fit together",
            expected="sizes for " + ", ".join(graph.open_sizes()),
        )
    return tuple(sorted(_covering(pool, count), key=lambda s: s.bulk))


def smaller(
    graph: Graph, than: Setting, count: int, assumptions: Sequence[Condition] = (), seed: int = 0
) -> tuple[Setting, ...]:
    """The smallest settings below one, to find the smallest at which something shows."""
    if not than.sizes:
        return ()
    pool = _pool(graph, tuple(assumptions), seed)
    return tuple(s for s in pool if s.bulk < than.bulk)[:count]


@lru_cache(maxsize=8)
def _pool(graph: Graph, assumptions: tuple[Condition, ...], seed: int) -> tuple[Setting, ...]:
    """What may be chosen from, smallest first."""
    return tuple(sorted(_candidates(graph, assumptions, seed), key=lambda s: s.bulk))


Pair: TypeAlias = tuple[str, str]


def _covering(pool: Sequence[Setting], count: int) -> list[Setting]:
    """Greedily the setting that shows most pairs of properties not shown yet, ties to the smaller.

    Many mistakes need two things at once (padding *and* a stride that does not divide), so pairs
    are counted; what easy tests leave out counts more.
    """
    weights = [_pairs(setting) for setting in pool]
    bonus = [float(sum(name in HARD for name in setting.properties)) for setting in pool]
    left = list(range(len(pool)))
    chosen: list[int] = []
    shown: set[Pair] = set()

    def worth(at: int) -> float:
        return bonus[at] + sum(w for pair, w in weights[at].items() if pair not in shown)

    while left and len(chosen) < count:
        best = max(left, key=worth)
        left.remove(best)
        chosen.append(best)
        shown |= set(weights[best])
    return [pool[at] for at in chosen]


def _pairs(setting: Setting) -> dict[Pair, float]:
    """Every pair of properties (each with itself too), every number, and what it is worth."""
    names = setting.properties
    found: dict[Pair, float] = {(name, str(size)): 1.0 for name, size in setting.sizes.items()}
    for at, one in enumerate(names):
        for other in names[at:]:
            found[one, other] = 3.0 ** ((one in HARD) + (other in HARD))
    return found


def _candidates(graph: Graph, assumptions: Sequence[Condition], seed: int) -> Iterator[Setting]:
    """Different settings that fit together and meet the assumptions."""
    source = random.Random(seed)
    kinds = roles(graph)
    least = {p.name: p.least for p in graph.parameters}
    seen: set[tuple[int, ...]] = set()
    count = 0
    for _ in range(TRIES):
        if count >= ENOUGH:
            return
        sizes = {name: _draw(source, kind, least[name]) for name, kind in kinds.items()}
        if tuple(sizes.values()) in seen or not all(_holds(c, sizes) for c in assumptions):
            continue
        seen.add(tuple(sizes.values()))
        fixed = _fixed(graph, sizes)
        if fixed is not None and max(map(_products, fixed.equations)) <= DEAREST:
            count += 1
            yield Setting(sizes, fixed, (*properties(fixed), *variety(kinds, sizes)))


def _draw(source: random.Random, kind: str, least: int) -> int:
    """A number for a symbol; kernels of one element are rare."""
    low, high = SPANS.get(kind, (0, 1))
    low, high = max(low, least), max(high, least + 1)
    return max(source.randint(low, high) for _ in range(2 if kind == "kernel" else 1))


def _products(equation: Equation) -> float:
    """About how many products an equation adds up: a tie between indices leaves one free."""
    if isinstance(equation, Selection):
        return work([equation], {})
    total = 0.0
    for term in equation.terms:
        spans = {r.name: float(max(1, concrete(r.size))) for r in (*equation.ranges, *term.sums)}
        points = float(np.prod(list(spans.values())))
        for condition in term.where:
            if condition.relation == "==":
                tied = symbols(condition.left, condition.right) & set(spans)
                points /= max((spans[name] for name in tied), default=1.0)
        total += points
    return total


def _holds(condition: Condition, sizes: Mapping[str, int]) -> bool:
    left, right = (evaluate(side, sizes) for side in (condition.left, condition.right))
    return bool(RELATIONS[condition.relation](left, right))


def _fixed(graph: Graph, sizes: Mapping[str, int]) -> Graph | None:
    """The graph at these sizes, if they fit together and every tensor has elements."""
    try:
        fixed = fix_sizes(graph, sizes)
    except GeometryError:
        return None
    given, made = graph.shapes, fixed.shapes
    fits = all(
        evaluate(n, sizes) == evaluate(m, {}) >= 1
        for name, shape in given.items()
        for n, m in zip(shape, made[name], strict=True)
    )
    return fixed if fits else None


def roles(graph: Graph) -> dict[str, str]:
    """What each open symbol stands for: spatial, kernel, batch, channels, or its own kind."""
    kinds = {p.name: p.kind for p in graph.parameters}
    found = {name: kinds.get(name, "size") for name in graph.open_sizes()}
    special: dict[str, str] = {}
    for node in graph.nodes:
        if node.geometry is None:
            continue
        shape = graph.shapes[node.tensors[0]]
        head = shape[: len(shape) - node.geometry.rank]
        for size, role in zip(reversed(head), ("channels", "batch"), strict=False):
            _mark(special, size, role)
        if len(node.tensors) > 1:
            for size in graph.shapes[node.tensors[1]][: -node.geometry.rank]:
                _mark(special, size, "channels")
        _mark(special, node.geometry.groups, "groups")
        for axis in node.geometry.axes:
            _mark(special, axis.size, "spatial")
            _mark(special, axis.kernel, "kernel")
    return {n: special.get(n, kind) if kind == "size" else kind for n, kind in found.items()}


def _mark(special: dict[str, str], size: object, role: str) -> None:
    if isinstance(size, Symbol):
        special.setdefault(size.name, role)
