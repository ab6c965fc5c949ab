"""Data for a geometry and what the operation and its gradients are there, by two witnesses.

The formulas' values and the NumPy engine must agree before any code is held against them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import witness
from symconv.errors import CheckFailed, SymconvError
from symconv.expand import evaluate_arrays
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import concrete
from symconv.meaning import evaluate_equation
from symconv.sampling import is_exact, work
from symconv.sandbox.binding import Give
from symconv.sandbox.data import (
    fractions,
    named,
    polynomial,
    shapes_of,
    singular,
    small,
    tied,
    whole,
)
from symconv.sandbox.geometries import Setting
from symconv.terms import Equation, Form, Selection
from symconv.values import dataclass

Array = npt.NDArray[Any]
CLOSE = 1e-12
DRAWS = 25
STEP, DIFFERENCE, DIRECTIONS = 1e-4, 1e-5, 3
"""Of central differences: the step, how close they must come, along how many directions."""
TIES = "equal entries in a window"
MOST_SYMBOLS = 160
"""Entries of all tensors together for a run on named entries, and the evaluator's steps."""
MOST_STEPS = 6_000


@dataclass(frozen=True, slots=True)
class Case:
    """A geometry with data: `arrays` hold inputs, results and the upstream gradient by name.

    `wanted` is what each value that is given back must be, in the operation's own order of axes.
    `special` says what is unusual about the data (ties), `kind` what the entries are: "floats"
    (whole numbers where the operation allows), "symbols", "fractions".
    """

    setting: Setting
    arrays: Mapping[str, Array]
    wanted: tuple[Array, ...]
    special: str = ""
    kind: str = "floats"


