"""What is said of code: names that are not known, parts of a line, tensors by the code's names."""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from code_world import outcome, outcomes, read

from symconv.api.checking import check_code_file
from symconv.audit.people import verdict_lines
from symconv.audit.reading import audit_text
from symconv.operations.build import build
from symconv.syntax.spec import parse

LINE = "y = conv1d(x[N], w[K])"
PAD = "def f(x, w, {0}):\n    t = np.pad(x, {0})\n    y = np.array([w @ t[o:o+len(w)] for o in range(len(t)-len(w)+1)])\n    return y\n"


def note(spec: str, code: str) -> str:
    """A note with one block."""
    return f"<!-- symconv: {spec} -->\n\n```python\n{code}\n```\n"


@pytest.mark.parametrize(
    ("spec", "name", "hint"),
    [
        (LINE, "pad", "padding=pad in the operation, or names(pad=…)"),
        ("y = conv1d(x[N], w[K], padding=P)", "pad", "names(pad=P)"),
        (LINE, "q", "names(q=…)"),
    ],
)
def test_a_size_that_is_not_known_is_named(spec, name, hint):
    problem = read(spec, PAD.format(name)).problems[0]
    assert (problem.line, problem.reason) == (2, f"{name} is not known here")
    assert problem.hint == hint


def test_the_hints_help():
    for spec, names in (
        ("y = conv1d(x[N], w[K], padding=pad)", {}),
        ("y = conv1d(x[N], w[K], padding=P)", {"pad": "P"}),
    ):
        found = outcomes(read(spec, PAD.format("pad"), names))
        assert outcome(found["y"]) == "proved"


@pytest.mark.parametrize(
    "use",
    ["np.zeros(q)", "x[q:]", "x[::q]", "x[q]", "x * q", "-q", "q > 1", "range(q)", "np.ones((2, q))",
     "[1, 2][q]", "(1 if q else 2)", "len(q)", "x.reshape(q)", "x.sum(axis=q)"],
)  # fmt: skip
def test_whatever_is_done_with_it(use):
    (problem,) = read(LINE, f"def f(x, q):\n    t = {use}\n    return 1\n").problems
    assert (problem.reason, problem.hint) == ("q is not known here", "names(q=…)")


PARTS = [
    (
        "y = conv2d(x[H,W], w[A,B])",
        "H_out, W_out = H - A + 1, W - B\ny = np.zeros((H_out, W_out))",
        [("H_out = H - A + 1", 1), ("W_out = W - B", 8)],
    ),
    (
        LINE,
        "dx, dw = np.convolve(g, w), np.convolve(x, g)",
        [("dx = np.convolve(g, w)", 1), ("dw = np.convolve(x, g)", 5)],
    ),
    (
        LINE,
        "def f(x, w, g):\n    dx, dw = np.convolve(g, w), np.convolve(x, g)\n    return dx, dw",
        [("dx = np.convolve(g, w)", 5), ("dw = np.convolve(x, g)", 9)],
    ),
    (LINE, "dx = q = np.convolve(g, w)", [("dx = np.convolve(g, w)", 1)]),
    (
        LINE,
        "def both():\n    return np.convolve(g, w), np.convolve(x, g)\ndx, dw = both()",
        [("dx in dx, dw = both()", 1), ("dw in dx, dw = both()", 5)],
    ),
    (LINE, "dx = np.convolve(g, w)", [("dx = np.convolve(g, w)", 1)]),
]


@pytest.mark.parametrize(("spec", "code", "wanted"), PARTS)
def test_each_name_of_a_line_shows_its_own_part(spec, code, wanted):
    found = [(f.text, f.column) for f in audit_text(note(spec, code), "note.md")]
    assert [one for one in found if not one[0].startswith("y = ")] == wanted


NETWORK = "h = conv1d(x[N], u[A]); r = relu(h); y = conv1d(r, w[K]); "
NAMED = [
    (
        NETWORK + "names(a=h); upstream=dout",
        "a = np.array([x[i:i+A] @ u for i in range(N-A+1)])\n"
        "da = np.convolve(dout, w) * (a > 0)\ndx = np.convolve(da, u[::-1])",
        ("da[0]*u[0]", "dout[0]*step(a[0])*u[1]*w[0]"),
    ),
    (
        NETWORK + "upstream=dout",
        "h = np.array([x[i:i+A] @ u for i in range(N-A+1)])\n"
        "dx = 2 * np.convolve(np.convolve(dout, w) * (h > 0), u)",
        ("(∂L/∂h)[0]*u[0]", "2*dout[0]*step(h[0])*u[0]*w[0]"),
    ),
    (
        "y = conv1d(x[N], w[K]); names(img=x, ker=w)",
        "dimg = np.convolve(grad_y, ker[::-1])",
        ("grad_y[0]*ker[0]", "grad_y[0]*ker[1]"),
    ),
    (LINE, "dx = np.convolve(g, w[::-1])", ("g[0]*w[0]", "g[0]*w[1]")),
    (
        "y = conv2d(x[H,W], w[A,B]); names(v[a,b]=w[b,a])",
        "dx = np.zeros((H, W))\nfor i in range(H-A+1):\n    for j in range(W-B+1):\n"
        "        dx[i:i+A, j:j+B] += 2 * dy[i, j] * v.T",
        ("dy[0, 0]*w[0, 0]", "2*dy[0, 0]*w[0, 0]"),
    ),
]


@pytest.mark.parametrize(("spec", "code", "sides"), NAMED)
def test_a_counterexample_names_what_the_code_names(spec, code, sides):
    found = [f for f in audit_text(note(spec, code), "note.md") if f.verdict.outcome == "refuted"]
    (example,) = [f.verdict.counterexample for f in found]
    assert (example.left_terms, example.right_terms) == sides


def test_results_of_a_function_are_no_steps(tmp_path):
    path = tmp_path / "grad.py"
    path.write_text(
        "import numpy as np\ndef f(x, w, g):\n    dx = np.convolve(g, w[::-1])\n"
        "    dw = np.convolve(x, g[::-1], 'valid')\n    return dx, dw\n"
    )
    verdict = check_code_file(path, "f", build(parse(LINE)))
    assert verdict.outcome == "refuted"
    for verbose in (False, True):
        lines = verdict_lines(verdict, verbose=verbose)
        assert lines[0] == "  result 1 of 2 (1 proved): dx = np.convolve(g, w[::-1])"
        assert not any("step" in line for line in lines)
