"""What an operation is asked and what it answers.

An operation is a row of the registry: its tensors, its options, and a function that spells it as
equations.  It knows no reading of what it spells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

from symconv.calls import Call
from symconv.errors import GeometryError
from symconv.geometry import Geometry
from symconv.graph import Parameter
from symconv.index import Tree, text
from symconv.terms import Equation, Shape, fresh
from symconv.values import dataclass


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
    in the order in which they may also be written without their names, with their defaults; an
    option whose default is None must be given, unless `spell` knows what to put there.
    """

    keyword: str
    tensors: tuple[str, ...]
    options: tuple[tuple[str, Any], ...]
    spell: Callable[[Request], Spelling]
    summary: str


@dataclass(slots=True)
class Request:
    """One call, its tensors' shapes looked up, its options complete, and the names in use.

    `made` holds, for each tensor that an earlier line made, the letters of its indices.
    """

    operation: Operation
    call: Call
    shapes: list[Shape | None]
    options: dict[str, Any]
    taken: set[str] = field(default_factory=set)
    made: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The tensors' names."""
        return tuple(tensor.name for tensor in self.call.tensors)

    @property
    def target(self) -> str:
        """The name of the result."""
        return self.call.target

    @property
    def rank(self) -> int:
        """The number of spatial axes that the keyword ends in, ``conv2d``."""
        return int(self.operation.keyword[-2])

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

    def read_shapes(self) -> tuple[tuple[str, Shape], ...]:
        """The tensors with their shapes, as a form lists what it reads."""
        pairs = zip(self.names, self.shapes, strict=True)
        return tuple({name: shape for name, shape in pairs if shape is not None}.items())

    def error(self, message: str, *, option: str = "", **facts: str) -> GeometryError:
        """An error that names the operation (and the option)."""
        where = f"{self.call.function}: {option}" if option else self.call.function
        return GeometryError(message, where=where, **facts)


def shown(value: object) -> str:
    """A value, a shape or a tuple of values, as a person wrote it."""
    if isinstance(value, tuple | list):
        return f"({', '.join(map(shown, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Tree):
        return text(value)
    return repr(value) if isinstance(value, str) else str(value)


def sentence(text: str) -> str:
    """The text with a capital in front and a full stop behind."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
