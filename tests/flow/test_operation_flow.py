"""The graph of whole operations."""

from __future__ import annotations

import flow_cases as cases

from symconv.flow import operation_flow

CHAIN = (
    "h = conv1d(x[N], u[A], padding=P)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)\nL = mse(y, t)"
)


def test_a_chain_with_a_loss():
    flow = operation_flow(cases.graph(CHAIN), sizes={"N": 6, "A": 3, "K": 2, "P": 1})
    assert flow.text() == "\n".join(
        (
            "x                 shape (6)  ∂ = ∂L/∂x ← A(u)ᵀ ∂L/∂h",
            "u                 shape (3)  ∂ = ∂L/∂u ← B(x)ᵀ ∂L/∂h",
            "w                 shape (2)  ∂ = ∂L/∂w ← B(r)ᵀ ∂L/∂y",
            "t                 shape (3)  ∂ = ∂L/∂t",
            "h = conv1d(x, u)  shape (6)  ∂ = ∂L/∂h ← relu′(h) ⊙ ∂L/∂r",
            "r = relu(h)       shape (6)  ∂ = ∂L/∂r ← A(w)ᵀ ∂L/∂y",
            "y = conv1d(r, w)  shape (3)  ∂ = ∂L/∂y",
            "L = mse(y, t)     shape ()   ∂ = 1",
        )
    )
    assert [node.kind for node in flow.nodes].count("loss") == 1
    (edge,) = flow.out_of("h")
    assert edge.local_latex == r"\partial r/\partial h"
    assert edge.local == r"\operatorname{diag}(\operatorname{relu}'(h))"


def test_symbolic_sizes_stay_open():
    flow = operation_flow(cases.graph(CHAIN))
    assert flow.node("h").shape == ("N + 2P - A + 1",)


def test_a_bias_and_a_maximum_are_matrices_too():
    graph = cases.graph("h = conv2d(x[1,4,4], u[2,1,2,2], b[2])\np = max_pool2d(h, 2)")
    flow = operation_flow(graph)
    assert [edge.local for edge in flow.edges] == ["A(u)", "B(x)", "C", "A(h)"]
    assert flow.node("p").gradient == r"\partial L/\partial p"


def test_a_loss_called_otherwise_and_a_tensor_called_l():
    scalar = operation_flow(cases.graph("E = sum(x[3])"))
    assert scalar.node("x").gradient == r"\partial E/\partial x"
    clash = operation_flow(cases.graph("y = conv1d(L[3], w[2])"))
    assert clash.node("L").gradient == r"\partial \ell/\partial L"


def test_json():
    found = operation_flow(cases.graph("y = relu(x[3])")).json()
    assert found["nodes"][1]["formula"] == "relu(x)"
    assert found["nodes"][1]["shape"] == ["3"]
    assert found["edges"][0]["backward"] == (r"\operatorname{relu}'(x) \odot \partial L/\partial y")
