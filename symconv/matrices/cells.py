"""From products to entries: what falls into one cell is added up, exactly.

The work in Python grows with the number of different products (the weights), not with the number
of cells: products are numbered first, and the cells carry the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction

import numpy as np

from symconv.elements import latex_element, latex_names, names
from symconv.matrices.sides import Ints, Side
from symconv.matrices.values import (
    EXACT_FUNCTIONS,
    Letter,
    Monomial,
    Value,
    collect,
)
from symconv.names import latex_name
from symconv.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """Another tensor in a product: which element each product reads, flat."""

    tensor: str
    function: str
    at: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The products of one term: ``coefficient / divisors · Π factors`` at ``(rows, cols)``."""

    rows: Ints
    cols: Ints
    factors: tuple[Factor, ...]
    coefficient: Fraction
    divisors: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The non-zero cells in row-major order; `which` numbers their values in `values`."""

    rows: Ints
    cols: Ints
    which: Ints
    values: tuple[Value, ...]
    letters: tuple[Letter, ...]


def merge(parts: Sequence[Part], columns: int, tensors: Mapping[str, Side]) -> Cells:
    """Add up the products that fall into one cell; cells that cancel are left out."""
    table = _Table(tensors)
    kinds = [table.number(part) for part in parts]
    rows, cols = _joined([p.rows for p in parts]), _joined([p.cols for p in parts])
    key, kind = rows * columns + cols, _joined(kinds)
    if not np.any(key[1:] <= key[:-1]):  # one product in every cell, in order
        lone = np.array([table.sum_of((n,)) for n in range(len(table.known))], dtype=np.int64)
        return table.cells(rows, cols, lone[kind])
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, kind = key[order], kind[order]
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    starts = np.flatnonzero(first)
    counts = np.diff(np.append(starts, len(key)))
    which = np.empty(len(starts), dtype=np.int64)
    alone = counts == 1
    lone = np.array([table.sum_of((n,)) for n in range(len(table.known))], dtype=np.int64)
    which[alone] = lone[kind[starts[alone]]]
    for cell in np.flatnonzero(~alone).tolist():
        inside = kind[starts[cell] : starts[cell] + counts[cell]]
        which[cell] = table.sum_of(tuple(sorted(inside.tolist())))
    width = max(columns, 1)
    return table.cells(key[starts] // width, key[starts] % width, which)


def _joined(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)


@dataclass(slots=True)
class _Table:
    """Numbers for letters, products and sums, each given once.

    Coefficients are looked up by numerator and denominator, since hashing a fraction is slow.
    """

    tensors: Mapping[str, Side]
    letters: dict[Letter, int] = field(default_factory=dict)
    products: dict[tuple[Monomial, int, int], int] = field(default_factory=dict)
    known: list[tuple[Monomial, Fraction]] = field(default_factory=list)
    sums: dict[tuple[int, ...], int] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)
    places: dict[tuple[tuple[Monomial, int, int], ...], int] = field(default_factory=dict)
    atoms: dict[tuple[str, str], list[int | Fraction]] = field(default_factory=dict)

    def number(self, part: Part) -> Ints:
        """For each product of a part the number of what it is."""
        arrays = [factor.at for factor in part.factors]
        if part.divisors is not None:
            arrays.append(part.divisors)
        points, inverse = _distinct(arrays, len(part.rows))
        atoms = [self._atoms(factor.tensor, factor.function) for factor in part.factors]
        numbers = [self._product(part, point, atoms) for point in points]
        return np.array(numbers, dtype=np.int64)[inverse]

    def _product(
        self, part: Part, point: Sequence[int], atoms: Sequence[Sequence[int | Fraction]]
    ) -> int:
        number = part.coefficient
        if part.divisors is not None:
            number /= point[-1]
        letters = []
        for at, known in zip(point, atoms, strict=False):
            atom = known[at]
            if isinstance(atom, Fraction):
                number *= atom
            else:
                letters.append(atom)
        monomial = tuple(sorted(letters))
        key = (monomial, number.numerator, number.denominator)
        if key not in self.products:
            self.products[key] = len(self.known)
            self.known.append((monomial, number))
        return self.products[key]

    def _atoms(self, tensor: str, function: str) -> list[int | Fraction]:
        """Each element of a tensor: the number of its letter, or its exact value."""
        key = (tensor, function)
        if key not in self.atoms:
            self.atoms[key] = list(self._elements(self.tensors[tensor], function))
        return self.atoms[key]

    def _elements(self, side: Side, function: str) -> Iterator[int | Fraction]:
        plain, latex = names(side.tensor, side.shape), latex_names(side.tensor, side.shape)
        for item, name, shown in zip(side.given, plain, latex, strict=True):
            if isinstance(item, str):
                letter = Letter(item, latex_name(item), function)
            elif item is None:
                letter = Letter(name, shown, function)
            elif function in EXACT_FUNCTIONS:
                yield EXACT_FUNCTIONS[function](Fraction(item))
                continue
            else:
                letter = Letter(str(item), latex_element(item), function, Fraction(item))
            yield self.letters.setdefault(letter, len(self.letters))

    def sum_of(self, products: tuple[int, ...]) -> int:
        """The number of the value that some products add up to."""
        if products not in self.sums:
            value = collect([self.known[n] for n in products])
            key = tuple((m, number.numerator, number.denominator) for m, number in value)
            if key not in self.places:
                self.places[key] = len(self.values)
                self.values.append(value)
            self.sums[products] = self.places[key]
        return self.sums[products]

    def cells(self, rows: Ints, cols: Ints, which: Ints) -> Cells:
        """The cells that are not zero."""
        zero = self.places.get((), -1)
        if zero >= 0:
            keep = which != zero
            rows, cols, which = rows[keep], cols[keep], which[keep]
        return Cells(rows, cols, which, tuple(self.values), tuple(self.letters))


def _distinct(arrays: Sequence[Ints], count: int) -> tuple[list[tuple[int, ...]], Ints]:
    """The different points of some parallel arrays, and which of them each place holds."""
    if not arrays:
        return [()], np.zeros(count, dtype=np.int64)
    if not count:
        return [], np.zeros(0, dtype=np.int64)
    spans = [int(array.max()) + 1 for array in arrays]
    if math.prod(spans) >= 2**62:
        points, place = np.unique(np.stack(arrays, axis=1), axis=0, return_inverse=True)
        return [tuple(point) for point in points.tolist()], np.asarray(place).ravel()
    key = np.zeros(count, dtype=np.int64)
    for array, span in zip(arrays, spans, strict=True):
        key = key * span + array
    found, inverse = _numbered(key, math.prod(spans))
    return list(zip(*(a.tolist() for a in np.unravel_index(found, spans)), strict=True)), inverse


def _numbered(key: Ints, span: int) -> tuple[Ints, Ints]:
    """`numpy.unique` with the inverse, by a table where the keys are dense."""
    if span > 4 * len(key) + 1024:
        found, inverse = np.unique(key, return_inverse=True)
        return found, np.asarray(inverse, dtype=np.int64)
    seen = np.zeros(span, dtype=bool)
    seen[key] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[key]
