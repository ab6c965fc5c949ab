"""``a_{2o+k} += g_o w_k``: what is added where, as a sum over every letter."""

from __future__ import annotations

from dataclasses import replace

from symconv.syntax.formula.source import Source
from symconv.syntax.formula.trees import (
    Bound,
    Node,
    Partial,
    Ref,
    Relation,
    Summed,
    parts,
)
from symconv.syntax.formula.values import Values
from symconv.terms import fresh


def scattered(left: Node, right: Node, values: Values, source: Source) -> tuple[Node, Node]:
    """The two sides of the equation that ``left += right`` amounts to, starting from 0.

    A letter alone on the left stays an output; a position gets an output letter of its own, and
    every other free letter is summed over where the position is that letter.
    """
    ref = left.bottom if isinstance(left, Partial) and left.top is None else left
    if not isinstance(ref, Ref) or not ref.items:
        raise source.error(left.at, "+= needs a tensor at a position on its left")
    free = dict.fromkeys(free_letters(right, values))
    taken = {*free, *values.scalars.lexicon.sizes, *values.scalars.lexicon.shapes}
    items: list[Node] = []
    ties: list[Relation] = []
    kept: set[str] = set()
    for item in values.split(ref.items, len(values.view(_plain(ref, left)).letters)):
        letters = dict.fromkeys(free_letters(item, values))
        bare = isinstance(item, Ref) and item.name in letters and item.name not in kept
        if bare or not letters:
            items.append(item)
            kept |= set(letters)
            continue
        name = fresh("i", taken | kept | set(letters))
        taken.add(name)
        free |= letters
        place = Ref(name, None, "", item.at)
        items.append(place)
        ties.append(Relation(item, "==", place, item.at))
    bounds = tuple(Bound(name, None, None, right.at) for name in free if name not in kept)
    if bounds or ties:
        right = Summed(bounds, tuple(ties), right, right.at)
    ref = replace(ref, items=tuple(items))
    return (replace(left, bottom=ref) if isinstance(left, Partial) else ref), right


def _plain(ref: Ref, left: Node) -> Ref:
    return replace(ref, gradient=ref.gradient and not isinstance(left, Partial))


def free_letters(node: Node, values: Values) -> list[str]:
    """The letters of an expression that are no sizes, tensors or binders of a sum, in order."""
    lexicon = values.scalars.lexicon
    if isinstance(node, Ref) and node.items is None:
        known = node.name in lexicon.sizes or lexicon.is_tensor(node)
        return [] if known else [node.name]
    found = [name for part in parts(node) for name in free_letters(part, values)]
    if isinstance(node, Summed):
        ends = [n for b in node.bounds for n in (b.first, b.last) if n is not None]
        found += [name for end in ends for name in free_letters(end, values)]
        own = {bound.letter for bound in node.bounds}
        return [name for name in found if name not in own]
    return found
