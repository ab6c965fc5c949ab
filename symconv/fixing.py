"""Numbers put in place of an operation's symbols."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real

from symconv.calls import Addend, Binder, Call, Definition, Factor, Spec, TensorArg, Value
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.index import Index, Tree, substitute, substitute_condition
from symconv.operations.build import build


def fix_sizes(graph: Graph, sizes: Mapping[str, int]) -> Graph:
    """The graph of the same spec with numbers for its symbols, every check made anew.

    Errors: `GeometryError` where the numbers do not fit together, `SymconvError` for a number
    whose symbol is not there.
    """
    known = graph.open_sizes() if sizes else ()
    for name in sizes:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1, 0.5)
            raise SymconvError(
                f"there is no open size {name}",
                expected=", ".join(known) or "no sizes, all have numbers",
                got=f"{name}={sizes[name]}",
                hint=f"{close[0]}={sizes[name]}" if close else "",
            )
    whole = {name: whole_number(name, value) for name, value in sizes.items()}
    return build(fixed_spec(graph.spec, whole)) if sizes else graph


def whole_number(name: str, value: object) -> int:
    """The number for a size, from Python or NumPy.

    Errors: `SymconvError` for what is no whole number.
    """
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        value = value.item()  # an array without axes
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and float(value).is_integer():
        return int(float(value))
    raise SymconvError(f"{name} is a size", expected="a whole number", got=repr(value))


def fixed_spec(spec: Spec, sizes: Mapping[str, int]) -> Spec:
    """The spec with numbers in place of symbols."""
    names = dict(sizes)
    return replace(
        spec,
        statements=tuple(
            _fix_call(item, names) if isinstance(item, Call) else _fix_definition(item, names)
            for item in spec.statements
        ),
    )


def _fix_value(value: Value, names: Mapping[str, Index]) -> Value:
    if isinstance(value, tuple):
        return tuple(_fix_value(item, names) for item in value)
    return substitute(value, names) if isinstance(value, Tree) else value


def _fix_tensor(tensor: TensorArg, names: Mapping[str, Index]) -> TensorArg:
    if tensor.shape is None:
        return tensor
    return replace(tensor, shape=tuple(substitute(n, names) for n in tensor.shape))


def _fix_call(call: Call, names: Mapping[str, Index]) -> Call:
    tensors = []
    arguments = [*zip(call.arguments, call.argument_places, strict=True)]
    for tensor in call.tensors:
        bare = tensor.shape is None and tensor.elements is None
        if bare and tensor.name in names:
            arguments.append((names[tensor.name], tensor.place))
        else:
            tensors.append(_fix_tensor(tensor, names))
    arguments.sort(key=lambda pair: (pair[1].line, pair[1].column))
    return replace(
        call,
        tensors=tuple(tensors),
        arguments=tuple(_fix_value(value, names) for value, _ in arguments),
        argument_places=tuple(place for _, place in arguments),
        keywords=tuple((key, _fix_value(value, names)) for key, value in call.keywords),
    )


def _fix_binder(binder: Binder, names: Mapping[str, Index]) -> Binder:
    return replace(
        binder, first=substitute(binder.first, names), last=substitute(binder.last, names)
    )


def _fix_factor(factor: Factor, names: Mapping[str, Index]) -> Factor:
    return replace(factor, at=tuple(substitute(index, names) for index in factor.at))


def _fix_addend(addend: Addend, names: Mapping[str, Index]) -> Addend:
    return replace(
        addend,
        factors=tuple(_fix_factor(factor, names) for factor in addend.factors),
        sums=tuple(_fix_binder(binder, names) for binder in addend.sums),
        where=tuple(substitute_condition(condition, names) for condition in addend.where),
    )


def _fix_definition(definition: Definition, names: Mapping[str, Index]) -> Definition:
    return replace(
        definition,
        addends=tuple(_fix_addend(addend, names) for addend in definition.addends),
        ranges=tuple(_fix_binder(binder, names) for binder in definition.ranges),
        declared=tuple(_fix_tensor(tensor, names) for tensor in definition.declared),
    )
