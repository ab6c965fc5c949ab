"""Why a matrix is of its kind, and which setting breaks the pattern: found by trying.

Each setting that differs from its plainest value is changed, the matrix is built again from its
form and classified, and only what that shows is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from symconv.matrices.kind import Kind, classify
from symconv.matrices.maps import LinearMap
from symconv.matrices.settings import Setting, settings
from symconv.matrices.trials import tried
from symconv.matrices.values import value_text
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """What a matrix is and why.

    `name` is "circulant", "Toeplitz", "doubly-block-Toeplitz", "block-Toeplitz" and the like,
    "… blocks" for a grid of `blocks` that are each so, or "none".  `reason` is one sentence.
    """

    name: str
    reason: str
    blocks: tuple[int, int] = (1, 1)

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}" if self.reason else self.name


def kind(map: LinearMap) -> Structure:
    """What kind of matrix it is, from its entries, with the setting that breaks the pattern.

    A circulant matrix is Toeplitz too, and a doubly-block-Toeplitz one is block-Toeplitz; the
    strongest word is given.
    """
    found = classify(map)
    whole = found.strength == 2 and found.blocks == (1, 1)
    parts = (_described(map, found), "" if whole else _broken(map, found))
    return Structure(found.name, "; ".join(part for part in parts if part), found.blocks)


# --- what it is ---------------------------------------------------------------------------------

_PATTERNS = {
    "circulant": "each row is the row above moved one column to the right, and what leaves on the "
    "right comes back on the left",
    "Toeplitz": "each row is the row above moved one column to the right, so every diagonal is "
    "constant",
    "Hankel": "each row is the row above moved one column to the left, so every anti-diagonal is "
    "constant",
}


def _described(map: LinearMap, found: Kind) -> str:
    bare = found.name.removesuffix(" blocks")
    family = next((f for f in _PATTERNS if bare.endswith(f)), "")
    if not family:
        return ""
    if found.blocks != (1, 1):
        return f"each of its {found.blocks[0]}×{found.blocks[1]} blocks is {bare}"
    if bare == family:
        if min(map.shape) == 1 and family != "Hankel":
            return "it has one row or one column, so no diagonal is longer than one entry"
        return _PATTERNS[family]
    anti = "anti-" if family == "Hankel" else ""
    repeat = f"the same blocks repeat along the block {anti}diagonals"
    return repeat if bare == f"block-{family}" else f"{repeat}, and each block is so inside"


# --- what breaks it -----------------------------------------------------------------------------


def _broken(map: LinearMap, found: Kind) -> str:
    """The fewest settings whose change gives the strongest kind, in one clause."""
    known = list(settings(map))
    best: tuple[tuple[Setting, ...], Kind] | None = None
    for count in range(1, len(known) + 1):
        for chosen in itertools.combinations(known, count):
            change = {name: value for s in chosen for name, value in s.change.items()}
            other = tried(map, change, any(s.one_channel for s in chosen))
            if other and _score(other) > _score(best[1] if best else found):
                best = chosen, other
        if best:
            return _told(found, *best)
    return "" if found.strength else _clash(map)


def _score(found: Kind) -> int:
    return 2 * found.strength + (found.blocks == (1, 1))


def _told(found: Kind, chosen: Sequence[Setting], other: Kind) -> str:
    does = " and ".join(setting.does for setting in chosen)
    if not all(setting.one_channel for setting in chosen):
        anti = "anti-" if "Hankel" in other.name else ""
        does += f", so not every {anti}diagonal is constant"
    instead = " and ".join(setting.instead for setting in chosen)
    return f"{does}; with {instead} it would be {other.name}"


def _clash(map: LinearMap) -> str:
    """Two neighbours on a diagonal that differ, where no setting explains it."""
    cells = map.cells
    places = zip(cells.rows.tolist(), cells.cols.tolist(), strict=True)
    entries = dict(zip(places, cells.which.tolist(), strict=True))
    for (row, col), which in entries.items():
        for other in ((row + 1, col + 1), (row - 1, col - 1)):
            inside = 0 <= other[0] < map.shape[0] and 0 <= other[1] < map.shape[1]
            if inside and entries.get(other) != which:
                here, there = _shown(map, which), _shown(map, entries.get(other))
                return f"entry {(row, col)} is {here}, but {other} on the same diagonal is {there}"
    return ""


def _shown(map: LinearMap, which: int | None) -> str:
    return "0" if which is None else value_text(map.cells.values[which], map.cells.letters)
