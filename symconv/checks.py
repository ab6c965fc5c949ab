"""What every generated formula is held to: the engine, central differences, the adjoint test.

A check says what was compared, on how many cases and how closely; it never says "proved".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import engine, witness
from symconv.closed import readings
from symconv.errors import CheckFailed
from symconv.expand import evaluate_arrays
from symconv.fixing import fix_sizes
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import concrete
from symconv.matrices import linear_map
from symconv.sampling import arrays_for, generic_array, generic_sizes, is_exact
from symconv.terms import Equation, Form
from symconv.values import dataclass

Array = npt.NDArray[Any]
CLOSE = 1e-12
"""How close floating-point results must be, relative to the largest entry."""
STEP = 1e-5
DIFFERENCE = 1e-6
"""The step of central differences, and how close they must come."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared with what, on how many cases, and whether all of them agreed."""

    what: str
    method: str
    cases: int
    passed: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.method}, {self.cases} cases: " + (
            "equal" if self.passed else "DIFFERENT"
        )


def cases(graph: Graph, count: int, seed: int = 0) -> Iterator[tuple[Graph, dict[str, int], Any]]:
    """Generic sizes with generic data: ``(graph at these sizes, sizes, arrays)``.

    Concrete graphs give several draws of data at their own sizes.
    """
    if not graph.open_sizes():
        for number in range(count):
            yield graph, {}, arrays_for(graph, seed + number)
        return
    for number, sizes in enumerate(generic_sizes(graph, count, seed, most=20000)):
        fixed = fix_sizes(graph, sizes)
        yield fixed, sizes, arrays_for(fixed, seed + number)


def agree(left: Array, right: Array) -> bool:
    """Whether two results are equal: integers exactly, others within `CLOSE` of the largest."""
    left, right = np.asarray(left), np.asarray(right)
    if left.shape != right.shape:
        return False
    if left.dtype.kind in "iu" and right.dtype.kind in "iu":
        return bool(np.array_equal(left, right))
    scale = max(1.0, float(np.max(np.abs(right.astype(float)), initial=0.0)))
    return bool(np.all(np.abs(left.astype(float) - right.astype(float)) <= CLOSE * scale))


def _method(graph: Graph) -> str:
    exact = is_exact(graph)
    return "against the NumPy engine, " + ("exactly" if exact else f"within {CLOSE:g}")


def check_outputs(graph: Graph, count: int = 4, seed: int = 0) -> Check:
    """The forms' values against the engine's forward pass."""
    results = []
    for fixed, sizes, arrays in cases(graph, count, seed):
        made = run(graph.equations, arrays, sizes)[graph.output]
        results.append(agree(made, witness.forward(fixed, arrays)[graph.output]))
    return Check("outputs", _method(graph), len(results), all(results) and bool(results))


def run(equations: Sequence[Equation], arrays: dict[str, Array], sizes: dict[str, int]) -> Any:
    """Every equation's values, in order, by index arrays."""
    values: dict[str, Any] = dict(arrays)
    for equation in equations:
        values[equation.name] = evaluate_arrays(equation, values, sizes)
    return values


def upstream_for(graph: Graph, fixed: Graph, seed: int) -> Array:
    """A generic upstream gradient for a graph at concrete sizes (1 for a scalar output)."""
    shape = tuple(concrete(n) for n in fixed.shapes[graph.output])
    return generic_array(shape, seed).astype(np.int64) if shape else np.asarray(1)


def check_gradient(graph: Graph, tensor: str, count: int = 4, seed: int = 0) -> Check:
    """Raw, gathered and closed gradient against the engine's backward pass, all in every case."""
    names = upstream_names(graph)
    forms = backward(graph, [tensor])
    found = readings(graph, forms[-1])
    kinds: list[tuple[Form, ...]] = [(forms[-1],), (found.gathered,)]
    if found.closed is not None:
        kinds.append((*found.closed.auxiliary, found.closed.form))
    results = []
    for number, (fixed, sizes, arrays) in enumerate(cases(graph, count, seed)):
        g = upstream_for(graph, fixed, seed + number)
        seeded = arrays | ({names[graph.output]: g} if names[graph.output] else {})
        wanted = witness.backward(fixed, arrays, g)[tensor]
        made = [
            run((*graph.equations, *forms[:-1], *kind), seeded, sizes)[forms[-1].name]
            for kind in kinds
        ]
        results.append(all(agree(value, wanted) for value in made))
    what = f"gradient of {tensor}"
    return Check(what, _method(graph), len(results), all(results) and bool(results))


