"""What the reader makes of code: names, functions, blocks, notes; what it refuses, and where."""

# ruff: noqa: E501

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from code_world import outcome, outcomes, read, subject

from symconv.claims import Claim, SizeClaim
from symconv.conventions import Conventions
from symconv.judge import judge_code
from symconv.operations.build import build
from symconv.provers import decide
from symconv.syntax.code import read_code
from symconv.syntax.spec import parse

LINE = "y = conv1d(x[N], w[K])"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)"
TUTORIAL = "y = conv2d(x[N,C,H,W], weight[F,C,Hf,Wf], b[F], stride=stride, padding=pad)"

FIRST = """
import numpy as np

pad = 2
stride = 1
x = np.random.randn(10, 3, 32, 32)
weight = np.random.randn(1, 3, 5, 5)
b = np.random.randn(1,)
x_pad = np.pad(x, pad_width=((0, 0), (0, 0,), (pad, pad), (pad, pad)), mode='constant', constant_values=0)
print 'Padded input\\n'
print x_pad[0][0]
N, _, H, W = x.shape
F, _, Hf, Wf = weight.shape
H_out = int(1 + (H + 2 * pad - Hf) / stride)
W_out = int(1 + (W + 2 * pad - Wf) / stride)
y = np.zeros((N, F, H_out, W_out))
"""
SECOND = """
for n in range(N):
    for f in range(F):
        for h in range(H_out):
            for w in range(W_out):
                i, j = h * stride, w * stride
                conv_sum = np.sum(x_pad[n][:, i:i+Hf, j:j+Wf] * weight[f])
                y[n, f, h, w] = conv_sum + b[f]
"""
THIRD = """
grad_weight = np.zeros(weight.shape)
grad_x = np.zeros(x.shape)
grad_b = np.zeros(b.shape)
grad_x_pad = np.zeros(x_pad.shape)
grad_y = np.ones(y.shape)

for n in range(N):
    for f in range(F):
        for h in range(H_out):
            for w in range(W_out):
                i, j = h * stride, w * stride
                grad_weight[f] += x_pad[n][:, i:i+Hf, j:j+Wf] * grad_y[n, f, h, w]
                grad_x_pad[n][:, i:i+Hf, j:j+Wf] += weight[f] * grad_y[n, f, h, w]

# Get rid of padding
grad_x = grad_x_pad[:, :, pad:pad+H, pad:pad+W]

for f in range(F):
    grad_b[f] = np.sum(grad_y[:, f, :, :])
"""


def verdicts(reading):
    """The outcome by name."""
    return {name: outcome(found) for name, found in outcomes(reading).items()}


# --- the tutorial -------------------------------------------------------------------------------


def test_the_tutorial_is_proved_for_all_sizes_strides_and_paddings():
    first = read(TUTORIAL, FIRST)
    sizes = [c for c in first.claims if isinstance(c, SizeClaim)]
    assert len(sizes) == len(first.claims) == 2
    assert {decide(c).outcome for c in sizes} == {"proved"}
    second = read(TUTORIAL, SECOND, state=first.state)
    assert verdicts(second) == {"y": "proved"}
    third = read(TUTORIAL, THIRD, state=second.state)
    assert verdicts(third) == {"dx": "proved", "dweight": "proved", "db": "proved"}
    for reading in (first, second, third):
        assert not reading.problems
        for claim in reading.claims:
            assert {"stride", "pad", "H", "Hf"} <= set(claim.scope.names)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("grad_x_pad[n][:, i:i+Hf, j:j+Wf] +=", "grad_x_pad[n][:, i:i+Hf, j:j+Wf] =", {"dx"}),
        ("pad:pad+H, pad:pad+W", "0:H, 0:W", {"dx"}),
        ("x_pad[n][:, i:i+Hf, j:j+Wf] * grad", "x_pad[n][:, j:j+Hf, i:i+Wf] * grad", None),
        ("np.sum(grad_y[:, f, :, :])", "np.sum(grad_y[0, f, :, :])", {"db"}),
        ("grad_b[f] = np", "grad_b[0] = np", {"db"}),
    ],
)
def test_mistakes_in_the_tutorial(old, new, wrong):
    state = read(TUTORIAL, FIRST).state
    assert old in THIRD
    found = verdicts(read(TUTORIAL, THIRD.replace(old, new), state=state))
    refuted = {name for name, how in found.items() if how == "refuted"}
    assert refuted == (wrong if wrong is not None else {"dx", "dweight", "db"})
    assert wrong is None or {v for n, v in found.items() if n not in wrong} == {"proved"}


