"""What a function asks for: its parameters, read off the function or, unrun, off its file."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symconv.errors import SymconvError

LARGEST = 1_000_000
"""Bytes of a file of code."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: whether it is passed by position, whether it must be given."""

    name: str
    positional: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's name, file, first line, parameters and framework ("torch" if declared)."""

    name: str
    file: str
    line: int
    parameters: tuple[Parameter, ...]
    framework: str = ""
    source: str = ""


def of_function(function: Callable[..., Any]) -> Signature:
    """The signature of a Python function; errors: `SymconvError` for what has none."""
    name = getattr(function, "__name__", type(function).__name__)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise SymconvError(f"{name} does not say what it takes", got=str(error)) from None
    kept = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    found = tuple(
        Parameter(p.name, p.kind is p.POSITIONAL_ONLY, p.default is p.empty) for p in kept
    )
    annotations = " ".join(str(p.annotation) for p in kept if p.annotation is not p.empty)
    framework = str(getattr(function, "framework", "")) or _framework(annotations)
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    file, line = (code.co_filename, code.co_firstlineno) if code else ("", 0)
    return Signature(name, file, line, found, framework, _source(inner))


def _source(function: Any) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def of_file(file: Path, name: str) -> Signature:
    """The signature of a function at the top level of a file; nothing is run.

    Errors: `SymconvError` for a file that can't be read or is not Python, or has no such function.
    """
    text = read(file)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        where = f"{file}:{line}" if line else str(file)
        raise SymconvError("this is not Python", where=where, got=str(error)) from None
    defined = {node.name: node for node in _functions(tree)}
    if name not in defined:
        raise SymconvError(
            f"there is no function {name}",
            where=str(file),
            expected="one of " + (", ".join(defined) or "none: the file defines no function"),
        )
    node = defined[name]
    arguments = node.args
    ordered = [*arguments.posonlyargs, *arguments.args]
    given = len(ordered) - len(arguments.defaults)
    found = [
        Parameter(item.arg, item in arguments.posonlyargs, place < given)
        for place, item in enumerate(ordered)
    ]
    found += [
        Parameter(item.arg, False, default is None)
        for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    every = [*ordered, *arguments.kwonlyargs]
    annotations = " ".join(ast.unparse(item.annotation) for item in every if item.annotation)
    source = ast.get_source_segment(text, node) or ""
    return Signature(
        name, str(file.resolve()), node.lineno, tuple(found), _framework(annotations), source
    )


def read(file: Path) -> str:
    """A file of code as text; errors: `SymconvError`."""
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SymconvError("the file is too large", where=str(file), expected="at most 1 MB")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise SymconvError(f"can't be read: {error.strerror}", where=str(file)) from None
    except UnicodeDecodeError:
        raise SymconvError("not UTF-8 text", where=str(file)) from None


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _framework(annotations: str) -> str:
    """Parameters annotated as tensors of PyTorch declare it."""
    return "torch" if "Tensor" in annotations else ""
