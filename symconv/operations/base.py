"""What an operation is asked and what it answers.

An operation is a row of the registry: its tensors, its options, and a function that spells it as
equations.  It knows no reading of what it spells.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symconv.calls import Call, TensorArg, Value
from symconv.errors import GeometryError, SpecError
from symconv.geometry import Geometry
from symconv.graph import Parameter
from symconv.index import Index, Symbol, Tree, symbols, text
from symconv.terms import Equation, Shape, fresh


@dataclass(frozen=True, slots=True)
class Spelling:
    """What an operation answers: equations, and the facts that other readings need."""

    equations: tuple[Equation, ...]
    geometry: Geometry | None = None
    shapes: tuple[tuple[str, Shape], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the registry.

    `tensors` are the roles in order (a trailing "?" marks an optional one), `options` the keywords
    in the order in which they may also be written without their names, with their defaults.
    """

    keyword: str
    tensors: tuple[str, ...]
    options: tuple[tuple[str, Any], ...]
    spell: Callable[[Request], Spelling]
    summary: str


@dataclass(slots=True)
class Request:
    """One call, its tensors' shapes looked up, its options complete, and the names in use."""

    operation: Operation
    call: Call
    shapes: list[Shape | None]
    options: dict[str, Any]
    taken: set[str] = field(default_factory=set)

    @property
    def names(self) -> tuple[str, ...]:
        """The tensors' names."""
        return tuple(tensor.name for tensor in self.call.tensors)

    @property
    def target(self) -> str:
        """The name of the result."""
        return self.call.target

    def letter(self, name: str) -> str:
        """An index of that name, or the nearest name that is not in use; in use from now on."""
        chosen = fresh(name, self.taken)
        self.taken.add(chosen)
        return chosen

    def shape(self, place: int) -> Shape:
        """The shape of a tensor that must have one."""
        shape = self.shapes[place]
        if shape is None:
            name = self.names[place]
            raise self.error(
                f"{name} has no sizes",
                expected=f"{name} with its sizes, or the result of an earlier line",
                got=f"{name} alone",
                hint=f"{name}[N] or {name}=[a,b,c]",
            )
        return shape

    def error(self, message: str, *, option: str = "", **facts: str) -> GeometryError:
        """An error that names the operation (and the option)."""
        where = f"{self.call.function}: {option}" if option else self.call.function
        return GeometryError(message, where=where, **facts)


# --- reading options ----------------------------------------------------------------------------


def complete(operation: Operation, call: Call, source: str) -> tuple[Call, dict[str, Any]]:
    """The call with only its tensors left, and every option by name.

    A bare name beyond the operation's tensors is a symbol (``avg_pool1d(x[N], K)``).
    """
    tensors = list(call.tensors[: len(operation.tensors)])
    spare = call.tensors[len(operation.tensors) :]
    arguments = [*zip(call.arguments, call.argument_places, strict=False)]
    for tensor in spare:
        if tensor.shape is not None or tensor.elements is not None:
            raise _at(
                call,
                source,
                f"{call.function} takes no tensor {tensor.name}",
                expected=" and ".join(operation.tensors).replace("?", " (optional)"),
                got=f"{len(call.tensors)} tensors",
                place=tensor,
            )
        arguments.append((Symbol(tensor.name), tensor.place))
    arguments.sort(key=lambda pair: (pair[1].line, pair[1].column))
    options = dict(operation.options)
    names = [name for name, _ in operation.options]
    if len(arguments) > len(names):
        raise _at(
            call,
            source,
            f"{call.function} was given too many values",
            expected=f"at most {len(names)} after the tensors ({', '.join(names)})",
            got=str(len(arguments)),
        )
    given = dict(zip(names, (value for value, _ in arguments), strict=False))
    for place, (name, value) in enumerate(call.keywords):
        if name not in names:
            raise _unknown(call, source, place, names)
        if name in given:
            raise _at(call, source, f"{name} is given twice", got=f"{name}={_show(value)}")
        given[name] = value
    required = sum(1 for role in operation.tensors if not role.endswith("?"))
    if len(tensors) < required:
        roles = ", ".join(operation.tensors[:required])
        raise _at(
            call,
            source,
            f"{call.function} needs {required} tensors",
            expected=roles,
            got=", ".join(t.name for t in tensors) or "none",
        )
    return Call(call.target, call.function, tuple(tensors), place=call.place), options | given


