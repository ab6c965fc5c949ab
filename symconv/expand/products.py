"""Forms at concrete sizes, as integer index arrays: which product goes to which output.

A condition ``e == v`` on an index that occurs once is not searched for but computed, so a scatter
(the transposed convolution, every raw gradient) costs as much as a gather.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.errors import GeometryError, NeedsSizes
from symconv.index import Condition, Index, Symbol, compiled, evaluate, symbols, tidy
from symconv.reindex import solve
from symconv.terms import (
    Form,
    Range,
    Shape,
    Term,
    free_symbols,
    with_sizes,
)
from symconv.values import dataclass

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = npt.NDArray[np.int64]

MOST_PRODUCTS = 200_000_000
"""More index combinations than this are refused before any array is made."""


@dataclass(frozen=True, slots=True)
class Products:
    """One term at concrete sizes: for each product its output and what it reads, all flat.

    `out` has shape (n,), each of `reads` has shape (n,); `divisors` is None where it is all 1.
    """

    tensors: tuple[str, ...]
    functions: tuple[str, ...]
    out: Ints
    reads: tuple[Ints, ...]
    coefficient: Fraction
    divisors: Ints | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A form at concrete sizes."""

    name: str
    shape: tuple[int, ...]
    shapes: tuple[tuple[str, tuple[int, ...]], ...]
    terms: tuple[Products, ...]

    @property
    def size(self) -> int:
        """The number of outputs."""
        return math.prod(self.shape)

    def size_of(self, tensor: str) -> int:
        """The number of elements of a tensor."""
        return math.prod(dict(self.shapes)[tensor])


def expand(form: Form, sizes: Mapping[str, int] | None = None) -> Expansion:
    """The index arrays of a form; `sizes` gives the symbols that are still open.

    Errors: `NeedsSizes` for an open symbol, `GeometryError` for sizes beyond `MOST_PRODUCTS`.
    """
    fixed = with_sizes(form, sizes) if sizes else form
    assert isinstance(fixed, Form)
    try:
        shapes = tuple((name, _numbers(shape)) for name, shape in fixed.shapes)
        shape = _numbers(fixed.shape)
        terms = tuple(_products(fixed, term, shape, dict(shapes)) for term in fixed.terms)
    except NeedsSizes as error:
        missing = sorted(free_symbols(fixed))
        raise NeedsSizes(
            f"{form.name} has open sizes",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        ) from error
    return Expansion(form.name, shape, shapes, terms)


def _numbers(shape: Shape) -> tuple[int, ...]:
    return tuple(max(0, evaluate(size, {})) for size in shape)


@dataclass(frozen=True, slots=True)
class _Loops:
    """What is enumerated, and what follows from it in order."""

    ranges: tuple[Range, ...]
    computed: tuple[tuple[Range, Index], ...]
    where: tuple[Condition, ...]


def _plan(form: Form, term: Term) -> _Loops:
    """Turn equations with a lone index of coefficient 1 into assignments, outputs first."""
    outer = {r.name for r in form.ranges}
    ranges = {r.name: r for r in (*form.ranges, *term.sums)}
    computed: list[tuple[Range, Index]] = []
    where = list(term.where)
    for condition in term.where:
        names = symbols(condition.left, condition.right)
        order = [n for n in ranges if n in names and n in outer]
        order += [n for n in ranges if n in names and n not in outer]
        for name in order:
            solution = solve(condition, name)
            used = any(name in symbols(value) for _, value in computed)
            if solution is not None and solution.condition is None and not used:
                computed.append((ranges.pop(name), solution.value))
                where.remove(condition)
                break
    return _Loops(tuple(ranges.values()), tuple(computed), tuple(where))


