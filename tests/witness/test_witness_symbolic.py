"""Gradients in index notation with letters for all sizes, at random sizes, against PyTorch.

A formula is derived once; only then numbers are put for its letters.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from witness_by_torch import torch
from witness_case import Array, real_numbers, whole_numbers
from witness_readings import KINDS, Reading, gradient, operation
from witness_symbolic import Program, Sizes, programs

from symconv.expand import evaluate_arrays
from symconv.gradients import gradient as derivative
from symconv.operations import REGISTRY

pytest.importorskip("torch", reason="the witness is PyTorch, which is not installed")

TIMES = 5
"""Choices of sizes for each spec."""
PROGRAMS = programs()


def test_every_operation_has_a_spec_with_letters() -> None:
    text = "\n".join(program.text for program in PROGRAMS)
    assert {name for name in REGISTRY if f"= {name}(" in text} == set(REGISTRY)


@cache
def draws(program: Program) -> list[tuple[Sizes, dict[str, Any]]]:
    return program.draw(TIMES)


def answers(program: Program, number: int) -> tuple[Sizes, dict[str, Array], Array, Array, Any]:
    """Sizes, numbers, PyTorch's output and gradients; whole numbers where all stays whole."""
    sizes, shapes = draws(program)[number]
    draw = whole_numbers if program.exact else real_numbers
    arrays = {n: draw(s, f"{number} {n} {program.text}") for n, s in shapes.items()}
    leaves = {name: leaf(array) for name, array in arrays.items()}
    y = program.run(leaves, sizes)
    g = draw(tuple(y.shape), f"{number} g {program.text}")
    y.backward(torch.tensor(g, dtype=torch.float64))
    gradients = {name: leaf.grad.numpy() for name, leaf in leaves.items()}
    return sizes, arrays, g, y.detach().numpy(), gradients


def leaf(array: Array) -> Any:
    """A tensor with a gradient."""
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def bound(program: Program, want: Array) -> Array | None:
    """Floating-point numbers may be off by 1e-12 of the largest, or of the inputs' size, 1."""
    return None if program.exact else np.full(want.shape, max(1, np.max(np.abs(want))))


@pytest.mark.parametrize("program", PROGRAMS, ids=[p.text for p in PROGRAMS])
def test_formulas_with_letters(program: Program) -> None:
    op = operation(program.text)
    assert op.open_sizes
    readings = []
    for number in range(TIMES):
        sizes, arrays, g, y, gradients = answers(program, number)
        letters = op.open_sizes if number % 2 else program.hidden
        given = {name: sizes[name] for name in letters}
        shape = [int(size.subs(_numbers(size, sizes))) for size in op.output_shape]
        readings.append(Reading(f"output_shape {sizes}", np.array(shape), np.array(y.shape)))
        values: dict[str, Any] = dict(arrays)
        for equation in op.program.equations:
            values[equation.name] = evaluate_arrays(equation, values, sizes)
        readings.append(Reading(f"form {sizes}", values[op.program.output], y, bound(program, y)))
        for name, want in gradients.items():
            found = gradient(program.text, name)
            for kind in KINDS:
                if kind != "closed" or found.closed is not None:
                    got = found.evaluate(g, kind=kind, **arrays, **given)
                    title = f"{kind} gradient of {name} {sizes}"
                    readings.append(Reading(title, got, want, bound(program, want)))
        if program.engine:
            readings.append(
                Reading(f"forward {sizes}", op.forward(**arrays, **given), y, bound(program, y))
            )
            made = op.backward(g, **arrays, **given)
            for name, want in gradients.items():
                title = f"backward {name} {sizes}"
                readings.append(Reading(title, made[name], want, bound(program, want)))
    for reading in readings:
        assert not reading.wrong, f"{program.text}: {reading.wrong}"


def _numbers(size: Any, sizes: Sizes) -> dict[Any, int]:
    return {symbol: sizes[symbol.name] for symbol in size.free_symbols}


def one_convolution(program: Program) -> bool:
    """Whether the gradients of x and w must be convolutions again."""
    text = program.text
    plain = not any(word in text for word in ("\n", "groups", "circular", "reflect", "replicate"))
    return plain and text.startswith("y = co")


CLOSED = [program for program in PROGRAMS if one_convolution(program)]


@pytest.mark.parametrize("program", CLOSED, ids=[p.text for p in CLOSED])
def test_the_closed_form_has_letters_too(program: Program) -> None:
    """The gradient of a convolution is a convolution again before any size is known."""
    for name in ("x", "w"):
        assert gradient(program.text, name).closed is not None, name


# --- the rule applied twice ---------------------------------------------------------------------

SEVERAL = ("\n", "max_pool", "mse", "cross_entropy")
"""What a spec contains that takes several equations."""
ONCE = [p for p in PROGRAMS if not any(word in p.text for word in SEVERAL)]


@pytest.mark.parametrize("program", ONCE, ids=[p.text for p in ONCE])
def test_second_derivatives(program: Program) -> None:
    """``d/db Σ v·(d/da Σ g·y)`` for all tensors a and b that it depends on, g among them."""
    (form,) = operation(program.text).program.equations
    for number in range(2):
        sizes, arrays, g, _, _ = answers(program, number)
        values: dict[str, Any] = arrays | {"g": g}
        leaves = {name: leaf(array) for name, array in values.items()}
        upstream = leaves["g"] if g.shape else torch.ones((), dtype=torch.float64)
        y = program.run({name: leaves[name] for name in arrays}, sizes)
        for first in arrays:
            slope = derivative(form, first, "g" if g.shape else "")
            v = whole_numbers(arrays[first].shape, f"v {number} {program.text}")
            (made,) = torch.autograd.grad(y, leaves[first], upstream, create_graph=True)
            for second in slope.tensors:
                twice = derivative(slope, second, "v", "twice")
                got = evaluate_arrays(twice, values | {"v": v}, sizes)
                (want,) = torch.autograd.grad(
                    made, leaves[second], torch.tensor(v, dtype=torch.float64), retain_graph=True
                )
                limit = bound(program, want.numpy())
                reading = Reading(f"{first} then {second} {sizes}", got, want.numpy(), limit)
                assert not reading.wrong, f"{program.text}: {reading.wrong}"
