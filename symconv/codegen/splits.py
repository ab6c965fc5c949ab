"""Splitting a flat index into its digits, and a flat axis into a block of axes.

``w[f // F·C + c]`` of a grouped convolution and the rows ``(c, k_h, k_w)`` of im2col are flat
indices read digit by digit; with ``f = F·q + f'`` the divisions go, and the axes are reshaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from symconv.codegen.bounds import affine, nonnegative, quotient, span
from symconv.codegen.nests import Access, Nest
from symconv.index import (
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    children,
    from_polynomial,
    minus,
    polynomial,
    rebuild,
    same,
    simplify,
    substitute,
    symbols,
    tidy,
)
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class _Cut:
    """``name = part·outer + inner`` with ``count`` values of outer."""

    name: str
    part: Index
    count: Index


def split(made: Nest, least: Mapping[str, int], claim: Callable[[str], str]) -> Nest:
    """The nest with flat indices split into digits, and the arrays' axes reshaped to match."""
    digits: set[str] = set()
    cut = _cut(made)
    while cut is not None:
        outer, inner = _names(made, cut, claim)
        value = tidy(add(Product((cut.part, Symbol(outer))), Symbol(inner)))
        ranges: list[tuple[str, Index]] = []
        for name, size in made.ranges:
            pair = [(outer, cut.count), (inner, cut.part)]
            ranges += pair if name == cut.name else [(name, size)]
        change = partial(_substituted, {cut.name: value}, dict(ranges), least)
        made = replace(made, ranges=tuple(ranges)).map(change)
        digits = (digits - {cut.name}) | {outer, inner}
        cut = _cut(made)
    return _reshaped(made, digits)


def _cut(made: Nest) -> _Cut | None:
    """The coarsest division of a bare variable that comes out even."""
    ranges = dict(made.ranges)
    found: list[_Cut] = []
    for node in _divisions(made):
        name, part = str(node.top), node.bottom
        if name in ranges and not symbols(part) & set(ranges):
            count = quotient(ranges[name], part)
            if count is not None:
                found.append(_Cut(name, part, count))
    return max(found, key=lambda cut: _coarseness(cut.part), default=None)


def _divisions(made: Nest) -> list[FloorDiv | Mod]:
    nodes = [node for index in made.indices() for node in _nodes(index)]
    return [node for node in nodes if isinstance(node, FloorDiv | Mod)]


def divided_by(made: Nest) -> list[Index]:
    """What the indices of a nest are divided by."""
    return [node.bottom for node in _divisions(made)]


def _coarseness(part: Index) -> tuple[int, int]:
    ((monomial, number),) = polynomial(part).items()
    return len(monomial), number


def _nodes(index: Index) -> list[Index]:
    return [index, *(node for part in children(index) for node in _nodes(part))]


def _names(made: Nest, cut: _Cut, claim: Callable[[str], str]) -> tuple[str, str]:
    """Names for the digits: after their sizes (``k_h`` for K_h), else the old one and ``q``."""
    taken = {name for name, _ in made.ranges if name != cut.name}
    outer = _digit(cut.count, claim, "q", taken)
    return outer, _digit(cut.part, claim, cut.name, {*taken, outer})


def _digit(size: Index, claim: Callable[[str], str], name: str, taken: set[str]) -> str:
    head = size.name[:1].lower() + size.name[1:] if isinstance(size, Symbol) else name
    numbered = (head, *(f"{head}_{n}" for n in range(1, len(taken) + 2)))
    return next(found for found in map(claim, numbered) if found not in taken)


def _substituted(
    values: Mapping[str, Index], ranges: Mapping[str, Index], least: Mapping[str, int], index: Index
) -> Index:
    return _simplified(substitute(index, values), ranges, least)


def _simplified(index: Index, ranges: Mapping[str, Index], least: Mapping[str, int]) -> Index:
    """Carry out what can be divided: ``(d·A + B) // d = A + B // d``."""
    parts = [_simplified(part, ranges, least) for part in children(index)]
    index = tidy(rebuild(index, parts))
    if not isinstance(index, FloorDiv | Mod):
        return index
    even, rest = _even(index.top, index.bottom)
    if _below(rest, index.bottom, ranges, least):
        return even if isinstance(index, FloorDiv) else rest
    if even == 0:
        return index
    if isinstance(index, FloorDiv):
        return simplify(add(even, FloorDiv(rest, index.bottom)))
    return Mod(rest, index.bottom)


def _even(index: Index, part: Index) -> tuple[Index, Index]:
    """``(A, B)`` with ``index = part·A + B``."""
    even: list[Index] = [0]
    rest: list[Index] = [0]
    for monomial, number in polynomial(index).items():
        term = from_polynomial({monomial: number})
        count = quotient(term, part)
        even += [] if count is None else [count]
        rest += [term] if count is None else []
    return simplify(add(*even)), simplify(add(*rest))


def _below(
    index: Index, part: Index, ranges: Mapping[str, Index], least: Mapping[str, int]
) -> bool:
    """Whether ``0 ≤ index < part`` for all values."""
    ends = span(index, ranges)
    if ends is None or not nonnegative(ends[0], least):
        return False
    return nonnegative(add(part, -1, minus(ends[1])), least)


# --- axes ---------------------------------------------------------------------------------------


def _reshaped(made: Nest, digits: set[str]) -> Nest:
    ranges = dict(made.ranges)
    accesses = [_blocks(access, ranges, digits) for access in made.accesses]
    return replace(made, out=accesses[0], reads=tuple(accesses[1:]))


def _blocks(access: Access, ranges: Mapping[str, Index], digits: set[str]) -> Access:
    at: list[Index] = []
    shape: list[Index] = []
    for index, size in zip(access.at, access.shape, strict=True):
        order = _digits(index, size, ranges) if symbols(index) & digits else None
        at += [Symbol(name) for name in order] if order else [index]
        shape += [ranges[name] for name in order] if order else [size]
    if len(at) == len(access.at):
        return access
    return replace(access, at=tuple(at), blocks=tuple(shape))


def _digits(index: Index, size: Index, ranges: Mapping[str, Index]) -> list[str] | None:
    """The variables of a flat index from the slowest to the fastest, if they fill the axis."""
    parts = affine(index, ranges)
    if parts is None or parts[1] != 0 or len(parts[0]) < 2:
        return None
    left = dict(parts[0])
    block: Index = 1
    order: list[str] = []
    while left:
        name = next((n for n, factor in left.items() if same(factor, block)), None)
        if name is None:
            return None
        del left[name]
        order.insert(0, name)
        block = _whole(size, simplify(Product((block, ranges[name]))))
    return order if same(block, size) else None


def _whole(size: Index, block: Index) -> Index:
    """A block that fills the axis is the axis, though ``G·⌊C/G⌋ = C`` only where G divides C."""
    for monomial, number in polynomial(block).items():
        for atom in monomial:
            if isinstance(atom, FloorDiv) and atom.top == size:
                rest = list(monomial)
                rest.remove(atom)
                if same(from_polynomial({tuple(rest): number}), atom.bottom):
                    return size
    return block
