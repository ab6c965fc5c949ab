"""LaTeX: the formulas of textbooks, in their order; every index read back to its value."""

from __future__ import annotations

from fractions import Fraction

import core_latex
import pytest
from core_plain import NUMBERS, PLAIN, tree, trials, value
from hypothesis import given

import symconv
from symconv.elements import (
    flat_elements,
    latex_element,
    latex_names,
    names,
    numbers,
    positions,
    sympy_elements,
)
from symconv.geometry import Axis
from symconv.graph import Tensor
from symconv.index import Condition, FloorDiv, Max, Min, Mod, Product, Sum, Symbol
from symconv.names import indexed, latex_name
from symconv.notation import (
    Style,
    bound_name,
    condition_latex,
    conditions_latex,
    equation_latex,
    form_latex,
    fraction_latex,
    index_latex,
    ranges_latex,
    read_latex,
    shape_latex,
    size_latex,
    size_names,
    tensor_latex,
    term_latex,
)
from symconv.operations.build import build
from symconv.printing import printing_style
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term

H, K, S, D, P, Q, N, o, k, i, m = map(Symbol, "HKSDPQNokim")

# --- indices ------------------------------------------------------------------------------------


@trials(200)
@given(PLAIN, NUMBERS)
def test_an_index_is_read_back_to_its_value(plain, numbers):
    shown = index_latex(tree(plain))
    assert core_latex.value(shown, numbers) == value(plain, numbers), shown


@pytest.mark.parametrize(
    "wrong", ["2o + k mod 3", "2 3", "o + + k", "-o mod 3", "o)", r"\frac{o}{2}"]
)
def test_the_reader_refuses_what_can_be_read_two_ways(wrong):
    wrong = wrong.replace(" mod ", r"\;\mathrm{mod}\;")
    with pytest.raises((AssertionError, KeyError, IndexError)):
        core_latex.value(wrong, {"o": 5, "k": 2})


INDICES = (
    (S * o + D * k - P, "S o + D k - P"),
    (2 * o + k - P, "2o + k - P"),
    (D * (K - 1) - P, "D(K - 1) - P"),
    (K - 1 - P, "K - 1 - P"),
    ((K - 1) * 2, r"(K - 1) \cdot 2"),
    (Product((2, 3)), r"2 \cdot 3"),
    (o - (k - 1), "o - (k - 1)"),
    (-1 * (o + k), "-(o + k)"),
    (-1 * Mod(o, 3), r"-(o\;\mathrm{mod}\;3)"),
    (Mod(o, 3) - 1, r"(o\;\mathrm{mod}\;3) - 1"),
    (1 - Mod(o, 3), r"1 - (o\;\mathrm{mod}\;3)"),
    (Mod(o - k, N), r"(o - k)\;\mathrm{mod}\;N"),
    (FloorDiv(i - k, S) - 1, r"\left\lfloor \frac{i - k}{S} \right\rfloor - 1"),
    (2 * FloorDiv(i, 2), r"2\left\lfloor \frac{i}{2} \right\rfloor"),
    (Min((Max((i, 0)), N - 1)), r"\min\left(\max\left(i, 0\right), N - 1\right)"),
    (Symbol("K_h") * Symbol("o_h"), "K_{h}o_{h}"),
    (Symbol("alpha") * o, r"\alpha o"),
    (-2 * o + 1, "-2o + 1"),
    (-3, "-3"),
)


@pytest.mark.parametrize(("index", "latex"), INDICES, ids=[latex for _, latex in INDICES])
def test_indices(index, latex):
    assert index_latex(index) == latex


def test_a_quotient_that_comes_out_whole_has_no_floor():
    exact = [Mod(i - k, S)]
    assert index_latex(FloorDiv(i - k, S), exact) == "(i - k)/S"
    assert index_latex(FloorDiv(i, S), [Mod(i, S)]) == "i/S"
    assert "lfloor" in index_latex(FloorDiv(i - k, D), exact)
    assert index_latex(2 * FloorDiv(i, S), [Mod(i, S)]) == "2(i/S)"


# --- sizes --------------------------------------------------------------------------------------


def test_sizes_in_the_order_of_textbooks():
    axis = Axis(H, K, S, D, P, P, Q)
    assert index_latex(axis.output()) == (
        r"\left\lfloor \frac{H + 2P - D(K - 1) - 1}{S} \right\rfloor + 1"
    )
    assert index_latex(axis.transposed_output()) == "(H - 1)S - 2P + D(K - 1) + Q + 1"
    assert shape_latex((N, 3, H - K + 1)) == r"N \times 3 \times H - K + 1"
    assert shape_latex(()) == r"\text{a number}"


