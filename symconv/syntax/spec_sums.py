"""Sums of one's own: ``y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1``.

An expression becomes a list of addends: sums concatenate, products distribute, and the sums inside
a product merge, which is right as long as no letter means two things.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symconv.calls import Addend, Definition, Factor
from symconv.errors import SpecError
from symconv.index import Index
from symconv.syntax.spec_merge import check_count, check_nested, multiplied
from symconv.syntax.spec_nodes import (
    Node,
    free,
    is_minus,
    name_of,
    nodes,
    operators,
    plain_name,
    start,
    written,
)
from symconv.syntax.spec_ranges import (
    binder_of,
    check_distinct,
    check_letters,
    check_order,
    check_ranges,
    condition_of,
    declared_of,
)
from symconv.syntax.spec_text import Source
from symconv.syntax.spec_values import bounded, index, number

FUNCTIONS = ("relu", "sigmoid", "tanh", "exp", "log")
HIGHEST_POWER = 9


def is_sum(node: Node) -> bool:
    """Whether a call is a sum over ranges, and not the operation of that name."""
    return name_of(node) == "sum" and any(
        part.data in ("binder", "compare") for part in nodes(node)
    )


def definition(target: Node, right: Node, tails: Sequence[Node], source: Source) -> Definition:
    """The statement ``target = right`` with its ranges and declared tensors."""
    if target.data not in ("name", "subscript"):
        raise source.error(
            start(target),
            "the result must be a name, or a name with its indices",
            expected="for example y[o] = …",
            got=written(target, source),
        )
    name = free(name_of(target), start(target), source)
    indices = tuple(plain_name(part, source, "an output index") for part in nodes(target))
    check_distinct(target, source)
    ranges = tuple(
        binder_of(item, source) for tail in tails if tail.data == "ranges" for item in nodes(tail)
    )
    declared = tuple(
        declared_of(item, source)
        for tail in tails
        if tail.data == "declared"
        for item in nodes(tail)
    )
    addends = tuple(expand(right, source))
    if not any(addend.factors for addend in addends):
        raise source.error(
            start(right),
            "nothing is read here",
            expected="an operation, or a sum that reads a tensor",
            got=written(right, source),
        )
    check_ranges(name, target, ranges, source)
    found = Definition(name, indices, addends, ranges, declared, source.place(start(target)))
    check_letters(found, source)
    return found


# --- expressions --------------------------------------------------------------------------------


def expand(node: Node, source: Source) -> list[Addend]:
    """The addends of an expression, in the order written."""
    match node.data:
        case "number":
            return [Addend((), coefficient=Fraction(number(node, source)))]
        case "subscript":
            return [Addend((_read(node, source),))]
        case "group":
            return expand(nodes(node)[0], source)
        case "signed":
            return _scaled(expand(nodes(node)[0], source), -1 if is_minus(node) else 1)
        case "sum":
            return _sum_of(node, source)
        case "product":
            return _product_of(node, source)
        case "power":
            return _power(node, source)
        case "call" if name_of(node) == "sum":
            return _summed(node, source)
        case "call":
            return [Addend((_applied(node, source),))]
    raise _no_factor(node, source)


def _no_factor(node: Node, source: Source) -> SpecError:
    if node.data == "name":
        name = name_of(node)
        return source.error(
            start(node),
            f"{name} is written without its indices",
            expected="a number, or a tensor read at a position",
            got=name,
            hint=f"{name}[i]",
        )
    return source.error(
        start(node),
        "this cannot be part of a sum of your own",
        expected="numbers, tensors read at a position, and functions of them",
        got=written(node, source),
    )


def _scaled(addends: list[Addend], by: Fraction | int) -> list[Addend]:
    return [replace(item, coefficient=item.coefficient * by) for item in addends]


def _sum_of(node: Node, source: Source) -> list[Addend]:
    found: list[Addend] = []
    for sign, part in zip(["+", *operators(node)], nodes(node), strict=True):
        found += _scaled(expand(part, source), -1 if sign == "-" else 1)
    check_count(len(found), node, source)
    return found


def _product_of(node: Node, source: Source) -> list[Addend]:
    first, *rest = nodes(node)
    found = expand(first, source)
    for sign, part in zip(operators(node), rest, strict=True):
        if sign == "*":
            found = multiplied(found, expand(part, source), part, source)
        elif sign == "/":
            found = _scaled(found, 1 / _divisor(part, source))
        else:
            raise source.error(
                start(part),
                f"{sign} belongs into an index",
                expected="*, / and a number, + or -",
                got=sign,
            )
    for item in found:
        bounded(item.coefficient, node, source)
    return found


def _divisor(node: Node, source: Source) -> Fraction:
    found = expand(node, source)
    if len(found) != 1 or found[0].factors or found[0].sums:
        raise source.error(
            start(node), "only numbers divide", expected="a number", got=written(node, source)
        )
    if not found[0].coefficient:
        raise source.error(
            start(node), "this divides by zero", expected="a divisor other than 0", got="0"
        )
    return found[0].coefficient


def _power(node: Node, source: Source) -> list[Addend]:
    base, exponent = nodes(node)
    times = number(exponent, source) if exponent.data == "number" else 0
    if not isinstance(times, int) or not 1 <= times <= HIGHEST_POWER:
        raise source.error(
            start(exponent),
            "this power is not one of repeated factors",
            expected=f"a whole number from 1 to {HIGHEST_POWER}",
            got=written(exponent, source),
        )
    found = part = expand(base, source)
    for _ in range(times - 1):
        found = multiplied(found, part, node, source)
    return found


def _summed(node: Node, source: Source) -> list[Addend]:
    """``sum(expression, k=0..K-1, …, conditions …)``."""
    first, *rest = nodes(node) or [node]
    binders = tuple(binder_of(item, source) for item in rest if item.data != "compare")
    where = tuple(condition_of(item, source) for item in rest if item.data == "compare")
    if first is node or first.data in ("binder", "compare", "assign") or not binders:
        raise source.error(
            start(node),
            "this sum has no range" if first is not node else "this sum is empty",
            expected="sum(expression, k=first..last)",
            got=written(node, source),
        )
    check_order(binders, source)
    inside = expand(first, source)
    for addend in inside:
        check_nested(addend, binders, where, source)
    return [replace(a, sums=binders + a.sums, where=where + a.where) for a in inside]


# --- reads --------------------------------------------------------------------------------------


def _read(node: Node, source: Source) -> Factor:
    name = free(name_of(node), start(node), source)
    at: tuple[Index, ...] = tuple(index(part, source) for part in nodes(node))
    return Factor(name, at, place=source.place(start(node)))


def _applied(node: Node, source: Source) -> Factor:
    name = name_of(node)
    if name not in FUNCTIONS:
        close = difflib.get_close_matches(name, (*FUNCTIONS, "sum"), 1)
        raise source.error(
            start(node),
            f"there is no function {name} for a sum of your own",
            expected="sum, " + ", ".join(FUNCTIONS),
            got=name,
            hint=close[0] if close else f"y = {name}(…) without indices, for an operation",
        )
    parts = nodes(node)
    if len(parts) != 1 or parts[0].data != "subscript":
        raise source.error(
            start(node),
            f"{name} takes one tensor read at a position",
            expected=f"for example {name}(x[i])",
            got=written(node, source),
        )
    return replace(_read(parts[0], source), function=name, place=source.place(start(node)))
