"""Formulas in, verdicts out, through the reading, the provers and the command line."""

import json

import pytest
from click.testing import CliRunner

from symconv.cli import main
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

LINE = "y = conv1d(x[N], w[K], stride=2, padding=P)"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=P)"
UP = "y = conv_transpose1d(x[N], w[K], stride=3, padding=P)"
SIGNAL = "y = convolve(x[N], w[K])"

TRUE = [
    (LINE, r"y_o = \sum_{k=0}^{K-1} w_k x_{2o+k-P}"),
    (LINE, r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{2o+k-P}"),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i+P-k)/2} w_k"),
    (LAYER, r"\frac{\partial L}{\partial b_f} = \sum_{n,i,j} g_{n,f,i,j}"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k-P,j+l-P}"),
    (UP, r"dx_i = \sum_k g_{3i+k-P} w_k"),
    (SIGNAL, r"dx_i = \sum_k g_{i+k} w_k"),
]
FALSE = [
    (LINE, r"y_o = \sum_{k=0}^{K-1} w_k x_{2o-k-P}"),
    (LINE, r"\frac{\partial L}{\partial w_k} = \sum_o \frac{\partial L}{\partial y_o} x_{o+k-P}"),
    (LINE, r"\frac{\partial L}{\partial x_i} = \sum_k g_{(i+P-k)/2} w_{K-1-k}"),
    (LAYER, r"\frac{\partial L}{\partial b_f} = \sum_{i,j} g_{0,f,i,j}"),
    (LAYER, r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,i+k-P,2j+l-P}"),
    (UP, r"dx_i = \sum_k g_{3i-k+P} w_k"),
    (SIGNAL, r"dx_i = \sum_k g_{i+k} w_{K-1-k}"),
]


@pytest.mark.parametrize(("spec", "formula"), TRUE)
def test_true_formulas_are_proved(spec, formula):
    found = judge(formula, build(parse(spec)))
    assert found.outcome == "proved"
    assert "for all" in found.evidence
    assert "engine" in found.witness


@pytest.mark.parametrize(("spec", "formula"), FALSE)
def test_false_formulas_are_refuted_with_a_counterexample(spec, formula):
    found = judge(formula, build(parse(spec)))
    assert found.outcome == "refuted"
    example = found.counterexample
    assert example is not None and example.left != example.right
    assert found.correct


def test_what_is_not_understood_says_where():
    found = judge(r"\frac{\partial L}{\partial w_k} = \sum_o g_o \heartsuit", build(parse(LINE)))
    assert found.outcome == "not_understood"
    assert "column" in found.evidence


@pytest.mark.parametrize(
    ("formula", "code", "word"),
    [(TRUE[1][1], 0, "proved"), (FALSE[1][1], 1, "refuted"), (r"y_o = \foo", 1, "not understood")],
)
def test_the_command_answers_and_exits(formula, code, word):
    done = CliRunner().invoke(main, ["check", "--op", LINE, "--formula", formula])
    assert done.exit_code == code
    assert done.output.startswith(word)
    as_data = ["check", "--op", LINE, "--formula", formula, "--format", "json"]
    (row,) = json.loads(CliRunner().invoke(main, as_data).output)
    assert row["outcome"].replace("_", " ") == word


def test_a_bias_that_is_one_number_under_a_smooth_function():
    graph = build(parse("z = conv1d(x[N], w[K], b)\na = sigmoid(z)"))
    right = r"\frac{\partial L}{\partial b} = \sum_o g_o a_o (1 - a_o)"
    assert judge(right, graph).outcome == "proved"
    assert judge(right.replace("(1 - a_o)", "(1 + a_o)"), graph).outcome == "refuted"


@pytest.mark.parametrize(
    ("spec", "wrong", "right"),
    [
        ("y = conv1d(x=[1,2,3,4], w=[1,0,-1])", "y_0 = 3", r"1 \cdot 1 + 0 \cdot 2 + (-1) \cdot 3"),
        ("y = conv1d(x=[1/2,2,3,4], w=[a,0,b])", "y_1 = 3", r"a \cdot 2 + 0 \cdot 3 + b \cdot 4"),
    ],
)
def test_a_right_formula_of_numbers_keeps_them_apart(spec, wrong, right):
    graph = build(parse(spec))
    verdict = judge(wrong, graph)
    assert verdict.outcome == "refuted"
    assert verdict.correct.endswith(right)
    assert judge(verdict.correct, graph).outcome == "proved"


def test_tensors_of_the_inside_are_explained():
    graph = build(parse("L = cross_entropy(y[N,C], t[N,C])"))
    verdict = judge(r"\frac{\partial L}{\partial y_{n,c}} = t_{n,c}", graph)
    assert r"\frac{1}{s_{n}}" in verdict.correct
    assert r"there s_{n} = \sum_{c=0}^{C - 1} \exp(y_{n,c})" in verdict.notes
    mean = judge(
        r"\frac{\partial L}{\partial y_o} = y_o",
        build(parse("y = conv1d(x[N], w[K])\nL = mse(y, t)")),
    )
    assert mean.outcome == "refuted" and not any("d_{o}" in note for note in mean.notes)


def test_the_largest_of_a_window_is_explained():
    verdict = judge(r"y_o = \max_k x_{o+k}", build(parse("y = max_pool1d(x[N], 2, stride=2)")))
    assert verdict.outcome == "refuted"
    assert "M_{o,k}" in verdict.correct
    assert any(note.startswith("there M_{o,k} = ") and "largest" in note for note in verdict.notes)
