"""Convolutions and correlations of whole arrays: which is meant, and how far it goes."""

from __future__ import annotations

from symconv.index import (
    Symbol,
)
from symconv.syntax.formula import arrays_moves, arrays_pairs
from symconv.syntax.formula.arrays import Array, Position, fits
from symconv.syntax.formula.arrays_pieces import products
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.trees import (
    Called,
    Node,
)
from symconv.syntax.formula.wholes_base import Base, told
from symconv.terms import Range

DECLARE = "star=convolution or star=correlation"
PAIRED = {"N": "the batch", "I": "input channels", "O": "filters"}


class Slides(Base):
    """Evaluates them."""

    __slots__ = ()

    def _star(
        self, a: Array, b: Array, mode: str, expected: Array | None, node: Node, kind: str = ""
    ) -> Array:
        scipy = kind in ("convolve", "correlate")
        kind = {"convolve": "convolution", "correlate": "correlation"}.get(kind, kind)
        kind = kind or self.star
        if not kind:
            raise self.error(node, "convolution or correlation: what is meant?", DECLARE)
        spatial = self.axes.rank
        if a.split or b.split:
            raise self.error(node, "this sign stands between images, not matrices", "a dot")
        if a.lead or b.lead:
            return self._paired(a, b, mode, expected, node, kind)
        if a.rank != b.rank or (spatial and a.rank > spatial):
            raise self._which(a, b, node)
        if not mode:
            mode = self._mode(a, b, kind, expected, node)
        if mode == "valid":
            a, b = self._ordered(a, b, kind, node, swaps=scipy)
        if mode == "same" and not all(isinstance(n, int) and n % 2 for n in b.shape):
            where = "centred as in SciPy" if scipy or kind == "convolution" else "padded behind"
            self.notes.append(f"same with an even kernel is {where}")
        return arrays_pairs.slid(a, b, kind, mode, self.fresh, scipy=scipy)

    def _which(self, a: Array, b: Array, node: Node) -> FormulaError:
        return self.error(
            node,
            f"arrays with {a.rank} and {b.rank} axes: which are summed over?",
            r"\sum_c x_{n,c} \star w_{f,c}",
        )

    def _paired(
        self, a: Array, b: Array, mode: str, expected: Array | None, node: Node, kind: str
    ) -> Array:
        """Batch and channels that both have are summed over where the result has them not."""
        if expected is None or not expected.lead:
            raise self._which(a, b, node)
        both = [name for name in a.lead if name in b.lead]
        once = {*a.lead, *b.lead} - {*both}
        if once != {*expected.lead} or set(expected.lead) & set(both):
            raise self._which(a, b, node)
        sizes = dict(zip(a.lead, a.shape, strict=False))
        for name, size in zip(b.lead, b.shape, strict=False):
            self._agree((sizes.setdefault(name, size),), (size,))
        common = " and ".join(PAIRED[name] for name in both)
        self.notes.append(f"summed over {common}, which both have")
        image = Array(expected.shape[len(expected.lead) :], expected.at)

        def inside(position: Position) -> tuple[Array, list[Range]]:
            front = dict(zip(expected.lead, position, strict=False))
            sums = [Range(self.fresh(name.lower()), sizes[name]) for name in both]
            front |= {name: Symbol(r.name) for name, r in zip(both, sums, strict=True)}
            first, second = (arrays_moves.fixed(c, tuple(front[n] for n in c.lead)) for c in (a, b))
            return self._star(first, second, mode, image, node, kind), sums

        count = len(self.notes)
        shape, _ = inside(tuple(0 for _ in expected.lead))
        told_once = self.notes[count:]

        def at(position: Position, env: Env) -> list[Piece]:
            front = position[: len(expected.lead)]
            made, sums = inside(front)
            self.notes[:] = dict.fromkeys(self.notes)
            return products([Piece(sums=tuple(sums))], made.at(position[len(front) :], env))

        self.notes[count:] = dict.fromkeys(told_once)
        lead = tuple(sizes[name] for name in expected.lead)
        return Array((*lead, *shape.shape), at, lead=expected.lead)

    def _mode(self, a: Array, b: Array, kind: str, expected: Array | None, node: Node) -> str:
        """The mode whose shape fits, where none is said."""
        if expected is None:
            mode = "full" if kind == "convolution" else "valid"
            self.notes.append(f"nothing says which {kind} is meant: taken as {mode}")
            return mode
        for mode in ("valid", "full", "same"):
            if fits(arrays_pairs.slid(a, b, kind, mode, self.fresh).shape, expected.shape):
                self.notes.append(f"the {kind} is {mode}, as the shape says")
                return mode
        raise self.error(
            node,
            f"full, valid or same: none of these {kind}s has the shape {told(expected.shape)}",
            "full(…), valid(…), pad(…)",
        )

    def _ordered(
        self, a: Array, b: Array, kind: str, node: Node, *, swaps: bool
    ) -> tuple[Array, Array]:
        """In "valid" the kernel is the smaller one; a convolution may exchange the two."""
        smaller = [self.axes.smaller(p, q) for p, q in zip(a.shape, b.shape, strict=True)]
        if not all(smaller):
            return a, b
        if kind == "convolution" and swaps:
            return b, a
        raise self.error(node, "the kernel is larger than what it slides over", "valid(x, kernel)")

    def _slid(self, node: Called, expected: Array | None) -> Array:
        if len(node.arguments) != 2 or node.axes:
            raise self.error(node, "two arrays are expected here", "full(a, b)")
        a, b = (self.array(item) for item in node.arguments)
        mode, kind = node.mode, "" if node.function == "star" else node.function
        if not a.rank or not b.rank:
            raise self.error(node, "two whole arrays are expected here")
        if kind == "convolve" and not mode:
            mode = "full"
            self.notes.append("convolve(a, b) is full, as in NumPy and SciPy")
        if kind == "correlate" and not mode:
            raise self.error(node, "full, valid or same?", "correlate(a, b, 'valid')")
        if not kind and not self.star:
            kind = "correlation"
            self.notes.append("full, valid and same are correlations: nothing else is declared")
        return self._star(a, b, mode, expected, node, kind)
