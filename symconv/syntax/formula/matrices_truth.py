"""What a product of a written-out matrix and a vector says of an operation: which matrix it is.

A vector that holds an input (or a gradient) element by element, with zeros around it or not, makes
the matrix the operation's own and the product its result.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.claims import Subject
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import RELATIONS, Product, Symbol, evaluate, simplify
from symconv.syntax.formula import arrays_cells, arrays_moves, arrays_pairs, arrays_pieces
from symconv.syntax.formula.arrays import Array, Cells
from symconv.syntax.formula.pieces import Piece, closed
from symconv.syntax.formula.result import More
from symconv.syntax.formula.trees import Times
from symconv.syntax.formula.wholes import Wholes
from symconv.terms import Form, Range, Read, Shape, Term, substitute_term
from symconv.values import dataclass

MOST_WORK = 50_000
"""Products of one matrix that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """The form that a product is, the tensor that the vector holds, and the zeros before it."""

    form: Form
    tensor: str
    before: int
    size: int


def truths(
    node: Times, values: Wholes, subject: Subject, new: Callable[[str], str]
) -> tuple[More, ...]:
    """The matrix against the operation's own, and the product against its result."""
    if len(node.factors) != 2:
        return ()
    matrix, vector = (arrays_cells.written_out(values.array(f)) for f in node.factors)
    vector = arrays_moves.squeezed(vector, 1)
    if matrix.rank != 2 or vector.rank != 1 or matrix.cells is None or vector.cells is None:
        return ()
    graph = values.scalars.lexicon.graph
    held = [f for f in _held(vector, values) if _matches(f, matrix, values)]
    if len(held) != 1:
        return ()
    (found,) = held
    shapes = values.scalars.lexicon.shapes
    rows, columns = matrix.shape
    r, c = new("r"), new("c")
    own = _own(found, matrix)
    spaces = Range(r, rows), Range(c, columns)
    about = Subject("matrix", found.form.name, (Symbol(r), Symbol(c)))
    made = [
        More(_form(own, spaces, shapes), "=", _form(matrix, spaces, shapes), about),
    ]
    if subject.kind not in ("result", "gradient"):
        product = arrays_pairs.contracted(matrix, vector, new)
        true = _flat_truth(found.form, r)
        told = _subject(found.form, graph, r)
        name = found.form.name
        written = replace(_form(product, spaces[:1], shapes), name=name)
        made.append(More(true, "=", written, told))
    return tuple(made)


def _held(vector: Array, values: Wholes) -> Iterator[Found]:
    """The forms that read, linearly, the tensor whose elements the vector holds."""
    lexicon = values.scalars.lexicon
    size, cells = vector.shape[0], vector.cells or {}
    if not isinstance(size, int) or not cells:
        return
    first = _read(cells, min(cells))
    if first is None:
        return
    shape = lexicon.shapes[first.tensor]
    numbers = [n for n in shape if isinstance(n, int)]
    if len(numbers) != len(shape):
        return
    count = 1
    for n in numbers:
        count *= n
    for before in range(size - count + 1):
        held = {before + n: arrays_moves.unravelled(n, shape) for n in range(count)}
        same = set(cells) == {(n,) for n in held} and all(
            _read(cells, (n,)) == Read(first.tensor, at) for n, at in held.items()
        )
        if same and (len(shape) == 1 or count == size):
            for form in _forms(lexicon.graph):
                if _linear(form, first.tensor):
                    yield Found(form, first.tensor, before, count)


def _read(cells: Cells, key: tuple[int, ...]) -> Read | None:
    """The single element that a cell holds."""
    pieces = cells.get(key, [])
    if len(pieces) != 1:
        return None
    settled = arrays_pieces.settled(pieces[0])
    if settled is None or len(settled.reads) != 1 or settled != Piece(settled.reads):
        return None
    return settled.reads[0]


def _forms(graph: Graph) -> Iterator[Form]:
    for equation in (*graph.equations, *backward(graph)):
        if isinstance(equation, Form):
            yield equation


def _linear(form: Form, tensor: str) -> bool:
    """Whether every term reads the tensor once, and as it is."""
    counts = [[r.function for r in term.reads if r.tensor == tensor] for term in form.terms]
    return bool(counts) and all(found == [""] for found in counts)


