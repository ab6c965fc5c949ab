"""Pointwise operations and losses against PyTorch; their names and letters."""

from __future__ import annotations

import numpy as np
import pytest
from operation_cases import Case, agree, call, graph_of, values

from symconv.terms import describe

torch = pytest.importorskip("torch", reason="PyTorch is the witness of deep learning's operations")
F = torch.nn.functional

SHAPES = [(), (4,), (3, 2), (2, 3, 4), (2, 1, 3, 2), (2, 1, 2, 3, 2)]


def tensors(case):
    return [torch.from_numpy(a.astype(float)) for a in case.integers().values()]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("keyword", ["relu", "sigmoid", "tanh", "sum"])
def test_one_tensor(keyword, shape):
    case = Case(keyword, {"x": shape})
    expected = getattr(torch, keyword)(*tensors(case)).numpy()
    agree(case, expected, exact=keyword in ("relu", "sum"), symbolic=shape != ())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("keyword", ["add", "sub"])
def test_two_tensors(keyword, shape):
    names = tuple(f"$N{axis}" for axis in range(len(shape)))
    expected = getattr(torch, keyword)(*tensors(Case(keyword, {"a": shape, "b": shape}))).numpy()
    agree(Case(keyword, {"a": shape, "b": shape}), expected, symbolic=False)
    arrays = Case(keyword, {"a": shape, "b": shape}).integers()
    for shapes in ({"a": names, "b": None}, {"a": None, "b": names}):
        graph = Case(keyword, shapes).graph()
        assert np.array_equal(values(graph, arrays)["y"].astype(float), expected)


def test_scale():
    for factor in (3, -2, 0):
        case = Case("scale", {"x": (3, 2)}, {"factor": factor})
        agree(case, factor * case.integers()["x"], keep=("factor",))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
@pytest.mark.parametrize("keyword", ["mse", "cross_entropy"])
def test_losses(keyword, shape, reduction):
    case = Case(keyword, {"y": shape, "t": shape}, {"reduction": reduction})
    prediction, target = tensors(case)
    witness = {"mse": F.mse_loss, "cross_entropy": F.cross_entropy}[keyword]
    expected = witness(prediction, target, reduction=reduction).item()
    names = tuple(f"$N{axis}" for axis in range(len(shape)))
    for shapes in (
        {"y": shape, "t": shape},
        {"y": shape, "t": None},
        {"y": names, "t": None},
        {"y": names, "t": names},
    ):
        graph = graph_of(call("L", keyword, shapes, reduction=reduction))
        got = values(graph, case.integers())["L"]
        assert got.shape == ()
        assert np.isclose(float(got), expected, rtol=1e-12)
        assert graph.shapes["t"] == graph.shapes["y"]


def test_letters_are_those_a_tensor_was_made_with():
    graph = graph_of(
        call("h", "conv1d", {"x": (2, 3, 7), "u": (4, 3, 2)}),
        call("r", "relu", {"h": None}),
        call("L", "mse", {"r": None, "t": None}),
    )
    assert [describe(e) for e in graph.equations[1:]] == [
        "r[n, f, o] = relu(h[n, f, o])",
        "d[n, f, o] = r[n, f, o] + -1*t[n, f, o]",
        "L[] = sum(d[n, f, o]*d[n, f, o]/(48), n=0..1, f=0..3, o=0..5)",
    ]
    assert graph.nodes[1].caveats == ("The derivative of relu at 0 is taken as 0.",)


def test_letters_of_an_input():
    found = [Case("relu", {"x": shape}).graph().equations[0].indices for shape in SHAPES]
    assert found == [
        (),
        ("i",),
        ("i_h", "i_w"),
        ("c", "i_h", "i_w"),
        ("n", "c", "i_h", "i_w"),
        ("n", "c", "i_d", "i_h", "i_w"),
    ]


def test_inner_names_keep_clear_of_later_lines():
    graph = graph_of(
        call("L", "mse", {"y": (3,), "t": None}),
        call("d", "relu", {"e": (3,)}),
        call("s", "max_pool1d", {"d": None}, kernel_size=2),
        call("M", "cross_entropy", {"d": None, "t": None}),
    )
    assert [e.name for e in graph.equations] == [
        *("d_1", "L", "d", "M_1", "s", "e_1", "s_1", "M"),
    ]


def test_cross_entropy_is_three_equations():
    graph = graph_of(call("L", "cross_entropy", {"z": ("$N", "$C"), "t": None}))
    assert [describe(e) for e in graph.equations] == [
        "e[n, c] = exp(z[n, c])",
        "s[n] = sum(e[n, c], c=0..C - 1)",
        "L[] = sum(t[n, c]*log(s[n])/(N), n=0..N - 1, c=0..C - 1)"
        " + sum(-1*t[n, c]*z[n, c]/(N), n=0..N - 1, c=0..C - 1)",
    ]
