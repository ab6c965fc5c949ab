"""Functions that nothing is known of: what they may have changed is unknown, the rest is judged."""

# ruff: noqa: E501
from __future__ import annotations

import numpy as np
import pytest
from code_world import SPOIL, agrees, geometries, graph_of, outcome, outcomes, read

ADD = "y = add(a[N], b[N])"
LINE = "y = conv1d(x[N], w[K])"
RIGHT = "y = np.array([w @ x[o:o+K] for o in range(N - K + 1)])\n"
DW = "dw = np.zeros(K)\nfor k in range(K):\n    dw[k] = np.sum(g * x[k:k+N-K+1])\n"
DX = "dx = np.convolve(g, w)\n"

CHANGED = [
    ("an argument", ADD, "something(a)\ny = a + b\n"),
    ("by keyword", ADD, "something(t=a)\ny = a + b\n"),
    ("a result", ADD, "y = a + b\nsomething(y)\n"),
    ("a view", ADD, "q = a[::-1]\nsomething(q)\ny = a + b\n"),
    ("a view behind a loop", ADD, "for q in (a, b):\n    pass\nsomething(q)\ny = a + b\n"),
    ("in a list", ADD, "q = [1, a]\nsomething(q)\ny = a + b\n"),
    ("in a dictionary", ADD, "q = {'t': a}\nsomething(q)\ny = a + b\n"),
    ("a method", ADD, "q = thing.f(a)\ny = a + b\n"),
    ("a method, its value unused", ADD, "thing.f(a)\ny = a + b\n"),
    ("its value is a view", ADD, "y = a + b\nq = something(y)\nq[:] = 1\n"),
    ("within an assertion", ADD, "y = a + b\nassert something(y) is not None\n"),
    ("within a print", ADD, "y = a + b\nprint(something(y))\n"),
    ("within a condition", ADD, "y = a + b\nif something(y) is None:\n    print(1)\n"),
    ("within a message", ADD, "y = a + b\nprint(f'{something(y)}')\n"),
    ("within a loop", ADD, "y = np.zeros(N)\nfor i in range(N):\n    y[i] = a[i] + b[i]\n    something(y)\n"),
    ("within a sum", ADD, "y = a + b\nq = sum(something(y) for k in range(2))\n"),
    ("a row", ADD, "y = np.stack([a, b])\nsomething(y[0])\ny = y.sum(axis=0)\n"),
    ("an element by dots", ADD, "y = a + b\nsomething(y[0, ...])\n"),
    ("a function", ADD, "y = a + b\ndef h():\n    y[0] = 5\nsomething(h)\n"),
    ("a function by NumPy", ADD, "y = a + b\ndef h(t):\n    y[:] = 0\n    return 0\nq = np.apply_along_axis(h, 0, a)\n"),
    ("a lambda", ADD, "y = a + b\nsomething(lambda: y.fill(3))\n"),
    ("a function that hands on", ADD, "def h(t):\n    something(t)\n    return 1\ny = a + b\nq = h(y)\n"),
    ("a view of positions", ADD, "i = np.arange(N)\nj = i\nsomething(i)\ny = a[j] + b[j]\n"),
    ("positions", ADD, "i = np.arange(N)\nj = i[:]\ni[:] = 0\ny = a[j] + b[j]\n"),
    ("positions multiplied", ADD, "i = np.arange(N)\nj = i\ni *= 0\ny = a[j] + b[j]\n"),
    ("positions by a function", ADD, "def f(t):\n    t[:] = 0\ni = np.arange(N)\nf(i)\ny = a[i] + b[i]\n"),
    ("positions in a tuple", ADD, "i = np.arange(N)\nq = (i, 1)\nj, k = q\ni *= 0\ny = a[j] + b[j]\n"),
    ("positions of a class", ADD, "class Q:\n    pass\ni = np.arange(N)\nq = i.T\nq *= 0\ny = a[i] + b[i]\n"),
    ("two axes of one array", LINE, "q = x[:]\nr = q[1:]\nz = something(r)\n" + RIGHT),
    ("the shape", ADD, "y = a + b\nq = y\nthing.f(q)\ny = q + 0 * b\n"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "code"), [r[1:] for r in CHANGED], ids=[r[0] for r in CHANGED])
