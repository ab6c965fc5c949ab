"""Code in a framework's own calls, run and compared with the engine, forward and backward."""

from __future__ import annotations

import inspect
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from framework_cases import ALL, CASES, REFUSED

from symconv import witness
from symconv.codegen.frameworks import WRITERS, code_for
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.operations.build import build
from symconv.sampling import fix_sizes
from symconv.syntax.spec import parse

Arrays = dict[str, Any]


def said_by(framework: str) -> list[tuple[str, dict[str, int]]]:
    return [(text, sizes) for text, sizes, names in CASES if framework in names]


def problem(graph: Graph, ties: bool = False) -> tuple[Arrays, Any]:
    """Arrays for every input, and an upstream gradient for the output (None for a number)."""
    random = np.random.default_rng(7)
    arrays: Arrays = {t.name: random.normal(size=t.shape) for t in graph.inputs}
    if ties:
        arrays = {name: np.round(array) for name, array in arrays.items()}
    shape = graph.shapes[graph.output]
    return arrays, random.normal(size=shape) if shape else None


def expected(graph: Graph, arrays: Arrays, g: Any) -> tuple[Any, Arrays]:
    made = witness.forward(graph, arrays)[graph.output]
    gradients = witness.backward(graph, arrays, g)
    return made, {t.name: gradients[t.name] for t in graph.inputs}


def module_of(text: str, framework: str) -> dict[str, Any]:
    module: dict[str, Any] = {}
    exec(compile(code_for(build(parse(text)), framework), "generated", "exec"), module)
    return module


def to_framework(framework: str, arrays: Arrays) -> Arrays:
    if framework == "torch":
        torch = pytest.importorskip("torch", reason="PyTorch runs its code")
        return {name: torch.tensor(array) for name, array in arrays.items()}
    if framework == "jax":
        jax = pytest.importorskip("jax", reason="JAX runs its code")
        jax.config.update("jax_enable_x64", True)
        return {name: jax.numpy.asarray(array) for name, array in arrays.items()}
    pytest.importorskip("scipy", reason="SciPy runs its code")
    return arrays


def agree(text: str, sizes: dict[str, int], framework: str, *, ties: bool = False) -> None:
    graph = fix_sizes(build(parse(text)), sizes)
    arrays, g = problem(graph, ties)
    y, gradients = expected(graph, arrays, g)
    given = to_framework(framework, arrays if g is None else {**arrays, "the g": g})
    pull = given.pop("the g", None)
    module = module_of(text, framework)
    named = inspect.signature(module["forward"]).parameters.values()
    keywords = {p.name: sizes[p.name] for p in named if p.kind is p.KEYWORD_ONLY}
    close(module["forward"](*given.values(), **keywords), y, "forward")
    functions = [name for name in ("backward", "backward_by_calls") if name in module]
    for name in functions:
        first = () if pull is None else (pull,)
        found = module[name](*first, *given.values(), **keywords)
        assert set(found) == set(gradients)
        for tensor, gradient in gradients.items():
            close(found[tensor], gradient, f"{name}: {tensor}")


def close(found: Any, wanted: Any, what: str) -> None:
    found = np.asarray(found)
    assert found.shape == np.shape(wanted), what
    assert np.allclose(found, wanted, rtol=0, atol=1e-10), what


@pytest.mark.parametrize(("text", "sizes"), said_by("torch"))
def test_torch(text: str, sizes: dict[str, int]) -> None:
    agree(text, sizes, "torch")


@pytest.mark.parametrize(("text", "sizes"), said_by("jax"))
def test_jax(text: str, sizes: dict[str, int]) -> None:
    agree(text, sizes, "jax")


@pytest.mark.parametrize(("text", "sizes"), said_by("scipy"))
def test_scipy(text: str, sizes: dict[str, int]) -> None:
    agree(text, sizes, "scipy")


@pytest.mark.parametrize("framework", ["torch", "jax"])
@pytest.mark.parametrize("text", [t for t, _, names in CASES if "max_pool" in t and len(names) > 1])
def test_ties_go_to_the_first_maximum(text: str, framework: str) -> None:
    agree(text, {}, framework, ties=True)


@pytest.mark.parametrize(("framework", "text", "word"), REFUSED)
def test_what_cannot_be_said_is_refused(framework: str, text: str, word: str) -> None:
    with pytest.raises(SymconvError, match=word):
        code_for(build(parse(text)), framework)
