"""Whole arrays as values: a shape, and the pieces at a position, so that operations compose.

    full(x, w)[i] = Σ_k x[i - k] · w[k]     rot180(w)[k] = w[K - 1 - k]

Nothing is computed: an operation makes a new function of the position.  A read outside an array
contributes nothing; where that does not follow from what is read, conditions say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from symconv.index import (
    Condition,
    Index,
    add,
    minus,
    same,
    simplify,
)
from symconv.syntax.formula.arrays_pieces import decided
from symconv.syntax.formula.pieces import Piece, multiplied
from symconv.syntax.formula.scalars import Env
from symconv.terms import (
    Shape,
    in_range,
)
from symconv.values import dataclass

Position: TypeAlias = tuple[Index, ...]
At: TypeAlias = Callable[[Position, Env], list[Piece]]
Cells: TypeAlias = Mapping[tuple[int, ...], list[Piece]]
Fresh: TypeAlias = Callable[[str], str]
Amounts: TypeAlias = Sequence[tuple[Index, Index]]


@dataclass(frozen=True, slots=True)
class Array:
    """A shape and the pieces at each position.

    `zero` says that the pieces outside the shape are 0 without further conditions; `cells` are
    the entries of what is written out; `split` is the number of axes that make the rows of a
    matrix whose rows or columns are images (0 for all else); `origin` is what was numbered row by
    row; `lead` names the axes in front that are batch (N), channels in (I) and out (O).
    """

    shape: Shape
    at: At
    zero: bool = False
    cells: Cells | None = None
    split: int = 0
    origin: Array | None = None
    lead: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def read(self, position: Position, env: Env) -> list[Piece]:
        """The pieces at any position, none outside."""
        if self.zero:
            return self.at(position, env)
        where: list[Condition] = []
        for index, size in zip(position, self.shape, strict=True):
            for condition in in_range(simplify(index), simplify(size)):
                holds = decided(condition)
                if holds is False:
                    return []
                where += [] if holds else [condition]
        return [multiplied(Piece(where=tuple(where)), p) for p in self.at(position, env)]


def sub(*values: Index) -> Index:
    """``a - b - …``, like terms collected."""
    return simplify(add(values[0], *(minus(v) for v in values[1:])))


def plus(*values: Index) -> Index:
    """``a + b + …``, like terms collected."""
    return simplify(add(*values))


def fits(a: Shape, b: Shape) -> bool:
    """Whether two shapes are plainly the same."""
    return len(a) == len(b) and all(same(p, q) for p, q in zip(a, b, strict=True))
