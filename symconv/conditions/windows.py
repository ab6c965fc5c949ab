"""The windows that a claim speaks of: one for each axis along which a kernel moves.

They are read off the claim itself, from where ``S·o + D·k - P`` meets an axis of a tensor, or
from sizes such as ``(N + 2P - K)//S + 1``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symconv.claims import AnyClaim, SizeClaim
from symconv.index import (
    FloorDiv,
    Index,
    Polynomial,
    Product,
    Symbol,
    add,
    coefficient,
    from_polynomial,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.terms import Form, Term


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
    """The windows of a claim, each once, in the order in which they are met."""
    kinds = {p.name: p.kind for p in claim.scope.parameters}
    if isinstance(claim, SizeClaim):
        found = list(_of_sizes(claim, kinds))
    else:
        forms = [f for f in (claim.left, *claim.before, claim.right) if isinstance(f, Form)]
        found = [w for form in forms for term in form.terms for w in _of_term(form, term, kinds)]
    return tuple(dict.fromkeys(found))


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
    for side in sides:
        found = _of_size(side, kinds)
        if found is not None:
            yield found


def _of_size(side: Index, kinds: Mapping[str, str]) -> Window | None:
    """``(N + 2P - D(K - 1) - 1)//S + 1``: the input counts up, the kernel down."""
    terms = polynomial(side)
    floors = [m for m in terms if len(m) == 1 and isinstance(m[0], FloorDiv)]
    top: Index = side
    stride: Index = 1
    if len(floors) == 1 and isinstance(floors[0][0], FloorDiv):
        top, stride = floors[0][0].top, floors[0][0].bottom
    inside: Polynomial = polynomial(top)
    sizes = {m: n for m, n in inside.items() if _sizes_in(m, kinds) == 1}
    plus = [m for m, n in sizes.items() if n == 1 and len(m) == 1 and isinstance(m[0], Symbol)]
    less = [m for m, n in sizes.items() if n == -1]
    if len(plus) != 1 or len(less) != 1:
        return None
    kernel = next(a for a in less[0] if isinstance(a, Symbol) and kinds.get(a.name) == "size")
    dilation = from_polynomial({tuple(a for a in less[0] if a is not kernel): 1})
    paddings = tuple(sorted(n for n in symbols(top) if kinds.get(n) == "padding"))
    return Window(plus[0][0], kernel, stride, dilation, paddings)


def _sizes_in(monomial: tuple[Index, ...], kinds: Mapping[str, str]) -> int:
    return sum(isinstance(a, Symbol) and kinds.get(a.name) == "size" for a in monomial)
