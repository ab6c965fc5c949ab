"""Outputs and gradients written out as SymPy expressions, against SymPy and symengine.

Every candidate makes its own symbols and ends in expressions that SymPy can go on with ("end to
end"); what symengine alone takes, in its own expressions, is a line of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import symengine
import sympy
from sympy.core.cache import clear_cache
from timing import Curve, Line, Times
from timing import in_turn as timed_in_turn
from written_profile import cold, median, objects_of, small_gradients

from symconv import operation
from symconv.api import Operation

ROWS = ("outputs", "gradients written out")
in_turn = partial(timed_in_turn, clock=time.process_time)


@dataclass(frozen=True)
class Layer:
    """A convolution of C by n by n pictures with F filters, K by K."""

    C: int
    n: int
    F: int
    K: int = 3
    stride: int = 1
    padding: int = 0

    @property
    def text(self) -> str:
        """The layer as symconv reads it."""
        sizes = f"x[1,{self.C},{self.n},{self.n}], w[{self.F},{self.C},{self.K},{self.K}]"
        return f"y = conv2d({sizes}, stride={self.stride}, padding={self.padding})"

    @property
    def out(self) -> int:
        """The output's height."""
        return (self.n + 2 * self.padding - self.K) // self.stride + 1

    def symbols(self, Symbol: Any) -> tuple[Any, Any, Any]:
        """x, w and g by name, as symconv calls them."""
        shapes = {
            "x": (1, self.C, self.n, self.n),
            "w": (self.F, self.C, self.K, self.K),
            "g": (1, self.F, self.out, self.out),
        }
        found = []
        for name, shape in shapes.items():
            array = np.empty(shape, dtype=object)
            for at in np.ndindex(*shape):
                array[at] = Symbol("_".join(map(str, (name, *at))))
            found.append(array)
        return tuple(found)

    def products(self, x: Any, w: Any) -> Iterator[tuple[tuple[int, ...], list[Any]]]:
        """For each output its products, by the loops of the definition."""
        for f, i, j in np.ndindex(self.F, self.out, self.out):
            found = []
            for c, k, m in np.ndindex(self.C, self.K, self.K):
                a, b = self.stride * i + k - self.padding, self.stride * j + m - self.padding
                if 0 <= a < self.n and 0 <= b < self.n:
                    found.append((w[f, c, k, m], x[0, c, a, b]))
            yield (0, f, i, j), found

    def outputs(self, library: Any) -> Any:
        """y = A x by a library's own addition and multiplication, ``Add(*products)``."""
        x, w, _ = self.symbols(library.Symbol)
        y = np.empty((1, self.F, self.out, self.out), dtype=object)
        for at, found in self.products(x, w):
            y[at] = library.Add(*(a * b for a, b in found))
        return y

    def loss(self, library: Any) -> tuple[Any, Any, Any]:
        """x, w and the scalar Σ g y, as a person would write it down to differentiate."""
        x, w, g = self.symbols(library.Symbol)
        terms = [g[at] * a * b for at, found in self.products(x, w) for a, b in found]
        return x, w, library.Add(*terms)


def lines(quick: bool = False) -> Iterator[Line]:
    """The rows "outputs" and "gradients written out"."""
    yield from outputs(Layer(1, 12 if quick else 32, 1, padding=1), quick)
    small, large = Layer(3, 5, 2, stride=2), Layer(3, 32, 2, stride=2)
    if quick:
        yield from gradients(small, Layer(1, 5, 1, stride=2), 10, quick)
        return
    yield from gradients(small, small, 10, quick)
    yield from gradients(large, small, 100, quick)


# --- outputs ------------------------------------------------------------------------------------


