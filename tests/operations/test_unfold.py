"""unfold and fold against PyTorch, and as adjoints of each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from operation_cases import Case, agree, call, graph_of, result

from symconv.terms import describe

torch = pytest.importorskip("torch", reason="PyTorch is the witness of deep learning's operations")
F = torch.nn.functional

GEOMETRIES = [
    ((5, 4), (3, 2), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}),
    ((4, 6), (2, 3), {"stride": (3, 2), "padding": (0, 2)}),
    ((3, 3), (1, 2), {"dilation": (2, 1)}),
]


@pytest.mark.parametrize("lead", [(2, 3), (3,)])
def test_unfold_in_two_dimensions(lead):
    for sizes, kernel, options in GEOMETRIES:
        case = Case("unfold", {"x": (*lead, *sizes)}, {"kernel_size": kernel, **options})
        x = torch.from_numpy(case.integers()["x"].astype(float))
        agree(case, F.unfold(x, kernel, **options).numpy())


@pytest.mark.parametrize("lead", [(2,), ()])
def test_fold_in_two_dimensions(lead):
    for sizes, kernel, options in GEOMETRIES:
        shape = F.unfold(torch.zeros((*lead, 3, *sizes)), kernel, **options).shape
        case = Case(
            "fold",
            {"Y": tuple(shape)},
            {"output_size": sizes, "kernel_size": kernel, **options},
        )
        y = torch.from_numpy(case.integers()["Y"].astype(float))
        columns = ("Y", len(shape) - 1)
        agree(case, F.fold(y, sizes, kernel, **options).numpy(), keep=(columns,))


def columns_of(x, kernel, stride, dilation, padding):
    """The loops of a tutorial, for one image (C, *n)."""
    d = len(kernel)
    x = np.pad(x, [(0, 0)] + [(p, p) for p in padding])
    sizes = [
        (n - t * (k - 1) - 1) // s + 1
        for n, k, s, t in zip(x.shape[1:], kernel, stride, dilation, strict=True)
    ]
    rows = []
    for c, *k in itertools.product(range(x.shape[0]), *map(range, kernel)):
        rows.append(
            [
                x[(c, *(stride[a] * o[a] + dilation[a] * k[a] for a in range(d)))]
                for o in itertools.product(*map(range, sizes))
            ]
        )
    return np.array(rows)


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_unfold_in_one_and_three_dimensions(extra):
    for n, kernel, stride, dilation, padding in [
        ((7,), (3,), (2,), (2,), (1,)),
        ((3, 4, 2), (2, 3, 1), (1, 2, 1), (2, 1, 1), (0, 1, 1)),
    ]:
        options = {"kernel_size": kernel, "dilation": dilation, "padding": padding}
        case = Case("unfold", {"x": (*(2, 3)[2 - extra :], *n)}, options | {"stride": stride})
        x = case.integers()["x"]
        x = x.reshape((1,) * (len(n) + 2 - x.ndim) + x.shape)
        expected = np.array([columns_of(image, kernel, stride, dilation, padding) for image in x])
        agree(case, expected if extra == 2 else expected[0])


@pytest.mark.parametrize(
    ("shape", "rank"), [((6,), 1), ((5, 4), 2), ((2, 3, 6), 1), ((2, 3, 5, 4), 2)]
)
def test_one_number_for_the_kernel(shape, rank):
    graph = Case("unfold", {"x": shape}, {"kernel_size": 2}).graph()
    assert graph.nodes[0].geometry.rank == rank
    assert any("single kernel_size" in c for c in graph.nodes[0].caveats) == (len(shape) == 3)


def test_fold_is_the_adjoint_of_unfold():
    sizes = {"H": 5, "W": 4, "K": 3, "L": 2, "S": 2, "P": 1, "C": 2}
    options = {"kernel_size": ("$K", "$L"), "padding": "$P", "stride": "$S"}
    graph = graph_of(
        call("Y", "unfold", {"x": ("$C", "$H", "$W")}, **options),
        call("z", "fold", {"Y": None}, output_size=("$H", "$W"), **options),
    )
    assert list(map(str, graph.shapes["z"])) == ["C", "H", "W"]
    x = np.random.default_rng(0).integers(-9, 10, (2, 5, 4))
    inner = torch.from_numpy(x.astype(float))
    expected = F.fold(F.unfold(inner, (3, 2), 1, 1, 2), (5, 4), (3, 2), 1, 1, 2).numpy()
    assert np.array_equal(result(graph, {"x": x}, sizes), expected)


def test_the_forms_read_well():
    options = {"kernel_size": ("$A", "$B"), "padding": "$P", "stride": "$S", "dilation": "$D"}
    (form,) = Case("unfold", {"x": ("$C", 5, 4)}, options).graph().equations
    at = [str(index) for index in form.terms[0].reads[0].at]
    assert at[0] == "r//(A*B)"
    assert at[1].endswith("+ D*((r//B) % A) - P")
    assert at[2].endswith("+ D*(r % B) - P")
    (form,) = (
        Case("unfold", {"x": ("$N",)}, {"kernel_size": "$K", "padding": "$P"}).graph().equations
    )
    assert describe(form) == "y[r, l] = x[l + r - P]"
    (form,) = (
        Case("fold", {"Y": (12, 9)}, {"output_size": (4, 4), "kernel_size": 2}).graph().equations
    )
    assert describe(form) == (
        "y[c, i_h, i_w] = sum(Y[4*c + 2*k_h + k_w, 3*o_h + o_w], k_h=0..1, k_w=0..1, o_h=0..2, "
        "o_w=0..2, o_h + k_h == i_h, o_w + k_w == i_w)"
    )
