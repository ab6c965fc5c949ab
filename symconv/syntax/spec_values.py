"""From the grammar's tree to sizes and values: trees are kept as written, numbers worked out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias, cast

from symconv.calls import Value
from symconv.errors import SpecError
from symconv.index import FloorDiv, Index, Max, Min, Mod, Product, Symbol, add, children, minus
from symconv.syntax.spec_nodes import (
    KINDS,
    Node,
    free,
    is_minus,
    name_of,
    nodes,
    operators,
    start,
    written,
)
from symconv.syntax.spec_text import DEEPEST, DIGITS, Source, shown

Scalar: TypeAlias = "Index | Fraction"


def arithmetic(node: Node, source: Source) -> Scalar:
    """A size or a number as written: trees are kept, numbers alone are worked out."""
    match node.data:
        case "number":
            return number(node, source)
        case "name":
            return Symbol(free(name_of(node), start(node), source))
        case "group":
            return arithmetic(nodes(node)[0], source)
        case "signed":
            return _negate(arithmetic(nodes(node)[0], source), is_minus(node))
        case "sum":
            return _sum(node, source)
        case "product":
            return _product(node, source)
        case "call":
            return _extreme(node, source)
    if node.data == "power":
        raise source.error(
            start(node), "a size has no powers", got=written(node, source), hint="K*K for K**2"
        )
    raise source.error(
        start(node),
        f"{KINDS[node.data]} cannot stand here",
        expected="a number, a symbol or an expression of them",
        got=written(node, source),
        hint="== to compare" if node.data == "assign" else "",
    )


def number(node: Node, source: Source) -> int | Fraction:
    """A whole number, or the exact fraction that a decimal is."""
    text = name_of(node)
    if sum(map(str.isdigit, text)) > DIGITS:
        raise source.error(
            start(node),
            "the number is too long",
            expected=f"at most {DIGITS} digits",
            got=shown(text),
        )
    return Fraction(text) if "." in text else int(text)


def bounded(value: int | Fraction, node: Node, source: Source) -> int | Fraction:
    """A number that was worked out, refused when it has outgrown what is sensible."""
    if max(abs(value.numerator), value.denominator) >= 10**DIGITS:
        raise source.error(
            start(node), "the number is too large", expected=f"at most {DIGITS} digits"
        )
    return value


def _negate(value: Scalar, wanted: bool) -> Scalar:
    if not wanted:
        return value
    return -value if isinstance(value, Fraction) else minus(value)


def _sum(node: Node, source: Source) -> Scalar:
    parts = nodes(node)
    signs = ["+", *operators(node)]
    terms = [
        _negate(arithmetic(part, source), sign == "-")
        for sign, part in zip(signs, parts, strict=True)
    ]
    if all(isinstance(term, int | Fraction) for term in terms):
        return bounded(sum(cast("list[Fraction]", terms)), node, source)
    return add(*_whole(terms, parts, source))


def _product(node: Node, source: Source) -> Scalar:
    """Factors from left to right; a minus in front belongs to all up to the first ``//``."""
    first, *rest = nodes(node)
    pending = first.data == "signed" and is_minus(first)
    value = arithmetic(nodes(first)[0] if first.data == "signed" else first, source)
    steps = list(
        zip(operators(node), rest, [arithmetic(part, source) for part in rest], strict=True)
    )
    if all(isinstance(item, int | Fraction) for item in (value, *(step[2] for step in steps))):
        return _calculate(_negate(value, pending), steps, source)
    factors: list[Index] = _whole([value], [first], source)
    for sign, part, found in steps:
        _check_divisor(sign, found, part, source)
        factor = _whole([found], [part], source)[0]
        if sign == "*":
            factors.append(factor)
            continue
        top = _times(factors, pending)
        if all(isinstance(item, int) for item in factors):
            known = prod(cast("list[int]", factors)) * (-1 if pending else 1)
            top = int(bounded(known, part, source))
        factors, pending = [_quotient(top, sign, factor)], False
    return _times(factors, pending)


def _quotient(top: Index, sign: str, bottom: Index) -> Index:
    """``//`` or ``%``, worked out between numbers as it is where numbers stand alone."""
    if isinstance(top, int) and isinstance(bottom, int):
        return top // bottom if sign == "//" else top % bottom
    return FloorDiv(top, bottom) if sign == "//" else Mod(top, bottom)


