"""Reading the options of a call: what kind of value each must be, and its least."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from symconv.calls import Value
from symconv.errors import GeometryError
from symconv.graph import Parameter
from symconv.index import Index, Symbol, Tree, symbols
from symconv.operations.base import Request, shown

LEAST = {"padding": 0, "output_padding": 0}
"""The least value of each kind of parameter, where that is not 1."""


def as_index(request: Request, name: str, value: Any) -> Index:
    """An option that must be a size or a symbol."""
    if isinstance(value, bool) or not isinstance(value, int | Tree):
        raise request.error(
            f"{name} must be a whole number or a symbol",
            option=name,
            expected="for example 2 or P",
            got=shown(value),
        )
    return value


def as_indices(request: Request, name: str, rank: int) -> tuple[Index, ...]:
    """An option that is one index, or one for each spatial axis."""
    value = request.options[name]
    if not isinstance(value, tuple):
        return (as_index(request, name, value),) * rank
    if len(value) != rank:
        raise request.error(
            f"{len(value)} values for {rank} spatial {'axis' if rank == 1 else 'axes'}",
            option=name,
            expected=f"one number or {rank}",
            got=shown(value),
        )
    return tuple(as_index(request, name, item) for item in value)


def as_choice(request: Request, name: str, choices: Iterable[str]) -> str:
    """An option that is one of some words."""
    value = request.options[name]
    allowed = list(choices)
    check_quoted(request, name, value, allowed)
    if value not in allowed:
        close = difflib.get_close_matches(str(value), allowed, 1)
        raise request.error(
            f"there is no {name} {shown(value)}",
            option=name,
            expected=" or ".join(allowed),
            got=shown(value),
            hint=repr(close[0]) if close else "",
        )
    return str(value)


def check_quoted(request: Request, name: str, value: Any, words: Iterable[str]) -> None:
    """Refuse a word without its quotation marks, which would be read as a symbol."""
    if isinstance(value, Symbol) and value.name in words:
        raise request.error(
            f"{value.name} without quotation marks is a symbol",
            option=name,
            expected="a text in quotation marks",
            got=value.name,
            hint=f'{name}="{value.name}"',
        )


def as_flag(request: Request, name: str) -> bool:
    """An option that is True or False."""
    value = request.options[name]
    if not isinstance(value, bool):
        raise request.error(
            f"{name} is a yes or no", option=name, expected="True or False", got=shown(value)
        )
    return value


def at_least(request: Request, name: str, values: Iterable[Index], least: int) -> None:
    """Refuse numbers below the least that makes sense."""
    for value in values:
        if isinstance(value, int) and value < least:
            raise request.error(
                f"{name} is too small",
                option=name,
                expected=f"at least {least}",
                got=str(value),
            )


def open_parameters(**groups: Iterable[Index]) -> tuple[Parameter, ...]:
    """The open symbols of sizes and options: ``size=…, stride=…, padding=…`` by kind."""
    found: dict[str, Parameter] = {}
    for kind, values in groups.items():
        for value in values:
            for name in sorted(symbols(value)):
                found.setdefault(name, Parameter(name, kind, LEAST.get(kind, 1)))
    return tuple(found.values())


def number(request: Request, name: str) -> Fraction:
    """An option that is a number."""
    value: Value = request.options[name]
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise request.error(
            f"{name} must be a number",
            option=name,
            expected="for example 2 or 1/3",
            got=shown(value),
        )
    return Fraction(value)


def kernel_size(request: Request, rank: int) -> tuple[Index, ...]:
    """The option "kernel_size", which has no default."""
    if request.options["kernel_size"] is None:
        raise missing(request, "kernel_size", "3 or (3,3)")
    return as_indices(request, "kernel_size", rank)


def missing(request: Request, name: str, example: str) -> GeometryError:
    """The error for an option that must be given."""
    return request.error(
        f"{name} was not given", option=name, expected=f"for example {example}", got="none"
    )
