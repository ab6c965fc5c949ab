"""Specs built by hand, evaluated by the plain evaluator: what every test of a spelling needs.

A case is a call with numbers for sizes; `opened` turns the same call into one with symbols, and
gives the numbers back as `sizes`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symconv.calls import Call, Spec, TensorArg
from symconv.index import Symbol
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.sizes import infer_sizes


@dataclass(frozen=True)
class Case:
    keyword: str
    shapes: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self):
        sizes = " ".join(f"{name}{list(shape or ())}" for name, shape in self.shapes.items())
        return f"{self.keyword} {sizes} {self.options}"

    def integers(self, seed=0):
        random = np.random.default_rng(seed)
        return {n: random.integers(-9, 10, shape) for n, shape in self.shapes.items()}

    def graph(self):
        return build(Spec((call("y", self.keyword, self.shapes, **self.options),), ""))


def index(value):
    """Tuples of indices; a text that starts with "$" is a symbol."""
    if isinstance(value, tuple):
        return tuple(map(index, value))
    return Symbol(value[1:]) if isinstance(value, str) and value.startswith("$") else value


def call(target, keyword, shapes, *arguments, **options):
    tensors = tuple(
        TensorArg(name, None if shape is None else index(shape)) for name, shape in shapes.items()
    )
    keywords = tuple((name, index(value)) for name, value in options.items())
    return Call(target, keyword, tensors, index(arguments), keywords)


def graph_of(*statements):
    return build(Spec(statements, ""))


def values(graph, arrays, sizes=None):
    """Every tensor of a graph, as objects."""
    known = {name: np.asarray(array) for name, array in arrays.items()}
    sizes = infer_sizes({tensor.name: tensor.shape for tensor in graph.inputs}, arrays, sizes)
    for equation in graph.equations:
        inputs = {name: known[name] for name in equation.tensors}
        known[equation.name] = evaluate_equation(equation, inputs, sizes)
    return known


def result(graph, arrays, sizes=None):
    return values(graph, arrays, sizes)[graph.output].astype(float)


def opened(case, keep=()):
    """The case with a symbol for every number, and what the symbols stand for.

    `keep` names what stays a number: an option, or ``("x", 1)`` for the second axis of x.
    """
    sizes: dict[str, int] = {}

    def symbol(name, number):
        sizes[name] = number
        return f"${name}"

    shapes = {
        tensor: tuple(
            number if (tensor, axis) in keep else symbol(f"{tensor.upper()}{axis}", number)
            for axis, number in enumerate(shape)
        )
        for tensor, shape in case.shapes.items()
    }
    options = {}
    for name, value in case.options.items():
        if name in keep or isinstance(value, bool | str):
            options[name] = value
        elif isinstance(value, tuple) and all(isinstance(v, int) for v in value):
            options[name] = tuple(symbol(f"{name}_{a}", v) for a, v in enumerate(value))
        elif isinstance(value, int):
            options[name] = symbol(name, value)
        else:
            options[name] = value
    return Case(case.keyword, shapes, options), sizes


def agree(case, expected, *, exact=True, keep=(), symbolic=True):
    """The case equals the witness's array, with numbers and with symbols for sizes."""
    arrays = case.integers()
    kinds = [(case, {})]
    if symbolic:
        other, sizes = opened(case, keep)
        kinds.append((other, sizes))
    for kind, sizes in kinds:
        graph = kind.graph()
        if kind is not case:
            assert graph.open_sizes(), f"nothing is open in {kind}"
        got = result(graph, arrays, sizes)
        expected = np.asarray(expected, dtype=float)
        assert got.shape == expected.shape, f"{kind}: {got.shape}, not {expected.shape}"
        if exact:
            assert np.array_equal(got, expected), kind
        else:
            assert np.allclose(got, expected, rtol=1e-12, atol=1e-12), kind
