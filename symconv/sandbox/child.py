"""The child process: reads a request, limits itself, loads the file, calls, answers each call.

Run as ``python -m symconv.sandbox.child``; the request is all that there is on standard input,
the answers go to standard output, and whatever the code prints goes to standard error.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from symconv.sandbox.calling import Call, Outcome, fault_of, perform
from symconv.sandbox.limits import Limits, impose
from symconv.sandbox.transport import receive, send

LARGEST_REQUEST = 1 << 30


def main() -> None:
    """Answer one request."""
    answers = _private_output()
    request = receive(sys.stdin.buffer, LARGEST_REQUEST)
    assert request is not None
    framework = str(request["framework"])
    if framework == "torch":
        import_module("torch").set_num_threads(1)
    send(answers, {"limits": tuple(impose(Limits(**request["limits"])))})
    file = str(request["file"])
    try:
        function = load(file, str(request["function"]))
    except BaseException as error:
        send(answers, {"loading": _plain(fault_of(error, file))})
        return
    for arguments, positional in request["calls"]:
        call = Call(tuple((str(name), value) for name, value in arguments), positional)
        try:
            outcome = perform(function, call, framework, file)
        except BaseException as error:
            outcome = fault_of(error, file)
        send(answers, {"outcome": _plain(outcome)})


def load(file: str, name: str) -> Callable[..., Any]:
    """The function of that name in a file, whose folder is searched for its imports first."""
    sys.argv = [file]
    sys.path.insert(0, os.path.dirname(file))
    spec = importlib.util.spec_from_file_location("handed_over", file)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules["handed_over"] = module
    spec.loader.exec_module(module)
    function = getattr(module, name)
    if not callable(function):
        raise TypeError(f"{name} is not a function")
    return function  # type: ignore[no-any-return]


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "value": outcome.value,
        "fault": outcome.fault,
        "line": outcome.line,
        "changed": outcome.changed,
        "shared": outcome.shared,
    }


def _private_output() -> BinaryIO:
    """Standard output for answers alone; prints, C's too, go to standard error from now on."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


if __name__ == "__main__":
    main()
