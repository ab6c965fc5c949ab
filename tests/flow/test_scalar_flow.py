"""Reverse mode over the graph, node by node, against the forms and against PyTorch."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import flow_cases as cases
import numpy as np
import pytest
import sympy

from symconv.errors import GeometryError, NeedsSizes
from symconv.flow import Flow, FlowEdge, FlowNode, reverse, scalar_flow
from symconv.terms import Selection


def compared(text, *, exact=True, change=lambda flow: flow):
    """How many elements agree with the forms in value and gradient, and which do not."""
    graph = cases.graph(text)
    arrays, back = cases.data(graph, exact=exact), cases.upstream(graph)
    values, gradients = cases.from_forms(graph, arrays, back)
    flow = change(scalar_flow(graph, arrays=arrays, upstream=back))
    nodes = {node.id: node for node in flow.nodes}
    masks = {e.name for e in graph.equations if isinstance(e, Selection)}
    right, wrong = 0, []
    for tensor in graph.shapes.keys() - masks:
        for at in np.ndindex(np.shape(values[tensor])):
            node = nodes[cases.element(tensor, at)]
            pairs = [(node.forward, np.asarray(values[tensor])[at])]
            if tensor in gradients:
                pairs.append((node.gradient, gradients[tensor][at]))
            good = all(a == b if exact else a == pytest.approx(b, abs=1e-12) for a, b in pairs)
            right += good
            wrong += [] if good else [node.id]
    return right, wrong


@pytest.mark.parametrize("text", cases.EXACT, ids=cases.name)
def test_values_and_gradients_equal_the_forms_exactly(text):
    right, wrong = compared(text)
    assert right > 5
    assert not wrong


@pytest.mark.parametrize("text", cases.FLOATS, ids=cases.name)
def test_values_and_gradients_equal_the_forms_in_floats(text):
    right, wrong = compared(text, exact=False)
    assert right > 5
    assert not wrong


def test_a_planted_wrong_local_derivative_is_caught():
    def spoiled(flow):
        place = next(n for n, edge in enumerate(flow.edges) if edge.backward)
        edges = list(flow.edges)
        edges[place] = replace(edges[place], local=edges[place].local + 1)
        seeds = {n.id: n.gradient for n in flow.nodes if not flow.out_of(n.id)}
        return reverse(Flow(flow.nodes, tuple(edges)), seeds)

    _, wrong = compared(cases.EXACT[0], change=spoiled)
    assert wrong


CHAIN = "h = conv2d(x[1,5,5], u[2,1,2,2])\nr = relu(h)\np = max_pool2d(r, 2)\nL = mse(p, t)"


def test_a_chain_against_torch():
    torch = pytest.importorskip("torch")
    graph = cases.graph(CHAIN)
    arrays = {k: v.astype(float) + 0.25 for k, v in cases.data(graph, seed=5).items()}
    flow = scalar_flow(graph, arrays=arrays)
    given = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in arrays.items()}
    hidden = torch.nn.functional.conv2d(given["x"][None], given["u"])
    pooled = torch.nn.functional.max_pool2d(torch.relu(hidden), 2)[0]
    loss = torch.nn.functional.mse_loss(pooled, given["t"])
    loss.backward()
    assert flow.node("L").forward == pytest.approx(loss.item(), rel=1e-12)
    for tensor, array in arrays.items():
        for at in np.ndindex(array.shape):
            want = given[tensor].grad[at].item()
            assert flow.node(cases.element(tensor, at)).gradient == pytest.approx(want, abs=1e-10)


@pytest.mark.parametrize("text", [cases.EXACT[1], cases.EXACT[7], cases.EXACT[10], cases.EXACT[18]])
def test_symbols_become_the_numbers_when_put_in(text):
    graph = cases.graph(text)
    arrays, back = cases.data(graph), cases.upstream(graph)
    symbolic = scalar_flow(graph)
    numeric = scalar_flow(graph, arrays=arrays, upstream=back)
    put = {}
    for tensor, array in [*arrays.items(), *([("g", back)] if back is not None else [])]:
        for at in np.ndindex(array.shape):
            put[sympy.Symbol("_".join([tensor, *map(str, at)]))] = sympy.Rational(str(array[at]))
    for edge, number in zip(symbolic.edges, numeric.edges, strict=True):
        mask = sympy.sympify(edge.local).free_symbols - put.keys()
        if not mask:
            assert sympy.sympify(edge.local).subs(put) == sympy.Rational(str(number.local))
    for node, number in zip(symbolic.nodes, numeric.nodes, strict=True):
        assert sympy.sympify(node.forward).subs(put) == sympy.Rational(str(number.forward))


def test_the_nodes_of_a_valid_convolution():
    flow = scalar_flow(cases.graph("y = conv1d(x[4], w[3])"))
    kinds = [node.kind for node in flow.nodes]
    assert [kinds.count(k) for k in ("input", "product", "sum")] == [7, 6, 2]
    assert len(flow.edges) == 18
    assert [edge.local_latex for edge in flow.into("y[1]#2")] == ["x_{3}", "w_{2}"]
    assert {edge.local for edge in flow.into("y[1]")} == {1}


def test_text():
    flow = scalar_flow(cases.graph("y = conv1d(x=[1,2,3,4], w=[a,b], stride=2)"), upstream=[1, 3])
    assert flow.text() == "\n".join(
        (
            "x₀                = 1  ∂ = a",
            "x₁                = 2  ∂ = b",
            "x₂                = 3  ∂ = 3·a ← a·3",
            "x₃                = 4  ∂ = 3·b ← b·3",
            "a                      ∂ = 10 ← x₀[=1] + x₂[=3]·3",
            "b                      ∂ = 14 ← x₁[=2] + x₃[=4]·3",
            "a x₀                   ∂ = 1",
            "b x₁                   ∂ = 1",
            "y₀ = a x₀ + b x₁       ∂ = 1",
            "a x₂                   ∂ = 3",
            "b x₃                   ∂ = 3",
            "y₁ = a x₂ + b x₃       ∂ = 3",
        )
    )


def test_json_is_plain_and_fixed():
    flow = scalar_flow(
        cases.graph("y = avg_pool1d(x[2], 2)"), arrays={"x": [1, 2]}, upstream=[Fraction(2)]
    )
    found = flow.json()
    assert [node["id"] for node in found["nodes"]] == ["x[0]", "x[1]", "y[0]#0", "y[0]#1", "y[0]"]
    assert found["nodes"][-1] == {
        "id": "y[0]",
        "kind": "sum",
        "label": "y₀",
        "latex": "y_{0}",
        "formula": "1/2 x₀ + 1/2 x₁",
        "forward": "3/2",
        "gradient": 2,
        "shape": None,
    }
    assert found["edges"][0]["local"] == "1/2"
    assert found["edges"][0]["backward"] == 1


def test_what_is_never_read_says_so():
    flow = scalar_flow(cases.graph("y = conv1d(x[4], w[2], stride=3)"))
    assert "x₂  " in flow.text()
    assert next(line for line in flow.text().splitlines() if "never read" in line).startswith("x₂")
    assert flow.node("x[2]").gradient == 0


def test_behind_keeps_what_one_output_needs():
    flow = scalar_flow(cases.graph("y = conv1d(x[4], w[3])")).behind(["y[1]"])
    assert "x[0]" not in {node.id for node in flow.nodes}
    assert len(flow.edges) == 9


def test_too_many_nodes_are_refused():
    graph = cases.graph("y = conv2d(x[40,40], w[3,3])")
    with pytest.raises(GeometryError, match=r"too large.*at most 2,000 nodes.*operation_flow"):
        scalar_flow(graph)
    with pytest.raises(GeometryError, match="at most 10 nodes"):
        scalar_flow(cases.graph("y = conv1d(x[4], w[3])"), limit=10)


def test_open_sizes_and_wrong_shapes_are_refused():
    graph = cases.graph("y = conv1d(x[N], w[3])")
    with pytest.raises(NeedsSizes, match="N"):
        scalar_flow(graph)
    assert len(scalar_flow(graph, sizes={"N": 4}).edges) == 18
    assert len(scalar_flow(graph, arrays={"x": [1, 2, 3, 4]}).edges) == 18
    with pytest.raises(GeometryError, match="upstream"):
        scalar_flow(graph, sizes={"N": 4}, upstream=[1])


def test_a_flow_refuses_what_is_no_graph():
    node = FlowNode("a", "input", "a", "a")
    with pytest.raises(ValueError, match="same id"):
        Flow((node, node), ())
    with pytest.raises(ValueError, match="order"):
        Flow((node,), (FlowEdge("a", "a", "1"),))
    with pytest.raises(ValueError, match="kind"):
        FlowNode("a", "thing", "a", "a")
