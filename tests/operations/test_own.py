"""Operations of one's own, from their text to their values."""

from __future__ import annotations

import numpy as np
import pytest
from operation_cases import result

from symconv.operations.build import build
from symconv.syntax.spec import parse
from symconv.terms import describe


def own(text):
    return build(parse(text))


def kinds(graph):
    return {p.name: (p.kind, p.least) for p in graph.parameters}


STRIDED = "y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1"


def test_the_kinds_of_open_symbols():
    assert kinds(own(STRIDED)) == {"O": ("size", 1), "K": ("size", 1), "P": ("padding", 0)}
    text = "y[o] = sum(w[k] * x[S*o + D*k + Q - P], k=0..K-1) for o = 0..O-1 with x[N]"
    assert kinds(own(text)) == {
        **dict.fromkeys("NOK", ("size", 1)),
        **dict.fromkeys("DS", ("stride", 1)),
        **dict.fromkeys("PQ", ("padding", 0)),
    }
    text = "y[i] = sum(w[k] * x[(i - k) % N], k=0..K-1) for i = 0..N-1"
    assert kinds(own(text)) == {"N": ("size", 1), "K": ("size", 1)}
    text = "y[i] = x[i // S] for i = 0..O-1 with x[N]"
    assert kinds(own(text))["S"] == ("size", 1)
    text = "y[i] = sum(x[i + P + k], k=0..1, i < P) for i = 0..P-1 with x[N]"
    assert kinds(own(text))["P"] == ("size", 1)


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        (STRIDED, {"w": "K", "x": "2*O + K - 2 - P"}),
        ("y[i] = x[i] * x[i+1] for i = 0..N-2", {"x": "N"}),
        ("y[o] = sum(w[k]*x[o+K-1-k], k=0..K-1) for o = 0..O-1", {"w": "K", "x": "O + K - 1"}),
        ("y[i] = x[(i + 1) % N] for i = 0..N-1", {"x": "N"}),
        ("y[i] = x[i // 2] for i = 0..7", {"x": "4"}),
        ("y[i] = x[i] + x[2*i] for i = 0..4", {"x": "9"}),
        ("y[i] = x[i] + x[i + A] for i = 0..B-1", {"x": "B + A"}),
        ("y[i] = x[i] + x[2*i + 1] + x[Q - i] for i = 0..B-1", {"x": "max(2*B, Q + 1)"}),
        ("y[i,j] = sum(a[i,k]*b[k,j], k=0..K-1) for i=0..M-1, j=0..N-1", {"a": "M K", "b": "K N"}),
    ],
)
def test_sizes_that_were_not_declared(text, shapes):
    found = own(text).shapes
    assert {n: " ".join(map(str, found[n])) for n in shapes} == shapes


def check(text, arrays, expected, sizes=None):
    got = result(own(text), {n: np.array(a) for n, a in arrays.items()}, sizes)
    assert np.allclose(got, expected, rtol=1e-12, atol=0), (got, expected)


def test_values():
    x, w = np.array([3, -1, 4, 1, -5, 9]), np.array([2, 7, -1])
    padded = np.pad(x, 1)
    expected = [padded[2 * o : 2 * o + 3] @ w for o in range(3)]
    text = f"{STRIDED} with x[N]"
    check(text, {"x": x, "w": w}, expected, {"O": 3, "P": 1})
    check(STRIDED, {"x": x[:6], "w": w}, expected, {"O": 3, "P": 1, "K": 3})
    check("y[i] = x[i] * x[i+1] for i = 0..N-2", {"x": x}, x[:-1] * x[1:], {"N": 6})
    check("y[i] = x[i] * x[i] * x[i] for i = 0..5", {"x": x}, x**3)
    check("y[i] = relu(x[i]) - 1/2 * tanh(x[i]) for i = 0..5", {"x": x}, x.clip(0) - np.tanh(x) / 2)
    check(
        "y[i] = sum(x[j], j=0..5, j <= i) for i = 0..5",
        {"x": x},
        np.cumsum(x),
    )
    check(
        "y[i] = sum(w[k]*x[i+k], k=0..2) + sum(x[i+k], k=0..3) - x[i] for i = 0..2",
        {"x": x, "w": w},
        [w @ x[i : i + 3] + x[i : i + 4].sum() - x[i] for i in range(3)],
    )
    check("y = sum(x[i]*x[i], i=0..5)", {"x": x}, (x * x).sum())


def test_indices_come_in_the_order_of_the_target():
    a = np.arange(6).reshape(2, 3)
    check("y[j, i] = a[i, j] for i = 0..1, j = 0..2", {"a": a}, a.T)


def test_an_own_operation_reads_results_and_is_read():
    graph = own("h = conv1d(x[N], u[3])\ny[i] = h[i] * h[i] for i = 0..N-3\nL = sum(y)")
    assert [describe(e) for e in graph.equations][1] == "y[i] = h[i]*h[i]"
    x, u = np.array([1, 2, -3, 4, 0]), np.array([1, 0, -2])
    h = np.correlate(x, u, "valid")
    assert result(graph, {"x": x, "u": u}) == (h * h).sum()


def test_the_caveats_of_functions_come_along():
    graph = own("y[i] = relu(x[i]) for i = 0..3")
    assert graph.nodes[0].caveats == ("The derivative of relu at 0 is taken as 0.",)
