"""Claims about sizes: two rational numbers made of symbols, compared for all sizes.

Cross-multiplied, ``a/b = c/d`` is a condition on integers.  Integer sets decide it where it is
quasi-affine; an identity of polynomials holds whatever the strides are; else the symbols at fault
are given numbers.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from symconv.claims import Counterexample, Size, SizeClaim, Verdict
from symconv.graph import Parameter
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Sum,
    add,
    evaluate,
    minus,
    polynomial,
    same,
    simplify,
    substitute,
    substitute_condition,
    symbols,
)
from symconv.provers.frames import Frame
from symconv.provers.isl import BUDGET, NotAffine, Undecided, budgeted, library
from symconv.provers.sets import shown, smallest
from symconv.provers.words import assumed, bottoms, least, quantified

METHOD = "integer sets"
ALGEBRA = "algebra"
GRID = "integer sets on a grid"
VALUES = 8
POINTS = 64
NEGATED = {"=": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
FACTORS = ("stride", "dilation", "groups")


def by_lengths(claim: SizeClaim) -> Verdict:
    """Proved for all sizes, refuted with the smallest sizes, checked on a grid, or undecided."""
    try:
        return _by_sets(claim)
    except NotAffine as problem:
        refuted, grid = _on_grid(claim, problem)
        if refuted is not None:
            return refuted
        if claim.relation == "=" and identical(claim):
            scope = claim.scope
            text = quantified(scope) + assumed(list(scope.assumptions), scope)
            return Verdict("proved", ALGEBRA, scope, f"{text}; an identity of polynomials")
        return grid


def identical(claim: SizeClaim) -> bool:
    """Whether both sides are one rational function, floors of exact quotients taken as such."""
    exact = [c for c in claim.scope.assumptions if isinstance(c.left, Mod) and c.right == 0]
    (a, b), (c, d) = (_ratio(side, exact) for side in (claim.left, claim.right))
    return same(Product((a, d)), Product((c, b)))


def _ratio(side: Size, exact: list[Condition]) -> tuple[Index, Index]:
    a, b = _exactly(side.top, exact)
    c, d = _exactly(side.bottom, exact)
    return Product((a, d)), Product((b, c))


def _exactly(value: Index, exact: list[Condition]) -> tuple[Index, Index]:
    """An index as a quotient; ``e // S`` is ``e / S`` where S divides e by assumption."""
    match value:
        case Sum(terms):
            top, bottom = _exactly(terms[0], exact)
            for term in terms[1:]:
                a, b = _exactly(term, exact)
                top, bottom = add(Product((top, b)), Product((a, bottom))), Product((bottom, b))
            return top, bottom
        case Product(factors):
            parts = [_exactly(factor, exact) for factor in factors]
            return Product(tuple(a for a, _ in parts)), Product(tuple(b for _, b in parts))
        case FloorDiv(top, bottom) if any(_divides(c, top, bottom) for c in exact):
            return top, bottom
        case FloorDiv(top, bottom):
            return FloorDiv(simplify(top), simplify(bottom)), 1
    return value, 1


def _divides(condition: Condition, top: Index, bottom: Index) -> bool:
    """Whether ``m mod S = 0`` says that S divides `top`: top − m is a multiple of S."""
    assert isinstance(condition.left, Mod)
    if not same(condition.left.bottom, bottom):
        return False
    rest = polynomial(add(top, minus(condition.left.top)))
    letter = polynomial(bottom)
    if len(letter) != 1:
        return not any(rest.values())
    ((monomial, number),) = letter.items()
    return all(
        n % number == 0 and all(m.count(a) >= monomial.count(a) for a in monomial)
        for m, n in rest.items()
        if n
    )


# --- integer sets -------------------------------------------------------------------------------


def _by_sets(claim: SizeClaim) -> Verdict:
    isl = library()
    context = isl.Context()
    scope = claim.scope
    try:
        with budgeted(context, BUDGET):
            frame = Frame(isl, context, scope.names, ())
            frame.assume(*least(scope), *divisors(claim))
            frame.assume(*scope.assumptions)
            if frame.domain.is_empty():
                raise Undecided("no sizes meet the assumptions, so that anything would be proved")
            wrong = frame.domain.intersect(frame.holds(_crossed(claim, NEGATED[claim.relation])))
            if wrong.is_empty():
                text = quantified(scope) + assumed(list(scope.assumptions), scope)
                return Verdict("proved", METHOD, scope, text)
            sizes = smallest(wrong, frame)
    except NotAffine:
        raise
    except Undecided as problem:
        return Verdict("undecided", METHOD, scope, str(problem))
    return refuted(claim, sizes, METHOD)


