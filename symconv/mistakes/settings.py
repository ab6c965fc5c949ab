"""Where wrong formulas are told apart: concrete sizes, and generic values for every tensor.

Sizes differ from each other, strides and dilations are above 1 and do not divide, paddings are
above 0; the values are binary fractions, so that sums of products are exact in floats.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.claims import Lemma, Scope
from symconv.errors import SymconvError
from symconv.expand import evaluate_arrays
from symconv.fixing import fix_sizes
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Condition, concrete, evaluate, symbols
from symconv.provers.exact import holds
from symconv.reindex import eliminate
from symconv.sampling import SPANS, work
from symconv.terms import Equation, Form, Range, Selection, Shape
from symconv.values import dataclass

Array: TypeAlias = npt.NDArray[Any]

DRAWS = 400
CANDIDATES = 80
"""How many choices of sizes are looked for; the most generic ones that are cheap are used."""
KEPT = 10
"""How many of them are kept."""
DEAREST = 6000
"""How many products one equation should have at the sizes used."""
DEAREST_WRONG = 30 * DEAREST
"""How many products a wrong formula may have, which sums over more than it should."""
CLOSE = 1e-9
SMALLEST = {"stride": 2, "dilation": 2, "groups": 2, "padding": 1, "output_padding": 1, "size": 2}
"""Below this a symbol hides the mistakes that are made with it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Concrete sizes, and the value of every tensor and gradient of a graph there."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, Array]


@lru_cache(maxsize=64)
def sizes_for(graph: Graph, scope: Scope) -> tuple[Mapping[str, int], ...]:
    """Sizes in scope, the most generic ones that are cheap first; none where none fit together."""
    kinds = {p.name: p.kind for p in (*scope.parameters, *graph.parameters)}
    forms = (*graph.equations, *backward(graph))
    equations = [eliminate(e) if isinstance(e, Form) else e for e in forms]

    def rank(sizes: Mapping[str, int]) -> tuple[float, int, int]:
        dear = max(0.0, work(equations, sizes) / DEAREST - 1)
        return (dear, *_plainness(graph, kinds, sizes))

    found: list[Mapping[str, int]] = []
    for sizes in sorted(_drawn(graph, scope, kinds), key=rank):
        if len(found) < KEPT and _fits(graph, sizes):
            found.append(sizes)
    return tuple(found)


def _drawn(graph: Graph, scope: Scope, kinds: Mapping[str, str]) -> list[dict[str, int]]:
    """Different choices at which every tensor has an element and what is assumed holds."""
    source = random.Random(0)
    least = {p.name: p.least for p in scope.parameters}
    names = sorted({*graph.open_sizes(), *least})
    needed = [Condition(n, ">=", 1) for shape in graph.shapes.values() for n in shape]
    found: list[dict[str, int]] = []
    for turn in range(DRAWS):
        most = 7 if turn % 2 else 3
        sizes = {
            n: source.randint(*_span(kinds.get(n, "size"), least.get(n, 0), most)) for n in names
        }
        if sizes not in found and all(holds(c, sizes) for c in (*needed, *scope.assumptions)):
            found.append(sizes)
        if len(found) == CANDIDATES or not names:
            break
    return found


def _span(kind: str, least: int, most: int) -> tuple[int, int]:
    low, high = {**SPANS, "dilation": (1, 3), "stride": (1, 4)}.get(kind, (1, 4))
    return max(low, least), max(min(high, most), low, least)


def _fits(graph: Graph, sizes: Mapping[str, int]) -> bool:
    """Whether the operations can be built at these sizes."""
    known = graph.open_sizes()
    try:
        fix_sizes(graph, {name: n for name, n in sizes.items() if name in known})
    except SymconvError:
        return False
    return True


