"""Mutated claims: one change somewhere in a right side, most of them false, some by luck true."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.claims import Claim
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    children,
    rebuild,
)
from symconv.provers.exact import differ, meets
from symconv.terms import Term


def mutated(claim: Claim, source: random.Random) -> Claim:
    """The claim with one to two changes in its right side."""
    for _ in range(source.choice((1, 1, 2))):
        terms = list(claim.right.terms)
        place = source.randrange(len(terms))
        names = [*claim.scope.names, *claim.right.indices]
        terms[place] = _term(terms[place], names, source)
        if source.random() < 0.04:
            terms.append(terms[place])
        claim = replace(claim, right=replace(claim.right, terms=tuple(terms)))
    return claim


def _term(term: Term, names: Sequence[str], source: random.Random) -> Term:
    names = [*names, *(r.name for r in term.sums)]
    choices = ["read"] * 4 + ["where"] * 2 * bool(term.where) + ["sum"] * 2 * bool(term.sums)
    match source.choice([*choices, "coefficient", "condition"]):
        case "read" if term.reads:
            place = source.randrange(len(term.reads))
            read = term.reads[place]
            if not read.at:
                return term
            axis = source.randrange(len(read.at))
            at = list(read.at)
            at[axis] = _index(at[axis], names, source)
            if source.random() < 0.1:
                source.shuffle(at)
            reads = list(term.reads)
            reads[place] = replace(read, at=tuple(at))
            return replace(term, reads=tuple(reads))
        case "where":
            where = list(term.where)
            place = source.randrange(len(where))
            if source.random() < 0.3:
                del where[place]
            else:
                old = where[place]
                where[place] = replace(old, left=_index(old.left, names, source))
            return replace(term, where=tuple(where))
        case "sum":
            sums = list(term.sums)
            place = source.randrange(len(sums))
            shift = source.choice((-1, 1))
            end = source.choice(("start", "stop"))
            sums[place] = replace(sums[place], **{end: add(getattr(sums[place], end), shift)})
            return replace(term, sums=tuple(sums))
        case "coefficient":
            return replace(term, coefficient=term.coefficient * source.choice((-1, Fraction(1, 2))))
        case "condition":
            one, other = (Symbol(source.choice(names)) for _ in range(2))
            relation = source.choice(("<=", "<", "!="))
            return replace(term, where=(*term.where, Condition(one, relation, other)))
    return term


def _index(index: Index, names: Sequence[str], source: random.Random) -> Index:
    """One change somewhere inside an index."""
    parts = list(children(index))
    if parts and source.random() < 0.6:
        place = source.randrange(len(parts))
        fixed = isinstance(index, FloorDiv | Mod) and place == 1
        parts[place] = source.randint(1, 3) if fixed else _index(parts[place], names, source)
        return rebuild(index, parts)
    match source.randrange(6):
        case 0 | 1:
            return add(index, source.choice((-1, 1)))
        case 2:
            return Product((-1, index))
        case 3:
            return Symbol(source.choice(names))
        case 4:
            return Product((2, index))
    return add(index, Symbol(source.choice(names)))


def small_sizes(claim: Claim, most: int, source: random.Random) -> Iterator[dict[str, int]]:
    """Small sizes in scope, a drawn part of them where there are many."""
    spans = [range(p.least, p.least + 4) for p in claim.scope.parameters]
    points = list(itertools.product(*spans))
    source.shuffle(points)
    found = 0
    for point in points:
        sizes = dict(zip(claim.scope.names, point, strict=True))
        if meets(claim, sizes):
            yield sizes
            found += 1
        if found == most:
            return


def brute(claim: Claim, most: int, source: random.Random) -> bool:
    """Whether the sides agree at all of up to `most` small sizes."""
    return all(differ(claim, sizes, draws=1) is None for sizes in small_sizes(claim, most, source))
