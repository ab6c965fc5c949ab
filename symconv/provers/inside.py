"""Where a read outside a tensor is an error: the first one of a form at given sizes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from symconv.index import compiled, evaluate
from symconv.terms import Form, Read, with_sizes
from symconv.values import dataclass

MOST = 100_000
"""How many points of a form are looked at."""


class TooMany(Exception):
    """The form has too many points to look at one by one."""


@dataclass(frozen=True, slots=True)
class Left:
    """A read that leaves its tensor: the output position, and the read in words."""

    position: tuple[int, ...]
    text: str


def leaves(form: Form, sizes: Mapping[str, int]) -> Left | None:
    """The first output position, in order, at which some read is outside its tensor.

    Errors: `TooMany`.
    """
    fixed = with_sizes(form, sizes)
    assert isinstance(fixed, Form)
    shapes = {name: tuple(evaluate(n, {}) for n in shape) for name, shape in fixed.shapes}
    first: Left | None = None
    seen = 0
    for term in fixed.terms:
        ranges = (*fixed.ranges, *term.sums)
        names = tuple(r.name for r in ranges)
        truths = compiled(term.where, names)
        places = compiled(tuple(i for read in term.reads for i in read.at), names)
        for point in product(*(range(evaluate(r.start, {}), evaluate(r.stop, {})) for r in ranges)):
            seen += 1
            if seen > MOST:
                raise TooMany("too many reads to look at one by one")
            position = point[: len(fixed.ranges)]
            if first is not None and position >= first.position:
                break
            if all(truths(*point)):
                text = _outside(term.reads, places(*point), shapes)
                first = Left(position, text) if text else first
    return first


def _outside(
    reads: tuple[Read, ...], at: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]]
) -> str:
    start = 0
    for read in reads:
        here = at[start : start + len(read.at)]
        start += len(read.at)
        shape = shapes[read.tensor]
        if not all(0 <= i < n for i, n in zip(here, shape, strict=True)):
            place = ", ".join(map(str, here))
            return f"{read.tensor}[{place}] is outside {read.tensor} of shape {shape}"
    return ""
