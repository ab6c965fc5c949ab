# ruff: noqa: E501
"""Spellings that people use: each with a claim that is true and one that is false."""

import pytest

from symconv.conventions import Conventions
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formulas
from symconv.syntax.spec import parse

LINE = "y = conv1d(x[N], w[K])"
TWO = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
BIAS = "y = conv1d(x[N], w[K], b)"
LAYER = "y = conv1d(x[B,C,N], w[F,C,K])"
PLANE = "y = conv2d(x[H,W], w[A,B])"
FIVE = "y = conv1d(x[5], w[2])"
RELU = "y = relu(x[N])"
SHORT = "y = conv1d(x[N], w[3])"
MATRIX = {"names": (("M", "matrix(y,x)"),)}
WIDTH = {"names": (("O", "width(y)"),)}
DW, BAD = r" = \sum_o g_o x_{o+k}", r" = \sum_o g_o x_{o-k}"

PAIRS = [
    (LINE, left + DW, left + BAD, {})
    for left in (
        r"{\partial L \over \partial w_k}", r"\partial W_k", r"\partial w_k", r"\frac{\delta L}{\delta w_k}",
        r"\frac{\delta L}{\delta w}_k", r"\partial_{w_k} L", r"\nabla_{w_k} L", r"\text{Backward: } dw_k",
        r"\text{Backward}: \frac{\partial L}{\partial W_k}",
    )
]  # fmt: skip
PAIRS += [
    (LINE, r"dw_k = \frac12 \sum_o 2 g_o x_{o+k}", r"dw_k = \frac12 \sum_o g_o x_{o+k}", {}),
    (LINE, r"dw_k = \frac13 \sum_o 3 g_o x_{o+k}", r"dw_k = \frac1N \sum_o g_o x_{o+k}", {}),
    (TWO, r"O = \left\lfloor {N + 2P - K \over 2} \right\rfloor + 1", r"O = \left\lfloor {N + P - K \over 2} \right\rfloor + 1", WIDTH),
    (LAYER, r"dx_{b,ch,p} = \sum_f \sum_k g_{b,f,p-k} w_{f,ch,k}", r"dx_{b,ch,p} = \sum_f \sum_k g_{b,f,p+k} w_{f,ch,k}", {}),
    (LAYER, r"X_{b,ch,p} = \sum_f \sum_k g_{b,f,p-k} w_{f,ch,k}", r"X_{b,ch,p} = \sum_f \sum_k g_{b,ch,p-k} w_{f,ch,k}", {"names": (("X", "dx"),)}),
    (LAYER, r"dw_{fil,ch,k} = \sum_b \sum_o g_{b,fil,o} x_{b,ch,o+k}", r"dw_{fil,ch,k} = \sum_b \sum_o g_{b,fil,o} x_{b,ch,o}", {}),
    (LAYER, r"y_{b,fil,o} = \sum_{ch}\sum_k w_{fil,ch,k} x_{b,ch,o+k}", r"y_{b,fil,o} = \sum_{ch=1}^{C-1}\sum_k w_{fil,ch,k} x_{b,ch,o+k}", {}),
    (PLANE, r"\partial W_{11} = \sum_{i,j} \partial Y_{ij} x_{i+1,j+1}", r"\partial W_{11} = \sum_{i,j} \partial Y_{ij} x_{i+2,j+1}", {}),
    (FREE, r"dx_i = \sum_{(o,k):\, So+k=i+P} w_k g_o", r"dx_i = \sum_{(o,k):\, So+k=i-P} w_k g_o", {}),
    (FREE, r"dx_i = \sum_{\{(o,k) \mid So+k-P=i\}} w_k g_o", r"dx_i = \sum_{\{(o,k) \mid o+k-P=i\}} w_k g_o", {}),
    (FREE, r"dx_i = \sum_{o,k \text{ s.t. } So+k-P=i} w_k g_o", r"dx_i = \sum_{o,k \text{ s.t. } So-k-P=i} w_k g_o", {}),
    (TWO, r"dx_i = \sum_{k \equiv i+P \bmod 2} w_k g_{(i+P-k)//2}", r"dx_i = \sum_{k \equiv i \bmod 2} w_k g_{(i+P-k)//2}", {}),
    (TWO, r"dx_i = \sum_{k:\, i+P-k \equiv 0 \bmod 2} w_k g_{(i+P-k)//2}", r"dx_i = \sum_{k:\, i+P-k \equiv 1 \bmod 2} w_k g_{(i+P-k)//2}", {}),
    (RELU, r"dx_i = g_i[x_i \ge 0]", r"dx_i = g_i[x_i \le 0]", {}),
    (RELU, r"dx_i = g_i (1 - [x_i < 0])", r"dx_i = g_i [x_i < 0]", {}),
    (RELU, r"y_i = \begin{cases} x_i & x_i \ge 0 \\ 0 & x_i < 0 \end{cases}", r"y_i = \begin{cases} x_i & x_i \ge 0 \\ -x_i & x_i < 0 \end{cases}", {}),
    (LINE, r"O = N - \text{kernel\_size} + 1", r"O = N - \text{kernel\_size}", {"names": (("O", "width(y)"), (r"\text{kernel\_size}", "K"))}),
    (LINE, r"O = N - \text{kernel size} + 1", r"O = N - \text{kernel size}", {"names": (("O", "width(y)"), (r"\text{kernel size}", "K"))}),
    (LINE, r"y_o = w_0 x_o + \dots + w_{K-1} x_{o+K-1}", r"y_o = w_0 x_{o+K-1} + \dots + w_{K-1} x_o", {}),
    (LINE, r"y_o = w_0 x_o + w_1 x_{o+1} + \dots + w_{K-1} x_{o+K-1}", r"y_o = w_0 x_o + w_1 x_{o+2} + \dots + w_{K-1} x_{o+2K-2}", {}),
    (BIAS, r"y_o = w_0 x_o + \cdots + w_{K-1} x_{o+K-1} + b", r"y_o = w_0 x_o + \cdots + w_{K-1} x_{o+K-1} + 2 b", {}),
    (BIAS, r"db = g_0 + g_1 + \dots + g_{N-K}", r"db = g_0 + g_1 + \dots + g_{N-K-1}", {}),
    (SHORT, r"y_o = w_0 x_o + \dots + w_2 x_{o+2}", r"y_o = w_0 x_o + \dots + w_1 x_{o+1}", {}),
    (LINE, r"M_{o,i} = w_{i-o}", r"M_{o,i} = w_{o-i}", MATRIX),
    (TWO, r"M_{oi} = \begin{cases} w_{i-2o+P} & 0 \le i-2o+P < K \\ 0 & \text{otherwise} \end{cases}", r"M_{oi} = w_{i-o+P}", MATRIX),
    (PLANE, r"M_{o,p,i,j} = w_{i-o,j-p}", r"M_{o,p,i,j} = w_{j-p,i-o}", MATRIX),
]  # fmt: skip


