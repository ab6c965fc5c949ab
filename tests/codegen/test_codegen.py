"""Generated code does what the forms mean, reads as it did, and lets no name do harm."""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from codegen_cases import CASES, GOLDEN

from symconv.codegen import codegen
from symconv.errors import SymconvError
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import evaluate
from symconv.meaning import evaluate_equation
from symconv.operations import REGISTRY
from symconv.operations.build import build
from symconv.syntax.spec import parse

HERE = Path(__file__).parent
INEXACT = ("sigmoid", "tanh", "exp", "log", "pool", "mse", "entropy")


def load(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "generated", "exec"), names)
    return names


def integers(graph: Graph, sizes: dict[str, int]) -> dict[str, Any]:
    random = np.random.default_rng(1)
    shapes = {t.name: [evaluate(n, sizes) for n in t.shape] for t in graph.inputs}
    return {name: random.integers(-5, 6, shape) for name, shape in shapes.items()}


def assert_close(got: Any, expected: Any, *, exact: bool) -> None:
    expected = np.asarray(expected, dtype=float)
    assert np.shape(got) == expected.shape
    scale = 0 if exact else 1e-12 * max(1.0, 40 * np.abs(expected).max(initial=1))
    assert np.abs(np.asarray(got, dtype=float) - expected).max(initial=0) <= scale


def check(graph: Graph, source: str, sizes: dict[str, int], *, exact: bool = False) -> None:
    """Forward and backward of a generated module against the plain evaluator."""
    module = load(source)
    forward = module["forward"]
    keywords = {
        p.name: sizes[p.name]
        for p in inspect.signature(forward).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    }
    arrays = integers(graph, sizes)
    values: dict[str, Any] = dict(arrays)
    for equation in graph.equations:
        values[equation.name] = evaluate_equation(equation, values, sizes)
    assert_close(forward(*arrays.values(), **keywords), values[graph.output], exact=exact)
    names = upstream_names(graph)
    upstream = np.random.default_rng(2).integers(-5, 6, np.shape(values[graph.output]))
    if names[graph.output]:
        values[names[graph.output]] = upstream
    for form in backward(graph):
        values[form.name] = evaluate_equation(form, values, sizes)
    given = [upstream] if names[graph.output] else []
    got = module["backward"](*given, *arrays.values(), **keywords)
    assert list(got) == list(arrays)
    for name, array in arrays.items():
        expected = values.get(names[name], np.zeros(array.shape))
        assert_close(got[name], expected, exact=exact)


@pytest.mark.parametrize(("text", "sizes"), CASES, ids=[text for text, _ in CASES])
def test_code_computes_what_the_forms_mean(text: str, sizes: dict[str, int]) -> None:
    graph = build(parse(text))
    exact = not any(word in text for word in INEXACT)
    check(graph, codegen(graph), sizes, exact=exact)


def test_every_operation_is_covered() -> None:
    words = {text.split("= ", 1)[1].split("(")[0] for text, _ in CASES} | {"avg_pool3d"}
    words |= {line.split("= ", 1)[1].split("(")[0] for t, _ in CASES for line in t.splitlines()}
    assert set(REGISTRY) <= words


def test_pooling_in_three_dimensions() -> None:
    graph = build(parse("y = avg_pool3d(x[4,4,6], 2)"))
    check(graph, codegen(graph), {})


def test_a_planted_error_is_caught() -> None:
    graph = build(parse(GOLDEN["conv2d"]))
    sizes = {"N": 2, "C": 2, "H": 5, "W": 6, "F": 3, "K_h": 3, "K_w": 2, "S": 2, "P": 1}
    source = codegen(graph)
    check(graph, source, sizes, exact=True)
    for right, wrong in (
        ("slice(k_w, k_w + S", "slice(k_h, k_h + S"),
        ("y += b[:, None, None]", "y += 2 * b[:, None, None]"),
        ("P : P + H, P", "0 : H, P"),
    ):
        assert right in source
        with pytest.raises((AssertionError, ValueError)):
            check(graph, source.replace(right, wrong), sizes, exact=True)


@pytest.mark.parametrize("name", GOLDEN)
def test_source_reads_as_it_did(name: str) -> None:
    path = HERE / "golden" / f"{name}.txt"
    assert codegen(build(parse(GOLDEN[name]))) == path.read_text(encoding="utf-8")


def test_generated_code_is_clean_and_always_the_same(tmp_path: Path) -> None:
    for number, (text, _) in enumerate(CASES):
        source = codegen(build(parse(text)))
        assert source == codegen(build(parse(text)))
        (tmp_path / f"case_{number}.py").write_text(source, encoding="utf-8")
        assert [line for line in source.splitlines() if line != line.rstrip()] == []
    ruff = shutil.which("ruff") or shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is not None:
        # O is the textbook's letter for the size of o, whatever some versions of ruff hold of it
        command = [ruff, "check", "--isolated", "--no-cache", "--ignore", "E741", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


# --- names --------------------------------------------------------------------------------------


def test_names_that_python_has_taken_get_an_underscore() -> None:
    graph = build(parse("backward = conv1d(lambda[range], np[any], padding=len)"))
    source = codegen(graph)
    sizes = {"range": 6, "any": 3, "len": 1}
    assert "def forward(lambda_, np_, *, len_):" in source
    module = load(source)
    arrays = integers(graph, sizes)
    expected = evaluate_equation(graph.equations[0], arrays, sizes)
    x, w = arrays.values()
    assert_close(module["forward"](x, w, len_=1), expected, exact=True)
    assert set(module["backward"](np.ones(6), x, w, len_=1)) == {"lambda", "np"}


def test_names_of_one_thing_do_not_hide_another() -> None:
    graph = build(parse("k = conv1d(at_h[N], x_pad[K], padding=P)\ny = conv1d(k, o[2])"))
    check(graph, codegen(graph), {"N": 6, "K": 3, "P": 1}, exact=True)


def test_a_name_that_is_no_identifier_is_refused() -> None:
    from symconv.codegen.names import Names

    with pytest.raises(SymconvError, match="cannot be a name"):
        Names().claim("tensor", "x); import os  # ")


def test_the_text_of_a_spec_stays_in_comments() -> None:
    text = 'y = conv1d(x[4], w[3])  # """ \\\n# coding: utf-7'
    source = codegen(build(parse(text)))
    assert source.startswith('"""Forward and backward pass')
    quoted = [line for line in source.splitlines() if "coding" in line or '""" \\' in line]
    assert quoted and all(line.startswith("# ") for line in quoted)
    compile(source, "generated", "exec")


def test_a_number_has_upstream_gradient_one() -> None:
    module = load(codegen(build(parse("L = mse(y[3], t)"))))
    y, t = np.array([1.0, 2.0, 4.0]), np.array([0.0, 2.0, 1.0])
    once, twice = module["backward"](y, t), module["backward"](y, t, g=2.0)
    assert np.allclose(once["y"], 2 * (y - t) / 3)
    assert np.allclose(twice["y"], 2 * once["y"])
