"""Where code's arrays live, and what is known at the place where the reader stands."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
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
from symconv.syntax.code.arrays import (
    Array,
    added,
    by_equations,
    impossible,
    is_mask,
    letter,
    letters,
    merged,
    moved,
    renamed,
    settled,
    times,
    where_all,
)
from symconv.syntax.code.facts import Facts, canon, canonical, divided, equal
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Handle, Positions, Row, Table, Value
from symconv.terms import Read, Shape, Term, fresh
from symconv.values import dataclass

MOST_STEPS = 60_000
MOST_NEEDS = 400
EVEN = ("", "relu", "step")
"""Functions that make integers of integers."""
UNSURE = "reading"
"""The subject of a need without which the code does something else than was read, but runs."""
RELATIONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(slots=True)
class Cell:
    """An array in memory.

    `initial` says what it was made with as long as nothing was written ("zeros", "nothing"),
    `shared` why it may no longer be written to, `place` where it was written last; `listed` says
    that it is a list of Python, `whole` that its elements may be integers or truth values, `kin`
    names the cells that may be the same memory; an `integral` one holds example data of integers.
    `lost` says why, and where, it may hold anything.
    """

    content: Array
    initial: str = ""
    shared: str = ""
    place: Place = field(default_factory=Place)
    kin: frozenset[int] = frozenset()
    base: bool = True
    listed: bool = False
    whole: bool = False
    integral: bool = False
    lost: tuple[str, int] | None = None


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
class Memory:
    """Names, cells, open loops and conditions of one way through the code."""

    parameters: tuple[Parameter, ...]
    given: tuple[Condition, ...]
    base: Facts
    taken: set[str]
    assumed: tuple[Condition, ...] = ()
    env: dict[str, Value] = field(default_factory=dict)
    known: dict[str, Value] = field(default_factory=dict)
    cells: dict[int, Cell] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    guards: list[Condition] = field(default_factory=list)
    masks: list[Array] = field(default_factory=list)
    needs: dict[object, Need] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    divisors: list[Condition] = field(default_factory=list)
    results: tuple[tuple[str, Array], ...] = ()
    shapes: dict[str, Shape] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    integers: set[str] = field(default_factory=set)
    steps: int = 0
    here: ast.AST | None = None
    spoilt: tuple[tuple[str, int], ...] = ()

    # --- facts ----------------------------------------------------------------------------------

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
        """What is divided by must be at least 1; claims are about sizes at which it is."""
        condition = Condition(value, ">=", 1)
        if self.facts.holds(condition):
            return
        self.need(value, ">=", 1, "what is divided by must be at least 1")
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

    # --- arrays of integers ---------------------------------------------------------------------

    def spoil(self, reason: str, line: int) -> None:
        """An array of integers was changed, and it is not known which others are views of it."""
        self.spoilt = (*self.spoilt, (reason, line))

    def named(self, value: Value) -> Value:
        """A value that gets a name: an array of integers remembers when that was."""
        return replace(value, age=len(self.spoilt)) if isinstance(value, Positions) else value

    def fresh(self, value: Value) -> None:
        """Errors: `CodeError` for an array of integers that was changed since it got its name."""
        match value:
            case Positions(age=age) if age < len(self.spoilt):
                raise CodeError(*self.spoilt[age])
            case Row(items):
                for item in items:
                    self.fresh(item)
            case Table(table):
                for item in table.values():
                    self.fresh(item)

    # --- names ----------------------------------------------------------------------------------

    def letter(self, name: str) -> str:
        """A name for an index, like the one in the code."""
        clean = name if name.isidentifier() and name != "_" else "i"
        found = fresh(clean, self.taken)
        self.taken.add(found)
        return found

    def strings(self) -> Iterator[str]:
        """Numbers for fresh names."""
        return (str(n) for n in self.numbers)

    # --- cells ----------------------------------------------------------------------------------

    def new(self, content: Array, initial: str = "", base: bool = True) -> Handle:
        """An array of its own."""
        number = next(self.numbers)
        self.cells[number] = cell = Cell(content, initial, place=self.place, base=base)
        cell.whole, cell.integral = (
            is_mask(content),
            bool(content.terms) and self.of_integers(content),
        )
        return Handle(number, content.shape, letters(content.rank))

    @property
    def place(self) -> Place:
        """Where the reader stands."""
        return Place(getattr(self.here, "lineno", 0), getattr(self.here, "col_offset", -1) + 1)

    def aliased(self, reason: str, *handles: Handle) -> None:
        """Arrays that may be one memory in a way that is not followed: they are not written to."""
        kin = frozenset(handle.cell for handle in handles)
        for handle in handles:
            cell = self.cells[handle.cell]
            cell.shared = cell.shared or reason
            cell.kin |= kin

    def kindred(self, cells: Iterable[int]) -> set[int]:
        """Cells and all that may share memory with them."""
        found: set[int] = set()
        todo = [*cells]
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self.cells[number].kin
        return found

    def full(self, handle: Handle) -> Handle:
        """The whole array that a view is of."""
        shape = self.cells[handle.cell].content.shape
        return Handle(handle.cell, shape, letters(len(shape)))

    def listed(self, value: Value) -> bool:
        """Whether a value is a list of Python."""
        return isinstance(value, Handle) and self.cells[value.cell].listed

    def whole(self, value: Value) -> bool:
        """Whether a value's elements may be integers or truth values."""
        if isinstance(value, Handle):
            return self.cells[value.cell].whole
        return is_mask(value) if isinstance(value, Array) else False

    def of_integers(self, array: Array) -> bool:
        """Whether an array is one of integers where the examples are; no term is of others."""
        return bool(self.integers) and all(
            term.coefficient.denominator == 1
            and not term.divisors
            and all(r.tensor in self.integers and r.function in EVEN for r in term.reads)
            for term in array.terms
        )

    def load(self, handle: Handle) -> Array:
        """What a view shows now, under fresh names for its sums."""
        cell = self.cells[handle.cell]
        if cell.lost is not None:
            raise CodeError(*cell.lost)
        if cell.initial == "nothing":
            raise CodeError("this array is read before anything was written to it (np.empty)")
        self.tick(1 + len(cell.content.terms) // 4)
        content = renamed(cell.content, self.strings())
        if handle.at == letters(content.rank) and handle.shape == content.shape:
            return content
        hidden = {letter(n): Symbol(f"@{n}") for n in range(content.rank)}
        at = {f"@{n}": index for n, index in enumerate(handle.at)}
        names: dict[str, Index] = {**hidden}
        found = moved(moved(content, names, ()), at, handle.shape)
        facts = self.facts.within(axis_bounds(handle.shape))
        terms = [t for term in found.terms for t in settled(term, (), facts)]
        return Array(handle.shape, merged(terms))

    def store(self, handle: Handle, value: Array, sign: int = 0) -> None:
        """Write a value of the view's shape: in place of what is there, or added with a sign."""
        cell = self.cells[handle.cell]
        if cell.lost is not None:
            raise CodeError(*cell.lost)
        if cell.shared:
            raise CodeError(cell.shared)
        if not cell.base:
            raise CodeError("this is written through an alias that a loop or a condition made")
        if cell.whole and not cell.listed:
            raise CodeError("an array of whole numbers or truth values is not written to")
        if cell.integral and ((sign and value.rank) or not self.of_integers(value)):
            raise CodeError("an array of whole numbers is written to", hint="dtype=float")
        region, value = self._placed(handle, value, cell.content.shape)
        bounds = [*axis_bounds(cell.content.shape)]
        facts, free = self.facts.within(bounds), self.outside.within(bounds)
        if cell.initial == "nothing":
            if sign:
                raise CodeError("this array is added to before it was set (np.empty)")
            if region or self.guards or self.masks:
                name = f"?{handle.cell}"
                junk = Read(name, letters(cell.content.rank))
                cell.content = Array(cell.content.shape, (Term((junk,)),))
        change = where_all(where_all(value, region, facts), self.guards, free)
        old = renamed(cell.content, self.strings())
        if not sign:
            gone = where_all(where_all(old, region, facts), self.guards, free)
            change = added(tidied(change), tidied(gone), -1)
        for mask in self.masks:
            spread = Array(change.shape, renamed(mask, self.strings()).terms)
            change = times(change, spread)
        cell.content = tidied(added(tidied(cell.content), tidied(change), sign or 1))
        cell.initial = ""
        cell.place = self.place

    def _placed(self, handle: Handle, value: Array, shape: Shape) -> tuple[list[Condition], Array]:
        """The region that is written, and the value in the letters of the base."""
        if len(handle.at) != len(shape):
            raise CodeError("this view cannot be written to")
        region: list[Condition] = []
        back: dict[str, Index] = {}
        for axis, index in enumerate(handle.at):
            here = Symbol(f"@{axis}")
            inside = sorted(s for s in symbols(index) if s.startswith("#"))
            if not inside:
                region.append(Condition(here, "==", index))
                continue
            if len(inside) > 1 or inside[0] in back:
                raise CodeError("this view cannot be written to")
            name = inside[0]
            back[name] = self._solved(index, name, here, region)
            size = handle.shape[int(name[1:])]
            region += [Condition(0, "<=", back[name]), Condition(back[name], "<", size)]
        value = renamed(value, self.strings())
        for axis in range(value.rank):
            if letter(axis) not in back and not equal(value.shape[axis], 1):
                raise CodeError("this view cannot be written to")
            back.setdefault(letter(axis), 0)
        home = {f"@{n}": Symbol(letter(n)) for n in range(len(shape))}
        put = moved(moved(value, back, shape), {**home}, shape)
        return [substitute_condition(c, {**home}) for c in region], put

    def _solved(self, index: Index, name: str, here: Index, region: list[Condition]) -> Index:
        """The letter of a view from the position in the base."""
        zero, one = (substitute(index, {name: n}) for n in (0, 1))
        step, start = canon(add(one, -1 * zero if isinstance(zero, int) else -zero)), zero
        straight = add(start, _times(step, Symbol(name)))
        if not equal(straight, index):
            raise CodeError("this view cannot be written to")
        distance = canon(add(here, -start))
        if step == 1:
            return distance
        if step == -1:
            return canon(-distance)
        region.append(Condition(_rest(distance, step), "==", 0))
        return divided(distance, step)

    @staticmethod
    def loop(name: str, start: Index, stop: Index) -> Loop:
        """An index that runs over a range."""
        return Loop(name, start, stop)


def _times(step: Index, other: Index) -> Index:
    from_step = other if step == 1 else step * other
    return canon(from_step)


def _rest(distance: Index, step: Index) -> Index:
    return canon(distance % step)


def axis_bounds(shape: Shape) -> Iterator[tuple[str, Index, Index]]:
    """The letters of an array's axes and their ranges."""
    return ((letter(n), 0, canon(add(size, -1))) for n, size in enumerate(shape))


def tidied(array: Array) -> Array:
    """Letters that an equation gives a value to are replaced by it, so that like terms meet."""
    terms = [by_equations(term) for term in array.terms]
    return replace(array, terms=merged(t for t in terms if not impossible(t)))