@pytest.mark.parametrize(("op", "true", "false", "options"), PAIRS, ids=[p[1] for p in PAIRS])
def test_the_true_one_is_proved_and_the_false_one_is_not(op, true, false, options):
    graph, conventions = build(parse(op)), Conventions(**options)
    assert judge(true, graph, conventions).outcome == "proved"
    assert judge(false, graph, conventions).outcome in ("refuted", "conditional")


UNCLEAR = [
    (LINE, r"y_o = \frac123 \sum_k w_k x_{o+k}", {}),
    (LINE, r"\text{if } K = 3: y_o = \sum_k w_k x_{o+k}", {}),
    (LINE, r"\text{if K is odd: } dw_k" + DW, {}),
    (LINE, r"\text{without padding: } dw_k" + DW, {}),
    (LINE, r"\text{Backward } dw_k" + DW, {}),
    (LINE, r"\nabla_w L_k" + DW, {}),
    (LINE, r"\partial q_k" + DW, {}),
    (LINE, r"\partial L" + DW, {}),
    (LINE, r"M_{o,i,j} = w_{i-o}", MATRIX),
    (PLANE, r"M_{r,i} = w_{i-r}", MATRIX),
    (LAYER, r"y_{b,f,o} = \sum_{c,k} w_{f,c,k} x_{b,c,kt}", {}),
    (LINE, r"y_o = w_0 x_o + \dots + w_{K-1} x_{o+2K-2}", {}),
    (LINE, r"y_o = w_0 x_o + w_1 x_{o+1} + \dots + w_{K-1} x_{o+K}", {}),
    (LINE, r"y_o = w_0 x_o - \dots - w_{K-1} x_{o+K-1}", {}),
    (LINE, r"y_o = w_0 x_o + \dots", {}),
    (LINE, r"y_o = w_0 x_o + 2 w_1 x_{o+1} + \dots + K w_{K-1} x_{o+K-1}", {}),
    (LINE, r"y_o = w_0 x_o + w_2 x_{o+2} + \dots + w_5 x_{o+5}", {}),
    (LINE, r"y_o = w_0 x_o + \dots + w_k x_{o+k} + \dots + w_{K-1} x_{o+K-1}", {}),
    (FREE, r"dx_i = \sum_{(o): So+k=i} w_k g_o", {}),
    (FREE, r"dx_i = \sum_{(o,k)} w_k g_o", {}),
    (FIVE, r"M = \begin{pmatrix} \dots \end{pmatrix}", MATRIX),
    (FIVE, r"M = \begin{pmatrix} \vdots & \vdots \\ \dots & \dots \end{pmatrix}", MATRIX),
]  # fmt: skip


@pytest.mark.parametrize(("op", "text", "options"), UNCLEAR, ids=[u[1] for u in UNCLEAR])
def test_what_is_not_clear_is_not_guessed(op, text, options):
    graph = build(parse(op))
    with pytest.raises(FormulaError) as caught:
        for reading in read_formulas(text, graph, Conventions(**options)):
            claim_of(reading, graph)
    assert caught.value.message


def test_a_row_of_dots_alone_leaves_rows_out():
    graph, said = build(parse(FIVE)), Conventions(**MATRIX)
    shown = (
        r"M = \begin{pmatrix} w_0 & w_1 & 0 & 0 & 0 \\ 0 & w_0 & w_1 & 0 & 0 \\ \dots \end{pmatrix}"
    )
    verdict = judge(shown, graph, said)
    assert (verdict.outcome, verdict.cases) == ("checked", 10)
    assert judge(shown.replace("0 & w_0 & w_1", "0 & w_1 & w_0"), graph, said).outcome == "refuted"


def test_how_it_was_read_is_said():
    graph = build(parse(LINE))
    assert "∂w is read as ∂L/∂w" in judge(r"\partial W_k" + DW, graph).assumptions
    assert (
        "the words 'Backward' are a heading"
        in judge(r"\text{Backward: } dw_k" + DW, graph).assumptions
    )
    said = judge(r"dx_i = g_i[x_i \ge 0]", build(parse(RELU)))
    assert "only where x is not 0" in said.assumptions