def outputs(layer: Layer, quick: bool) -> Iterator[Line]:
    """y = A x."""
    op = operation(layer.text)
    ours, expected = op.outputs(), layer.outputs(sympy)
    assert all(a == b and a.args == b.args for a, b in zip(ours.flat, expected.flat, strict=True))
    found = in_turn(
        {
            "symconv": op.outputs,
            "Add of products": lambda: layer.outputs(sympy),
            "symengine": lambda: layer.outputs(symengine),
            "symengine, to SymPy": lambda: to_sympy(layer.outputs(symengine)),
        },
        rounds=3 if quick else 7,
        before=clear_cache,
    )
    name = f"y = A x, one channel, {layer.n}×{layer.n}, 3×3, padding 1"
    yield faster("outputs", name, found, "Add of products", 50)
    yield faster("outputs", name, found, "symengine", 2)
    yield faster("outputs", name, found, "symengine, to SymPy", None)


def to_sympy(array: Any) -> list[Any]:
    """Symengine's expressions as SymPy's."""
    return [item._sympy_() for item in array.flat]


# --- gradients ----------------------------------------------------------------------------------


def written(op: Any) -> tuple[Any, Any]:
    """Both gradients by symconv, from the operation to the expressions."""
    return op.gradient("x").outputs(), op.gradient("w").outputs()


def by_sympy(layer: Layer) -> list[Any]:
    """``diff`` of the summed loss by every symbol."""
    x, w, loss = layer.loss(sympy)
    return [sympy.diff(loss, symbol) for symbol in (*x.flat, *w.flat)]


def by_symengine(layer: Layer) -> list[Any]:
    """The same by symengine, in its own expressions."""
    x, w, loss = layer.loss(symengine)
    return [symengine.diff(loss, symbol) for symbol in (*x.flat, *w.flat)]


def by_jacobian(layer: Layer, library: Any) -> list[Any]:
    """The loss differentiated at once by ``jacobian``."""
    x, w, loss = layer.loss(library)
    symbols = [*x.flat, *w.flat]
    matrix = library.Matrix([loss]).jacobian(library.Matrix(symbols))
    return [matrix[0, n] for n in range(len(symbols))]


def same(layer: Layer, op: Any) -> None:
    """Raise unless symconv and SymPy have the same gradients."""
    ours = [item for array in written(op) for item in array.flat]
    if any(sympy.expand(a - b) != 0 for a, b in zip(ours, by_sympy(layer), strict=True)):
        raise AssertionError("the two candidates write different gradients")


def gradients(layer: Layer, small: Layer, symengine_goal: float, quick: bool) -> Iterator[Line]:
    """Both gradients; what takes minutes is timed at a small layer and stretched by the work.

    ``diff`` looks at every product for every symbol, so its time grows with their product.
    """
    row = "gradients written out"
    name = f"{layer.n}×{layer.n}×{layer.C}, two 3×3 filters, stride 2"
    op = operation(layer.text)
    same(small, operation(small.text))
    ours = {"symconv": lambda: written(Operation(op.program))}  # nothing derived before
    found = in_turn(ours, rounds=5 if quick else 15, before=clear_cache)
    found |= in_turn(
        {"symengine, to SymPy": lambda: [item._sympy_() for item in by_symengine(layer)],
         "symengine": lambda: by_symengine(layer),
         "symengine's jacobian": lambda: by_jacobian(layer, symengine)},
        rounds=1 if quick or layer.n > 20 else 5,
        before=clear_cache,
    )  # fmt: skip
    timed = in_turn(
        {"sympy.diff": lambda: by_sympy(small)}, rounds=1 if quick else 3, before=clear_cache
    )
    found["sympy.diff"] = stretched(timed["sympy.diff"], work(layer) / work(small))
    yield faster(row, name, found, "sympy.diff", 1000, note_of(layer, small))
    yield faster(row, name, found, "symengine, to SymPy", symengine_goal)
    yield faster(row, name, found, "symengine", None)
    yield faster(row, name, found, "symengine's jacobian", None)
    if layer == small:
        found |= in_turn({"SymPy's jacobian": lambda: by_jacobian(layer, sympy)}, rounds=1,
                         before=clear_cache)  # fmt: skip
        yield faster(row, name, found, "SymPy's jacobian", None)