SHAPES = (
    (
        "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
        [r"\left\lfloor \frac{N + 2P - D(K - 1) - 1}{S} \right\rfloor + 1"],
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], stride=(2,1), padding=P)",
        [
            "N",
            "F",
            r"\left\lfloor \frac{H + 2P - K_{h}}{2} \right\rfloor + 1",
            "W + 2P - K_{w} + 1",
        ],
    ),
    (
        "y = conv_transpose1d(x[H], w[K], stride=S, padding=P, dilation=D, output_padding=Q)",
        ["(H - 1)S - 2P + D(K - 1) + Q + 1"],
    ),
    (
        "y = conv_transpose2d(x[C,H,W], w[C,F,K,L], stride=(S,T))",
        ["F", "(H - 1)S + K", "(W - 1)T + L"],
    ),
    ('y = convolve(x[N], w[K], mode="full")', ["N + K - 1"]),
    ("y = max_pool1d(x[H], K)", [r"\left\lfloor \frac{H - K}{K} \right\rfloor + 1"]),
    ("Y = unfold(x[C,H,W], (2,3))", ["6C", None]),
)


@pytest.mark.parametrize(("text", "shape"), SHAPES, ids=[text for text, _ in SHAPES])
def test_output_sizes(text, shape):
    made = build(parse(text))
    found = [index_latex(n) for n in made.shapes[made.output]]
    assert [None if w is None else f for f, w in zip(found, shape, strict=True)] == shape


def test_long_sizes_get_letters():
    made = build(parse("h = conv1d(x[N], u[A])\ny = conv1d(h, w[O])"))
    style = printing_style(made)
    first, second = made.equations
    assert [size_latex(e.shape[0], style) for e in (first, second)] == ["O_{1}", "O_{2}"]
    assert ranges_latex(second.ranges, style) == r"0 \le o < O_{2}"
    assert size_latex(N, style) == "N"
    assert size_latex(5, style) == "5"
    two = build(parse("y = conv2d(x[H,W], w[K,L])"))
    assert sorted(size_names(two.equations, ["K"]).values()) == ["O_h", "O_w"]


# --- whole formulas -----------------------------------------------------------------------------

HEAD = r"\frac{\partial L}{\partial "
CONV = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
CONV2 = "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=(2,1), padding=P)"
TRANSPOSED = "y = conv_transpose1d(x[H], w[K], stride=S, padding=P)"
AVERAGE = "y = avg_pool1d(x[9], 3, stride=2, padding=1, count_include_pad=False)"
COUNT = r"\min\left(2o + 2, 9\right) - \max\left(2o - 1, 0\right)"
QUOTIENT = r"2\left\lfloor \frac{i + 1 - k}{2} \right\rfloor"
COUNTED = rf"\min\left({QUOTIENT} + 2, 9\right) - \max\left({QUOTIENT} - 1, 0\right)"

