"""Ranges of output letters, in all spellings: what is said of too many positions is no proof."""

import pytest

from symconv.conventions import Conventions
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

LINE = build(parse("y = conv1d(x[N], w[K])"))
PLANE = build(parse("y = conv2d(x[H,W], w[A,B])"))
Y = r"y_o = \sum_k w_k x_{o+k}"
ONE = r"y_o = \sum_{k=1}^{K} w_k x_{o+k-1}"
DX = r"dx_i = \sum_k w_k g_{i-k}"
YIJ = r"y_{ij} = \sum_{a,b} w_{ab} x_{i+a,j+b}"

RIGHT = [
    (LINE, Y + said)
    for said in (
        r" \text{ for } 0 \le o \le N-K", r" \text{ for all } 0 \le o < N-K+1",
        r", N-K \ge o \ge 0",
        r", \quad 0 \le o \le N - K", r" \quad (0 \le o \le N-K)", r", \forall\, 0 \le o \le N-K",
        r", \forall o, 0 \le o \le N-K", r", \forall o \le N-K", r", \quad -1 < o < N-K+1",
        r" \text{ for } o = 0, \dots, N-K", r", 0 \le k < K, 0 \le o \le N-K",
    )
]  # fmt: skip
RIGHT += [
    (LINE, DX + r" \text{ for } 0 \le i < N"),
    (LINE, DX + r", \quad K - 1 \le i < N"),
    (PLANE, YIJ + r", \quad 0 \le i \le H - A, 0 \le j \le W - B"),
]
WRONG = [
    (LINE, Y + said)
    for said in (
        r" \text{ for } 0 \le o \le N", r" \text{ for all } 0 \le o < N", r", N > o \ge 0",
        r", \quad 0 \le o \le N - K + 1", r" \quad (0 \le o < N)", r", \forall\, 0 \le o < N",
        r", \forall o, 0 \le o < N", r", \forall o < N", r", \quad -1 \le o \le N-K",
        r" \text{ for } o = 0, \dots, N", r", 0 \le k < K, 0 \le o \le N",
    )
]  # fmt: skip
WRONG += [
    (LINE, DX + r" \text{ for } 0 \le i \le N"),
    (LINE, DX + r", \quad 1 - K \le i < N"),
    (PLANE, YIJ + r", \quad 0 \le i \le H - A, 0 \le j \le W - A"),
]


@pytest.mark.parametrize(("graph", "text"), RIGHT, ids=[r[1] for r in RIGHT])
def test_a_range_within_its_axis_is_proved(graph, text):
    assert judge(text, graph).outcome == "proved"


@pytest.mark.parametrize(("graph", "text"), WRONG, ids=[r[1] for r in WRONG])
def test_a_range_beyond_its_axis_is_refuted_whatever_the_formula(graph, text):
    verdict = judge(text, graph)
    assert verdict.outcome in ("refuted", "conditional")
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.name == "range wrong"


def test_the_message_says_where_the_letter_ends():
    verdict = judge(ONE + r", \quad 1 \le o \le N", LINE, Conventions(index_base=1))
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.text == "o goes up to N - K + 1, and here up to N"
    assert verdict.correct == r"o \le N - K + 1"


def test_what_is_said_of_few_positions_says_so():
    verdict = judge(Y + r", \quad 0 \le o < N - K", LINE)
    assert verdict.outcome == "proved"
    assert "only for the stated values of o" in verdict.assumptions
    assert "said where o < N, at positions that there are" in judge(Y + ", o < N", LINE).assumptions


def test_a_wrong_formula_within_a_right_range_is_refuted():
    verdict = judge(r"y_o = \sum_k w_k x_{o-k}, \quad 0 \le o \le N-K", LINE)
    assert (verdict.outcome, verdict.step) == ("refuted", 0)