def test_a_block_knows_nothing_of_others_without_their_state():
    reading = read(TUTORIAL, SECOND)
    assert not reading.claims
    assert reading.problems


# --- functions ----------------------------------------------------------------------------------

BACKWARD = '''
def backward(dout, cache):
    """Gradients of the layer."""
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), 'constant')
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = xp[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW]
            for k in range(F):
                dw[k] += np.sum(window * dout[:, k, i, j][:, None, None, None], axis=0)
            for n in range(N):
                dxp[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW] += np.sum(
                    w * dout[n, :, i, j][:, None, None, None], axis=0)
    return dxp[:, :, pad:pad+H, pad:pad+W], dw, db
'''
NAMES = {"stride": "S", "pad": "P"}


def test_a_function_with_a_cache():
    reading = read(LAYER, BACKWARD, NAMES, gives=("dx", "dw", "db"))
    assert verdicts(reading) == {"dx": "proved", "dw": "proved", "db": "proved"}
    assert any("cache" in note for note in reading.notes)
    assert ("pad", "P") in reading.bindings


def test_what_is_given_in_another_order_is_refuted():
    reading = read(LAYER, BACKWARD, NAMES, gives=("dw", "dx", "db"))
    assert verdicts(reading) == {"dx": "refuted", "dw": "refuted", "db": "proved"}


def test_what_is_not_looked_at():
    reading = read(LAYER, BACKWARD, NAMES, gives=("_", "dw", "_"))
    assert verdicts(reading) == {"dw": "proved"}
    (problem,) = read(LAYER, BACKWARD, NAMES, gives=("dx", "dw")).problems
    assert "returns 3 values, not 2" in problem.reason


ANOTHER = (
    "def another(x, w, g):\n    dx = np.convolve(g, w[::-1])\n"
    "    dw = np.correlate(x, g)\n    return {returned}\n\n"
)
LAST = "def last(x, w, g):\n    return np.convolve(g, w), np.correlate(x, g)\n"


def test_functions_above_the_last_that_return_the_same_names_are_judged():
    code = ANOTHER.format(returned="dx, dw") + LAST
    found = [(c.place.line, c.subject.name) for c in read(LINE, code, gives=("dx", "dw")).claims]
    assert found == [(2, "x"), (3, "w"), (7, "x"), (7, "w")]
    said = [decide(claim).outcome for claim in read(LINE, code, gives=("dx", "dw")).claims]
    assert said == ["refuted", "proved", "proved", "proved"]


@pytest.mark.parametrize("returned", ["dw, dx", "dx, g", "dx", "dx, dw + 0"])
def test_other_functions_above_the_last_are_not_what_is_given(returned):
    reading = read(LINE, ANOTHER.format(returned=returned) + LAST, gives=("dx", "dw"))
    assert [c.place.line for c in reading.claims] == [7, 7]
    assert verdicts(reading) == {"dx": "proved", "dw": "proved"}


def test_a_parameter_that_means_nothing_says_what_to_declare():
    code = "def f(x, w, q):\n    y = np.correlate(x, w)\n    return y * q\n"
    reading = read(LINE, code, gives=("y",))
    assert not reading.claims
    assert reading.problems[0].line == 3


