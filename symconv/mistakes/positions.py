"""Positions taken apart: which index moves a read, by how much, and what is left.

S*o + D*k - P      moved by o (S to a step) and by k (D to a step), with -P left
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Symbol,
    add,
    children,
    from_polynomial,
    minus,
    polynomial,
    rebuild,
    symbols,
    tidy,
)
from symconv.index import text as index_text
from symconv.terms import Form, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Mover:
    """An index (or a part of one, ``l // W``), what it is multiplied by, whose it is."""

    atom: Index
    by: Index
    kernel: bool


@dataclass(frozen=True, slots=True)
class Position:
    """``Σ by·atom + rest`` on a spatial axis."""

    movers: tuple[Mover, ...]
    rest: Index
    axis: int

    def index(self) -> Index:
        """The index again."""
        parts = [tidy(Product((m.by, m.atom))) for m in self.movers]
        return tidy(add(*parts, self.rest)) if parts else self.rest

    def scaled(self, kernel: bool, by: Callable[[Mover], Index]) -> Position:
        """The position with other factors at the kernel's indices, or at the others."""
        movers = tuple(replace(m, by=tidy(by(m))) if m.kernel is kernel else m for m in self.movers)
        return replace(self, movers=movers)


Change = Callable[[Position], Position]


@dataclass(frozen=True, slots=True)
class Roles:
    """What the indices of an operation's form are for.

    `data` is the tensor that is read at positions, `first` its first spatial axis; `kernel` are
    the indices that run over the kernel or the window.
    """

    data: str
    first: int
    kernel: frozenset[str]
    every: bool = False


def apart(index: Index, letters: frozenset[str], roles: Roles, axis: int) -> Position | None:
    """The index as a position, or None where two moving parts are multiplied."""
    movers: dict[Index, dict[tuple[Index, ...], int]] = {}
    rest = {}
    for monomial, number in polynomial(index).items():
        moving = [atom for atom in monomial if symbols(atom) & letters]
        if not moving:
            rest[monomial] = number
        elif len(moving) == 1:
            others = list(monomial)
            others.remove(moving[0])
            movers.setdefault(moving[0], {})[tuple(others)] = number
        else:
            return None
    found = tuple(
        Mover(atom, from_polynomial(by), bool(symbols(atom) & roles.kernel))  # type: ignore[arg-type]
        for atom, by in movers.items()
    )
    return Position(found, from_polynomial(rest), axis)


def changed(form: Form, roles: Roles, change: Change) -> Form:
    """The form with every spatial position changed."""
    terms = tuple(_term(form, term, roles, change) for term in form.terms)
    return replace(form, terms=terms)


def _term(form: Form, term: Term, roles: Roles, change: Change) -> Term:
    letters = frozenset({*form.indices, *(r.name for r in term.sums)})
    reads = []
    for read in term.reads:
        at = list(read.at)
        if read.tensor == roles.data or roles.every:
            for axis in range(0 if roles.every else roles.first, len(at)):
                at[axis] = _index(at[axis], letters, roles, axis - roles.first, change)
        reads.append(replace(read, at=tuple(at)))
    where = [
        replace(c, left=_index(c.left, letters, roles, axis, change)) if c.relation == "==" else c
        for axis, c in enumerate(term.where)
    ]
    return replace(term, reads=tuple(reads), where=tuple(where))


def _index(index: Index, letters: frozenset[str], roles: Roles, axis: int, change: Change) -> Index:
    """Change a position, also one that is folded back into its tensor: ``(o + k - 1) % N``."""
    if isinstance(index, int) or not symbols(index) & letters:
        return index
    if isinstance(index, Mod | Min | Max | FloorDiv):
        parts = [_index(part, letters, roles, axis, change) for part in children(index)]
        return tidy(rebuild(index, parts))
    position = apart(index, letters, roles, axis)
    if position is None or isinstance(index, Symbol):
        return index
    new = change(position)
    return index if new == position else new.index()


def unfolded(form: Form) -> Form:
    """The form with ``(o + k - 1) % N`` and mirrored positions read as ``o + k - 1``."""
    terms = []
    for term in form.terms:
        reads = tuple(replace(r, at=tuple(map(_plain, r.at))) for r in term.reads)
        where = tuple(
            replace(c, left=_plain(c.left)) if c.relation == "==" else c for c in term.where
        )
        terms.append(replace(term, reads=reads, where=where))
    return replace(form, terms=tuple(terms))


def _plain(index: Index) -> Index:
    while isinstance(index, Mod | Min | Max):
        inner = [part for part in children(index) if not isinstance(part, int)]
        if not inner:
            return index
        index = inner[0]
    return index


def differences(one: Form, other: Form) -> Iterator[tuple[str, Index, Index]]:
    """Where two forms of one build read differently: the tensor, the one index, the other."""
    for a, b in zip(one.terms, other.terms, strict=False):
        for read, instead in zip(a.reads, b.reads, strict=False):
            for index, new in zip(read.at, instead.at, strict=False):
                if index != new:
                    yield read.tensor, index, new
        for first, second in zip(a.where, b.where, strict=False):
            if isinstance(first, Condition) and first != second:
                yield "", first.left, second.left


_NEGATIVE = re.compile(r"^-(\w+) \+ (\w+)(?=$| [+-])")
"""``-o + k``, which people write as ``k - o``."""


def written(index: Index) -> str:
    """The index as people write it: ``2o + k - P``."""
    text = re.sub(r"(\d)\*([A-Za-z(])", r"\1\2", index_text(index)).replace("*", "·")
    return _NEGATIVE.sub(r"\2 - \1", text)


def factor_of(p: Position, kernel: bool) -> Index:
    """The stride or the dilation of a position, 1 where nothing moves it."""
    return next((m.by for m in p.movers if m.kernel is kernel), 1)


def opposite(index: Index) -> Index:
    """The index with the other sign."""
    return tidy(minus(index))
