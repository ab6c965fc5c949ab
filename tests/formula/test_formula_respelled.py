"""The right formula comes back in the note's own axis orders and names, and is then proved."""

import pytest

from symconv import check

TWO = "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=S, padding=P)"
ONE = "y = conv1d(x[N], w[K], stride=2, padding=P)"
CHANNELS_LAST = {"layout": "NHWC", "kernel_layout": "HWIO"}
ROWS = [
    (TWO, CHANNELS_LAST,
     r"y_{n,i,j,f} = \sum_{p,q,c} x_{n,i+Sp,j+Sq,c} w_{p,q,c,f} + b_f",
     r"x_{n,S i + k_{h} - P,S j + k_{w} - P,c}"),
    (TWO, CHANNELS_LAST,
     r"\frac{\partial L}{\partial w_{p,q,c,f}} = \sum_{n,i,j} g_{n,i,j,f} x_{n,i+p,j+q,c}",
     r"\frac{\partial L}{\partial w_{p,q,c,f}}"),
    (TWO, {"layout": "NHWC"},
     r"\frac{\partial L}{\partial b_{f}} = \frac{1}{N} \sum_{n,i,j} g_{n,i,j,f}",
     r"g_{n,o_{h},o_{w},f}"),
    (ONE, {"upstream": "delta"}, r"\frac{\partial L}{\partial w_k} = \sum_o \delta_o x_{o+k}",
     r"\delta_{o}"),
    (ONE, {"names": r"K=w, \delta=g"}, r"\frac{\partial L}{\partial K_k} = \sum_o \delta_o x_{o+k}",
     r"\frac{\partial L}{\partial K_{k}} = \sum_{o=0}^{\left\lfloor \frac{N + 2P - K}{2}"),
    (ONE, {"index_base": 1}, r"\frac{\partial L}{\partial w_k} = \sum_o g_o x_{o+k}",
     r"\frac{N + 2P - K}{2} \right\rfloor + 1} g_{o} \, x_{2o + k - 2 - P}"),
    ("y = conv2d(x[H,W], w[K,L])", {"index_base": 1, "upstream": r"\delta"},
     r"\frac{\partial L}{\partial x_{u,v}} = \sum_{m,n} \delta_{u-m,v-n} w_{m,n}",
     r"o_{h} + k_{h} - 1 = u"),
    ("y = conv1d(x=[1,2,3,4], w=[2,-1])", {"index_base": 1}, "y_2 = 2", "y_{2} = 2 "),
    ("y = conv1d(x=[1,2,3,4], w=[2,-1])", {"index_base": 1, "upstream": r"\delta"},
     r"\frac{\partial L}{\partial x_2} = 2\delta_1 - \delta_2", r"\delta_{o}"),
    (ONE, {}, r"\frac{\partial L}{\partial w_1} = \sum_o g_o x_o", r"\partial w_{1}} = \sum_{o=0}"),
    ("y = conv1d(x[N], w[K], stride=S)", {}, r"\frac{\partial y_o}{\partial w_k} = x_{o+Sk}",
     r"x_{S o + k'}"),
    ("y = conv2d(x[H,W], w[K,L])", {"names": "k=w, I=x"},
     r"y_{i,j} = \sum_{m,n} k_{m,n} I_{i-m,j-n}", r"k_{m_{h},m_{w}}"),
    (TWO, {}, r"\text{shape}(y) = (N, C, H, W)", r"\text{shape}(y) = (N, F, "),
    (ONE, {}, r"\text{width}(y) = (N-K)//2 + 1", r"\text{width}(y) = \left\lfloor"),
    ("y = conv1d(x=[a,b,c,d], w=[p,q,r])", {"names": "A=matrix(y, x)"},
     r"A = \begin{pmatrix} r & q & p & 0 \\ 0 & r & q & p \end{pmatrix}",
     r"A = \begin{bmatrix} p & q & r & 0"),
    ("y = conv1d(x=[1,2,3,4], w=[2,-1])", {},
     r"\begin{pmatrix} y_0 \\ y_1 \\ y_2 \end{pmatrix} = \begin{pmatrix} 0 \\ 1 \\ 3 \end{pmatrix}",
     r"\begin{pmatrix} y_0 \\ y_1 \\ y_2 \end{pmatrix} = "),
]  # fmt: skip


@pytest.mark.parametrize(("op", "options", "text", "part"), ROWS, ids=[row[2] for row in ROWS])
def test_the_right_formula_can_be_pasted(op, options, text, part):
    verdict = check(text, op=op, **options)
    assert not verdict.good
    assert part in verdict.correct
    again = check(verdict.correct, op=op, **options)
    assert again.outcome == "proved", again.evidence


def test_the_orders_are_assumptions():
    text = r"y_{n,i,j,f} = \sum_{p,q,c} x_{n,Si+p-P,Sj+q-P,c} w_{p,q,c,f} + b_f"
    verdict = check(text, op=TWO, **CHANNELS_LAST)
    assert verdict.outcome == "proved"
    assert {"images are written as NHWC", "kernels are written as HWIO"} <= set(verdict.assumptions)
    assert check(text, op=TWO).outcome != "proved"


def test_the_inside_of_an_operation_is_not_shown():
    """mse is a sum of squares of differences: the right gradient is one of y and t."""
    op = "L = mse(y[N], t[N])"
    right = check(r"\frac{\partial L}{\partial y_i} = \frac{1}{N}(y_i - t_i)", op=op).correct
    assert right.endswith(r"= \frac{2}{N} \, y_{i} - \frac{2}{N} \, t_{i}")
    assert check(right, op=op).outcome == "proved"


def test_the_tensors_of_a_chain_stay():
    op = "h = conv1d(x[N], u[K]); y = relu(h)"
    right = check(r"\frac{\partial L}{\partial u_k} = \sum_o g_o x_{o+k}", op=op).correct
    assert r"\frac{\partial L}{\partial h_{o}} \, x_{o + k}" in right
