"""Gradients as turned index arrays: the same products as the derived form, and its expressions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import sympy
from core_forms import forms
from core_plain import trials
from hypothesis import given

import symconv
from symconv.adjoints import turned
from symconv.api.inputs import symbols
from symconv.canonical.making import same
from symconv.errors import SymconvError
from symconv.expand import expand
from symconv.gradients import gradient
from symconv.written import written_out

SPECS = (
    "y = conv1d(x[5], w[3], padding=1)",
    "y = conv2d(x[2,4,5,4], w[4,2,3,2], b[4], stride=(2,1), padding=(1,0), groups=2)",
    "y = conv1d(x[7], w[3], stride=2, padding=2, dilation=2)",
    'y = conv1d(x[4], w[3], padding=1, padding_mode="circular")',
    "y = conv_transpose2d(x[3,2], w[2,3], stride=(3,2), padding=(1,0), output_padding=1)",
    "y = avg_pool2d(x[1,2,5,4], (3,2), stride=2, padding=1)",
    "y = max_pool2d(x[1,1,4,5], (2,3), stride=(1,2))",
    "y = sigmoid(x[3])",
    "y = tanh(x[3])",
    "L = mse(y[4], t[4])",
    "h = conv1d(x[6], u[2], padding=1)\nr = relu(h)\ny = conv1d(r, w[3], stride=2)\nL = mse(y, t)",
    "h = conv1d(x[2,2,4], w[2,2,3], padding=1)\ny = add(h, x)",
    "y[o] = sum(x[o+k]*x[o]*w[k], k=0..2) for o=0..3",
    "y[o] = sum(w[k] * x[2*o + k - 1], k=0..2) for o = 0..3 with x[7]",
    "L = sum(w[k] * x[2*k], k=0..2) with x[6]",
    "y = conv1d(x=[a, b, c, d], w=[2, v, -1/3], padding=1)",
    "y = conv1d(x=[a, b, a], w=[v, v])",
)


@pytest.mark.parametrize("text", SPECS)
def test_outputs_are_the_derived_form_written_out(text):
    """Every gradient, those of inner results too: equal by ``==``, ``args``, hash and text."""
    op = symconv.operation(text)
    compared = 0
    for tensor in op.program.shapes:
        try:
            view = op.gradient(tensor)
        except SymconvError:
            continue
        found = view.outputs()
        wanted = written_out(view.raw, symbols(op.program, view.raw.tensors))
        assert found.shape == wanted.shape
        for a, b in zip(found.flat, wanted.flat, strict=True):
            assert same(a, b), (tensor, a, b)
            assert sympy.srepr(a) == sympy.srepr(b)
        compared += sum(item != 0 for item in found.flat)
    assert compared >= 3


@pytest.mark.parametrize("text", [SPECS[n] for n in (0, 2, 3, 4, 5, 13, 15)])
def test_outputs_are_what_sympy_differentiates(text):
    """``diff`` of ``Σ g · y`` by every element that has a name."""
    op = symconv.operation(text)
    letters, y = op.symbols, op.outputs()
    total = sympy.Add(*(g * v for g, v in zip(letters["g"].flat, y.flat, strict=True)))
    for tensor in op.inputs:
        elements = letters[tensor].ravel().tolist()
        found = op.gradient(tensor).outputs().ravel().tolist()
        for element, made in zip(elements, found, strict=True):
            if element.is_Symbol:
                assert sympy.expand(sympy.diff(total, element) - made) == 0


def counted(expansion):
    """How often each product is added to each output, with its coefficient."""
    found: Counter = Counter()
    for term in expansion.terms:
        for n, out in enumerate(term.out.tolist()):
            reads = zip(term.tensors, term.functions, term.reads, strict=True)
            product = tuple(
                sorted((tensor, function, int(at[n])) for tensor, function, at in reads)
            )
            under = 1 if term.divisors is None else int(term.divisors[n])
            found[out, product] += term.coefficient / under
    return {key: number for key, number in found.items() if number}


@trials(150)
@given(forms(("", "", "", "relu", "sigmoid", "tanh", "exp")))
def test_the_products_are_those_of_the_derived_form(case):
    made = expand(case.form, case.sizes)
    for tensor in case.form.tensors:
        found = turned([(made, "g")], tensor, "dt")
        wanted = expand(gradient(case.form, tensor, "g", "dt"), case.sizes)
        assert found.shape == wanted.shape
        assert found.name == wanted.name
        assert counted(found) == counted(wanted)
        assert dict(found.shapes) == dict(wanted.shapes)


def test_several_consumers_and_a_scalar_are_added_up():
    """A loss has no upstream gradient; a tensor read twice has the terms of both readers."""
    op = symconv.operation("h = conv1d(x[3], w[2], padding=1)\ny = conv1d(h, w, padding=0)")
    dh, dw = op.gradient("h").outputs(), op.gradient("w").outputs()
    h, g, x = (sympy.symbols(f"{name}_0:4") for name in ("h", "g", "x"))
    d = sympy.symbols("dh_0:4")
    w = sympy.symbols("w_0:2")
    assert dh.tolist() == [w[0] * g[0], w[0] * g[1] + w[1] * g[0],
                           w[0] * g[2] + w[1] * g[1], w[1] * g[2]]  # fmt: skip
    assert dw[0] == (sum(g[n] * h[n] for n in range(3)) + sum(d[n + 1] * x[n] for n in range(3)))
    loss = symconv.operation("L = mse(y[2], t[2])")
    assert loss.gradient("d").outputs().tolist() == list(sympy.symbols("d_0 d_1"))


# --- later calls --------------------------------------------------------------------------------


def test_later_calls_at_other_sizes():
    """One view at many shapes, sizes and kinds in turn gives what a fresh one gives."""
    text = "y = conv1d(x[N], w[K], stride=S, padding=P)"
    view = symconv.operation(text).gradient("x")
    random = np.random.default_rng(3)
    settings = [(4, 2, 2, 0), (4, 2, 3, 1), (4, 2, 2, 0), (7, 3, 2, 1), (4, 2, 3, 1), (5, 1, 1, 0)]
    seen = set()
    for kind in ("gathered", "raw"):
        for n, k, s, p in settings:
            g = random.integers(-9, 9, (n + 2 * p - k) // s + 1)
            given = {"x": random.integers(-9, 9, n), "w": random.integers(1, 9, k), "S": s, "P": p}
            found = view.evaluate(g, kind=kind, **given)
            assert np.array_equal(found, symconv.operation(text).backward(g, **given)["x"])
            seen.add(found.tobytes())
    assert len(seen) > 8
    assert len(view._ready) == 8


def test_later_calls_are_checked_and_follow_the_data():
    pool = symconv.operation("y = max_pool1d(x[6], 2)").gradient("x")
    g = [1, 10, 100]
    assert pool.evaluate(g, x=[1, 2, 4, 3, 5, 6]).tolist() == [0, 1, 10, 0, 0, 100]
    assert pool.evaluate(g, x=[2, 1, 3, 4, 6, 5]).tolist() == [1, 0, 0, 10, 100, 0]
    with pytest.raises(SymconvError):
        pool.evaluate([1, 10], x=[2, 1, 3, 4, 6, 5])
    with pytest.raises(SymconvError):
        pool.evaluate(g, x=[2, 1, 3, 4, 6])
    with pytest.raises(SymconvError):
        pool.evaluate(g, x=[2, 1, 3, 4, 6, 5], w=[1])
    with pytest.raises(SymconvError):
        pool.evaluate(x=[2, 1, 3, 4, 6, 5])
    exact = np.array([Fraction(1, n) for n in (2, 3, 5)], dtype=object)
    assert pool.evaluate(exact, x=[2, 1, 3, 4, 6, 5]).tolist() == [
        Fraction(1, 2), 0, 0, Fraction(1, 3), Fraction(1, 5), 0
    ]  # fmt: skip


def test_what_is_kept_is_bounded(monkeypatch):
    view = symconv.operation("y = conv1d(x[N], w[2])").gradient("x")
    monkeypatch.setattr("symconv.api.gradient.MOST_KEPT", 20)
    for n in (4, 5, 6, 7, 4, 30):
        x = np.arange(n)
        found = view.evaluate(np.ones(n - 1), x=x, w=[2, 3])
        assert found.tolist() == [2, *[5] * (n - 2), 3]
        products = sum(len(t.out) for ((_, e),) in view._ready.values() for t in e.terms)
        assert products <= 20
    assert not view._ready
