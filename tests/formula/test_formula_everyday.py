"""What lecturers and frameworks write every day: options by word, given numbers, masks of maxima.

Each formula is a pair of a right and a wrong one; what the right one means is also worked out by
plain loops.
"""

# ruff: noqa: E501
from __future__ import annotations

import math

import numpy as np
import pytest

from symconv.conventions import Conventions
from symconv.gradients import backward, upstream_names
from symconv.index import concrete, evaluate
from symconv.meaning import FLOATS, evaluate_equation
from symconv.operations.build import build
from symconv.provers import decide
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.spec import parse

LINE = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
IMAGE = "y = conv2d(x[N,C,H,W], w[F,C,A,B], stride=(S,T), padding=(P,Q))"
UP = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P, output_padding=Q)"
SIGMOID = "a = sigmoid(z[N])"
FULL = "y = convolve(x[N], w[M])"
RELUS = "a = relu(z[N])"
STRIDED = "y = conv1d(x[N], w[K], stride=S)"
SPREAD = "y = conv1d(x[N], w[K], dilation=D)"
TANH = "a = tanh(z[N])"
MAX = "y = max_pool1d(x[N], 3, 2)"
MAXES = "y = max_pool2d(x[H,W], 3, stride=2, padding=1)"
APART = "y = max_pool1d(x[N], 2)"
AVG = "y = avg_pool2d(x[H,W], 2)"
NUMBERS = "y = conv1d(x=[1,-2,3,5], w=[2,0,-1])"
TWICE = "y = conv1d(x=[1,2,3,4], w=[a,b,a])"
RELU = "h = conv1d(x=[1,-2,3,-4], w=[1,1])\ny = relu(h)"
POOLED = "y = max_pool1d(x=[1,3,2,5], 2)"

