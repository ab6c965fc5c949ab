"""Gradients as convolutions again: the closed form of a sum, found by re-indexing.

A quotient that must come out even, ``g[e // S]`` where S divides e, is a read of the zero-stuffed
tensor: g with S - 1 zeros between its entries.  After that a sum over a window is a correlation,
and reading the window backwards flips the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symconv.graph import Graph
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Polynomial,
    Product,
    Symbol,
    Tree,
    add,
    coefficient,
    from_polynomial,
    minus,
    polynomial,
    same,
    simplify,
    symbols,
    tidy,
)
from symconv.reindex import eliminate, neat, reverse
from symconv.terms import Form, Range, Read, Shape, Term, fresh, substitute_term, term_symbols
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """One axis of a correlation: ``data[stride·out + dilation·bound - padding]``."""

    axis: int
    out: str
    bound: str
    stride: Index
    dilation: Index
    padding: Index


@dataclass(frozen=True, slots=True)
class Correlation:
    """A term read as a correlation of `data` with `kernel`; `flipped` names reversed indices."""

    data: str
    kernel: str
    windows: tuple[Window, ...]
    flipped: tuple[str, ...]
    stuffed: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A gradient in closed form: auxiliary tensors first, then the form, then what it is."""

    auxiliary: tuple[Form, ...]
    form: Form
    correlation: Correlation


def closed(form: Form, sums: Sequence[str]) -> Closed | None:
    """The closed form of a gathered gradient, or None where it is not one correlation.

    `sums` are the kernel's indices of the operation; where one of them runs against the data it
    is reversed.
    """
    if len(form.terms) != 1:
        return None
    auxiliary, stuffed, factors = _zero_stuffed(form)
    stuffed = _rebound(stuffed)
    backwards = [name for name in sums if _runs_backwards(stuffed.terms[0], name)]
    turned = reverse(stuffed, backwards)
    wide = {made.name: factors for made in auxiliary}
    (term,) = turned.terms
    for data, kernel in ((0, 1), (1, 0)) if _is_product(term) else ():
        found = _correlation(turned, term.reads[data], term.reads[kernel], wide)
        if found is not None:
            return Closed(auxiliary, _with_windows(turned, data, found), found)
    return None


@dataclass(frozen=True, slots=True)
class Readings:
    """A gradient as its raw sum, gathered, and in closed form (None where there is none)."""

    raw: Form
    gathered: Form
    closed: Closed | None


def readings(graph: Graph, raw: Form) -> Readings:
    """The re-indexed readings of a graph's gradient, output positions solved for first."""
    gathered = eliminate(raw, [r.name for e in graph.equations for r in e.ranges])
    kernel = [r.name for t in raw.terms for r in t.sums if r.name.startswith("k")]
    return Readings(raw, gathered, closed(gathered, kernel))


# --- zero stuffing ------------------------------------------------------------------------------


def _zero_stuffed(form: Form) -> tuple[tuple[Form, ...], Form, dict[int, Index]]:
    """Replace exact quotients by reads of a zero-stuffed tensor, defined alongside."""
    (term,) = form.terms
    for read in term.reads:
        factors = _quotients(read, term)
        if factors:
            return _stuff(form, term, read, factors)
    return (), form, {}


def _quotients(read: Read, term: Term) -> dict[int, Index]:
    """The axes that are read at ``e // S`` where a condition says that S divides e."""
    return {
        axis: index.bottom
        for axis, index in enumerate(read.at)
        if isinstance(index, FloorDiv)
        and Condition(Mod(index.top, index.bottom), "==", 0) in term.where
    }


def _stuff(
    form: Form, term: Term, read: Read, factors: dict[int, Index]
) -> tuple[tuple[Form, ...], Form, dict[int, Index]]:
    name = fresh(f"{read.tensor}_up", form.tensors)
    shape = form.shape_of(read.tensor)
    wide: Shape = tuple(
        tidy(add(Product((tidy(add(n, -1)), factors[axis])), 1)) if axis in factors else n
        for axis, n in enumerate(shape)
    )
    at, where = [], []
    for axis, index in enumerate(read.at):
        if axis in factors and isinstance(index, FloorDiv):
            at.append(index.top)
            where.append(Condition(Mod(index.top, index.bottom), "==", 0))
        else:
            at.append(index)
    new_read = Read(name, tuple(at), read.function)
    new_term = replace(
        term,
        reads=tuple(new_read if r is read else r for r in term.reads),
        where=tuple(c for c in term.where if c not in where),
    )
    shapes = tuple(
        (name, wide) if tensor == read.tensor else (tensor, old) for tensor, old in form.shapes
    )
    made = replace(form, terms=(new_term,), shapes=shapes)
    return (_definition(name, read.tensor, shape, wide, factors),), made, factors


