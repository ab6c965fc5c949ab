"""Matrices against SymPy, SciPy and pylops: symbols, numbers, growth.

The layer is a plain convolution with padding; SymPy's cache is cleared before every call, so its
symbols are made anew each time, by symconv as by its peers.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pylops
import scipy.sparse as sparse
import sympy
from sympy.core.cache import clear_cache
from timing import Curve, Line, Times
from timing import in_turn as timed_in_turn

from symconv import operation


@dataclass(frozen=True)
class Layer:
    """A square convolution: C channels to F, n by n, K by K, padding (K - 1) / 2."""

    C: int
    F: int
    n: int
    K: int = 3

    @property
    def text(self) -> str:
        """The layer as symconv reads it."""
        C, F, n, K = self.C, self.F, self.n, self.K
        return f"y = conv2d(x[1,{C},{n},{n}], w[{F},{C},{K},{K}], padding={(K - 1) // 2})"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of its matrix."""
        return self.F * self.n**2, self.C * self.n**2

    def cell(self, row: int, col: int) -> int:
        """Which weight stands in a cell, -1 for none: what a person's lambda works out."""
        n, K, P = self.n, self.K, (self.K - 1) // 2
        f, i, j = row // n**2, row // n % n, row % n
        c, a, b = col // n**2, col // n % n, col % n
        k, m = a - i + P, b - j + P
        inside = 0 <= k < K and 0 <= m < K
        return ((f * self.C + c) * K + k) * K + m if inside else -1

    def ids(self) -> dict[tuple[int, int], int]:
        """All non-zero cells and their weights by the loops of the definition."""
        n, K, P = self.n, self.K, (self.K - 1) // 2
        found = {}
        for f in range(self.F):
            for i in range(n):
                for j in range(n):
                    row = (f * n + i) * n + j
                    for c in range(self.C):
                        for k in range(max(0, P - i), min(K, n + P - i)):
                            for m in range(max(0, P - j), min(K, n + P - j)):
                                col = (c * n + i + k - P) * n + j + m - P
                                found[row, col] = ((f * self.C + c) * K + k) * K + m
        return found

    def arrays(self) -> tuple[Any, Any, Any]:
        """Rows, columns and weights of the non-zero cells by NumPy: the usual index arrays."""
        n, K, P = self.n, self.K, (self.K - 1) // 2
        f, i, j, c, k, m = np.ogrid[: self.F, :n, :n, : self.C, :K, :K]
        a, b = i + k - P, j + m - P
        inside = (a >= 0) & (a < n) & (b >= 0) & (b < n)
        rows = (f * n + i) * n + j
        cols = (c * n + a) * n + b
        which = ((f * self.C + c) * K + k) * K + m
        shape = np.broadcast_shapes(rows.shape, cols.shape)
        inside = np.broadcast_to(inside, shape)
        return tuple(np.broadcast_to(v, shape)[inside] for v in (rows, cols, which))

    def weights(self) -> list[Any]:
        """The weights as SymPy symbols, named as symconv names them."""
        F, C, K = self.F, self.C, self.K
        return [sympy.Symbol("_".join(map(str, ("w", *at)))) for at in np.ndindex(F, C, K, K)]


ROWS = ("matrix", "matrix, numbers", "growth")
in_turn = partial(timed_in_turn, clock=time.process_time)


def lines(quick: bool = False) -> Iterator[Line]:
    """The rows "matrix", "matrix, numbers" and "growth"."""
    yield from symbols(Layer(3, 8, 8 if quick else 16), Layer(1, 1, 6 if quick else 16), quick)
    yield from numbers(Layer(4, 8, 16) if quick else Layer(16, 32, 32), quick)
    yield from growth((8, 16, 32) if quick else (16, 32, 64, 128), quick)