PAIRS = [
    (LINE, r"L_{out} = \left\lfloor \frac{L_{in} + 2 \times \text{padding} - \text{dilation} \times (\text{kernel\_size} - 1) - 1}{\text{stride}} + 1 \right\rfloor", r"L_{out} = \left\lfloor \frac{L_{in} + 2 \times \text{padding} - \text{dilation} \times \text{kernel\_size}}{\text{stride}} + 2 \right\rfloor"),
    (IMAGE, r"W_{out} = \left\lfloor \frac{W_{in} + 2 \times \text{padding}[1] - \text{kernel\_size}[1]}{\text{stride}[1]} + 1 \right\rfloor", r"W_{out} = \left\lfloor \frac{W_{in} + 2 \times \text{padding}[0] - \text{kernel\_size}[1]}{\text{stride}[1]} + 1 \right\rfloor"),
    (UP, r"L_{out} = (L_{in} - 1) \times stride - 2 \times padding + kernel\_size + output\_padding", r"L_{out} = L_{in} \times stride - 2 \times padding + kernel\_size + output\_padding"),
    (LINE, r"\frac{\partial L}{\partial w_k} = \sum_o g_o x_{o \cdot stride + k \cdot dilation - padding}", r"\frac{\partial L}{\partial w_k} = \sum_o g_o x_{o \cdot dilation + k \cdot stride - padding}"),
    (SIGMOID, r"a_i = \frac{1}{1 + e^{-z_i}}", r"a_i = \frac{1}{1 + e^{z_i}}"),
    (SIGMOID, r"a_i = \frac{\exp(z_i)}{\exp(z_i) + 1}", r"a_i = \frac{\exp(-z_i)}{\exp(-z_i) + 1}"),
    (SIGMOID, r"dz_i = g_i \frac{e^{-z_i}}{(1 + e^{-z_i})^2}", r"dz_i = g_i \frac{e^{-z_i}}{1 + e^{-z_i}}"),
    (TANH, r"a_i = \frac{e^{z_i} - e^{-z_i}}{e^{z_i} + e^{-z_i}}", r"a_i = \frac{e^{z_i}}{1 + e^{z_i}}"),
    (SIGMOID, r"dz_i = g_i \frac{a_i^2}{a_i} (1 - a_i)", r"dz_i = \frac{g_i}{a_i} (1 - a_i)"),
    (APART, r"dx_i = g_{\lfloor i/2 \rfloor} \cdot \mathbb{1}[x_i = y_{\lfloor i/2 \rfloor}]", r"dx_i = g_{\lfloor i/2 \rfloor} \cdot \mathbb{1}[x_i \ne y_{\lfloor i/2 \rfloor}]"),
    (MAX, r"dx_i = \sum_o g_o [y_o = x_i]", r"dx_i = g_{\lfloor i/2 \rfloor} [x_i = y_{\lfloor i/2 \rfloor}]"),
    (MAXES, r"dx_{p,q} = \sum_{i,j} g_{i,j} 1\{x_{p,q} = y_{i,j}\}", r"dx_{p,q} = \sum_{i,j} g_{i,j} 1\{x_{q,p} = y_{i,j}\}"),
    (APART, r"dx_i = \begin{cases} g_{\lfloor i/2 \rfloor} & x_i = y_{\lfloor i/2 \rfloor} \\ 0 & \text{otherwise} \end{cases}", r"dx_i = \begin{cases} 0 & x_i = y_{\lfloor i/2 \rfloor} \\ g_{\lfloor i/2 \rfloor} & \text{otherwise} \end{cases}"),
    (MAX, r"y_o = \max_k x_{2o+k}", r"y_o = \max_k x_{2o+k+1}"),
    (MAXES, r"y_{i,j} = \max_{m,n} x_{2i+m-1,2j+n-1}", r"y_{i,j} = \max_{m,n} x_{2i+m,2j+n}"),
    (MAXES, r"y_{i,j} = \max_{a,b \in \{0,1,2\}} x_{2i+a-1,2j+b-1}", r"y_{i,j} = \max_{a,b \in \{0,1\}} x_{2i+a-1,2j+b-1}"),
    (MAXES, r"y_{i,j} = \max_{0 \le a, b \le 2} x_{2i+a-1,2j+b-1}", r"y_{i,j} = \max_{0 \le a, b < 2} x_{2i+a-1,2j+b-1}"),
    (AVG, r"y_{i,j} = \frac14 \sum_{0 \le a,b \le 1} x_{2i+a,2j+b}", r"y_{i,j} = \frac14 \sum_{0 \le a,b \le 2} x_{2i+a,2j+b}"),
    (AVG, r"y_{i,j} = \frac14 \sum_{a,b \in \{0,1\}} x_{2i+a,2j+b}", r"y_{i,j} = \frac14 \sum_{a,b \in \{0,1,2\}} x_{2i+a,2j+b}"),
    (AVG, r"y_{i,j} = \frac14 \sum_{p,q} x_{p,q} 1[2i \le p \le 2i+1] 1(2j \le q < 2j+2)", r"y_{i,j} = \frac14 \sum_{p,q} x_{p,q} 1[2i \le p < 2i+1] 1(2j \le q < 2j+2)"),
    (NUMBERS, r"y_0 = 2 \cdot 1 + 0 \cdot (-2) - 1 \cdot 3 = -1", r"y_0 = 2 \cdot 1 + 0 \cdot (-2) - 1 \cdot 3 = 1"),
    (NUMBERS, r"y = (-1, -9)", r"y = (-1, 9)"),
    (NUMBERS, r"\frac{\partial L}{\partial w} = (g_0 - 2 g_1, 3 g_1 - 2 g_0, 3 g_0 + 5 g_1)", r"\frac{\partial L}{\partial w} = (g_0 - 2 g_1, 3 g_1 - 2 g_0, 3 g_0 + 4 g_1)"),
    (NUMBERS, r"\frac{\partial L}{\partial x} = (2 g_0, 2 g_1, -g_0, -g_1)", r"\frac{\partial L}{\partial x} = (2 g_0, 2 g_1, -g_1, -g_0)"),
    (NUMBERS, r"y_o = w_0 x_o + w_1 x_{o+1} + w_2 x_{o+2}", r"y_o = w_0 x_o + w_2 x_{o+2}"),
    (TWICE, r"y = (4a + 2b, 6a + 3b)", r"y = (4a + 2b, 6a + 2b)"),
    (TWICE, r"y_o = a x_o + b x_{o+1} + a x_{o+2}", r"y_o = a x_o + b x_{o+1} + b x_{o+2}"),
    (RELU, r"y = (0, 1, 0)", r"y = (-1, 1, -1)"),
    (RELU, r"\frac{\partial L}{\partial w} = (-2 g_1, 3 g_1)", r"\frac{\partial L}{\partial w} = (g_0 - 2 g_1 + 3 g_2, 3 g_1)"),
    (POOLED, r"\frac{\partial L}{\partial x} = (0, g_0, 0, g_1)", r"\frac{\partial L}{\partial x} = (g_0, 0, 0, g_1)"),
    (RELUS, r"dz = da \odot (z > 0)", r"dz = da \odot (da > 0)"),
    (RELUS, r"dz = da * (z > 0)", r"dz = da * (z < 0)"),
    (RELUS, r"dz = da \odot \mathbb{1}[0 < a]", r"dz = da \odot \mathbb{1}[0 > a]"),
    (RELUS, r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \odot \mathbf{1}_{z > 0}", r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \odot \mathbf{1}_{z \le 0}"),
    (RELUS, r"dz_i = da_i (z_i > 0)", r"dz_i = da_i (z_i \le 0)"),
    (SIGMOID, r"dz = da * a * (1 - a)", r"dz = da * a * (1 + a)"),
    (NUMBERS, r"\text{len}(y) = 2", r"\text{len}(y) = 3"),
    (FULL, r"\text{len}(y) = N + M - 1", r"\text{len}(y) = N + M"),
    (STRIDED, r"dw_k = g_0 x_k + g_1 x_{S+k} + \dots + g_{O-1} x_{(O-1)S+k}", r"dw_k = g_0 x_k + g_1 x_{S+k} + \dots + g_{O-2} x_{(O-2)S+k}"),
    (STRIDED, r"dw_k = g_0 x_k + \dots + g_{O-1} x_{(O-1)S+k}", r"dw_k = g_0 x_k + \dots + g_{O-1} x_{(O-1)+k}"),
    (SPREAD, r"y_0 = w_0 x_0 + w_1 x_D + \dots + w_{K-1} x_{(K-1)D}", r"y_0 = w_0 x_0 + w_1 x_D + \dots + w_{K-2} x_{(K-2)D}"),
    (TWICE, r"\begin{bmatrix} a & b & a & 0 \\ 0 & a & b & a \end{bmatrix} = A", r"\begin{bmatrix} a & b & b & 0 \\ 0 & a & b & a \end{bmatrix} = A"),
    (TWICE, r"A = \begin{bmatrix} a & b & a & 0 \\ 0 & a & b & a \end{bmatrix}", r"A = \begin{bmatrix} a & b & a & 0 \\ 0 & b & b & a \end{bmatrix}"),
    (NUMBERS, r"\begin{pmatrix} 2 & 0 & -1 & 0 \\ 0 & 2 & 0 & -1 \end{pmatrix} = A", r"\begin{pmatrix} 2 & 0 & 1 & 0 \\ 0 & 2 & 0 & -1 \end{pmatrix} = A"),
    (NUMBERS, r"y_0 = -1 = 2 x_0 - x_2", r"y_0 = -1 = 2 x_0 - x_1"),
    (NUMBERS, r"(-1, -9) = y", r"(-1, 9) = y"),
    (NUMBERS, r"dw_1 = -2 g_0 + 3 g_1", r"dw_1 = g_0 - 2 g_1"),
]  # fmt: skip