def check_matrix(graph: Graph, of: str, count: int = 3, seed: int = 0) -> Check:
    """A·vec(of) + c against the engine's forward pass, at concrete sizes."""
    results = []
    for fixed, _, arrays in cases(graph, count, seed):
        table = linear_map(fixed, of)
        dense = table.numpy(**{n: a for n, a in arrays.items() if n != of})
        zero = witness.forward(fixed, arrays | {of: np.zeros_like(arrays[of])})[fixed.output]
        made = dense @ arrays[of].ravel() + zero.ravel()
        results.append(agree(made, witness.forward(fixed, arrays)[fixed.output].ravel()))
    what = f"matrix of {of}"
    return Check(what, _method(graph), len(results), all(results) and bool(results))


def check_differences(graph: Graph, tensor: str, count: int = 2, seed: int = 0) -> Check:
    """The formula against central differences of the engine's forward pass.

    Kinks (ReLU, maximum) are passed over by data whose entries are all different and not 0, and
    which no sum brings back to 0.
    """
    names = upstream_names(graph)
    forms = backward(graph, [tensor])
    results = []
    for number, (fixed, sizes, arrays) in enumerate(cases(graph, count, seed)):
        floats = {name: _generic(array) for name, array in arrays.items()}
        g = _unit(upstream_for(graph, fixed, seed + number))
        seeded = floats | ({names[graph.output]: g} if names[graph.output] else {})
        made = run((*graph.equations, *forms), seeded, sizes)[forms[-1].name]

        def output(graph: Graph = fixed, **moved: Array) -> Array:
            return witness.forward(graph, moved)[graph.output]

        wanted = engine.finite_difference(output, floats, g, tensor, step=STEP)
        scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
        results.append(bool(np.all(np.abs(made - wanted) <= DIFFERENCE * scale)))
    method = f"against central differences, step {STEP:g}, within {DIFFERENCE:g}"
    what = f"gradient of {tensor}"
    return Check(what, method, len(results), all(results) and bool(results))


def _unit(array: Array) -> Array:
    """The same data between -1 and 1, where differences lose the fewest digits."""
    return array.astype(np.float64) / max(1.0, float(np.max(np.abs(array.astype(np.float64)))))


def _generic(array: Array) -> Array:
    """The same data about between -1 and 1, every entry stretched by a little of its own.

    Sums of small whole numbers would meet the kink of a ReLU behind them exactly.
    """
    data = _unit(array)
    places = np.arange(1.0, data.size + 1.0).reshape(data.shape)
    stretched: Array = data * (1.0 + np.cos(places) / 16.0)
    return stretched


def check_adjoint(graph: Graph, of: str, seed: int = 0) -> Check:
    """⟨A v, g⟩ = ⟨v, Aᵀ g⟩ with the engine's forward and backward pass."""
    results = []
    for fixed, _, arrays in cases(graph, 2, seed):
        floats = {name: array.astype(np.float64) for name, array in arrays.items()}
        still = witness.forward(fixed, floats | {of: np.zeros(floats[of].shape)})[fixed.output]

        def apply(v: Array, graph: Graph = fixed, data: Any = floats, zero: Any = still) -> Array:
            return np.asarray(witness.forward(graph, data | {of: v})[graph.output] - zero)

        def adjoint(g: Array, graph: Graph = fixed, data: Any = floats) -> Array:
            return witness.backward(graph, data, g)[of]

        done = engine.dottest(apply, adjoint, floats[of].shape, still.shape, seed=seed)
        results.append(done.passed)
    method = "adjoint test ⟨Ax, g⟩ = ⟨x, Aᵀg⟩ of the engine"
    return Check(f"map of {of}", method, len(results), all(results) and bool(results))


def require(check: Check) -> Check:
    """The check itself, or an error: nothing that failed its check is ever printed.

    Errors: `CheckFailed`.
    """
    if not check.passed:
        raise CheckFailed(f"a generated formula failed its check ({check})")
    return check