def _definition(
    name: str, source: str, shape: Shape, wide: Shape, factors: dict[int, Index]
) -> Form:
    """``u[m] = g[m / S]`` where S divides m, and 0 elsewhere."""
    ranges = tuple(Range(f"m_{axis}" if len(wide) > 1 else "m", n) for axis, n in enumerate(wide))
    at: list[Index] = []
    where = []
    for axis, item in enumerate(ranges):
        here = Symbol(item.name)
        if axis in factors:
            at.append(FloorDiv(here, factors[axis]))
            where.append(Condition(Mod(here, factors[axis]), "==", 0))
        else:
            at.append(here)
    term = Term((Read(source, tuple(at)),), (), tuple(where))
    return Form(name, ranges, (term,), ((source, shape),))


def _rebound(form: Form, made: frozenset[str] = frozenset()) -> Form:
    """Sum over where the data is read instead: ``x[o - k]`` under a sum over o becomes ``x[i]``.

    Only where the read's axis then bounds the sum, so that no range is lost; an index `made` here
    stays.
    """
    (term,) = form.terms
    given = [r for r in term.sums if r.name not in made]
    for read in term.reads:
        for axis, index in enumerate(read.at):
            for bound in given:
                found = _shifted(form, term, read, axis, index, bound)
                if found is not None:
                    new = {r.name for r in found.sums} - {r.name for r in term.sums}
                    return _rebound(replace(form, terms=(found,)), made | new)
    return form


def _shifted(
    form: Form, term: Term, read: Read, axis: int, index: Index, bound: Range
) -> Term | None:
    parts = coefficient(index, bound.name) if bound.name in symbols(index) else None
    backwards = (
        parts is not None
        and parts[0] == 1
        and any(_factor(parts[1], out) == -1 for out in form.indices)
    )
    if parts is None or not backwards or isinstance(index, Symbol):
        return None
    covered = any(
        i == Symbol(bound.name) and n == bound.stop
        for other in term.reads
        for i, n in zip(other.at, form.shape_of(other.tensor), strict=True)
    )
    if not covered or bound.start != 0:
        return None
    name = fresh("i", {*term_symbols(term), *form.indices})
    new = Range(name, form.shape_of(read.tensor)[axis])
    moved = substitute_term(
        replace(term, sums=()), {bound.name: simplify(add(Symbol(name), minus(parts[1])))}
    )
    reads = tuple(replace(r, at=tuple(map(neat, r.at))) for r in moved.reads)
    return replace(moved, reads=reads, sums=tuple(new if r is bound else r for r in term.sums))


def _factor(index: Index, name: str) -> Index | None:
    parts = coefficient(index, name) if name in symbols(index) else None
    return parts[0] if parts else None


# --- correlations -------------------------------------------------------------------------------


def _runs_backwards(term: Term, name: str) -> bool:
    """Whether an index enters the data with a minus, beside an output index."""
    for read in term.reads:
        for index in read.at:
            parts = coefficient(index, name) if name in symbols(index) else None
            if parts and not isinstance(index, Symbol):
                numbers = list(polynomial(parts[0]).values())
                return bool(numbers) and all(n < 0 for n in numbers)
    return False


def _is_product(term: Term) -> bool:
    """Whether a term is a sum of two plain reads multiplied, and nothing besides."""
    bare = term.coefficient == 1 and not term.divisors and not term.where
    return bare and len(term.reads) == 2 and not any(read.function for read in term.reads)


