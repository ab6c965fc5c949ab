"""Where code's arrays live: names, cells, views loaded and stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from symconv.calls import Place
from symconv.index import (
    Index,
    Symbol,
    add,
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
from symconv.syntax.code.facts import canon
from symconv.syntax.code.knowing import Knowing
from symconv.syntax.code.placing import placed
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Handle, Positions, Row, Table, Value
from symconv.terms import Read, Shape, Term
from symconv.values import dataclass

EVEN = ("", "relu", "step")
"""Functions that make integers of integers."""


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


@dataclass(slots=True)
class Memory(Knowing):
    """Names and cells of one way through the code."""

    env: dict[str, Value] = field(default_factory=dict)
    known: dict[str, Value] = field(default_factory=dict)
    cells: dict[int, Cell] = field(default_factory=dict)
    masks: list[Array] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    results: tuple[tuple[str, Array], ...] = ()
    shapes: dict[str, Shape] = field(default_factory=dict)
    integers: set[str] = field(default_factory=set)
    spoilt: tuple[tuple[str, int], ...] = ()

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

    def new(self, content: Array, initial: str = "", base: bool = True) -> Handle:
        """An array of its own."""
        number = next(self.numbers)
        self.cells[number] = cell = Cell(content, initial, place=self.place, base=base)
        cell.whole, cell.integral = (
            is_mask(content),
            bool(content.terms) and self.of_integers(content),
        )
        return Handle(number, content.shape, letters(content.rank))

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
        region, value = placed(handle, value, cell.content.shape, self.strings())
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


def axis_bounds(shape: Shape) -> Iterator[tuple[str, Index, Index]]:
    """The letters of an array's axes and their ranges."""
    return ((letter(n), 0, canon(add(size, -1))) for n, size in enumerate(shape))


def tidied(array: Array) -> Array:
    """Letters that an equation gives a value to are replaced by it, so that like terms meet."""
    terms = [by_equations(term) for term in array.terms]
    return replace(array, terms=merged(t for t in terms if not impossible(t)))
