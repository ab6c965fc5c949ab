"""The sweep itself: what the file has is taken from it, the rest is handed to the executor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from itertools import islice

from symconv.executors import in_order
from symconv.sweeps.result import Swept
from symconv.sweeps.store import Store
from symconv.sweeps.work import Batch, Job, Sizes
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A geometry at its place in the order, and its result if the file has it."""

    number: int
    sizes: Sizes
    known: Swept | None = None


def run(
    job: Job,
    geometries: Iterable[Sizes],
    executor: Executor | None = None,
    store: Store | None = None,
    *,
    batch: int = 8,
    window: int = 64,
) -> Iterator[Swept]:
    """A result for each geometry, in order; at most `batch` times `window` are under way.

    What an executor could not do is a result too, and is not written, so that it is tried again.
    """
    items = _batches(geometries, store, batch)
    for places, done in in_order(executor, job, items, window):
        failed = isinstance(done, Exception)
        made = iter([] if done is None or isinstance(done, Exception) else done)
        for place in places:
            swept = place.known or (_lost(place, done) if failed else next(made))
            if store is not None and not place.known and not failed:
                store.add(swept)
            yield swept


def _batches(
    geometries: Iterable[Sizes], store: Store | None, size: int
) -> Iterator[tuple[tuple[Place, ...], Batch | None]]:
    """The geometries a few at a time, and those of them that are still to be worked on."""
    numbered = iter(enumerate(geometries))
    while few := list(islice(numbered, size)):
        places = tuple(_place(number, dict(sizes), store) for number, sizes in few)
        left = tuple((p.number, p.sizes) for p in places if p.known is None)
        yield places, left or None


def _place(number: int, sizes: Sizes, store: Store | None) -> Place:
    known = store.get(sizes) if store is not None else None
    return Place(number, sizes, replace(known, number=number) if known else None)


def _lost(place: Place, error: object) -> Swept:
    why = f"the executor lost it ({type(error).__name__}: {error})"
    return Swept(place.number, place.sizes, "undecided", why)