FORMULAS = (
    (CONV, "", r"y_{o} = \sum_{k=0}^{K - 1} w_{k} \, x_{S o + D k - P}"),
    (
        CONV,
        "raw x",
        rf"{HEAD}x_{{i}}}} = \sum_{{o=0}}^{{O - 1}} "
        r"\sum_{\substack{k=0\\ S o + D k - P = i}}^{K - 1} g_{o} \, w_{k}",
    ),
    (
        CONV,
        "gathered x",
        rf"{HEAD}x_{{i}}}} = "
        r"\sum_{\substack{k=0\\ S \mid i + P - D k}}^{K - 1} g_{(i + P - D k)/S} \, w_{k}",
    ),
    (
        CONV,
        "closed x",
        rf"{HEAD}x_{{i}}}} = "
        r"\sum_{k=0}^{K - 1} \hat{g}_{i + D k - (D(K - 1) - P)} \, w_{K - 1 - k}",
    ),
    (
        CONV,
        "closed w",
        rf"{HEAD}w_{{k}}}} = \sum_{{o=0}}^{{O - 1}} g_{{o}} \, x_{{D k + S o - P}}",
    ),
    (
        CONV2,
        "",
        r"y_{n,f,o_{h},o_{w}} = b_{f} + \sum_{c=0}^{C - 1} \sum_{k_{h}=0}^{K_{h} - 1} "
        r"\sum_{k_{w}=0}^{K_{w} - 1} w_{f,c,k_{h},k_{w}} \, "
        r"x_{n,c,2o_{h} + k_{h} - P,o_{w} + k_{w} - P}",
    ),
    (
        CONV2,
        "gathered w",
        rf"{HEAD}w_{{f,c,k_{{h}},k_{{w}}}}}} = \sum_{{n=0}}^{{N - 1}} "
        r"\sum_{o_{h}=0}^{O_{h} - 1} \sum_{o_{w}=0}^{O_{w} - 1} g_{n,f,o_{h},o_{w}} \, "
        r"x_{n,c,2o_{h} + k_{h} - P,o_{w} + k_{w} - P}",
    ),
    (
        CONV2,
        "gathered b",
        rf"{HEAD}b_{{f}}}} = \sum_{{n=0}}^{{N - 1}} \sum_{{o_{{h}}=0}}^{{O_{{h}} - 1}} "
        r"\sum_{o_{w}=0}^{O_{w} - 1} g_{n,f,o_{h},o_{w}}",
    ),
    (
        TRANSPOSED,
        "",
        r"y_{o} = \sum_{i=0}^{H - 1} \sum_{\substack{k=0\\ S i + k - P = o}}^{K - 1} "
        r"x_{i} \, w_{k}",
    ),
    (
        TRANSPOSED,
        "gathered x",
        rf"{HEAD}x_{{i}}}} = \sum_{{k=0}}^{{K - 1}} g_{{S i + k - P}} \, w_{{k}}",
    ),
    (
        'y = convolve(x[N], w[K], mode="full")',
        "",
        r"y_{o} = \sum_{k=0}^{K - 1} w_{k} \, x_{o - k}",
    ),
    (
        'y = convolve(x[N], w[K], mode="circular")',
        "",
        r"y_{o} = \sum_{k=0}^{K - 1} w_{k} \, x_{(o - k)\;\mathrm{mod}\;N}",
    ),
    ("y = avg_pool1d(x[H], 3, stride=2)", "", r"y_{o} = \frac{1}{3} \sum_{k=0}^{2} x_{2o + k}"),
    (AVERAGE, "", rf"y_{{o}} = \frac{{1}}{{{COUNT}}} \sum_{{k=0}}^{{2}} x_{{2o + k - 1}}"),
    (
        AVERAGE,
        "raw x",
        rf"{HEAD}x_{{i}}}} = \sum_{{o=0}}^{{4}} \sum_{{\substack{{k=0\\ 2o + k - 1 = i}}}}^{{2}} "
        rf"\frac{{1}}{{{COUNT}}} g_{{o}}",
    ),
    (
        AVERAGE,
        "gathered x",
        rf"{HEAD}x_{{i}}}} = \sum_{{\substack{{k=0\\ 2 \mid i + 1 - k}}}}^{{2}} "
        rf"\frac{{1}}{{{COUNTED}}} g_{{(i + 1 - k)/2}}",
    ),
    (
        "y = max_pool1d(x[H], K, stride=S, padding=P)",
        "",
        r"M_{o,k} = \left[k \text{ is the first place where } x_{S o + k - P} "
        r"\text{ is largest}\right]"
        "\n"
        r"y_{o} = \sum_{k=0}^{K - 1} M_{o,k} \, x_{S o + k - P}",
    ),
    (
        "y = max_pool1d(x[H], K, stride=S)",
        "gathered x",
        rf"{HEAD}x_{{i}}}} = \sum_{{\substack{{k=0\\ S \mid i - k}}}}^{{K - 1}} "
        r"g_{(i - k)/S} \, M_{(i - k)/S,k}",
    ),
    ("y = relu(x[N])", "", r"y_{i} = \operatorname{relu}(x_{i})"),
    ("y = relu(x[N])", "gathered x", rf"{HEAD}x_{{i}}}} = g_{{i}} \, [x_{{i}} > 0]"),
    (
        "y = sigmoid(x[N])",
        "gathered x",
        rf"{HEAD}x_{{i}}}} = g_{{i}} \, \sigma(x_{{i}}) - g_{{i}} \, "
        r"\left(\sigma(x_{i})\right)^{2}",
    ),
    (
        "y = tanh(x[N])",
        "raw x",
        rf"{HEAD}x_{{i}}}} = g_{{i}} - g_{{i}} \, \left(\tanh(x_{{i}})\right)^{{2}}",
    ),
    ("y = sub(a[N], b[N])", "raw b", rf"{HEAD}b_{{i}}}} = -g_{{i}}"),
    ("y = scale(x[N], 1/2)", "", r"y_{i} = \frac{1}{2} \, x_{i}"),
    ("L = sum(x[N])", "raw x", rf"{HEAD}x_{{i}}}} = 1"),
    (
        "L = mse(y[N], t[N])",
        "",
        r"d_{i} = y_{i} - t_{i}"
        "\n"
        r"L = \frac{1}{N} \sum_{i=0}^{N - 1} {d_{i}}^{2}",
    ),
    ("L = mse(y[N], t[N])", "raw t", rf"{HEAD}t_{{i}}}} = -{HEAD}d_{{i}}}}"),
    (
        "L = cross_entropy(z[N,C], t[N,C])",
        "raw t",
        rf"{HEAD}t_{{n,c}}}} = \frac{{1}}{{N}} \, \log(s_{{n}}) - \frac{{1}}{{N}} \, z_{{n,c}}",
    ),
    (
        "y[o] = sum(-1/2*relu(x[o+k])*w[k], k=0..K-1, k != 1, (o+k)%2==0) - x[o]*x[o] for o=0..O-1",
        "",
        r"y_{o} = -\frac{1}{2} \sum_{\substack{k=0\\ k \ne 1\\ 2 \mid o + k}}^{K - 1} "
        r"\operatorname{relu}(x_{o + k}) \, w_{k} - {x_{o}}^{2}",
    ),
    (
        "h = conv1d(x[N], u[A])\ny = relu(h)",
        "gathered u",
        rf"{HEAD}u_{{k}}}} = \sum_{{o=0}}^{{O - 1}} {HEAD}h_{{o}}}} \, x_{{o + k}}",
    ),
    (
        "h = conv1d(x[N], u[A], stride=2)\ny = relu(h)",
        "closed x",
        rf"{HEAD}x_{{i}}}} = \sum_{{k=0}}^{{A - 1}} \widehat{{{HEAD}h}}}}_{{i + k - (A - 1)}} "
        r"\, u_{A - 1 - k}",
    ),
)


