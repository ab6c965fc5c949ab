"""Where islpy is loaded: here alone, and only when a proof is asked for.

It is a compiled library that some platforms lack, and loading it takes longer than most answers;
without it, verdicts for all sizes fall to "checked", and say so.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BUDGET = 8_000_000
"""Steps of the library that one decision may take: a count, so that verdicts repeat."""


class NoLibrary(Exception):
    """islpy cannot be loaded here."""


class Undecided(Exception):
    """A prover cannot tell; the text says why."""


class NotAffine(Undecided):
    """An index is not quasi-affine in what is left symbolic; `blame` are the symbols at fault."""

    def __init__(self, message: str, blame: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.blame = blame


def library() -> Any:
    """The module islpy.  Errors: `NoLibrary`."""
    try:
        return importlib.import_module("islpy")
    except ImportError as problem:
        raise NoLibrary(f"islpy cannot be loaded ({problem})") from problem


@contextmanager
def budgeted(context: Any, most: int = BUDGET) -> Iterator[None]:
    """Count the library's steps; at the limit the decision is given up, not guessed.

    Errors: `Undecided`.
    """
    islpy = library()
    context.reset_operations()
    context.set_max_operations(most)
    try:
        yield
    except islpy.Error as problem:
        reason = "the budget was used up" if "maximal number" in str(problem) else str(problem)
        raise Undecided(f"integer sets gave up: {reason}") from None
    finally:
        context.set_max_operations(0)
        context.reset_operations()
