"""Summation unsaid: an index that stands twice in a product, and not on the left, is summed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.trees import (
    Add,
    Bound,
    Cases,
    Node,
    Partial,
    Power,
    Ref,
    Summed,
    parts,
)


def implied(node: Node, bound: set[str], words: Lexicon, notes: list[str]) -> Node:
    """The expression with the sums that its author left unsaid."""
    if isinstance(node, Add):
        terms = tuple((sign, implied(term, bound, words, notes)) for sign, term in node.terms)
        return replace(node, terms=terms)
    counted = _count(node, words)
    letters = [name for name, times in counted.items() if times > 1 and name not in bound]
    if not letters:
        return node
    notes += [f"{name} stands twice and is summed" for name in letters]
    return Summed(tuple(Bound(name, None, None, node.at) for name in letters), (), node, node.at)


def _count(node: Node, words: Lexicon) -> Counter[str]:
    """How often each letter stands below a tensor, in one product."""
    match node:
        case Add(terms):
            return _most([_count(term, words) for _, term in terms])
        case Cases(rows):
            return _most([_count(value, words) for value, _ in rows])
        case Power(base, exponent):
            once = _count(base, words)
            return Counter({name: times * exponent for name, times in once.items()})
        case Ref(_, items):
            return _below(items or (), words)
        case Partial(top, bottom):
            found = _below(bottom.items or (), words)
            return found if top is None else found + _below(top.items or (), words)
        case Summed(bounds, _, body):
            own = {b.letter for b in bounds}
            inside = _count(body, words)
            return Counter({name: times for name, times in inside.items() if name not in own})
    total: Counter[str] = Counter()
    for part in parts(node):
        total += _count(part, words)
    return total


def _most(counts: list[Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for counted in counts:
        found |= counted
    return found


def _below(items: tuple[Node, ...], words: Lexicon) -> Counter[str]:
    total: Counter[str] = Counter()
    for item in items:
        total.update(_letters(item, words))
    return total


def _letters(node: Node, words: Lexicon) -> list[str]:
    if isinstance(node, Ref):
        return [] if node.name in words.sizes or node.items is not None else [node.name]
    return [name for part in parts(node) for name in _letters(part, words)]
