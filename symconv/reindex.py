"""Rewriting a form's sums: solve conditions, reverse a sum, give letters back.

Each rewrite keeps the form's value for all sizes (strides and dilations at least 1); the steps of
a derivation are these functions, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Min,
    Mod,
    Symbol,
    add,
    coefficient,
    leaves,
    minus,
    polynomial,
    same,
    simplify,
    symbols,
    tidy,
)
from symconv.terms import (
    Form,
    Range,
    Read,
    Shape,
    Term,
    substitute_term,
    term_symbols,
)
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Solution:
    """``name = value``, valid where `condition` holds (None: everywhere)."""

    name: str
    value: Index
    condition: Condition | None = None


def solve(condition: Condition, name: str) -> Solution | None:
    """Solve ``left == right`` for an index, with division where its coefficient is not 1.

    ``c·v = e`` gives ``v = e // c`` where ``e mod c = 0``; c must be positive for all sizes, which
    is so when it is a product of sizes, strides and positive numbers.
    """
    if condition.relation != "==":
        return None
    on_left = name in symbols(condition.left)
    with_it, other = (
        (condition.left, condition.right) if on_left else (condition.right, condition.left)
    )
    if name in symbols(other):
        with_it, other = add(with_it, minus(other)), 0
    parts = coefficient(with_it, name)
    if parts is None:
        return None
    factor, rest = parts
    value = simplify(add(other, minus(rest)))
    sign = sign_of(factor)
    if sign == 0:
        return None
    if sign < 0:
        factor, value = simplify(minus(factor)), simplify(minus(value))
    if factor == 1:
        return Solution(name, value)
    return Solution(name, FloorDiv(value, factor), Condition(Mod(value, factor), "==", 0))


def sign_of(factor: Index) -> int:
    """1 or -1 where the sign is the same for all sizes at least 1, else 0."""
    numbers = polynomial(factor).values()
    if numbers and all(number > 0 for number in numbers):
        return 1
    return -1 if numbers and all(number < 0 for number in numbers) else 0


def eliminate(form: Form, prefer: Sequence[str] = ()) -> Form:
    """Solve every condition that can be solved, for the preferred indices first."""
    done = replace(form, terms=tuple(_eliminate(term, form, prefer) for term in form.terms))
    return restore_letters(done)


def _eliminate(term: Term, form: Form, prefer: Sequence[str]) -> Term:
    order = [name for name in prefer if name in {r.name for r in term.sums}]
    order += [r.name for r in term.sums if r.name not in order]
    for condition in term.where:
        for name in order:
            solution = (
                solve(condition, name) if name in symbols(condition.left, condition.right) else None
            )
            if solution is not None:
                return _eliminate(apply(term, form, condition, solution), form, prefer)
    return term


def apply(term: Term, form: Form, condition: Condition, solution: Solution) -> Term:
    """Put a solution in: the sum over its index goes, its range stays as conditions."""
    bound = next(r for r in term.sums if r.name == solution.name)
    kept = bounds(bound, solution.value, () if _read_within(term, form, bound) else ("low", "high"))
    where = tuple(c for c in term.where if c is not condition)
    if solution.condition is not None:
        where = (*where, solution.condition)
    slim = replace(term, sums=tuple(r for r in term.sums if r is not bound), where=(*where, *kept))
    return _simplified(substitute_term(slim, {solution.name: solution.value}))


def bounds(bound: Range, value: Index, sides: Sequence[str]) -> tuple[Condition, ...]:
    """The range of an index as conditions on its value."""
    low, high = Condition(bound.start, "<=", value), Condition(value, "<", bound.stop)
    return tuple(c for side, c in (("low", low), ("high", high)) if side in sides)


def _read_within(term: Term, form: Form, bound: Range) -> bool:
    """Whether some read by the bare index already ends where the range ends."""
    if bound.start != 0:
        return False
    shapes = dict(form.shapes)
    return any(
        index == Symbol(bound.name) and same(size, bound.stop)
        for read in term.reads
        for index, size in zip(read.at, shapes[read.tensor], strict=True)
    )


def _simplified(term: Term) -> Term:
    reads = tuple(replace(read, at=tuple(map(neat, read.at))) for read in term.reads)
    where = tuple(Condition(neat(c.left), c.relation, neat(c.right)) for c in term.where)
    return replace(term, reads=reads, where=tuple(dict.fromkeys(where)))


def neat(index: Index) -> Index:
    """The index with like terms collected, where that makes it shorter."""
    collected = simplify(index)
    return collected if leaves(collected) < leaves(index) else tidy(index)


# --- reversing and renaming ---------------------------------------------------------------------


def reverse(form: Form, names: Sequence[str]) -> Form:
    """Run sums backwards: ``k`` becomes ``first + last - k``; the value does not change."""
    terms = []
    for term in form.terms:
        flips: dict[str, Index] = {
            r.name: tidy(add(r.last, r.start, minus(Symbol(r.name))))
            for r in term.sums
            if r.name in names
        }
        inner = replace(term, sums=())
        turned = substitute_term(inner, flips)
        terms.append(_simplified(replace(turned, sums=term.sums)))
    return replace(form, terms=tuple(terms))


def restore_letters(form: Form) -> Form:
    """Give ``c_1`` its letter ``c`` back where no term uses ``c`` any more."""
    for item in form.ranges:
        letter, _, number = item.name.rpartition("_")
        if not (letter and number.isdigit()):
            continue
        used = set().union(*(term_symbols(term) for term in form.terms), form.indices)
        if letter not in used and letter not in {s for _, sh in form.shapes for s in symbols(*sh)}:
            form = rename_output(form, item.name, letter)
    return form


def rename_output(form: Form, old: str, new: str) -> Form:
    """Call an output index otherwise."""
    names: dict[str, Index] = {old: Symbol(new)}
    ranges = tuple(replace(r, name=new) if r.name == old else r for r in form.ranges)
    return replace(
        form, ranges=ranges, terms=tuple(substitute_term(term, names) for term in form.terms)
    )


def rename_sums(term: Term, names: dict[str, str]) -> Term:
    """Call bound indices otherwise, in ranges, reads and conditions."""
    sums = tuple(replace(r, name=names.get(r.name, r.name)) for r in term.sums)
    moved = substitute_term(replace(term, sums=()), {a: Symbol(b) for a, b in names.items()})
    return replace(moved, sums=sums)


def collect(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Add up terms that are alike but for their number, whatever the order of their reads."""
    found: dict[tuple[object, ...], Term] = {}
    for term in terms:
        key = (
            tuple(sorted(term.reads, key=repr)),
            frozenset(term.sums),
            frozenset(term.where),
            tuple(sorted(term.divisors, key=repr)),
        )
        old = found.get(key)
        total = term.coefficient + (old.coefficient if old else 0)
        found[key] = replace(old or term, coefficient=total)
    return tuple(term for term in found.values() if term.coefficient != 0)


