"""From the grammar's tree to statements: which kind it is, and everything about a call."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.calls import Call, Place, Statement, TensorArg, Value
from symconv.syntax.spec_nodes import Node, name_of, nodes, operators, plain_name, start, written
from symconv.syntax.spec_sums import definition, is_sum
from symconv.syntax.spec_tensors import tensor, with_elements
from symconv.syntax.spec_text import EXAMPLE, Source
from symconv.syntax.spec_values import value

TARGET = "y"
"""The result of a call that names none."""


def statement(node: Node, source: Source, *, alone: bool) -> Statement:
    """A call or a sum of one's own; only a call that stands `alone` may leave out its result."""
    parts = nodes(node)
    tails = [part for part in parts if part.data in ("ranges", "declared")]
    target = parts[0] if node.data == "named" else None
    right = parts[1] if target else parts[0]
    if target is None and (not alone or right.data != "call" or tails or is_sum(right)):
        raise _unnamed(right, source)
    _check_equals(right, source)
    if right.data != "call" or is_sum(right) or (target and target.data == "subscript"):
        if target is None:
            raise _unnamed(right, source)
        return definition(target, right, tails, source)
    if tails:
        raise source.error(
            start(tails[0]),
            f"{name_of(right)}(…) is an operation, and takes no {tails[0].children[0]}",
            expected="the end of the statement",
            hint="a range only after a sum of your own, y[o] = sum(…) for o = 0..O-1",
        )
    name = plain_name(target, source, "the result") if target else TARGET
    return _call(name, right, source)


def _unnamed(node: Node, source: Source) -> Exception:
    return source.error(
        start(node),
        "this gives its result no name",
        expected="name = operation(…)",
        got=written(node, source),
        hint=f"y = {written(node, source)[1:-1]}" if node.data == "call" else EXAMPLE,
    )


def _check_equals(right: Node, source: Source) -> None:
    if right.data in ("list", "text", "tuple"):
        raise source.error(
            start(right),
            "a statement is an operation or a sum, not a value",
            expected=f"for example {EXAMPLE}",
            got=written(right, source),
            hint="elements inside the call, conv1d(x=[1,2,3], …)" if right.data == "list" else "",
        )


# --- calls --------------------------------------------------------------------------------------


def _call(target: str, node: Node, source: Source) -> Call:
    tensors: list[TensorArg] = []
    arguments: list[tuple[Value, Place]] = []
    keywords: list[tuple[str, Value, Place]] = []
    named: set[str] = set()
    for item in nodes(node):
        place = source.place(start(item))
        if item.data == "assign":
            _check_new(item, named, source)
            if nodes(item)[1].data == "list":
                tensors.append(with_elements(item, source))
            else:
                keywords.append((*_keyword(item, source), place))
        elif item.data in ("subscript", "name") and name_of(item) not in ("True", "False"):
            tensors.append(tensor(item, source))
        else:
            arguments.append((_argument(item, source), place))
    return Call(
        target,
        name_of(node),
        tuple(tensors),
        tuple(value for value, _ in arguments),
        tuple((name, value) for name, value, _ in keywords),
        source.place(start(node)),
        tuple(place for _, place in arguments),
        tuple(place for *_, place in keywords),
    )


def _check_new(item: Node, named: set[str], source: Source) -> None:
    left = nodes(item)[0]
    if left.data not in ("name", "subscript"):
        raise source.error(
            start(left),
            "an option has a plain name",
            expected="name=value",
            got=written(item, source),
        )
    name = name_of(left)
    if name in named:
        raise source.error(
            start(left), f"{name} is given twice", expected="one value", got=written(item, source)
        )
    named.add(name)


def _keyword(item: Node, source: Source) -> tuple[str, Value]:
    left, right = nodes(item)
    if left.data == "subscript":
        raise source.error(
            start(right),
            f"{name_of(left)} is given sizes, and so must be given elements",
            expected="a list, [ … ]",
            got=written(right, source),
        )
    if right.data == "subscript":
        raise source.error(
            start(right),
            "a tensor is not the value of an option",
            expected="a number, a symbol, a text or a tuple",
            got=written(right, source),
            hint=f"{written(right, source)[1:-1]} without {name_of(left)}=",
        )
    return plain_name(left, source, "an option"), value(right, source)


def _argument(item: Node, source: Source) -> Value:
    if item.data == "binder":
        raise source.error(
            start(item),
            "a range belongs into a sum of your own",
            expected="tensors, values and name=value",
            got=written(item, source),
            hint="y[o] = sum(…, k=0..K-1) for o = 0..O-1",
        )
    if item.data == "compare":
        raise source.error(
            start(item),
            "a comparison cannot stand here",
            expected="tensors, values and name=value",
            got=written(item, source),
            hint="= for ==" if operators(item) == ["=="] else "",
        )
    return value(item, source)


def statements(parts: Iterable[Node], source: Source) -> tuple[Statement, ...]:
    """Every statement of a text."""
    found = list(parts)
    return tuple(statement(part, source, alone=len(found) == 1) for part in found)