def verdicts(op, text):
    graph = build(parse(op))
    names = [("O", "width(y)"), ("A", "matrix(y, x)")]
    named = Conventions(names=tuple(pair for pair in names if pair[0] in text))
    return {decide(claim).outcome for claim in claim_of(read_formula(text, graph, named), graph)}


@pytest.mark.parametrize(("op", "right", "wrong"), PAIRS, ids=[p[1] for p in PAIRS])
def test_the_right_one_holds_and_the_wrong_one_does_not(op, right, wrong):
    assert verdicts(op, right) <= {"proved", "checked"}
    assert "refuted" in verdicts(op, wrong)


# --- by plain loops -----------------------------------------------------------------------------


def value_of(op, text, sizes, data, options=None):
    """The right side at these sizes and values, by the plain evaluator."""
    graph = build(parse(op))
    reading = read_formula(text, graph, Conventions(**(options or {})))
    arrays = dict(data)
    for equation in (*graph.equations, *backward(graph), *reading.before):
        if set(equation.tensors) <= set(arrays) and equation.name not in arrays:
            arrays[equation.name] = evaluate_equation(equation, arrays, sizes, FLOATS)
    side = reading.sides[-1]
    return evaluate_equation(side, {n: arrays[n] for n in side.tensors}, sizes, FLOATS)


