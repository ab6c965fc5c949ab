"""The matrix in numbers, row by row as SciPy stores it (CSR), without a list of all products.

Where an output index only picks a slice of the tensors (the filter, the sample), the rows of its
next value read the same places a step further on: one block of rows is written out, the others
are that block shifted.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.graph import Graph
from symconv.index import Symbol, evaluate, symbols
from symconv.matrices.cells import Part
from symconv.matrices.linear import Prepared, prepare, read_off
from symconv.matrices.maps import LinearMap, products_of
from symconv.matrices.sides import Array, Ints
from symconv.terms import Range, Term
from symconv.values import dataclass

Compressed: TypeAlias = "tuple[tuple[Array, Array, Array], tuple[int, int]]"


def compressed(
    graph: Graph, of: str, arrays: Mapping[str, npt.ArrayLike], *, padded: bool = False
) -> Compressed:
    """``((values, columns, starts), shape)``: what `scipy.sparse.csr_array` is made of.

    Columns rise within a row, none twice.  Errors: as for the matrix and its numbers.
    """
    reading = prepare(graph, of, padded=padded)
    steps = _repeated(reading)
    inner = {step.name: Range(step.name, 1) for step in steps}
    ranges = tuple(inner.get(r.name, r) for r in reading.form.ranges)
    block = read_off(reading, replace(reading.form, ranges=ranges))
    return _filled(block, of, steps, arrays)


# --- which outputs repeat -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """A leading output index: how many values it has, and how far each tensor's read moves."""

    name: str
    count: int
    by: Mapping[str, int]


def _repeated(reading: Prepared) -> list[_Step]:
    """The leading outputs that only pick slices, where one term alone reads the column."""
    form, of = reading.form, reading.origin.of
    terms = [t for t in form.terms if any(r.tensor == of for r in t.reads)]
    shapes = {name: tuple(evaluate(n, {}) for n in shape) for name, shape in form.shapes}
    found: list[_Step] = []
    for index in form.ranges:
        count = evaluate(index.stop, {})
        if len(terms) != 1 or index.start != 0 or not _picks(terms[0], index.name, count, shapes):
            break
        moves = _moves(terms[0], index.name, shapes)
        if moves is None:
            break
        found.append(_Step(index.name, count, moves))
    return found


def _picks(term: Term, name: str, count: int, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether an index occurs alone on axes that hold all its values, and nowhere else."""
    others = {n for c in term.where for n in symbols(c.left, c.right)}
    others |= symbols(*term.divisors)
    others |= {n for r in term.sums for n in (r.name, *symbols(r.start, r.stop))}
    return name not in others and all(
        name not in symbols(index) or (index == Symbol(name) and size >= count)
        for read in term.reads
        for index, size in zip(read.at, shapes[read.tensor], strict=True)
    )


def _moves(term: Term, name: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int] | None:
    """By how many elements each read moves with an index; None where two reads of one differ."""
    found: dict[str, int] = {}
    for read in term.reads:
        shape = shapes[read.tensor]
        places = [axis for axis, index in enumerate(read.at) if index == Symbol(name)]
        step = sum(math.prod(shape[axis + 1 :]) for axis in places)
        if found.setdefault(read.tensor, step) != step:
            return None
    return found


# --- writing the rows ---------------------------------------------------------------------------


def _filled(
    block: LinearMap, of: str, steps: list[_Step], arrays: Mapping[str, npt.ArrayLike]
) -> Compressed:
    """The whole matrix from its first block of rows."""
    data = block.data(arrays)
    height, width = block.shape
    pattern = _pattern(block)
    size, times = len(pattern.columns), math.prod(step.count for step in steps)
    count = max(width, times * size)
    kind = np.int32 if count < 2**31 else np.int64
    columns = np.empty(times * size, dtype=kind)
    starts = np.empty(times * height + 1, dtype=kind)
    starts[0] = 0
    values: Array | None = None
    first = pattern.columns.astype(kind)
    for n, shift in enumerate(_shifts(steps, (of, *data))):
        here = slice(n * size, (n + 1) * size)
        np.add(first, kind(shift[of]), out=columns[here])
        np.add(pattern.ends, kind(n * size), out=starts[n * height + 1 : (n + 1) * height + 1])
        found = _values(pattern, data, shift)
        if values is None:
            values = np.empty(times * size, dtype=found.dtype)
        values[here] = found
    return (np.zeros(0) if values is None else values, columns, starts), (times * height, width)


def _shifts(steps: list[_Step], tensors: tuple[str, ...]) -> Iterator[dict[str, int]]:
    """For each block of rows how far every tensor's reads have moved."""
    for at in itertools.product(*(range(step.count) for step in steps)):
        pairs = list(zip(steps, at, strict=True))
        yield {name: sum(step.by.get(name, 0) * n for step, n in pairs) for name in tensors}


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """A block's cells in order: its products, which of them begin a cell, where rows end."""

    parts: tuple[Part, ...]
    order: Ints | None
    cells: Ints | None
    columns: Ints
    ends: Ints


def _pattern(block: LinearMap) -> _Pattern:
    height, width = block.shape
    key = block.rows * width + block.cols
    parts, order, cells = block.parts, None, None
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key = key[order]
        if len(parts) == 1:
            parts, order = (_picked(parts[0], order),), None
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    if not new.all():
        cells = np.flatnonzero(new)
        key = key[cells]
    ends = np.searchsorted(key, np.arange(1, height + 1) * width)
    return _Pattern(parts, order, cells, key % width, ends.astype(np.int64))


def _picked(part: Part, which: Ints) -> Part:
    factors = tuple(replace(factor, at=factor.at[which]) for factor in part.factors)
    divisors = None if part.divisors is None else part.divisors[which]
    return Part(part.rows[which], part.cols[which], factors, part.coefficient, divisors)


def _values(pattern: _Pattern, data: Mapping[str, Array], shift: Mapping[str, int]) -> Array:
    """The numbers of one block, products that share a cell added up."""
    moved = {name: values[shift[name] :] for name, values in data.items()}
    found = [products_of(part, moved) for part in pattern.parts]
    values = np.concatenate(found) if len(found) != 1 else found[0]
    if pattern.order is not None:
        values = values[pattern.order]
    return values if pattern.cells is None else np.add.reduceat(values, pattern.cells)
