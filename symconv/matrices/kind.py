"""What kind of matrix it is, decided from its entries: Toeplitz, circulant, in blocks, or none.

A matrix whose rows and columns stand for pictures has a level for each spatial axis.  It is
Toeplitz on a level where moving one step along that axis in the output *and* in the input leads
to the same entry, ``A[o + 1, i + 1] = A[o, i]``, whatever the other indices are; circulant where
the step may wrap around; Hankel where ``A[o + 1, i - 1] = A[o, i]``.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from symconv.matrices.cells import Cells
from symconv.matrices.maps import LinearMap
from symconv.matrices.sides import Ints
from symconv.values import dataclass

Shape: TypeAlias = tuple[int, ...]

LEVELS = {1: "", 2: "doubly-block-", 3: "triply-block-"}
"""The prefix for a matrix that is Toeplitz on one, two, three levels."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A name and how strong it is: 2 for the whole or each channel block, 1 for a part, 0 for none.

    `blocks` is the grid of outer blocks that the name speaks of, ``(1, 1)`` for the whole matrix.
    """

    name: str
    strength: int
    blocks: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class _Level:
    """One axis of the outputs beside one of the inputs: sizes, and what a step is worth flat."""

    row_size: int
    row_step: int
    column_size: int
    column_step: int

    @property
    def trivial(self) -> bool:
        return self.row_size == 1 and self.column_size == 1

    @property
    def vacuous(self) -> bool:
        """Whether no diagonal is longer than one."""
        return min(self.row_size, self.column_size) == 1


def classify(map: LinearMap) -> Kind:
    """The strongest name that the entries bear out.

    The whole matrix first; then blocks for the leading axes (batch, channels), a level for each
    spatial axis.  A circulant matrix is Toeplitz too; one row or one column is always Toeplitz.
    """
    whole = _Level(map.shape[0], 1, map.shape[1], 1)
    for family in ("circulant", "Toeplitz"):
        if _invariant(map.cells, map.shape[1], whole, family):
            return Kind(family, 2)
    lead, levels = _levels(map)
    found = _in_blocks(map, lead, levels, ("circulant", "Toeplitz"))
    if found.strength < 2:
        hankel = _hankel(map, whole, lead, levels)
        found = max(found, hankel, key=lambda kind: kind.strength)
    return found


def _hankel(map: LinearMap, whole: _Level, lead: tuple[int, int], levels: list[_Level]) -> Kind:
    if _invariant(map.cells, map.shape[1], whole, "Hankel"):
        return Kind("Hankel", 2)
    return _in_blocks(map, lead, levels, ("Hankel",))


def _in_blocks(
    map: LinearMap, lead: tuple[int, int], levels: list[_Level], families: tuple[str, ...]
) -> Kind:
    """The name with blocks: the leading axes and the failing levels before the first that holds."""
    held = [
        next((f for f in families if _invariant(map.cells, map.shape[1], level, f)), "")
        for level in levels
    ]
    start = next((n for n, family in enumerate(held) if family), len(held))
    inner, families_held = levels[start:], held[start:]
    rows = lead[0] * math.prod(level.row_size for level in levels[:start])
    columns = lead[1] * math.prod(level.column_size for level in levels[:start])
    suffix = " blocks" if (rows, columns) != (1, 1) else ""
    if inner and all(families_held) and not all(level.vacuous for level in inner):
        family = families[0] if set(families_held) == {families[0]} else families[-1]
        strength = 2 if start == 0 else 1
        return Kind(f"{LEVELS[len(inner)]}{family}{suffix}", strength, (rows, columns))
    if len(inner) > 1 and not inner[0].vacuous:
        return Kind(f"block-{families_held[0]}{suffix}", 1, (rows, columns))
    return Kind("none", 0)


def _levels(map: LinearMap) -> tuple[tuple[int, int], list[_Level]]:
    """How many outer blocks there are, and the levels inside them, outermost first."""
    depth = paired_axes(map)
    cut = len(map.row.shape) - depth, len(map.column.shape) - depth
    lead = math.prod(map.row.shape[: cut[0]]), math.prod(map.column.shape[: cut[1]])
    row, column = map.row.shape[cut[0] :], map.column.shape[cut[1] :]
    levels = [
        _Level(row[n], math.prod(row[n + 1 :]), column[n], math.prod(column[n + 1 :]))
        for n in range(depth)
    ]
    return lead, [level for level in levels if not level.trivial]


def paired_axes(map: LinearMap) -> int:
    """How many trailing axes of the outputs and of the inputs belong together."""
    geometry = map.origin.node.geometry
    rank = geometry.rank if geometry is not None else 3
    return min(rank, 3, len(map.row.shape), len(map.column.shape))


def _invariant(cells: Cells, columns: int, level: _Level, family: str) -> bool:
    """Whether the step along a level leads every entry (zeros too) to an equal one."""
    o = cells.rows // level.row_step % level.row_size
    i = cells.cols // level.column_step % level.column_size
    down, right = level.row_step * columns, level.column_step
    key = cells.rows * columns + cells.cols
    if family == "circulant":
        if level.row_size != level.column_size:
            return False
        turned = key + np.where(o + 1 < level.row_size, down, down * (1 - level.row_size))
        turned += np.where(i + 1 < level.column_size, right, right * (1 - level.column_size))
        return _same(turned, cells.which, key, cells.which)
    if family == "Hankel":
        leaves, arrives = (o + 1 < level.row_size) & (i > 0), (o > 0) & (i + 1 < level.column_size)
        step = down - right
    else:
        leaves, arrives = (o + 1 < level.row_size) & (i + 1 < level.column_size), (o > 0) & (i > 0)
        step = down + right
    return _same(key[leaves] + step, cells.which[leaves], key[arrives], cells.which[arrives])


def _same(key: Ints, value: Ints, other_key: Ints, other_value: Ints) -> bool:
    """Whether two sets of cells hold the same values at the same places."""
    if len(key) != len(other_key):
        return False
    order, other = np.argsort(key), np.argsort(other_key)
    return bool(
        np.array_equal(key[order], other_key[other])
        and np.array_equal(value[order], other_value[other])
    )
