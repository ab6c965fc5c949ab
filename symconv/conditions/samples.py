"""Where the sets cannot tell: at which small sizes a claim holds, in exact arithmetic.

This only picks the conditions that are worth a proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.errors import SymconvError
from symconv.index import Condition
from symconv.provers.exact import differ, holds, meets
from symconv.provers.lengths import size_differs, size_meets, small_points
from symconv.sampling import work
from symconv.values import dataclass

COUNT = 40
"""How many small sizes are looked at."""
TRIED = 400
"""How many choices of sizes are tried for that."""
DEAREST = 4000
"""How many steps of the plain evaluator one of them may cost."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Sizes, and whether the claim holds there."""

    sizes: Mapping[str, int]
    holds: bool

    def meets(self, conditions: tuple[Condition, ...]) -> bool:
        """Whether the sizes meet some conditions."""
        return all(holds(condition, self.sizes) for condition in conditions)


def samples(claim: AnyClaim, known: Mapping[str, int]) -> Iterator[Sample]:
    """The smallest sizes in scope, with numbers known for some symbols."""
    return islice(_drawn(claim, known), COUNT)


def _drawn(claim: AnyClaim, known: Mapping[str, int]) -> Iterator[Sample]:
    fitting = (
        sizes
        for sizes in small_points(claim.scope)
        if all(sizes[name] == number for name, number in known.items())
    )
    for sizes in islice(fitting, TRIED):
        try:
            agrees = _agrees(claim, sizes)
        except (SymconvError, ZeroDivisionError, IndexError, KeyError):
            continue
        if agrees is not None:
            yield Sample(sizes, agrees)


def _agrees(claim: AnyClaim, sizes: Mapping[str, int]) -> bool | None:
    """Whether the claim holds at some sizes; None where they are out of scope or too dear."""
    if isinstance(claim, SizeClaim):
        return size_differs(claim, sizes) is None if size_meets(claim, sizes) else None
    if not meets(claim, sizes) or _cost(claim, sizes) > DEAREST:
        return None
    return differ(claim, sizes, draws=1) is None


def _cost(claim: Claim, sizes: Mapping[str, int]) -> float:
    return work((claim.left, claim.right, *claim.before), sizes)