def drawn(op, sizes, seed=3):
    """Different numbers for every input and for the upstream gradient."""
    graph = build(parse(op))
    shapes = {tensor.name: tensor.shape for tensor in graph.inputs}
    shapes[upstream_names(graph)[graph.output]] = graph.shapes[graph.output]
    source = np.random.default_rng(seed)
    extents = {name: [concrete(n, sizes) for n in shape] for name, shape in shapes.items()}
    return {n: source.permutation(math.prod(e)).reshape(e) - 3.5 for n, e in extents.items()}


def test_a_maximum_without_limits_is_over_the_window():
    sizes = {"N": 10}
    data = drawn(MAX, sizes)
    found = value_of(MAX, r"y_o = \max_k x_{2o+k}", sizes, data)
    assert found.tolist() == [max(data["x"][2 * o : 2 * o + 3]) for o in range(4)]
    found = value_of(MAX, r"y_o = \max_k x_{2o+k-2}", sizes, data, {"index_base": 1})
    assert found.tolist() == [max(data["x"][2 * o : 2 * o + 3]) for o in range(4)]


def test_an_element_equal_to_its_maximum_takes_the_gradient():
    sizes = {"N": 10}
    data = drawn(MAX, sizes)
    found = value_of(MAX, r"dx_i = \sum_o g_o [x_i = y_o]", sizes, data)
    wanted = np.zeros(10)
    for o in range(4):
        window = list(data["x"][2 * o : 2 * o + 3])
        wanted[2 * o + window.index(max(window))] += data["g"][o]
    assert found.tolist() == wanted.tolist()


def test_of_equal_elements_the_first_counts_and_that_is_said():
    data = drawn(APART, {"N": 4}) | {"x": np.array([2.0, 2.0, 1.0, 1.0])}
    text = r"dx_i = g_{\lfloor i/2 \rfloor} [x_i = y_{\lfloor i/2 \rfloor}]"
    found = value_of(APART, text, {"N": 4}, data)
    assert found.tolist() == [data["g"][0], 0, data["g"][1], 0]
    reading = read_formula(text, build(parse(APART)))
    assert "x = y is read as: the first largest of that window" in reading.notes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"a_i = \frac{1}{1 + e^{-z_i}}", lambda z: 1 / (1 + math.exp(-z))),
        (r"a_i = \frac{1}{1 + e^{z_i}}", lambda z: 1 / (1 + math.exp(z))),
        (r"a_i = \frac{e^{-z_i}}{1 + e^{-z_i}}", lambda z: math.exp(-z) / (1 + math.exp(-z))),
        (r"a_i = \frac{e^{z_i}}{(1 + e^{z_i})^2}", lambda z: math.exp(z) / (1 + math.exp(z)) ** 2),
        (r"a_i = \frac{e^{z_i} - e^{-z_i}}{e^{z_i} + e^{-z_i}}", math.tanh),
    ],
)
def test_quotients_of_exponentials_are_what_they_say(text, wanted):
    data = {"z": np.array([-1.5, 0.25, 2.0]), "g": np.ones(3)}
    found = value_of(SIGMOID, text, {"N": 3}, data)
    assert np.allclose(found, [wanted(z) for z in data["z"]])