def _correlation(
    form: Form, data: Read, kernel: Read, wide: Mapping[str, Mapping[int, Index]]
) -> Correlation | None:
    """Recognise ``Σ data[s·out + d·bound - p] · kernel[bound]``; `wide` are the stuffed tensors."""
    (term,) = form.terms
    outs = set(form.indices)
    ranges = {r.name: r for r in term.sums}
    found = [_window(axis, index, outs, set(ranges)) for axis, index in enumerate(data.at)]
    windows = tuple(window for window in found if window is not None)
    plain = [i for i in data.at if isinstance(i, Symbol)]
    moving = [name for w in windows for name in (w.out, w.bound)]
    others = set(ranges) - set(moving)
    once = len(set(moving)) == len(moving) and others <= symbols(*data.at) & symbols(*kernel.at)
    if not windows or len(windows) + len(plain) != len(data.at) or not once:
        return None
    if kernel.tensor in wide or symbols(*kernel.at) & {w.out for w in windows}:
        return None
    shape = form.shape_of(kernel.tensor)
    ways = {w.bound: _way(ranges[w.bound], kernel, shape) for w in windows}
    if None in ways.values() or len({*ways.values()}) > 1:
        return None
    flipped = tuple(name for name, way in ways.items() if way == -1)
    factors = wide.get(data.tensor, {})
    stuffed = tuple(factors.get(w.axis, 1) for w in windows)
    return Correlation(data.tensor, kernel.tensor, windows, flipped, stuffed)


def _way(bound: Range, kernel: Read, shape: Shape) -> int | None:
    """1 where the kernel's axis is read whole as ``k``, -1 as ``K - 1 - k``, else None."""
    name = Symbol(bound.name)
    axes = [pair for pair in zip(kernel.at, shape, strict=True) if bound.name in symbols(pair[0])]
    if len(axes) != 1 or bound.start != 0 or not same(bound.stop, axes[0][1]):
        return None
    index, size = axes[0]
    if index == name:
        return 1
    return -1 if same(index, add(size, -1, minus(name))) else None


def _window(axis: int, index: Index, outs: set[str], bounds: set[str]) -> Window | None:
    names = symbols(index)
    out, bound = sorted(names & outs), sorted(names & bounds)
    if len(out) != 1 or len(bound) != 1:
        return None
    first = coefficient(index, out[0])
    second = coefficient(first[1], bound[0]) if first else None
    if first is None or second is None or symbols(first[0]) & (outs | bounds):
        return None
    return Window(axis, out[0], bound[0], first[0], second[0], factored(minus(second[1])))


def _with_windows(form: Form, data: int, found: Correlation) -> Form:
    """Write every window of the data as ``stride·out + dilation·bound - padding``."""
    (term,) = form.terms
    at = list(term.reads[data].at)
    for w in found.windows:
        at[w.axis] = add(
            tidy(Product((w.stride, Symbol(w.out)))),
            tidy(Product((w.dilation, Symbol(w.bound)))),
            *_subtracted(w.padding),
        )
    reads = list(term.reads)
    reads[data] = replace(reads[data], at=tuple(at))
    return replace(form, terms=(replace(term, reads=tuple(reads)),))


def _subtracted(padding: Index) -> tuple[Index, ...]:
    """``- (D(K - 1) - P)``: a sum keeps its brackets so that the padding can be recognised."""
    if padding == 0:
        return ()
    return (Product((-1, padding)),) if not isinstance(padding, int) else (-padding,)


def factored(index: Index) -> Index:
    """Like terms collected, and a common symbol drawn out of two of them: ``D(K - 1) - P``."""
    terms = polynomial(index)
    for symbol in sorted({s for m in terms for s in m}, key=str):
        inside = {m: n for m, n in terms.items() if symbol in m}
        if len(inside) < 2 or not any(len(m) > 1 for m in inside):
            continue
        rest = {m: n for m, n in terms.items() if symbol not in m}
        inner = _drawn(inside, symbol)
        product: Index = Product((symbol, inner))
        return tidy(add(product, from_polynomial(rest))) if rest else tidy(product)
    return simplify(index)


def _drawn(terms: Polynomial, symbol: Tree) -> Index:
    rest: Polynomial = {}
    for monomial, number in terms.items():
        others = list(monomial)
        others.remove(symbol)
        rest[tuple(others)] = number
    return from_polynomial(rest)
