"""Rows with their zeros, one at a time, so that a large matrix never stands in memory whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def dense(shape: tuple[int, int], entries: Iterable[tuple[int, int, str]]) -> Iterator[list[str]]:
    """The rows of a matrix from its non-zero entries in row-major order; zeros are ``0``."""
    waiting = iter(entries)
    entry = next(waiting, None)
    for row in range(shape[0]):
        line = ["0"] * shape[1]
        while entry is not None and entry[0] == row:
            line[entry[1]] = entry[2]
            entry = next(waiting, None)
        yield line
