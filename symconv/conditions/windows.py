"""The windows that a claim speaks of: one for each axis along which a kernel moves.

They are read off the claim itself, from where ``S·o + D·k - P`` meets an axis of a tensor, or
from sizes such as ``(N + 2P - K)//S + 1``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from symconv.claims import AnyClaim, SizeClaim
from symconv.index import (
    FloorDiv,
    Index,
    Monomial,
    Product,
    Symbol,
    add,
    coefficient,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.terms import Form, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """One axis: its size, the kernel's, the stride and the dilation, and the padding symbols."""

    size: Index
    kernel: Index
    stride: Index = 1
    dilation: Index = 1
    paddings: tuple[str, ...] = ()

    @property
    def span(self) -> Index:
        """``D(K - 1) + 1``."""
        return tidy(add(tidy(Product((self.dilation, tidy(add(self.kernel, -1))))), 1))


@dataclass(frozen=True, slots=True)
class Variable:
    """An index in a meeting: its coefficient and the size of its range."""

    factor: Index
    size: Index


def windows(claim: AnyClaim) -> tuple[Window, ...]:
    """The windows of a claim, each once, in the order in which they are met.

    What is a kernel to one window is no input to another.
    """
    kinds = {p.name: p.kind for p in claim.scope.parameters}
    if isinstance(claim, SizeClaim):
        found = list(_of_sizes(claim, kinds))
    else:
        forms = [f for f in (claim.left, *claim.before, claim.right) if isinstance(f, Form)]
        found = [w for form in forms for term in form.terms for w in _of_term(form, term, kinds)]
        found += _of_shapes((n for form in forms for n in _extents(form)), kinds)
    kept: list[Window] = []
    for window in dict.fromkeys(found):
        if all(window.size != w.kernel and window.kernel != w.size for w in kept):
            kept.append(window)
    return tuple(kept)


# --- from meetings ------------------------------------------------------------------------------


def _of_term(form: Form, term: Term, kinds: Mapping[str, str]) -> Iterator[Window]:
    ranges = {r.name: r.size for r in (*form.ranges, *term.sums)}
    shapes = dict(form.shapes)
    for read in term.reads:
        for index, size in zip(read.at, shapes[read.tensor], strict=False):
            yield from _of_meeting(index, [Variable(-1, size)], ranges, kinds)
    for condition in term.where:
        if condition.relation == "==":
            difference = add(condition.left, minus(condition.right))
            yield from _of_meeting(difference, [], ranges, kinds)


def _of_meeting(
    index: Index, place: list[Variable], ranges: Mapping[str, Index], kinds: Mapping[str, str]
) -> Iterator[Window]:
    """The window of ``S·o + D·k - P = i``; no other kind of index has one."""
    variables: list[Variable] = []
    rest = index
    for name, size in ranges.items():
        if name not in symbols(rest):
            continue
        parts = coefficient(rest, name)
        if parts is None:
            return
        factor, rest = parts
        variables.append(Variable(factor, size))
    if len(variables) + len(place) != 3:
        return
    kernel = _kernel(variables, place, kinds)
    if kernel is None:
        return
    others = [v for v in (*variables, *place) if v is not kernel]
    paddings = tuple(sorted(n for n in symbols(rest) if kinds.get(n) == "padding"))
    stride = next((f for v in others if (f := _magnitude(v.factor)) != 1), 1)
    bare = [v for v in others if isinstance(v.size, Symbol | int)]
    if bare:
        size = bare[-1].size
        yield Window(size, kernel.size, stride, _magnitude(kernel.factor), paddings)


def _kernel(
    variables: list[Variable], place: list[Variable], kinds: Mapping[str, str]
) -> Variable | None:
    """The last index with a plain size that neither carries the stride nor is the result's."""
    everyone = [*variables, *place]
    signs = [_sign(v.factor) for v in everyone]
    if 0 in signs or abs(sum(signs)) != 1:
        return None
    odd = everyone[signs.index(-sum(signs))]
    fit = [
        v
        for v in variables
        if v is not odd and isinstance(v.size, Symbol | int) and not _strided(v.factor, kinds)
    ]
    return fit[-1] if fit else None