def _matches(found: Found, matrix: Array, values: Wholes) -> bool:
    """Whether the matrix has the form's number of rows and is made of what the form reads."""
    rows = simplify(Product(found.form.shape)) if found.form.shape else 1
    if rows != matrix.shape[0]:
        return False
    read = {r.tensor for ps in (matrix.cells or {}).values() for p in ps for r in p.reads}
    work = 1
    for term in found.form.terms:
        for item in term.sums:
            size = simplify(item.size)
            work *= size if isinstance(size, int) else MOST_WORK
    if work * len(found.form.terms) * (rows if isinstance(rows, int) else MOST_WORK) > MOST_WORK:
        return False
    return read == set(found.form.tensors) - {found.tensor}


def _own(found: Found, matrix: Array) -> Array:
    """The operation's matrix; columns that meet padding may also be left 0."""
    form, written = found.form, matrix.cells or {}
    height, width = matrix.shape
    assert isinstance(height, int) and isinstance(width, int)
    cells: dict[tuple[int, ...], list[Piece]] = {}
    for row in range(height):
        at = arrays_moves.unravelled(row, form.shape)
        names = {n: i for n, i in zip(form.indices, at, strict=True) if isinstance(i, int)}
        for term in form.terms:
            for column, piece in _entries(found, term, names):
                padded = not 0 <= column - found.before < found.size
                if 0 <= column < width and not (padded and (row, column) not in written):
                    cells.setdefault((row, column), []).append(piece)
    return arrays_cells.from_cells(cells, matrix.shape)


def _entries(found: Found, term: Term, names: dict[str, int]) -> Iterator[tuple[int, Piece]]:
    """What a term puts into a row: the column, and the factors that stay."""
    shapes = dict(found.form.shapes)
    bounds = [(evaluate(r.start, names), evaluate(r.stop, names)) for r in term.sums]
    for values in itertools.product(*(range(a, b) for a, b in bounds)):
        at = {**names, **{r.name: v for r, v in zip(term.sums, values, strict=True)}}
        if not all(
            RELATIONS[c.relation](evaluate(c.left, at), evaluate(c.right, at)) for c in term.where
        ):
            continue
        column, rest, inside = 0, [], True
        for read in term.reads:
            place = tuple(evaluate(index, at) for index in read.at)
            sizes = [evaluate(n, at) for n in shapes[read.tensor]]
            within = all(0 <= i < n for i, n in zip(place, sizes, strict=True))
            if read.tensor == found.tensor:
                inside = inside and (within or len(place) == 1)
                for i, n in zip(place, sizes, strict=True):
                    column = column * n + i
            else:
                inside = inside and within
                rest.append(Read(read.tensor, place, read.function))
        if inside:
            number = term.coefficient
            for divisor in term.divisors:
                number /= evaluate(divisor, at)
            yield column + found.before, Piece(tuple(rest), coefficient=number)


def _form(array: Array, ranges: tuple[Range, ...], shapes: dict[str, Shape]) -> Form:
    pieces = array.at(tuple(Symbol(item.name) for item in ranges), {})
    terms, _ = closed(pieces, ranges, shapes)
    read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
    return Form("", ranges, tuple(terms), tuple((t, shapes[t]) for t in read))


def _flat_truth(form: Form, letter: str) -> Form:
    """The form with its positions numbered row by row."""
    index = Symbol(letter)
    where = dict(zip(form.indices, arrays_moves.unravelled(index, form.shape), strict=True))
    terms: tuple[Term, ...] = tuple(substitute_term(term, where) for term in form.terms)
    size = simplify(Product(form.shape))
    return Form(form.name, (Range(letter, size),), terms, form.shapes)


def _subject(form: Form, graph: Graph, letter: str) -> Subject:
    forward = {g: t for t, g in upstream_names(graph).items() if g}
    if len(form.shape) != 1:
        return Subject("matrix", form.name, (Symbol(letter),))
    kind = "gradient" if form.name in forward else "result"
    return Subject(kind, forward.get(form.name, form.name), (Symbol(letter),))
