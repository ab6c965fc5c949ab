"""Claims and verdicts: what a person wrote, and what symconv can say about it.

A claim is an equation between two forms over the tensors of a graph; a verdict is a value, never
an exception, and says "proved" only of a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symconv.calls import Place
from symconv.graph import Parameter
from symconv.index import Condition
from symconv.terms import Equation, Form

OUTCOMES = (
    "proved",
    "conditional",
    "refuted",
    "checked",
    "undecided",
    "not_understood",
    "ignored",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim is about: the open symbols with their least values, and what is assumed."""

    parameters: tuple[Parameter, ...]
    assumptions: tuple[Condition, ...] = ()
    outside: str = "zero"

    @property
    def names(self) -> tuple[str, ...]:
        """The quantified symbols."""
        return tuple(parameter.name for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Claim:
    """``left = right`` for all output positions and all sizes in scope.

    Both forms have the same output indices; `before` are equations that either may read (forward
    results, auxiliary tensors).  `text` is what was written, `place` where.
    """

    left: Form
    right: Form
    scope: Scope
    before: tuple[Equation, ...] = ()
    text: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Sizes and an output position at which the sides differ, re-evaluated exactly."""

    sizes: Mapping[str, int]
    position: tuple[int, ...]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a claim, how, and over what; `evidence` says why in a sentence."""

    outcome: str
    method: str
    scope: Scope
    evidence: str = ""
    counterexample: Counterexample | None = None
    cases: int = 0
    notes: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"not an outcome: {self.outcome!r}")