def _crossed(claim: SizeClaim, relation: str) -> Condition:
    left = simplify(Product((claim.left.top, claim.right.bottom)))
    right = simplify(Product((claim.right.top, claim.left.bottom)))
    return Condition(left, relation, right)


def divisors(claim: SizeClaim) -> list[Condition]:
    """Everything that is divided by is at least 1."""
    found: list[Index] = [claim.left.bottom, claim.right.bottom]
    for side in (claim.left, claim.right):
        found += [*bottoms(side.top), *bottoms(side.bottom)]
    return [Condition(size, ">=", 1) for size in dict.fromkeys(found) if symbols(size)]


def value(side: Size, sizes: dict[str, int]) -> Fraction:
    """The rational number at given sizes."""
    return Fraction(evaluate(side.top, sizes), evaluate(side.bottom, sizes))


def agrees(claim: SizeClaim, sizes: dict[str, int]) -> bool:
    """Whether the claim holds at given sizes, in exact arithmetic."""
    a, b = value(claim.left, sizes), value(claim.right, sizes)
    return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[
        claim.relation
    ]


def refuted(claim: SizeClaim, sizes: dict[str, int], method: str) -> Verdict:
    """A refutation, evaluated again before it is reported."""
    left, right = value(claim.left, sizes), value(claim.right, sizes)
    if agrees(claim, sizes):
        text = f"a defect of the prover: the sides agree at {shown(sizes)}"
        return Verdict("undecided", method, claim.scope, text)
    text = f"differs at the smallest sizes {shown(sizes)}"
    found = Counterexample(sizes, (), str(left), str(right))
    return Verdict("refuted", method, claim.scope, text, found)


# --- a grid -------------------------------------------------------------------------------------


def _on_grid(claim: SizeClaim, problem: NotAffine) -> tuple[Verdict | None, Verdict]:
    """Numbers for the symbols at fault, smallest first: a refutation if any, and what was seen."""
    chosen: list[Parameter] = []
    while True:
        open_ones = [
            p for p in claim.scope.parameters if p.name in problem.blame and p not in chosen
        ]
        open_ones.sort(key=lambda p: (p.kind not in FACTORS, claim.scope.parameters.index(p)))
        if not open_ones:
            return None, Verdict("undecided", GRID, claim.scope, str(problem))
        chosen.append(open_ones[0])
        values = max(n for n in range(1, VALUES + 1) if n ** len(chosen) <= POINTS)
        if values < 2:
            return None, Verdict("undecided", GRID, claim.scope, str(problem))
        try:
            return _points(claim, chosen, values)
        except NotAffine as more:
            problem = more


def _points(
    claim: SizeClaim, chosen: list[Parameter], values: int
) -> tuple[Verdict | None, Verdict]:
    spans = [range(p.least, p.least + values) for p in chosen]
    seen = 0
    worst: list[dict[str, int]] = []
    for point in sorted(product(*spans), key=lambda at: (sum(at), at)):
        known = dict(zip((p.name for p in chosen), point, strict=True))
        verdict = _by_sets(at(claim, known))
        if verdict.outcome == "refuted" and verdict.counterexample is not None:
            inner = {**verdict.counterexample.sizes, **known}
            worst.append({p.name: inner[p.name] for p in claim.scope.parameters})
        elif verdict.outcome == "proved":
            seen += 1
        elif not verdict.evidence.startswith("no sizes meet"):
            return None, replace(verdict, scope=claim.scope, method=GRID)
    names = ", ".join(p.name for p in chosen)
    if worst:
        first = min(worst, key=lambda sizes: (sum(sizes.values()), [*sizes.values()]))
        found = refuted(claim, first, GRID)
        return found, found
    grid = ", ".join(f"{p.name} = {p.least} … {p.least + values - 1}" for p in chosen)
    fixed = {p.name: p.least for p in chosen}
    text = f"proved {quantified(claim.scope, fixed)} at each of {grid}; not for all {names}"
    if not seen:
        text = "no sizes on the grid meet the assumptions"
        return None, Verdict("undecided", GRID, claim.scope, text)
    return None, Verdict("checked", GRID, claim.scope, text, cases=seen)


def at(claim: SizeClaim, known: dict[str, int]) -> SizeClaim:
    """The claim with numbers for some of its symbols."""
    scope = replace(
        claim.scope,
        parameters=tuple(p for p in claim.scope.parameters if p.name not in known),
        assumptions=tuple(substitute_condition(c, known) for c in claim.scope.assumptions),
    )
    left, right = (
        Size(substitute(side.top, known), substitute(side.bottom, known))
        for side in (claim.left, claim.right)
    )
    return replace(claim, left=left, right=right, scope=scope)
