"""Derivatives of forms against exact differences of their definition, and against PyTorch."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from core_forms import (
    STEP,
    along,
    brute,
    contracted,
    equal,
    forms,
    number,
    slopes,
    upstream,
    whole,
)
from core_plain import trials
from hypothesis import given
from hypothesis import strategies as st

from symconv.duals import Dual, exact_jacobian
from symconv.fixing import fix_sizes
from symconv.functions import FUNCTIONS
from symconv.gradients import backward, combined, gradient, upstream_names
from symconv.index import Condition, Symbol
from symconv.jacobians import jacobian
from symconv.meaning import FLOATS, STAND_INS, evaluate_equation
from symconv.operations.build import build
from symconv.reindex import eliminate
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Selection, Term, describe

o, k, i, N, K = map(Symbol, "okiNK")


def graph(text):
    return build(parse(text))


# --- the rule for sums --------------------------------------------------------------------------


@trials(120)
@given(forms())
def test_the_gradient_is_the_derivative(case):
    """Raw and with its conditions solved, for every tensor, in fractions."""
    g = upstream(case.form, case.sizes)
    for tensor in case.form.tensors:
        table = slopes(lambda arrays: case.values(extra=arrays), case.arrays, tensor)
        want = contracted(g, table)
        raw = gradient(case.form, tensor)
        assert raw.name == f"d{tensor}"
        assert equal(case.values(raw, {"g": g}), want), describe(raw)
        for prefer in (("o", "p"), ("k", "l")):
            solved = eliminate(raw, prefer)
            assert equal(case.values(solved, {"g": g}), want), describe(solved)


@trials(60)
@given(forms(terms=2))
def test_the_jacobian_is_the_derivative(case):
    """With letters of its own, and with letters that the form uses for something else."""
    for tensor in case.form.tensors:
        table = slopes(lambda arrays: case.values(extra=arrays), case.arrays, tensor)
        shape = case.form.shape_of(tensor)
        for letters in (("i", "j"), ("k", "o"), ("p", "k"), ("o_1", "l")):
            element = tuple(Range(n, size) for n, size in zip(letters, shape, strict=False))
            local = jacobian(case.form, tensor, element, "J")
            assert local.indices[-len(shape) :] == letters[: len(shape)]
            assert len(set(local.indices)) == len(local.indices)
            assert equal(case.values(local), table), describe(local)


@trials(60)
@given(forms(terms=2))
def test_dual_numbers_give_the_derivative(case):
    for tensor in case.form.tensors:
        table = slopes(lambda arrays: case.values(extra=arrays), case.arrays, tensor)
        assert equal(exact_jacobian([case.form], case.arrays, tensor, case.sizes), table)


@trials(40)
@given(forms(terms=2, functions=("", "", "relu")), st.data())
def test_second_derivatives_come_from_applying_the_rule_twice(case, data):
    """``∂/∂b Σ v·∂L/∂a`` against differences of differences; a and b may be one tensor."""
    first = data.draw(st.sampled_from(case.form.tensors))
    g = upstream(case.form, case.sizes)
    once = gradient(case.form, first)
    v = upstream(once, case.sizes, 3)

    def along_v(arrays):
        """The derivative of L in the direction v, one number."""

        def moved(t):
            values = case.values(extra=arrays | {first: arrays[first] + t * v})
            return contracted(g, values)

        return along(moved, STEP / 100)

    assert once.tensors == () or "g" in once.tensors
    for second in case.form.tensors:
        want = slopes(along_v, case.arrays, second)
        if not any(read.tensor == second for term in once.terms for read in term.reads):
            assert equal(want, np.zeros(want.shape, dtype=object))
            continue
        twice = gradient(once, second, "v")
        assert equal(case.values(twice, {"g": g, "v": v}), want), describe(twice)
        assert equal(case.values(eliminate(twice), {"g": g, "v": v}), want)


SMOOTH = ("", "sigmoid", "tanh", "exp", "reciprocal", "relu")


def test_gradients_through_smooth_functions_are_pytorchs():
    torch = pytest.importorskip("torch")
    functions = {
        "": lambda v: v,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "exp": torch.exp,
        "reciprocal": torch.reciprocal,
        "relu": torch.relu,
    }
    seen = set()

    @trials(50)
    @given(forms(functions=SMOOTH, terms=2))
    def agrees(case):
        leaves = {}
        objects = {}
        for name, array in case.arrays.items():
            leaves[name] = torch.tensor(array.astype(float) / 5, requires_grad=True)
            items = np.empty(array.size, dtype=object)
            for place, item in enumerate(leaves[name].reshape(-1)):
                items[place] = item
            objects[name] = items.reshape(array.shape)
        output = brute(case.form, objects, case.sizes, functions, float)
        g = upstream(case.form, case.sizes)
        total = sum(
            (w * y for w, y in zip(g.ravel(), output.ravel(), strict=True)),
            0 * sum(leaf.sum() for leaf in leaves.values()),
        )
        total.backward()
        floats = {name: leaf.detach().numpy() for name, leaf in leaves.items()}
        for tensor, leaf in leaves.items():
            raw = gradient(case.form, tensor)
            got = evaluate_equation(raw, floats | {"g": g}, case.sizes).astype(float)
            assert np.allclose(got, leaf.grad.numpy(), rtol=1e-10, atol=1e-10)
            seen.update(read.function for term in case.form.terms for read in term.reads)

    agrees()
    assert seen == set(SMOOTH)


# --- the table of functions ---------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_table_of_derivatives(name):
    """Central differences of the real function; away from the kink, which is declared."""
    assert set(FLOATS) == set(FUNCTIONS)
    function = FLOATS[name]
    points = (0.3, 1.7, 2.5) if name == "log" else (-2.1, -0.7, 0.4, 1.9)
    for v in points:
        h = 1e-5
        slope = (function(v + h) - function(v - h)) / (2 * h)
        total = 0.0
        for factor, names in FUNCTIONS[name].derivative:
            product = float(factor)
            for inner in names:
                product *= FLOATS[inner](v)
            total += product
        assert abs(total - slope) < 1e-8 * max(1, abs(slope)), v


def test_the_kink_is_declared():
    assert "at 0 is taken as 0" in FUNCTIONS["relu"].caveat
    form = Form("y", (Range("o", 3),), (Term((Read("x", (o,), "relu"),)),), (("x", (3,)),))
    x, g = np.array([-1, 0, 2]), np.array([5, 6, 7])
    assert evaluate_equation(gradient(form, "x"), {"x": x, "g": g}).tolist() == [0, 0, 7]
    twice = gradient(gradient(form, "x"), "x", "v")
    assert twice.terms == ()


# --- examples -----------------------------------------------------------------------------------


def test_the_gradients_of_a_convolution():
    (form,) = graph("y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)").equations
    assert describe(gradient(form, "x")) == (
        "dx[i] = sum(g[o]*w[k], o=0..(N + 2*P - D*(K - 1) - 1)//S, k=0..K - 1, S*o + D*k - P == i)"
    )
    assert describe(gradient(form, "w")) == (
        "dw[k] = sum(g[o]*x[S*o + D*k - P], o=0..(N + 2*P - D*(K - 1) - 1)//S)"
    )
    assert describe(eliminate(gradient(form, "x"), ["o"])) == (
        "dx[i] = sum(g[(i + P - D*k)//S]*w[k], k=0..K - 1, (i + P - D*k) % S == 0)"
    )


def test_a_bias_gathers_every_output_of_its_channel():
    (form,) = graph("y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F])").equations
    (term,) = gradient(form, "b").terms
    assert [r.name for r in term.sums] == ["n", "o_h", "o_w"]
    assert term.reads == (Read("g", tuple(map(Symbol, ("n", "f", "o_h", "o_w")))),)


def test_an_element_read_twice_counts_twice():
    """``y = x²`` written as a product of reads."""
    form = Form("y", (Range("o", 4),), (Term((Read("x", (o,)), Read("x", (o,)))),), (("x", (4,)),))
    (term,) = gradient(form, "x").terms
    assert term.coefficient == 2
    x, g = whole((4,), 1), whole((4,), 2)
    assert equal(brute(gradient(form, "x"), {"x": x, "g": g}), 2 * x * g)


def test_a_diagonal_read_ties_both_axes():
    form = Form("y", (Range("o", 3),), (Term((Read("A", (o, o)),)),), (("A", (3, 4)),))
    g = whole((3,), 5)
    want = np.zeros((3, 4), dtype=object)
    want[range(3), range(3)] = g
    assert equal(brute(gradient(form, "A"), {"g": g}), want)


def test_a_range_shorter_than_its_axis_stays_a_condition():
    term = Term((Read("x", (k,)),), (Range("k", 4, 1),))
    form = Form("y", (), (term,), (("x", (6,)),))
    assert brute(gradient(form, "x", ""), {}).tolist() == [0, 1, 1, 1, 0, 0]
    assert brute(gradient(form, "x"), {"g": np.array(3)}).tolist() == [0, 3, 3, 3, 0, 0]


def test_a_tensor_that_is_not_read_has_no_gradient():
    form = Form("y", (Range("o", 3),), (Term((Read("x", (o,)),)),), (("x", (3,)), ("w", (2,))))
    with pytest.raises((IndexError, StopIteration)):
        gradient(form, "w")


def test_several_forms_add_up():
    x = whole((5,), 3)
    one = Form(
        "u", (Range("o", 3),), (Term((Read("x", (2 * o,)), Read("x", (o,)))),), (("x", (5,)),)
    )
    two = Form("v", (Range("i", 4), Range("k", 2)), (Term((Read("x", (i + k,)),)),), (("x", (5,)),))
    made = combined([(one, "p"), (two, "q")], "x", "dx")
    p, q = whole((3,), 4), whole((4, 2), 5)
    want = sum(
        contracted(g, slopes(lambda arrays, form=form: brute(form, arrays), {"x": x}, "x"))
        for form, g in ((one, p), (two, q))
    )
    assert equal(brute(made, {"x": x, "p": p, "q": q}), want)
    assert set(made.tensors) == {"x", "p", "q"}


# --- dual numbers -------------------------------------------------------------------------------


def test_dual_arithmetic():
    a, b = Dual(3, {0: 1}), Dual(Fraction(1, 2), {1: 1, 0: 4})
    assert (a * b).value == Fraction(3, 2)
    assert (a * b).slopes == {0: Fraction(1, 2) + 12, 1: 3}
    assert (a + b).slopes == {0: 5, 1: 1}
    assert (2 + a * 5).value == 17
    assert (2 + 5 * a).slopes == {0: 5}
    assert a > b
    assert not a < b
    assert b < 1


def test_duals_follow_the_table_on_the_stand_ins():
    """The slope of every function is its row of the table, with the stand-ins put in."""
    x = whole((5,), 6)
    for name in FUNCTIONS:
        form = Form("y", (Range("o", 5),), (Term((Read("x", (o,), name),)),), (("x", (5,)),))
        table = exact_jacobian([form], {"x": x}, "x")
        for a in range(5):
            want = sum(
                factor * np.prod([STAND_INS[n](x[a]) for n in names], dtype=object)
                for factor, names in FUNCTIONS[name].derivative
            )
            assert [table[a, b] for b in range(5)] == [want if a == b else 0 for b in range(5)]


def test_duals_through_a_chain_with_a_maximum():
    """Several equations, one of them a choice of places, against differences."""
    made = graph("h = conv1d(x[7], w[2], stride=2)\nm = max_pool1d(h, 2, 1)\ny = relu(m)")
    assert any(isinstance(e, Selection) for e in made.equations)
    arrays = {"x": whole((7,), 8), "w": whole((2,), 1)}

    def output(values):
        known = dict(values)
        for equation in made.equations:
            known[equation.name] = evaluate_equation(equation, known)
        return known["y"]

    for tensor in ("x", "w"):
        want = slopes(output, arrays, tensor)
        assert np.any(want)
        assert equal(exact_jacobian(made.equations, arrays, tensor), want)


# --- reverse mode -------------------------------------------------------------------------------

CHAINS = (
    "h = conv1d(x[9], u[2], padding=1)\nr = relu(h)\ny = conv1d(r, w[3], stride=2)\nL = mse(y, t)",
    "h = conv1d(x[8], w[3], padding=1)\nr = add(h, x)\ny = conv1d(r, w, stride=2)",
    "a = conv1d(x[6], w[2])\nb = conv1d(x, v[3], padding=(1,0))\nc = sub(a, b)\ny = add(c, a)",
    "m = max_pool1d(x[2,7], 3, 2)\ny = conv1d(m, w[4,2,2])\nL = sum(y)",
    "y[o] = sum(x[o+k]*x[o]*w[k], k=0..2) for o=0..4\nz = avg_pool1d(y, 2, 1)\nL = mse(z, t)",
)


@pytest.mark.parametrize("text", CHAINS)
def test_reverse_mode_is_the_derivative_of_the_chain(text):
    made = graph(text)
    arrays = {
        t.name: whole(tuple(number(n, {}) for n in t.shape), 3 + place)
        for place, t in enumerate(made.inputs)
    }
    names = upstream_names(made)
    g = upstream(made.equations[-1], {}) if names[made.output] else np.array(1)

    def run(values):
        known = dict(values)
        for equation in made.equations:
            known[equation.name] = evaluate_equation(equation, known)
        return known

    values = run(arrays) | ({"g": g} if names[made.output] else {})
    for form in backward(made):
        values[form.name] = evaluate_equation(form, values)
    for tensor in arrays:
        step = STEP / 1000
        want = np.empty(arrays[tensor].shape, dtype=object)
        for at in np.ndindex(*want.shape):

            def moved(t, at=at, tensor=tensor):
                array = arrays[tensor].copy()
                array[at] = array[at] + t
                return contracted(g, run(arrays | {tensor: array})[made.output])

            want[at] = along(moved, step)
        assert np.any(want)
        assert equal(values[names[tensor]], want), tensor


def test_only_what_is_wanted_is_made():
    made = graph(CHAINS[0])
    (difference,) = (form.name for form in made.equations if form.name not in "hryL")
    inner = f"d{difference}"
    assert [form.name for form in backward(made, ["w"])] == [inner, "dy", "dw"]
    assert [form.name for form in backward(made, ["u"])] == [inner, "dy", "dr", "dh", "du"]
    everything = [form.name for form in backward(made)]
    assert set(everything) == {inner, "dy", "dr", "dh", "du", "dw", "dx", "dt"}
    assert everything.index("dr") < everything.index("dh") < everything.index("dx")


def test_a_tensor_that_the_output_does_not_reach_is_passed_over():
    made = graph("h = conv1d(x[5], w[2])\nz = conv1d(x, v[3])")
    assert [form.name for form in backward(made)] == ["dv", "dx"]
    assert backward(made, ["w"]) == ()


def test_upstream_names_avoid_what_is_in_use():
    names = upstream_names(graph("h = conv1d(g[5], dh[2])\ny = relu(h)"))
    assert names["y"] == "g_1"
    assert names["h"] == "dh_1"
    assert names["g"] == "dg"
    assert len(set(names.values())) == len(names)
    assert upstream_names(graph("L = sum(x[4])"))["L"] == ""
    assert upstream_names(graph("y = conv1d(x[g], w[2])"))["y"] == "g_1"


SECOND = (
    ("y[o] = sum(x[o+k]*x[o]*w[k], k=0..K-1) for o=0..O-1", "x", "x", {"K": 3, "O": 4}),
    ("y[o] = sum(x[2*o+k]*w[k], k=0..K-1) for o=0..O-1", "x", "w", {"K": 3, "O": 4}),
    ("y[o] = sum(x[o+k]*x[o+k]*x[o]*w[k], k=0..K-1) for o=0..O-1", "w", "x", {"K": 2, "O": 3}),
)


@pytest.mark.parametrize(("text", "first", "second", "sizes"), SECOND)
def test_a_second_derivative_with_symbolic_sizes(text, first, second, sizes):
    """The Hessian of Σ g·y along v, from the rule applied twice, by PyTorch's autograd twice."""
    torch = pytest.importorskip("torch")
    (form,) = graph(text).equations
    once = gradient(form, first)
    twice = eliminate(gradient(once, second, "v"))
    (fixed,) = fix_sizes(graph(text), sizes).equations
    shapes = {name: tuple(number(n, {}) for n in shape) for name, shape in fixed.shapes}
    leaves = {
        name: torch.tensor(whole(shape, 4).astype(float), requires_grad=True)
        for name, shape in shapes.items()
    }
    x, w = leaves["x"], leaves["w"]
    power = text.count("x[o+k]") or 1
    stride = 2 if "2*o" in text else 1
    rows = []
    for a in range(sizes["O"]):
        window = x[stride * a : stride * a + sizes["K"]]
        head = x[a] if "x[o]" in text else 1
        rows.append((window**power * w).sum() * head)
    g, v = upstream(fixed, {}), whole(shapes[first], 9)
    scalar = (torch.stack(rows) * torch.tensor(g.astype(float))).sum()
    (slope,) = torch.autograd.grad(scalar, leaves[first], create_graph=True)
    (want,) = torch.autograd.grad((slope * torch.tensor(v.astype(float))).sum(), leaves[second])
    arrays = {name: whole(shape, 4) for name, shape in shapes.items()}
    got = evaluate_equation(twice, arrays | {"g": g, "v": v}, sizes)
    assert np.array_equal(got.astype(float), want.numpy())
    assert np.any(want.numpy())


def test_the_condition_of_a_tied_index_is_kept():
    """y[o] = x[k, o+k]: the first axis is tied to k, the second asks for o + k = j."""
    term = Term((Read("x", (k, o + k)),), (Range("k", 3),), (Condition(k, "!=", 1),))
    form = Form("y", (Range("o", 2),), (term,), (("x", (3, 5)),))
    g = np.array([2, 3])
    want = np.zeros((3, 5), dtype=int)
    for a in range(2):
        for b in (0, 2):
            want[b, a + b] = g[a]
    assert equal(brute(gradient(form, "x"), {"g": g}), want)