def _show(value: object) -> str:
    return text(value) if isinstance(value, int | Tree) else repr(value)


def _unknown(call: Call, source: str, place: int, names: Sequence[str]) -> SpecError:
    name = call.keywords[place][0]
    close = difflib.get_close_matches(name, names, 1)
    spot = call.keyword_places[place] if place < len(call.keyword_places) else call.place
    return SpecError(
        f"{call.function} has no option {name!r}",
        where=f"line {spot.line}, column {spot.column}",
        expected=" or ".join(names) or "no option",
        got=name,
        hint=close[0] if close else "",
        text=source,
        line=spot.line,
        column=spot.column,
    )


def _at(
    call: Call, source: str, message: str, *, place: TensorArg | None = None, **facts: str
) -> SpecError:
    spot = place.place if place is not None else call.place
    return SpecError(
        message,
        text=source,
        line=spot.line,
        column=spot.column,
        where=f"line {spot.line}" if spot.line else "",
        **facts,
    )


def as_index(request: Request, name: str, value: Any) -> Index:
    """An option that must be a size or a symbol."""
    if isinstance(value, bool) or not isinstance(value, int | Tree):
        raise request.error(
            f"{name} must be a whole number or a symbol",
            option=name,
            expected="for example 2 or P",
            got=_show(value),
        )
    return value


def as_indices(request: Request, name: str, rank: int) -> tuple[Index, ...]:
    """An option that is one index, or one for each spatial axis."""
    value = request.options[name]
    if not isinstance(value, tuple):
        return (as_index(request, name, value),) * rank
    if len(value) != rank:
        raise request.error(
            f"{len(value)} values for {rank} spatial {'axis' if rank == 1 else 'axes'}",
            option=name,
            expected=f"one number or {rank}",
            got=_show(value),
        )
    return tuple(as_index(request, name, item) for item in value)


def as_choice(request: Request, name: str, choices: Iterable[str]) -> str:
    """An option that is one of some words."""
    value = request.options[name]
    allowed = list(choices)
    if value not in allowed:
        close = difflib.get_close_matches(str(value), allowed, 1)
        raise request.error(
            f"there is no {name} {_show(value)}",
            option=name,
            expected=" or ".join(allowed),
            got=_show(value),
            hint=repr(close[0]) if close else "",
        )
    return str(value)


def as_flag(request: Request, name: str) -> bool:
    """An option that is True or False."""
    value = request.options[name]
    if not isinstance(value, bool):
        raise request.error(
            f"{name} is a yes or no", option=name, expected="True or False", got=_show(value)
        )
    return value


def at_least(request: Request, name: str, values: Iterable[Index], least: int) -> None:
    """Refuse numbers below the least that makes sense."""
    for value in values:
        if isinstance(value, int) and value < least:
            raise request.error(
                f"{name} is too small",
                option=name,
                expected=f"at least {least}",
                got=str(value),
            )


def open_parameters(**groups: Iterable[Index]) -> tuple[Parameter, ...]:
    """The open symbols of sizes and options: ``size=…, stride=…, padding=…`` by kind."""
    least = {"padding": 0, "output_padding": 0}
    found: dict[str, Parameter] = {}
    for kind, values in groups.items():
        for value in values:
            for name in sorted(symbols(value)):
                found.setdefault(name, Parameter(name, kind, least.get(kind, 1)))
    return tuple(found.values())


def number(request: Request, name: str) -> Fraction:
    """An option that is a number."""
    value: Value = request.options[name]
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise request.error(
            f"{name} must be a number",
            option=name,
            expected="for example 2 or 1/3",
            got=_show(value),
        )
    return Fraction(value)
