"""What an operation is to the engine: a plan made from shapes, a forward and a backward."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from symconv.errors import GeometryError, SymconvError

from .arrays import Array, Shape, as_array, common

PLANS = 256  # plans that are kept for the next call with the same shapes and options


class Plan(Protocol):
    """All numbers of one call: made from shapes and options alone, so it can be asked first."""

    @property
    def out_shape(self) -> Shape:
        """The output's shape as the caller sees it."""
        ...


@dataclass(frozen=True)
class Operation:
    """One keyword: its tensors (the last `optional` may be left out), its options, its two ways.

    `plan(*shapes, **options)` checks and returns a `Plan`; `forward(plan, *tensors)` the output;
    `backward(plan, g, *tensors)` one gradient per tensor.
    """

    tensors: tuple[str, ...]
    plan: Callable[..., Any]
    forward: Callable[..., Array]
    backward: Callable[..., tuple[Array, ...]]
    optional: int = 0

    @cached_property
    def options(self) -> dict[str, Any]:
        """The options by name, with their defaults (`inspect.Parameter.empty`: required)."""
        parameters = inspect.signature(self.plan).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    def check(self, count: int, options: dict[str, Any]) -> None:
        """Raise unless that many tensors and these option names can be taken."""
        least = len(self.tensors) - self.optional
        if not least <= count <= len(self.tensors):
            takes = ", ".join(self.tensors[:least])
            takes += "".join(f"[, {t}]" for t in self.tensors[least:])
            raise SymconvError(f"takes the tensors {takes}", got=f"{count} of them")
        for name in options.keys() - self.options.keys():
            allowed = ", ".join(self.options) or "no options"
            raise SymconvError(f"unknown option '{name}'", expected=allowed)
        for name, default in self.options.items():
            if default is inspect.Parameter.empty and name not in options:
                raise SymconvError(f"the option '{name}' is missing", hint=f"{name}=…")


class Registry(dict[str, Operation]):
    """Keyword to operation, with the three questions one can ask of a keyword."""

    def __init__(self, operations: Mapping[str, Operation] | None = None) -> None:
        """The operations by keyword, none to begin with."""
        super().__init__(operations or {})
        self._plans: dict[Any, Any] = {}

    def find(self, keyword: str) -> Operation:
        """The operation of that name."""
        if keyword not in self:
            raise SymconvError(f"unknown operation '{keyword}'", expected=", ".join(self))
        return self[keyword]

    def plan(self, keyword: str, shapes: tuple[Shape, ...], options: dict[str, Any]) -> Any:
        """Check the call and return its plan."""
        operation = self.find(keyword)
        told = _key((shapes, *options.items()))
        key = told and (operation.plan, told)
        if key in self._plans:
            return self._plans[key]
        try:
            operation.check(len(shapes), options)
            plan = operation.plan(*shapes, **options)
        except SymconvError as error:
            raise error.at(keyword) from error.__cause__
        if key is not None:
            if len(self._plans) >= PLANS:
                self._plans.clear()
            self._plans[key] = plan
        return plan

    def forward(self, keyword: str, tensors: tuple[ArrayLike, ...], options: dict[str, Any]) -> Any:
        """The operation's output."""
        arrays = self._arrays(keyword, tensors)
        plan = self.plan(keyword, tuple(a.shape for a in arrays), options)
        try:
            return np.asarray(self[keyword].forward(plan, *common(*arrays)), order="C")
        except SymconvError as error:
            raise error.at(keyword) from error.__cause__

    def backward(
        self, keyword: str, g: ArrayLike, tensors: tuple[ArrayLike, ...], options: dict[str, Any]
    ) -> Any:
        """One gradient per tensor of ``sum(g * forward(...))``."""
        arrays = self._arrays(keyword, tensors)
        plan = self.plan(keyword, tuple(a.shape for a in arrays), options)
        try:
            upstream = as_array(g, "g")
            if upstream.shape != plan.out_shape:
                raise GeometryError(
                    "the upstream gradient g must have the output's shape",
                    expected=str(plan.out_shape),
                    got=str(upstream.shape),
                )
            gradients = self[keyword].backward(plan, *common(upstream, *arrays))
            return tuple(np.asarray(a, order="C") for a in gradients)
        except SymconvError as error:
            raise error.at(keyword) from error.__cause__

    def _arrays(self, keyword: str, tensors: tuple[ArrayLike, ...]) -> list[Array]:
        names = self.find(keyword).tensors
        padded = [*names, *(f"tensor {i}" for i in range(len(names), len(tensors)))]
        try:
            return [as_array(t, n) for t, n in zip(tensors, padded, strict=False)]
        except SymconvError as error:
            raise error.at(keyword) from None


def _key(value: Any) -> Any:
    """What tells shapes and options apart, or None where that cannot be told.

    The types belong to it: 1, 1.0 and True are equal, but not all of them are a stride.
    """
    kind = type(value)
    if kind in (int, str, bool):
        return kind, value
    if kind not in (tuple, list):
        return None
    inner = tuple(_key(v) for v in value)
    return None if None in inner else (kind, inner)