def profile() -> str:
    """A SymPy matrix beside what it holds at the least: a dict of letters for each row."""
    layer = Layer(3, 8, 16)
    op, letters = operation(layer.text), layer.weights()
    rows, cols, which = (array.tolist() for array in layer.arrays())

    def by_row() -> dict[int, dict[int, Any]]:
        found: dict[int, dict[int, Any]] = {}
        for row, col, n in zip(rows, cols, which, strict=True):
            found.setdefault(row, {})[col] = letters[n]
        return found

    pairs = {
        "dict of ids": lambda: dict(zip(zip(rows, cols, strict=True), which, strict=True)),
        "row by row": by_row,
        "symconv": lambda: op.matrix("x"),
    }
    found = in_turn(pairs, rounds=15, before=clear_cache)
    ids, least, whole = (1000 * times.median for times in found.values())
    return f"""### matrix: conv2d 3→8, 16×16, 3×3, padding 1

| what | ms | share |
|---|---|---|
| a dict of ids, from ready lists (the peer's work without making the lists) | {ids:.2f} | |
| what SymPy's matrix holds at the least: a dict of letters for each row | {least:.2f} | \
{least / whole:.0%} |
| index arrays, letters, the matrix around it | {whole - least:.2f} | {1 - least / whole:.0%} |
| the whole call | {whole:.2f} | 100% |

The {len(rows):,} entries are put into dicts by the interpreter, one by one in the peer too; the
ratio to it moves between 1.2 and 1.6 with what else the machine does, and its goal of 1.5 lies in
between.
"""


# --- symbols ------------------------------------------------------------------------------------


def symbols(layer: Layer, small: Layer, quick: bool) -> Iterator[Line]:
    """A real SymPy matrix of the layer; Matrix by lambda is timed at a smaller one."""
    op = operation(layer.text)
    ids = layer.ids()
    letters = layer.weights()
    ready = {at: letters[n] for at, n in ids.items()}
    rows, cols, which = layer.arrays()
    assert op.matrix("x") == sympy.SparseMatrix(*layer.shape, ready)
    found = in_turn(
        {
            "symconv": lambda: op.matrix("x"),
            "SparseMatrix of a ready dict": lambda: sympy.SparseMatrix(*layer.shape, ready),
            "dict of ids by loops": layer.ids,
            "dict of ids from ready index arrays": lambda: dict(
                zip(zip(rows.tolist(), cols.tolist(), strict=True), which.tolist(), strict=True)
            ),
        },
        rounds=3 if quick else 9,
        before=clear_cache,
    )
    name = f"conv2d {layer.C}→{layer.F}, {layer.n}×{layer.n}, 3×3, padding 1"
    ours = found["symconv"]
    yield faster("matrix", name, found, "SparseMatrix of a ready dict", 5)
    yield by_lambda(layer, small, ours, name)
    for floor in ("dict of ids by loops", "dict of ids from ready index arrays"):
        value = ours.median / found[floor].median
        wanted = "at most 1.5"
        kept = {"symconv": ours, floor: found[floor]}
        yield Line("matrix", name, value, f"× {floor}", wanted, value <= 1.5, kept)


def by_lambda(layer: Layer, small: Layer, ours: Times, name: str) -> Line:
    """Matrix by lambda, timed at a small layer and stretched by the number of entries."""

    def made() -> Any:
        letters = small.weights()

        def entry(row: Any, col: Any) -> Any:
            found = small.cell(row, col)  # SymPy hands over its own integers
            return letters[found] if found >= 0 else 0

        return sympy.Matrix(*small.shape, entry)

    assert made() == operation(small.text).matrix("x")
    taken = in_turn({"Matrix by lambda": made}, rounds=1, before=clear_cache)["Matrix by lambda"]
    stretch = (layer.shape[0] * layer.shape[1]) / (small.shape[0] * small.shape[1])
    whole = Times(*(stretch * t for t in (taken.median, taken.least, taken.most)), taken.rounds)
    value = whole.median / ours.median
    unit = f"× faster than Matrix by lambda (timed at {small.n}×{small.n}, per entry)"
    kept = {"symconv": ours, "Matrix by lambda": whole}
    return Line("matrix", name, value, unit, "at least 1000", value >= 1000, kept)


# --- numbers ------------------------------------------------------------------------------------


