"""Reading a spec ahead: every name it uses, so that fresh names keep clear of later lines."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.calls import Call, Definition, Elements, Spec, TensorArg
from symconv.index import Tree, symbols


def names_of(spec: Spec) -> frozenset[str]:
    """Every tensor, size and element that a spec names; not the indices, which are local."""
    found: set[str] = set()
    for statement in spec.statements:
        found.add(statement.target)
        found |= _of_call(statement) if isinstance(statement, Call) else _of_own(statement)
    return frozenset(found)


def _of_call(call: Call) -> set[str]:
    values = (*call.arguments, *(value for _, value in call.keywords))
    return value_symbols(values) | _of_tensors(call.tensors)


def _of_own(definition: Definition) -> set[str]:
    found = _of_tensors(definition.declared)
    binders = [*definition.ranges]
    for addend in definition.addends:
        binders += addend.sums
        found |= {factor.tensor for factor in addend.factors}
        found |= symbols(*addend.where, *(i for factor in addend.factors for i in factor.at))
    for binder in binders:
        found |= symbols(binder.first, binder.last)
    return found - {binder.name for binder in binders}


def _of_tensors(tensors: Iterable[TensorArg]) -> set[str]:
    found: set[str] = set()
    for tensor in tensors:
        found |= {tensor.name} | symbols(*(tensor.shape or ()))
        found |= set(_letters(tensor.elements or ()))
    return found


def _letters(elements: Elements) -> list[str]:
    found: list[str] = []
    for item in elements:
        found += _letters(item) if isinstance(item, tuple) else [item] * isinstance(item, str)  # type: ignore[list-item]
    return found


def value_symbols(value: object) -> set[str]:
    """The symbols of an option's value: an index, or a tuple of values."""
    if isinstance(value, tuple):
        return {name for item in value for name in value_symbols(item)}
    return symbols(value) if isinstance(value, Tree) else set()
