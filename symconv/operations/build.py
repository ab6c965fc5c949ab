"""From what a spec says to a graph: names are looked up, each call is spelled in turn."""

from __future__ import annotations

import difflib

from symconv.calls import Call, Definition, Spec, TensorArg
from symconv.errors import GeometryError, SpecError
from symconv.graph import Graph, Node
from symconv.index import symbols
from symconv.operations import REGISTRY
from symconv.operations.ahead import names_of, value_symbols
from symconv.operations.arguments import complete
from symconv.operations.base import Operation, Request
from symconv.operations.naming import Names, check_distinct, new_target, shape_of
from symconv.operations.own import spell as spell_own
from symconv.terms import Shape


def build(spec: Spec) -> Graph:
    """The graph of a spec.

    Errors: `SpecError` for unknown words, `GeometryError` for sizes that do not fit.
    """
    if not spec.statements:
        raise SpecError("there is no operation here", expected="for example y = conv1d(x[4], w[3])")
    names = Names(spec, everywhere=names_of(spec))
    nodes = []
    for statement in spec.statements:
        node = _call(names, statement) if isinstance(statement, Call) else _own(names, statement)
        names.made |= {equation.name: equation for equation in node.equations}
        nodes.append(node)
    check_distinct(names)
    return Graph(tuple(names.inputs.values()), tuple(nodes), tuple(names.parameters.values()), spec)


def _operation(names: Names, call: Call) -> Operation:
    operation = REGISTRY.get(call.function)
    if operation is None:
        raise names.error(
            f"there is no operation {call.function!r}",
            call.place,
            expected="one of " + ", ".join(REGISTRY),
            got=call.function,
            hint=_nearest(call.function),
        )
    return operation


def _nearest(word: str) -> str:
    """The keyword that a word is most like, the first of several (conv1d for conv); or nothing."""
    like = {name: difflib.SequenceMatcher(None, name, word).ratio() for name in REGISTRY}
    best = max(like, key=lambda name: like[name])
    return best if like[best] >= 0.5 else ""


def _call(names: Names, call: Call) -> Node:
    operation = _operation(names, call)
    call, options = complete(operation, call, names.spec.source)
    new_target(names, call, [tensor.name for tensor in call.tensors])
    shapes = _shapes(names, call.tensors)
    names.sizes |= symbols(*(size for shape in shapes for size in shape or ()))
    names.sizes |= value_symbols(tuple(options.values()))
    letters = {tensor.name: names.letters(tensor.name) for tensor in call.tensors}
    made = {name: found for name, found in letters.items() if found is not None}
    request = Request(operation, call, shapes, options, names.taken(), made)
    try:
        spelled = operation.spell(request)
    except GeometryError as error:
        if len(names.spec.statements) > 1 and call.place.line:
            error.at(f"line {call.place.line}, column {call.place.column}")
        raise
    names.keep(call.tensors, request.shapes)
    names.add_parameters(spelled.parameters)
    return Node(
        call,
        operation.keyword,
        request.names,
        tuple(role.rstrip("?") for role in operation.tensors[: len(call.tensors)]),
        spelled.equations,
        spelled.geometry,
        tuple(request.options.items()),
        spelled.caveats,
    )


def _shapes(names: Names, tensors: tuple[TensorArg, ...]) -> list[Shape | None]:
    """The shapes of a statement's tensors; one that occurs twice has one shape."""
    found: dict[str, Shape] = {}
    for tensor in tensors:
        shape = shape_of(names, tensor)
        if shape is None:
            if any(statement.target == tensor.name for statement in names.spec.statements):
                raise names.missing(tensor)
            continue
        if found.setdefault(tensor.name, shape) != shape:
            raise names.error(
                f"{tensor.name} is used for two things",
                tensor.place,
                expected="one shape for one name",
                got=" and ".join(", ".join(map(str, s)) for s in (found[tensor.name], shape)),
                hint="another name",
            )
    return [found.get(tensor.name) for tensor in tensors]


def _own(names: Names, definition: Definition) -> Node:
    factors = [factor for addend in definition.addends for factor in addend.factors]
    reads = tuple(dict.fromkeys(factor.tensor for factor in factors))
    new_target(names, definition, reads)
    for tensor in definition.declared:
        if tensor.name not in reads:
            raise names.error(
                f"{tensor.name} is declared but never read",
                tensor.place,
                expected="one of " + ", ".join(reads),
                got=tensor.name,
            )
    given = {tensor.name: tensor for tensor in definition.declared}
    tensors = tuple(given.get(name, TensorArg(name, place=definition.place)) for name in reads)
    shapes = dict(zip(reads, _shapes(names, tensors), strict=True))
    spelled = spell_own(definition, shapes)
    known = dict(spelled.shapes)
    names.keep(tensors, [known[name] for name in reads])
    names.add_parameters(spelled.parameters)
    return Node(definition, "", reads, reads, spelled.equations, caveats=spelled.caveats)