def _products(
    form: Form, term: Term, shape: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]]
) -> Products:
    loops = _plan(form, term)
    counts, values, keep = _enumerate(loops)
    keep += _evaluated(loops.where, values)
    flat = []
    within = {r.name: r.stop for r in loops.ranges if r.start == 0}
    for read in term.reads:
        at = _evaluated(read.at, values)
        shape_read = shapes[read.tensor]
        for index, value, size in zip(read.at, at, shape_read, strict=True):
            if not isinstance(index, Symbol) or within.get(index.name) != size:
                keep.append(_inside(value, size))
        flat.append(_flatten(at, shape_read))
    divisors = [d for d in map(tidy, term.divisors) if d != 1]
    under = [math.prod(_evaluated(divisors, values))] if divisors else []
    out = _flatten([values[name] for name in form.indices], shape)
    found = _kept((out, *flat, *under), keep, counts)
    return Products(
        tuple(read.tensor for read in term.reads),
        tuple(read.function for read in term.reads),
        found[0],
        tuple(found[1 : len(flat) + 1]),
        term.coefficient,
        found[-1] if divisors else None,
    )


def _evaluated(items: Sequence[Index | Condition], values: Mapping[str, Any]) -> list[Any]:
    """Indices and conditions at all points; an index of a loop is there already."""
    known = [values.get(item.name) if isinstance(item, Symbol) else None for item in items]
    others = [item for item, value in zip(items, known, strict=True) if value is None]
    made = iter(_arrays(others, tuple(values))(*values.values()) if others else ())
    return [next(made) if value is None else value for value in known]


def _arrays(
    values: Sequence[Index | Condition], names: tuple[str, ...]
) -> Callable[..., tuple[Any, ...]]:
    return compiled(tuple(values), names, (np.minimum, np.maximum))


def _enumerate(loops: _Loops) -> tuple[tuple[int, ...], dict[str, Any], list[Any]]:
    """How often each loop runs, every index as an array that broadcasts over all loops, and which
    points are in range (truths, which broadcast too).
    """
    starts = [evaluate(r.start, {}) for r in loops.ranges]
    counts = tuple(max(0, evaluate(r.size, {})) for r in loops.ranges)
    if math.prod(counts) > MOST_PRODUCTS:
        raise GeometryError(
            "these sizes are too large to write out",
            expected=f"at most {MOST_PRODUCTS:,} products",
            got=" x ".join(map(str, counts)),
            hint="smaller sizes",
        )
    values: dict[str, Any] = {}
    for axis, (r, start, count) in enumerate(zip(loops.ranges, starts, counts, strict=True)):
        shape = (count, *(1,) * (len(counts) - axis - 1))
        values[r.name] = np.arange(start, start + count, dtype=np.int64).reshape(shape)
    keep: list[Any] = []
    for item, index in loops.computed:
        (value,) = _arrays((index,), tuple(values))(*values.values())
        values[item.name] = np.asarray(value, dtype=np.int64)
        low, high = evaluate(item.start, {}), evaluate(item.stop, {})
        keep.append((values[item.name] >= low) & (values[item.name] < high))
    return counts, values, keep


def _inside(index: Any, size: int) -> Any:
    """Where an index lies in a tensor; True where it does everywhere."""
    if not isinstance(index, np.ndarray):
        return 0 <= index < size
    inside = (index >= 0) & (index < size)
    return True if np.count_nonzero(inside) == inside.size else inside


def _flatten(at: Sequence[Any], shape: tuple[int, ...]) -> Any:
    flat: Any = None
    for index, size in zip(at, shape, strict=True):
        if size != 1:  # else the index is 0 wherever it is inside
            flat = index if flat is None else flat * size + index
    return 0 if flat is None else flat


def _kept(values: Sequence[Any], keep: Sequence[Any], counts: tuple[int, ...]) -> list[Ints]:
    """The values of all points at which every truth holds, flat, the last loop fastest."""
    truths = [truth for truth in keep if truth is not True]
    if truths:
        mask = np.broadcast_to(reduce(np.logical_and, truths), counts)
        spread = (np.broadcast_to(np.asarray(value, dtype=np.int64), counts) for value in values)
        return [value[mask] for value in spread]
    found = []
    for value in values:
        wide = np.empty(counts, dtype=np.int64)
        wide[...] = value
        found.append(wide.reshape(-1))
    return found
