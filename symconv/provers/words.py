"""What a verdict speaks of: the symbols with their least values, and everything assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symconv.claims import Claim, Scope, Size
from symconv.graph import Graph
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    children,
    simplify,
    symbols,
)
from symconv.terms import Selection, Shape


def least(scope: Scope) -> tuple[Condition, ...]:
    """``N >= 1`` for every symbol in scope."""
    return tuple(Condition(Symbol(p.name), ">=", p.least) for p in scope.parameters)


def sensible(graph: Graph) -> tuple[Condition, ...]:
    """Every tensor of the graph has an element: what a claim about its sizes takes for granted."""
    sizes = [size for shape in graph.shapes.values() for size in shape]
    return tuple(c for c in at_least_one(sizes) if not isinstance(c.left, Symbol))


def at_least_one(sizes: Iterable[Index]) -> Iterator[Condition]:
    """Each size is at least 1, and each factor of a size that is a product."""
    factors: list[Index] = []
    for size in sizes:
        factors += size.factors if isinstance(size, Product) else (size,)
    for factor in dict.fromkeys(factors):
        if not isinstance(factor, int) or factor < 1:
            yield Condition(factor, ">=", 1)


def size_divisors(size: Size) -> Iterator[Condition]:
    """What a size divides by is at least 1 (a number may be negative, but not 0)."""
    own = simplify(size.bottom)
    found = [*bottoms(size.top), *bottoms(size.bottom)]
    found += [] if isinstance(own, int) and own != 0 else [own]
    for bottom in dict.fromkeys(map(simplify, found)):
        if not isinstance(bottom, int) or bottom < 1:
            yield Condition(bottom, ">=", 1)


def nonempty(claim: Claim) -> Iterator[Condition]:
    """Every tensor of the claim has an element; the right side's own sizes are not assumed."""
    sizes: list[Index] = []
    for equation in (*claim.before, claim.left):
        for _, shape in equation.shapes:
            sizes += shape
        sizes += equation.shape
    known = set(claim.left.tensors) | {e.name for e in claim.before}
    known |= {name for e in claim.before for name in e.tensors}
    for name, shape in claim.right.shapes:
        sizes += () if name in known else shape
    yield from at_least_one(sizes)


def divisors(claim: Claim) -> Iterator[Condition]:
    """The left side is defined: what it divides by is at least 1."""
    for form in (*claim.before, claim.left):
        if isinstance(form, Selection):
            continue
        for term in form.terms:
            bound = {*form.indices, *(r.name for r in term.sums)}
            inside = [index for read in term.reads for index in read.at]
            inside += [side for c in term.where for side in (c.left, c.right)]
            found = [*term.divisors, *(b for index in inside for b in bottoms(index))]
            for size in dict.fromkeys(map(simplify, found)):
                if (not isinstance(size, int) or size < 1) and not symbols(size) & bound:
                    yield Condition(size, ">=", 1)


def bottoms(index: Index) -> Iterator[Index]:
    """Everything that an index divides by, innermost first."""
    for part in children(index):
        yield from bottoms(part)
    if isinstance(index, FloorDiv | Mod):
        yield index.bottom


def quantified(scope: Scope, fixed: dict[str, int] | None = None) -> str:
    """``for all N >= 1, P >= 0``, without the symbols that have a number."""
    known = fixed or {}
    names = [f"{p.name} ≥ {p.least}" for p in scope.parameters if p.name not in known]
    return "for all " + ", ".join(names) if names else "at the given sizes"


def in_words(condition: Condition) -> str:
    """``N ≥ K``."""
    return str(condition).replace("<=", "≤").replace(">=", "≥")


def assumed(conditions: Sequence[Condition], scope: Scope, *, reads: bool = True) -> str:
    """The assumptions as one clause, with what a read outside a tensor means."""
    parts = told(conditions, scope, reads=reads)
    return "; assuming " + ", ".join(parts) if parts else ""


OUTSIDE = {
    "zero": "a read outside a tensor counts as 0",
    "error": "a read outside a tensor is an error",
}
"""What is said of reads outside a tensor, by the policy in scope."""


def told(conditions: Sequence[Condition], scope: Scope, *, reads: bool = True) -> tuple[str, ...]:
    """Everything that a verdict rests on, each in words."""
    parts = [in_words(c) for c in dict.fromkeys(conditions)]
    return (*parts, *map(str, scope.lemmas), *([OUTSIDE[scope.outside]] if reads else []))


def same_tensors(claim: Claim) -> Iterator[tuple[str, Shape, Shape]]:
    """The tensors that two of the claim's equations name, with both shapes."""
    first: dict[str, Shape] = {}
    for equation in (*claim.before, claim.left, claim.right):
        for name, shape in equation.shapes:
            known = first.setdefault(name, shape)
            if known != shape:
                yield name, known, shape
        if equation in claim.before:
            known = first.setdefault(equation.name, equation.shape)
            if known != equation.shape:
                yield equation.name, known, equation.shape
