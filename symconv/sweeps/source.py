"""What a function is, in a few letters: another text of it, or of what it calls, is another one."""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

MOST = 200
"""Functions that are followed at most."""


def fingerprint(function: Callable[..., Any]) -> str:
    """A hash of a function's code, its defaults and closure, and the functions that it names.

    Followed are functions and classes of the same module; libraries are taken as they are.
    """
    digest = hashlib.blake2b(digest_size=16)
    for text in _texts(function):
        digest.update(text.encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()


def _texts(function: Callable[..., Any]) -> Iterator[str]:
    waiting: list[Any] = [function]
    seen: set[int] = set()
    while waiting and len(seen) < MOST:
        thing = waiting.pop(0)
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, functools.partial):
            waiting += [thing.func, *thing.args, *thing.keywords.values()]
            yield f"partial {sorted(thing.keywords)}"
        elif isinstance(thing, FunctionType):
            inner = inspect.unwrap(thing)
            yield _source(inner)
            waiting += _named(inner)
            if inner is not thing:
                waiting += [cell.cell_contents for cell in thing.__closure__ or () if _full(cell)]
        elif inspect.ismethod(thing):
            waiting += [thing.__func__, thing.__self__]
        elif isinstance(thing, type):
            yield _source(thing)
        elif isinstance(thing, bool | int | float | complex | str | bytes | None):
            yield repr(thing)
        elif isinstance(thing, tuple | list):
            waiting += thing
            yield f"{len(thing)} items"
        elif callable(thing) and not isinstance(thing, ModuleType):
            waiting.append(type(thing))
            waiting += list(getattr(thing, "__dict__", {}).values())
            yield str(getattr(thing, "__qualname__", type(thing).__qualname__))
        else:
            yield type(thing).__qualname__


def _named(function: Any) -> Iterator[Any]:
    """What the code of a function refers to: defaults, closure, functions of its own module."""
    if not isinstance(function, FunctionType):
        return
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from (cell.cell_contents for cell in function.__closure__ or () if _full(cell))
    for name in sorted(_names(function.__code__)):
        thing = function.__globals__.get(name)
        plain = isinstance(thing, bool | int | float | str | tuple)
        own = getattr(thing, "__module__", None) == function.__module__
        if plain or (own and isinstance(thing, FunctionType | type)):
            yield thing


def _names(code: CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def _full(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _source(thing: Any) -> str:
    """The text of a function or class; where there is none, its compiled code."""
    try:
        return inspect.getsource(thing)
    except (OSError, TypeError):
        code = getattr(thing, "__code__", None)
        return _compiled(code) if code else str(getattr(thing, "__qualname__", ""))


def _compiled(code: CodeType) -> str:
    inner = [_compiled(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_name} {code.co_code.hex()} {code.co_names} {code.co_varnames} {inner}"
