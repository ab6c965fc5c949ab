"""Spellings that people and programs write, each with its meaning as known by hand."""

import pytest

from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

LINE = "y = conv1d(x[N], w[K], stride=2, padding=P)"
ROWS = [
    # a product that starts with a bracket, behind a minus
    (r"dx_i = \sum_o g_{3-o} w_{i-(3-o)\cdot 2+P}", "proved"),
    (r"dx_i = \sum_o g_{3-o} w_{i-(3-o)\cdot 2-P}", "conditional"),
    ("dx_i = sum_o g[o]*w[i - (o)*2 + P]", "proved"),
    ("dx_i = sum_o g[o]*w[i - (o)*3 + P]", "refuted"),
    # a plain sum whose last index has no limits
    ("dw[k] = sum(g[o]*x[2*o+k-P], o)", "proved"),
    ("dw[k] = sum(g[o]*x[o+k-P], o)", "refuted"),
    # the upstream gradient itself, about which nothing is derived
    (r"g_o = \frac{\partial L}{\partial y_o}", "proved"),
    (r"g_o = 2 \frac{\partial L}{\partial y_o}", "refuted"),
    # an indicator whose relation starts with a bracket
    (r"dx_i = \sum_k \mathbb{1}[(i+P-k) \bmod 2 = 0] g_{\lfloor (i+P-k)/2 \rfloor} w_k", "proved"),
    (r"dx_i = \sum_k \mathbb{1}[(i-P-k) \bmod 3 = 0] g_{\lfloor (i+P-k)/2 \rfloor} w_k", "refuted"),
    (r"dx_i = \sum_{k,o} \mathbb{1}_{[2o+k-P = i]} g_o w_k", "proved"),
    # a gradient whose letter is bold
    (r"d\mathbf{w}_k = \sum_o g_o x_{2o+k-P}", "proved"),
    (r"d\mathbf{w}_k = \sum_o g_o x_{2o-k-P}", "refuted"),
]


@pytest.mark.parametrize(("text", "outcome"), ROWS)
def test_spelling(text, outcome):
    found = judge(text, build(parse(LINE)))
    assert found.outcome == outcome, found.evidence
