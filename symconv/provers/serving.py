"""The child process of `guarded`: reads claims, answers with verdicts, until its input ends.

The messages are pickles between two processes of ours; nothing of a user's is ever unpickled.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any, BinaryIO

from symconv.claims import Verdict
from symconv.provers.decide import decide

WIDTH = 8


def send(stream: BinaryIO, message: Any) -> None:
    """Write a message after its length."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(body).to_bytes(WIDTH, "big") + body)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message.  Errors: EOFError at the end."""
    head = stream.read(WIDTH)
    if len(head) < WIDTH:
        raise EOFError
    body = stream.read(int.from_bytes(head, "big"))
    return pickle.loads(body)


def main() -> None:
    """Say that the process is ready, then answer claim after claim."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    send(answers, "ready")
    while True:
        try:
            claim = receive(sys.stdin.buffer)
        except EOFError:
            return
        answer: Verdict | str
        try:
            answer = decide(claim)
        except RecursionError:
            answer = "the claim is nested too deeply"
        except MemoryError:
            answer = "the claim needs too much memory"
        except Exception as problem:
            answer = f"{type(problem).__name__}: {problem}"
        send(answers, answer)
