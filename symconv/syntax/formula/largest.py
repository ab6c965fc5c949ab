r"""The largest of some elements: ``\max_{0 \le k < K} x_{So+k}``, ``\max(x_{2o}, x_{2o+1})``.

A maximum is the sum of its elements with a mask that is 1 at the first largest one.  Where the
operation has that mask already, it is used, so that equal windows are equal for all sizes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from symconv.index import Index, Symbol, add, minus, simplify, substitute, tidy
from symconv.terms import Range, Read, Selection, Shape
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """What is written: a read that moves with letters, each over its range, at a position."""

    read: Read
    letters: tuple[Range, ...]
    place: tuple[Index, ...]


def masked(
    window: Window, known: Sequence[Selection], ranges: tuple[Range, ...], name: str, shape: Shape
) -> tuple[Selection, tuple[Read, ...], tuple[Range, ...]] | None:
    """The mask, the reads whose product is summed, and the ranges; None where none can be made."""
    for mask in known:
        if mask.read.tensor == window.read.tensor and _same(window, mask):
            sums = mask.window
            at = (*window.place, *(Symbol(r.name) for r in sums))
            names = _names(mask, window.place)
            read = Read(mask.read.tensor, tuple(substitute(i, names) for i in mask.read.at))
            return mask, (Read(mask.name, at), read), sums
    if any(not isinstance(i, Symbol) for i in window.place) or len(ranges) != len(window.place):
        return None
    own = tuple(Range(r.name, tidy(add(r.stop, minus(r.start)))) for r in window.letters)
    moved: dict[str, Index] = {
        r.name: tidy(add(Symbol(r.name), r.start)) for r in window.letters if r.start != 0
    }
    read = Read(window.read.tensor, tuple(substitute(i, moved) for i in window.read.at))
    mask = Selection(name, ranges, own, read, ((read.tensor, shape),))
    at = (*window.place, *(Symbol(r.name) for r in own))
    return mask, (Read(name, at), read), own


def _names(mask: Selection, place: tuple[Index, ...]) -> dict[str, Index]:
    return dict(zip((r.name for r in mask.ranges), place, strict=True))


def _same(window: Window, mask: Selection) -> bool:
    """Whether the window reads just what the mask looks at, in whatever order."""
    if len(window.letters) != len(mask.window) or len(window.place) != len(mask.ranges):
        return False
    names = _names(mask, window.place)
    wanted = [substitute(i, names) for i in mask.read.at]
    return any(
        all(simplify(add(a, minus(b))) == 0 for a, b in zip(wanted, _moved(window, o), strict=True))
        for o in _orders(window, mask)
    )


def _orders(window: Window, mask: Selection) -> Iterator[dict[str, Index]]:
    """The written letters as those of the mask, from either end, where their counts agree."""
    for order in itertools.permutations(mask.window):
        pairs = list(zip(window.letters, order, strict=True))
        if all(simplify(add(a.stop, minus(a.start), minus(b.size))) == 0 for a, b in pairs):
            for turned in itertools.product((False, True), repeat=len(pairs)):
                yield {
                    a.name: tidy(add(a.last, b.start, minus(Symbol(b.name))))
                    if back
                    else tidy(add(Symbol(b.name), minus(b.start), a.start))
                    for (a, b), back in zip(pairs, turned, strict=True)
                }


def _moved(window: Window, names: dict[str, Index]) -> list[Index]:
    return [substitute(i, names) for i in window.read.at]


def stepped(positions: Sequence[tuple[Index, ...]], letter: str) -> tuple[Index, ...] | None:
    """The position of the n-th of several elements in equal steps; None for others."""
    steps = {
        tuple(simplify(add(q, minus(p))) for p, q in zip(a, b, strict=True))
        for a, b in itertools.pairwise(positions)
    }
    if len(steps) != 1:
        return None
    (step,) = steps
    if not any(step) or not all(isinstance(s, int) for s in step):
        return None
    return tuple(
        tidy(add(p, *([Symbol(letter)] * s if isinstance(s, int) and s > 0 else _back(letter, s))))
        for p, s in zip(positions[0], step, strict=True)
    )


def _back(letter: str, step: Index) -> list[Index]:
    count = -step if isinstance(step, int) else 0
    return [minus(Symbol(letter))] * count
