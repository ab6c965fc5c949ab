"""Arrays written out, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import (
    Condition,
    Index,
    Symbol,
)
from symconv.syntax.formula.arrays import Array, Cells, Position
from symconv.syntax.formula.arrays_pieces import MOST_CELLS, TooLarge, decided
from symconv.syntax.formula.pieces import Piece, multiplied
from symconv.syntax.formula.scalars import Env
from symconv.terms import (
    Form,
    Shape,
    Term,
    substitute_term,
)


def from_cells(cells: Cells, shape: Shape) -> Array:
    """An array by its entries; those that are missing are 0."""

    def at(position: Position, env: Env) -> list[Piece]:
        numbers = tuple(i for i in position if isinstance(i, int))
        if len(numbers) == len(position):
            return list(cells.get(numbers, ()))
        found: list[Piece] = []
        for key, pieces in cells.items():
            where = [Condition(i, "==", n) for i, n in zip(position, key, strict=True) if i != n]
            if any(decided(c) is False for c in where):
                continue
            frame = Piece(where=tuple(where))
            found += [multiplied(frame, piece) for piece in pieces]
        if len(found) > MOST_CELLS:
            raise TooLarge(f"at most {MOST_CELLS} terms")
        return found

    return Array(shape, at, True, cells)


def written_out(a: Array, most: int = MOST_CELLS) -> Array:
    """The same array by its entries, where its sizes are numbers and few."""
    sizes = [size for size in a.shape if isinstance(size, int)]
    if a.cells is not None or len(sizes) != a.rank:
        return a
    keys: list[tuple[int, ...]] = [()]
    for size in sizes:
        keys = [(*key, n) for key in keys for n in range(size)]
        if len(keys) > most:
            return a
    return from_cells({key: a.at(key, {}) for key in keys}, a.shape)


def only(form: Form, letters: Sequence[str], keys: Sequence[tuple[int, ...]]) -> Form:
    """The form at some positions, 0 elsewhere."""
    if len(form.terms) * len(keys) > MOST_CELLS:
        raise TooLarge(f"at most {MOST_CELLS} terms")
    terms: list[Term] = []
    for key in keys:
        where = tuple(
            Condition(Symbol(letter), "==", n) for letter, n in zip(letters, key, strict=True)
        )
        names: dict[str, Index] = dict(zip(letters, key, strict=True))
        for term in form.terms:
            at = substitute_term(term, names)
            holds = [decided(c) for c in at.where]
            if False not in holds:
                kept = tuple(c for c, known in zip(at.where, holds, strict=True) if not known)
                terms.append(replace(at, where=(*kept, *where)))
    return replace(form, terms=tuple(terms))
