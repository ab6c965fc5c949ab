r"""Ranges said as inequalities behind a formula: ``0 \le o < O`` is ``o = 0, …, O-1``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from symconv.syntax.formula.trees import Add, Chain, Node, Number, Ref, Relation, Stated

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def ranged(chain: Chain, sizes: Collection[str]) -> Chain:
    """The chain with each letter that is bounded from both sides as a stated range.

    One bound is enough behind "for all"; elsewhere, and in a longer expression, it stays a
    condition.
    """
    every = {s.letter for s in chain.stated if s.first is s.last is None}
    stated, left = list(chain.stated), list(chain.where)
    for letter in dict.fromkeys(_letter(side, sizes) for r in chain.where for side in _sides(r)):
        below = _bound(letter, (">", ">="), left, sizes)
        above = _bound(letter, ("<", "<="), left, sizes)
        found = [r for r in (below, above) if r is not None]
        if not letter or not found or (len(found) == 1 and letter not in every):
            continue
        first = _end(letter, below, 1) if below else None
        last = _end(letter, above, -1) if above else None
        left = [r for r in left if r not in found]
        stated = [s for s in stated if s.letter != letter or s.first or s.last]
        stated.append(Stated(letter, first, last, found[0].at))
    return replace(chain, stated=tuple(stated), where=tuple(left))


def _sides(r: Relation) -> tuple[Node, Node]:
    return r.left, r.right


def _letter(node: Node, sizes: Collection[str]) -> str:
    """The name of a letter that stands alone, or ""."""
    plain = isinstance(node, Ref) and node.items is None and not node.label and not node.gradient
    return node.name if plain and node.name not in sizes else ""  # type: ignore[union-attr]


def _bound(
    letter: str, signs: tuple[str, str], relations: list[Relation], sizes: Collection[str]
) -> Relation | None:
    """The first relation that bounds the letter on that side by an expression of sizes."""
    for r in relations:
        turned = _letter(r.right, sizes) == letter
        if not turned and _letter(r.left, sizes) != letter:
            continue
        sign = TURNED.get(r.sign, "") if turned else r.sign
        if sign in signs:
            return r
    return None


def _end(letter: str, r: Relation, inward: int) -> Node:
    """The last value inside: a strict bound moves it by one."""
    turned = isinstance(r.right, Ref) and r.right.name == letter and r.right.items is None
    value, sign = (r.left, TURNED[r.sign]) if turned else (r.right, r.sign)
    if sign in ("<=", ">="):
        return value
    return Add(((1, value), (inward, Number(Fraction(1), r.at))), r.at)