def test_what_may_be_changed_is_not_proved(spec, code):
    graph = graph_of(spec)
    assert not all(agrees(code, graph, sizes, {}, "y") for sizes in geometries(graph, 6))
    found = outcomes(read(spec, code))
    assert "y" not in found or outcome(found["y"]) != "proved", found


LEFT = [
    ("no argument", "something()\n" + RIGHT + DX + DW, {"y", "dx", "dw"}),
    ("a number", "something(3)\n" + RIGHT + DX, {"y", "dx"}),
    ("a number that is kept", "z = something(N, 'a', (1, K))\n" + RIGHT + DX, {"y", "dx"}),
    ("an input", "z = something(x)\n" + RIGHT + DX + DW, {"dx"}),
    ("another input", "z = something(w)\n" + RIGHT + DX + DW, {"dw"}),
    ("a copy", "q = x.copy()\nz = something(q)\n" + RIGHT, {"y"}),
    ("a result", RIGHT + "something(y)\n" + DX, {"dx"}),
    ("behind a failing loop", "something(x)\nfor k in range(K):\n    q = x[k]\n" + DX, {"dx"}),
    ("within a loop", "for o in range(N):\n    something(o)\n" + RIGHT + DX, {"y", "dx"}),
    (
        "within the loop that counts",
        "y = np.zeros(N - K + 1)\nfor o in range(N - K + 1):\n    y[o] = w @ x[o:o+K]\n"
        "    something(o, K)\n",
        {"y"},
    ),
    (
        "an element",
        "y = np.zeros(N - K + 1)\nfor o in range(N - K + 1):\n    y[o] = w @ x[o:o+K]\n"
        "    q = something(y[o])\n" + DX,
        {"y", "dx"},
    ),
    ("within a function", "def f(x, w):\n    something(3)\n    " + RIGHT + "    return y\n", {"y"}),
    ("of a module", "import tool\ntool.show(3)\nq = tool.plot(g)\n" + RIGHT, {"y"}),
    ("functions stay", "def f(t):\n    return 2 * t / 2\nz = something(g)\n" + RIGHT + "y = f(y)\n", {"y"}),
    ("ranges stay", "z = list(range(something(K)))\n" + RIGHT, {"y"}),
]  # fmt: skip


class Tool:
    """A module that shows things."""

    show = plot = staticmethod(lambda *_: None)


@pytest.mark.parametrize(("code", "wanted"), [r[1:] for r in LEFT], ids=[r[0] for r in LEFT])
def test_what_does_not_depend_on_it_is_judged(code, wanted):
    graph = graph_of(LINE)
    reading = read(LINE, code)
    found = {name: outcome(verdicts) for name, verdicts in outcomes(reading).items()}
    assert found == dict.fromkeys(wanted, "proved")
    assert any(
        "is not known here" in p.reason or "is not read" in p.reason for p in reading.problems
    )
    if "def f(x, w)" in code or "import tool" in code or "range(something" in code:
        return
    for name in wanted:
        for sizes in geometries(graph, 6):
            assert agrees(code, graph, sizes, {}, name), (name, sizes)


def test_every_result_that_is_not_judged_is_said():
    reading = read(LINE, "z = something(x)\n" + RIGHT + DX + DW)
    told = {name: p for p in reading.problems for name in p.names}
    assert set(told) == {"y", "dw"}
    assert told["y"].line == 2
    assert told["y"].reason == "y cannot be judged: something is not known here"
    first = reading.problems[0]
    assert (first.line, first.hint) == (1, "def something(…)")


def test_a_stranger_that_is_called_often_is_told_once():
    code = "for o in range(N):\n    something(o)\nsomething(1)\nq = something(2)\n" + RIGHT
    assert [p.line for p in read(LINE, code).problems] == [2]


def test_an_unknown_parameter_may_hold_every_input():
    code = "def f(g, cache):\n    x, w = cache\n    {}\n    dw = np.array([g @ x[k:k+len(g)] for k in range(len(w))])\n    return dw\n"
    assert {n: outcome(v) for n, v in outcomes(read(LINE, code.format("pass"))).items()} == {
        "dw": "proved"
    }
    assert not outcomes(read(LINE, code.format("something(cache)")))


def test_the_spoiler_spoils():
    space: dict[str, object] = {"np": np}
    exec(SPOIL, space)
    array = np.ones(3)
    space["something"]([{"t": array}])  # type: ignore[operator]
    assert array.tolist() == [7, 7, 7]
