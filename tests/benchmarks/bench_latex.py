r"""LaTeX and MathML of a matrix and of a long sum, against `sympy.latex` and latex2mathml.

Each prints what it has: SymPy the ready matrix or sum, with the same names for the letters, symconv
its ready table of cells; the long sum symconv works out anew from the operation in every call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import latex2mathml.converter
import numpy as np
import sympy
from sympy.core.cache import clear_cache
from timing import Line, Times
from timing import in_turn as timed_in_turn

from symconv import operation
from symconv.writers.mathml import fragment

ROWS = ("LaTeX",)
in_turn = partial(timed_in_turn, clock=time.process_time)


def forget() -> None:
    """Nothing that was printed before is remembered."""
    clear_cache()
    fragment.cache_clear()


def names_of(op: Any) -> dict[Any, str]:
    """The LaTeX of every letter, by its symbol."""
    return {
        array[at]: f"{name}_{{{','.join(map(str, at))}}}"
        for name, array in op.symbols.items()
        for at in np.ndindex(array.shape)
    }


def lines(quick: bool = False) -> Iterator[Line]:
    """The row "LaTeX"."""
    rounds = 3 if quick else 7
    op = operation(f"y = conv2d(x[1,1,{8 if quick else 12},{8 if quick else 12}], w[1,1,5,5])")
    made, names = op.matrix("x"), names_of(op)
    table = op.map("x")
    text = table.latex()
    assert text == sympy.latex(made, symbol_names=names)
    found = in_turn(
        {
            "symconv": table.latex,
            "sympy.latex": lambda: sympy.latex(made, symbol_names=names),
            "symconv's MathML": table.mathml,
            "latex2mathml": lambda: latex2mathml.converter.convert(text),
        },
        rounds=rounds,
        before=forget,
    )
    size = "×".join(map(str, made.shape))
    yield compared(f"{size} matrix", found, "symconv", "sympy.latex", 30)
    yield compared(f"{size} matrix, MathML", found, "symconv's MathML", "latex2mathml", 100)
    yield from long_sum(300 if quick else 5000, 1 if quick else 3)


def long_sum(count: int, rounds: int) -> Iterator[Line]:
    """One output of so many products; `sympy.latex` is quadratic in them."""
    op = operation(f"y = conv1d(x[{count}], w[{count}])")
    (total,), names = op.outputs().ravel(), names_of(op)
    assert op.outputs_latex().ravel()[0] == sympy.latex(total, symbol_names=names)
    found = in_turn({"symconv": op.outputs_latex}, rounds=9, before=forget)
    found |= in_turn(
        {"sympy.latex": lambda: sympy.latex(total, symbol_names=names)},
        rounds=rounds,
        before=forget,
    )
    yield compared(f"a sum of {count:,} terms", found, "symconv", "sympy.latex", 150)


def compared(name: str, found: dict[str, Times], ours: str, peer: str, goal: float) -> Line:
    """How many times faster than a peer."""
    value = found[peer].median / found[ours].median
    kept = {ours: found[ours], peer: found[peer]}
    unit = f"× faster than {peer}"
    return Line("LaTeX", name, value, unit, f"at least {goal:g}", value >= goal, kept)
