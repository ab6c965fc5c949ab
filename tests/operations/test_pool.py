"""Poolings against PyTorch: every rank, padding, dilation, ceil_mode, count_include_pad."""

from __future__ import annotations

import numpy as np
import pytest
from operation_cases import Case, agree, opened, result, values

from symconv.errors import GeometryError
from symconv.terms import Selection, describe

torch = pytest.importorskip("torch", reason="PyTorch is the witness of deep learning's operations")
F = torch.nn.functional


def draw(random, d, low, high):
    return tuple(int(v) for v in random.integers(low, high, d))


def pool_case(random, kind, d, extra):
    K, S = draw(random, d, 1, 4 if d < 3 else 3), draw(random, d, 1, 4)
    P = tuple(int(random.integers(0, k // 2 + 1)) for k in K)
    options = {"kernel_size": K, "padding": P, "ceil_mode": bool(random.integers(0, 2))}
    if random.integers(0, 3):
        options["stride"] = S
    D = (1,) * d
    if kind == "max":
        D = options["dilation"] = draw(random, d, 1, 3)
    else:
        options["count_include_pad"] = bool(random.integers(0, 2))
    n = tuple(
        max(2, t * (k - 1) + 1 - 2 * p + int(random.integers(0, 6 - d)))
        for k, t, p in zip(K, D, P, strict=True)
    )
    if d == 1 and random.integers(0, 2):
        options = {k: v[0] if isinstance(v, tuple) else v for k, v in options.items()}
    return Case(f"{kind}_pool{d}d", {"x": (*(2, 3)[2 - extra :], *n)}, options)


def witness(case):
    d = int(case.keyword[-2])
    x = torch.from_numpy(case.integers()["x"].astype(float))
    y = x.reshape((1,) * (d + 2 - x.ndim) + x.shape)
    y = getattr(F, case.keyword)(y, **case.options).numpy()
    return y.reshape(y.shape[d + 2 - x.ndim :])


@pytest.mark.parametrize("kind", ["avg", "max"])
@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_pooling(kind, d, extra):
    random = np.random.default_rng(100 * d + 10 * extra + (kind == "max"))
    for _ in range({1: 24, 2: 7, 3: 2}[d]):
        case = pool_case(random, kind, d, extra)
        agree(case, witness(case), exact=kind == "max")


def test_every_combination_of_average_in_one_dimension():
    for n in (5, 6, 7):
        for ceil in (False, True):
            for include in (False, True):
                for k, s, p in [(3, 2, 1), (4, 3, 2), (2, 3, 1), (3, 4, 1), (2, 2, 0), (3, 3, 0)]:
                    options = {"kernel_size": k, "stride": s, "padding": p}
                    options |= {"ceil_mode": ceil, "count_include_pad": include}
                    case = Case("avg_pool1d", {"x": (n,)}, options)
                    agree(case, witness(case), exact=False)


def test_an_average_divides_by_a_plain_number_where_it_can():
    def divisors(**options):
        (form,) = Case("avg_pool1d", {"x": (7,)}, {"kernel_size": 3, **options}).graph().equations
        return [str(d) for d in form.terms[0].divisors]

    assert divisors() == ["3"]
    assert divisors(padding=1) == ["3"]
    assert divisors(ceil_mode=True, stride=2) == ["3"]
    assert divisors(ceil_mode=True) == ["min(3, 7 - 3*o)"]
    assert divisors(padding=1, count_include_pad=False, stride=1) == [
        "min(o + 2, 7) - max(o - 1, 0)"
    ]
    assert divisors(kernel_size=1) == []
    case, _ = opened(Case("avg_pool2d", {"x": (7, 6)}, {"kernel_size": (3, 2)}))
    (form,) = case.graph().equations
    assert [str(d) for d in form.terms[0].divisors] == ["kernel_size_0*kernel_size_1"]


def test_a_maximum_is_a_mask_and_a_sum():
    graph = Case("max_pool1d", {"x": (5,)}, {"kernel_size": 2}).graph()
    mask, form = graph.equations
    assert isinstance(mask, Selection)
    assert describe(form) == "y[o] = sum(M[o, k]*x[2*o + k], k=0..1)"
    found = values(graph, {"x": np.array([3, 3, -2, -1, 9])})
    assert found["M"].tolist() == [[1, 0], [0, 1]]
    assert found["y"].tolist() == [3, -1]
    assert "first maximum" in graph.nodes[0].caveats[0]


def test_the_mask_takes_a_name_that_nobody_uses():
    graph = Case("max_pool1d", {"M": (5,)}, {"kernel_size": 2}).graph()
    assert [e.name for e in graph.equations] == ["M_1", "y"]
    assert np.array_equal(result(graph, {"M": np.arange(5)}), [1, 3])


def test_what_open_sizes_leave_unchecked_is_said():
    case = Case(
        "max_pool1d", {"x": ("$N",)}, {"kernel_size": "$K", "padding": 1, "ceil_mode": True}
    )
    assert any("at least one position" in c for c in case.graph().nodes[0].caveats)
    kinds = {p.name: (p.kind, p.least) for p in case.graph().parameters}
    assert kinds == {"N": ("size", 1), "K": ("size", 1)}


def test_windows_of_nothing_but_padding_are_refused():
    options = {"kernel_size": 2, "dilation": 4, "padding": 1}
    with pytest.raises(GeometryError, match="holds nothing but padding"):
        Case("max_pool1d", {"x": (3,)}, options).graph()
    options = {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}
    assert Case("avg_pool1d", {"x": (4,)}, options).graph().shapes["y"] == (2,)