def test_functions_that_call_each_other():
    code = (
        "def window(a, i, k=1):\n    return a[i:i + k]\n\n"
        "def forward(x, w):\n    y = np.zeros(len(x) - len(w) + 1)\n"
        "    for i in range(len(y)):\n        y[i] = (window(x, i, k=len(w)) * w).sum()\n"
        "    return y\n"
    )
    assert verdicts(read(LINE, code)) == {"y": "proved"}
    assert verdicts(read(LINE, code.replace("window(x, i,", "window(x, i + 1,"))) == {
        "y": "refuted"
    }


def test_one_value_that_cannot_be_read_leaves_the_others():
    code = "def f(x, w, g):\n    return np.fft.fft(x), np.convolve(g, w)\n"
    reading = read(LINE, code, gives=("y", "dx"))
    assert verdicts(reading) == {"dx": "proved"}
    assert reading.problems[0].names == ("y",)


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["dx", "grad_x", "x_grad", "d_x", "dL_dx", "dLdx", "gradient_x", "dX", "x_gradient"]
)
def test_how_a_gradient_may_be_called(name):
    assert verdicts(read(LINE, f"{name} = np.convolve(g, w)\n")) == {"dx": "proved"}
    assert verdicts(read(LINE, f"{name} = np.convolve(g, w[::-1])\n")) == {"dx": "refuted"}


@pytest.mark.parametrize("name", ["dout", "dy", "grad_y", "g", "dL_dy", "grad_output"])
def test_how_the_gradient_from_above_may_be_called(name):
    assert verdicts(read(LINE, f"dx = np.convolve({name}, w)\n")) == {"dx": "proved"}


def test_declared_names():
    names = {"img": "x", "kern": "w", "res": "y", "d_img": "dx", "top": "g", "n": "size(x)"}
    code = "res = np.correlate(img, kern)\nd_img = np.convolve(top, kern)[:n]\n"
    assert verdicts(read(LINE, code, names)) == {"y": "proved", "dx": "proved"}


def test_names_that_mean_nothing_claim_nothing():
    reading = read(LINE, "z = np.correlate(x, w)\n")
    assert not reading.claims
    assert not reading.problems


def test_axes_in_another_order():
    spec = "y = conv2d(x[N,C,H,W], w[F,C,A,B])"
    code = (
        "N, H, W, C = x.shape\nA, B, _, F = w.shape\nHO, WO = H - A + 1, W - B + 1\n"
        "y = np.zeros((N, HO, WO, F))\nfor i in range(HO):\n    for j in range(WO):\n"
        "        y[:, i, j] = np.tensordot(x[:, i:i+A, j:j+B], w, axes=3)\n"
    )
    graph = build(parse(spec))
    known = Conventions(layout="NHWC", kernel_layout="HWIO")
    assert verdicts(read_code(code, graph, known)) == {"y": "proved"}
    assert verdicts(read_code(code, graph)).get("y") != "proved"


def test_elements_one_by_one():
    names = {"x[i,j,f]": "x[f,i,j]", "y[i,j]": "y[0,i,j]", "w[f]": "w[0,f,0,0]"}
    code = (
        "y[0][0] = x[0][0][0]*w[0] + x[0][0][1]*w[1] + x[0][0][1]*w[2]\n"
        "y[0][1] = x[0][1][0]*w[0] + x[0][1][1]*w[1] + x[0][1][2]*w[2]\n"
        "and so on...\ny[1][1] = ...\n"
    )
    reading = read("y = conv2d(x[3,2,2], w[1,3,1,1])", code, names)
    assert [decide(c).outcome for c in reading.claims] == ["refuted", "proved"]
    assert [c.place.line for c in reading.claims] == [1, 2]
    assert [re.findall(r"line (\d)", note) for note in reading.notes] == [["3"], ["4"]]


# --- sizes --------------------------------------------------------------------------------------


def test_sizes_that_a_result_is_made_with():
    code = "Ho = (H - A)//S\nWo = (W - B)//S + 1\ny = np.zeros((N, F, Ho, Wo))\n"
    reading = read("y = conv2d(x[N,C,H,W], w[F,C,A,B], stride=S)", code)
    assert [decide(c).outcome for c in reading.claims] == ["refuted", "proved"]