def work(layer: Layer) -> int:
    """Products of the loss, times symbols."""
    products = layer.F * layer.out**2 * layer.C * layer.K**2
    return products * (layer.C * layer.n**2 + layer.F * layer.C * layer.K**2)


def note_of(layer: Layer, small: Layer) -> str:
    """What was stretched."""
    return "" if layer == small else f" (timed at {small.n}×{small.n}, products × symbols)"


def stretched(times: Times, factor: float) -> Times:
    """Times of a smaller case, so many times longer."""
    return Times(*(factor * t for t in (times.median, times.least, times.most)), times.rounds)


def profile() -> str:
    """Where the time of the small gradients goes."""
    layer = Layer(3, 5, 2, stride=2)
    title = f"{layer.n}×{layer.n}×{layer.C}, two 3×3 filters, stride 2"
    peer = in_turn({"diff": lambda: by_sympy(layer)}, rounds=3, before=clear_cache)["diff"]
    small = small_gradients(title, operation(layer.text), written, peer.median * 1000)
    return f"{small}\n\n{_large_outputs()}"


def _large_outputs() -> str:
    """The outputs of 32×32 beside the objects that they are."""
    layer = Layer(1, 32, 1, padding=1)
    op = operation(layer.text)
    kinds, count = objects_of([op.outputs()])
    whole = in_turn({"whole": op.outputs}, rounds=25, before=clear_cache)["whole"].median * 1000
    peer = in_turn({"Add": lambda: layer.outputs(sympy)}, rounds=5, before=clear_cache)["Add"]
    alone = [cold(kinds) for _ in range(25)]
    made = {name: median(found[name] for found in alone) for name in kinds}
    rest = whole - sum(made.values())
    rows = {**{f"objects: {name}": ms for name, ms in made.items()}, "everything else": rest}
    shown = "\n".join(f"| {name} | {ms:.2f} | {ms / whole:.0%} |" for name, ms in rows.items())
    return f"""### outputs: y = A x, one channel, {layer.n}×{layer.n}, 3×3, padding 1

| stage | ms | share |
|---|---|---|
{shown}
| the whole call | {whole:.2f} | 100% |

Adding products takes {1000 * peer.median:.0f} ms, {1000 * peer.median / whole:.0f} times the whole;
a fiftieth would be {20 * peer.median:.2f} ms. The {count:,} objects alone, made from arguments that
lie ready in order, take {sum(made.values()):.2f} ms; the rest is the sum's index arrays, one sort
of the products, and parting them into tuples of symbols, which the objects need.
"""


def curves(quick: bool = False) -> Iterator[Curve]:
    """Milliseconds of both gradients against their products."""
    sizes = (5, 9) if quick else (9, 17, 33, 49, 65)
    ops = {n: operation(Layer(3, n, 2, stride=2).text) for n in sizes}
    candidates = {str(n): (lambda op=op: written(Operation(op.program))) for n, op in ops.items()}
    found = in_turn(candidates, rounds=3 if quick else 5, before=clear_cache)
    points = []
    for n in sizes:
        layer = Layer(3, n, 2, stride=2)
        products = 2 * layer.F * layer.out**2 * layer.C * layer.K**2
        points.append((products / 1000, found[str(n)].median * 1000))
    yield Curve("gradients", "thousand products", "ms", {"symconv": tuple(points)})


def faster(
    row: str, name: str, found: dict[str, Times], peer: str, goal: float | None, note: str = ""
) -> Line:
    """How many times faster than a peer."""
    value = found[peer].median / found["symconv"].median
    kept = {"symconv": found["symconv"], peer: found[peer]}
    wanted = f"at least {goal:g}" if goal else ""
    met = not goal or value >= goal
    return Line(row, name, value, f"× faster than {peer}{note}", wanted, met, kept)
