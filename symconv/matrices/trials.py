"""Trying: the same operation with a setting changed, its matrix built again and classified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from symconv.calls import Call, Spec, TensorArg
from symconv.errors import SymconvError
from symconv.index import Tree, concrete, substitute
from symconv.matrices.kind import Kind, classify
from symconv.matrices.linear import linear_map
from symconv.matrices.maps import LinearMap
from symconv.operations.build import build


def tried(map: LinearMap, changes: Mapping[str, Any], one_channel: bool = False) -> Kind | None:
    """The kind of the matrix with options changed; None where that is no operation.

    With `one_channel` the tensors keep their spatial axes alone, and the bias goes.  A transposed
    matrix is of the kind of its original.
    """
    origin = map.origin
    call = origin.node.statement
    if not isinstance(call, Call) or origin.node.geometry is None:
        return None
    options = {name: value for name, value in origin.node.options if value is not None}
    allowed = {name for name, _ in origin.node.options}
    options |= {name: value for name, value in changes.items() if name in allowed}
    rank = origin.node.geometry.rank if one_channel else 0
    numbers = dict(origin.sizes)
    tensors = [_argument(map, tensor.name, rank) for tensor in call.tensors]
    trial = replace(
        call,
        tensors=tuple(tensor for tensor in tensors if tensor is not None),
        arguments=(),
        keywords=tuple((name, _number(value, numbers)) for name, value in options.items()),
        argument_places=(),
        keyword_places=(),
    )
    try:
        made = linear_map(build(Spec((trial,), "")), origin.of, padded=origin.padded)
    except SymconvError:
        return None
    return classify(made)


def _argument(map: LinearMap, name: str, rank: int) -> TensorArg | None:
    """The tensor with its numbers put in; its last `rank` axes alone where rank is not 0."""
    graph = map.origin.graph
    sizes = dict(map.origin.sizes)
    shape = tuple(concrete(size, sizes) for size in graph.shapes[name])
    if rank and len(shape) < rank:
        return None
    if rank and len(shape) > rank:
        return TensorArg(name, shape[-rank:])
    elements = next((t.elements for t in graph.inputs if t.name == name), None)
    return TensorArg(name, shape, elements)


def _number(value: Any, sizes: Mapping[str, int]) -> Any:
    """An option's value with the numbers of the sizes put in."""
    if isinstance(value, tuple):
        return tuple(_number(item, sizes) for item in value)
    if isinstance(value, Tree):
        return substitute(value, dict(sizes))
    return value
