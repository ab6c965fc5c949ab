"""Many geometries, in an order that never changes, made one at a time."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping

from symconv.errors import SymconvError
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of some sizes, the last one fastest; with `count` only so many of them.

    Those are drawn without repetition by `seed`, and stay in the grid's order.
    """

    axes: tuple[tuple[str, tuple[int, ...]], ...]
    count: int | None = None
    seed: int = 0

    @property
    def total(self) -> int:
        """How many combinations there are."""
        return math.prod(len(values) for _, values in self.axes)

    def __len__(self) -> int:
        return self.total if self.count is None else min(self.count, self.total)

    def __iter__(self) -> Iterator[dict[str, int]]:
        places: Iterable[int] = range(self.total)
        if len(self) < self.total:
            places = sorted(random.Random(self.seed).sample(range(self.total), len(self)))
        return map(self._at, places)

    def _at(self, place: int) -> dict[str, int]:
        found = {}
        for name, values in reversed(self.axes):
            place, digit = divmod(place, len(values))
            found[name] = values[digit]
        return {name: found[name] for name, _ in self.axes}


def geometries(
    sizes: Mapping[str, Iterable[int] | int] | None = None,
    /,
    *,
    count: int | None = None,
    seed: int = 0,
    **more: Iterable[int] | int,
) -> Grid:
    """Geometries for `sweep`: every combination of the sizes, or `count` of them drawn at random.

    >>> list(geometries(N=range(4, 6), K=3, S=(1, 2)))[1]
    {'N': 4, 'K': 3, 'S': 2}
    >>> len(geometries(N=range(3, 103), K=range(1, 101), P=range(4), count=20_000))
    20000

    Errors: `SymconvError` for a size without values.
    """
    axes = []
    for name, values in {**(sizes or {}), **more}.items():
        numbers = (values,) if isinstance(values, int) else tuple(map(int, values))
        if not numbers:
            raise SymconvError(f"no value for {name}", expected=f"for example {name}=range(3, 9)")
        axes.append((name, numbers))
    if count is not None and count < 1:
        raise SymconvError(
            "no geometry is asked for", expected="count of at least 1", got=str(count)
        )
    return Grid(tuple(axes), count, seed)
