"""What reading a formula gives."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from symconv.calls import Place
from symconv.claims import Lemma, Size, Subject
from symconv.index import Condition
from symconv.syntax.formula.repairs import Repair
from symconv.syntax.formula.tokens import Token
from symconv.terms import Equation, Form
from symconv.values import dataclass

Side: TypeAlias = "Form | Size"
Within: TypeAlias = "tuple[Size, str, Size, str]"
"""An end in truth, its relation to what is said, what is said; the letter of a range, or \"\"."""


@dataclass(frozen=True, slots=True)
class More:
    """A further claim of the same statement: another axis of a shape, the matrix of a product."""

    left: Side
    relation: str
    right: Side
    subject: Subject


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula as it was understood: forms or sizes, and the relations between them.

    `assumptions` are conditions on the sizes, `where` those on the output letters under which it
    is said; `within` are the bounds that stated ranges must keep, `before` padded copies that the
    sides read.  `account` holds every token of the text with its part.  `more` are claims beside
    those of the chain; `shown` counts the entries of a matrix with dots, the only ones compared
    (0: all are): then nothing about the whole is proved.
    """

    sides: tuple[Side, ...] = ()
    relations: tuple[str, ...] = ()
    subject: Subject = field(default_factory=Subject)
    assumptions: tuple[Condition, ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    account: tuple[Token, ...] = ()
    text: str = ""
    index_base: int = 0
    outside: str = "zero"
    where: tuple[Condition, ...] = ()
    within: tuple[Within, ...] = ()
    before: tuple[Equation, ...] = ()
    place: Place = field(default_factory=lambda: Place(1, 1))
    more: tuple[More, ...] = ()
    shown: int = 0
    parts: tuple[str, ...] = ()
    """The text of each side, as it was written."""
