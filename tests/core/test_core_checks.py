"""The checks: each passes for what is right and fails for a planted mistake; generic data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from core_forms import brute, equal, number, whole

from symconv import checks, witness
from symconv.checks import (
    Check,
    agree,
    check_adjoint,
    check_differences,
    check_gradient,
    check_matrix,
    check_outputs,
    require,
)
from symconv.closed import readings
from symconv.errors import CheckFailed, GeometryError, SymconvError
from symconv.fixing import fix_sizes
from symconv.gradients import backward
from symconv.index import add
from symconv.operations.build import build
from symconv.sampling import (
    SPANS,
    arrays_for,
    generic_array,
    generic_arrays,
    generic_sizes,
    is_exact,
    small_arrays,
    work,
)
from symconv.syntax.spec import parse

CONV = "y = conv1d(x[N,C,H], w[F,C,K], b[F], stride=S, padding=P)"
CHAIN = "h = conv1d(x[N], u[A])\nr = relu(h)\ny = conv1d(r, w[K], stride=2)\nL = mse(y, t)"
SMOOTH = "h = conv1d(x[N], w[K])\ns = sigmoid(h)\nL = mse(s, t)"
OWN = "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) + sum(w[k], k=0..K-1) for o=0..O-1 with x[N]"
CONCRETE = "y = conv_transpose2d(x[2,3], w[3,2], stride=(2,1), padding=(1,0), output_padding=(1,0))"


def graph(text):
    return build(parse(text))


# --- what is right ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CONV, CHAIN, SMOOTH, OWN, CONCRETE])
def test_what_is_right_passes(text):
    made = graph(text)
    found = [check_outputs(made, 3)]
    for tensor in made.inputs:
        found += [check_gradient(made, tensor.name, 3), check_differences(made, tensor.name)]
    for check in found:
        assert check.passed, check
        assert require(check) is check
    assert {check.cases for check in found} == {2, 3}
    exact = text != SMOOTH
    assert ("exactly" in found[0].method) is exact
    assert "central differences" in found[2].method


@pytest.mark.parametrize(("text", "of"), [(CONV, "x"), (CONV, "w"), (OWN, "x"), (CONCRETE, "w")])
def test_right_matrices_and_adjoints_pass(text, of):
    for check in (check_matrix(graph(text), of), check_adjoint(graph(text), of)):
        assert require(check).passed
        assert check.cases > 1


def test_a_check_says_what_was_compared():
    check = check_gradient(graph(CONCRETE), "x", 2)
    assert str(check) == "gradient of x: against the NumPy engine, exactly, 2 cases: equal"
    with pytest.raises(CheckFailed, match=r"failed its check \(gradient of x: .*: DIFFERENT\)"):
        require(replace(check, passed=False))


@pytest.mark.parametrize("check", [check_outputs, lambda g, n: check_gradient(g, "x", n)])
def test_no_cases_prove_nothing(check):
    assert not check(graph(CONCRETE), 0).passed


def test_agreement():
    ones = np.array([1, 2, 3])
    assert agree(ones, ones.copy())
    assert not agree(ones, ones.reshape(1, 3))
    assert not agree(ones, np.array([1, 2, 4]))
    assert not agree(np.array([10**15, 0]), np.array([10**15, 1]))
    assert agree(np.array([1e6, 0.5]), np.array([1e6, 0.5 + 1e-7]))
    assert not agree(np.array([1e6, 0.5]), np.array([1e6, 0.5 + 1e-5]))
    assert not agree(np.array([1.0]), np.array([1.0 + 1e-11]))
    assert not agree(np.array([np.nan]), np.array([np.nan]))
    assert not agree(np.array([1.0]), np.array([np.nan]))
    assert agree(np.array([Fraction(1, 2)], dtype=object), np.array([0.5]))


# --- planted mistakes ---------------------------------------------------------------------------


def changed(form, **facts):
    return replace(form, terms=tuple(replace(t, **facts) for t in form.terms))


def doubled(graph, wanted):
    *others, last = backward(graph, wanted)
    return (*others, changed(last, coefficient=last.terms[0].coefficient * 2))


def moved(form):
    """The first read of every term one off."""
    terms = []
    for term in form.terms:
        first = term.reads[0]
        at = (*first.at[:-1], add(first.at[-1], 1))
        terms.append(replace(term, reads=(replace(first, at=at), *term.reads[1:])))
    return replace(form, terms=tuple(terms))


def gathered_wrong(graph, raw):
    found = readings(graph, raw)
    return replace(found, gathered=moved(found.gathered))


def closed_wrong(graph, raw):
    found = readings(graph, raw)
    return replace(found, closed=replace(found.closed, form=moved(found.closed.form)))


@pytest.mark.parametrize("text", [CONV, CHAIN, SMOOTH, OWN, CONCRETE])
@pytest.mark.parametrize("check", [check_gradient, check_differences])
def test_a_wrong_gradient_is_caught(monkeypatch, text, check):
    monkeypatch.setattr(checks, "backward", doubled)
    assert not check(graph(text), "w").passed
    with pytest.raises(CheckFailed):
        require(check(graph(text), "w"))


@pytest.mark.parametrize("wrong", [gathered_wrong, closed_wrong])
def test_a_wrong_reading_of_a_gradient_is_caught(monkeypatch, wrong):
    monkeypatch.setattr(checks, "readings", wrong)
    assert not check_gradient(graph(CONV), "x").passed


def test_a_wrong_form_is_caught(monkeypatch):
    made = graph(CONV)
    (form,) = made.equations
    node = replace(made.nodes[0], equations=(moved(form),))
    assert not check_outputs(replace(made, nodes=(node,))).passed


def test_a_wrong_engine_is_caught(monkeypatch):
    forward = witness.forward

    def off(graph, arrays):
        return {name: value + 1 for name, value in forward(graph, arrays).items()}

    monkeypatch.setattr(witness, "forward", off)
    assert not check_outputs(graph(CONV)).passed


def test_a_wrong_matrix_is_caught(monkeypatch):
    right = checks.linear_map

    class Off:
        def __init__(self, table):
            self.table = table

        def numpy(self, **arrays):
            dense = self.table.numpy(**arrays).copy()
            dense[0] = dense[0][::-1]
            return dense

    monkeypatch.setattr(checks, "linear_map", lambda fixed, of: Off(right(fixed, of)))
    assert not check_matrix(graph(CONV), "x").passed


def test_a_wrong_adjoint_is_caught(monkeypatch):
    right = witness.backward

    def off(graph, arrays, g=None):
        return {name: value * (name != "x") for name, value in right(graph, arrays, g).items()}

    monkeypatch.setattr(witness, "backward", off)
    assert not check_adjoint(graph(CONV), "x").passed
    assert check_adjoint(graph(CONV), "w").passed


def test_what_is_not_linear_has_no_adjoint():
    assert not check_adjoint(graph("y = relu(x[5])"), "x").passed


def test_one_wrong_case_is_enough(monkeypatch):
    right = witness.forward
    seen = []

    def sometimes(graph, arrays):
        seen.append(1)
        return {n: v + (len(seen) == 4) for n, v in right(graph, arrays).items()}

    monkeypatch.setattr(witness, "forward", sometimes)
    assert not check_outputs(graph(CONCRETE), 4).passed
    assert len(seen) == 4


# --- the engine on a graph ----------------------------------------------------------------------


def test_the_witness_runs_chains():
    """Every result of a chain, against the definitions read literally."""
    made = fix_sizes(graph(CHAIN), {"N": 9, "A": 2, "K": 3})
    arrays = {
        t.name: whole(tuple(number(n, {}) for n in t.shape), 3 + p)
        for p, t in enumerate(made.inputs)
    }
    values = dict(arrays)
    for equation in made.equations:
        values[equation.name] = brute(equation, values)
    numbers = {name: array.astype(int) for name, array in arrays.items()}
    made_values = witness.forward(made, numbers)
    assert set(made_values) == {"h", "r", "y", "L"}
    for name, value in made_values.items():
        assert np.allclose(value.astype(float), values[name].astype(float)), name


def test_a_tensor_used_twice_gets_both_gradients():
    made = graph("h = conv1d(x[5], w[3], padding=1)\ny = add(h, x)")
    x, w, g = (whole((n,), n).astype(int) for n in (5, 3, 5))
    found = witness.backward(made, {"x": x, "w": w}, whole((5,), 9).astype(int))
    g = whole((5,), 9).astype(int)
    wide = np.pad(g, 1)
    through = [sum(wide[i + k] * w[::-1][k] for k in range(3)) for i in range(5)]
    assert np.array_equal(found["x"], through + g)


def test_a_loss_seeds_itself_and_others_need_the_right_shape():
    made = graph("L = mse(y[3], t[3])")
    y, t = np.array([1.0, 2.0, 4.0]), np.array([0.0, 5.0, 1.0])
    assert np.allclose(witness.backward(made, {"y": y, "t": t})["y"], 2 * (y - t) / 3)
    with pytest.raises(SymconvError, match=r"upstream gradient has the wrong shape; expected \(4,"):
        witness.backward(graph("y = relu(x[4])"), {"x": np.ones(4)}, np.ones(3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y[o] = sum(relu(x[o+k]), k=0..2) for o=0..3", "a condition or a function"),
        ("y[o] = sum(x[o+k], k=0..2, k != 1) for o=0..3", "a condition or a function"),
        ("y[o] = x[o//2] for o=0..3", "reads at affine positions only"),
        ("y[o] = x[o*o] for o=0..2 with x[9]", "reads at affine positions only"),
    ],
)
def test_sums_that_the_engine_cannot_run_are_refused(text, message):
    made = graph(text)
    with pytest.raises(SymconvError, match=message):
        witness.forward(made, generic_arrays(made))


@pytest.mark.parametrize(
    "text",
    [
        "y[o,p] = sum(1/2*w[k,l]*x[2*o+k-1,3*p-l], k=1..3, l=0..1) - b[p]"
        " for o=0..3, p=0..2 with x[7,8]",
        "y[o] = sum(x[o+k]*x[o]*x[3-k], k=0..2) for o=0..4 with x[6]",
    ],
)
def test_sums_of_ones_own_are_run_as_written(text):
    made = graph(text)
    (form,) = made.equations
    arrays = generic_arrays(made, 4)
    floats = {name: array.astype(float) for name, array in arrays.items()}
    got = witness.forward(made, floats)["y"]
    assert np.allclose(got, brute(form, arrays).astype(float))


# --- sizes and data -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CONV, CHAIN, OWN, "y = conv1d(x[N,C,H], w[F,C//G,K], groups=G)"])
def test_generic_sizes_fit_and_differ(text):
    made = graph(text)
    try:
        found = list(generic_sizes(made, 6, 1))
    except GeometryError:
        pytest.fail("no sizes were found")
    assert len(found) == 6
    assert len({tuple(sorted(sizes.items())) for sizes in found}) == 6
    kinds = {p.name: p.kind for p in made.parameters}
    for sizes in found:
        assert set(sizes) == set(made.open_sizes())
        fixed = fix_sizes(made, sizes)
        assert fixed.open_sizes() == ()
        for name, shape in made.shapes.items():
            assert [number(n, sizes) for n in shape] == [number(n, {}) for n in fixed.shapes[name]]
            assert all(number(n, sizes) >= 1 for n in shape)
        for name, value in sizes.items():
            assert value >= SPANS[kinds[name]][0]
    assert found == list(generic_sizes(made, 6, 1))
    assert found != list(generic_sizes(made, 6, 2))


def test_dear_sizes_come_last():
    made = graph("y = conv1d(x[N], w[K])")
    costs = [work(made.equations, sizes) for sizes in generic_sizes(made, 5, most=8)]
    assert len(costs) == 5
    assert all(cost <= 8 for cost in costs)
    assert any(work(made.equations, sizes) > 8 for sizes in generic_sizes(made, 5))
    few = [work(made.equations, sizes) for sizes in generic_sizes(made, 3, most=1)]
    assert len(few) == 3
    assert few == sorted(few)
    assert min(few) > 1


def test_a_concrete_graph_has_one_choice_of_sizes():
    assert list(generic_sizes(graph(CONCRETE), 4)) == [{}]


def test_sizes_that_cannot_fit_are_refused():
    made = graph("y = conv1d(x[2], w[K], stride=S)\nz = conv1d(y, v[9])")
    with pytest.raises(GeometryError, match=r"no sizes were found that fit together; .*K, S"):
        list(generic_sizes(made, 2))


def test_generic_data_is_generic():
    made = graph("y = conv2d(x[2,3,4,5], w[4,3,2,2], b[4])")
    arrays = generic_arrays(made, 3)
    assert {name: array.shape for name, array in arrays.items()} == {
        "x": (2, 3, 4, 5),
        "w": (4, 3, 2, 2),
        "b": (4,),
    }
    for array in (*arrays.values(), generic_array((3, 4), 2)):
        flat = array.ravel().tolist()
        assert len(set(flat)) == len(flat)
        assert 0 not in flat
        assert {type(v) for v in flat} == {int}
        assert min(flat) < 0 < max(flat)
    assert equal(arrays["x"], generic_arrays(made, 3)["x"])
    assert not equal(arrays["x"], generic_arrays(made, 4)["x"])


def test_given_numbers_are_used():
    made = graph("y = conv1d(x=[3,-1,0,1/2], w=[2,1])")
    found = arrays_for(made)
    assert found["x"].tolist() == [3, -1, 0, Fraction(1, 2)]
    assert found["w"].tolist() == [2, 1]
    assert found["w"].dtype == np.int64
    smooth = arrays_for(graph("y = sigmoid(x=[3,-1])"))
    assert smooth["x"].dtype == np.float64
    assert smooth["x"].tolist() == [3.0, -1.0]
    letters = arrays_for(graph("y = conv1d(x=[a,b,c], w=[2,1])"))
    assert letters["x"].dtype == np.int64
    assert letters["x"].shape == (3,)


def test_data_for_exponentials_is_small():
    found = arrays_for(graph("y = sigmoid(x[40])"))
    assert found["x"].dtype == np.float64
    assert np.max(np.abs(found["x"])) <= 1
    assert not is_exact(graph("y = tanh(x[3])"))
    assert is_exact(graph("y = relu(x[3])"))


def test_data_for_a_page_is_small():
    found = small_arrays(graph("y = conv1d(x[60], w=[9,8])"))
    assert set(found["x"].tolist()) <= set(range(-4, 5))
    assert len(set(found["x"].tolist())) > 4
    assert found["w"].tolist() == [9, 8]


def test_sizes_are_put_everywhere():
    made = graph(
        "y = conv1d(x[N], w[K], stride=S, padding=(P,Q))\n"
        "z[o] = sum(1/2*y[S*o+k], k=0..K-1, k != P) for o=0..M-1"
    )
    fixed = fix_sizes(made, {"N": 9, "K": 3, "S": 1, "P": 1, "Q": 2, "M": 4})
    assert fixed.open_sizes() == ()
    first, second = fixed.equations
    assert first.shape == (10,)
    (term,) = second.terms
    assert [(r.name, r.stop) for r in term.sums] == [("k", 3)]
    assert str(term.where[0]) == "k != 1"
    partly = fix_sizes(made, {"S": 2})
    assert partly.open_sizes() == ("K", "M", "N", "P", "Q")
    assert fix_sizes(made, {}) is made


def test_a_size_that_is_an_argument():
    made = graph("y = avg_pool1d(x[N], K, S)")
    fixed = fix_sizes(made, {"N": 9, "K": 3, "S": 2})
    assert fixed.shapes["y"] == (4,)
    assert fix_sizes(made, {"K": 3}).open_sizes() == ("N", "S")


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(GeometryError, match="larger than the padded input"):
        fix_sizes(graph("y = conv1d(x[N], w[K])"), {"N": 3, "K": 5})


def test_the_check_is_a_value():
    check = Check("outputs", "by hand", 3, True)
    assert str(check) == "outputs: by hand, 3 cases: equal"