def _strided(factor: Index, kinds: Mapping[str, str]) -> bool:
    return any(kinds.get(name) == "stride" for name in symbols(factor))


def _sign(factor: Index) -> int:
    """The sign of a product of strides, dilations and numbers."""
    numbers = set(polynomial(factor).values())
    if len(numbers) != 1:
        return 0
    return 1 if min(numbers) > 0 else -1


def _magnitude(factor: Index) -> Index:
    return simplify(factor) if _sign(factor) > 0 else simplify(minus(factor))


# --- from sizes ---------------------------------------------------------------------------------


def _of_sizes(claim: SizeClaim, kinds: Mapping[str, str]) -> Iterator[Window]:
    sides = [c.left for c in claim.scope.assumptions]
    for size in (claim.left, claim.right):
        sides += [size.top] if size.bottom == 1 else [FloorDiv(size.top, size.bottom)]
    yield from _of_shapes(sides, kinds)


def _extents(form: Form) -> Iterator[Index]:
    yield from form.shape
    for _, shape in form.shapes:
        yield from shape


def _of_shapes(sizes: Iterable[Index], kinds: Mapping[str, str]) -> Iterator[Window]:
    for size in dict.fromkeys(sizes):
        if len(symbols(size)) > 1:
            window = _of_size(size, kinds)
            if window is not None:
                yield window


def _of_size(side: Index, kinds: Mapping[str, str]) -> Window | None:
    """``(N + 2P - D(K - 1) - 1)//S + 1``, or ``S(N - 1) + D(K - 1) + 1 - 2P`` transposed."""
    floors = [m[0] for m in polynomial(side) if len(m) == 1 and isinstance(m[0], FloorDiv)]
    floor = floors[0] if len(floors) == 1 else FloorDiv(side, 1)
    assert isinstance(floor, FloorDiv)
    sizes = [
        (number, monomial)
        for monomial, number in polynomial(floor.top).items()
        if _sizes_in(monomial, kinds)
    ]
    if len(sizes) != 2 or any(len(_sizes_in(m, kinds)) != 1 for _, m in sizes):
        return None
    paddings = tuple(sorted(n for n in symbols(floor.top) if kinds.get(n) == "padding"))
    (size, long), (kernel, factor) = (_parted(n, m, kinds) for n, m in _ordered(sizes, kinds))
    if _sign(factor) < 0 and long == 1:
        return Window(size, kernel, floor.bottom, _magnitude(factor), paddings)
    if _sign(factor) > 0 and _sign(long) > 0 and floor.bottom == 1:
        return Window(size, kernel, long, factor, paddings)
    return None


Part: TypeAlias = "tuple[int, Monomial]"


def _ordered(sizes: list[Part], kinds: Mapping[str, str]) -> list[Part]:
    """What is taken away last, and what carries the stride first."""

    def rank(part: Part) -> tuple[bool, bool]:
        number, monomial = part
        return number < 0, not (number > 1 or any(_strided(atom, kinds) for atom in monomial))

    return sorted(sizes, key=rank)


def _parted(
    number: int, monomial: tuple[Index, ...], kinds: Mapping[str, str]
) -> tuple[Symbol, Index]:
    """The size in a product, and what it is multiplied by."""
    (size,) = _sizes_in(monomial, kinds)
    others = tuple(atom for atom in monomial if atom is not size)
    return size, tidy(Product((number, *others)))


def _sizes_in(monomial: tuple[Index, ...], kinds: Mapping[str, str]) -> list[Symbol]:
    return [a for a in monomial if isinstance(a, Symbol) and kinds.get(a.name) == "size"]
