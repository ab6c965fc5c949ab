"""Which part of a line a name stands for: ``H, W = a, b`` sets two."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A name in its line, and what it is set to where that can be told apart from the rest."""

    target: ast.AST
    value: ast.expr | None


def within(node: ast.AST | None, line: int) -> bool:
    """Whether a line is one of a statement's."""
    return getattr(node, "lineno", 0) <= line <= getattr(node, "end_lineno", -1)


def part_of(node: ast.AST | None, name: str, line: int = 0) -> Part | None:
    """The part of an assignment that sets a name (in a line); None where it sets nothing else."""
    if not isinstance(node, ast.Assign) or not within(node, line or node.lineno):
        return None
    found = [part for goal in node.targets for part in _parts(goal, node.value)]
    if len(found) < 2:
        return None
    own = [part for part in found if isinstance(part.target, ast.Name) and part.target.id == name]
    return own[-1] if own else None


def _parts(goal: ast.expr, value: ast.expr | None) -> Iterator[Part]:
    if not isinstance(goal, ast.Tuple | ast.List):
        yield Part(goal, value)
        return
    inside = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    fits = len(inside) == len(goal.elts) and not any(isinstance(e, ast.Starred) for e in inside)
    for place, element in enumerate(goal.elts):
        yield from _parts(element, inside[place] if fits else None)


def said_by(part: Part, name: str, text: str, line: str) -> str:
    """The part as code: ``H = a``, or the name in its line."""
    if part.value is None:
        return f"{name} in {line}"
    own = ast.get_source_segment(text, part.value) or ast.unparse(part.value)
    return f"{name} = {' '.join(own.split())}"
