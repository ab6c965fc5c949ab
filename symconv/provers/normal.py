"""At given sizes, exactly: both sides as polynomials in the elements of the tensors.

    every output position is a sum of  number · x[e₁] · x[e₂] · f(x[e₃]) …

Products are sorted, like ones are added up, and what is left of the difference decides.  Functions
are opaque, so that with them a difference must also show in values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.claims import Claim, Verdict
from symconv.errors import SymconvError
from symconv.expand import Products, expand
from symconv.index import Index, Symbol, concrete, evaluate
from symconv.provers.exact import differ_at, differ_outside, holds, shapes_differ
from symconv.provers.inline import inlined, pruned
from symconv.provers.inside import TooMany
from symconv.provers.isl import Undecided
from symconv.provers.lemmas import with_lemmas
from symconv.provers.lengths import small_points
from symconv.provers.words import divisors, least, nonempty, told
from symconv.sampling import work
from symconv.terms import Form, Term, free_symbols
from symconv.values import dataclass

METHOD = "exact normal form"
MOST = 2_000_000
"""How many products a side may have."""
Ints = npt.NDArray[np.int64]


def closed(claim: Claim) -> bool:
    """Whether every size of a claim is a number."""
    return not any(free_symbols(e) for e in (claim.left, claim.right, *claim.before))


def by_normal_form(claim: Claim) -> Verdict:
    """Proved exactly at the given sizes, refuted at the first position, or undecided and why."""
    try:
        return _decide(claim)
    except (Undecided, TooMany) as problem:
        return Verdict("undecided", METHOD, claim.scope, str(problem))
    except SymconvError as problem:
        return Verdict("undecided", METHOD, claim.scope, f"could not be written out: {problem}")
    except ZeroDivisionError:
        return Verdict("undecided", METHOD, claim.scope, "a divisor is 0")


def _decide(claim: Claim) -> Verdict:
    given = (*least(claim.scope), *claim.scope.assumptions, *divisors(claim), *nonempty(claim))
    points = small_points(claim.scope)
    sizes = next((p for p in points if all(holds(c, p) for c in given)), None)
    if sizes is None:
        raise Undecided("the sizes do not meet the assumptions, so that anything would be proved")
    verdict = _at_given_sizes(claim)
    if verdict.counterexample is None:
        return verdict
    return replace(verdict, counterexample=replace(verdict.counterexample, sizes=sizes))


def _at_given_sizes(claim: Claim) -> Verdict:
    wrong = shapes_differ(claim, {})
    if wrong is not None:
        text = "the sides have different shapes"
        return Verdict("refuted", METHOD, claim.scope, text, wrong)
    if claim.scope.outside == "error":
        left = differ_outside(claim, {})
        if left is not None:
            text = f"{left.right}, at the given sizes"
            return Verdict("refuted", METHOD, claim.scope, text, left)
    opened = with_lemmas(claim)
    place = first_difference(opened.left, opened.right)
    if place is not None and claim.before:
        opened = with_lemmas(inlined(claim))
        place = first_difference(opened.left, opened.right)
    words = told(claim.scope.assumptions, claim.scope)
    if place is None:
        text = "at the given sizes, exactly: the same products at every position"
        return Verdict("proved", METHOD, claim.scope, text, assumptions=words)
    found = differ_at(pruned(opened), {}, place)
    if found is None:
        raise Undecided(f"the products differ at position {place}, but not in their values")
    text = "differs at the first position in order, at the given sizes"
    return Verdict("refuted", METHOD, claim.scope, text, found, assumptions=words)


def first_difference(left: Form, right: Form) -> tuple[int, ...] | None:
    """The first output position at which the sides are different polynomials."""
    shape = tuple(concrete(n) for n in left.shape)
    codes = _Codes()
    rows: dict[int, list[tuple[Ints, Any]]] = {}
    scale = 1
    items = [*_rows(left, shape, codes, 1), *_rows(right, shape, codes, -1)]
    for item in items:
        scale = lcm(scale, item.under)
    for item in items:
        number = np.asarray(item.top, dtype=object) * (scale // item.under)
        rows.setdefault(item.keys.shape[1], []).append((item.keys, number))
    places = [place for parts in rows.values() for place in _left_over(parts)]
    if not places:
        return None
    return tuple(int(n) for n in np.unravel_index(min(places), shape)) if shape else ()


@dataclass(slots=True)
class _Codes:
    """Every element of every tensor, seen through a function, as one integer."""

    starts: dict[tuple[str, str], int] = field(default_factory=dict)
    total: int = 0

    def start(self, tensor: str, function: str, size: int) -> int:
        """Where the elements of a tensor begin."""
        key = tensor, function
        if key not in self.starts:
            self.starts[key] = self.total
            self.total += max(size, 1)
        return self.starts[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Products: ``keys[n] = (output, element, element, …)`` with coefficient ``top[n] / under``."""

    keys: Ints
    top: Any
    under: int


