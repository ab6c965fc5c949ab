"""Which names calls may change: those that are handed to functions that are not known."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from typing import TypeAlias

from symconv.syntax.code.arrays import Array
from symconv.syntax.code.values import (
    Blank,
    Cut,
    Handle,
    Method,
    Named,
    Nothing,
    Positions,
    Random,
    Ratio,
    Real,
    Routine,
    Row,
    Span,
    Table,
    Truth,
    Value,
    Whole,
    Word,
)

CHANGING = ("fill", "sort", "put", "resize", "partition", "itemset", "setflags", "byteswap", "at",
            "place", "copyto", "putmask", "fill_diagonal", "shuffle", "append", "extend", "insert",
            "pop", "clear", "update", "reverse", "remove")  # fmt: skip
"""Methods and functions that change what they are called on, or their first argument."""
Tame: TypeAlias = Callable[[ast.expr], bool]
"""Whether what is called, as it is written, is known to change none of its arguments."""

READING = frozenset(
    "range len int float abs min max sum enumerate zip list tuple slice print reversed dict"
    " isinstance str sorted bool repr round type format any all id hash divmod pow complex".split()
)
"""Built-ins that change none of their arguments."""
LIBRARIES = frozenset(
    "np numpy math scipy itertools plt matplotlib time sys logging warnings random os".split()
)
"""Modules whose functions change arrays only where `changing` says so."""
PYTHON = frozenset(dir(builtins))
FIXED = Whole | Ratio | Real | Word | Truth | Nothing | Span | Cut | Blank | Named
OWN = Handle | Array | Positions | Random | Word | Whole | Ratio | Real | Row | Table


def wild(_: ast.expr) -> bool:
    """Nothing is known of any function."""
    return False


def handed(node: ast.AST, tame: Tame = wild) -> set[str]:
    """The names that a part of the code hands to functions that may change them."""
    found: set[str] = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and not tame(call.func):
            found |= names_in(call)
    return found


def names_in(node: ast.AST) -> set[str]:
    """Every name that occurs."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def is_fixed(value: Value | None) -> bool:
    """Whether a value can't be changed in place, nor anything that it holds."""
    if isinstance(value, Row):
        return not value.listed and all(map(is_fixed, value.items))
    if isinstance(value, Routine):
        return all(map(is_fixed, value.defaults.values()))
    return isinstance(value, FIXED)


def holds_positions(value: Value | None) -> bool:
    """Whether a value is, or holds, an array of integers."""
    match value:
        case Positions():
            return True
        case Row(items):
            return any(map(holds_positions, items))
        case Table(items):
            return any(map(holds_positions, items.values()))
        case Method(owner, _):
            return holds_positions(owner)
        case Routine():
            return any(map(holds_positions, value.defaults.values()))
    return False


def root_of(node: ast.expr) -> str:
    """The name that ``a.b.c`` starts with, or nothing."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_tame(function: ast.expr, held: Mapping[str, Value]) -> bool:
    """Whether a function is known to change none of its arguments; `held` is what names hold."""
    own = held.get(root_of(function))
    if isinstance(function, ast.Name):
        if own is None:
            return function.id in READING
        return isinstance(own, Named) and _of_library(own.name)
    if not isinstance(function, ast.Attribute) or function.attr in CHANGING:
        return False
    if isinstance(own, Named):
        return _of_library(own.name)
    return isinstance(own, OWN) or (own is None and root_of(function) in LIBRARIES)


def _of_library(name: str) -> bool:
    head = name.partition(".")[0]
    return head in LIBRARIES or (head == name and name in READING)


def unknown_function(function: ast.expr, own: Value | None) -> bool:
    """Whether a function is none of the code's own, and none of a library that is known.

    `own` is what the name that it starts with stands for.
    """
    root = root_of(function)
    if isinstance(own, Named):
        return not _of_library(own.name)
    plain = root and own is None and isinstance(function, ast.Name)
    return bool(plain and root not in LIBRARIES and root not in PYTHON)