def test_a_declared_size_that_is_not_rounded():
    reading = read("y = conv1d(x[N], w[K], stride=2)", "O = (N - K)/2 + 1\n", {"O": "size(y)"})
    assert [decide(c).outcome for c in reading.claims] == ["refuted"]
    graph = build(parse("y = conv1d(x[N], w[K], stride=2)"))
    known = Conventions(names=(("O", "size(y)"),), division="floor")
    reading = read_code("O = (N - K)/2 + 1\n", graph, known)
    assert [decide(c).outcome for c in reading.claims] == ["proved"]


def test_numbers_that_fix_the_sizes():
    code = (
        "x = np.random.randn(10)\nw = np.random.randn(3)\ny = np.zeros(8)\n"
        "for o in range(8):\n    for k in range(3):\n        y[o] += w[k]*x[o+k]\n"
    )
    reading = read(LINE, code)
    assert verdicts(reading) == {"y": "proved"}
    assert any("N = 10" in note for note in reading.notes)
    assert not reading.claims[0].scope.names
    assert verdicts(read(LINE, code.replace("range(3)", "range(2)"))) == {"y": "refuted"}


def test_two_ways_by_a_size():
    code = (
        "if P > 0:\n    xp = np.pad(x, P)\nelse:\n    xp = x\n"
        "y = np.array([xp[o*S:o*S+K] @ w for o in range((N + 2*P - K)//S + 1)])\n"
    )
    assert verdicts(read(FREE, code)) == {"y": "proved"}
    assert verdicts(read(FREE, code.replace("P > 0", "P > 1"))) == {"y": "refuted"}


def test_an_assertion_is_assumed_and_said():
    code = "assert N > 2*K\ny = np.correlate(x, w)\n"
    reading = read(LINE, code)
    assert "the code demands N > 2 * K" in reading.notes
    (claim,) = reading.claims
    assert "2*K" in " ".join(map(str, claim.scope.assumptions))


# --- the gradient from above, networks ----------------------------------------------------------


def test_ones_from_above():
    code = "g = np.ones(y.shape)\nO = N - K + 1\ndw = np.zeros(K)\nfor k in range(K):\n"
    right = code + "    dw[k] = x[k:k + O].sum()\n"
    assert verdicts(read(LINE, right)) == {"dw": "proved"}
    assert verdicts(read(LINE, right.replace("k + O]", "k + O - 1]"))) == {"dw": "refuted"}
    assert verdicts(read(LINE, right.replace("np.ones(y.shape)", "2*np.ones(y.shape)"))) == {
        "dw": "refuted"
    }


def test_a_network_backwards():
    spec = "h = conv1d(x[N], u[A])\nr = relu(h)\ny = conv1d(r, w[K])"
    code = (
        "h = np.zeros(N - A + 1)\nfor i in range(len(h)):\n    h[i] = x[i:i+A] @ u\n"
        "r = np.maximum(h, 0)\ny = np.correlate(r, w)\ndr = np.convolve(g, w)\n"
        "dh = dr * (h > 0)\ndx = np.convolve(dh, u)\ndu = np.correlate(x, dh)\n"
    )
    found = verdicts(read(spec, code))
    assert found == dict.fromkeys(["h", "r", "y", "dr", "dh", "dx", "du"], "proved")
    found = verdicts(read(spec, code.replace("dr * (h > 0)", "dr * (r <= 0)")))
    assert "dh" not in found or found["dh"] == "refuted"


def test_a_function_of_something_else_is_not_taken_for_a_result():
    spec = "h = conv1d(x[N], u[A])\nr = relu(h)"
    code = "h = np.convolve(x, u, mode='valid')\nr = np.maximum(h, 0)\n"
    reading = read(spec, code)
    assert verdicts(reading) == {"h": "refuted"}
    assert [p.line for p in reading.problems] == [2]