def _rows(form: Form, shape: tuple[int, ...], codes: _Codes, sign: int) -> Iterator[_Rows]:
    sizes = {name: tuple(concrete(n) for n in extents) for name, extents in form.shapes}
    spread: list[Term] = []
    lone: dict[int, list[tuple[list[int], int, int]]] = {}
    for term in form.terms:
        row = _entry(form, term, shape, sizes, codes)
        if row is None:
            spread.append(term)
        elif row:
            top, under = term.coefficient.numerator * sign, term.coefficient.denominator
            lone.setdefault(len(row), []).append((row, top, under))
    for entries in lone.values():
        under = lcm(*(u for _, _, u in entries))
        keys = np.array([row for row, _, _ in entries], dtype=np.int64)
        yield _Rows(keys, [top * (under // u) for _, top, u in entries], under)
    rest = replace(form, terms=tuple(spread))
    if work((rest,), {}) > MOST:
        raise Undecided("too many products to write out")
    for products in expand(rest).terms:
        yield _spread(products, sizes, codes, sign)


def _entry(
    form: Form,
    term: Term,
    shape: tuple[int, ...],
    sizes: Mapping[str, tuple[int, ...]],
    codes: _Codes,
) -> list[int] | None:
    """A matrix entry: outputs and reads that are numbers.  Empty if it is 0, None if it is not one.

    A matrix of thousands of entries is as many terms, and each must be read in microseconds.
    """
    if term.sums or term.divisors:
        return None
    pins: dict[str, int] = {}
    for c in term.where:
        if c.relation != "==" or not isinstance(c.left, Symbol) or not isinstance(c.right, int):
            return None
        if pins.setdefault(c.left.name, c.right) != c.right:
            return []
    if not all(isinstance(i, int) for read in term.reads for i in read.at):
        return None
    if set(pins) != set(form.indices):
        return None
    out = _flat([pins[name] for name in form.indices], shape)
    row = [
        codes.start(r.tensor, r.function, _count(sizes[r.tensor])) + at
        for r in term.reads
        if (at := _flat(r.at, sizes[r.tensor])) is not None
    ]
    return [] if out is None or len(row) < len(term.reads) else [out, *sorted(row)]


def _flat(at: Sequence[Index], shape: Sequence[int]) -> int | None:
    flat = 0
    for index, size in zip(at, shape, strict=True):
        number = index if isinstance(index, int) else evaluate(index, {})
        if not 0 <= number < size:
            return None
        flat = flat * size + number
    return flat


def _count(shape: Sequence[int]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _spread(
    products: Products, sizes: Mapping[str, tuple[int, ...]], codes: _Codes, sign: int
) -> _Rows:
    """The products of one sum."""
    columns = [
        at + codes.start(tensor, function, _count(sizes[tensor]))
        for tensor, function, at in zip(
            products.tensors, products.functions, products.reads, strict=True
        )
    ]
    reads = np.sort(np.stack(columns, axis=1), axis=1) if columns else None
    out = products.out[:, None]
    keys = out if reads is None else np.concatenate([out, reads], axis=1)
    top, under = sign * products.coefficient.numerator, products.coefficient.denominator
    if products.divisors is None:
        return _Rows(keys, np.full(len(keys), top, dtype=object), under)
    bottoms = [int(d) for d in np.unique(products.divisors)]
    if any(b < 1 for b in bottoms):
        raise Undecided("a divisor is 0 or less")
    whole = lcm(*bottoms) if bottoms else 1
    return _Rows(keys, whole // products.divisors.astype(object) * top, under * whole)


def _left_over(parts: Sequence[tuple[Ints, Any]]) -> list[int]:
    """The first output at which like products do not add up to nothing, if there is one."""
    keys = np.concatenate([k for k, _ in parts])
    numbers = np.concatenate([np.asarray(n, dtype=object) for _, n in parts])
    if not len(keys):
        return []
    order = np.lexsort(keys.T[::-1])
    keys, numbers = keys[order], numbers[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    sums = np.add.reduceat(numbers, starts)
    wrong = np.flatnonzero(sums != 0)
    return [int(keys[starts[wrong[0]], 0])] if len(wrong) else []
