"""Arrays that code makes, as sums of products over the operation's tensors.

An array is a shape and terms whose positions are in the letters ``#0``, ``#1`` … of its axes;
conditions say where a term stands, and a sum of conditions with signs says everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.index import Condition, Index, Symbol, coefficient, minus, substitute, symbols
from symconv.reindex import collect, rename_sums
from symconv.syntax.code.facts import Facts, canon, canonical
from symconv.syntax.code.radix import reduced, unflattened
from symconv.syntax.code.source import CodeError
from symconv.terms import Range, Read, Shape, Term, substitute_term
from symconv.values import dataclass

MOST_TERMS = 400
MOST_READS = 24
MOST_SUMS = 40
ONE = Fraction(1)


def letter(axis: int) -> str:
    """The letter of an axis, which no name in code can be."""
    return f"#{axis}"


def letters(count: int) -> tuple[Index, ...]:
    """The letters of so many axes."""
    return tuple(Symbol(letter(n)) for n in range(count))


@dataclass(frozen=True, slots=True)
class Array:
    """``[#0, #1, …] = Σ terms``."""

    shape: Shape
    terms: tuple[Term, ...] = ()

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)


def of_tensor(name: str, at: Sequence[Index], shape: Shape) -> Array:
    """A tensor as it is read at positions in the letters."""
    return Array(shape, (Term((Read(name, tuple(map(canon, at))),)),))


def of_number(value: Fraction | int, shape: Shape = ()) -> Array:
    """The same number everywhere."""
    return Array(shape, (Term((), coefficient=Fraction(value)),) if value else ())


def moved(array: Array, at: Mapping[str, Index], shape: Shape) -> Array:
    """Read at other positions: each letter becomes an index in the new letters."""
    return Array(shape, tuple(_canonical_term(substitute_term(t, at)) for t in array.terms))


def _canonical_term(term: Term) -> Term:
    reads = tuple(replace(read, at=tuple(map(canon, read.at))) for read in term.reads)
    return replace(term, reads=reads)


def is_mask(array: Array) -> bool:
    """Whether an array may hold truth values: comparisons are all that it is made of."""
    reads = [read for term in array.terms for read in term.reads]
    return bool(reads) and all(read.function == "step" for read in reads)


