"""Spellings that people and programs write, each with its meaning as known by hand."""

import pytest

from symconv.conventions import Conventions
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


BATCH = "y = conv1d(x[B,C,N], w[F,C,K])"
LIMITS = [
    ("y[n,f,o] = sum(w[f,c,k]*x[n,c,o+k], c, k=0..K-1)", "not_understood"),
    ("y[n,f,o] = sum(w[f,c,k]*x[n,c,o+k], k=0..K-1, c)", "proved"),
    ("y[n,f,o] = sum(w[f,c,k]*x[n,c,o+k], c=0..C-1, k=0..K-1)", "proved"),
    ("y[n,f,o] = sum(w[f,c,k]*x[n,c,o+k], c=0..K-1, k=0..K-1)", "refuted"),
    ("y[n,f,o] = sum(w[f,c,k]*x[n,c,o+k], c, k)", "proved"),
]


@pytest.mark.parametrize(("text", "outcome"), LIMITS)
def test_limits(text, outcome):
    found = judge(text, build(parse(BATCH)))
    assert found.outcome == outcome, found.evidence


POOL = "y = max_pool1d(x[N], 3, 2)"
RING = 'y = conv1d(x[N], w[3], padding=1, padding_mode="circular")'
SIGNS = [
    # -a//b is (-a)//b, as in Python: the usual way to round up
    (POOL, "O = -(-(N-3)//2)+1", "conditional"),
    (POOL, "O = -(-(N-4)//2)+1", "proved"),
    (POOL, "O = -(3-N)//2+1", "proved"),
    (POOL, "O = -((3-N)//2)+1", "conditional"),
    (POOL, "O = -2*(3-N)//4+1", "proved"),
    (POOL, "O = 1-(3-N)//2", "conditional"),
    (RING, "y_o = sum(w[k]*x[-(1-o-k) % N], k=0..2)", "proved"),
    (RING, r"y_o = \sum_{k=0}^{2} w_k x_{-(1-o-k) \bmod N}", "proved"),
    (RING, "y_o = sum(w[k]*x[-((1-o-k) % N)], k=0..2)", "refuted"),
    # in mathematics o + k - 1 mod N may be the remainder of all of it, or of the 1
    (RING, r"y_o = \sum_{k=0}^{2} w_k x_{o+k-1 \bmod N}", "not_understood"),
    (RING, r"y_o = \sum_{k=0}^{2} w_k x_{(o+k-1) \bmod N}", "proved"),
]


@pytest.mark.parametrize(("spec", "text", "outcome"), SIGNS)
def test_signs(spec, text, outcome):
    found = judge(text, build(parse(spec)), Conventions(names=(("O", "width(y)"),)))
    assert found.outcome == outcome, found.evidence
