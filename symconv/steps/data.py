"""Steps as data: two formulas and the reason why they are equal."""

from __future__ import annotations

from symconv.closed import Closed
from symconv.errors import CheckFailed
from symconv.notation import Style
from symconv.terms import Equation, Form
from symconv.values import dataclass


class StepError(CheckFailed):
    """A step whose two sides differ somewhere: a defect of ours, never a finding about a note."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One side of a step: what is printed, and the equations that give its value (the last one's).

    Where `derivative_of` names ``(output, tensor)``, the value is that derivative itself, got by
    dual numbers; where `contracted`, summed with the upstream gradient.  Where `engine` names a
    result, the value is the NumPy engine's.
    """

    latex: str
    equations: tuple[Equation, ...] = ()
    derivative_of: tuple[str, str] | None = None
    contracted: bool = False
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """``left = right`` because of `reason` (words with $…$ for mathematics)."""

    name: str
    left: Formula
    right: Formula
    reason: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """The checked steps for one tensor; `geometries` counts the sizes they were checked at."""

    tensor: str
    steps: tuple[Step, ...]
    geometries: int
    symbolic: bool
    result: Form
    closed: Closed | None
    style: Style

    def latex(self) -> str:
        """All steps as the rows of an `aligned` environment."""
        rows = [rf"{s.left.latex} &= {s.right.latex}" for s in self.steps]
        return "\\begin{aligned}" + r" \\ ".join(rows) + "\\end{aligned}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"
