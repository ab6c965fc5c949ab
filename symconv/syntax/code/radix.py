"""Indices that were flattened: ``k // (A·B)``, ``(k // B) % A``, ``k % B`` are digits of k.

Σ_{k < C·A·B} f(k // (A·B), (k // B) % A, k % B)   is   Σ_{c, a, b} f(c, a, b)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    children,
    coefficient,
    rebuild,
    symbols,
)
from symconv.syntax.code.facts import Facts, canon, equal
from symconv.terms import Range, Read, Term, fresh

Digit: TypeAlias = "tuple[Index, Index | None]"
"""``(k // first) % second``, without the remainder where the second is None."""


def reduced(value: Index, facts: Facts) -> Index:
    """Quotients and remainders whose digits are plain: ``(h·W + w) // W`` is h for w < W."""
    if not isinstance(value, int) and _divides(value):
        inside = rebuild(value, [reduced(part, facts) for part in children(value)])
        value = canon(inside)
        if isinstance(value, FloorDiv | Mod):
            return _digit(value, facts)
    return value


def _divides(value: Index) -> bool:
    return isinstance(value, FloorDiv | Mod) or any(_divides(part) for part in children(value))


def _digit(value: FloorDiv | Mod, facts: Facts) -> Index:
    for name in (None, *sorted(symbols(value.top))):
        quotient: Index = 0
        rest = value.top
        if name is not None:
            parts = coefficient(value.top, name)
            if parts is None or not equal(parts[0], value.bottom):
                continue
            quotient, rest = Symbol(name), canon(parts[1])
        if facts.holds(Condition(0, "<=", rest)) and facts.holds(
            Condition(rest, "<", value.bottom)
        ):
            return quotient if isinstance(value, FloorDiv) else rest
    return value


def unflattened(term: Term, item: Range, facts: Facts) -> tuple[Term, tuple[Range, ...]]:
    """A term with one summed index taken apart into its digits, if it occurs in them alone."""
    plain = (term, (item,))
    found: dict[Index, Digit] = {}
    places = [i for read in term.reads for i in read.at]
    places += [side for c in term.where for side in (c.left, c.right)]
    if item.start != 0 or not all(_digits(place, item.name, found) for place in places):
        return plain
    chain = _chain([*found.values()], item.stop, facts)
    if chain is None or len(chain) < 2:
        return plain
    taken = {item.name, *symbols(*places)}
    names: dict[Index, Index] = {}
    ranges: list[Range] = []
    for under, size in chain:
        name = fresh(f"{item.name}d", taken)
        taken.add(name)
        ranges.insert(0, Range(name, size))
        for atom, (first, _) in found.items():
            if equal(first, under):
                names[atom] = Symbol(name)
    reads = tuple(Read(r.tensor, tuple(_put(i, names) for i in r.at), r.function)
                  for r in term.reads)  # fmt: skip
    where = tuple(
        Condition(_put(c.left, names), c.relation, _put(c.right, names)) for c in term.where
    )
    return replace(term, reads=reads, where=where), tuple(ranges)


def _digits(value: Index, name: str, found: dict[Index, Digit]) -> bool:
    """Note every digit of an index in a value; False where it occurs otherwise."""
    here = Symbol(name)
    match value:
        case Mod(FloorDiv(top, first), second) if top == here:
            found[value] = (first, second)
            return name not in symbols(first, second)
        case Mod(top, second) if top == here:
            found[value] = (1, second)
            return name not in symbols(second)
        case FloorDiv(top, first) if top == here:
            found[value] = (first, None)
            return name not in symbols(first)
        case Symbol(other):
            return other != name
    return all(_digits(part, name, found) for part in children(value))


def _chain(digits: list[Digit], size: Index, facts: Facts) -> list[tuple[Index, Index]] | None:
    """The digits from the last one on, with what each runs over, if they make up the number."""
    under: Index = 1
    chain: list[tuple[Index, Index]] = []
    used = 0
    while True:
        same = [d for d in digits if d[1] is not None and equal(d[0], under)]
        if not same:
            break
        second = same[0][1]
        assert second is not None
        if not all(equal(d[1] or 0, second) for d in same):
            return None
        if not facts.holds(Condition(second, ">=", 1)):
            return None
        chain.append((under, second))
        used += len(same)
        under = canon(Product((under, second)))
        if len(chain) > len(digits):
            return None
    last = [d for d in digits if d[1] is None]
    used += len(last)
    most = canon(FloorDiv(size, under))
    exact = equal(Product((most, under)), size)
    if used < len(digits) or not exact or not all(equal(d[0], under) for d in last):
        return None
    if last or most != 1:
        chain.append((under, most))
    return chain


def _put(value: Index, names: Mapping[Index, Index]) -> Index:
    if value in names:
        return names[value]
    return canon(rebuild(value, [_put(part, names) for part in children(value)]))