@pytest.mark.parametrize(
    ("text", "what", "latex"), FORMULAS, ids=[f"{w} {t}" for t, w, _ in FORMULAS]
)
def test_formulas(text, what, latex):
    op = symconv.operation(text)
    if not what:
        assert op.latex() == latex
        return
    kind, tensor = what.split()
    assert op.gradient(tensor).latex(kind) == latex


def test_a_divisor_stands_inside_a_sum_over_its_index():
    """1/(o+1) may not be pulled out of a sum over o, but out of one over k."""
    read = Read("x", (o + k,))
    inside = Term((read,), (Range("o", 3),), (), Fraction(2), (o + 1,))
    assert term_latex(inside) == r"\sum_{o=0}^{2} \frac{2}{o + 1} x_{o + k}"
    outside = Term((read,), (Range("k", 3),), (), Fraction(-2), (o + 1,))
    assert term_latex(outside) == r"-\frac{2}{o + 1} \sum_{k=0}^{2} x_{o + k}"
    several = Term((read,), (Range("k", 3),), (), Fraction(1, 3), (N, o + 1))
    assert term_latex(several) == r"\frac{1}{3 N (o + 1)} \sum_{k=0}^{2} x_{o + k}"
    assert term_latex(Term((), (), (), Fraction(-3))) == "-3"
    assert term_latex(Term((), (Range("k", 3),))) == r"\sum_{k=0}^{2} 1"


def test_conditions():
    conditions = (Condition(0, "<=", i - k), Condition(i - k, "<", N), Condition(k, "!=", 1))
    assert conditions_latex(conditions) == [r"0 \le i - k < N", r"k \ne 1"]
    assert conditions_latex(conditions[1:]) == ["i - k < N", r"k \ne 1"]
    assert conditions_latex((Condition(i, "<", N), Condition(2, "<=", i))) == [r"2 \le i < N"]
    assert condition_latex(Condition(Mod(i - k, S), "==", 0)) == r"S \mid i - k"
    assert condition_latex(Condition(Mod(i, S), "==", 1)) == r"i\;\mathrm{mod}\;S = 1"
    assert condition_latex(Condition(o + k, ">=", i)) == r"o + k \ge i"
    bare = Term((Read("x", (o,)),), (), (Condition(o, "<", 3),))
    assert term_latex(bare) == r"\left[o < 3\right] \, x_{o}"