def test_options_by_word_have_the_numbers_of_the_operation():
    graph = build(parse(IMAGE))
    text = (
        r"H_{out} = stride[0] + 10 padding[0] + 100 kernel\_size[0] + 1000 padding[1] + 10^4 H_{in}"
    )
    reading = read_formula(text.replace("10^4", "10000"), graph)
    sizes = {"N": 2, "C": 3, "H": 4, "W": 5, "F": 6, "A": 7, "B": 8, "S": 1, "T": 2, "P": 3, "Q": 9}
    assert evaluate(reading.sides[1].top, sizes) == 1 + 30 + 700 + 9000 + 40000
    with pytest.raises(FormulaError, match="stride"):
        read_formula(r"H_{out} = stride + H_{in}", graph)  # differs from axis to axis


def test_elements_as_given_are_noted_and_only_where_they_are_meant():
    graph = build(parse(NUMBERS))
    assert "x is as given: (1, -2, 3, 5)" in read_formula("y_0 = -1", graph).notes
    plain = read_formula(r"y_o = \sum_k w_k x_{o+k}", graph)
    assert not any("as given" in note for note in plain.notes)
    half = read_formula(r"y_0 = 2 x_0 - x_2", graph).notes
    assert [n for n in half if "as given" in n] == ["w is as given: (2, 0, -1)"]


def test_the_mask_of_a_whole_array_is_that_of_its_elements():
    data = {"z": np.array([-1.5, 0.25, 2.0, -3.0]), "g": np.array([2.0, -5.0, 7.0, 11.0])}
    for text in (r"dz = da \odot (z > 0)", r"dz = da * [z \ge 0]"):
        assert value_of(RELUS, text, {"N": 4}, data).tolist() == [0, -5, 7, 0]
    assert value_of(RELUS, r"dz = da \odot (z \le 0)", {"N": 4}, data).tolist() == [2, 0, 0, 11]


def test_letters_are_about_all_values_though_numbers_are_given():
    """h is -1 everywhere at these numbers, so that its cube is h; that proves nothing."""
    op = "h = conv1d(x=[1,2,3,4], w=[1,-1])\nL = sum(h)"
    assert verdicts(op, r"L = \sum_o h_o") == {"proved"}
    assert verdicts(op, r"L = \sum_o h_o h_o h_o") == {"refuted"}
    assert verdicts(op, r"h_o = x_o - x_{o+1}") == {"proved"}
    assert verdicts(op, r"h_o = x_{o+1} - x_{o+2}") == {"refuted"}
    assert verdicts(op, r"L = -3") == {"proved"}


def test_limits_around_several_letters():
    text = r"y_{i,j} = \frac14 \sum_{0 \le a,b < 2} x_{2i+a,2j+b}"
    data = drawn(AVG, {"H": 5, "W": 6})
    found = value_of(AVG, text, {"H": 5, "W": 6}, data)
    x = data["x"]
    for i, j in np.ndindex(2, 3):
        assert found[i, j] == x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum() / 4


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (MAX, r"dx_i = \sum_o g_o [x_i = g_o]"),
        (MAX, r"y_o = \max_{j,k} x_{2o+k}"),
        (AVG, r"y_{i,j} = \frac14 \sum_{a,b \in \{0,2\}} x_{2i+a,2j+b}"),
        (AVG, r"y_{i,j} = \frac14 \sum_{a,b \in \{1,0\}} x_{2i+a,2j+b}"),
        (SIGMOID, r"a_i = \frac{1}{1 - e^{-z_i}}"),
        (SIGMOID, r"a_i = \frac{1}{2 + e^{-z_i}}"),
        (SIGMOID, r"dz_i = \frac{g_i}{z_i}"),
        (LINE, r"L_{out} = stride[1] + L_{in}"),
        (LINE, r"y_o = \sum_k w_k x_{So+Dk-P} (1 \le o)"),
        (LINE, r"dw = x * g"),
        (SPREAD, r"y_0 = w_0 x_0 + w_1 x_D + \dots + w_{K-1} x_{(K-1)D+1}"),
        (SPREAD, r"y_0 = w_0 x_0 + w_1 x_D + \dots + w_{K-1} x_{KD}"),
        (RELUS, r"dz = da \odot (z > 1)"),
    ],
)
def test_what_is_near_to_it_and_not_clear_is_not_guessed(op, text):
    graph = build(parse(op))
    with pytest.raises(FormulaError):
        claim_of(read_formula(text, graph), graph)
