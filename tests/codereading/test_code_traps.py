"""Nothing wrong is proved and nothing right refused, where it is hard to see which is which."""

from __future__ import annotations

import pytest
from code_traps import FAIR, WRONG
from code_world import agrees, geometries, graph_of, outcome, outcomes, read


@pytest.mark.parametrize(
    ("spec", "code", "name"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG]
)
def test_what_is_wrong_is_not_proved(spec, code, name):
    graph = graph_of(spec)
    assert not all(agrees(code, graph, sizes, {}, name) for sizes in geometries(graph, 6))
    found = outcomes(read(spec, code))
    assert name not in found or outcome(found[name]) != "proved", found


@pytest.mark.parametrize(("spec", "code", "name"), [r[1:] for r in FAIR], ids=[r[0] for r in FAIR])
def test_what_is_right_is_proved(spec, code, name):
    graph = graph_of(spec)
    assert all(agrees(code, graph, sizes, {}, name) for sizes in geometries(graph, 6))
    reading = read(spec, code)
    found = outcomes(reading)
    assert name in found, reading.problems
    assert outcome(found[name]) == "proved", found


def test_what_raises_for_some_sizes_is_said_of_the_others():
    code = "if K > 2:\n    raise ValueError('too long')\n"
    code += "y = np.array([w @ x[o:o+K] for o in range(N - K + 1)])\n"
    reading = read("y = conv1d(x[N], w[K])", code)
    (claim,) = reading.claims
    assert "0 > K - 3" in map(str, claim.scope.assumptions)
    assert any("raises" in note for note in reading.notes)


@pytest.mark.parametrize("line", ["return y", "break", "yield y", "if N > 3:\n    continue"])
def test_what_is_no_python_is_a_problem(line):
    reading = read("y = conv1d(x[N], w[K])", f"y = np.zeros(N - K + 1)\n{line}\n")
    assert not reading.claims
    assert "this is not Python" in reading.problems[0].reason


def test_each_function_is_read_with_its_own_inputs():
    code = "def forward(a, b):\n    a *= 2\n    return a\n\n"
    code += "def other(a, b):\n    y = a + b\n    return y\n"
    found = outcomes(read("y = add(a[N], b[N])", code))
    assert outcome(found["y"]) == "proved"


def test_one_value_that_is_added_at_many_places_raises_nothing():
    spec = "y = conv2d(x[H,W], w[A,B])"
    code = "t = np.zeros((H, W))\ni = np.arange(W - B + 1)\nnp.add.at(t, (0, i), g[0, ::2])\n"
    code += "y = np.einsum('ijab,ab->ij', np.lib.stride_tricks.sliding_window_view(x, (A, B)), w)\n"
    graph = graph_of(spec)
    for _, verdict in outcomes(read(spec, code))["y"]:
        assert verdict.outcome == "refuted"
        sizes = {"H": 1, "W": 1, "A": 1, "B": 1} | verdict.counterexample.sizes
        assert not agrees(code, graph, sizes, {}, "y"), sizes
