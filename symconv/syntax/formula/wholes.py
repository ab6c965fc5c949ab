"""What a whole-array expression means: an array, made before anyone asks for an element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import (
    Index,
    Symbol,
    add,
    tidy,
)
from symconv.syntax.formula import arrays_cells, arrays_moves, arrays_pieces
from symconv.syntax.formula.arrays import Array, Position
from symconv.syntax.formula.arrays_axes import Jacobian
from symconv.syntax.formula.arrays_pieces import TooLarge
from symconv.syntax.formula.keys import labelled
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.trees import (
    Add,
    Apply,
    Called,
    Dots,
    Indexed,
    Listed,
    Matrix,
    Node,
    Number,
    Operated,
    Over,
    Partial,
    Power,
    Ref,
    Summed,
    Test,
    Times,
    Transposed,
    parts,
)
from symconv.syntax.formula.values import Values
from symconv.syntax.formula.views import View
from symconv.syntax.formula.wholes_base import Placed
from symconv.syntax.formula.wholes_calls import Calls
from symconv.terms import Read

ARRAYS = (Operated, Called, Transposed, Matrix, Listed, Indexed)


class Wholes(Calls):
    """Evaluates expressions in which whole arrays occur."""

    __slots__ = ()

    def is_scalar(self, node: Node) -> bool:
        """Whether only sizes, indices and numbers are written here."""
        if isinstance(node, (*ARRAYS, Dots, Placed)):
            return False
        if isinstance(node, Ref) and self.matrix(node):
            return False
        return Values.is_scalar(self, node)

    def pieces(self, node: Node, env: Env) -> list[Piece]:
        """The pieces of an expression that is a single number at each position."""
        try:
            if isinstance(node, Placed):
                return node.array.at(node.position, env)
            if isinstance(node, Indexed):
                return self._indexed(node, env)
            whole = isinstance(node, ARRAYS)
            if whole or (isinstance(node, Times) and self._arrays_beside_elements(node)):
                found = arrays_moves.squeezed(self.array(node), 0)
                if found.rank:
                    raise self.error(node, "an array stands where a number should")
                return found.at((), env)
        except TooLarge as problem:
            raise self.error(node, "this is too large", str(problem)) from None
        return Values.pieces(self, node, env)

    def _arrays_beside_elements(self, node: Node) -> bool:
        """Whether whole arrays are multiplied where a number stands: there elements come first."""
        self.cells += 1
        found = self.arrayish(node)
        self.cells -= 1
        return found

    def arrayish(self, node: Node) -> bool:
        """Whether an expression is, or is made of, whole arrays (a sum of all is a number)."""
        match node:
            case Ref():
                return bool(self.matrix(node)) or self.whole(node) is not None
            case Partial(top, bottom):
                if top is not None:
                    return self.whole(top) is not None and self.whole(bottom) is not None
                return self.whole(replace(bottom, gradient=True)) is not None
            case Called(function, _, _, _, axes) if function == "sum":
                return bool(axes)
            case Indexed() | Number():
                return False
            case Matrix() | Listed() | Operated() | Called() | Transposed():
                return True
            case Times(factors) if all(isinstance(f, Partial) for f in factors):
                return self.arrayish(factors[-1])
        return any(self.arrayish(part) for part in parts(node))

    def _indexed(self, node: Indexed, env: Env) -> list[Piece]:
        """``(x * w)_i``; a sign that does not say its mode takes the letters' own ranges."""
        array = self.array(node.inner, self.expected)
        items = self.split(node.items, array.rank)
        if len(items) != array.rank:
            raise self.error(node, f"{len(items)} indices for {array.rank} axes")
        at = tuple(tidy(add(self.scalars.whole(item, env), -self.base)) for item in items)
        return array.read(at, env)

    def array(self, node: Node, expected: Array | None = None) -> Array:
        """The array that an expression is; `expected` is the shape that it is compared with."""
        if self.is_scalar(node):
            return self.single(node)
        match node:
            case Matrix(rows):
                return self._matrix(rows)
            case Listed(items):
                return self._list(items)
            case Ref() if self.matrix(node):
                return self._named_matrix(node)
            case Ref():
                view = self.whole(node)
                return self.single(node) if view is None else self._tensor(node, view)
            case Partial():
                return self._partial_array(node)
            case Add(terms):
                return self._sum(terms, expected, node)
            case Times():
                return self._product(node, expected)
            case Operated(sign, mode, left, right):
                return self._operated(sign, mode, left, right, expected, node)
            case Over(kind, top, bottom):
                return self._over(kind, top, bottom, expected, node)
            case Power(base, exponent):
                return self._power(base, exponent, expected, node)
            case Summed():
                return self._sums(node, expected)
            case Called():
                return self._called(node, expected)
            case Transposed(inner):
                return self._transposed(inner, node)
            case Apply():
                return self._function(node)
            case Test() if self.arrayish(node):
                return self.masked_array(node)
        return self.single(node)

    def _tensor(self, ref: Ref, view: View) -> Array:
        if labelled(ref.name, ref.label) not in self.scalars.lexicon.elements or ref.items:
            view = self.view(ref)
        self.tensors.setdefault(ref.name, ref.at)
        items = self.given(ref, view)
        if items and not self.axes.leading(view, len(items)):
            raise self.error(
                ref,
                f"{ref.name} is written with {len(items)} indices and has {len(view.letters)} axes",
                "all of them, or all but rows and columns",
            )
        shapes = self.scalars.lexicon.shapes
        own = view.shape == tuple(
            shapes[view.tensor][view.at.index(Symbol(letter))]
            for letter in view.letters
            if Symbol(letter) in view.at
        )
        plain = own and len(view.at) == len(view.letters)

        def at(position: Position, env: Env) -> list[Piece]:
            front: list[Index] = []
            for item in items:
                value, needed = self.scalars.index(item, env)
                if needed:
                    raise self.error(item, "a fraction as an index of a whole array")
                front.append(tidy(add(value, -self.base)))
            return [Piece((Read(view.tensor, view.read((*front, *position))),))]

        zero = plain and not items and not view.padded and not self.strict
        lead = () if items else self.axes.lead(view)
        return Array(view.shape[len(items) :], at, zero, lead=lead)

    def _partial_array(self, node: Partial) -> Array:
        words = self.scalars.lexicon
        ref = replace(node.bottom, gradient=True)
        if node.top is None:
            view = self.whole(ref)
            return self.single(node) if view is None else self._tensor(ref, view)
        if node.top.items or node.bottom.items:
            raise self.error(node, "a derivative with some of its indices is not supported")
        return self._jacobian(words.array(node.top.name), words.array(node.bottom.name), node)

    def _named_matrix(self, node: Ref) -> Array:
        result, tensor = self.matrix(node) or ("", "")
        return self._jacobian(result, tensor, node)

    def _jacobian(self, result: str, tensor: str, node: Node) -> Array:
        try:
            made = Jacobian.of(self.scalars.lexicon, result, tensor)
        except ValueError as problem:
            raise self.error(node, str(problem)) from None

        def at(position: Position, env: Env) -> list[Piece]:
            found = made.pieces(position, self.fresh)
            return [p for p in map(arrays_pieces.settled, found) if p is not None]

        return Array(made.shape, at, False, None, made.split)

    def _matrix(self, rows: Sequence[Sequence[Node]]) -> Array:
        cells: dict[tuple[int, ...], list[Piece]] = {}
        self.cells += 1
        for r, row in enumerate(rows):
            for c, entry in enumerate(row):
                self._cell(cells, (r, c), entry)
        self.cells -= 1
        return arrays_cells.from_cells(cells, (len(rows), len(rows[0])))

    def _list(self, items: Sequence[Node]) -> Array:
        cells: dict[tuple[int, ...], list[Piece]] = {}
        self.cells += 1
        for place, entry in enumerate(items):
            self._cell(cells, (place,), entry)
        self.cells -= 1
        return arrays_cells.from_cells(cells, (len(items),))

    def _cell(
        self, cells: dict[tuple[int, ...], list[Piece]], key: tuple[int, ...], entry: Node
    ) -> None:
        if isinstance(entry, Dots):
            raise self.error(entry, "a matrix with dots stands alone on its side")
        if isinstance(entry, Listed | Matrix):
            raise self.error(entry, "a matrix inside a matrix is not supported")
        pieces = self.pieces(entry, {})
        kept = [p for p in pieces if p.coefficient]
        if kept:
            cells[key] = kept