def _plainness(graph: Graph, kinds: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[int, int]:
    """How much the sizes hide: axes and symbols that are too small, and symbols that are equal."""
    extents = [evaluate(n, sizes) for shape in graph.shapes.values() for n in shape]
    thin = 2 * sum(extent < 2 for extent in extents)
    small = sum(n < SMALLEST.get(kinds.get(name, "size"), 1) for name, n in sizes.items())
    return thin + small, len(sizes) - len(set(sizes.values()))


@lru_cache(maxsize=64)
def settings_for(graph: Graph, scope: Scope) -> Settings:
    """Settings at those sizes, made when they are asked for."""
    return Settings(graph, sizes_for(graph, scope), lemmas=scope.lemmas)


@dataclass(slots=True)
class Settings:
    """Settings that are made once each, with tensors that a claim names and the graph does not."""

    graph: Graph
    sizes: Sequence[Mapping[str, int]]
    before: tuple[Equation, ...] = ()
    shapes: tuple[tuple[str, Shape], ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    made: dict[int, Setting] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, place: int) -> Setting:
        if place not in self.made:
            plain = at_sizes(self.graph, self.sizes[place], place, self.lemmas)
            self.made[place] = extended(plain, self.before, self.shapes)
        return self.made[place]


def at_sizes(
    graph: Graph, sizes: Mapping[str, int], seed: int = 0, lemmas: Sequence[Lemma] = ()
) -> Setting:
    """Generic inputs and upstream gradient, and everything that follows from them."""
    shapes = {tensor.name: tensor.shape for tensor in graph.inputs}
    upstream = upstream_names(graph)[graph.output]
    if upstream:
        shapes[upstream] = graph.shapes[graph.output]
    arrays = {n: values(n, s, sizes, seed) for n, s in shapes.items()}
    for lemma in lemmas:
        if lemma.tensor in arrays:
            _sum_to_one(arrays[lemma.tensor], lemma.axis)
    return completed(graph, sizes, arrays)


def _sum_to_one(array: Array, axis: int) -> None:
    """Change the last element along an axis, so that all of them sum to 1."""
    if array.shape[axis]:
        moved = np.moveaxis(array, axis, -1)
        moved[..., -1] = 1 - moved[..., :-1].sum(axis=-1)


def completed(graph: Graph, sizes: Mapping[str, int], given: Mapping[str, Array]) -> Setting:
    """The setting with given inputs and upstream gradient."""
    arrays = dict(given)
    for equation in (*graph.equations, *backward(graph)):
        if equation.name not in arrays:
            arrays[equation.name] = evaluated(equation, arrays, sizes)
    return Setting(dict(sizes), arrays)


def values(name: str, shape: Shape, sizes: Mapping[str, int], seed: int = 0) -> Array:
    """Distinct multiples of 1/8 of both signs, none of them 0."""
    extents = [max(0, concrete(n, sizes)) for n in shape]
    total = int(np.prod(extents, dtype=np.int64))
    reach = total // 2 + 9
    choices = [v for v in range(-reach, reach + 1) if v]
    drawn = random.Random(f"{seed} {name}").sample(choices, total)
    return (np.array(drawn, dtype=np.float64) / 8).reshape(extents)


def evaluated(equation: Equation, arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    """The equation's values as floats; nothing is read outside a tensor."""
    names = equation.tensors
    with np.errstate(all="ignore"):
        found = evaluate_arrays(equation, {name: arrays[name] for name in names}, sizes)
    return np.asarray(found, dtype=np.float64)


def run(program: Sequence[Form | Selection], setting: Setting) -> Array:
    """The value of the last of some equations; the earlier ones stand in for the true ones."""
    arrays = dict(setting.arrays)
    for equation in program:
        arrays[equation.name] = evaluated(equation, arrays, setting.sizes)
    return arrays[program[-1].name]


def agree(left: Array, right: Array) -> bool:
    """Whether two arrays are the same up to rounding."""
    if left.shape != right.shape:
        return False
    with np.errstate(all="ignore"):
        room = CLOSE * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
        return bool(np.all(np.abs(left - right) <= room))


def inside(small: Array, large: Array) -> bool:
    """Whether one array stands in the middle of a larger one."""
    if small.ndim != large.ndim or small.shape == large.shape or not small.size:
        return False
    room = [m - n for n, m in zip(small.shape, large.shape, strict=True)]
    if any(r < 0 or r % 2 for r in room):
        return False
    cut = tuple(slice(r // 2, r // 2 + n) for r, n in zip(room, small.shape, strict=True))
    return agree(small, large[cut])


def cost(equations: Sequence[Equation], sizes: Mapping[str, int]) -> float:
    """How many products have to be looked at."""
    return sum(_cost(equation, sizes) for equation in equations)


def _cost(equation: Equation, sizes: Mapping[str, int]) -> float:
    """The products that are looked at: an equation between indices computes one of them."""
    if isinstance(equation, Selection):
        return work((equation,), sizes)
    outer = _extents(equation.ranges, sizes)
    total = 0.0
    for term in equation.terms:
        extents = outer | _extents(term.sums, sizes)
        points = float(np.prod([float(n) for n in extents.values()]))
        for condition in term.where:
            inside = [extents[n] for n in symbols(condition.left, condition.right) if n in extents]
            points /= min(inside) if inside and condition.relation == "==" else 1
        total += points
    return total


def _extents(ranges: Sequence[Range], sizes: Mapping[str, int]) -> dict[str, int]:
    return {r.name: max(1, evaluate(r.stop, sizes) - evaluate(r.start, sizes)) for r in ranges}


def extended(
    setting: Setting, before: Sequence[Equation], shapes: Sequence[tuple[str, Shape]]
) -> Setting:
    """The setting with tensors that a claim names and the graph does not."""
    arrays = dict(setting.arrays)
    for name, shape in shapes:
        if name not in arrays:
            arrays[name] = values(name, shape, setting.sizes)
    for equation in before:
        if equation.name not in arrays:
            arrays[equation.name] = evaluated(equation, arrays, setting.sizes)
    return Setting(setting.sizes, arrays)
