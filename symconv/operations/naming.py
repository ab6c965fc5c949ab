"""The names of a spec: inputs, results and sizes, each used for one thing only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from symconv.calls import Call, Elements, Place, Spec, Statement, TensorArg
from symconv.errors import SpecError
from symconv.graph import Parameter, Tensor
from symconv.index import same, symbols
from symconv.operations.arguments import error_at
from symconv.operations.base import shown
from symconv.terms import Equation, Selection, Shape


@dataclass(slots=True)
class Names:
    """The names met so far; `everywhere` are those of the whole spec, read ahead."""

    spec: Spec
    inputs: dict[str, Tensor] = field(default_factory=dict)
    made: dict[str, Equation] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    def error(self, message: str, place: Place, **facts: str) -> SpecError:
        """An error with a caret."""
        return error_at(message, place, self.spec.source, **facts)

    def taken(self) -> set[str]:
        """What a fresh letter or name must keep clear of; ``g`` is the upstream gradient's."""
        return {*self.everywhere, *self.inputs, *self.made, *self.sizes, "g"}

    def shape(self, name: str) -> Shape | None:
        """The shape that an earlier line left a tensor with."""
        if name in self.made:
            return self.made[name].shape
        return self.inputs[name].shape if name in self.inputs else None

    def letters(self, name: str) -> tuple[str, ...] | None:
        """The indices with which an earlier line made a tensor."""
        equation = self.made.get(name)
        if equation is None or isinstance(equation, Selection):
            return None
        return equation.indices

    def keep(self, tensors: Sequence[TensorArg], shapes: Sequence[Shape | None]) -> None:
        """Remember the inputs that a statement brought."""
        for tensor, shape in zip(tensors, shapes, strict=True):
            if shape is None:
                raise self.missing(tensor)
            if tensor.name in self.made:
                continue
            old = self.inputs.get(tensor.name)
            elements = tensor.elements or (old.elements if old else None)
            self.inputs[tensor.name] = Tensor(tensor.name, shape, elements)
            self.sizes |= symbols(*shape)

    def missing(self, tensor: TensorArg) -> SpecError:
        """The error for a tensor whose sizes nobody gave."""
        name = tensor.name
        later = any(statement.target == name for statement in self.spec.statements)
        return self.error(
            f"{name} is used before it is made" if later else f"{name} has no sizes",
            tensor.place,
            expected="its sizes, or the result of an earlier line",
            got=f"{name} alone",
            hint=f"the line of {name} first" if later else f"{name}[N]",
        )

    def add_parameters(self, found: Iterable[Parameter]) -> None:
        """Remember open symbols; one that is used twice keeps the stricter least value."""
        for parameter in found:
            old = self.parameters.get(parameter.name, parameter)
            least = max(old.least, parameter.least)
            stricter = old if old.least == least else parameter
            self.parameters[parameter.name] = replace(stricter, least=least)
            self.sizes.add(parameter.name)


def new_target(names: Names, statement: Statement, tensors: Iterable[str]) -> None:
    """Refuse a result that has the name of anything earlier, or of what it is made from."""
    target = statement.target
    if target in {*names.inputs, *names.made, *names.sizes}:
        raise names.error(
            f"{target} is already in use",
            statement.place,
            expected="a new name for each result",
            got=target,
            hint=f"{target}2 = …",
        )
    if target in tensors:
        raise names.error(
            f"{target} is made from itself",
            statement.place,
            expected="a result with a name of its own",
            got=target,
            hint=f"{target}2 = …",
        )


def shape_of(names: Names, tensor: TensorArg) -> Shape | None:
    """The shape of a tensor as written, or as an earlier line left it; None if neither."""
    written = _written(names, tensor)
    before = names.shape(tensor.name)
    if tensor.elements is not None and tensor.name in names.made:
        raise names.error(
            f"{tensor.name} is a result and cannot be given elements",
            tensor.place,
            expected=tensor.name,
            got=f"{tensor.name}=…",
        )
    if before is None or written is None:
        return written if before is None else before
    if not _agree(before, written):
        raise names.error(
            f"{tensor.name} is used for two things",
            tensor.place,
            expected=f"{tensor.name} of shape {shown(before)}, as before",
            got=f"shape {shown(written)}",
            hint="another name",
        )
    return before


def _agree(left: Shape, right: Shape) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _written(names: Names, tensor: TensorArg) -> Shape | None:
    if tensor.elements is None:
        return tensor.shape
    shape = _nested(names, tensor, tensor.elements)
    if tensor.shape is not None and not _agree(tensor.shape, shape):
        raise names.error(
            f"{tensor.name} does not have as many elements as its sizes say",
            tensor.place,
            expected=f"shape {shown(tensor.shape)}",
            got=f"shape {shown(shape)}",
        )
    return shape


def _nested(names: Names, tensor: TensorArg, elements: Elements) -> Shape:
    """The shape of nested elements, whose rows must be equally long."""
    rows = [_nested(names, tensor, item) if isinstance(item, tuple) else None for item in elements]
    kinds = set(rows)
    if len(kinds) != 1:
        what = "no elements" if not kinds else "rows of different lengths"
        raise names.error(
            f"{tensor.name} has {what}",
            tensor.place,
            expected="rows of one length, for example [[a,b],[c,d]]",
            got=", ".join(_brief(row) for row in rows) or "[]",
        )
    return (len(elements), *(rows[0] or ()))


def _brief(row: Shape | None) -> str:
    return "one element" if row is None else f"a row of shape {shown(row)}"


def check_distinct(names: Names) -> None:
    """Refuse a name that is a tensor and a size at once."""
    for name in sorted(names.sizes & {*names.inputs, *names.made}):
        raise names.error(
            f"{name} is used for two things, a tensor and a size",
            _place(names.spec, name),
            expected="different names",
            got=name,
        )


def _place(spec: Spec, name: str) -> Place:
    """Where a tensor first stands."""
    for statement in spec.statements:
        tensors = statement.tensors if isinstance(statement, Call) else statement.declared
        for tensor in tensors:
            if tensor.name == name:
                return tensor.place
        if statement.target == name:
            return statement.place
    return spec.statements[0].place
