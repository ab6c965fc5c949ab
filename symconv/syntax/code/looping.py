"""What a loop does to an array: one generic pass is read, and summed over the index.

Where every pass adds, the passes are added up.  Where passes assign, the last one that writes an
element wins: with no element written twice the order does not matter, else "no later pass writes
here" is a condition of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symconv.index import Condition, Index, Symbol, add, coefficient, minus, substitute, symbols
from symconv.reindex import rename_sums
from symconv.syntax.code.arrays import (
    Array,
    added,
    letter,
    letters,
    merged,
    moved,
    summed,
    times,
)
from symconv.syntax.code.facts import Facts, canon, canonical, equal
from symconv.syntax.code.memory import Loop, Memory, axis_bounds, tidied
from symconv.syntax.code.source import CodeError
from symconv.terms import Read, Term

MARK = "@"
EARLIER = "a pass of this loop needs what earlier passes made"
OVERLAP = (
    "overlapping assignment: later passes overwrite what earlier ones wrote, and which one is last "
    "cannot be told"
)


@dataclass(frozen=True, slots=True)
class Carried:
    """An array that a loop changes: what it was before, and the name it has within a pass."""

    mark: str
    before: Array


def marked(memory: Memory, before: Array) -> tuple[Carried, Array]:
    """The array at the start of a generic pass, whose elements are not known."""
    mark = f"{MARK}{next(memory.numbers)}"
    read = Read(mark, letters(before.rank))
    return Carried(mark, before), Array(before.shape, (Term((read,)),))


def is_mark(read: Read) -> bool:
    """Whether a read is of an array at the start of a pass."""
    return read.tensor.startswith(MARK)


def untouched(carried: Carried, after: Array) -> bool:
    """Whether a pass leaves the array as it was."""
    start = Array(after.shape, (Term((Read(carried.mark, letters(after.rank)),)),))
    return after == start


def put_back(array: Array, known: Mapping[str, Array], memory: Memory) -> Array:
    """Arrays that a loop did not change, as they were before it."""
    terms: list[Term] = []
    for term in array.terms:
        place = next((n for n, r in enumerate(term.reads) if r.tensor in known), None)
        if place is None:
            terms.append(term)
            continue
        read = term.reads[place]
        inner = known[read.tensor]
        names: dict[str, Index] = {letter(n): index for n, index in enumerate(read.at)}
        hidden: dict[str, Index] = {letter(n): Symbol(f"!{n}") for n in range(inner.rank)}
        at: dict[str, Index] = {f"!{n}": names[letter(n)] for n in range(inner.rank)}
        fresh = _fresh(inner, memory)
        found = moved(moved(fresh, hidden, ()), at, array.shape)
        if read.function:
            found = _through(found, read.function)
        rest = replace(term, reads=(*term.reads[:place], *term.reads[place + 1 :]))
        made = times(Array(array.shape, (rest,)), found)
        terms += put_back(made, known, memory).terms
    return Array(array.shape, merged(terms))


def _through(array: Array, function: str) -> Array:
    if not array.terms and function in ("relu", "step"):
        return array
    (term,) = array.terms if len(array.terms) == 1 else (None,)
    if term is None or len(term.reads) != 1 or term.reads[0].function or term.sums:
        raise CodeError(f"{function} is read of single elements of a tensor only")
    if term.coefficient != 1 or term.divisors or (term.where and function not in ("relu", "step")):
        raise CodeError(f"{function} is read of single elements of a tensor only")
    read = replace(term.reads[0], function=function)
    return Array(array.shape, (replace(term, reads=(read,)),))


def _fresh(array: Array, memory: Memory) -> Array:
    terms = []
    for term in array.terms:
        names = {r.name: f"{r.name.partition('~')[0]}~{next(memory.numbers)}" for r in term.sums}
        terms.append(rename_sums(term, names) if names else term)
    return Array(array.shape, tuple(terms))


# --- closing a loop -----------------------------------------------------------------------------


def after_loop(memory: Memory, loop: Loop, carried: Carried, after: Array) -> Array:
    """The array behind the loop.  Errors: `CodeError` where passes depend on each other."""
    after = tidied(after)
    kept, gone, new = _parted(carried, after)
    facts = memory.facts.within(axis_bounds(after.shape))
    before = carried.before
    if kept == 1 and not gone:
        change = summed(Array(after.shape, tuple(new)), loop.name, loop.start, loop.stop, facts)
        return added(before, _fresh(change, memory))
    if not kept:
        if gone:
            raise CodeError(EARLIER)
        gone = [Term((), coefficient=Fraction(-1))]
    region = [replace(t, reads=(), coefficient=-t.coefficient) for t in gone]
    if any(t.coefficient != 1 or t.divisors for t in region):
        raise CodeError(EARLIER)
    _supported(region, new)
    if not all(disjoint(term, loop, facts) for term in region):
        inner = facts.within([(loop.name, loop.start, canon(add(loop.stop, -1)))])
        later = last_writer(region, loop, inner)
        region = [t for term in region for t in _last(term, later)]
        new = [t for term in new for t in _last(term, later)]
    elif len(region) > 1:
        _apart(region, loop)
    shape = after.shape
    written = summed(Array(shape, tuple(region)), loop.name, loop.start, loop.stop, facts)
    change = summed(Array(shape, tuple(new)), loop.name, loop.start, loop.stop, facts)
    lost = times(_fresh(before, memory), _fresh(written, memory))
    return added(added(before, lost, -1), _fresh(change, memory))


def _parted(carried: Carried, after: Array) -> tuple[Fraction, list[Term], list[Term]]:
    """How often the old array stands in the new one, where it is taken out, and what is new."""
    kept = Fraction(0)
    gone: list[Term] = []
    new: list[Term] = []
    for term in after.terms:
        marks = [r for r in term.reads if is_mark(r)]
        if not any(r.tensor == carried.mark for r in marks):
            new.append(term)
            continue
        plain = len(term.reads) == 1 and not term.reads[0].function
        if not plain or not _same_place(term):
            raise CodeError(EARLIER)
        if term.where or term.sums:
            gone.append(term)
        else:
            kept += term.coefficient
    if kept not in (0, 1):
        raise CodeError(EARLIER)
    return kept, gone, new


def _same_place(term: Term) -> bool:
    """Whether the old array is read where the new one is written."""
    (read,) = term.reads
    for axis, index in enumerate(read.at):
        here = Symbol(letter(axis))
        if index == here:
            continue
        tie = canonical(Condition(here, "==", index))
        if tie not in term.where:
            return False
    return True


def _supported(region: Sequence[Term], new: Sequence[Term]) -> None:
    """What is new stands where something was taken out.  Errors: `CodeError`."""
    for term in new:
        if not any(set(r.where) <= set(term.where) for r in region):
            raise CodeError("a loop assigns to some elements and adds to others")


def disjoint(term: Term, loop: Loop, facts: Facts) -> bool:
    """Whether no two passes write one element."""
    inner = {r.name for r in term.sums}
    for condition in term.where:
        if loop.name not in symbols(condition.left, condition.right):
            continue
        parts = coefficient(canon(add(condition.left, minus(condition.right))), loop.name)
        if parts is None or symbols(parts[1]) & inner:
            continue
        steady = not any(s.startswith("#") or s in inner for s in symbols(parts[0]))
        if condition.relation == "==" and steady and facts.holds(
            Condition(parts[0], "!=", 0)
        ):
            return True
    return _blocks(term, loop, inner, facts)


def _blocks(term: Term, loop: Loop, inner: set[str], facts: Facts) -> bool:
    """``0 <= e - S·v`` and ``e - S·v < K`` with ``K <= S``: blocks side by side."""
    for low, high, step in _windows(term, loop, inner, facts):
        width = canon(add(low, high, 1))
        if facts.holds(Condition(width, "<=", step)):
            return True
    return False


def _windows(
    term: Term, loop: Loop, inner: set[str], facts: Facts
) -> Iterator[tuple[Index, Index, Index]]:
    """Pairs ``0 <= low - S·v``, ``0 <= high + S·v``, both without the loop's index; and S."""
    falling: list[tuple[Index, Index]] = []
    rising: list[tuple[Index, Index]] = []
    for condition in term.where:
        if condition.relation != "<=" or loop.name not in symbols(condition.right):
            continue
        parts = coefficient(condition.right, loop.name)
        if parts is None or symbols(*parts) & inner:
            continue
        factor, rest = parts
        if facts.holds(Condition(factor, ">=", 1)):
            rising.append((factor, rest))
        elif facts.holds(Condition(factor, "<=", -1)):
            falling.append((canon(minus(factor)), rest))
    for step, low in falling:
        for other, high in rising:
            if equal(step, other):
                yield low, high, step


