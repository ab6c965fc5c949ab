"""The last resort: both sides evaluated exactly, at small sizes first and then at generic ones.

Agreement on N cases is "checked on N cases", never a proof.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from symconv.claims import Claim, SizeClaim, Verdict
from symconv.errors import SymconvError
from symconv.provers.exact import differ, meets
from symconv.provers.inside import TooMany
from symconv.provers.lengths import refuted, size_differs, size_meets, small_points
from symconv.provers.sets import shown
from symconv.provers.words import divisors, nonempty, told
from symconv.sampling import SPANS, work
from symconv.terms import Equation

METHOD = "exact evaluation"
DEAREST = 20_000
"""How many steps of the plain evaluator one case may cost."""
TRIES = 2000
"""How many sizes are looked at in search of some that fit together."""


def by_numbers(claim: Claim, count: int = 24, seed: int = 0) -> Verdict:
    """Refuted at the smallest sizes tried, or checked on `count` cases or fewer."""
    cases = 0
    words = told((*claim.scope.assumptions, *divisors(claim), *nonempty(claim)), claim.scope)
    for sizes in _choices(claim, count, seed):
        try:
            found = differ(claim, sizes, draws=2)
        except (SymconvError, TooMany, ZeroDivisionError, IndexError, KeyError) as problem:
            text = f"could not be evaluated at {shown(sizes)}: {problem}"
            return Verdict("undecided", METHOD, claim.scope, text)
        if found is not None:
            text = f"differs at {shown(sizes)}, the first sizes tried that show it"
            return Verdict("refuted", METHOD, claim.scope, text, found, assumptions=words)
        cases += 1
    if not cases:
        return Verdict("undecided", METHOD, claim.scope, "no sizes were found that fit together")
    text = f"equal in exact arithmetic on {cases} cases; not a proof for all sizes"
    return Verdict("checked", METHOD, claim.scope, text, cases=cases, assumptions=words)


def size_by_numbers(claim: SizeClaim) -> Verdict:
    """Refuted at the smallest sizes, or checked on every small one in scope."""
    cases = 0
    for sizes in small_points(claim.scope):
        if size_meets(claim, sizes):
            found = size_differs(claim, sizes)
            if found is not None:
                return refuted(claim, METHOD, found)
            cases += 1
    if not cases:
        return Verdict("undecided", METHOD, claim.scope, "no sizes were found that fit together")
    text = f"true at the {cases} smallest sizes in scope; not a proof for all sizes"
    return Verdict("checked", METHOD, claim.scope, text, cases=cases)


def _choices(claim: Claim, count: int, seed: int) -> Iterator[dict[str, int]]:
    """Sizes in growing order: half of them the smallest, the others drawn generically."""
    parameters = claim.scope.parameters
    names = claim.scope.names
    if not names:
        yield from ({} for _ in range(1) if meets(claim, {}))
        return
    small = [tuple(sizes.values()) for sizes in small_points(claim.scope, TRIES)]
    source = random.Random(seed)
    drawn = [
        tuple(source.randint(*_span(p.kind, p.least)) for p in parameters) for _ in range(TRIES)
    ]
    seen: list[dict[str, int]] = []
    for limit, points in ((count // 2, small), (count, drawn)):
        for point in points:
            sizes = dict(zip(names, point, strict=True))
            if len(seen) < limit and sizes not in seen and _affordable(claim, sizes):
                seen.append(sizes)
    yield from sorted(seen, key=lambda s: sum(s.values()))


def _span(kind: str, least: int) -> tuple[int, int]:
    low, high = SPANS.get(kind, (least, least + 4))
    return max(low, least), max(high, least)


def _affordable(claim: Claim, sizes: Mapping[str, int]) -> bool:
    equations: tuple[Equation, ...] = (claim.left, claim.right, *claim.before)
    return meets(claim, sizes) and work(equations, sizes) <= DEAREST
