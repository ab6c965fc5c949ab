"""Sums and products of whole arrays: element by element, or of matrices."""

from __future__ import annotations

from dataclasses import replace

from symconv.functions import FUNCTIONS
from symconv.index import (
    Product,
    simplify,
)
from symconv.syntax.formula import arrays_cells, arrays_moves, arrays_pairs
from symconv.syntax.formula.arrays import Array, Position, fits
from symconv.syntax.formula.arrays_pieces import products, scaled
from symconv.syntax.formula.choosing import TURNED, seen
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.trees import (
    Apply,
    Listed,
    Node,
    Number,
    Partial,
    Ref,
    Summed,
    Test,
    Times,
)
from symconv.syntax.formula.wholes_base import Placed, told
from symconv.syntax.formula.wholes_slides import Slides


class Products(Slides):
    """Evaluates them."""

    __slots__ = ()

    def _sum(
        self, terms: tuple[tuple[int, Node], ...], expected: Array | None, node: Node
    ) -> Array:
        made = [self.array(term, expected) for _, term in terms]
        signs = [sign for sign, _ in terms]
        rank = max(a.rank for a in made)
        largest = next(a for a in made if a.rank == rank)
        made = [arrays_moves.broadcast(arrays_moves.squeezed(a, rank), largest) for a in made]
        self._alike(made, node)

        def join(*found: list[Piece]) -> list[Piece]:
            both = zip(signs, found, strict=True)
            return [p for sign, pieces in both for p in scaled(pieces, sign)]

        def cell(a: Array) -> Array:
            return arrays_cells.written_out(a) if any(b.cells is not None for b in made) else a

        return arrays_pairs.elementwise([cell(a) for a in made], join)

    def _product(self, node: Times, expected: Array | None) -> Array:
        if len(node.factors) > 1 and all(isinstance(f, Partial) for f in node.factors):
            chained = self._chained(node)
            if chained is not None:
                return chained
        found: Array | None = None
        signs = node.signs or ("",) * len(node.factors)
        for factor, sign in zip(node.factors, signs, strict=True):
            made = self.array(factor, expected)
            found = made if found is None else self._times(found, made, sign, expected, node)
        assert found is not None
        return found

    def _chained(self, node: Times) -> Array | None:
        """``∂L/∂y ∂y/∂w``: summed over all of y, by the product of whole derivatives."""
        arrays_ = [self.array(f) for f in node.factors]
        first = arrays_[0]
        for factor, made in zip(node.factors[1:], arrays_[1:], strict=True):
            top = factor.top  # type: ignore[union-attr]
            inner = first.rank
            if top is None or not fits(first.shape, made.shape[:inner]):
                return None
            turned = arrays_moves.reordered(
                made, (*range(inner, made.rank), *range(inner)), made.rank - inner
            )
            turned = replace(turned, split=made.rank - inner)
            first = arrays_pairs.contracted(turned, first, self.fresh)
        return first

    def _times(self, a: Array, b: Array, sign: str, expected: Array | None, node: Node) -> Array:
        if not a.rank or not b.rank:
            return arrays_pairs.elementwise([a, b], products)
        if sign == "*":
            return self._starred(a, b, "", expected, node)
        if sign == "." and a.rank == 1 and b.rank == 1:
            return self._contracted(a, b, node)
        return self._matmul(a, b, node)

    def _matmul(self, a: Array, b: Array, node: Node) -> Array:
        if a.rank == 1 and b.rank == 2 and b.shape[0] == 1:
            column = arrays_moves.transposed(arrays_moves.as_row(a))
            return self._contracted(column, b, node)
        if a.rank == 1:
            raise self.error(node, "which product of two arrays is meant?", r"\odot, \cdot, or ^T")
        if a.rank > 2 and not a.split:
            raise self.error(node, "which product of two arrays is meant?", r"\odot or \star")
        return self._contracted(a, b, node)

    def _contracted(self, a: Array, b: Array, node: Node) -> Array:
        if a.split and b.rank == 1 and a.rank - a.split > 1:
            image = b.origin
            if image is not None and image.rank == a.rank - a.split:
                b = image
            else:
                a = self.flat(a)
        inner = a.shape[a.split :] if a.split else a.shape[-1:]
        if b.rank < len(inner):
            raise self.error(node, f"{told(inner)} meets {told(b.shape)} in this product")
        self._agree(inner, b.shape[: len(inner)])
        if a.cells is not None or b.cells is not None:
            a, b = arrays_cells.written_out(a), arrays_cells.written_out(b)
        return arrays_pairs.contracted(a, b, self.fresh)

    def flat(self, a: Array) -> Array:
        """A matrix over images with its rows and its columns numbered row by row."""
        rows, columns = a.shape[: a.split], a.shape[a.split :]
        sizes = tuple(simplify(Product(part)) for part in (rows, columns))

        def at(position: Position, env: Env) -> list[Piece]:
            r, c = position
            where = (*arrays_moves.unravelled(r, rows), *arrays_moves.unravelled(c, columns))
            return a.at(where, env)

        return Array(sizes, at)

    def _operated(
        self, sign: str, mode: str, left: Node, right: Node, expected: Array | None, node: Node
    ) -> Array:
        inner = expected if sign == "odot" else None
        a, b = self.array(left, inner), self.array(right, inner)
        if sign == "odot" or not a.rank or not b.rank:
            if sign != "odot":
                raise self.error(node, "this sign stands between whole arrays", "a dot")
            self._alike([a, b], node)
            return arrays_pairs.elementwise([a, b], products)
        if sign == "@":
            return self._contracted(a, b, node)
        return self._starred(a, b, mode, expected, node)

    def _starred(self, a: Array, b: Array, mode: str, expected: Array | None, node: Node) -> Array:
        """``a * b``: a convolution, or a product where nothing is convolved."""
        if not (self.star or mode or self._slides()) and fits(a.shape, b.shape):
            self.notes.append("* is taken element by element: nothing is convolved here")
            return arrays_pairs.elementwise([a, b], products)
        return self._star(a, b, mode, expected, node)

    def _slides(self) -> bool:
        """Whether the graph has an operation with windows, or sums of one's own."""
        plain = ("relu", "sigmoid", "tanh", "add", "sub", "scale", "sum", "mse", "cross_entropy")
        return any(n.keyword not in plain for n in self.scalars.lexicon.graph.nodes)

    def _over(
        self, kind: str, top: Node, bottom: Node, expected: Array | None, node: Node
    ) -> Array:
        inner = self.array(top, expected)

        def at(position: Position, env: Env) -> list[Piece]:
            placed = Placed(inner, position, node.at)
            return self._quotient(kind, placed, bottom, env, node)  # type: ignore[arg-type]

        return Array(inner.shape, at, inner.zero)

    def _power(self, base: Node, exponent: int, expected: Array | None, node: Node) -> Array:
        inner = self.array(base, expected)
        if inner.rank > 1 and (inner.cells is not None or inner.split or self._named(base)):
            raise self.error(node, "a power of a matrix is not supported")
        if inner.rank:
            self.notes.append("a power of an array is taken element by element")
        return Array(
            inner.shape,
            lambda position, env: products(*(inner.at(position, env) for _ in range(exponent))),
        )

    def _named(self, node: Node) -> bool:
        return isinstance(node, Ref) and self.matrix(node) is not None

    def _sums(self, node: Summed, expected: Array | None) -> Array:
        words = self.scalars.lexicon
        words.bound.update(b.letter for b in node.bounds)
        inner = self.array(node.body, expected)

        def at(position: Position, env: Env) -> list[Piece]:
            placed = Placed(inner, position, node.at)
            return self._summed(replace(node, body=placed), env)  # type: ignore[arg-type]

        return Array(inner.shape, at, False)

    def _transposed(self, inner: Node, node: Node) -> Array:
        made = self.array(inner)
        if isinstance(inner, Listed):
            return made
        if made.rank > 2 and not made.split:
            raise self.error(node, f"the transpose of an array with {made.rank} axes")
        if not made.rank:
            raise self.error(node, "the transpose of a number")
        return arrays_moves.transposed(made)

    def _function(self, node: Apply) -> Array:
        arguments = list(node.arguments)
        name = node.function
        if name == "max" and len(arguments) == 2:
            arguments = [a for a in arguments if not (isinstance(a, Number) and a.value == 0)]
            name = "relu"
        prime, name = name.endswith("'"), name.rstrip("'")
        if len(arguments) != 1 or name not in FUNCTIONS:
            raise self.error(node, f"{name} takes one tensor")
        inner = self.array(arguments[0])
        if not inner.rank:
            return self.single(node)
        rows = FUNCTIONS[name].derivative if prime else ((1, (name,)),)

        def at(position: Position, env: Env) -> list[Piece]:
            found = inner.at(position, env)
            if len(found) != 1 or found[0] != Piece(found[0].reads) or len(found[0].reads) != 1:
                raise self.error(node, f"{name} takes one tensor")
            return [p for number, row in rows for p in scaled([seen(found[0], row)], number)]

        return Array(inner.shape, at)

    def masked_array(self, node: Test) -> Array:
        """``[z > 0]`` of a whole array, element by element."""
        if len(node.where) != 1:
            raise self.error(node, "one relation of a whole array and 0 is understood")
        (r,) = node.where
        turned = isinstance(r.left, Number)
        side, other = (r.right, r.left) if turned else (r.left, r.right)
        sign = TURNED.get(r.sign, r.sign) if turned else r.sign
        zero = isinstance(other, Number) and other.value == 0
        if not zero or sign not in ("<", "<=", ">", ">="):
            raise self.error(node, "a whole array is only compared as x > 0, ≥ 0, ≤ 0 or < 0")
        inner = self.array(side)
        if sign in (">=", "<"):
            self.notes.append("only where what is compared is not 0")

        def at(position: Position, env: Env) -> list[Piece]:
            found = inner.at(position, env)
            if len(found) != 1 or found[0] != Piece(found[0].reads) or len(found[0].reads) != 1:
                raise self.error(node, "one tensor is compared with 0")
            step = seen(found[0], ("step",))
            return [step] if sign in (">", ">=") else [Piece(), *scaled([step], -1)]

        return Array(inner.shape, at)
