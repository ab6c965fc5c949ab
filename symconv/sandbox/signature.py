"""What a function asks for: its parameters, read off the function or, unrun, off its file."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from symconv.errors import SymconvError
from symconv.values import dataclass

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
    """A function's name, file, first line, parameters and framework ("torch" if it uses that).

    `source` is the file that it stands in, since names mean what they mean there; `lines` are the
    function's own.
    """

    name: str
    file: str
    line: int
    parameters: tuple[Parameter, ...]
    framework: str = ""
    source: str = ""
    lines: tuple[int, int] = (0, 0)


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
    inner = inspect.unwrap(function)
    code = getattr(inner, "__code__", None)
    file, line = (code.co_filename, code.co_firstlineno) if code else ("", 0)
    source, node = _source(inner, file, name)
    framework = str(getattr(function, "framework", "")) or _framework(annotations, node)
    lines = (node.lineno, node.end_lineno or node.lineno) if node else (0, 0)
    return Signature(name, file, line, found, framework, source, lines)


def _source(function: Any, file: str, name: str) -> tuple[str, ast.FunctionDef | None]:
    """The file of a function at its top level, and the function there; else nothing to be read."""
    if getattr(function, "__qualname__", "") != name or not Path(file).is_file():
        return "", None
    try:
        text = read(Path(file))
        found = [node for node in _functions(ast.parse(text)) if node.name == name]
    except (SymconvError, SyntaxError, ValueError, RecursionError, MemoryError):
        return "", None
    return (text, found[0]) if len(found) == 1 else ("", None)


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
    lines = (node.lineno, node.end_lineno or node.lineno)
    kind = _framework(annotations, node)
    place = str(file.resolve())
    return Signature(name, place, node.lineno, tuple(found), kind, text, lines)


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


def _framework(annotations: str, node: ast.FunctionDef | None) -> str:
    """Parameters annotated as tensors of PyTorch declare it, and so does torch in the body."""
    inside = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node else set()
    return "torch" if "Tensor" in annotations or "torch" in inside else ""
