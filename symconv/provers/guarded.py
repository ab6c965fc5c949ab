"""The same decisions in a process that can be ended: for files of unknown origin.

Budgets are counts of operations, so that verdicts repeat; a library may all the same hang where it
does not count.  A claim that takes too long costs its worker, and has no verdict: the next claim
gets a new one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, BinaryIO

from symconv.claims import AnyClaim, Verdict
from symconv.provers.serving import receive, send

LATE = "time limit"
FAILED = "failed prover"
START = 120.0
"""How many seconds a new worker may take to be ready."""
ROOT = Path(__file__).resolve().parents[2]
CODE = (
    f"import sys; sys.path.append({str(ROOT)!r}); from symconv.provers.serving import main; main()"
)


class Worker:
    """One child process that decides claims, started when first needed and kept warm."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._lock = Lock()

    def decide(self, claim: AnyClaim, seconds: float) -> Verdict:
        """The verdict on a claim; undecided by the method "time limit" where none came in time."""
        with self._lock:
            process = self._ready()
            assert process.stdin is not None
            try:
                send(process.stdin, claim)  # type: ignore[arg-type]
                answer = self._answers.get(timeout=seconds)
            except Empty:
                self._end()
                return _lost(claim, f"no answer in {seconds:g} s; the prover was stopped", LATE)
            except OSError:
                answer = None
            if answer is None:
                self._end()
                return _lost(claim, "the prover's process ended without an answer", FAILED)
        if isinstance(answer, Verdict):
            return answer
        return _lost(claim, f"the prover failed: {answer}", FAILED)

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._end()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._process, self._answers = process, SimpleQueue()
        Thread(target=_listen, args=(process.stdout, self._answers), daemon=True).start()
        try:
            answer = self._answers.get(timeout=START)
        except Empty:
            answer = None
        if answer != "ready":
            self._end()
            raise RuntimeError("the prover's process did not start")
        return process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what could not be sent is not wanted any more
            self._process.stdin.close()
        self._process = None


def _environment() -> dict[str, str]:
    """The environment, in which what lies in the working directory is never imported."""
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    absolute = os.pathsep.join(place for place in places if os.path.isabs(place))
    return {**os.environ, "PYTHONPATH": absolute}


def _listen(stream: BinaryIO, answers: SimpleQueue[Any]) -> None:
    """Hand on what the child says; None when it is gone."""
    with stream:
        while True:
            try:
                answers.put(receive(stream))
            except (EOFError, OSError):
                answers.put(None)
                return


def _lost(claim: AnyClaim, why: str, method: str) -> Verdict:
    return Verdict("undecided", method, claim.scope, why)


_worker = Worker()


def end_guarded() -> None:
    """End this process's prover; the next claim gets a new one."""
    _worker.close()


atexit.register(end_guarded)


def decide_guarded(claims: Sequence[AnyClaim], seconds: float = 10.0) -> list[Verdict]:
    """A verdict for each claim, each within so many seconds.

    A claim that takes longer is *undecided* with the method "time limit": an error on that claim,
    never a verdict on it.  Errors: RuntimeError where no process can be started.
    """
    return [_worker.decide(claim, seconds) for claim in claims]
