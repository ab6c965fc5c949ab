"""Code in a framework's own calls, run and compared with the engine, forward and backward."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from framework_cases import CASES, REFUSED

from symconv import witness
from symconv.codegen.frameworks import code_for
from symconv.errors import SymconvError
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.operations.build import build
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


@pytest.fixture(scope="session")
def octave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case's MATLAB code and data in a folder of its own, run by one Octave."""
    io = pytest.importorskip("scipy.io", reason="the data are handed over as MAT files")
    if shutil.which("octave-cli") is None:
        pytest.skip("Octave runs MATLAB's code")
    top = tmp_path_factory.mktemp("octave")
    script = ["warning('off', 'all');"]
    for number, (text, sizes) in enumerate(said_by("matlab")):
        folder = top / str(number)
        folder.mkdir()
        graph = fix_sizes(build(parse(text)), sizes)
        arrays, g = problem(graph)
        code = code_for(build(parse(text)), "matlab")
        (folder / "layer.m").write_text(code, encoding="utf-8")
        head = re.search(r"= layer\((.*)\)", code)
        assert head
        names = head[1].split(", ")
        values = [
            *arrays.values(),
            *(sizes[n] for n in names if n in sizes),
            *([g] * (g is not None)),
        ]
        given = {f"a{k}": np.asarray(v, dtype=float) for k, v in enumerate(values)}
        io.savemat(folder / "in.mat", given, oned_as="column")
        called = ", ".join(f"in.a{k}" for k in range(len(values)))
        script.append(
            f"cd('{folder}'); clear layer; in = load('in.mat'); "
            f"try, y = layer({called}); [y2, d] = layer({called}); "
            "same = isequal(y, y2); save('-v7', 'out.mat', 'y', 'd', 'same'); "
            "catch e, f = fopen('error', 'w'); fputs(f, e.message); fclose(f); end"
        )
    (top / "all.m").write_text("\n".join(script))
    done = subprocess.run(
        ["octave-cli", "--norc", "-q", str(top / "all.m")],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return top


@pytest.mark.parametrize("number", range(len(said_by("matlab"))))
def test_matlab_through_octave(octave: Path, number: int) -> None:
    io = pytest.importorskip("scipy.io", reason="the data are handed over as MAT files")
    text, sizes = said_by("matlab")[number]
    graph = fix_sizes(build(parse(text)), sizes)
    y, gradients = expected(graph, *problem(graph))
    error = octave / str(number) / "error"
    assert not error.exists(), f"{text}: {error.read_text()}"
    out = io.loadmat(octave / str(number) / "out.mat")
    assert out["same"].item()
    for name, wanted in {"the output": y, **gradients}.items():
        found = out["y"] if name == "the output" else out["d"][name][0, 0]
        assert found.size == np.size(wanted), name
        close(found.reshape(np.shape(wanted)), wanted, f"{text}: {name}")


@pytest.mark.parametrize("framework", ["torch", "jax"])
@pytest.mark.parametrize("text", [t for t, _, names in CASES if "max_pool" in t and len(names) > 1])
def test_ties_go_to_the_first_maximum(text: str, framework: str) -> None:
    agree(text, {}, framework, ties=True)


@pytest.mark.parametrize(("framework", "text", "word"), REFUSED)
def test_what_cannot_be_said_is_refused(framework: str, text: str, word: str) -> None:
    with pytest.raises(SymconvError, match=word):
        code_for(build(parse(text)), framework)


PLANTED = (
    ("torch", 'y = convolve(x[6], w[4], mode="same")', ".flip((2,))", ""),
    ("torch", "y = conv_transpose1d(x[4], w[3], stride=3, padding=1)", "(1, 1)", "(1, 0)"),
    (
        "scipy",
        "y = conv1d(x[9], w[3], stride=3, padding=1)",
        "part(signal.convolve",
        "part(2 * signal.convolve",
    ),
    ("scipy", "y = conv1d(x[9], w[3], stride=3, padding=1)", "(1, 1)", "(2, 0)"),
    ("scipy", "L = mse(y[3,4], t)", " / y.size", " / len(y)"),
)


@pytest.mark.parametrize(("framework", "text", "old", "new"), PLANTED)
def test_a_planted_error_is_caught(
    framework: str, text: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = code_for(build(parse(text)), framework)
    assert old in right
    monkeypatch.setitem(globals(), "code_for", lambda graph, name: right.replace(old, new))
    with pytest.raises((AssertionError, TypeError, RuntimeError)):
        agree(text, {}, framework)


@pytest.mark.parametrize("framework", ["torch", "scipy"])
@pytest.mark.parametrize("name", ["F", "torch", "np", "g", "part", "padded", "found", "signal"])
def test_a_name_that_the_framework_has_taken(framework: str, name: str) -> None:
    agree(f"y = conv1d({name}[7], w[3], stride=2, padding=2)", {}, framework)


@pytest.mark.parametrize("framework", ["torch", "jax", "scipy"])
def test_lines_are_short_and_python(framework: str) -> None:
    for text, _ in said_by(framework):
        code = code_for(build(parse(text)), framework)
        compile(code, "generated", "exec")
        own = [line for line in code.splitlines() if not line.startswith("# ")]
        assert max(map(len, own)) <= 100, text


def test_matlab_cannot_read_every_name() -> None:
    with pytest.raises(SymconvError, match="MATLAB"):
        code_for(build(parse("y = conv1d(_x[7], w[3])")), "matlab")


def test_an_unknown_framework_is_refused() -> None:
    with pytest.raises(SymconvError, match="torch"):
        code_for(build(parse("y = relu(x[3])")), "theano")
