"""Which variables become Python loops, and how each axis is then sliced.

Where ``S·o + D·k - P`` holds two variables, the kernel's is looped over and the other becomes a
strided slice of the padded array.  Everything that stands alone goes to ``einsum``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.codegen.bounds import affine, nonnegative, span, upper
from symconv.codegen.folds import Fold, folded
from symconv.codegen.nests import Access, Nest
from symconv.index import (
    Index,
    Max,
    add,
    minus,
    simplify,
    substitute,
    symbols,
)
from symconv.reindex import sign_of
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of an array: where it is read once it carries its padding."""

    at: Index
    size: Index
    before: Index = 0
    after: Index = 0
    fold: Fold | None = None

    @property
    def padded(self) -> Index:
        """The size with the padding."""
        if self.fold is not None:
            return self.fold.count
        return simplify(add(self.size, self.before, self.after))

    @property
    def plain(self) -> bool:
        """Whether there is no padding."""
        return self.fold is None and self.before == 0 and self.after == 0


@dataclass(frozen=True, slots=True)
class View:
    """An access with its axes; the result's is written to, the others are read."""

    access: Access
    axes: tuple[Axis, ...]

    @property
    def plain(self) -> bool:
        """Whether the array is used as it is."""
        return all(axis.plain for axis in self.axes)


@dataclass(frozen=True, slots=True)
class Plan:
    """A nest with its loops chosen; `vectors` are the variables that stay in slices."""

    nest: Nest
    loops: tuple[str, ...]
    vectors: tuple[str, ...]
    out: View
    reads: tuple[View, ...]

    @property
    def sizes(self) -> dict[str, Index]:
        """The number of values of every variable."""
        return dict(self.nest.ranges)


def plan(
    made: Nest, least: Mapping[str, int], inner: Sequence[str], meaning: Mapping[str, Index]
) -> Plan | None:
    """The loops and slices of a nest; None where some axis is not of that kind.

    `inner` are the names that the forward equations sum over: of two variables in one index, the
    kernel's is one of these.  `meaning` holds the formulas of sizes that the nest calls by name.
    """
    loops = _loops(made, inner)
    if loops is None:
        return None
    ranges = dict(made.ranges)
    vectors = tuple(name for name, _ in made.ranges if name not in loops)
    views = [_view(access, ranges, vectors, least, meaning) for access in made.accesses]
    if any(view is None for view in views):
        return None
    out, *reads = [view for view in views if view is not None]
    written = [name for axis in out.axes for name in vectors if name in symbols(axis.at)]
    if len(set(written)) < len(written):
        return None
    return Plan(made, loops, vectors, out, tuple(reads))


# --- loops --------------------------------------------------------------------------------------


def _loops(made: Nest, inner: Sequence[str]) -> tuple[str, ...] | None:
    """All variables but one of every index that holds several."""
    ranges = dict(made.ranges)
    order = [name for name, _ in made.ranges]
    chosen: list[str] = []
    for access in made.accesses:
        for index in access.at:
            free = [n for n in order if n in symbols(index) and n not in chosen]
            while len(free) > 1:
                name = min(free, key=lambda n: _kernel_first(n, ranges[n], inner))
                free.remove(name)
                chosen.append(name)
    return tuple(name for name in order if name in chosen)


def _kernel_first(name: str, size: Index, inner: Sequence[str]) -> tuple[bool, bool, int]:
    return not name.startswith("k"), name not in inner, size if isinstance(size, int) else 10**9


# --- axes ---------------------------------------------------------------------------------------


def _view(
    access: Access,
    ranges: Mapping[str, Index],
    vectors: Sequence[str],
    least: Mapping[str, int],
    meaning: Mapping[str, Index],
) -> View | None:
    shape = access.shape if access.blocks is None else access.blocks
    axes = [
        _axis(index, size, ranges, least, meaning)
        for index, size in zip(access.at, shape, strict=True)
    ]
    for axis in axes:
        if axis is None or not _is_slice(axis.at, ranges, vectors):
            return None
    return View(access, tuple(axis for axis in axes if axis is not None))


def _is_slice(at: Index, ranges: Mapping[str, Index], vectors: Sequence[str]) -> bool:
    parts = affine(at, ranges)
    if parts is None:
        return False
    here = [name for name in parts[0] if name in vectors]
    return len(here) < 2 and all(sign_of(parts[0][name]) != 0 for name in here)


def _axis(
    index: Index,
    size: Index,
    ranges: Mapping[str, Index],
    least: Mapping[str, int],
    meaning: Mapping[str, Index],
) -> Axis | None:
    ends = span(index, ranges)
    if ends is None:
        found = folded(index, size, ranges)
        return None if found is None else Axis(found[0], size, fold=found[1])
    low, high = ends
    before = _excess(minus(low), least)
    over = upper(substitute(add(high, 1, minus(size)), meaning))
    after = _evened(before, over, index, ranges)
    after = _excess(over, least) if after is None else after
    return Axis(simplify(add(index, before)), size, before, after)


def _excess(amount: Index, least: Mapping[str, int]) -> Index:
    """How far a position may lie outside: the amount where it is positive."""
    amount = simplify(amount)
    if nonnegative(minus(amount), least):
        return 0
    return amount if nonnegative(amount, least) else Max((amount, 0))


def _evened(before: Index, over: Index, index: Index, ranges: Mapping[str, Index]) -> Index | None:
    """As much padding after as before, where only a stride's remainder makes the difference."""
    parts = affine(index, ranges)
    strides = [f for f in (parts[0].values() if parts else ()) if isinstance(f, int)]
    if not isinstance(before, int) or not isinstance(over, int) or not strides:
        return None
    return before if before and over <= before < over + max(strides) else None
