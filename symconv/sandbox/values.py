"""What a declared name stands for: a small language of values, read with Python's grammar.

``S``, ``K - 1``, ``width(x)``, ``shape(x)[2]``, ``pad(x, P)``, ``(x, w, b)``,
``{'stride': S, 'pad': P}``.  Nothing is run: each node is looked up in a table.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.errors import SymconvError
from symconv.sandbox.layouts import Order
from symconv.values import dataclass

Array = npt.NDArray[Any]
LONGEST = 400
DEEPEST, MOST = 12, 2_000
"""How deeply a value may be nested, and how many parts it may have in all."""
AXES = {"width": -1, "height": -2, "depth": -3}
"""Sizes by name: the axis that each is."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a name may stand for at one geometry.

    `arrays` are in the operation's own order of axes; `tensors` says for every name of a tensor
    which it is and in which order the function wants its axes; `rank` is the number of spatial
    axes (0 if there are none or several).
    """

    arrays: Mapping[str, Array]
    tensors: Mapping[str, tuple[str, Order]]
    numbers: Mapping[str, Any]
    declared: Mapping[str, ast.expr]
    rank: int = 0


def read_value(text: str, name: str) -> ast.expr:
    """A declared value as a tree; errors: `SymconvError` for what is not of this language."""
    if len(text) > LONGEST:
        raise SymconvError("this value is too long", where=f"names({name}=…)")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SymconvError(
            "this value can't be read",
            where=f"names({name}=…)",
            expected="a tensor, a size, a tuple or a dictionary of them",
            got=text[:60],
        ) from None


def value_of(name: str, situation: Situation) -> Any:
    """What a name stands for; errors: `SymconvError` where it stands for nothing."""
    return _Reader(situation).named(name, 0)


@dataclass(slots=True)
class _Reader:
    """Values at one situation; counts the parts, so that short names can't make endless work."""

    situation: Situation
    parts: int = 0

    def named(self, name: str, depth: int) -> Any:
        here = self.situation
        if name in here.declared:
            return self.value(here.declared[name], depth + 1)
        if name in here.tensors:
            tensor, order = here.tensors[name]
            return turned(here.arrays[tensor], order)
        if name in here.numbers:
            return here.numbers[name]
        raise SymconvError(
            f"{name} is not declared",
            expected="one of " + ", ".join([*here.tensors, *here.numbers]),
            hint=f"names({name}=…)",
        )

    def value(self, node: ast.expr, depth: int) -> Any:
        """The value of a declared expression."""
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST:
            raise SymconvError("this value is nested too deeply", got=_shown(node))

        def inner(part: ast.expr) -> Any:
            return self.value(part, depth + 1)

        match node:
            case ast.Constant(value=None | bool() | int() | str() as value):
                return value
            case ast.Name(id=name):
                return self.named(name, depth)
            case ast.Tuple(elts=items):
                return tuple(inner(item) for item in items)
            case ast.List(elts=items):
                return [inner(item) for item in items]
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return {
                    inner(k): inner(v) for k, v in zip(keys, values, strict=True) if k is not None
                }
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return -_whole(inner(part), node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                return ARITHMETIC[type(op)](_whole(inner(left), node), _whole(inner(right), node))
            case ast.Subscript(value=whole, slice=place):
                return _item(inner(whole), inner(place), node)
            case ast.Call(func=ast.Name(id=word), args=items, keywords=[]) if word in FUNCTIONS:
                return FUNCTIONS[word](node, self.situation, [inner(item) for item in items])
        raise SymconvError("this value is not understood", got=_shown(node))


def _divided(a: int, b: int) -> int:
    if b == 0:
        raise SymconvError("a division by 0 in a declared value")
    return a // b


ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: _divided,
}


def _whole(value: Any, node: ast.expr) -> int:
    if isinstance(value, int) and abs(value) < 10**9:
        return value
    raise SymconvError("arithmetic is for whole numbers", got=_shown(node))


def _item(whole: Any, place: Any, node: ast.expr) -> Any:
    if isinstance(whole, tuple) and isinstance(place, int) and -len(whole) <= place < len(whole):
        return whole[place]
    raise SymconvError("there is no such entry", got=_shown(node))


def _shown(node: ast.expr) -> str:
    return ast.unparse(node)[:60]


# --- functions ----------------------------------------------------------------------------------


def turned(array: Array, order: Order) -> Array:
    """The array with its axes in the function's order."""
    return np.transpose(array, order) if order else array


def _tensor(node: ast.Call, situation: Situation) -> tuple[Array, Order]:
    """The tensor that the first argument names, in the operation's own order of axes."""
    name = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
    if name not in situation.tensors:
        raise SymconvError("this takes a tensor by its name", got=_shown(node))
    tensor, order = situation.tensors[name]
    return situation.arrays[tensor], order


def _axis(node: ast.Call, situation: Situation, axis: int) -> int:
    shape = _tensor(node, situation)[0].shape
    if not -len(shape) <= axis < len(shape):
        raise SymconvError("the tensor has no such axis", got=_shown(node))
    return int(shape[axis])


def _length(node: ast.Call, situation: Situation, values: list[Any]) -> int:
    """``width(x)``, ``height(x)``, ``depth(x)``."""
    assert isinstance(node.func, ast.Name)
    return _axis(node, situation, AXES[node.func.id])


def _channels(node: ast.Call, situation: Situation, values: list[Any]) -> int:
    return _axis(node, situation, -situation.rank - 1)


def _size(node: ast.Call, situation: Situation, values: list[Any]) -> int:
    """``size(x, axis)``; of a tensor with one axis ``size(x)``."""
    axis = values[1] if len(values) == 2 else 0
    if not isinstance(axis, int) or (len(values) == 1 and _tensor(node, situation)[0].ndim != 1):
        raise SymconvError("size takes a tensor and an axis", got=_shown(node))
    return _axis(node, situation, axis)


def _pad(node: ast.Call, situation: Situation, values: list[Any]) -> Any:
    """``pad(x, P)``: zeros around the spatial axes; ``pad(x, (P, Q))`` for each axis its own."""
    array, order = _tensor(node, situation)
    rank = situation.rank
    amounts = values[1] if len(values) == 2 else None
    amounts = (amounts,) * rank if isinstance(amounts, int) else amounts
    if not rank or not isinstance(amounts, tuple) or len(amounts) != rank:
        raise SymconvError("pad takes a tensor and how much, once or for each axis")
    if any(not isinstance(p, int) or not 0 <= p < 1000 for p in amounts):
        raise SymconvError("pad takes whole numbers that are not negative", got=_shown(node))
    widths = [(0, 0)] * (array.ndim - rank) + [(p, p) for p in amounts]
    return turned(np.pad(array, widths), order)


FUNCTIONS: dict[str, Callable[[ast.Call, Situation, list[Any]], Any]] = {
    "width": _length,
    "height": _length,
    "depth": _length,
    "channels": _channels,
    "batch": lambda node, situation, values: _axis(node, situation, 0),
    "len": lambda node, situation, values: _axis(node, situation, 0),
    "size": _size,
    "shape": lambda node, situation, values: _tensor(node, situation)[0].shape,
    "pad": _pad,
}
