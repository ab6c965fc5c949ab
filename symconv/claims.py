"""Claims and verdicts: what a person wrote, and what symconv can say about it.

A claim relates two forms over the tensors of a graph, or two sizes; a verdict is a value, never
an exception, and says "proved" only of a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from symconv.calls import Place
from symconv.graph import Parameter
from symconv.index import Condition, Index
from symconv.terms import Equation, Form
from symconv.values import dataclass

OUTCOMES = (
    "proved",
    "conditional",
    "refuted",
    "checked",
    "undecided",
    "not_understood",
    "ignored",
)
RELATIONS = ("=", "!=", "<", "<=", ">", ">=")
"""What a claim about sizes may say of its sides."""


@dataclass(frozen=True, slots=True)
class Lemma:
    """A fact about a tensor's elements: along `axis` they sum to 1 (probabilities)."""

    tensor: str
    axis: int = -1

    def __str__(self) -> str:
        axis = "its last axis" if self.axis == -1 else f"axis {self.axis}"
        return f"{self.tensor} sums to 1 along {axis}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim is about: the open symbols with their least values, and what is assumed.

    `outside` says what a read outside a tensor is in what was written: "zero", or an "error"; in
    derived formulas it is always zero.  `lemmas` are facts about the tensors' elements.
    """

    parameters: tuple[Parameter, ...]
    assumptions: tuple[Condition, ...] = ()
    outside: str = "zero"
    lemmas: tuple[Lemma, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The quantified symbols."""
        return tuple(parameter.name for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Size:
    """A size as written, ``top / bottom``: a rational number that need not be whole."""

    top: Index
    bottom: Index = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What a claim is about.

    `kind` is ``result`` (a tensor that the graph makes), ``gradient`` (of the tensor `name`),
    ``size``, ``range`` (of the letter `name`), ``matrix`` or ``value``.  `at` is the position on
    each axis: an output letter, or a number where one element is meant.
    """

    kind: str = "value"
    name: str = ""
    at: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """``left = right`` for all output positions and all sizes in scope.

    `left` is the truth (or the side before, in a chain) and `right` what was written; both have
    the same output indices.  `before` are equations that either may read (forward results,
    auxiliary tensors).  `text` is what was written, `place` where.
    """

    left: Form
    right: Form
    scope: Scope
    before: tuple[Equation, ...] = ()
    text: str = ""
    place: Place = field(default_factory=Place)
    subject: Subject = field(default_factory=Subject)


@dataclass(frozen=True, slots=True)
class SizeClaim:
    """``left relation right`` between two sizes, for all sizes in scope."""

    left: Size
    right: Size
    scope: Scope
    relation: str = "="
    text: str = ""
    place: Place = field(default_factory=Place)
    subject: Subject = field(default_factory=Subject)

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"not a relation: {self.relation!r}")


AnyClaim: TypeAlias = "Claim | SizeClaim"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Sizes and an output position at which the sides differ, re-evaluated exactly.

    `left` and `right` are the two values; `left_terms` and `right_terms` write the sums out at
    this position (``w[0]*x[1] + w[1]*x[2]``).
    """

    sizes: Mapping[str, int]
    position: tuple[int, ...]
    left: str
    right: str
    left_terms: str = ""
    right_terms: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely mistake: its name in the table of mistakes, and a sentence about this claim."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Proviso:
    """A condition that a claim does not state and under which it holds, proved.

    `text` is in words ("S divides N + 2P - K"); `necessary` says whether it was also proved that
    the claim fails wherever the condition does.
    """

    text: str
    conditions: tuple[Condition, ...] = ()
    necessary: bool = False
    evidence: str = ""

    @property
    def said(self) -> str:
        """What follows "it holds": ``exactly without padding: P = 0``, ``when N is odd``."""
        only = "exactly " if self.necessary else ""
        gloss, colon, _ = self.text.partition(": ")
        if not colon or " do not " in gloss:
            return f"{only}when {self.text}"
        if gloss.startswith("without "):
            return only + self.text.replace(" and stride", " and with stride", 1)
        return f"{only}for {self.text}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a claim, how, and over what.

    `evidence` says why in a sentence, `assumptions` everything that it rests on (in words),
    `correct` is the right formula in LaTeX, `reading` how the claim was understood, `repairs` what
    was mended before it was read, `witness` the run in which the engine agreed with the derived
    formula.  A chain has one verdict for each of its `steps`; the whole takes the worst of them
    and says in `step` which one that is (from 1).  `runs` has a line for each geometry at which
    code was run.
    """

    outcome: str
    method: str
    scope: Scope
    evidence: str = ""
    counterexample: Counterexample | None = None
    cases: int = 0
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    condition: Proviso | None = None
    correct: str = ""
    reading: str = ""
    repairs: tuple[str, ...] = ()
    witness: str = ""
    text: str = ""
    column: int = 0
    step: int = 0
    steps: tuple[Verdict, ...] = ()
    runs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"not an outcome: {self.outcome!r}")

    @property
    def good(self) -> bool:
        """Proved, or checked on cases."""
        return self.outcome in ("proved", "checked")
