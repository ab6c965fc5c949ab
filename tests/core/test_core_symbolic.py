"""SymPy readings: index notation expanded by SymPy, and written-out sums with numbers put in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from core_forms import brute, equal, forms, number, whole
from core_plain import ANY, NUMBERS, PLAIN, POSITIVE, tree, trials, value
from hypothesis import given, settings

import symconv
from symconv.index import Condition, FloorDiv, Max, Min, Mod, Symbol
from symconv.meaning import FLOATS
from symconv.operations.build import build
from symconv.symbolic import (
    SCALAR_FUNCTIONS,
    condition_sympy,
    form_sympy,
    index_sympy,
    integer,
)
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term, with_sizes
from symconv.written import element_symbols, written_out

o, k, i, S, N, K, P = map(Symbol, "okiSNKP")


def expanded(form, arrays, sizes, at):
    """SymPy's own expansion of the right-hand side at one output position, with data."""
    letters = {integer(r.name): place for r, place in zip(form.ranges, at, strict=True)}
    numbers = {integer(name): size for name, size in sizes.items()}
    expression = form_sympy(form).subs(numbers | letters).doit()

    def read(base, *indices):
        return sympy.Rational(str(arrays[str(base)][tuple(map(int, indices))]))

    expression = expression.replace(sympy.Indexed, read)
    assert not expression.has(sympy.Sum, sympy.Piecewise, sympy.Indexed), expression
    return Fraction(str(sympy.nsimplify(expression)))


# --- indices ------------------------------------------------------------------------------------


@trials(100)
@given(PLAIN, NUMBERS)
def test_indices_have_the_same_value(plain, numbers):
    made = index_sympy(tree(plain))
    names = {integer(name): numbers[name] for name in (*ANY, *POSITIVE)}
    assert sympy.sympify(made).subs(names) == value(plain, numbers)


@pytest.mark.parametrize("relation", ["==", "!=", "<", "<=", ">", ">="])
def test_conditions_have_the_same_truth(relation):
    condition = Condition(2 * o - k, relation, Mod(i, 3))
    made = condition_sympy(condition)
    for a in range(-1, 3):
        for b in range(3):
            for c in range(4):
                want = eval(f"2*a - b {relation} c % 3", {"a": a, "b": b, "c": c})
                got = made.subs({integer("o"): a, integer("k"): b, integer("i"): c})
                assert bool(got) is want


def test_every_symbol_has_the_same_assumptions():
    """N in a size is the N of a position."""
    made = index_sympy(FloorDiv(N - K, S) + 1)
    assert made.free_symbols == {integer("N"), integer("K"), integer("S")}
    assert integer("N").is_integer
    assert integer("N").is_positive is None
    assert made == sympy.floor((integer("N") - integer("K")) / integer("S")) + 1
    assert index_sympy(Min((N, Max((0, K))))) == sympy.Min(integer("N"), sympy.Max(0, integer("K")))
    with pytest.raises(TypeError, match="not an index expression"):
        index_sympy(2.5)


def test_the_functions_are_the_real_ones():
    for name, function in SCALAR_FUNCTIONS.items():
        for v in (-2, -0.25, 0, 1, 3) if name not in ("log", "reciprocal") else (0.25, 1, 3):
            got = float(function(sympy.Float(v)))
            assert abs(got - FLOATS[name](v)) < 1e-12, (name, v)
    assert set(SCALAR_FUNCTIONS) == set(FLOATS)


# --- forms in index notation --------------------------------------------------------------------


def test_sympy_expands_a_form_to_its_value():
    changed = []

    @settings(trials(30))
    @given(forms(terms=2))
    def expands(case):
        want = case.values()
        for at in list(np.ndindex(*want.shape))[:3]:
            assert expanded(case.form, case.arrays, case.sizes, at) == want[at]
            changed.append(want[at] != 0)

    expands()
    assert sum(changed) > 10


SPECS = (
    (
        "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
        {"N": 6, "K": 3, "S": 2, "P": 2, "D": 2},
    ),
    ("y = conv_transpose1d(x[H], w[K], stride=S, padding=P)", {"H": 3, "K": 4, "S": 2, "P": 1}),
    ("y = avg_pool1d(x[9], 3, stride=2, padding=1, count_include_pad=False)", {}),
    ('y = convolve(x[N], w[K], mode="circular")', {"N": 4, "K": 3}),
)


@pytest.mark.parametrize(("text", "sizes"), SPECS)
def test_definitions_and_gradients_in_sympy(text, sizes):
    op = symconv.operation(text)
    fixed = op.at(**sizes)
    arrays = {t.name: whole(tuple(t.shape), 3) for t in fixed.program.inputs}
    g = whole(fixed.output_shape, 5)
    (form,) = op.program.equations
    y = brute(form, arrays, sizes)
    for at in ((0,), (1,), (y.size - 1,)):
        assert expanded(form, arrays, sizes, at) == y[at]
    for tensor in arrays:
        for kind in ("raw", "gathered"):
            gradient = op.gradient(tensor).form(kind)
            assert op.gradient(tensor).sympy(kind) == form_sympy(gradient)
            want = brute(op.gradient(tensor).raw, arrays | {"g": g}, sizes)
            for at in ((0,), (arrays[tensor].size - 1,)):
                assert expanded(gradient, arrays | {"g": g}, sizes, at) == want[at]


