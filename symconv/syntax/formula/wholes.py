"""What a whole-array expression means: an array, made before anyone asks for an element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symconv.claims import Size
from symconv.functions import FUNCTIONS
from symconv.index import Condition, Index, Product, Symbol, add, minus, polynomial, same, simplify, tidy
from symconv.syntax.formula import arrays
from symconv.syntax.formula.arrays import Array, Position, TooLarge, fits, products, scaled
from symconv.syntax.formula.arrays_axes import Axes, Jacobian
from symconv.syntax.formula.choosing import seen
from symconv.syntax.formula.keys import labelled
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.result import Within
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import FormulaError
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
    Times,
    Transposed,
    parts,
)
from symconv.syntax.formula.values import Values
from symconv.syntax.formula.views import View
from symconv.terms import Read, Shape

DECLARE = "star=convolution or star=correlation"
ARRAYS = (Operated, Called, Transposed, Matrix, Listed, Indexed)


@dataclass(frozen=True, slots=True)
class Placed:
    """An array at a position, where a node is wanted."""

    array: Array
    position: Position
    at: int


@dataclass(slots=True)
class Wholes(Values):
    """Evaluates expressions in which whole arrays occur."""

    star: str = ""
    expected: Shape | None = None
    agree: list[Within] = field(default_factory=list)
    """Sizes that a product or a sum takes to be the same."""
    cells: int = 0
    """Whether an entry of a matrix is read: there a letter is an element first."""

    # --- as factors and terms -------------------------------------------------------------------

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
                found = arrays.squeezed(self.array(node), 0)
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

    # --- arrays ---------------------------------------------------------------------------------

    def array(self, node: Node, expected: Shape | None = None) -> Array:
        """The array that an expression is; `expected` is the shape that it is compared with."""
        if self.is_scalar(node):
            return self._single(node)
        match node:
            case Matrix(rows):
                return self._matrix(rows)
            case Listed(items):
                return self._list(items)
            case Ref() if self.matrix(node):
                return self._jacobian(*self.matrix(node), node)
            case Ref():
                view = self.whole(node)
                return self._single(node) if view is None else self._tensor(node, view)
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
        return self._single(node)

    def _single(self, node: Node) -> Array:
        return Array((), lambda _, env: self.pieces(node, env))

    # --- tensors --------------------------------------------------------------------------------

    @property
    def axes(self) -> Axes:
        """What the axes of the graph's tensors are."""
        return Axes(self.scalars.lexicon.graph, self.scalars.lexicon.gradients)

    def matrix(self, ref: Ref) -> tuple[str, str] | None:
        """The result and the input whose matrix a name is declared to be."""
        named = labelled(ref.name, ref.label)
        found = self.scalars.lexicon.matrices.get(named)
        return None if ref.items is not None or ref.gradient else found

    def whole(self, ref: Ref) -> View | None:
        """The tensor that stands here with axes left, or None."""
        words = self.scalars.lexicon
        if ref.gradient:
            view = words.gradient(ref.name, ref.label)
        else:
            view = words.view(ref.name, ref.label)
        if view is None or not view.tensor:
            return None
        bare = ref.items is None and not ref.gradient
        if bare and (ref.name in words.bound or ref.name in words.sizes):
            return None
        if self.cells and labelled(ref.name, ref.label) in words.elements:
            return None
        given = self.given(ref, view)
        return view if len(given) < len(view.letters) else None

    def given(self, ref: Ref, view: View) -> tuple[Node, ...]:
        """The indices that are written."""
        lead = len(view.letters) - self.axes.spatial(view.tensor, len(view.letters))
        items = self.split(ref.items or (), len(view.letters))
        return items if len(items) == len(view.letters) else self.split(items, lead)

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
        return Array(view.shape[len(items) :], at, zero)

    def _partial_array(self, node: Partial) -> Array:
        words = self.scalars.lexicon
        ref = replace(node.bottom, gradient=True)
        if node.top is None:
            view = self.whole(ref)
            return self._single(node) if view is None else self._tensor(ref, view)
        if node.top.items or node.bottom.items:
            raise self.error(node, "a derivative with some of its indices is not supported")
        return self._jacobian(words.array(node.top.name), words.array(node.bottom.name), node)

    def _jacobian(self, result: str, tensor: str, node: Node) -> Array:
        try:
            made = Jacobian.of(self.scalars.lexicon, result, tensor)
        except ValueError as problem:
            raise self.error(node, str(problem)) from None

        def at(position: Position, env: Env) -> list[Piece]:
            found = made.pieces(position, self.fresh)
            return [p for p in map(arrays.settled, found) if p is not None]

        return Array(made.shape, at, False, None, made.split)

    # --- what is written out --------------------------------------------------------------------

    def _matrix(self, rows: Sequence[Sequence[Node]]) -> Array:
        cells: dict[tuple[int, ...], list[Piece]] = {}
        self.cells += 1
        for r, row in enumerate(rows):
            for c, entry in enumerate(row):
                self._cell(cells, (r, c), entry)
        self.cells -= 1
        return arrays.from_cells(cells, (len(rows), len(rows[0])))

    def _list(self, items: Sequence[Node]) -> Array:
        cells: dict[tuple[int, ...], list[Piece]] = {}
        self.cells += 1
        for place, entry in enumerate(items):
            self._cell(cells, (place,), entry)
        self.cells -= 1
        return arrays.from_cells(cells, (len(items),))

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

    # --- products and sums ----------------------------------------------------------------------

    def _sum(
        self, terms: tuple[tuple[int, Node], ...], expected: Shape | None, node: Node
    ) -> Array:
        made = [self.array(term, expected) for _, term in terms]
        signs = [sign for sign, _ in terms]
        rank = max(a.rank for a in made)
        made = [arrays.squeezed(a, rank) for a in made]
        self._alike(made, node)

        def join(*found: list[Piece]) -> list[Piece]:
            both = zip(signs, found, strict=True)
            return [p for sign, pieces in both for p in scaled(pieces, sign)]

        def cell(a: Array) -> Array:
            return arrays.written_out(a) if any(b.cells is not None for b in made) else a

        return arrays.elementwise([cell(a) for a in made], join)

    def _alike(self, made: Sequence[Array], node: Node) -> None:
        """Arrays that are added or multiplied element by element have one shape."""
        shapes = [a.shape for a in made if a.rank]
        for shape in shapes[1:]:
            if len(shape) != len(shapes[0]):
                raise self.error(node, f"the shapes {_told(shapes[0])} and {_told(shape)} differ")
            self._agree(shapes[0], shape)

    def _agree(self, a: Shape, b: Shape) -> None:
        """Sizes that are not plainly the same are claimed to be."""
        for p, q in zip(a, b, strict=True):
            if not same(p, q):
                self.agree.append((Size(p), "=", Size(q)))

    def _product(self, node: Times, expected: Shape | None) -> Array:
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
            turned = arrays.reordered(
                made, (*range(inner, made.rank), *range(inner)), made.rank - inner
            )
            first = arrays.contracted(replace(turned, split=made.rank - inner), first, self.fresh)
        return first

    def _times(self, a: Array, b: Array, sign: str, expected: Shape | None, node: Node) -> Array:
        if not a.rank or not b.rank:
            return arrays.elementwise([a, b], products)
        if sign == "*":
            return self._star(a, b, "", expected, node)
        if sign == "." and a.rank == 1 and b.rank == 1:
            return self._contracted(a, b, node)
        return self._matmul(a, b, node)

    def _matmul(self, a: Array, b: Array, node: Node) -> Array:
        if a.rank == 1 and b.rank == 2 and b.shape[0] == 1:
            column = arrays.transposed(arrays.as_row(a))
            return self._contracted(column, b, node)
        if a.rank == 1:
            raise self.error(node, "which product of two arrays is meant?", r"\odot, \cdot, or ^T")
        if a.rank > 2 and not a.split:
            raise self.error(node, "which product of two arrays is meant?", r"\odot or \star")
        return self._contracted(a, b, node)

    def _contracted(self, a: Array, b: Array, node: Node) -> Array:
        if a.split and b.rank == 1 and a.rank - a.split > 1:
            inner = b.origin
            if inner is not None and inner.rank == a.rank - a.split:
                b = inner
            else:
                a = self._flat(a)
        inner = a.shape[a.split :] if a.split else a.shape[-1:]
        if b.rank < len(inner):
            raise self.error(node, f"{_told(inner)} meets {_told(b.shape)} in this product")
        self._agree(inner, b.shape[: len(inner)])
        if a.cells is not None or b.cells is not None:
            a, b = arrays.written_out(a), arrays.written_out(b)
        return arrays.contracted(a, b, self.fresh)

    def _flat(self, a: Array) -> Array:
        """A matrix over images with its rows and its columns numbered row by row."""
        rows, columns = a.shape[: a.split], a.shape[a.split :]
        sizes = tuple(simplify(Product(part)) for part in (rows, columns))

        def at(position: Position, env: Env) -> list[Piece]:
            r, c = position
            where = (*arrays.unravelled(r, rows), *arrays.unravelled(c, columns))
            return a.at(where, env)

        return Array(sizes, at)

    def _operated(
        self, sign: str, mode: str, left: Node, right: Node, expected: Shape | None, node: Node
    ) -> Array:
        inner = expected if sign == "odot" else None
        a, b = self.array(left, inner), self.array(right, inner)
        if sign == "odot" or not a.rank or not b.rank:
            if sign != "odot":
                raise self.error(node, "this sign stands between whole arrays", "a dot")
            self._alike([a, b], node)
            return arrays.elementwise([a, b], products)
        if sign == "@":
            return self._contracted(a, b, node)
        return self._star(a, b, mode, expected, node)

    def _over(
        self, kind: str, top: Node, bottom: Node, expected: Shape | None, node: Node
    ) -> Array:
        inner = self.array(top, expected)

        def at(position: Position, env: Env) -> list[Piece]:
            placed = Placed(inner, position, node.at)
            return self._quotient(kind, placed, bottom, env, node)  # type: ignore[arg-type]

        return Array(inner.shape, at, inner.zero)

    def _power(self, base: Node, exponent: int, expected: Shape | None, node: Node) -> Array:
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

    def _sums(self, node: Summed, expected: Shape | None) -> Array:
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
        return arrays.transposed(made)

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
            return self._single(node)
        rows = FUNCTIONS[name].derivative if prime else ((1, (name,)),)

        def at(position: Position, env: Env) -> list[Piece]:
            found = inner.at(position, env)
            if len(found) != 1 or found[0] != Piece(found[0].reads) or len(found[0].reads) != 1:
                raise self.error(node, f"{name} takes one tensor")
            return [p for number, row in rows for p in scaled([seen(found[0], row)], number)]

        return Array(inner.shape, at)

    # --- convolutions ---------------------------------------------------------------------------

    def _star(
        self, a: Array, b: Array, mode: str, expected: Shape | None, node: Node, kind: str = ""
    ) -> Array:
        scipy = kind in ("convolve", "correlate")
        kind = {"convolve": "convolution", "correlate": "correlation"}.get(kind, kind)
        kind = kind or self.star
        if not kind:
            raise self.error(node, "convolution or correlation: what is meant?", DECLARE)
        spatial = self.axes.rank
        if a.rank != b.rank or a.split or b.split or (spatial and a.rank > spatial):
            raise self.error(
                node,
                f"arrays with {a.rank} and {b.rank} axes: which are summed over?",
                r"\sum_c x_{n,c} \star w_{f,c}",
            )
        if not mode:
            mode = self._mode(a, b, kind, expected, node)
        if mode == "valid":
            a, b = self._ordered(a, b, kind, node, swaps=scipy)
        if mode == "same" and not all(isinstance(n, int) and n % 2 for n in b.shape):
            where = "centred as in SciPy" if scipy or kind == "convolution" else "padded behind"
            self.notes.append(f"same with an even kernel is {where}")
        return arrays.slid(a, b, kind, mode, self.fresh, scipy=scipy)

    def _mode(self, a: Array, b: Array, kind: str, expected: Shape | None, node: Node) -> str:
        """The mode whose shape fits, where none is said."""
        if expected is None:
            mode = "full" if kind == "convolution" else "valid"
            self.notes.append(f"nothing says which {kind} is meant: taken as {mode}")
            return mode
        for mode in ("valid", "full", "same"):
            if fits(arrays.slid(a, b, kind, mode, self.fresh).shape, expected):
                self.notes.append(f"the {kind} is {mode}, as the shape says")
                return mode
        raise self.error(
            node,
            f"full, valid or same: none of these {kind}s has the shape {_told(expected)}",
            "full(…), valid(…), pad(…)",
        )

    def _ordered(
        self, a: Array, b: Array, kind: str, node: Node, *, swaps: bool
    ) -> tuple[Array, Array]:
        """In "valid" the kernel is the smaller one; a convolution may exchange the two."""
        smaller = [self.axes.smaller(p, q) for p, q in zip(a.shape, b.shape, strict=True)]
        if not any(smaller):
            return a, b
        if all(smaller) and kind == "convolution" and swaps:
            return b, a
        raise self.error(node, "the kernel is larger than what it slides over", "valid(x, kernel)")

    # --- functions ------------------------------------------------------------------------------

    def _called(self, node: Called, expected: Shape | None) -> Array:
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
                return arrays.elementwise([a, b], products)
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

    def _slid(self, node: Called, expected: Shape | None) -> Array:
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

    def _flip(self, a: Array, function: str, node: Called) -> Array:
        if node.axes:
            axes = self._own(a, node.axes, node)
        elif function in ("fliplr", "flipud"):
            if a.rank < 2 and function == "fliplr":
                raise self.error(node, "fliplr of an array with one axis")
            axes = [a.rank - 1 if function == "fliplr" or a.rank < 2 else a.rank - 2]
        else:
            axes = list(range(a.rank))[-(self.axes.rank or a.rank) :]
        return arrays.flipped(a, axes)

    def _own(self, a: Array, axes: Sequence[int], node: Node) -> list[int]:
        found = [axis + a.rank if axis < 0 else axis for axis in axes]
        if len(set(found)) != len(found) or not all(0 <= axis < a.rank for axis in found):
            raise self.error(node, f"there are {a.rank} axes", "axis=0")
        return found

    def _total(self, a: Array, node: Called) -> Array:
        axes = self._own(a, node.axes, node) if node.axes else list(range(a.rank))
        return arrays.summed(a, axes, self.fresh)

    def _vec(self, a: Array) -> Array:
        if a.rank > 1 and not a.split:
            self.notes.append("vec numbers the elements row by row")
        return arrays.flattened(a)

    def _stretched(self, node: Called, expected: Shape | None) -> Array:
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
            return arrays.dilated(a, [1] * front + steps, self.fresh)
        for pair in amounts:
            for amount in pair:
                self._least(amount, 0)
        pairs: list[tuple[Index, Index]] = [(0, 0)] * front + amounts
        return (arrays.padded if node.function == "pad" else arrays.cropped)(a, pairs)

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


def _told(shape: Shape) -> str:
    return f"({', '.join(str(simplify(add(size, minus(0)))) for size in shape)})"