def merged(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Like terms added up, whatever the names of their sums.  Errors: `CodeError` if too many."""
    found = collect([_ordered(term) for term in terms])
    if len(found) > MOST_TERMS:
        raise CodeError("this has too many terms to be read")
    return found


def _ordered(term: Term) -> Term:
    """Factors and conditions in one order; a condition twice is one."""
    reads = tuple(sorted(_powers(term.reads), key=repr))
    where = tuple(sorted(dict.fromkeys(term.where), key=str))
    if len(reads) > MOST_READS or len(term.sums) > MOST_SUMS:
        raise CodeError("this product is too long to be read")
    return replace(term, reads=reads, where=where)


def _powers(reads: Iterable[Read]) -> Iterator[Read]:
    """``step(v)·step(v)`` is step(v), and ``v·step(v)`` is relu(v)."""
    left = list(reads)
    steps = {(r.tensor, r.at) for r in left if r.function == "step"}
    for place in steps:
        plain = Read(*place)
        left = [r for r in left if r != replace(plain, function="step")]
        if plain in left:
            left.remove(plain)
            left.append(replace(plain, function="relu"))
        elif replace(plain, function="relu") not in left:
            left.append(replace(plain, function="step"))
    yield from left


def added(left: Array, right: Array, sign: int = 1) -> Array:
    """The sum of two arrays of one shape."""
    signed = (replace(t, coefficient=t.coefficient * sign) for t in right.terms)
    return Array(left.shape, merged((*left.terms, *signed)))


def times(left: Array, right: Array) -> Array:
    """The product of two arrays of one shape; their sums must have different names."""
    if len(left.terms) * len(right.terms) > MOST_TERMS:
        raise CodeError("this product has too many terms to be read")
    made = [
        Term(
            (*a.reads, *b.reads),
            (*a.sums, *b.sums),
            (*a.where, *b.where),
            a.coefficient * b.coefficient,
            (*a.divisors, *b.divisors),
        )
        for a in left.terms
        for b in right.terms
    ]
    return Array(left.shape, merged(made))


def scaled(array: Array, number: Fraction) -> Array:
    """A number times an array."""
    if not number:
        return Array(array.shape)
    terms = tuple(replace(t, coefficient=t.coefficient * number) for t in array.terms)
    return Array(array.shape, terms)


def divided_by(array: Array, size: Index) -> Array:
    """An array over a size."""
    return Array(array.shape, tuple(replace(t, divisors=(*t.divisors, size)) for t in array.terms))


def where_all(array: Array, conditions: Iterable[Condition], facts: Facts) -> Array:
    """The array where all conditions hold, and 0 elsewhere."""
    found: list[Condition] = []
    for condition in conditions:
        plain = facts.holds(condition)
        if plain is False:
            return Array(array.shape)
        made = canonical(condition)
        if plain is None and isinstance(made, Condition):
            found.append(made)
    return Array(array.shape, merged(replace(t, where=(*t.where, *found)) for t in array.terms))


def renamed(array: Array, names: Iterator[str]) -> Array:
    """The array with fresh names for its sums, so that it can be multiplied with others."""
    terms = []
    for term in array.terms:
        fresh = {r.name: f"{r.name.partition('~')[0]}~{next(names)}" for r in term.sums}
        terms.append(rename_sums(term, fresh) if fresh else term)
    return Array(array.shape, tuple(terms))


# --- sums ---------------------------------------------------------------------------------------


def summed(array: Array, name: str, start: Index, stop: Index, facts: Facts) -> Array:
    """The sum over an index; where an equation ties it to something, that is put in instead."""
    terms: list[Term] = []
    for term in array.terms:
        solved = tied(term, name)
        if solved is None:
            apart, ranges = unflattened(term, Range(name, stop, start), facts)
            terms.append(replace(apart, sums=(*apart.sums, *ranges)))
            continue
        condition, value = solved
        rest = replace(term, where=tuple(c for c in term.where if c is not condition))
        put = substitute_term(rest, {name: value})
        bounds = (Condition(start, "<=", value), Condition(value, "<", stop))
        terms += settled(put, bounds, facts)
    return Array(array.shape, merged(terms))


def settled(term: Term, more: Iterable[Condition], facts: Facts) -> list[Term]:
    """The term with its conditions in order, those that are plain left out; none if one fails."""
    inner = facts.within((r.name, r.start, canon(r.last)) for r in term.sums)
    where: list[Condition] = []
    for given in (*term.where, *more):
        left, right = reduced(given.left, inner), reduced(given.right, inner)
        condition = Condition(left, given.relation, right)
        plain = inner.holds(condition)
        if plain is False:
            return []
        made = canonical(condition)
        if plain is None and isinstance(made, Condition):
            where.append(made)
    reads = tuple(replace(r, at=tuple(reduced(canon(i), inner) for i in r.at)) for r in term.reads)
    return [_canonical_term(replace(term, reads=reads, where=tuple(where)))]


def tied(term: Term, name: str) -> tuple[Condition, Index] | None:
    """An equation of the term that has the index with coefficient 1, and its value."""
    best: tuple[Condition, Index] | None = None
    for condition in term.where:
        if condition.relation != "==" or name not in symbols(condition.left):
            continue
        parts = coefficient(condition.left, name)
        if parts is None or parts[0] not in (1, -1):
            continue
        value = canon(minus(parts[1]) if parts[0] == 1 else parts[1])
        if best is None or any(s.startswith("#") for s in symbols(value)):
            best = condition, value
    return best


def by_equations(term: Term) -> Term:
    """Positions with the letters that an equation gives a value to replaced by it."""
    where = list(term.where)
    reads = term.reads
    for place in range(len(where)):
        found = _letter_tied(where[place])
        if found is None:
            continue
        name, value = found
        put = {name: value}
        reads = tuple(replace(r, at=tuple(canon(substitute(i, put)) for i in r.at)) for r in reads)
        where = [c if n == place else _put(c, name, value) for n, c in enumerate(where)]
    kept = tuple(c for c in where if canonical(c) is not True)
    return replace(term, reads=reads, where=kept)


def _letter_tied(condition: Condition) -> tuple[str, Index] | None:
    """A letter that an equation gives a value without letters."""
    if condition.relation != "==":
        return None
    inside = sorted(s for s in symbols(condition.left) if s.startswith("#"))
    if len(inside) != 1:
        return None
    parts = coefficient(condition.left, inside[0])
    if parts is None or parts[0] not in (1, -1):
        return None
    return inside[0], canon(minus(parts[1]) if parts[0] == 1 else parts[1])


def _put(condition: Condition, name: str, value: Index) -> Condition:
    left = substitute(condition.left, {name: value})
    right = substitute(condition.right, {name: value})
    made = canonical(Condition(left, condition.relation, right))
    return made if isinstance(made, Condition) else Condition(0, "==" if made else "!=", 0)


def impossible(term: Term) -> bool:
    """Whether a condition of the term fails plainly."""
    return any(canonical(c) is False for c in term.where)
