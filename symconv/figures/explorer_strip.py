"""The row of the matrix that belongs to a step: a strip of cells, one for each element read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from symconv.figures.grids import Cell, fitting
from symconv.figures.scene import Mark, Rect, Text
from symconv.terms import Read
from symconv.values import dataclass

MOST = 36
"""Up to so many columns the row is drawn."""
SIDE = 24.0
TITLE = "This row of the matrix (an empty cell is 0):"
GAP = 20.0


@dataclass(frozen=True, slots=True)
class Product:
    """One term of an output: its reads and the number in front."""

    reads: tuple[Read, ...]
    number: Fraction


@dataclass(frozen=True, slots=True)
class Strip:
    """The columns stand for the elements of `tensor` in row-major order."""

    tensor: str
    shape: Cell
    names: Mapping[str, Mapping[Cell, str]]
    top: float

    @staticmethod
    def of(
        products: Sequence[Sequence[Product]],
        order: Sequence[str],
        shapes: Mapping[str, Cell],
        names: Mapping[str, Mapping[Cell, str]],
        top: float,
    ) -> Strip | None:
        """The strip of the first tensor, where every product reads it once beside one weight."""
        if not order or math.prod(shapes[order[0]]) > MOST:
            return None
        for product in (p for row in products for p in row):
            among = [r.tensor for r in product.reads].count(order[0])
            if len(product.reads) != 2 or among != 1 or any(r.function for r in product.reads):
                return None
        return Strip(order[0], shapes[order[0]], names, top + 4)

    @property
    def width(self) -> float:
        """How wide the sheet must be."""
        return 16 + SIDE * math.prod(self.shape)

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + GAP + 2 * SIDE + 6

    def base(self) -> list[Mark]:
        """The empty row, and above each column the element that it multiplies."""
        marks: list[Mark] = [
            Text(
                8,
                self.top + 8,
                "This row of the matrix (an empty cell is 0):",
                "muted",
                "start",
                11.0,
                math=False,
            )
        ]
        for column, name in enumerate(self.names[self.tensor].values()):
            x = 8 + SIDE * column
            size = fitting(name, SIDE - 2, 10.0)
            marks.append(Text(x + SIDE / 2, self.top + GAP + 12, name, "muted", size=size))
            marks.append(Rect(x, self.top + GAP + SIDE, SIDE, SIDE, "rule"))
        return marks

    def row(self, products: Sequence[Product]) -> list[Mark]:
        """The entries of a step, each linked to its term."""
        marks: list[Mark] = []
        names: list[Mark] = []
        for number, product in enumerate(products):
            (read,) = (r for r in product.reads if r.tensor == self.tensor)
            (other,) = (r for r in product.reads if r.tensor != self.tensor)
            column = int(np.ravel_multi_index(_cell(read), self.shape)) if self.shape else 0
            x, y = 8 + SIDE * column, self.top + GAP + SIDE
            name = self.names[other.tensor][_cell(other)]
            marks.append(Rect(x, y, SIDE, SIDE, "kernel", term=number))
            size = fitting(name, SIDE - 2, 11.0)
            names.append(Text(x + SIDE / 2, y + SIDE / 2, name, size=size))
        return [*marks, *names]


def _cell(read: Read) -> Cell:
    return tuple(i for i in read.at if isinstance(i, int))
