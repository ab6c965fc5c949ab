"""What a loop does to an array: one generic pass is read, and summed over the index.

Where every pass adds, the passes are added up.  Where passes assign, the last one that writes an
element wins: with no element written twice the order does not matter, else "no later pass writes
here" is a condition of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Sum,
    Symbol,
    add,
    coefficient,
    minus,
    substitute,
    symbols,
)
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
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.memory import Memory, axis_bounds, tidied
from symconv.syntax.code.source import CodeError
from symconv.terms import Read, Term
from symconv.values import dataclass

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
    region = [_without(t, carried.mark) for t in gone]
    if any(t.coefficient not in (1, -1) or t.divisors for t in region):
        raise CodeError(EARLIER)
    _supported(region, new)
    if not all(disjoint(term, loop, facts) for term in region):
        inner = facts.within([(loop.name, loop.start, canon(add(loop.stop, -1)))])
        region, new = _last_wins(region, new, loop, inner)
    elif len(region) > 1:
        _apart(region, loop, facts)
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
        if len(marks) != 1 or marks[0].function or not _same_place(term, marks[0]):
            raise CodeError(EARLIER)
        if term.where or term.sums or len(term.reads) > 1:
            gone.append(term)
        else:
            kept += term.coefficient
    if kept not in (0, 1):
        raise CodeError(EARLIER)
    return kept, gone, new


def _without(term: Term, mark: str) -> Term:
    """The region from which the old array is taken out, masks included."""
    reads = tuple(r for r in term.reads if r.tensor != mark)
    return replace(term, reads=reads, coefficient=-term.coefficient)


def _same_place(term: Term, read: Read) -> bool:
    """Whether the old array is read where the new one is written."""
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
    places = [_plain(r) for r in region]
    for term in new:
        found = _plain(term)
        inside = {*found.reads, *_steps(found)}
        if not any(set(r.where) <= set(found.where) and set(r.reads) <= inside for r in places):
            raise CodeError("a loop assigns to some elements and adds to others")


def _plain(term: Term) -> Term:
    """The term with its sums called after their loops, so that two of them can be compared."""
    names = {r.name: r.name.partition("~")[0] for r in term.sums}
    if len(set(names.values())) < len(names):
        return term
    made = rename_sums(term, names)
    where = tuple(c for c in map(canonical, made.where) if isinstance(c, Condition))
    return replace(made, where=where)


def _steps(term: Term) -> Iterator[Read]:
    """The masks that a product contains."""
    return (replace(r, function="step") for r in term.reads if r.function in ("step", "relu"))


def disjoint(term: Term, loop: Loop, facts: Facts) -> bool:
    """Whether no two passes write one element."""
    inner = {r.name for r in term.sums}
    for condition in term.where:
        if _ties(condition, loop, inner, facts):
            return True
    return _blocks(term, loop, inner, facts)


def _ties(condition: Condition, loop: Loop, inner: set[str], facts: Facts) -> bool:
    """Whether an equation holds in one pass at most."""
    if condition.relation != "==":
        return False
    parts = coefficient(canon(add(condition.left, minus(condition.right))), loop.name)
    if parts is None or symbols(parts[1]) & inner:
        return False
    steady = not any(s.startswith("#") or s in inner for s in symbols(parts[0]))
    return steady and facts.holds(Condition(parts[0], "!=", 0)) is True


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


def _apart(region: Sequence[Term], loop: Loop, facts: Facts) -> None:
    """Several regions of one pass: what one pass writes, no other pass writes at all."""
    ties = []
    for term in region:
        inner = {r.name for r in term.sums}
        ties.append({c for c in term.where if _ties(c, loop, inner, facts)})
    if not set.intersection(*ties):
        raise CodeError(OVERLAP)


def _last_wins(
    region: Sequence[Term], new: Sequence[Term], loop: Loop, facts: Facts
) -> tuple[list[Term], list[Term]]:
    """What stays of the passes where later ones overwrite earlier ones.  Errors: `CodeError`."""
    if any(t.reads for t in region):
        raise CodeError(OVERLAP)
    moving = {frozenset(_moving(t, loop)) for t in region}
    if len(moving) != 1:
        raise CodeError(OVERLAP)
    (conditions,) = moving
    if not conditions:  # every pass writes the same elements: the last pass wins
        put: dict[str, Index] = {loop.name: canon(add(loop.stop, -1))}
        there = canonical(Condition(Symbol(loop.name), "==", put[loop.name]))
        assert isinstance(there, Condition)
        return [_and(t, (there,)) for t in region], [_and(t, (there,)) for t in new]
    later = last_writer(conditions, {r.name for t in region for r in t.sums}, loop, facts)
    return (
        [part for term in region for part in _last(term, later)],
        [part for term in new for part in _last(term, later)],
    )


def _moving(term: Term, loop: Loop) -> Iterator[Condition]:
    return (c for c in term.where if loop.name in symbols(c.left, c.right))


def _and(term: Term, conditions: Sequence[Condition]) -> Term:
    return replace(term, where=(*term.where, *conditions))


def last_writer(
    conditions: Iterable[Condition], inner: set[str], loop: Loop, facts: Facts
) -> tuple[Condition, ...]:
    """The conditions under which a later pass writes the same element again.

    The passes that write an element must follow one another in equal steps: conditions that grow
    or fall with the loop's index, and one remainder at most, which says the step.  Errors:
    `CodeError`.
    """
    step: Index = 1
    rising: list[Index] = []
    for condition in conditions:
        if symbols(condition.left, condition.right) & inner:
            raise CodeError(OVERLAP)
        if condition.relation == "<=" and direction(condition.right, loop.name, facts) is not None:
            rising.append(condition.right)
        elif condition.relation == "==" and isinstance(condition.left, Mod) and step == 1:
            step = _period(condition.left, loop.name)
        else:
            raise CodeError(OVERLAP)
    after: Index = add(Symbol(loop.name), step)
    more = [Condition(0, "<=", canon(substitute(e, {loop.name: after}))) for e in rising]
    more.append(Condition(after, "<", loop.stop))
    return tuple(c for c in map(canonical, more) if isinstance(c, Condition))


def _period(value: Mod, name: str) -> Index:
    parts = coefficient(value.top, name)
    if parts is None or parts[0] not in (1, -1) or name in symbols(value.bottom):
        raise CodeError(OVERLAP)
    return value.bottom


def direction(value: Index, name: str, facts: Facts) -> int | None:
    """1 where a value grows with an index, -1 where it falls, 0 without it; None: neither."""
    if name not in symbols(value):
        return 0
    if isinstance(value, Symbol):
        return 1
    if isinstance(value, FloorDiv):
        below = name not in symbols(value.bottom) and facts.holds(Condition(value.bottom, ">=", 1))
        return direction(value.top, name, facts) if below else None
    if isinstance(value, Sum):
        parts = {direction(part, name, facts) for part in value.terms} - {0}
        return parts.pop() if len(parts) == 1 else None
    if isinstance(value, Product):
        inside = [f for f in value.factors if name in symbols(f)]
        rest = canon(Product((1, *(f for f in value.factors if name not in symbols(f)))))
        if len(inside) != 1:
            return None
        sign = 1 if facts.holds(Condition(rest, ">=", 0)) else 0
        sign = sign or (-1 if facts.holds(Condition(rest, "<=", 0)) else 0)
        found = direction(inside[0], name, facts)
        return None if not sign or found is None else sign * found
    return None


def _last(term: Term, later: tuple[Condition, ...]) -> tuple[Term, Term]:
    """The term where no later pass writes: without those elements that one does."""
    again = replace(term, where=(*term.where, *later), coefficient=-term.coefficient)
    return term, again
