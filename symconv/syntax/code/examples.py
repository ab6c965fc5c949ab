"""Code that fixes its sizes: ``x = np.random.randn(10, 3)``, and then ``range(8)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symconv.claims import AnyClaim, Claim, Size
from symconv.index import substitute, substitute_condition
from symconv.terms import Form, with_sizes

SIZED = ("range", "zeros", "ones", "empty", "full", "reshape", "arange", "ndindex")
"""Calls whose arguments are sizes."""


def fixed_sizes(body: Sequence[ast.stmt], examples: frozenset[int]) -> bool:
    """Whether numbers stand where sizes do, outside of the lines that set an example."""
    for statement in body:
        if statement.lineno in examples:
            continue
        for node in ast.walk(statement):
            if any(_number(part) for part in _places(node)):
                return True
    return False


def _places(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions at which a size stands."""
    if isinstance(node, ast.Slice):
        yield from (end for end in (node.lower, node.upper) if end is not None)
    elif isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        name = function.id if isinstance(function, ast.Name) else name
        if name in SIZED:
            for argument in node.args:
                yield from argument.elts if isinstance(argument, ast.Tuple) else [argument]


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 2


def at_sizes(claim: AnyClaim, sizes: Mapping[str, int]) -> AnyClaim:
    """The claim at the sizes of an example."""
    scope = replace(
        claim.scope,
        parameters=tuple(p for p in claim.scope.parameters if p.name not in sizes),
        assumptions=tuple(substitute_condition(c, sizes) for c in claim.scope.assumptions),
    )
    if isinstance(claim, Claim):
        left, right = with_sizes(claim.left, sizes), with_sizes(claim.right, sizes)
        assert isinstance(left, Form)
        assert isinstance(right, Form)
        before = tuple(with_sizes(equation, sizes) for equation in claim.before)
        return replace(claim, left=left, right=right, before=before, scope=scope)
    one, other = (
        Size(substitute(s.top, sizes), substitute(s.bottom, sizes))
        for s in (claim.left, claim.right)
    )
    return replace(claim, left=one, right=other, scope=scope)