def test_reads_and_tensors():
    style = Style(
        gradients={"dh": "h"},
        accents={"g_up": r"\hat{g}"},
        jacobians={"dy_dx": ("y", "x", 1)},
    )
    assert tensor_latex("dh", ["o"], style) == rf"{HEAD}h_{{o}}}}"
    assert tensor_latex("g_up", ["i", "k"], style) == r"\hat{g}_{i,k}"
    assert tensor_latex("dy_dx", ["o", "i"], style) == (r"\frac{\partial y_{o}}{\partial x_{i}}")
    assert tensor_latex("x", [], style) == "x"
    assert read_latex(Read("x", (o,), "step")) == "[x_{o} > 0]"
    assert read_latex(Read("x", (o,), "reciprocal")) == r"\frac{1}{x_{o}}"
    assert read_latex(Read("x", (o,), "log")) == r"\log(x_{o})"
    assert form_latex(Form("y", (), (), ())) == "0"
    assert equation_latex(Form("y", (Range("o_1", 3),), (), ())) == "y_{o'} = 0"


# --- names --------------------------------------------------------------------------------------

NAMES = (
    ("x", "x"),
    ("K_h", "K_{h}"),
    ("alpha", r"\alpha"),
    ("sigma_1", r"\sigma_{1}"),
    ("pad", r"\mathrm{pad}"),
    ("dx", r"\mathrm{d}x"),
    ("x_1_2", "x_{1,2}"),
    ("w_in", r"w_{\mathrm{in}}"),
    ("output_padding", r"\text{output padding}"),
    ("N_2", "N_{2}"),
)


@pytest.mark.parametrize(("name", "latex"), NAMES)
def test_names(name, latex):
    assert latex_name(name) == latex


def test_a_second_index_of_a_kind_gets_a_prime():
    assert [bound_name(n) for n in ("n_1", "o_2", "o_h_1", "N_1", "k_h")] == [
        "n'",
        "o''",
        "o_{h}'",
        "N_{1}",
        "k_{h}",
    ]


def test_an_index_on_a_name_that_has_one():
    assert indexed("x", "o") == "x_{o}"
    assert indexed("x_{1}", "o") == "x_{1,o}"
    assert indexed(r"\mathrm{out}", "o") == r"\mathrm{out}_{o}"


def test_fractions():
    assert [fraction_latex(v) for v in (3, Fraction(-4), Fraction(1, 2), Fraction(-3, 4))] == [
        "3",
        "-4",
        r"\frac{1}{2}",
        r"-\frac{3}{4}",
    ]


# --- elements -----------------------------------------------------------------------------------


def test_elements_are_named_in_row_major_order():
    assert positions((2, 2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert names("x", (2, 2)) == ["x_0_0", "x_0_1", "x_1_0", "x_1_1"]
    assert latex_names("x", (2, 11))[-1] == "x_{1,10}"
    assert latex_names("K_h", (2,)) == ["K_{h,0}", "K_{h,1}"]
    assert latex_names("L", ()) == ["L"]
    assert names("L", ()) == ["L"]


def test_given_elements_keep_their_names_and_numbers():
    given = (("a", 2), (Fraction(-1, 2), "alpha"))
    assert flat_elements(given) == ["a", 2, Fraction(-1, 2), "alpha"]
    assert names("x", (2, 2), given) == ["a", "2", "-1/2", "alpha"]
    assert latex_names("x", (2, 2), given) == ["a", "2", r"-\frac{1}{2}", r"\alpha"]
    array = sympy_elements("x", (2, 2), given)
    assert [str(v) for v in array.ravel()] == ["a", "2", "-1/2", "alpha"]
    assert array[0, 1] + array[1, 0] == Fraction(3, 2)
    assert [str(v) for v in sympy_elements("w", (2,))] == ["w_0", "w_1"]
    assert latex_element(Fraction(4, 2)) == "2"


def test_numbers_are_there_only_if_all_are():
    assert numbers(Tensor("x", (2,), (3, Fraction(1, 2)))).tolist() == [3, Fraction(1, 2)]
    assert numbers(Tensor("x", (2, 1), ((3,), (4,)))).tolist() == [[3], [4]]
    assert numbers(Tensor("x", (2,), (3, "a"))) is None
    assert numbers(Tensor("x", (2,))) is None


@pytest.mark.parametrize("what", [2.5, "o", Sum])
def test_what_is_no_index_is_refused(what):
    with pytest.raises(TypeError, match="not an index expression"):
        index_latex(what)


def test_the_letter_of_a_product_of_one():
    assert index_latex(Product((m,))) == "m"
