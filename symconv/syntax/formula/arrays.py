"""Whole arrays as values: a shape, and the pieces at a position, so that operations compose.

    full(x, w)[i] = Σ_k x[i - k] · w[k]     rot180(w)[k] = w[K - 1 - k]

Nothing is computed: an operation makes a new function of the position.  A read outside an array
contributes nothing; where that does not follow from what is read, conditions say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from symconv.index import (
    RELATIONS,
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    coefficient,
    minus,
    same,
    simplify,
    substitute,
    substitute_condition,
    symbols,
    tidy,
)
from symconv.syntax.formula.pieces import Piece, multiplied
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import MOST_FACTORS, MOST_PIECES
from symconv.terms import (
    Form,
    Range,
    Shape,
    Term,
    fresh,
    in_range,
    substitute_range,
    substitute_read,
    substitute_term,
)

Position: TypeAlias = tuple[Index, ...]
At: TypeAlias = Callable[[Position, Env], list[Piece]]
Cells: TypeAlias = Mapping[tuple[int, ...], list[Piece]]
Fresh: TypeAlias = Callable[[str], str]
Amounts: TypeAlias = Sequence[tuple[Index, Index]]
MOST_CELLS = 20_000


class TooLarge(Exception):
    """More terms or entries than a person writes."""


@dataclass(frozen=True, slots=True)
class Array:
    """A shape and the pieces at each position.

    `zero` says that the pieces outside the shape are 0 without further conditions; `cells` are
    the entries of what is written out; `split` is the number of axes that make the rows of a
    matrix whose rows or columns are images (0 for all else); `origin` is what was numbered row by
    row.
    """

    shape: Shape
    at: At
    zero: bool = False
    cells: Cells | None = None
    split: int = 0
    origin: Array | None = None

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def read(self, position: Position, env: Env) -> list[Piece]:
        """The pieces at any position, none outside."""
        if self.zero:
            return self.at(position, env)
        where: list[Condition] = []
        for index, size in zip(position, self.shape, strict=True):
            for condition in in_range(simplify(index), simplify(size)):
                holds = decided(condition)
                if holds is False:
                    return []
                where += [] if holds else [condition]
        return [multiplied(Piece(where=tuple(where)), p) for p in self.at(position, env)]


def decided(condition: Condition) -> bool | None:
    """Whether a condition on numbers holds, None where it is open."""
    left, right = condition.left, condition.right
    if isinstance(left, int) and isinstance(right, int):
        return bool(RELATIONS[condition.relation](left, right))
    return None


def products(*parts: list[Piece]) -> list[Piece]:
    """Every piece with every other."""
    found = [Piece()]
    for part in parts:
        if len(found) * len(part) > MOST_PIECES:
            raise TooLarge(f"at most {MOST_PIECES} terms")
        found = [multiplied(a, apart(b, a)) for a in found for b in part]
    if any(len(p.reads) > MOST_FACTORS or len(p.sums) > MOST_FACTORS for p in found):
        raise TooLarge(f"at most {MOST_FACTORS} factors")
    return found


def apart(piece: Piece, other: Piece) -> Piece:
    """The piece with binders that the other does not have."""
    used = {*(r.name for r in other.sums), *other.open}
    own = [*(r.name for r in piece.sums), *piece.open]
    if not used.intersection(own):
        return piece
    taken = {*used, *own}
    names: dict[str, str] = {}
    for name in own:
        if name in used:
            names[name] = fresh(name, taken)
            taken.add(names[name])
    return renamed(piece, names)


def renamed(piece: Piece, names: Mapping[str, str]) -> Piece:
    """The piece with some of its binders called otherwise."""
    made = put_in(piece, {old: Symbol(new) for old, new in names.items()})
    sums = tuple(replace(r, name=names.get(r.name, r.name)) for r in made.sums)
    return replace(made, sums=sums, open=tuple(names.get(n, n) for n in piece.open))


def put_in(piece: Piece, values: Mapping[str, Index]) -> Piece:
    """The piece with indices put in for symbols; binders keep their names."""
    return replace(
        piece,
        reads=tuple(substitute_read(r, values) for r in piece.reads),
        sums=tuple(substitute_range(r, values) for r in piece.sums),
        where=tuple(substitute_condition(c, values) for c in piece.where),
        divisors=tuple(substitute(d, values) for d in piece.divisors),
        whole=tuple(substitute_condition(c, values) for c in piece.whole),
    )


def settled(piece: Piece) -> Piece | None:
    """The piece without sums of one value and conditions that hold; None where it is 0.

    A sum whose index is tied to a number, ``k + 1 == 3``, is that number or nothing.
    """
    changed = True
    while changed:
        changed = False
        where: list[Condition] = []
        for condition in piece.where:
            holds = decided(
                Condition(simplify(condition.left), condition.relation, simplify(condition.right))
            )
            if holds is False:
                return None
            where += [] if holds else [condition]
        piece = replace(piece, where=tuple(where))
        for item in piece.sums:
            value = _tied(piece, item.name)
            if value is None or not isinstance(item.start, int) or not isinstance(item.stop, int):
                continue
            if not item.start <= value < item.stop:
                return None
            rest = tuple(r for r in piece.sums if r.name != item.name)
            piece = put_in(replace(piece, sums=rest), {item.name: value})
            changed = True
            break
    return piece


def _tied(piece: Piece, name: str) -> int | None:
    """The number that a condition says an index is."""
    for condition in piece.where:
        if condition.relation != "==" or symbols(condition) != {name}:
            continue
        parts = coefficient(add(condition.left, minus(condition.right)), name)
        if parts is not None and parts[0] in (1, -1) and isinstance(parts[1], int):
            return -parts[1] if parts[0] == 1 else parts[1]
    return None


def scaled(pieces: list[Piece], by: Fraction | int) -> list[Piece]:
    """The pieces times a number."""
    return [replace(p, coefficient=p.coefficient * by) for p in pieces]


def sub(*values: Index) -> Index:
    """``a - b - …``, like terms collected."""
    return simplify(add(values[0], *(minus(v) for v in values[1:])))


def plus(*values: Index) -> Index:
    """``a + b + …``, like terms collected."""
    return simplify(add(*values))


# --- one array ----------------------------------------------------------------------------------


def flipped(a: Array, axes: Sequence[int]) -> Array:
    """``a[n - 1 - i]`` on some axes."""

    def at(position: Position, env: Env) -> list[Piece]:
        turned = list(position)
        for axis in axes:
            turned[axis] = sub(a.shape[axis], 1, position[axis])
        return a.at(tuple(turned), env)

    return Array(a.shape, at, a.zero)


def reordered(a: Array, order: Sequence[int], split: int = 0) -> Array:
    """The axes in another order: `order` lists the axes of `a`."""

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        for place, axis in enumerate(order):
            own[axis] = position[place]
        return a.at(tuple(own), env)

    cells = None
    if a.cells is not None:
        cells = {tuple(key[axis] for axis in order): v for key, v in a.cells.items()}
    return Array(tuple(a.shape[axis] for axis in order), at, a.zero, cells, split)


def transposed(a: Array) -> Array:
    """Rows and columns exchanged; a vector becomes a row."""
    if a.rank == 1:
        return as_row(a)
    rows = a.split or 1
    return reordered(a, (*range(rows, a.rank), *range(rows)), a.rank - rows if a.split else 0)


def as_row(a: Array) -> Array:
    """A vector as a matrix of one row."""
    cells = None if a.cells is None else {(0, *key): v for key, v in a.cells.items()}

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at(position[1:], env)

    return Array((1, *a.shape), at, False, cells)


def squeezed(a: Array, rank: int) -> Array:
    """Without its axes of size 1, where it has too many."""
    drop = [n for n, size in enumerate(a.shape) if size == 1][: max(0, a.rank - rank)]
    if not drop or a.split:
        return a
    keep = [n for n in range(a.rank) if n not in drop]

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        for place, axis in enumerate(keep):
            own[axis] = position[place]
        return a.read(tuple(own), env)

    cells = None
    if a.cells is not None:
        cells = {tuple(key[axis] for axis in keep): v for key, v in a.cells.items()}
    return Array(tuple(a.shape[axis] for axis in keep), at, a.zero, cells)


def padded(a: Array, amounts: Amounts) -> Array:
    """Zeros before and after; `amounts` by axis."""
    shape = tuple(plus(n, *pair) for n, pair in zip(a.shape, amounts, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        pairs = zip(position, amounts, strict=True)
        return a.read(tuple(sub(i, before) for i, (before, _) in pairs), env)

    return Array(shape, at, True)


def cropped(a: Array, amounts: Amounts) -> Array:
    """Without some cells before and after; `amounts` by axis."""
    shape = tuple(sub(n, *pair) for n, pair in zip(a.shape, amounts, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        pairs = zip(position, amounts, strict=True)
        return a.at(tuple(plus(i, before) for i, (before, _) in pairs), env)

    return Array(shape, at)


def dilated(a: Array, steps: Sequence[Index], new: Fresh) -> Array:
    """``a[i/s]`` where s divides i, else 0: s - 1 zeros between the elements."""
    shape = tuple(plus(Product((sub(n, 1), s)), 1) for n, s in zip(a.shape, steps, strict=True))

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = []
        frame = Piece()
        for i, s, n in zip(position, steps, a.shape, strict=True):
            if s == 1:
                own.append(i)
            elif isinstance(i, int) and isinstance(s, int):
                if i % s:
                    return []
                own.append(i // s)
            else:
                name = new("j")
                own.append(Symbol(name))
                tie = Condition(i, "==", tidy(Product((s, Symbol(name)))))
                frame = multiplied(frame, Piece(sums=(Range(name, n),), where=(tie,)))
        return products([frame], a.read(tuple(own), env))

    return Array(shape, at, True)


def summed(a: Array, axes: Sequence[int], new: Fresh) -> Array:
    """The sum over some axes."""
    keep = [n for n in range(a.rank) if n not in axes]

    def at(position: Position, env: Env) -> list[Piece]:
        own: list[Index] = [0] * a.rank
        sums = []
        for place, axis in enumerate(keep):
            own[axis] = position[place]
        for axis in axes:
            name = new("s")
            own[axis] = Symbol(name)
            sums.append(Range(name, a.shape[axis]))
        return products([Piece(sums=tuple(sums))], a.at(tuple(own), env))

    return Array(tuple(a.shape[axis] for axis in keep), at, a.zero)


def flattened(a: Array) -> Array:
    """Row by row, as one axis."""
    if a.rank == 1 or a.split:
        return a
    size = simplify(Product(tuple(a.shape)))

    def at(position: Position, env: Env) -> list[Piece]:
        return a.at(unravelled(position[0], a.shape), env)

    return Array((size,), at, origin=a)


def unravelled(index: Index, shape: Shape) -> Position:
    """The position of the index-th cell, row by row."""
    found: list[Index] = []
    for size in reversed(shape[1:]):
        found.insert(0, tidy(Mod(index, size)))
        index = tidy(FloorDiv(index, size))
    return (index, *found)


# --- two arrays ---------------------------------------------------------------------------------


def slid(a: Array, b: Array, kind: str, mode: str, new: Fresh, *, scipy: bool = False) -> Array:
    """Convolution or correlation of `a` with the kernel `b`, in full, valid or same.

        convolution  full[i] = Σ_k a[i - k] b[k]          valid[i] = full[i + K - 1]
        correlation  full[i] = Σ_k a[i + k - K + 1] b[k]  valid[i] = Σ_k a[i + k] b[k]

    "same" has the size of `a`: SciPy's are centred in "full"; a correlation of deep learning
    starts (K - 1)//2 cells before.
    """
    half = [tidy(FloorDiv(sub(n, 1), 2)) for n in b.shape]
    ends = [sub(n, 1) for n in b.shape]
    first: list[Index]
    if mode == "full":
        shape = tuple(plus(n, k) for n, k in zip(a.shape, ends, strict=True))
        first = [0] * a.rank if kind == "convolution" else [sub(0, k) for k in ends]
    elif mode == "valid":
        shape = tuple(sub(n, k) for n, k in zip(a.shape, ends, strict=True))
        first = ends if kind == "convolution" else [0] * a.rank
    else:
        shape = a.shape
        centred = [sub(h, k) for h, k in zip(half, ends, strict=True)]
        left = centred if scipy else [sub(0, h) for h in half]
        first = half if kind == "convolution" else left
    sign = -1 if kind == "convolution" else 1

    def at(position: Position, env: Env) -> list[Piece]:
        sums = tuple(Range(new("k"), n) for n in b.shape)
        own = tuple(Symbol(r.name) for r in sums)
        there = tuple(
            simplify(add(i, f, tidy(Product((sign, k)))))
            for i, f, k in zip(position, first, own, strict=True)
        )
        data = a.at(there, env) if mode == "valid" else a.read(there, env)
        return products([Piece(sums=sums)], data, b.at(own, env))

    return Array(shape, at, mode == "full" and a.zero)


def elementwise(parts: Sequence[Array], join: Callable[..., list[Piece]]) -> Array:
    """Position by position; what has no axes counts everywhere."""
    shape = max((p.shape for p in parts), key=len)

    def at(position: Position, env: Env) -> list[Piece]:
        return join(*(p.at(position if p.rank else (), env) for p in parts))

    cells = None
    if any(p.cells is not None for p in parts) and all(
        p.cells is not None or not p.rank for p in parts
    ):
        keys = dict.fromkeys(key for p in parts for key in (p.cells or {}))
        cells = {
            key: join(*(_cell(p, key) if p.rank else p.at((), {}) for p in parts)) for key in keys
        }
    return Array(shape, at, False, cells)


def _cell(a: Array, key: tuple[int, ...]) -> list[Piece]:
    return (a.cells or {}).get(key, [])


def contracted(a: Array, b: Array, new: Fresh) -> Array:
    """The product of matrices and vectors: the last axes of `a` with the first ones of `b`.

    The caller has seen to it that these axes agree, or are claimed to.
    """
    inner = a.rank - a.split if a.split else 1
    rows = a.shape[: a.rank - inner]
    shape = (*rows, *b.shape[inner:])
    if a.cells is not None and b.cells is not None and inner == 1:
        return _written_out(a.cells, b.cells, shape, len(rows))

    def at(position: Position, env: Env) -> list[Piece]:
        sums = tuple(Range(new("j"), n) for n in b.shape[:inner])
        own = tuple(Symbol(r.name) for r in sums)
        left, right = position[: len(rows)], position[len(rows) :]
        agree = fits(a.shape[a.rank - inner :], b.shape[:inner])
        there = (*own, *right)
        data = b.at(there, env) if agree else b.read(there, env)
        return products([Piece(sums=sums)], a.at((*left, *own), env), data)

    split = len(rows) if a.split and b.split else 0
    return Array(shape, at, False, None, split)


def _written_out(a: Cells, b: Cells, shape: Shape, rows: int) -> Array:
    by_first: dict[int, list[tuple[tuple[int, ...], list[Piece]]]] = {}
    for key, pieces in b.items():
        by_first.setdefault(key[0], []).append((key[1:], pieces))
    found: dict[tuple[int, ...], list[Piece]] = {}
    count = 0
    for key, pieces in a.items():
        for rest, others in by_first.get(key[-1], ()):
            made = products(pieces, others)
            count += len(made)
            if count > MOST_CELLS:
                raise TooLarge(f"at most {MOST_CELLS} products")
            found.setdefault((*key[:rows], *rest), []).extend(made)
    return from_cells(found, shape)


# --- what is written out ------------------------------------------------------------------------


def from_cells(cells: Cells, shape: Shape) -> Array:
    """An array by its entries; those that are missing are 0."""

    def at(position: Position, env: Env) -> list[Piece]:
        numbers = tuple(i for i in position if isinstance(i, int))
        if len(numbers) == len(position):
            return list(cells.get(numbers, ()))
        found: list[Piece] = []
        for key, pieces in cells.items():
            where = [Condition(i, "==", n) for i, n in zip(position, key, strict=True) if i != n]
            if any(decided(c) is False for c in where):
                continue
            frame = Piece(where=tuple(where))
            found += [multiplied(frame, piece) for piece in pieces]
        if len(found) > MOST_CELLS:
            raise TooLarge(f"at most {MOST_CELLS} terms")
        return found

    return Array(shape, at, True, cells)


def written_out(a: Array, most: int = MOST_CELLS) -> Array:
    """The same array by its entries, where its sizes are numbers and few."""
    sizes = [size for size in a.shape if isinstance(size, int)]
    if a.cells is not None or len(sizes) != a.rank:
        return a
    keys: list[tuple[int, ...]] = [()]
    for size in sizes:
        keys = [(*key, n) for key in keys for n in range(size)]
        if len(keys) > most:
            return a
    return from_cells({key: a.at(key, {}) for key in keys}, a.shape)


def fits(a: Shape, b: Shape) -> bool:
    """Whether two shapes are plainly the same."""
    return len(a) == len(b) and all(same(p, q) for p, q in zip(a, b, strict=True))


def only(form: Form, letters: Sequence[str], keys: Sequence[tuple[int, ...]]) -> Form:
    """The form at some positions, 0 elsewhere."""
    if len(form.terms) * len(keys) > MOST_CELLS:
        raise TooLarge(f"at most {MOST_CELLS} terms")
    terms: list[Term] = []
    for key in keys:
        where = tuple(
            Condition(Symbol(letter), "==", n) for letter, n in zip(letters, key, strict=True)
        )
        names: dict[str, Index] = dict(zip(letters, key, strict=True))
        for term in form.terms:
            at = substitute_term(term, names)
            holds = [decided(c) for c in at.where]
            if False not in holds:
                kept = tuple(c for c, known in zip(at.where, holds, strict=True) if not known)
                terms.append(replace(at, where=(*kept, *where)))
    return replace(form, terms=tuple(terms))