def test_an_empty_sum_is_nothing():
    """SymPy's sum from 3 to 0 is minus the terms between; ours has no terms."""
    term = Term((Read("x", (k,)),), (Range("k", K, 3),))
    form = Form("y", (), (term,), (("x", (5,)),))
    x = whole((5,), 2)
    for size in range(6):
        assert expanded(form, {"x": x}, {"K": size}, ()) == brute(form, {"x": x}, {"K": size})[()]
    pair = Term((Read("x", (k,)), Read("x", (o,))), (Range("k", K - 2), Range("o", 4, K)))
    form = Form("y", (), (pair,), (("x", (5,)),))
    for size in range(1, 6):
        assert expanded(form, {"x": x}, {"K": size}, ()) == brute(form, {"x": x}, {"K": size})[()]


def test_a_read_that_stays_inside_needs_no_guard():
    form = Form(
        "y",
        (Range("o", N),),
        (Term((Read("x", (o,)), Read("w", (k,))), (Range("k", K),)),),
        (("x", (N,)), ("w", (K,))),
    )
    made = form_sympy(form)
    assert not made.has(sympy.Piecewise)
    x, w = sympy.IndexedBase("x"), sympy.IndexedBase("w")
    at = integer("k")
    assert made == sympy.Sum(x[integer("o")] * w[at], (at, 0, integer("K") - 1))
    wider = with_sizes(form, {"K": 3})
    longer = Form("y", wider.ranges, wider.terms, (("x", (N,)), ("w", (2,))))
    assert form_sympy(longer).has(sympy.Piecewise)


def test_a_scalar_is_a_symbol():
    form = Form("y", (), (Term((Read("b", ()),), (), (), Fraction(-1, 2)),), (("b", ()),))
    assert form_sympy(form) == -sympy.Symbol("b") / 2
    assert form_sympy(Form("y", (), (), ())) == 0


# --- written out --------------------------------------------------------------------------------


@trials(40)
@given(forms(terms=2))
def test_written_out_sums_have_the_same_value(case):
    symbols, numbers = {}, {}
    for name, array in case.arrays.items():
        made = np.empty(array.size, dtype=object)
        made[:] = [sympy.Symbol(f"{name}_{n}") for n in range(array.size)]
        symbols[name] = made.reshape(array.shape)
        numbers |= dict(zip(made, map(sympy.Integer, array.ravel()), strict=True))
    written = written_out(case.form, symbols, case.sizes)
    want = case.values()
    assert written.shape == want.shape
    for at in np.ndindex(*want.shape):
        got = sympy.sympify(written[at]).subs(numbers)
        assert Fraction(str(got)) == want[at]


def test_a_convolution_written_out():
    op = symconv.operation("y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)")
    assert [str(e) for e in op.outputs()] == [
        "a*y + b*z",
        "a*x + b*y + c*z",
        "b*x + c*y + d*z",
        "c*x + d*y",
    ]
    assert [str(e) for e in op.gradient("w").outputs()] == [
        "a*g_1 + b*g_2 + c*g_3",
        "a*g_0 + b*g_1 + c*g_2 + d*g_3",
        "b*g_0 + c*g_1 + d*g_2",
    ]


def test_numbers_and_functions_written_out():
    op = symconv.operation("y = conv1d(x=[a,2,1/2], w=[1,-1])")
    assert [str(e) for e in op.outputs()] == ["a - 2", "3/2"]
    relu = symconv.operation("y = relu(x=[a,-3])").outputs()
    assert [str(e) for e in relu] == ["Max(0, a)", "0"]
    mean = symconv.operation(
        "y = avg_pool1d(x[4], 3, stride=2, padding=1, count_include_pad=False)"
    ).outputs()
    assert [str(sympy.expand(e)) for e in mean] == ["x_0/2 + x_1/2", "x_1/3 + x_2/3 + x_3/3"]


def test_the_elements_of_a_graph():
    made = build(parse("h = conv1d(x=[a,b,c], w[2])\ny = relu(h)"))
    symbols = element_symbols(made, {"g": (2,)})
    assert {name: [str(e) for e in array] for name, array in symbols.items()} == {
        "x": ["a", "b", "c"],
        "w": ["w_0", "w_1"],
        "h": ["h_0", "h_1"],
        "y": ["y_0", "y_1"],
        "g": ["g_0", "g_1"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "y = conv2d(x[2,3,3], w[2,2,2,2], stride=(2,1), padding=(1,0))",
        "y = conv_transpose2d(x[2,2], w[2,3], stride=(2,1), padding=(0,1))",
    ],
)
def test_gradients_written_out_are_sympys_own(text):
    """∂(Σ g·y)/∂x by SymPy's `diff` on the written-out outputs."""
    op = symconv.operation(text)
    total = sum(g * y for g, y in zip(op.symbols["g"].ravel(), op.outputs().ravel(), strict=True))
    for tensor in op.inputs:
        made = op.gradient(tensor).outputs().ravel()
        for element, got in zip(op.symbols[tensor].ravel(), made, strict=True):
            assert sympy.expand(sympy.diff(total, element) - got) == 0
    assert equal(np.shape(made), (op.symbols[tensor].size,))
    assert number(op.program.inputs[0].shape[-1], {}) in (2, 3)
