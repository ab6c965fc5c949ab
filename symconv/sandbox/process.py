"""Running a file's function in a child process that is ended when it takes too much."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, BinaryIO, cast

import symconv.sandbox
from symconv.sandbox.calling import Call, Outcome, leaves
from symconv.sandbox.limits import MEGABYTE, Limits
from symconv.sandbox.transport import Garbled, receive, send
from symconv.values import dataclass

USUAL = Limits()
CHUNK = 1 << 16
AFTER = 5.0
"""Seconds to wait for the pipes of a process that has ended."""
THREADS = ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes, one for each call up to the one that ended the process, and what was printed.

    `unlimited` says in words what this system could not limit.
    """

    outcomes: tuple[Outcome, ...]
    printed: str = ""
    unlimited: tuple[str, ...] = ()


@dataclass(slots=True)
class _Heard:
    """What the child has said so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    unlimited: tuple[str, ...] = ()
    garbled: str = ""
    printed: bytearray = field(default_factory=bytearray)
    dropped: int = 0


def run_file(
    file: Path, function: str, calls: Sequence[Call], framework: str = "", limits: Limits = USUAL
) -> Run:
    """Call a function of a Python file in a child process.

    It has a folder of its own that is removed afterwards, nothing on standard input, and the
    given limits; whatever happens is an outcome, never an exception.
    """
    request = {
        "file": str(file.resolve()),
        "function": function,
        "framework": framework,
        "limits": limits.plain(),
        "calls": [(call.arguments, call.positional) for call in calls],
    }
    heard = _Heard()
    with tempfile.TemporaryDirectory(prefix="symconv-") as folder:
        late, status = _converse(request, folder, limits, heard)
    outcomes = heard.outcomes[: len(calls)]
    if len(outcomes) < len(calls) and not (outcomes and outcomes[-1].ended):
        outcomes.append(Outcome(fault=_ending(late, status, limits, heard), ended=True))
    text = heard.printed.decode("utf-8", "replace")
    text += f"\n… and {heard.dropped} bytes more" if heard.dropped else ""
    return Run(tuple(outcomes), text, heard.unlimited)


def _converse(
    request: dict[str, Any], folder: str, limits: Limits, heard: _Heard
) -> tuple[bool, int]:
    """Start the child, send, listen; whether it was late, and how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "symconv.sandbox.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(),
        start_new_session=True,
    )
    assert process.stdin and process.stdout and process.stderr
    threads = [
        threading.Thread(target=_speak, args=(process.stdin, request), daemon=True),
        threading.Thread(target=_listen, args=(process, limits, heard), daemon=True),
        threading.Thread(target=_overhear, args=(process.stderr, limits, heard), daemon=True),
    ]
    for thread in threads:
        thread.start()
    late = False
    try:
        process.wait(limits.wall)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        end(process)
    for thread in threads:
        thread.join(AFTER)
    for thread, stream in zip(threads[1:], (process.stdout, process.stderr), strict=True):
        if not thread.is_alive():
            stream.close()
    return late, process.returncode


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started, and wait for it, so that no zombie is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _environment() -> dict[str, str]:
    """Our own environment; this package is found first, and libraries start no threads."""
    home = str(Path(symconv.sandbox.__file__).parent.parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = {f"{name}_NUM_THREADS": "1" for name in THREADS}
    return {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(paths)}


def _speak(stream: BinaryIO, request: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        send(stream, request)


def _listen(process: subprocess.Popen[bytes], limits: Limits, heard: _Heard) -> None:
    left = limits.results
    try:
        while (message := receive(cast("BinaryIO", process.stdout), left)) is not None:
            left -= _note(message, heard)
    except (Garbled, OSError, ValueError, TypeError, KeyError) as error:
        heard.garbled = str(error) if isinstance(error, Garbled) else "a message of the wrong kind"
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _note(message: dict[str, Any], heard: _Heard) -> int:
    """Keep what a message says; the bytes of its arrays."""
    if "limits" in message:
        heard.unlimited = tuple(map(str, message["limits"]))
        return 0
    loading = "loading" in message
    said = message.get("loading") or message.get("outcome")
    if not isinstance(said, dict):
        raise Garbled("a message of the wrong kind")
    fault = str(said["fault"])
    heard.outcomes.append(
        Outcome(
            said["value"],
            f"the file could not be loaded: {fault}" if loading else fault,
            int(said["line"]),
            tuple(map(str, said["changed"])),
            tuple(map(str, said["shared"])),
            ended=loading,
        )
    )
    return 1000 + sum(int(getattr(leaf, "nbytes", 0)) for leaf in leaves(said["value"]))


def _overhear(stream: BinaryIO, limits: Limits, heard: _Heard) -> None:
    """Keep the first of what is printed and let the rest go by."""
    with contextlib.suppress(OSError, ValueError):
        while data := stream.read1(CHUNK):  # type: ignore[attr-defined]
            room = limits.printed - len(heard.printed)
            heard.printed += data[: max(0, room)]
            heard.dropped += len(data) - max(0, min(room, len(data)))


def _ending(late: bool, status: int, limits: Limits, heard: _Heard) -> str:
    """Why a process ended before it had answered every call."""
    if late:
        return f"it was ended after {limits.wall:g} seconds"
    if heard.garbled:
        return f"it sent {heard.garbled} (at most {limits.results // MEGABYTE} MB of results)"
    if status == -getattr(signal, "SIGXCPU", 0):
        return f"it was ended after {limits.processor} seconds of computing"
    if status < 0:
        return f"it was ended by the signal {signal.Signals(-status).name}"
    return f"it ended the process (exit status {status})"
