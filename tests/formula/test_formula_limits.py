"""Limits that depend on other indices, quotients in brackets, one element without an index."""

from __future__ import annotations

import math

import pytest

from symconv import check

ONE = "y = conv1d(x[N], w[K])"
LIMITS = [
    (r"\sum_{o=\max(0,i-K+1)}^{\min(i,N-K)} g_o w_{i-o}",
     lambda i, n, k: (max(0, i - k + 1), min(i, n - k))),
    (r"\sum_{o=\max(0,i-K+1)}^{i} g_o w_{i-o}", lambda i, n, k: (max(0, i - k + 1), i)),
    (r"\sum_{o=0}^{i} g_o w_{i-o}", lambda i, n, k: (0, i)),
    (r"\sum_{o=0}^{\min(i,N-K)} g_o w_{i-o}", lambda i, n, k: (0, min(i, n - k))),
    (r"\sum_{o=i-K+1}^{i} g_o w_{i-o}", lambda i, n, k: (i - k + 1, i)),
]  # fmt: skip


def inside(limits) -> bool:
    """Whether a plain loop between the limits stays inside g and w, at every small size."""
    for n in range(1, 6):
        for k in range(1, n + 1):
            for i in range(n):
                first, last = limits(i, n, k)
                for o in range(first, last + 1):
                    if not (0 <= o <= n - k and 0 <= i - o < k):
                        return False
    return True


@pytest.mark.parametrize(("right", "limits"), LIMITS, ids=[row[0] for row in LIMITS])
def test_limits_are_not_cut_down_to_what_can_be_read(right, limits):
    """Where a read outside is an error, a written limit counts as written."""
    text = rf"\frac{{\partial L}}{{\partial x_i}} = {right}"
    verdict = check(text, op=ONE, outside="error")
    assert verdict.outcome == ("proved" if inside(limits) else "refuted"), verdict.reading
    assert check(text, op=ONE).outcome == "proved"  # what is outside counts as 0


@pytest.mark.parametrize(
    ("right", "last"),
    [(r"\sum_{j=o}^{o+K-1} w_{j-o} x_j", -1), (r"\sum_{j=o}^{o+K} w_{j-o} x_j", 0)],
)
def test_limits_that_move_with_the_output(right, last):
    op = {"op": ONE, "outside": "error"}
    assert check(f"y_o = {right}", **op).outcome == ("proved" if last < 0 else "refuted")
    strided = r"y_{p,q} = \sum_{m=Sp}^{Sp+K-1} \sum_{n=Tq}^{Tq+L-1} w_{m-Sp,n-Tq} x_{m,n}"
    two = {"op": "y = conv2d(x[H,W], w[K,L], stride=(S,T))", "outside": "error"}
    assert check(strided, **two).outcome == "proved"
    assert check(strided.replace("Sp+K-1", "Sp+K"), **two).outcome == "refuted"


def ceilings(n: int, k: int, s: int) -> tuple[int, int]:
    """The number of windows counted by hand, and the ceiling of the quotient."""
    return sum(1 for start in range(0, n - k + 1, s)), math.ceil((n - k + 1) / s)


def test_a_ceiling_rounds_its_own_quotient():
    """``/`` floors where that is declared, but not within the brackets of a ceiling."""
    pairs = [ceilings(n, k, s) for n in range(1, 9) for k in range(1, n + 1) for s in range(1, 4)]
    assert all(a == b for a, b in pairs)
    op = {"op": "y = conv1d(x[N], w[K], stride=S)", "division": "floor"}
    for right in (r"\lceil (N-K+1)/S \rceil", r"\left\lceil \frac{N-K+1}{S} \right\rceil"):
        assert check(rf"\text{{length}}(y) = {right}", **op).outcome == "proved"
    assert check(r"\text{length}(y) = \lceil (N-K+1)//S \rceil", **op).outcome != "proved"
    assert check(r"\text{length}(y) = (N-K)/S + 1", **op).outcome == "proved"
    assert check(r"\text{length}(y) = \lceil (N-K)/S \rceil + 1", **op).outcome != "proved"


BIAS = [
    (r"\frac{\partial L}{\partial b} = \sum_o g_o", "proved"),
    (r"\frac{\partial L}{\partial b} = 2\sum_o g_o", "refuted"),
    ("db = \\sum_o g_o", "proved"),
    (r"y_o = b + \sum_k w_k x_{o+k}", "proved"),
    (r"y_o = 2b + \sum_k w_k x_{o+k}", "refuted"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), BIAS, ids=[row[0] for row in BIAS])
@pytest.mark.parametrize("base", [0, 1])
def test_one_element_needs_no_index(text, outcome, base):
    text = text.replace("o+k}", "o+k-1}") if base else text
    verdict = check(text, op="y = conv1d(x[N], w[K], b[1])", index_base=base)
    assert verdict.outcome == outcome, verdict.evidence


def test_one_element_of_several_axes():
    op = "y = conv1d(x[1,N], w[1,1,K], b[1])"
    assert check("dw = valid(x, g)", op=op).outcome == "proved"
    assert check("dw = valid(g, x)", op=op).outcome != "proved"
    assert check(r"db = \sum_o g_{0,o}", op=op).outcome == "proved"


def test_a_delta_that_may_be_the_gradient_is_not_guessed():
    op = "y = conv2d(x[H,W], w[K,L])"
    own = r"\frac{\partial L}{\partial w_{mn}} = \sum_{p,q} \delta_{pq} x_{p+m,q+n}"
    verdict = check(own, op=op)
    assert verdict.outcome == "not_understood" and "upstream=delta" in verdict.evidence
    assert check(own, op=op, upstream="delta").outcome == "proved"
    both = r"\frac{\partial L}{\partial x_{ij}} = \sum_{p,q,m,n} g_{pq} w_{mn} \delta_{i,p+m} \delta_{j,q+n}"  # fmt: skip  # noqa: E501
    assert check(both, op=op).outcome == "proved"
