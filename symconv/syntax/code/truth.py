"""Conditions on sizes and indices: and, or, not, in pieces of which no two hold at once."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.index import Condition, Index, Product
from symconv.syntax.code.facts import canon, canonical, negated
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Pieces, Ratio, Truth, Whole

MOST_PIECES = 8
ROUGH = "floating point may round this number before it is used"


def parts(value: Whole | Ratio) -> tuple[Index, Index]:
    """Top and bottom."""
    return (value.value, 1) if isinstance(value, Whole) else (value.top, value.bottom)


def product(left: Index, right: Index) -> Index:
    """``left·right`` without ones."""
    return right if left == 1 else left if right == 1 else Product((left, right))


def compared(sign: str, left: Whole | Ratio, right: Whole | Ratio) -> Truth:
    """A comparison of sizes."""
    if any(isinstance(side, Ratio) and side.rough for side in (left, right)):
        raise CodeError(ROUGH)
    a, b = parts(left)
    c, d = parts(right)
    return Truth(((Condition(canon(product(a, d)), sign, canon(product(c, b))),),))


def both(left: Truth, right: Truth) -> Truth:
    """``left and right``."""
    return _bounded(_joined(left.pieces, right.pieces))


def opposite(value: Truth) -> Truth:
    """``not value``, in pieces of which no two hold at once."""
    found: Pieces = ((),)
    for piece in value.pieces:
        parts: list[tuple[Condition, ...]] = [
            (*piece[:place], negated(condition)) for place, condition in enumerate(piece)
        ]
        found = _joined(found, parts)
    return _bounded(found)


def _joined(left: Pieces, right: Iterable[tuple[Condition, ...]]) -> Pieces:
    """Every piece of one with every piece of the other, but those that contradict themselves."""
    found = []
    for a in left:
        for b in right:
            kept = {canonical(c): c for c in (*a, *b)}
            if not any(canonical(negated(c)) in kept for c in kept.values()):
                found.append(tuple(kept.values()))
    return tuple(found)


def either(left: Truth, right: Truth) -> Truth:
    """``left or right``."""
    return _bounded((*left.pieces, *both(opposite(left), right).pieces))


def _bounded(pieces: Pieces) -> Truth:
    if len(pieces) > MOST_PIECES:
        raise CodeError("this condition has too many cases to be read")
    return Truth(pieces)