def moved_read(read: Read, offsets: Sequence[Index]) -> Read:
    """The read shifted by an offset on each axis."""
    return replace(read, at=tuple(neat(add(i, by)) for i, by in zip(read.at, offsets, strict=True)))


def on_padded(form: Form, tensor: str, before: Sequence[Index], shape: Shape) -> Form:
    """The same sums over a tensor that already carries its padding."""
    terms = tuple(
        replace(
            term,
            reads=tuple(moved_read(r, before) if r.tensor == tensor else r for r in term.reads),
        )
        for term in form.terms
    )
    shapes = tuple((name, shape if name == tensor else old) for name, old in form.shapes)
    return replace(form, terms=terms, shapes=shapes)


def with_bounds(form: Form) -> Form:
    """The same sum with the bounds of every moving read written out as conditions."""
    shapes = dict(form.shapes)
    terms = []
    for term in form.terms:
        moving = [
            (index, size)
            for read in term.reads
            for index, size in zip(read.at, shapes[read.tensor], strict=True)
            if not isinstance(index, Symbol | int | Min | Mod)
        ]
        extra = [c for i, n in moving for c in (Condition(0, "<=", i), Condition(i, "<", n))]
        terms.append(replace(term, where=tuple(dict.fromkeys((*term.where, *extra)))))
    return replace(form, terms=tuple(terms))
