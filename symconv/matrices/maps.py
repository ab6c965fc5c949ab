"""A linear map as index arrays, and its readings: SymPy, COO, NumPy, text, LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.canonical import matrix
from symconv.errors import GeometryError, SymconvError
from symconv.expand import ARRAY_FUNCTIONS, evaluate_arrays
from symconv.graph import Graph, Node
from symconv.matrices.brackets import bracketed_latex, bracketed_mathml
from symconv.matrices.cells import Cells, Factor, Part, merge
from symconv.matrices.sides import Array, Ints, Side
from symconv.matrices.values import value_latex, value_text, values_sympy
from symconv.terms import Equation
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """What a matrix was read off: the operation, the column tensor, and how it was asked for.

    `before` are the equations of the same operation that make tensors which the matrix reads
    (the mask of max pooling).
    """

    graph: Graph
    node: Node
    of: str
    padded: bool
    sizes: tuple[tuple[str, int], ...]
    before: tuple[Equation, ...] = ()
    transposed: bool = False


@dataclass(frozen=True, eq=False)
class LinearMap:
    """``y = A x + c``: the rows are the elements of `row`, the columns those of `column`.

    The products are in `parts`, one for each term of the form, as index arrays; several products
    may fall into one cell, and then add up.  `offset` is c as a map of one column, None if there
    is none.  `tensors` are the other factors, by name.
    """

    row: Side
    column: Side
    parts: tuple[Part, ...]
    tensors: Mapping[str, Side]
    origin: Origin
    offset: LinearMap | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.row.size, self.column.size

    @property
    def rows(self) -> Ints:
        """The row of every product."""
        return np.concatenate([part.rows for part in self.parts] or [np.zeros(0, np.int64)])

    @property
    def cols(self) -> Ints:
        """The column of every product."""
        return np.concatenate([part.cols for part in self.parts] or [np.zeros(0, np.int64)])

    @property
    def row_labels(self) -> tuple[str, ...]:
        """What the rows stand for, in plain text (``y_0``)."""
        return self.row.labels

    @property
    def column_labels(self) -> tuple[str, ...]:
        """What the columns stand for, in plain text; ``0`` for a padding cell."""
        return self.column.labels

    @property
    def convention(self) -> str:
        """The vectorisation order and the index base, in one line."""
        row, column = self.row.tensor, self.column.tensor
        inside = ", ".join(dict.fromkeys(f.tensor for p in self.parts for f in p.factors))
        padded = "padded " if self.column.source is not None else ""
        equation = f"{row} = A({inside}) {column}" if inside else f"{row} = A {column}"
        if self.origin.transposed:
            equation = f"the transpose of {column} = A({inside}) {row}"
        return (
            f"{equation}{' + c' if self.offset else ''}; rows: {row}{_show(self.row.shape)}, "
            f"columns: {padded}{column}{_show(self.column.shape)}, in row-major (C) order, the "
            "last axis fastest; indices count from 0"
        )

    @cached_property
    def cells(self) -> Cells:
        """The non-zero cells in row-major order, like products added up exactly."""
        return merge(self.parts, self.shape[1], self.tensors)

    # --- written out ----------------------------------------------------------------------------

    def sympy(self) -> Any:
        """A SymPy `Matrix`; the work grows with the non-zero cells."""
        cells = self.cells
        made = values_sympy(cells.values, cells.letters)
        items = np.empty(len(made), dtype=object)
        items[:] = made
        return matrix(self.shape, cells.rows, cells.cols, items[cells.which].tolist())

    def latex(self) -> str:
        r"""The whole matrix in LaTeX, ``\left[\begin{matrix} … \end{matrix}\right]``."""
        return bracketed_latex(self.shape, self.latex_entries())

    def mathml(self) -> str:
        """The whole matrix as a ``<math>`` element."""
        return bracketed_mathml(self.shape, self.latex_entries())

    def entries(self) -> Iterator[tuple[int, int, str]]:
        """``(row, column, text)`` of the non-zero cells, row by row."""
        texts = [value_text(value, self.cells.letters) for value in self.cells.values]
        return self._placed(texts)

    def latex_entries(self) -> Iterator[tuple[int, int, str]]:
        """``(row, column, LaTeX)`` of the non-zero cells, row by row."""
        texts = [value_latex(value, self.cells.letters) for value in self.cells.values]
        return self._placed(texts)

    def _placed(self, texts: list[str]) -> Iterator[tuple[int, int, str]]:
        cells = self.cells
        shown = (texts[n] for n in cells.which.tolist())
        return zip(cells.rows.tolist(), cells.cols.tolist(), shown, strict=True)

    # --- numbers --------------------------------------------------------------------------------

    def coo(self, **arrays: npt.ArrayLike) -> tuple[Array, tuple[Ints, Ints]]:
        """``(values, (rows, cols))`` for numbers in the other tensors.

        Several values may share a cell and then add up, which is how `scipy.sparse.coo_array`
        reads them.  Tensors that the spec gave numbers need not be passed; a mask that is not
        passed is made from the tensor it reads.  Errors: `SymconvError` for a missing or unknown
        tensor, `GeometryError` for a shape that does not fit.
        """
        data = self.data(arrays)
        values = [products_of(part, data) for part in self.parts]
        joined = np.concatenate(values) if values else np.zeros(0)
        return joined, (self.rows, self.cols)

    def numpy(self, **arrays: npt.ArrayLike) -> Array:
        """The dense matrix of numbers; the tensors as for `coo`."""
        values, (rows, cols) = self.coo(**arrays)
        dense = np.zeros(self.shape, dtype=values.dtype)
        np.add.at(dense, (rows, cols), values)
        return dense

    def data(self, arrays: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
        """The other tensors in numbers, flat; errors: as for `coo`."""
        known = self.origin.graph.shapes
        for name in arrays:
            if name not in known:
                raise SymconvError(
                    f"there is no tensor {name}",
                    where="matrix",
                    expected="one of " + ", ".join(known),
                    got=name,
                )
        given = {name: np.asarray(value) for name, value in arrays.items()}
        numbers = {name: side.numbers() for name, side in self.tensors.items()}
        data = {name: value for name, value in numbers.items() if value is not None} | given
        for equation in self.origin.before:
            if equation.name not in data and set(equation.tensors) <= set(data):
                sizes = dict(self.origin.sizes)
                data[equation.name] = evaluate_arrays(equation, data, sizes)
        _check(self.tensors, data)
        return {name: data[name].ravel() for name in self.tensors}

    # --- other maps -----------------------------------------------------------------------------

    def transpose(self) -> LinearMap:
        """The transposed map, ``x ← Aᵀ g``; the constant is left behind."""
        parts = tuple(replace(part, rows=part.cols, cols=part.rows) for part in self.parts)
        origin = replace(self.origin, transposed=not self.origin.transposed)
        return LinearMap(self.column, self.row, parts, self.tensors, origin)


def _show(shape: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""


def _check(tensors: Mapping[str, Side], data: Mapping[str, Array]) -> None:
    missing = [name for name in tensors if name not in data]
    if missing:
        raise SymconvError(
            "the matrix needs numbers",
            where="matrix",
            expected="an array for each of " + ", ".join(tensors),
            got="none for " + ", ".join(missing),
        )
    for name, side in tensors.items():
        if data[name].shape != side.shape:
            raise GeometryError(
                f"{name} has the wrong shape",
                where="matrix",
                expected=str(side.shape),
                got=str(data[name].shape),
            )


def _read(factor: Factor, data: Mapping[str, Array]) -> Array:
    read = np.take(data[factor.tensor], factor.at)
    return np.asarray(ARRAY_FUNCTIONS[factor.function](read)) if factor.function else read


def products_of(part: Part, data: Mapping[str, Array]) -> Array:
    """The value of every product: whole numbers stay whole, fractions of integers become floats."""
    exact = any(data[factor.tensor].dtype == object for factor in part.factors)
    number: Any = part.coefficient
    values: Array
    if not exact:
        whole = number.denominator == 1
        number = number.numerator if whole else float(number)
    if not part.factors:
        values = np.full(len(part.rows), number, dtype=object if exact else None)
    else:
        reads = [_read(factor, data) for factor in part.factors]
        values = reads[0].astype(np.result_type(np.array(number), reads[0]), copy=False)
        for factor in (*((np.array(number),) if number != 1 else ()), *reads[1:]):
            values = values * factor
    if part.divisors is None:
        return values
    if exact:
        under = np.array([Fraction(1, int(n)) for n in part.divisors], dtype=object)
        return np.asarray(values * under)
    return np.asarray(values / part.divisors)
