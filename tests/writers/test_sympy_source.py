"""The SymPy source that a page offers: it is run, and its value compared with NumPy's loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy

from symconv.gradients import backward
from symconv.operations.build import build
from symconv.story.sympy_text import equations_sympy, written_sympy
from symconv.syntax.spec import parse
from symconv.terms import Form


def run(source):
    scope = {}
    exec(source, scope)
    return scope


def correlate(x, w, stride, padding):
    wide = np.pad(x, padding)
    count = (len(wide) - len(w)) // stride + 1
    return [
        sum(w[k] * wide[stride * o + k] for k in range(len(w))) for o in range(count)
    ]  # fmt: skip


def value(scope, name, arrays, numbers):
    """A formula of the source at numbers: sums done, elements put in."""
    made = scope[name].subs({scope[n]: v for n, v in numbers.items()}).doit()
    for base, data in arrays.items():
        reads = {
            sympy.IndexedBase(base)[at]: data[at]
            for at in itertools.product(*map(range, data.shape))
        }
        made = made.subs(reads)
    return made


def test_a_convolution_runs_and_gives_the_numbers_of_a_loop():
    graph = build(parse("y = conv1d(x[7], w[3], stride=2, padding=1)"))
    scope = run(equations_sympy(graph.equations))
    x, w = np.array([3, 1, 4, 1, 5, 9, 2]), np.array([2, -7, 1])
    got = [value(scope, "y", {"x": x, "w": w}, {"o": o}) for o in range(4)]
    assert got == correlate(x, w, 2, 1)


def test_written_elements_run():
    graph = build(parse("y = conv1d(x[5], w[2], stride=2)"))
    form = graph.equations[-1]
    scope = run(written_sympy(graph, form))
    x0, x1, x2, x3, w0, w1 = sympy.symbols("x_0 x_1 x_2 x_3 w_0 w_1")
    assert scope["y_0"] == w0 * x0 + w1 * x1
    assert scope["y_1"] == w0 * x2 + w1 * x3


def test_written_gradients_run():
    graph = build(parse("y = conv1d(x[4], w[2])"))
    form = backward(graph, ["w"])[-1]
    scope = run(written_sympy(graph, form))
    x, g = sympy.symbols("x_0:4"), sympy.symbols("g_0:3")
    assert scope["dw_1"] == g[0] * x[1] + g[1] * x[2] + g[2] * x[3]


@pytest.mark.parametrize(
    "spec",
    [
        "y = conv2d(x[N,C,H,W], w[F,C,3,2], b[F], stride=(2,1), padding=1)",
        "y = conv_transpose1d(x[N], w[K], stride=S)",
        "y = avg_pool1d(x[9], 3)",
        "y = convolve(x[I], w[E])",
    ],
)
def test_every_source_runs(spec):
    graph = build(parse(spec))
    for form in (*graph.equations, *backward(graph)):
        if isinstance(form, Form):
            scope = run(equations_sympy([form]))
            assert isinstance(scope[form.name], sympy.Expr)


def test_a_name_that_python_keeps_for_itself_has_no_source():
    graph = build(parse("y = conv1d(lambda[7], w[3])"))
    assert equations_sympy(graph.equations) == ""


@pytest.mark.parametrize("size", [8, 9, 12])
def test_a_bare_fraction_stays_exact(size):
    graph = build(parse("y = conv1d(x[N], w[3], b, stride=2, padding=1)"))
    source = equations_sympy(backward(graph, ["b"]))
    assert "Rational(1, 2)" in source
    scope = run(source)
    ones = {sympy.IndexedBase("g")[n]: 1 for n in range(size)}
    count = scope["db"].subs({scope["N"]: size}).doit().subs(ones)
    assert count == len(range(0, size + 2 - 3 + 1, 2))
