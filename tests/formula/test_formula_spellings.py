"""Spellings that people use: each with a claim that is true and one that is false."""

import math

import numpy as np
import pytest
from formula_pairs import (
    DW,
    ENTROPY,
    FIVE,
    FREE,
    LAYER,
    LINE,
    MATRIX,
    PAIRS,
    PLANE,
    POOL,
    RELU,
    SOFT,
)

from symconv.conventions import Conventions
from symconv.judge import judge
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formulas
from symconv.syntax.spec import parse


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
    (POOL, r"y_o = \max_k x_{2o}", {}),
    (POOL, r"y_o = \max_{j,k} x_{2o+k}", {}),
    (POOL, r"y_o = \max(x_{2o}, x_{2o+1}, x_{2o+3})", {}),
    (POOL, r"y_1 = \max(x_0, x_1, x_2)", {}),
    (POOL, r"dx_i = \max_{0 \le k < 3} g_i", {}),
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


def test_a_softmax_is_that_of_a_loss():
    graph = build(parse(LINE))
    with pytest.raises(FormulaError, match="softmax"):
        read_formulas(r"dx_i = p_i", graph, Conventions(**SOFT))
    values = {"x": [0.5, -1.0, 2.0]}
    graph = build(parse(ENTROPY))
    (reading,) = read_formulas(r"dx_i = p_i", graph, Conventions(**SOFT))
    powers = [math.exp(v) for v in values["x"]]
    read = {"x": np.array(values["x"])}
    for form in (*graph.equations[:2], *reading.before):
        read[form.name] = evaluate_equation(form, read, {"C": 3})
    found = evaluate_equation(reading.sides[1], read, {"C": 3})
    assert list(found) == pytest.approx([v / sum(powers) for v in powers])
