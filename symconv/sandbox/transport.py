"""Values between two processes: JSON for the structure, .npy for the arrays, nothing pickled.

Exact numbers travel as text.  The reader trusts nothing: lengths are bounded before anything is
read, and arrays of objects are refused in .npy.
"""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np

from symconv.sandbox.calling import Unknown
from symconv.sandbox.exact import Exact, from_rows, rows

HEADER = 16 << 20
"""Bytes of a message's JSON."""
MOST_AXES = 32


class Garbled(Exception):
    """A message that is not one of ours."""


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write a message: its JSON and its arrays, each after its length."""
    arrays: list[bytes] = []
    tree = _down(message, arrays)
    header = json.dumps({"tree": tree, "arrays": [len(item) for item in arrays]}).encode()
    stream.write(len(header).to_bytes(8, "big") + header)
    for item in arrays:
        stream.write(item)
    stream.flush()


def receive(stream: BinaryIO, most: int) -> dict[str, Any] | None:
    """The next message, or None at the end; errors: `Garbled`, also for more than `most` bytes."""
    length = stream.read(8)
    if not length:
        return None
    size = int.from_bytes(length, "big")
    if len(length) < 8 or size > min(HEADER, most):
        raise Garbled("a message that is too long or cut off")
    try:
        header = json.loads(_exactly(stream, size))
        sizes = [int(n) for n in header["arrays"]]
        if min(sizes, default=0) < 0 or sum(sizes) + size > most:
            raise Garbled("results that are too large")
        message = _up(header["tree"], [_exactly(stream, n) for n in sizes])
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        raise Garbled("a message that can't be read") from error
    if not isinstance(message, dict):
        raise Garbled("a message of the wrong kind")
    return message


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Garbled("a message that is cut off")
    return data


def _down(value: Any, arrays: list[bytes]) -> Any:
    """The value as JSON; arrays go into the list."""
    if value is None or isinstance(value, bool | str):
        return {"plain": value}
    if isinstance(value, int):
        return {"whole": str(value)}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, tuple | list):
        items = [_down(item, arrays) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, dict):
        return {"dict": [[str(key), _down(item, arrays)] for key, item in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype == object:
        return {"objects": [list(value.shape), [_entry(item) for item in value.flat]]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        arrays.append(buffer.getvalue())
        return {"array": len(arrays) - 1}
    kind = value.kind if isinstance(value, Unknown) else type(value).__name__
    if isinstance(value, np.ndarray):
        kind = f"array of {value.dtype}"
    return {"unknown": kind[:80]}


def _entry(value: Any) -> Any:
    """An exact number as text; a float stays one."""
    if isinstance(value, Exact):
        return ["exact", rows(value)]
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, bool | int | Fraction):
        return ["number", str(Fraction(value))]
    if isinstance(value, float):
        return ["float", value.hex()]
    return ["unknown", type(value).__name__[:80]]


def _up(tree: Any, arrays: list[bytes]) -> Any:
    ((kind, data),) = tree.items()
    match kind:
        case "plain":
            return data if data is None or isinstance(data, bool | str) else None
        case "whole":
            return int(data)
        case "float":
            return float.fromhex(data)
        case "tuple" | "list":
            items = [_up(item, arrays) for item in data]
            return tuple(items) if kind == "tuple" else items
        case "dict":
            return {str(key): _up(item, arrays) for key, item in data}
        case "objects":
            return _objects(*data)
        case "array":
            return np.load(io.BytesIO(arrays[data]), allow_pickle=False)
        case "unknown":
            return Unknown(str(data))
    raise Garbled(f"a value of kind {kind!r}")


def _objects(shape: list[int], entries: list[Any]) -> np.ndarray[Any, Any]:
    if len(shape) > MOST_AXES or int(np.prod(shape, dtype=object)) != len(entries):
        raise Garbled("an array of the wrong size")
    array = np.empty(len(entries), dtype=object)
    for place, (kind, data) in enumerate(entries):
        array[place] = _number(kind, data)
    return array.reshape(shape)


def _number(kind: str, data: Any) -> Any:
    match kind:
        case "exact":
            return from_rows(data)
        case "number":
            number = Fraction(data)
            return number.numerator if number.denominator == 1 else number
        case "float":
            return float.fromhex(data)
        case "unknown":
            return Unknown(str(data))
    raise Garbled(f"a number of kind {kind!r}")
