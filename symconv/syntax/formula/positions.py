"""References to tensors: which tensor, at which position, counted from 0."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from symconv.index import Condition, Index, add, tidy
from symconv.syntax.formula.keys import labelled
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env, Scalars
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.trees import Node, Number, Ref, Relation, Stated, Times
from symconv.syntax.formula.views import View
from symconv.terms import Read, fresh

BETWEEN = "a read between elements counts as zero"


@dataclass(slots=True)
class Reads:
    """Reads tensors at positions; every bound index gets a name of its own."""

    scalars: Scalars
    taken: set[str]
    base: int = 0
    notes: list[str] = field(default_factory=list)
    tensors: dict[str, int] = field(default_factory=dict)
    indices: dict[str, int] = field(default_factory=dict)
    stated: dict[str, Stated] = field(default_factory=dict)
    strict: bool = False
    """Whether a read outside a tensor, or between its elements, is an error."""
    kronecker: Ref | None = None
    """The first delta that was read as Kronecker's."""

    def error(self, node: Node | Relation, message: str, expected: str = "") -> FormulaError:
        """An error at a node."""
        return self.scalars.source.error(node.at, message, expected)

    def fresh(self, letter: str) -> str:
        """A name that nothing else has."""
        name = fresh(letter, self.taken)
        self.taken.add(name)
        return name

    def read(self, ref: Ref, env: Env) -> Piece:
        """A tensor at a position; a fractional position counts only where it is whole."""
        lexicon = self.scalars.lexicon
        if ref.name == "delta" and not lexicon.array("delta") and len(ref.items or ()) in (1, 2):
            return self._kronecker(ref, env)
        view = self.view(ref)
        at, conditions = self.position(ref, view, env)
        where = () if self.strict else conditions
        return Piece((Read(view.tensor, at),), where=where, whole=conditions)

    def view(self, ref: Ref) -> View:
        """The tensor, or the gradient of it, that a reference names."""
        lexicon = self.scalars.lexicon
        element = lexicon.elements.get(labelled(ref.name, ref.label))
        if element is not None and ref.items is None:
            view: View | None = element
            if ref.gradient:
                view = element.of(lexicon.gradients.get(element.tensor, ""))
        elif ref.gradient:
            view = lexicon.gradient(ref.name, ref.label)
        else:
            view = lexicon.view(ref.name, ref.label)
        if view is None and ref.name in lexicon.labelled:
            raise self.error(ref, f"{ref.name} with the label {ref.label!r} is not declared",
                             f"names({ref.name}^{{{ref.label}}}=…)")  # fmt: skip
        if view is None:
            raise self.error(ref, f"{ref.name} is no tensor of the operation")
        if ref.gradient and view.padded:
            raise self.error(ref, "the gradient of a padded copy is not that of the tensor")
        if not view.tensor:
            raise self.error(ref, f"the gradient of {ref.name} is not needed here")
        self.labelled(ref)
        self.tensors.setdefault(ref.name, ref.at)
        return view

    def labelled(self, ref: Ref) -> None:
        """One name has one layer label, unless each was declared; two would be two things."""
        if ref.name in self.scalars.lexicon.labelled:
            return
        key = f"d{ref.name}" if ref.gradient else ref.name
        old = self.scalars.lexicon.labels.setdefault(key, ref.label)
        if old != ref.label:
            raise self.error(ref, f"{ref.name} has two layer labels, {old!r} and {ref.label!r}")

    def bind(self, letter: str, at: int) -> None:
        """Note that a letter is an index here."""
        self.indices.setdefault(letter, at)

    def two_things(self) -> None:
        """Refuse a name that is read as a tensor here and counts as an index there."""
        for name, at in self.indices.items():
            if name in self.tensors:
                raise self.scalars.source.error(
                    at,
                    f"{name} is used for two things: a tensor and an index",
                    hint=f"another letter for the index, or names(…={name})",
                )

    def _kronecker(self, ref: Ref, env: Env) -> Piece:
        items = self.split(ref.items or (), 2)
        if len(items) != 2:
            raise self.error(ref, "a Kronecker delta has two indices")
        left, right = (self.scalars.whole(item, env) for item in items)
        self.kronecker = self.kronecker or ref
        return Piece(where=(Condition(left, "==", right),))

    def split(self, items: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
        """``x_{ij}`` for a tensor with two axes: letters side by side are indices."""
        if len(items) != 1 or rank < 2:
            return items
        (only,) = items
        if isinstance(only, Number) and only.value.denominator == 1:
            written = re.match(r"\d+", self.scalars.source.text[only.at :])
            digits = written[0] if written else str(only.value)
            return (
                tuple(Number(Fraction(d), only.at) for d in digits)
                if len(digits) == rank
                else items
            )
        plain = isinstance(only, Times) and all(
            isinstance(f, Number) or (isinstance(f, Ref) and f.items is None) for f in only.factors
        )
        return only.factors if plain and len(only.factors) == rank else items  # type: ignore[union-attr]

    def position(
        self, ref: Ref, view: View, env: Env
    ) -> tuple[tuple[Index, ...], tuple[Condition, ...]]:
        """The indices of a reference, counted from 0, and when they are whole numbers."""
        rank = len(view.letters)
        items = self.split(ref.items or (), rank)
        if not items and all(size == 1 for size in view.shape):
            return view.read([0] * rank), ()
        if len(items) != rank:
            wrong = f"{len(items)} indices" if items else "no index"
            raise self.error(ref, f"{ref.name} is written with {wrong} and has {rank} axes")
        at: list[Index] = []
        conditions: list[Condition] = []
        for item in items:
            value, needed = self.scalars.index(item, env)
            if needed and not self.strict and BETWEEN not in self.notes:
                self.notes.append(BETWEEN)
            at.append(tidy(add(value, -self.base)))
            conditions += needed
        return view.read(at), tuple(conditions)
