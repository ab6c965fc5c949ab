"""Pieces of a product: put together with names of their own, and settled where they can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symconv.index import (
    RELATIONS,
    Condition,
    Index,
    Symbol,
    add,
    coefficient,
    minus,
    simplify,
    substitute,
    substitute_condition,
    symbols,
)
from symconv.syntax.formula.pieces import Piece, multiplied
from symconv.syntax.formula.source import MOST_FACTORS, MOST_PIECES
from symconv.terms import (
    fresh,
    substitute_range,
    substitute_read,
)

MOST_CELLS = 20_000


class TooLarge(Exception):
    """More terms or entries than a person writes."""


def decided(condition: Condition) -> bool | None:
    """Whether a condition on numbers holds, None where it is open."""
    left, right = condition.left, condition.right
    if isinstance(left, int) and isinstance(right, int):
        return bool(RELATIONS[condition.relation](left, right))
    return None


def products(*parts: list[Piece]) -> list[Piece]:
    """Every piece with every other."""
    found = [Piece()]
    for part in parts:
        if len(found) * len(part) > MOST_PIECES:
            raise TooLarge(f"at most {MOST_PIECES} terms")
        found = [multiplied(a, apart(b, a)) for a in found for b in part]
    if any(len(p.reads) > MOST_FACTORS or len(p.sums) > MOST_FACTORS for p in found):
        raise TooLarge(f"at most {MOST_FACTORS} factors")
    return found


def apart(piece: Piece, other: Piece) -> Piece:
    """The piece with binders that the other does not have."""
    used = {*(r.name for r in other.sums), *other.open}
    own = [*(r.name for r in piece.sums), *piece.open]
    if not used.intersection(own):
        return piece
    taken = {*used, *own}
    names: dict[str, str] = {}
    for name in own:
        if name in used:
            names[name] = fresh(name, taken)
            taken.add(names[name])
    return renamed(piece, names)


def renamed(piece: Piece, names: Mapping[str, str]) -> Piece:
    """The piece with some of its binders called otherwise."""
    made = put_in(piece, {old: Symbol(new) for old, new in names.items()})
    sums = tuple(replace(r, name=names.get(r.name, r.name)) for r in made.sums)
    return replace(made, sums=sums, open=tuple(names.get(n, n) for n in piece.open))


def put_in(piece: Piece, values: Mapping[str, Index]) -> Piece:
    """The piece with indices put in for symbols; binders keep their names."""
    return replace(
        piece,
        reads=tuple(substitute_read(r, values) for r in piece.reads),
        sums=tuple(substitute_range(r, values) for r in piece.sums),
        where=tuple(substitute_condition(c, values) for c in piece.where),
        divisors=tuple(substitute(d, values) for d in piece.divisors),
        whole=tuple(substitute_condition(c, values) for c in piece.whole),
    )


def settled(piece: Piece) -> Piece | None:
    """The piece without sums of one value and conditions that hold; None where it is 0.

    A sum whose index is tied to a number, ``k + 1 == 3``, is that number or nothing.
    """
    changed = True
    while changed:
        changed = False
        where: list[Condition] = []
        for condition in piece.where:
            holds = decided(
                Condition(simplify(condition.left), condition.relation, simplify(condition.right))
            )
            if holds is False:
                return None
            where += [] if holds else [condition]
        piece = replace(piece, where=tuple(where))
        for item in piece.sums:
            value = _tied(piece, item.name)
            if value is None or not isinstance(item.start, int) or not isinstance(item.stop, int):
                continue
            if not item.start <= value < item.stop:
                return None
            rest = tuple(r for r in piece.sums if r.name != item.name)
            piece = put_in(replace(piece, sums=rest), {item.name: value})
            changed = True
            break
    return piece


def _tied(piece: Piece, name: str) -> int | None:
    """The number that a condition says an index is."""
    for condition in piece.where:
        if condition.relation != "==" or symbols(condition) != {name}:
            continue
        parts = coefficient(add(condition.left, minus(condition.right)), name)
        if parts is not None and parts[0] in (1, -1) and isinstance(parts[1], int):
            return -parts[1] if parts[0] == 1 else parts[1]
    return None


def scaled(pieces: list[Piece], by: Fraction | int) -> list[Piece]:
    """The pieces times a number."""
    return [replace(p, coefficient=p.coefficient * by) for p in pieces]
