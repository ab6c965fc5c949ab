"""The functions of one variable that a form may apply to a read, and their derivatives.

A derivative is again a sum of products of functions of the same read, so the table is closed and
can be applied twice.  Where a function has a kink, the value of its derivative there is declared.
"""

from __future__ import annotations

from fractions import Fraction

from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """A named function: its LaTeX, its derivative as (number, functions …) rows, its caveat."""

    name: str
    latex: str
    derivative: tuple[tuple[Fraction, tuple[str, ...]], ...]
    caveat: str = ""


def _rows(*rows: tuple[int, tuple[str, ...]]) -> tuple[tuple[Fraction, tuple[str, ...]], ...]:
    return tuple((Fraction(number), names) for number, names in rows)


FUNCTIONS: dict[str, Function] = {
    item.name: item
    for item in (
        Function("", "", _rows((1, ()))),
        Function(
            "relu",
            r"\operatorname{relu}",
            _rows((1, ("step",))),
            "the derivative of relu at 0 is taken as 0",
        ),
        Function("step", r"\operatorname{step}", (), "step(0) = 0"),
        Function("sigmoid", r"\sigma", _rows((1, ("sigmoid",)), (-1, ("sigmoid", "sigmoid")))),
        Function("tanh", r"\tanh", _rows((1, ()), (-1, ("tanh", "tanh")))),
        Function("exp", r"\exp", _rows((1, ("exp",)))),
        Function("log", r"\log", _rows((1, ("reciprocal",)))),
        Function("reciprocal", r"\operatorname{recip}", _rows((-1, ("reciprocal", "reciprocal")))),
    )
}
"""``step(v)`` is 1 for v > 0 and 0 otherwise; ``reciprocal(v)`` is 1/v."""
