"""A person's function over many geometries: ``symconv.sweep``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from symconv.api.checking import GIVES, framed, graph_of
from symconv.api.view import Operation
from symconv.conventions import Conventions
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.sandbox.binding import read_gives
from symconv.sandbox.signature import of_function
from symconv.sandbox.trial import read_cases
from symconv.sweeps.progress import shown
from symconv.sweeps.result import Swept
from symconv.sweeps.running import run
from symconv.sweeps.source import fingerprint
from symconv.sweeps.store import Store
from symconv.sweeps.work import Job, Part, task_of
from symconv.syntax.declaration import conventions_from

BATCH = 8
"""Geometries that are handed over together."""


def sweep(
    function: Callable[..., Any],
    op: str | Operation | Graph,
    geometries: Iterable[Mapping[str, int]],
    executor: Executor | None = None,
    *,
    gives: Sequence[str] | str = GIVES,
    forward: Callable[..., Any] | None = None,
    forward_gives: Sequence[str] | str = "",
    framework: str = "",
    write: str | Path | None = None,
    progress: bool | None = None,
    batch: int = BATCH,
    window: int = 64,
    **options: Any,
) -> Iterator[Swept]:
    """Hold a function against an operation at each of many geometries; results come in order.

        sizes = symconv.geometries(N=range(3, 40), K=range(1, 9), S=(1, 2, 3))
        with ProcessPoolExecutor() as pool:
            wrong = [r for r in symconv.sweep(backward, "y = conv1d(x[N], w[K], stride=S)",
                                              sizes, pool, write="results.jsonl") if not r.good]

    `executor` is any executor of ``concurrent.futures`` (processes, threads, a Dask client's
    ``get_executor()``); without one everything is worked on in this process, as results are asked
    for.  `gives`, `forward`, `framework` and `options` are those of `check_code`.  Each geometry is
    tried with several draws of data; the formulas and the NumPy engine must agree on them first.

    With `write` each result is a line of JSON in that file, and a geometry that the file has
    already, for the same operation, options and function (its text and what it calls), is taken
    from there: a sweep that was interrupted goes on.  `batch` geometries are handed over together,
    and `window` batches are under way at most, so that memory does not grow with the sweep.
    `progress` shows a bar (None: on a terminal).

    A geometry at which the function fails is a result with a `fault`; it stops nothing.  Errors:
    `SymconvError` for names that mean nothing, for a file that can't be written, and where the
    executor itself breaks down.
    """
    if batch < 1 or window < 1:
        raise SymconvError("nothing would be under way", expected="batch and window of at least 1")
    job = _job(function, op, gives, forward, forward_gives, framework, conventions_from(options))
    return _results(job, geometries, executor, write, progress, batch, window)


def _results(
    job: Job,
    geometries: Iterable[Mapping[str, int]],
    executor: Executor | None,
    write: str | Path | None,
    progress: bool | None,
    batch: int,
    window: int,
) -> Iterator[Swept]:
    with Store(write, _about(job)) if write is not None else nullcontext() as store:
        size = batch if executor is not None else 1
        results = run(job, geometries, executor, store, batch=size, window=window)
        yield from shown(results, geometries, progress)


def _job(
    function: Callable[..., Any],
    op: str | Operation | Graph,
    gives: Sequence[str] | str,
    forward: Callable[..., Any] | None,
    forward_gives: Sequence[str] | str,
    framework: str,
    conventions: Conventions,
) -> Job:
    """The work; errors: `SymconvError` for what would fail at every geometry."""
    graph = graph_of(op)
    parts = [_part(function, gives, framework)]
    if forward is not None:
        parts.append(_part(forward, forward_gives or graph.output, framework))
    task = task_of(graph.spec, conventions)
    for part in parts:
        read_cases(graph, task.binding, part.signature, read_gives(part.gives, task.binding))
    return Job(graph.spec, conventions, tuple(parts))


def _part(function: Callable[..., Any], gives: Sequence[str] | str, framework: str) -> Part:
    names = gives.split(",") if isinstance(gives, str) else gives
    signature = framed(of_function(function), framework)
    return Part(function, signature, tuple(name.strip() for name in names))


def _about(job: Job) -> str:
    """What the results of a file are of."""
    parts = [(fingerprint(p.function), p.signature.framework, p.gives) for p in job.parts]
    return repr((job.spec, job.conventions, parts))
