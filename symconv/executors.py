"""Work handed to any executor of ``concurrent.futures``: results in order, few in hand at once."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import TypeVar

from symconv.errors import SymconvError

Label = TypeVar("Label")
Item = TypeVar("Item")
Result = TypeVar("Result")


def processes(room: str) -> BaseContext:
    """How processes are started that all need one room: as copies of a process that has loaded it.

    That process begins at once, and loads the room while this one goes on; asked for again it is
    the same.  Where a system has none, every process loads the room itself.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([room])
    forkserver.ensure_running()
    return context


def in_order(
    executor: Executor | None,
    work: Callable[[Item], Result],
    items: Iterable[tuple[Label, Item | None]],
    window: int = 64,
) -> Iterator[tuple[Label, Result | Exception | None]]:
    """The label of each item with its result, or with what went wrong, in the items' order.

    An item of None is no work and has no result.  At most `window` items are handed over and not
    taken back, so that memory does not grow with their number; without an executor each is worked
    on as it is asked for.  Who stops asking cancels what has not begun.  Errors: `SymconvError`
    where the executor itself has broken down.
    """
    pending: deque[tuple[Label, Future[Result] | None]] = deque()
    try:
        for label, item in items:
            if executor is None:
                yield label, None if item is None else _here(work, item)
                continue
            pending.append((label, None if item is None else executor.submit(work, item)))
            if len(pending) >= window:
                done = _taken(pending.popleft())
                yield done
        while pending:
            last = _taken(pending.popleft())
            yield last
    except BrokenExecutor as error:
        raise SymconvError(
            "a process of the executor ended, and the executor with it",
            got=str(error),
            hint="again with a new executor: what was given back until then is kept",
        ) from error
    finally:
        for _, future in pending:
            if future is not None:
                future.cancel()


def _here(work: Callable[[Item], Result], item: Item) -> Result | Exception:
    try:
        return work(item)
    except Exception as error:
        return error


def _taken(
    pair: tuple[Label, Future[Result] | None],
) -> tuple[Label, Result | Exception | None]:
    """The result of a future; one that failed is no reason to lose the others."""
    label, future = pair
    try:
        return label, None if future is None else future.result()
    except BrokenExecutor:
        raise
    except Exception as error:
        return label, error
