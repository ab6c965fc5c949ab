"""Numbers of all gradients: symconv's index arrays against SymPy's lambdify and subs.

"Ready" is the time until the first numbers are there, from the operation in symconv's case, from
the gradients already written out in SymPy's.  "A later call" has other numbers of the same shapes:
the compiled function against the views that were asked before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy.core.cache import clear_cache
from timing import Line
from timing import in_turn as timed_in_turn

from symconv import operation
from symconv.api import Operation

ROWS = ("evaluation",)
in_turn = partial(timed_in_turn, clock=time.process_time)


def lines(quick: bool = False) -> Iterator[Line]:
    """The row "evaluation"."""
    n = 6 if quick else 16
    op = operation(f"y = conv2d(x[1,1,{n},{n}], w[1,1,3,3], padding=1)")
    random = np.random.default_rng(0)
    x, w, g = (random.standard_normal(s) for s in ((1, 1, n, n), (1, 1, 3, 3), (1, 1, n, n)))

    def ours() -> tuple[Any, Any]:
        fresh = Operation(op.program)
        return tuple(fresh.gradient(t).evaluate(g, x=x, w=w) for t in ("x", "w"))  # type: ignore[return-value]

    written = [item for t in ("x", "w") for item in op.gradient(t).outputs().flat]
    letters = [s for name in ("x", "w", "g") for s in op.symbols[name].flat]
    numbers = [*x.flat, *w.flat, *g.flat]

    def theirs() -> Any:
        return sympy.lambdify(letters, written)(*numbers)

    engine = op.backward(g, x=x, w=w)
    flat = np.concatenate([engine["x"].ravel(), engine["w"].ravel()])
    for candidate in (np.concatenate([array.ravel() for array in ours()]), np.array(theirs())):
        assert np.abs(candidate - flat).max() < 1e-12
    ready = sympy.lambdify(letters, written)
    views = [op.gradient(tensor) for tensor in ("x", "w")]

    def later() -> list[Any]:
        return [view.evaluate(g, x=x, w=w) for view in views]

    assert all(map(np.array_equal, later(), ours())) and all(map(np.array_equal, later(), ours()))
    found = in_turn(
        {
            "symconv": ours,
            "symconv, a later call": later,
            "lambdify": theirs,
            "lambdify, a later call": lambda: ready(*numbers),
            "the engine": lambda: op.backward(g, x=x, w=w),
        },
        rounds=3 if quick else 7,
        before=clear_cache,
    )
    name = f"all gradients, one channel, {n}×{n}"
    first, again = "symconv", "symconv, a later call"
    for us, peer, goal in (
        (first, "lambdify", 12),
        (first, "lambdify, a later call", None),
        (again, "lambdify, a later call", None),
        (first, "the engine", None),
        (again, "the engine", None),
    ):
        value = found[peer].median / found[us].median
        kept = {us: found[us], peer: found[peer]}
        met = not goal or value >= goal
        wanted = f"at least {goal}" if goal else ""
        unit = ("× faster than " if us == first else "× faster, a later call, than ") + peer
        yield Line("evaluation", name, value, unit, wanted, met, kept)
