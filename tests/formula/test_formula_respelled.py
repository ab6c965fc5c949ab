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
     r"\frac{\partial L}{\partial K_{k}} = \sum_{o=0}^{O - 1} \delta_{o}"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "options", "text", "part"), ROWS, ids=[row[2] for row in ROWS])
def test_the_right_formula_can_be_pasted(op, options, text, part):
    verdict = check(text, op=op, **options)
    assert not verdict.good
    assert part in verdict.correct
    # The letters of sizes that printing introduces are said in words beside the formula.
    sizes = {"O": "width(y)", "O_{h}": "height(y)", "O_{w}": "width(y)"}
    names = ", ".join(f"{k}={v}" for k, v in sizes.items() if f"{k} - 1" in verdict.correct)
    own = ", ".join(filter(None, [options.get("names", ""), names]))
    again = check(verdict.correct, op=op, **{**options, "names": own})
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
