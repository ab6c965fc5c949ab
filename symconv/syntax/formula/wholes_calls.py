"""Functions of whole arrays: flips, padding, dilation, sums."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.index import (
    Condition,
    Index,
    Symbol,
    add,
    polynomial,
    tidy,
)
from symconv.syntax.formula import arrays_moves, arrays_pairs
from symconv.syntax.formula.arrays import Array
from symconv.syntax.formula.arrays_pieces import products
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.trees import (
    Called,
    Listed,
    Matrix,
    Node,
)
from symconv.syntax.formula.wholes_products import Products


class Calls(Products):
    """Evaluates them."""

    __slots__ = ()

    def _called(self, node: Called, expected: Array | None) -> Array:
        function, arguments = node.function, node.arguments
        if function in ("star", "convolve", "correlate"):
            return self._slid(node, expected)
        if node.mode:
            raise self.error(node, f"{function} has no mode")
        if function in ("pad", "crop", "dilate", "zeros"):
            return self._stretched(node, expected)
        if function == "dot" and len(arguments) == 2:
            a, b = (self.array(item) for item in arguments)
            if not a.rank or not b.rank:
                return arrays_pairs.elementwise([a, b], products)
            return self._contracted(a, b, node)
        if function == "shape":
            raise self.error(node, "a shape is compared with sizes", "shape(y) = (4, 4)")
        if len(arguments) != 1:
            raise self.error(node, f"{len(arguments)} arguments where one array should stand")
        if function == "transpose":
            return self._transposed(arguments[0], node)
        if function == "vec":
            return self._vec(self.array(arguments[0]))
        if function == "sum":
            return self._total(self.array(arguments[0]), node)
        return self._flip(self.array(arguments[0], expected), function, node)

    def _flip(self, a: Array, function: str, node: Called) -> Array:
        if node.axes:
            axes = self._own(a, node.axes, node)
        elif function in ("fliplr", "flipud"):
            if a.rank < 2 and function == "fliplr":
                raise self.error(node, "fliplr of an array with one axis")
            axes = [a.rank - 1 if function == "fliplr" or a.rank < 2 else a.rank - 2]
        else:
            axes = list(range(a.rank))[-(self.axes.rank or a.rank) :]
        return arrays_moves.flipped(a, axes)

    def _own(self, a: Array, axes: Sequence[int], node: Node) -> list[int]:
        found = [axis + a.rank if axis < 0 else axis for axis in axes]
        if len(set(found)) != len(found) or not all(0 <= axis < a.rank for axis in found):
            raise self.error(node, f"there are {a.rank} axes", "axis=0")
        return found

    def _total(self, a: Array, node: Called) -> Array:
        axes = self._own(a, node.axes, node) if node.axes else list(range(a.rank))
        return arrays_moves.summed(a, axes, self.fresh)

    def _vec(self, a: Array) -> Array:
        if a.rank > 1 and not a.split:
            self.notes.append("vec numbers the elements row by row")
        return arrays_moves.flattened(a)

    def _stretched(self, node: Called, expected: Array | None) -> Array:
        """pad, crop and dilate, by one amount for all axes of the image or by one for each."""
        if len(node.arguments) != 2:
            raise self.error(node, "an array and an amount are expected here", "pad(x, P)")
        a = self.array(node.arguments[0])
        amounts = self._amounts(node.arguments[1], node)
        spatial = min(self.axes.rank or a.rank, a.rank)
        if len(amounts) == 1:
            amounts = amounts * spatial
        if not a.rank or len(amounts) > a.rank:
            raise self.error(node, f"{len(amounts)} amounts for {a.rank} axes")
        front = a.rank - len(amounts)
        if node.function in ("dilate", "zeros"):
            more = 1 if node.function == "zeros" else 0
            if any(before != after for before, after in amounts):
                raise self.error(node, "one number for each axis is expected here")
            steps = [tidy(add(before, more)) for before, _ in amounts]
            for step in steps:
                self._least(step, 1)
            return arrays_moves.dilated(a, [1] * front + steps, self.fresh)
        for pair in amounts:
            for amount in pair:
                self._least(amount, 0)
        pairs: list[tuple[Index, Index]] = [(0, 0)] * front + amounts
        return (arrays_moves.padded if node.function == "pad" else arrays_moves.cropped)(a, pairs)

    def _amounts(self, node: Node, whole: Node) -> list[tuple[Index, Index]]:
        """``P``, ``(P, Q)``, ``((a, b), (c, d))``: before and after on each axis."""
        if isinstance(node, Matrix):
            if any(len(row) != 2 for row in node.rows):
                raise self.error(whole, "two numbers for each axis", "((1, 1), (2, 2))")
            return [(self._amount(a), self._amount(b)) for a, b in node.rows]
        items = node.items if isinstance(node, Listed) else (node,)
        if len(items) == 2 and self.axes.rank == 1:
            return [(self._amount(items[0]), self._amount(items[1]))]
        return [(value, value) for value in map(self._amount, items)]

    def _amount(self, node: Node) -> Index:
        return self.scalars.whole(node, {})

    def _least(self, value: Index, least: int) -> None:
        """An amount is at least that: at once, or by assumption."""
        known = {p.name: p.least for p in self.scalars.lexicon.graph.parameters}
        low = 0
        for monomial, number in polynomial(value).items():
            bounds = [known.get(a.name, -1) if isinstance(a, Symbol) else -1 for a in monomial]
            if monomial and (number < 0 or any(b < 0 for b in bounds)):
                break
            for bound in bounds:
                number *= bound
            low += number
        else:
            if low >= least:
                return
        if isinstance(value, int):
            raise FormulaError(
                f"an amount of {value}", self.scalars.source.text, 0, f"at least {least}"
            )
        self.scalars.obligations.append(Condition(least, "<=", value))
