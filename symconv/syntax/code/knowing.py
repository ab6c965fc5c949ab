"""What is known of sizes where the reader stands, and what must be proved of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from itertools import count

from symconv.calls import Place
from symconv.claims import Scope, Size, SizeClaim, Subject
from symconv.graph import Parameter
from symconv.index import (
    Condition,
    Index,
    Min,
    Symbol,
    add,
    substitute,
    substitute_condition,
    symbols,
)
from symconv.syntax.code.facts import Facts, canon, canonical
from symconv.syntax.code.source import CodeError
from symconv.terms import fresh
from symconv.values import dataclass

MOST_STEPS = 60_000


MOST_NEEDS = 400


UNSURE = "reading"
"""The subject of a need without which the code does something else than was read, but runs."""


RELATIONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Loop:
    """An index that a loop runs over, and its range."""

    name: str
    start: Index
    stop: Index


class Fork(Exception):
    """What happens next depends on a condition on the sizes: both ways must be read."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(str(condition))
        self.condition = condition


@dataclass(frozen=True, slots=True)
class Need:
    """What must hold for the code to run as it was read; without it Python raises or wraps."""

    claim: SizeClaim
    why: str


@dataclass(slots=True)
class Knowing:
    """Open loops and conditions of one way through the code, and what it needs to run."""

    parameters: tuple[Parameter, ...]
    given: tuple[Condition, ...]
    base: Facts
    taken: set[str]
    assumed: tuple[Condition, ...] = ()
    loops: list[Loop] = field(default_factory=list)
    guards: list[Condition] = field(default_factory=list)
    needs: dict[object, Need] = field(default_factory=dict)
    divisors: list[Condition] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    steps: int = 0
    here: ast.AST | None = None

    @property
    def facts(self) -> Facts:
        """What is known here."""
        return self.outside.assuming(self.guards)

    @property
    def outside(self) -> Facts:
        """What is known here without the conditions that were tested."""
        made = self.base.assuming(self.assumed)
        return made.within((p.name, p.start, canon(add(p.stop, -1))) for p in self.loops)

    def tick(self, steps: int = 1) -> None:
        """Count a step.  Errors: `CodeError` at the limit."""
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise CodeError("this is too much code to be read")

    def moving(self, *values: Index | Condition) -> bool:
        """Whether a value depends on an open loop."""
        return bool(symbols(*values) & {loop.name for loop in self.loops})

    def decide(self, condition: Condition) -> bool | None:
        """Whether a condition holds; where it is about sizes alone, both ways are read.

        Errors: `Fork`.
        """
        found = self.facts.holds(condition)
        if found is None and not self.moving(condition):
            made = canonical(condition)
            assert isinstance(made, Condition)
            raise Fork(made)
        return found

    def divisor(self, value: Index) -> None:
        """What is divided by is at least 1, as it was read; claims are about sizes at which it is.

        Where it is not, NumPy goes on: it may be negative, and a mean of nothing is no number.
        """
        condition = Condition(value, ">=", 1)
        if self.facts.holds(condition):
            return
        self.need(value, ">=", 1, "what is divided by must be at least 1", sure=False)
        if not self.moving(value) and not any(s.startswith("#") for s in symbols(value)):
            self.divisors.append(condition)

    def together(self, left: Index, right: Index, why: str, *, both: bool = True) -> None:
        """Two sizes are combined: Python raises unless they are equal or one of them is 1.

        Without `both` the right one must not be stretched.  Errors: `CodeError` where it plainly
        raises.
        """
        if self.facts.holds(Condition(left, "==", right)):
            return
        wide = (Condition(left, ">=", 2), *([Condition(right, ">=", 2)] if both else []))
        kept = len(self.guards)
        self.guards += [c for c in wide if not self.facts.holds(c)]
        self.need(left, "==", right, why)
        del self.guards[kept:]
        if not all(self.facts.holds(c) for c in wide):
            self.need(Min((left, 2)), "==", Min((right, 2)), why, sure=False)

    def need(
        self, left: Index, relation: str, right: Index, why: str, *, sure: bool = True
    ) -> None:
        """A relation must hold here; what is not plain is left to be proved.

        Where it fails Python raises; unless that is not `sure`, and the code only does something
        else than was read.  Errors: `CodeError` where it plainly fails.
        """
        condition = Condition(left, relation, right)
        found = self.facts.holds(condition)
        if found:
            return
        if found is False and not self.loops and not self.guards:
            raise CodeError(why)
        condition = canonical(condition) if found is None else condition  # type: ignore[assignment]
        key = (condition, tuple(self.loops), tuple(self.guards), sure)
        if key not in self.needs:
            self.needs[key] = Need(self._claim(condition, why, sure), why)
        if len(self.needs) > MOST_NEEDS:
            raise CodeError("too much would have to be proved about sizes")

    def _claim(self, condition: Condition, why: str, sure: bool) -> SizeClaim:
        """The condition for all sizes and for every pass of the loops around it."""
        inside = [c for c in self.guards if isinstance(canonical(c), Condition)]
        extra: list[Parameter] = []
        conditions = [*inside]
        moved_to: dict[str, Index] = {}
        for loop in self.loops:
            here = Symbol(loop.name)
            least = 0
            if isinstance(loop.start, int):
                least = loop.start
                conditions.append(Condition(here, "<", loop.stop))
            else:
                moved_to[loop.name] = add(loop.start, here)
                conditions.append(Condition(here, "<", loop.stop))
            extra.append(Parameter(loop.name, "index", least))
        conditions = [substitute_condition(c, moved_to) for c in conditions]
        names = symbols(condition, *conditions)
        extra = [p for p in extra if p.name in names]
        scope = Scope((*self.parameters, *extra), (*self.given, *self.assumed, *conditions))
        node = self.here
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        return SizeClaim(
            Size(substitute(condition.left, moved_to)),
            Size(substitute(condition.right, moved_to)),
            scope,
            RELATIONS[condition.relation],
            why,
            Place(line, column),
            Subject("size", "" if sure else UNSURE),
        )

    def letter(self, name: str) -> str:
        """A name for an index, like the one in the code."""
        clean = name if name.isidentifier() and name != "_" else "i"
        found = fresh(clean, self.taken)
        self.taken.add(found)
        return found

    def strings(self) -> Iterator[str]:
        """Numbers for fresh names."""
        return (str(n) for n in self.numbers)

    @property
    def place(self) -> Place:
        """Where the reader stands."""
        return Place(getattr(self.here, "lineno", 0), getattr(self.here, "col_offset", -1) + 1)