def test_losses():
    code = "p = y - t\nL = 0\nfor i in range(N):\n    L += p[i]**2 / N\ndy = 2*p/N\n"
    assert verdicts(read("L = mse(y[N], t[N])", code)) == {"L": "proved", "dy": "proved"}
    assert verdicts(read("L = mse(y[N], t[N])", "dy = p = (y - t)/N\n")) == {"dy": "refuted"}
    assert verdicts(read("y = sigmoid(x[N])", "y = 1/(1 + np.exp(-x))\n")) == {"y": "proved"}


# --- what is refused ----------------------------------------------------------------------------

REFUSED = [
    ("y = foo(x)\n", 1, "foo is not known here"),
    ("y = np.zeros(N)\nwhile True:\n    y[0] = 1\n", 2, "while"),
    ("y = np.empty(N - K + 1)\ny += 1\n", 2, "before it was set"),
    ("y = np.zeros(N - K + 1)\nfor o in range(1, N - K + 1):\n    y[o] = y[o - 1] + x[o]\n", 2, "earlier passes"),
    ("y = np.zeros((N - K)/2)\n", 1, "no integer"),
    ("y = x[[0, 1]]\n", 1, "a list as an index"),
    ("y = x[x > 0]\n", 1, "index"),
    ("y = np.max(x)\n", 1, "np.max is not read"),
    ("y = __import__('os').system('true')\n", 1, "__import__ is not read"),
    ("y = eval('x')\n", 1, "eval is not read"),
    ("y = np.zeros(5, dtype=int)\n", 1, "whole numbers"),
    ("y = x +\n", 1, "not Python"),
    ("class A:\n    y = 1\n", 2, "a class"),
    ("a = x\nfor o in range(N):\n    break\n", 3, "break"),
    ("y = x @ 3\n", 1, "@"),
    ("y = np.zeros(3)[0, 1]\n", 1, "2 indices for 1 axes"),
    ("a = np.zeros(4)\nb = a.reshape(2, 2)\nb[0, 0] = 1\n", 3, "shares its memory"),
    ("y = np.pad(x, 1, mode='linear_ramp')\n", 1, "padding"),
    ("y = lambda: 1\n", 1, "a lambda"),
    ("s = 'a' * 3 + x\n", 1, ""),
    ("y = 1/0\n", 1, "divides by 0"),
    ("for i, j in range(3):\n    pass\n", 1, ""),
    ("y = x.foo()\n", 1, ".foo() is not read"),
    ("img = np.random.randn(3)\n", 1, "names(img=x)"),
    ("y = np.concatenate([x[:, None], w])\n", 1, "axes"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "reason"), REFUSED, ids=[r[0][:30] for r in REFUSED])
def test_what_is_refused(code, line, reason):
    reading = read(LINE, code)
    assert reading.problems, reading.claims
    problem = reading.problems[0]
    assert (problem.line, reason in f"{problem.reason} {problem.hint}") == (line, True), problem
    assert not [c for c in reading.claims if isinstance(c, Claim)]


def test_a_problem_leaves_what_does_not_depend_on_it():
    reading = read(LINE, "y = foo(x)\ndx = np.convolve(g, w)\ndw = y * 2\n")
    assert verdicts(reading) == {"dx": "proved"}
    assert [(p.line, p.names) for p in reading.problems] == [(1, ("y",)), (3, ("dw",))]


def test_a_call_that_may_change_an_array_takes_it_away():
    reading = read(LINE, "dx = np.convolve(g, w)\nnp.put(dx, 0, 1)\n")
    assert not reading.claims
    assert reading.problems[0].line == 2


