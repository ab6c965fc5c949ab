"""Calling a function once and saying what came of it: a value, or what stopped it and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any

import numpy as np

from symconv.values import dataclass

MOST_ITEMS = 64
DEEPEST = 5
LONGEST = 500
"""Characters of an exception's text."""


@dataclass(frozen=True, slots=True)
class Call:
    """Arguments by name; the first `positional` of them are passed by position."""

    arguments: tuple[tuple[str, Any], ...]
    positional: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """A returned value that is no number, array, tuple, list or dictionary."""

    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call returned, or the `fault` that stopped it, in words, and the code's line.

    `changed` names the arguments that the call wrote into, `shared` those whose memory the
    returned arrays share; `ended` says that nothing can be called any more.
    """

    value: Any = None
    fault: str = ""
    line: int = 0
    changed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    ended: bool = False

    @property
    def problem(self) -> str:
        """The fault with its line."""
        return f"line {self.line}: {self.fault}" if self.line and self.fault else self.fault


def perform(function: Callable[..., Any], call: Call, framework: str, file: str) -> Outcome:
    """Call once, on copies of the arguments, and look at what the code did to them."""
    given = {name: _copied(value, framework) for name, value in call.arguments}
    names = list(given)[: call.positional]
    rest = {name: value for name, value in given.items() if name not in names}
    try:
        result = function(*(given[name] for name in names), **rest)
        value = plain(result)
    except (Exception, SystemExit) as error:
        return fault_of(error, file)
    before = dict(call.arguments)
    changed = tuple(n for n in given if not _same(plain(given[n]), plain(before[n])))
    shared = tuple(n for n in given if _overlap(result, given[n]))
    return Outcome(value, changed=changed, shared=shared)


def fault_of(error: BaseException, file: str) -> Outcome:
    """What an exception says, with the last line of the code's own file that it passed."""
    line = _line(error.__traceback__, file)
    if isinstance(error, SystemExit):
        return Outcome(fault=f"it calls sys.exit({_clipped(repr(error.code))})", line=line)
    text = _clipped(str(error))
    if isinstance(error, MemoryError):
        text = f"out of memory{f' ({text})' if text else ''}"
    elif isinstance(error, EOFError):
        text = f"{text} (there is no input to read)"
    return Outcome(fault=f"{type(error).__name__}: {text}".rstrip(": "), line=line)


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _line(trace: TracebackType | None, file: str) -> int:
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


# --- values in and out --------------------------------------------------------------------------


def _copied(value: Any, framework: str) -> Any:
    """The argument anew, arrays as the framework's tensors."""
    if isinstance(value, np.ndarray):
        copy = value.copy()
        if framework == "torch" and value.dtype != object:
            return import_module("torch").from_numpy(copy)
        return copy
    if isinstance(value, tuple | list):
        return type(value)(_copied(item, framework) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item, framework) for key, item in value.items()}
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """A returned value as numbers, texts, arrays of our own, tuples, lists, dictionaries."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().resolve_conj().resolve_neg().numpy()
    if isinstance(value, np.ndarray | np.generic):
        return np.array(value)
    if depth >= DEEPEST:
        return Unknown(type(value).__name__)
    if isinstance(value, list) and value and not _of_arrays(value):
        return np.array(value)
    if isinstance(value, tuple | list) and len(value) <= MOST_ITEMS:
        kind = list if isinstance(value, list) else tuple
        return kind(plain(item, depth + 1) for item in value)
    if isinstance(value, dict) and len(value) <= MOST_ITEMS:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if hasattr(value, "__array__"):
        return np.array(value)
    if _is_number(value):
        return np.array(value, dtype=object)
    return Unknown(type(value).__name__)


def _is_number(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("__add__", "__mul__", "__truediv__"))


def _of_arrays(items: Sequence[Any]) -> bool:
    """Whether a list holds whole results, not the numbers of one."""
    return any(hasattr(item, "shape") and item.shape != () for item in items) or any(
        item is None or isinstance(item, dict | tuple) for item in items
    )


def leaves(value: Any) -> Iterator[Any]:
    """Every value inside tuples, lists and dictionaries."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    else:
        yield value


def _same(left: Any, right: Any) -> bool:
    """Whether an argument is what it was; entries that can't be compared count as they stand."""
    one, two = list(leaves(left)), list(leaves(right))
    return len(one) == len(two) and all(map(_equal, one, two))


def _equal(left: Any, right: Any) -> bool:
    if not isinstance(left, np.ndarray) or not isinstance(right, np.ndarray):
        return type(left) is type(right)
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.dtype == object:
        return all(a is b for a, b in zip(left.flat, right.flat, strict=True))
    return bool(np.array_equal(left, right, equal_nan=True))


def _overlap(result: Any, argument: Any) -> bool:
    """Whether a returned array is a view of an argument."""
    arrays = [a for a in leaves(argument) if isinstance(a, np.ndarray)]
    made = [r for r in leaves(result) if isinstance(r, np.ndarray)]
    return any(np.may_share_memory(r, a) for r in made for a in arrays)