def _times(factors: list[Index], pending: bool) -> Index:
    product = Product(tuple(factors)) if len(factors) > 1 else factors[0]
    return minus(product) if pending else product


_FOLD: dict[str, Callable[[Any, Any], Any]] = {
    "*": operator.mul,
    "/": Fraction,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _calculate(result: Scalar, steps: list[tuple[str, Node, Scalar]], source: Source) -> Scalar:
    """The number that a product of numbers is."""
    for sign, part, found in steps:
        if sign != "/":
            _check_divisor(sign, found, part, source)
        elif found == 0:
            raise _zero(part, source)
        if sign in ("//", "%"):
            _whole([result, found], [part, part], source)
        result = bounded(_FOLD[sign](result, found), part, source)
    return result


def _check_divisor(sign: str, value: Scalar, node: Node, source: Source) -> None:
    if sign == "/":
        raise source.error(
            start(node),
            "/ does not give a whole number",
            expected="// for the whole part of a quotient",
            got=f"/ {written(node, source)[1:-1]}",
        )
    if sign != "*" and value == 0:
        raise _zero(node, source)
    if sign != "*" and isinstance(value, int) and value < 0:
        raise source.error(
            start(node),
            f"{sign} needs a divisor above zero",
            expected="at least 1",
            got=str(value),
        )


def _zero(node: Node, source: Source) -> SpecError:
    return source.error(
        start(node), "this divides by zero", expected="a divisor other than 0", got="0"
    )


def _whole(values: Sequence[Scalar], parts: Sequence[Node], source: Source) -> list[Index]:
    """The values as indices; a fraction cannot be part of a size."""
    for value, part in zip(values, parts, strict=True):
        if isinstance(value, Fraction):
            raise source.error(
                start(part),
                "a fraction cannot be part of a size",
                expected="whole numbers and symbols",
                got=written(part, source),
            )
    return cast("list[Index]", list(values))


def _extreme(node: Node, source: Source) -> Scalar:
    name = name_of(node)
    parts = nodes(node)
    if name not in ("min", "max"):
        sizes = all(part.data in ("number", "name", "sum", "product", "group") for part in parts)
        raise source.error(
            start(node),
            f"{name}(…) cannot stand inside an expression",
            expected="a number, a symbol, min(…) or max(…)",
            hint=f"{name}[…] for a tensor with its sizes"
            if sizes
            else "one operation on each line: h = …; y = f(h)",
        )
    if len(parts) < 2:
        raise source.error(
            start(node), f"{name} compares at least two values", got=written(node, source)
        )
    values = _whole([arithmetic(part, source) for part in parts], parts, source)
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) == len(values):
        return min(numbers) if name == "min" else max(numbers)
    return Min(tuple(values)) if name == "min" else Max(tuple(values))


# --- what the rest of the language asks for ------------------------------------------------------


def index(node: Node, source: Source) -> Index:
    """A whole number, a symbol or an expression of them."""
    found = arithmetic(node, source)
    return _shallow(_whole([found], [node], source)[0], node, source)


def _shallow(value: Index, node: Node, source: Source) -> Index:
    level: list[Index] = [value]
    for _ in range(DEEPEST):
        level = [part for item in level for part in children(item)]
        if not level:
            return value
    raise source.error(
        start(node),
        "the expression is nested too deeply",
        expected=f"at most {DEEPEST} levels",
    )


def value(node: Node, source: Source) -> Value:
    """A value of an option: an index, a fraction, a truth value, a text or a tuple."""
    match node.data:
        case "text":
            return name_of(node)[1:-1]
        case "tuple":
            return tuple(value(part, source) for part in nodes(node))
        case "name" if name_of(node) in ("True", "False"):
            return name_of(node) == "True"
        case "group" if nodes(node)[0].data in ("text", "tuple", "name"):
            return value(nodes(node)[0], source)
        case "list":
            raise source.error(
                start(node),
                "a list of elements needs the name of its tensor",
                expected="a value",
                got=written(node, source),
                hint=f"x={written(node, source)[1:-1]}, or ( ) for a tuple",
            )
    found = arithmetic(node, source)
    return found if isinstance(found, Fraction) else _shallow(found, node, source)
