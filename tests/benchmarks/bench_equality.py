"""Whether two written-out gradients are equal, exactly; against SymPy's ways.

The layer below takes its gradient through the layer above.  One side is nested, as the chain rule
gives it; the other was multiplied out by loops of its own, from the same letters.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy.core.cache import clear_cache
from timing import Line, Times
from timing import in_turn as timed_in_turn

from symconv import operation
from symconv.canonical.equality import equal

ROWS = ("equality",)
in_turn = partial(timed_in_turn, clock=time.process_time)


def nested(n: int) -> list[Any]:
    """dx through two 3×3 layers: symconv's dx, with its dh put in for the letters of dh."""
    first = operation(f"h = conv2d(x[{n},{n}], w[3,3], padding=1)").gradient("x")
    upper = operation(f"y = conv2d(h[{n},{n}], v[3,3], padding=1)").gradient("h")
    inner = upper.outputs().ravel()
    letters = {sympy.Symbol(f"g_{i}_{j}"): inner[i * n + j] for i in range(n) for j in range(n)}
    return [sympy.Add(*(sympy.Mul(*(letters.get(f, f) for f in product.args))
                        for product in total.args))
            for total in first.outputs().ravel()]  # fmt: skip


def by_loops(n: int) -> list[Any]:
    """The same as sums of products g v w, by the loops of both layers."""
    g, w, v = (
        [[sympy.Symbol(f"{name}_{i}_{j}") for j in range(size)] for i in range(size)]
        for name, size in (("g", n), ("w", 3), ("v", 3))
    )
    found: list[list[Any]] = [[] for _ in range(n * n)]
    for i, j, k, m in np.ndindex(n, n, 3, 3):
        a, b = i + k - 1, j + m - 1  # y[i, j] reads h[a, b] by v[k, m]
        if not (0 <= a < n and 0 <= b < n):
            continue
        for p, q in np.ndindex(3, 3):
            c, d = a + p - 1, b + q - 1  # h[a, b] reads x[c, d] by w[p, q]
            if 0 <= c < n and 0 <= d < n:
                found[c * n + d].append(g[i][j] * v[k][m] * w[p][q])
    return [sympy.Add(*products) for products in found]


def lines(quick: bool = False) -> Iterator[Line]:
    """The row "equality"."""
    n = 6 if quick else 16
    one, other = nested(n), by_loops(n)
    wrong = [*other[:-1], other[-1] + other[0]]
    assert equal(np.array(one), np.array(other)) is True
    assert equal(np.array(one), np.array(wrong)) is False
    left, right = np.array(one), np.array(other)
    found = in_turn({"symconv": lambda: equal(left, right)}, rounds=5, before=clear_cache)
    found |= in_turn(
        {"expand of the difference": lambda: [sympy.expand(a - b)
                                              for a, b in zip(one, other, strict=True)]},
        rounds=1,
        before=clear_cache,
    )  # fmt: skip
    few = in_turn(
        {"simplify": lambda: [sympy.simplify(a - b) for a, b in zip(one[:1], other[:1])]},  # noqa: B905
        rounds=1,
        before=clear_cache,
    )["simplify"]
    terms = [len(item.args) for item in other]
    factor = sum(terms) / terms[0]
    found["simplify"] = Times(few.median * factor, few.least * factor, few.most * factor, 1)
    name = f"dx through two layers, {n}×{n}, nested against multiplied out"
    for peer, goal, note in (
        ("expand of the difference", 30, ""),
        ("simplify", None, " (timed on one element, per term)"),
    ):
        value = found[peer].median / found["symconv"].median
        kept = {"symconv": found["symconv"], peer: found[peer]}
        wanted = f"at least {goal}" if goal else ""
        met = not goal or value >= goal
        yield Line("equality", name, value, f"× faster than {peer}{note}", wanted, met, kept)
