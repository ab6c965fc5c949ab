"""What symconv says about one geometry, each reading beside what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from witness_case import Answer, Array, Case

import symconv
from symconv.expand import evaluate_arrays

KINDS = ("raw", "gathered", "closed")


@dataclass(frozen=True)
class Reading:
    """A result, what it should be, and by how much every number may be off (None: not at all)."""

    name: str
    got: Array
    want: Array
    allowed: Array | None = None

    @property
    def wrong(self) -> str:
        """What is wrong with it, or nothing."""
        got, want = np.asarray(self.got), np.asarray(self.want)
        if got.shape != want.shape:
            return f"{self.name}: shape {got.shape}, not {want.shape}"
        error = np.abs(got.astype(float) - want.astype(float))
        if self.allowed is None or np.all(error == 0):
            fits = error == 0
        else:
            fits = error <= 1e-12 * np.asarray(self.allowed, dtype=float)
        if np.all(fits):  # NaN fits nothing
            return ""
        at = np.unravel_index(int(np.argmin(fits)), fits.shape)
        return f"{self.name}: {got[at]!r} at {tuple(map(int, at))}, not {want[at]!r}"


@cache
def operation(text: str) -> symconv.Operation:
    """The view of a spec, made once for all tests."""
    return symconv.operation(text)


@cache
def gradient(text: str, tensor: str) -> Any:
    """The gradient of a spec's operation, derived once for all tests."""
    return operation(text).gradient(tensor)


def outputs(case: Case, arrays: Mapping[str, Array], want: Answer, allowed: Answer | None) -> Any:
    """The engine's output, and the forms' by index arrays, equation after equation."""
    op = operation(case.text)
    limit = allowed.y if allowed else None
    yield Reading("output_shape", np.array(op.output_shape), np.array(want.y.shape))
    yield Reading("forward", op.forward(**arrays), want.y, limit)
    values: dict[str, Any] = dict(arrays)
    for equation in op.program.equations:
        values[equation.name] = evaluate_arrays(equation, values)
    yield Reading("the form", values[op.program.output], want.y, limit)


def engine_gradients(
    case: Case, arrays: Mapping[str, Array], g: Array, want: Answer, allowed: Answer | None
) -> Iterator[Reading]:
    """The engine's gradient of every tensor."""
    made = operation(case.text).backward(g, **arrays)
    if set(made) != set(want.gradients):
        raise AssertionError(f"{case.text}: gradients of {sorted(made)}")
    for name, gradient in want.gradients.items():
        limit = allowed.gradients[name] if allowed else None
        yield Reading(f"backward {name}", made[name], gradient, limit)


def formula_gradients(
    case: Case,
    arrays: Mapping[str, Array],
    g: Array,
    want: Answer,
    allowed: Answer | None,
    kinds: tuple[str, ...] = KINDS,
) -> Iterator[Reading]:
    """Every kind of formula of the gradient of every tensor."""
    for name, values in want.gradients.items():
        found = gradient(case.text, name)
        limit = allowed.gradients[name] if allowed else None
        for kind in kinds:
            if kind == "closed" and found.closed is None:
                continue
            got = found.evaluate(g, kind=kind, **arrays)
            yield Reading(f"{kind} gradient of {name}", got, values, limit)


LINEAR = {
    "max_pool": ("x",),
    "conv": ("x", "w", "b"),
    "corr": ("x", "w"),
    "avg": ("x",),
    "unfold": ("x",),
    "fold": ("Y",),
    "add": ("a", "b"),
    "sub": ("a", "b"),
    "scale": ("x",),
    "sum": ("x",),
}
"""The tensors in which an operation is linear, by how its keyword starts."""


def linear_in(case: Case) -> tuple[str, ...]:
    """The tensors of a geometry that have a matrix."""
    names = next((v for k, v in LINEAR.items() if case.keyword.startswith(k)), ())
    return tuple(name for name in names if name in case.shapes)


def matrices(
    case: Case, arrays: Mapping[str, Array], g: Array, want: Answer, allowed: Answer | None
) -> Iterator[Reading]:
    """``A·x + c`` is the output and ``Aᵀ·g`` the gradient, for each tensor x it is linear in."""
    for name in linear_in(case):
        table = operation(case.text).map(name)
        A, c = dense(table, arrays, name)
        y = (A @ arrays[name].ravel() + c).reshape(want.y.shape)
        yield Reading(f"matrix of {name}", y, want.y, allowed.y if allowed else None)
        back, _ = dense(table.transpose(), arrays, name)
        back = (back @ np.ravel(g)).reshape(arrays[name].shape)
        limit = allowed.gradients[name] if allowed else None
        yield Reading(f"transposed matrix of {name}", back, want.gradients[name], limit)


def dense(table: Any, arrays: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    """A matrix and the constant beside it, in numbers."""
    given = _others(arrays, name)
    if any(tensor not in arrays for tensor in table.tensors):
        given = dict(arrays)  # a mask is made from the very tensor
    c = table.offset.numpy(**given)[:, 0] if table.offset else np.zeros(table.shape[0], int)
    return table.numpy(**given), c


def _others(arrays: Mapping[str, Array], name: str) -> dict[str, Array]:
    return {other: array for other, array in arrays.items() if other != name}


def refuse(case: Case, readings: list[Reading]) -> None:
    """Fail on the first reading that is wrong."""
    assert readings, case.text
    for reading in readings:
        assert not reading.wrong, f"{case.text}: {reading.wrong}"
