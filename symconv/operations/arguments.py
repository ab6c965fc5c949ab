"""Which value of a call belongs to which option: by place, by name, and what to say if to none."""

from __future__ import annotations

import difflib
from typing import Any

from symconv.calls import Call, Place, TensorArg, Value
from symconv.errors import SpecError
from symconv.index import Symbol
from symconv.operations.base import Operation, shown


def complete(operation: Operation, call: Call, source: str) -> tuple[Call, dict[str, Any]]:
    """The call with only its tensors left, and every option by name.

    A bare name beyond the operation's tensors is a symbol (``avg_pool1d(x[N], K)``).
    """
    tensors, arguments = _split(operation, call, source)
    names = [name for name, _ in operation.options]
    if len(arguments) > len(names):
        raise error_at(
            f"{call.function} was given too many values",
            arguments[len(names)][1],
            source,
            expected=f"at most {len(names)} after the tensors ({', '.join(names)})"
            if names
            else "no value after the tensors",
            got=str(len(arguments)),
        )
    given = dict(zip(names, (value for value, _ in arguments), strict=False))
    for number, (name, value) in enumerate(call.keywords):
        place = call.keyword_places[number] if call.keyword_places else call.place
        if name not in names:
            raise _unknown(call, source, name, names, place)
        if name in given:
            raise error_at(
                f"{name} is given twice",
                place,
                source,
                expected="one value",
                got=f"{shown(given[name])} and {shown(value)}",
            )
        given[name] = value
    options = dict(operation.options) | given
    return Call(call.target, call.function, tensors, place=call.place), options


def _split(
    operation: Operation, call: Call, source: str
) -> tuple[tuple[TensorArg, ...], list[tuple[Value, Place]]]:
    """The operation's tensors, and the values after them in the order written."""
    count = len(operation.tensors)
    places = call.argument_places or (call.place,) * len(call.arguments)
    arguments = list(zip(call.arguments, places, strict=True))
    for tensor in call.tensors[count:]:
        if tensor.shape is not None or tensor.elements is not None:
            raise error_at(
                f"{call.function} takes no tensor {tensor.name}",
                tensor.place,
                source,
                expected=_roles(operation.tensors),
                got=f"{len(call.tensors)} tensors",
            )
        arguments.append((Symbol(tensor.name), tensor.place))
    arguments.sort(key=lambda pair: (pair[1].line, pair[1].column))
    required = [role for role in operation.tensors if not role.endswith("?")]
    if len(call.tensors) < len(required):
        raise error_at(
            f"{call.function} needs {len(required)} tensor{'s' * (len(required) > 1)}",
            call.place,
            source,
            expected=_roles(operation.tensors),
            got=", ".join(t.name for t in call.tensors) or "none",
        )
    return call.tensors[:count], arguments


def _roles(tensors: tuple[str, ...]) -> str:
    return ", ".join(f"{t[:-1]} (optional)" if t.endswith("?") else t for t in tensors)


def _unknown(call: Call, source: str, name: str, names: list[str], place: Place) -> SpecError:
    close = difflib.get_close_matches(name, names, 1)
    return error_at(
        f"{call.function} has no option {name!r}",
        place,
        source,
        expected=" or ".join(names) or "no option",
        got=name,
        hint=close[0] if close else "",
    )


def error_at(message: str, place: Place, source: str, **facts: str) -> SpecError:
    """An error with its place in the text, for the caret."""
    line, column = place.line, place.column
    where = f"line {line}, column {column}" if line else ""
    return SpecError(message, where=where, text=source, line=line, column=column, **facts)
