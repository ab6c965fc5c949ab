"""convolve and correlate against NumPy and SciPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from operation_cases import Case, agree, opened, result

from symconv.terms import describe

PAIRS = [(7, 3), (6, 4), (5, 5), (1, 1), (8, 1), (9, 2), (3, 7), (4, 6), (2, 9), (1, 4), (5, 6)]


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("keyword", ["convolve", "correlate"])
def test_signals_are_numpys(keyword, mode):
    for n, k in PAIRS:
        case = Case(keyword, {"x": (n,), "w": (k,)}, {"mode": mode})
        arrays = case.integers()
        expected = getattr(np, keyword)(arrays["x"], arrays["w"], mode)
        agree(case, expected, symbolic=k <= n or mode == "full")


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("keyword", ["convolve", "correlate"])
def test_images_are_scipys(keyword, mode):
    signal = pytest.importorskip("scipy.signal", reason="SciPy is the witness of 2-D filters")
    for (h, a), (w, b) in itertools.product([(5, 2), (4, 3), (3, 3), (2, 5)], [(6, 4), (3, 4)]):
        if mode == "valid" and (h - a) * (w - b) < 0:
            continue
        case = Case(keyword, {"x": (h, w), "w": (a, b)}, {"mode": mode})
        arrays = case.integers()
        expected = getattr(signal, f"{keyword}2d")(arrays["x"], arrays["w"], mode)
        agree(case, expected, symbolic=mode != "valid" or (a <= h and b <= w))


@pytest.mark.parametrize("keyword", ["convolve", "correlate"])
def test_circular_wraps(keyword):
    sign = -1 if keyword == "convolve" else 1
    for shape, kernel in [((6,), (3,)), ((4,), (4,)), ((3,), (5,)), ((4, 5), (2, 3))]:
        case = Case(keyword, {"x": shape, "w": kernel}, {"mode": "circular"})
        x, w = case.integers().values()
        expected = np.zeros(shape, dtype=int)
        for k in np.ndindex(*kernel):
            shift = tuple(-sign * step for step in k)
            expected += w[k] * np.roll(x, shift, tuple(range(len(shape))))
        agree(case, expected)


@pytest.mark.parametrize("mode", ["full", "same", "valid", "circular"])
@pytest.mark.parametrize("keyword", ["convolve", "correlate"])
def test_the_geometry_has_the_outputs_and_the_windows_of_the_form(keyword, mode):
    for n, k in [(7, 3), (6, 4), (3, 7), (5, 5)]:
        graph = Case(keyword, {"x": (n,), "w": (k,)}, {"mode": mode}).graph()
        geometry = graph.nodes[0].geometry
        assert geometry.output() == graph.shapes["y"]
        assert geometry.flipped == (keyword == "convolve")
        x, w = np.arange(1, n + 1), 10 ** np.arange(k)
        (axis,) = geometry.axes
        fill = "wrap" if mode == "circular" else "constant"
        wrapped = np.pad(x, (axis.before, axis.after), mode=fill)
        expected = np.correlate(wrapped, w[::-1] if geometry.flipped else w, "valid")
        assert np.array_equal(result(graph, {"x": x, "w": w}), expected)
        assert geometry.unpadded().output() == geometry.output()


def test_the_forms_print_as_textbooks_do():
    found = {}
    for keyword, mode in itertools.product(["convolve", "correlate"], ["full", "same", "valid"]):
        case, _ = opened(Case(keyword, {"x": (7,), "w": (3,)}, {"mode": mode}))
        graph = case.graph()
        found[keyword, mode] = describe(graph.equations[0]), str(graph.shapes["y"][0])
    product = "y[o] = sum(w[k]*x[{}], k=0..W0 - 1)"
    assert found == {
        ("convolve", "full"): (product.format("o - k"), "X0 + W0 - 1"),
        ("convolve", "same"): (product.format("o - k + (W0 - 1)//2"), "X0"),
        ("convolve", "valid"): (product.format("o - k + W0 - 1"), "X0 - W0 + 1"),
        ("correlate", "full"): (product.format("o + k - W0 + 1"), "X0 + W0 - 1"),
        ("correlate", "same"): (product.format("o + k - W0//2"), "X0"),
        ("correlate", "valid"): (product.format("o + k"), "X0 - W0 + 1"),
    }


def test_what_was_assumed_is_said():
    case, _ = opened(Case("convolve", {"x": (7,), "w": (3,)}, {"mode": "valid"}))
    assert case.graph().nodes[0].caveats == (
        "convolve flips the kernel; correlate does not.",
        "The kernel is taken to be no longer than the signal: W0 ≤ X0.",
    )
    assert len(Case("convolve", {"x": (7,), "w": (3,)}).graph().nodes[0].caveats) == 1
