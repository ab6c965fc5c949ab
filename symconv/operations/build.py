"""From what a spec says to a graph: names are looked up, each call is spelled in turn."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from symconv.calls import Call, Definition, Elements, Spec, TensorArg
from symconv.errors import SpecError
from symconv.graph import Graph, Node, Parameter, Tensor
from symconv.index import Tree, same, symbols
from symconv.operations import REGISTRY
from symconv.operations.base import Request, Spelling, complete
from symconv.operations.own import spell as spell_own
from symconv.terms import Shape


@dataclass(slots=True)
class _Names:
    """The names met so far: inputs, results, and the symbols of sizes."""

    inputs: dict[str, Tensor] = field(default_factory=dict)
    made: dict[str, Shape] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def shape(self, name: str) -> Shape | None:
        if name in self.made:
            return self.made[name]
        return self.inputs[name].shape if name in self.inputs else None

    def all(self) -> set[str]:
        return {*self.inputs, *self.made, *self.sizes}


def build(spec: Spec) -> Graph:
    """The graph of a spec.

    Errors: `SpecError` for unknown words, `GeometryError` for sizes that do not fit.
    """
    if not spec.statements:
        raise SpecError("there is no operation here", expected="for example y = conv1d(x[4], w[3])")
    names = _Names()
    nodes = []
    for statement in spec.statements:
        _new_target(names, statement, spec.source)
        if isinstance(statement, Call):
            node = _call(names, statement, spec.source)
        else:
            node = _own(names, statement, spec.source)
        names.made |= {equation.name: equation.shape for equation in node.equations}
        nodes.append(node)
    _distinct(names, spec)
    return Graph(tuple(names.inputs.values()), tuple(nodes), tuple(names.parameters.values()), spec)


def _new_target(names: _Names, statement: Call | Definition, source: str) -> None:
    if statement.target in names.all():
        raise _error(
            f"{statement.target} is already in use",
            statement.place,
            source,
            expected="a new name for each result",
            got=statement.target,
            hint=f"{statement.target}2 = …",
        )


def _error(message: str, place: object, source: str, **facts: str) -> SpecError:
    line, column = getattr(place, "line", 0), getattr(place, "column", 0)
    where = f"line {line}, column {column}" if line else ""
    return SpecError(message, where=where, text=source, line=line, column=column, **facts)


def _call(names: _Names, call: Call, source: str) -> Node:
    operation = REGISTRY.get(call.function)
    if operation is None:
        close = difflib.get_close_matches(call.function, REGISTRY, 1, 0.5)
        raise _error(
            f"there is no operation {call.function!r}",
            call.place,
            source,
            expected="one of " + ", ".join(REGISTRY),
            got=call.function,
            hint=close[0] if close else "",
        )
    call, options = complete(operation, call, source)
    shapes = [_shape(names, tensor, source) for tensor in call.tensors]
    names.sizes |= {name for shape in shapes for name in symbols(*(shape or ()))}
    names.sizes |= _symbols(tuple(options.values()))
    request = Request(
        operation,
        call,
        shapes,
        options,
        taken=_taken(names, call, tuple(t.name for t in call.tensors)),
    )
    spelled = operation.spell(request)
    _keep(names, call.tensors, request.shapes, source)
    _parameters(names, spelled)
    roles = tuple(role.rstrip("?") for role in operation.tensors[: len(call.tensors)])
    return Node(
        call,
        operation.keyword,
        request.names,
        roles,
        spelled.equations,
        spelled.geometry,
        tuple(options.items()),
        spelled.caveats,
    )


def _taken(names: _Names, call: Call | Definition, tensors: tuple[str, ...]) -> set[str]:
    return {*names.all(), call.target, *tensors, "g"}


def _symbols(value: object) -> set[str]:
    """The symbols of an option's value: an index, or a tuple of values."""
    if isinstance(value, tuple):
        return {name for item in value for name in _symbols(item)}
    return symbols(value) if isinstance(value, Tree) else set()


def _own(names: _Names, definition: Definition, source: str) -> Node:
    reads = tuple(
        dict.fromkeys(factor.tensor for item in definition.addends for factor in item.factors)
    )
    for tensor in definition.declared:
        if tensor.name not in reads:
            raise _error(
                f"{tensor.name} is declared but never read",
                tensor.place,
                source,
                expected="one of " + ", ".join(reads),
                got=tensor.name,
            )
    given = {tensor.name: tensor for tensor in definition.declared}
    tensors = tuple(given.get(name, TensorArg(name, place=definition.place)) for name in reads)
    shapes = {tensor.name: _shape(names, tensor, source) for tensor in tensors}
    spelled = spell_own(definition, shapes, _taken(names, definition, reads))
    known = dict(spelled.shapes)
    _keep(names, tensors, [known[name] for name in reads], source)
    _parameters(names, spelled)
    return Node(definition, "", reads, reads, spelled.equations, caveats=spelled.caveats)


# --- names --------------------------------------------------------------------------------------


def _shape(names: _Names, tensor: TensorArg, source: str) -> Shape | None:
    """The shape of a tensor as written, or as an earlier line left it."""
    before = names.shape(tensor.name)
    written = tensor.shape
    if written is None and tensor.elements is not None:
        written = _shape_of(tensor.elements)
    if before is None or written is None:
        return written if before is None else before
    if len(before) != len(written) or not all(map(same, before, written)):
        raise _error(
            f"{tensor.name} is used for two things",
            tensor.place,
            source,
            expected=f"{tensor.name} of shape {_show(before)}, as before",
            got=f"shape {_show(written)}",
            hint="another name",
        )
    return before


def _show(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _shape_of(elements: Elements) -> Shape:
    sizes = []
    inner: object = elements
    while isinstance(inner, tuple):
        sizes.append(len(inner))
        inner = inner[0] if inner else None
    return tuple(sizes)


def _keep(
    names: _Names, tensors: Sequence[TensorArg], shapes: Sequence[Shape | None], source: str
) -> None:
    """Remember the inputs that this statement brought."""
    for tensor, shape in zip(tensors, shapes, strict=True):
        if tensor.name in names.made:
            if tensor.elements is not None:
                raise _error(
                    f"{tensor.name} is a result and cannot be given elements", tensor.place, source
                )
            continue
        old = names.inputs.get(tensor.name)
        elements = tensor.elements or (old.elements if old else None)
        if shape is None:
            raise _error(
                f"{tensor.name} has no sizes",
                tensor.place,
                source,
                expected="its sizes, or the result of an earlier line",
                got=tensor.name,
                hint=f"{tensor.name}[N]",
            )
        names.inputs[tensor.name] = Tensor(tensor.name, shape, elements)
        names.sizes |= symbols(*shape)


def _parameters(names: _Names, spelled: Spelling) -> None:
    for parameter in spelled.parameters:
        names.parameters.setdefault(parameter.name, parameter)
        names.sizes.add(parameter.name)


def _distinct(names: _Names, spec: Spec) -> None:
    """Refuse a name that is a tensor and a size at once."""
    for name in sorted(names.sizes & ({*names.inputs} | {*names.made})):
        place = spec.statements[0].place
        raise _error(
            f"{name} is used for two things, a tensor and a size",
            place,
            spec.source,
            expected="different names",
            got=name,
        )