def numbers(layer: Layer, quick: bool) -> Iterator[Line]:
    """The CSR matrix in numbers: time against COO by NumPy and SciPy, and the peak of memory."""
    op = operation(layer.text)
    w = np.random.default_rng(0).standard_normal((layer.F, layer.C, layer.K, layer.K))

    def direct() -> Any:
        return sparse.csr_array(*op.csr("x", w=w))

    def through_coo() -> Any:
        rows, cols, which = layer.arrays()
        return sparse.coo_array((w.ravel()[which], (rows, cols)), shape=layer.shape).tocsr()

    ready = sparse.coo_array((w.ravel()[(a := layer.arrays())[2]], a[:2]), shape=layer.shape)
    matrix = direct()
    assert abs(matrix - through_coo()).max() == 0
    candidates: dict[str, Callable[[], Any]] = {
        "symconv": direct,
        "COO → CSR, index arrays by NumPy": through_coo,
        "COO → CSR, conversion alone": ready.tocsr,
    }
    found = in_turn(candidates, rounds=3 if quick else 7)
    millions = matrix.nnz / 1e6
    name = f"CSR, conv2d {layer.C}→{layer.F}, {layer.n}×{layer.n}, {millions:.1f} M non-zeros"
    row = "matrix, numbers"
    yield faster(row, name, found, "COO → CSR, index arrays by NumPy", 3)
    yield faster(row, name, found, "COO → CSR, conversion alone", None)
    size = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
    tracemalloc.start()
    direct()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    value = peak / size
    yield Line(row, name, value, "× the result, peak memory", "at most 1.2", value <= 1.2, {})
    yield from by_columns(layer, op, w, matrix, quick)


def by_columns(layer: Layer, op: Any, w: Any, matrix: Any, quick: bool) -> Iterator[Line]:
    """One product with a vector: the matrix, and pylops's operator (one channel pair at a time)."""
    n = layer.n
    x = np.random.default_rng(1).standard_normal(layer.shape[1])
    operators = [
        [
            pylops.signalprocessing.Convolve2D((n, n), w[f, c, ::-1, ::-1], offset=(1, 1))
            for c in range(layer.C)
        ]
        for f in range(layer.F)
    ]
    whole = pylops.Block(operators)
    assert np.allclose(whole @ x, matrix @ x)
    found = in_turn(
        {"symconv's matrix": lambda: matrix @ x, "pylops": lambda: whole @ x},
        rounds=3 if quick else 7,
    )
    value = found["pylops"].median / found["symconv's matrix"].median
    name = f"A x, conv2d {layer.C}→{layer.F}, {n}×{n}"
    yield Line("matrix, numbers", name, value, "× faster than pylops", "", True, found)


# --- growth -------------------------------------------------------------------------------------


def growth(sizes: tuple[int, ...], quick: bool) -> Iterator[Line]:
    """Time per non-zero as the picture grows."""
    found, cells = sized(sizes, 3 if quick else 7)
    each = [found[str(n)].median / cells[n] for n in sizes]
    value = max(each) / each[0]
    name = f"one channel, {sizes[0]}×{sizes[0]} to {sizes[-1]}×{sizes[-1]}"
    unit = f"× the time per non-zero at {sizes[0]}×{sizes[0]}"
    yield Line("growth", name, value, unit, "at most 1.5", value <= 1.5, found)


def sized(sizes: tuple[int, ...], rounds: int) -> tuple[dict[str, Times], dict[int, int]]:
    """The times of the matrix of one channel at several sizes, and its non-zeros."""
    ops = {n: operation(Layer(1, 1, n).text) for n in sizes}
    candidates = {str(n): (lambda op=op: op.matrix("x")) for n, op in ops.items()}
    found = in_turn(candidates, rounds=rounds, before=clear_cache)
    return found, {n: len(op.map("x").cells.which) for n, op in ops.items()}


def curves(quick: bool = False) -> Iterator[Curve]:
    """Milliseconds of the matrix against its non-zeros."""
    sizes = (8, 16, 32) if quick else (16, 24, 32, 48, 64, 96, 128)
    found, cells = sized(sizes, 3 if quick else 5)
    points = tuple((cells[n] / 1000, found[str(n)].median * 1000) for n in sizes)
    yield Curve("matrix", "thousand non-zeros", "ms", {"symconv": points})


# --- common -------------------------------------------------------------------------------------


def faster(row: str, name: str, found: dict[str, Times], peer: str, goal: float | None) -> Line:
    """How many times faster than a peer."""
    value = found[peer].median / found["symconv"].median
    kept = {"symconv": found["symconv"], peer: found[peer]}
    wanted = f"at least {goal:g}" if goal else ""
    return Line(row, name, value, f"× faster than {peer}", wanted, not goal or value >= goal, kept)