def _apart(region: Sequence[Term], loop: Loop) -> None:
    """Several regions of one pass: what one pass writes, no other pass writes at all."""
    ties = []
    for term in region:
        found = [c for c in term.where if c.relation == "==" and loop.name in symbols(c.left)]
        ties.append(set(found))
    if not set.intersection(*ties):
        raise CodeError(OVERLAP)


def last_writer(region: Sequence[Term], loop: Loop, facts: Facts) -> tuple[Condition, ...]:
    """The conditions under which the next pass writes the same element again.

    The passes that write an element must follow one another without a gap: every condition that
    has the loop's index is an inequality with it alone.  Errors: `CodeError`.
    """
    if len(region) != 1:
        raise CodeError(OVERLAP)
    (term,) = region
    inner = {r.name for r in term.sums}
    more: list[Condition] = []
    after: Index = add(Symbol(loop.name), 1)
    for condition in term.where:
        if loop.name not in symbols(condition.left, condition.right):
            continue
        parts = coefficient(condition.right, loop.name)
        if condition.relation != "<=" or parts is None or symbols(*parts) & inner:
            raise CodeError(OVERLAP)
        sign = facts.holds(Condition(parts[0], ">=", 0)), facts.holds(Condition(parts[0], "<=", 0))
        if True not in sign:
            raise CodeError(OVERLAP)
        moved_on = substitute(condition.right, {loop.name: after})
        more.append(Condition(0, "<=", canon(moved_on)))
    more.append(Condition(after, "<", loop.stop))
    return tuple(c for c in map(canonical, more) if isinstance(c, Condition))


def _last(term: Term, later: tuple[Condition, ...]) -> tuple[Term, Term]:
    """The term where no later pass writes: without those elements that one does."""
    again = replace(term, where=(*term.where, *later), coefficient=-term.coefficient)
    return term, again
