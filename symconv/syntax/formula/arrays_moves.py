"""One whole array moved: flipped, padded, cropped, dilated, summed, numbered row by row."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    simplify,
    tidy,
)
from symconv.syntax.formula.arrays import Amounts, Array, Fresh, Position, plus, sub
from symconv.syntax.formula.arrays_pieces import products
from symconv.syntax.formula.pieces import Piece, multiplied
from symconv.syntax.formula.scalars import Env
from symconv.terms import (
    Range,
    Shape,
)


def flipped(a: Array, axes: Sequence[int]) -> Array:
    """``a[n - 1 - i]`` on some axes."""

    def at(position: Position, env: Env) -> list[Piece]:
        turned = list(position)
        for axis in axes:
            turned[axis] = sub(a.shape[axis], 1, position[axis])
        return a.at(tuple(turned), env)

    return Array(a.shape, at, a.zero, lead=a.lead)


def reordered(a: Array, order: Sequence[int], split: int = 0) -> Array:
    """The axes in another order: `order` lists the axes of `a`."""

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        for place, axis in enumerate(order):
            own[axis] = position[place]
        return a.at(tuple(own), env)

    cells = None
    if a.cells is not None:
        cells = {tuple(key[axis] for axis in order): v for key, v in a.cells.items()}
    return Array(tuple(a.shape[axis] for axis in order), at, a.zero, cells, split)


def transposed(a: Array) -> Array:
    """Rows and columns exchanged; a vector becomes a row."""
    if a.rank == 1:
        return as_row(a)
    rows = a.split or 1
    return reordered(a, (*range(rows, a.rank), *range(rows)), a.rank - rows if a.split else 0)


def as_row(a: Array) -> Array:
    """A vector as a matrix of one row."""
    cells = None if a.cells is None else {(0, *key): v for key, v in a.cells.items()}

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at(position[1:], env)

    return Array((1, *a.shape), at, False, cells)


def squeezed(a: Array, rank: int) -> Array:
    """Without its axes of size 1, where it has too many."""
    drop = [n for n, size in enumerate(a.shape) if size == 1][: max(0, a.rank - rank)]
    if not drop or a.split:
        return a
    keep = [n for n in range(a.rank) if n not in drop]

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        for place, axis in enumerate(keep):
            own[axis] = position[place]
        return a.read(tuple(own), env)

    cells = None
    if a.cells is not None:
        cells = {tuple(key[axis] for axis in keep): v for key, v in a.cells.items()}
    return Array(tuple(a.shape[axis] for axis in keep), at, a.zero, cells)


def fixed(a: Array, front: Position) -> Array:
    """The image at given batch and channels."""

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at((*front, *position), env)

    return Array(a.shape[len(front) :], at, a.zero)


def everywhere(a: Array, other: Array) -> Array:
    """A number at every position of another array."""
    return Array(other.shape, lambda _, env: a.at((), env), lead=other.lead)


def broadcast(a: Array, other: Array) -> Array:
    """What has batch or channels only, at every row and column of another array."""
    if not a.lead or a.rank != len(a.lead) or a.rank == other.rank:
        return a
    places = [other.lead.index(name) for name in a.lead if name in other.lead]
    if len(places) != a.rank:
        return a

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at(tuple(position[n] for n in places), env)

    return Array(other.shape, at, lead=other.lead)


def padded(a: Array, amounts: Amounts) -> Array:
    """Zeros before and after; `amounts` by axis."""
    shape = tuple(plus(n, *pair) for n, pair in zip(a.shape, amounts, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        pairs = zip(position, amounts, strict=True)
        return a.read(tuple(sub(i, before) for i, (before, _) in pairs), env)

    return Array(shape, at, True, lead=a.lead)


def cropped(a: Array, amounts: Amounts) -> Array:
    """Without some cells before and after; `amounts` by axis."""
    shape = tuple(sub(n, *pair) for n, pair in zip(a.shape, amounts, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        pairs = zip(position, amounts, strict=True)
        return a.at(tuple(plus(i, before) for i, (before, _) in pairs), env)

    return Array(shape, at, lead=a.lead)


def dilated(a: Array, steps: Sequence[Index], new: Fresh) -> Array:
    """``a[i/s]`` where s divides i, else 0: s - 1 zeros between the elements."""
    shape = tuple(plus(Product((sub(n, 1), s)), 1) for n, s in zip(a.shape, steps, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = []
        frame = Piece()
        for i, s, n in zip(position, steps, a.shape, strict=True):
            if s == 1:
                own.append(i)
            elif isinstance(i, int) and isinstance(s, int):
                if i % s:
                    return []
                own.append(i // s)
            else:
                name = new("j")
                own.append(Symbol(name))
                tie = Condition(i, "==", tidy(Product((s, Symbol(name)))))
                frame = multiplied(frame, Piece(sums=(Range(name, n),), where=(tie,)))
        return products([frame], a.read(tuple(own), env))

    return Array(shape, at, True, lead=a.lead)


def summed(a: Array, axes: Sequence[int], new: Fresh) -> Array:
    """The sum over some axes."""
    keep = [n for n in range(a.rank) if n not in axes]

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        sums = []
        for place, axis in enumerate(keep):
            own[axis] = position[place]
        for axis in axes:
            name = new("s")
            own[axis] = Symbol(name)
            sums.append(Range(name, a.shape[axis]))
        return products([Piece(sums=tuple(sums))], a.at(tuple(own), env))

    return Array(tuple(a.shape[axis] for axis in keep), at, a.zero)


def flattened(a: Array) -> Array:
    """Row by row, as one axis."""
    if a.rank == 1 or a.split:
        return a
    size = simplify(Product(tuple(a.shape)))

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at(unravelled(position[0], a.shape), env)

    return Array((size,), at, origin=a)


def unravelled(index: Index, shape: Shape) -> Position:
    """The position of the index-th cell, row by row."""
    found: list[Index] = []
    for size in reversed(shape[1:]):
        found.insert(0, tidy(Mod(index, size)))
        index = tidy(FloorDiv(index, size))
    return (index, *found)
