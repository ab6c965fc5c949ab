"""How far a sweep is, on a terminal; in a pipe nothing is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from symconv.sweeps.result import Swept


def shown(
    results: Iterator[Swept], geometries: Iterable[Any], show: bool | None
) -> Iterator[Swept]:
    """The same results; meanwhile a bar on standard error, if somebody watches."""
    wanted = sys.stderr.isatty() if show is None else show
    total = len(geometries) if isinstance(geometries, Sized) else None
    bar = _bar() if wanted else None
    holder: AbstractContextManager[Any] = bar if bar is not None else nullcontext()
    wrong = 0
    with holder:
        task = bar.add_task("", total=total) if bar is not None else None
        for swept in results:
            wrong += not swept.good
            if bar is not None and task is not None:
                words = f"{wrong} not right" if wrong else ""
                bar.update(task, advance=1, description=words)
            yield swept


def _bar() -> Progress:
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True, force_terminal=True),
        transient=True,
    )
