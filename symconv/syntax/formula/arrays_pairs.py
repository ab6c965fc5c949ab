"""Two whole arrays put together: slid over each other, element by element, as matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symconv.index import (
    FloorDiv,
    Index,
    Product,
    Symbol,
    add,
    simplify,
    tidy,
)
from symconv.syntax.formula.arrays import Array, Cells, Fresh, Position, fits, plus, sub
from symconv.syntax.formula.arrays_cells import from_cells
from symconv.syntax.formula.arrays_pieces import MOST_CELLS, TooLarge, products
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env
from symconv.terms import (
    Range,
    Shape,
)


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
    lead = next((p.lead for p in parts if p.shape == shape and p.lead), ())
    return Array(shape, at, False, cells, lead=lead)


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
