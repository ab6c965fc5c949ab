"""Small sizes at which claims and conditions are compared, one by one."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.index import RELATIONS, Condition, evaluate
from symconv.provers.exact import differ, meets
from symconv.provers.lengths import size_differs, size_meets

REACH = {"size": 5, "stride": 4, "dilation": 3, "padding": 3, "output_padding": 2}
MOST = 150
ALL = 4000


def small(claim: AnyClaim, most: int = MOST) -> Iterator[dict[str, int]]:
    """Small sizes in scope, a drawn part of them where there are many."""
    spans = [range(p.least, p.least + REACH[p.kind]) for p in claim.scope.parameters]
    sizes = (dict(zip(claim.scope.names, point, strict=True)) for point in _points(spans))
    inside = meets if isinstance(claim, Claim) else size_meets
    return itertools.islice((s for s in sizes if inside(claim, s)), most)


def _points(spans: Sequence[range]) -> list[tuple[int, ...]]:
    source = random.Random(7)
    if math.prod(map(len, spans)) <= ALL:
        points = list(itertools.product(*spans))
        source.shuffle(points)
        return points
    drawn = (tuple(map(source.choice, spans)) for _ in range(ALL))
    return list(dict.fromkeys(drawn))


def true_at(claim: AnyClaim, sizes: Mapping[str, int]) -> bool:
    """Whether the claim holds at some sizes, in exact arithmetic."""
    if isinstance(claim, SizeClaim):
        return size_differs(claim, sizes) is None
    return differ(claim, sizes, draws=1) is None


def met(conditions: tuple[Condition, ...], sizes: Mapping[str, int]) -> bool:
    """Whether all conditions hold at some sizes."""
    return all(
        RELATIONS[c.relation](evaluate(c.left, sizes), evaluate(c.right, sizes)) for c in conditions
    )