@dataclass(frozen=True, slots=True)
class Truth:
    """The operation and what is to be given back; makes cases."""

    graph: Graph
    gives: tuple[Give, ...]
    upstream: str
    asked: bool = True

    def cases(self, settings: Sequence[Setting], seed: int = 0) -> Iterator[Case]:
        """Every setting with generic data; ties at three of them where there is a maximum.

        Errors: `CheckFailed` where the two witnesses disagree.
        """
        several = settings if len(settings) > 1 else (*settings,) * 4
        for number, setting in enumerate(several):
            yield self._generic(setting, seed + DRAWS * number)
        if any(isinstance(e, Selection) for e in self.graph.equations):
            for number, setting in enumerate((*settings[:2], *settings[2:][-1:])):
                yield self._case(setting, tied(setting.graph, seed + number), TIES)

    def exact(self, settings: Sequence[Setting], kind: str, most: int = 4) -> Iterator[Case]:
        """Smaller settings with entries by name ("symbols") or as fractions ("fractions").

        Names only where the operation adds and multiplies, fractions only where it stays exact.
        """
        fits = polynomial(self.graph) if kind == "symbols" else is_exact(self.graph)
        for setting in [s for s in settings if fits and self._cheap(s)][-most:]:
            yield self._objects(setting, kind)

    def _cheap(self, setting: Setting) -> bool:
        entries = sum(int(np.prod(shape)) for shape in shapes_of(setting.graph).values())
        return entries <= MOST_SYMBOLS and work(setting.graph.equations, {}) <= MOST_STEPS

    def _generic(self, setting: Setting, seed: int) -> Case:
        arrays, special = self._draw(setting, seed)
        return self._case(setting, arrays, special)

    def _draw(self, setting: Setting, seed: int) -> tuple[dict[str, Array], str]:
        """Data at which every derivative exists, if a few draws find any."""
        for number in range(DRAWS):
            arrays = whole(setting.graph, seed + number)
            if not singular(setting.graph, arrays):
                return arrays, ""
        return arrays, TIES

    def _case(self, setting: Setting, arrays: dict[str, Array], special: str) -> Case:
        fixed = setting.graph
        shape = shapes_of(fixed)[fixed.output]
        seed = sum(int(7 * abs(float(a.flat[0]))) for a in arrays.values())
        g = small(shape, f"upstream {seed}")
        if shape == () and not self.asked:
            g = np.asarray(1.0)
        values, gradients = self._formulas(arrays, g, setting.sizes)
        self._witnessed(fixed, arrays, g, values, gradients)
        values = {name: np.asarray(value, dtype=float) for name, value in values.items()}
        known = self._known(fixed, arrays, values, g)
        return Case(setting, known, self._wanted(values, gradients), special)

    def _wanted(self, values: Mapping[str, Any], gradients: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            np.asarray(0)
            if give.kind == "nothing"
            else np.asarray((values if give.kind == "result" else gradients)[give.tensor])
            for give in self.gives
        )

    def _equations(self) -> tuple[Equation, ...]:
        wanted = [give.tensor for give in self.gives if give.kind == "gradient"]
        return (*self.graph.equations, *(backward(self.graph, wanted) if wanted else ()))

    def _formulas(
        self, arrays: Mapping[str, Array], g: Any, sizes: Mapping[str, int], symbols: bool = False
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Results, and the gradients by tensor, from the formulas."""
        names = upstream_names(self.graph)
        seed = names[self.graph.output]
        values: dict[str, Any] = dict(arrays) | ({seed: g} if seed else {})
        for equation in self._equations():
            if symbols:
                values[equation.name] = evaluate_equation(equation, values, sizes)
            else:
                values[equation.name] = evaluate_arrays(equation, values, dict(sizes))
        found = {tensor: values[name] for tensor, name in names.items() if name in values}
        for give in self.gives:
            if give.kind == "gradient" and give.tensor not in found:
                found[give.tensor] = np.zeros(_shapes_at(self.graph, give.tensor, sizes))
        if not seed:
            found = {tensor: value * g for tensor, value in found.items()}
        return values, found

    def _witnessed(
        self,
        fixed: Graph,
        arrays: Mapping[str, Array],
        g: Array,
        values: Mapping[str, Array],
        gradients: Mapping[str, Array],
    ) -> None:
        """Hold the formulas against the engine (a sum that it can't run: the plain evaluator)."""
        try:
            made = witness.forward(fixed, arrays)
            back = witness.backward(fixed, arrays, g)
        except SymconvError:
            made = _evaluated(fixed, arrays)
            back = {}
        pairs = [(values[n], made[n]) for n in made]
        pairs += [(gradients[n], back[n]) for n in back if n in gradients]
        agree = all(_close(one, other) for one, other in pairs)
        if agree and not back:
            wanted = {give.tensor for give in self.gives if give.kind == "gradient"}
            agree = all(
                slope_agrees(gradients[n], v, g, by, *(_output(fixed, data) for data in moved))
                for n in wanted & set(arrays)
                for v, by, moved in moves(arrays, n)
            )
        if not agree:
            raise CheckFailed("the derived formulas and the engine disagree: a defect of symconv")

    def _objects(self, setting: Setting, kind: str) -> Case:
        """Exact entries, and what is right by the plain evaluator."""
        shapes = shapes_of(setting.graph)
        shape = shapes[setting.graph.output]
        if kind == "symbols":
            arrays = {t.name: named(t.name, shapes[t.name]) for t in setting.graph.inputs}
            g = named(self.upstream, shape)
        else:
            arrays = {n: fractions(a) for n, a in self._draw(setting, 0)[0].items()}
            g = fractions(small(shape, "upstream"))
        if shape == () and not self.asked:
            g = np.asarray(1, dtype=object)
        values, gradients = self._formulas(arrays, g[()] if shape == () else g, setting.sizes, True)
        known = self._known(setting.graph, arrays, values, g)
        return Case(setting, known, self._wanted(values, gradients), kind=kind)

    def _known(
        self, fixed: Graph, arrays: Mapping[str, Array], values: Mapping[str, Any], g: Array
    ) -> dict[str, Array]:
        """All that a parameter may be: inputs, results, the upstream gradient."""
        made = {e.name: np.asarray(values[e.name]) for e in fixed.equations if isinstance(e, Form)}
        return {**arrays, **made, self.upstream: g}


def moves(
    arrays: Mapping[str, Array], tensor: str
) -> Iterator[tuple[Array, float, tuple[dict[str, Array], dict[str, Array]]]]:
    """Random directions v of a tensor, the step, and the data moved forth and back along v."""
    step = STEP * max(1.0, float(np.max(np.abs(arrays[tensor]), initial=0.0)))
    for seed in range(DIRECTIONS):
        v = np.random.default_rng(seed).uniform(-1.0, 1.0, np.shape(arrays[tensor]))
        forth, back = ({**arrays, tensor: arrays[tensor] + h * v} for h in (step, -step))
        yield v, step, (forth, back)


def slope_agrees(gradient: Array, v: Array, g: Array, by: float, forth: Any, back: Any) -> bool:
    """Whether ``<gradient, v>`` is the slope ``<g, forth - back> / 2by``: central differences."""
    slope = float(np.sum(g * (np.asarray(forth) - np.asarray(back)))) / (2 * by)
    scale = max(1.0, abs(slope), float(np.sum(np.abs(gradient * v))))
    return bool(abs(float(np.sum(gradient * v)) - slope) <= DIFFERENCE * scale)


def _evaluated(fixed: Graph, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Every result by the plain evaluator."""
    made: dict[str, Array] = {}
    for equation in fixed.equations:
        made[equation.name] = evaluate_equation(equation, {**arrays, **made}).astype(float)
    return made


def _output(fixed: Graph, arrays: Mapping[str, Array]) -> Array:
    return _evaluated(fixed, arrays)[fixed.output]


def _shapes_at(graph: Graph, tensor: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(concrete(n, sizes) for n in graph.shapes[tensor])


def _close(left: Any, right: Any) -> bool:
    one, other = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
    return one.shape == other.shape and bool(np.all(np.abs(one - other) <= CLOSE * scale))