HOSTILE = [
    "x = " + "(" * 500 + "1" + ")" * 500,
    "y = " + "+".join(["x[0]"] * 3000),
    "y = x" + "[0]" * 900,
    "y = " + "-" * 900 + "x",
    "\n".join(f"a{n} = {n}" for n in range(19_000)),
    "\n" * 100_001,
    "".join("    " * n + f"for i{n} in range(N):\n" for n in range(19)) + "    " * 19 + "pass\n",
    "def f(n):\n    return f(n)\ny = f(x)\n",
    "\n".join(f"def f{n}(a):\n    return f{n + 1}(a) + f{n + 1}(a)" for n in range(30))
    + "\ny = f0(x)",
    "y = 9**9**9**9\n",
    "y = 10**400\n",
    "a = x\n" + "a = a * a + a\n" * 40,
    "y = 'a' * 10**9\n",
    "y = (1,) * 10**9\n",
    "y = np.zeros((2,) * 4000)\n",
    "\0",
    "y = x\n\tz = 1\n",
    "y = 1e400\nz = 1j\n",
    "for i in range(10**30):\n    y = i\n",
    "x[...] = x[..., ..., None]\n",
    "".join(f"if N > {n + 2}:\n    a = {n}\n" for n in range(40)) + "y = a\n",
]


@pytest.mark.parametrize("code", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_code_is_refused_in_time(code):
    reading = read(LINE, code)
    assert not any(isinstance(c, Claim) for c in reading.claims)


def test_nothing_is_run(tmp_path: Path):
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').write('run')\ny = np.correlate(x, w)\n"
    read(LINE, code)
    assert not mark.exists()


def test_the_same_text_reads_the_same():
    one, other = (read(LAYER, BACKWARD, NAMES, gives=("dx", "dw", "db")) for _ in range(2))
    assert one.claims == other.claims
    assert one.needs == other.needs


# --- NumPy's own meaning of indices -------------------------------------------------------------

CUTS = ["0:3", "1:", ":-1", "-2:", "::2", "1::2", "::-1", "2:4", "-1", "1", "1:-1", "3:1", "1:9",
        "-3:-1", ":0", "9:"]  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
def test_slices_are_numpys(cut):
    """The positions that are read, compared with NumPy's own at a length of 5."""
    reading = read("y = conv1d(x[5], w[1])", f"dw = np.zeros(1)\ndw[0] = np.sum(x[{cut}])\n")
    (claim,) = reading.claims
    assert subject(claim) == "dw"
    form = claim.right
    got = sorted(positions(form))
    wanted = eval(f"np.arange(5)[{cut}]", {"np": np})
    assert got == sorted(np.ravel(wanted).tolist())


def positions(form):
    """Where x is read, by going through the sums by hand."""
    from itertools import product

    from symconv.index import RELATIONS, evaluate

    for term in form.terms:
        spans = [range(evaluate(r.start, {}), evaluate(r.stop, {})) for r in term.sums]
        for point in product(*spans):
            here = {r.name: n for r, n in zip(term.sums, point, strict=True)} | {"k": 0}
            here |= dict.fromkeys(form.indices, 0)
            sides = [
                (evaluate(c.left, here), c.relation, evaluate(c.right, here)) for c in term.where
            ]
            if all(RELATIONS[sign](a, b) for a, sign, b in sides):
                at = evaluate(term.reads[0].at[0], here)
                if 0 <= at < 5:
                    yield at


@pytest.mark.parametrize("span", ["2:1", "-1:4 * o + 3"])
def test_a_mean_of_nothing_refutes_nothing_else(span):
    """NumPy warns and goes on; the gradient beside it is right (one window of three, stride 3)."""
    code = (
        "O = (N - 3)//3 + 1\ny = np.zeros(O)\ndx = np.zeros(N)\nfor o in range(O):\n"
        f"    y[o] = x[{span}].mean()\n    dx[3*o:3*o + 3] = g[o] / 3\n"
    )
    graph = build(parse("y = avg_pool1d(x[N], 3)"))
    reading = read_code("import numpy as np\n" + code, graph)
    said = judge_code([c for c in reading.claims if subject(c) == "dx"], reading.needs, graph)
    assert [verdict.outcome for verdict in said] == ["undecided"]
