"""Candidates timed in turn in one process, and what a benchmark reports of them."""

from __future__ import annotations

import compileall
import gc
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one candidate: the median, the least and the most of its rounds."""

    median: float
    least: float
    most: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a ratio (or seconds) beside its goal.

    ``value`` is what was measured, ``goal`` what was wanted in words, ``met`` whether it is; the
    times behind it are kept by the candidates' names.
    """

    row: str
    what: str
    value: float
    unit: str
    goal: str
    met: bool
    times: Mapping[str, Times]


@dataclass(frozen=True, slots=True)
class Curve:
    """How something grows: for each candidate its points, (size, value), of the row it belongs to.

    ``across`` and ``unit`` name the two axes.
    """

    row: str
    across: str
    unit: str
    points: Mapping[str, tuple[tuple[float, float], ...]]


def in_turn(
    candidates: Mapping[str, Callable[[], Any]],
    *,
    rounds: int = 7,
    before: Callable[[], Any] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Times]:
    """Each candidate once to warm up, then all of them in turn, round after round.

    ``before`` runs ahead of every call and is not timed (clearing SymPy's cache, say); the garbage
    collector waits while a candidate runs, and what it returns is let go after the clock stopped.
    With ``clock=time.process_time`` the seconds are this process's own, whatever else the machine
    does; that is for candidates of one thread.
    """
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, candidate in candidates.items():
            if before is not None:
                before()
            gc.collect()
            gc.disable()
            try:
                start = clock()
                made = candidate()
                spent = clock() - start
            finally:
                gc.enable()
            del made
            if turn:
                taken[name].append(spent)
    return {
        name: Times(statistics.median(found), min(found), max(found), len(found))
        for name, found in taken.items()
    }


@contextmanager
def installed(*, compiled: bool = True) -> Iterator[dict[str, str]]:
    """The environment of processes that find symconv as pip installs it: a copy with byte code.

    The checkout may have none (`PYTHONDONTWRITEBYTECODE`), and then every process would translate
    our sources anew, while the peers' were translated when they were installed.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, "symconv")
        shutil.copytree(ROOT / "symconv", copy, ignore=shutil.ignore_patterns("__pycache__"))
        if compiled:
            assert compileall.compile_dir(copy, quiet=2), "a source of symconv is not Python"
        paths = os.pathsep.join([name, *filter(None, [os.environ.get("PYTHONPATH")])])
        given = {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        yield os.environ | given
