"""``H_{out}`` is the result's height where H is the input's, and the verdict says so."""

import pytest

from symconv import check

TWO = "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=S, padding=P)"
ONE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
ROWS = [
    (TWO, r"H_{out} = \lfloor\frac{H - K + 2P}{S}\rfloor + 1", "proved", "the height of y"),
    (TWO, r"W_\text{out} = \lfloor\frac{W - L + 2P}{S}\rfloor + 1", "proved", "the width of y"),
    (TWO, r"W_{out} = \lfloor\frac{W - K + 2P}{S}\rfloor + 1", "conditional", "the width of y"),
    (TWO, r"H_{out} = \frac{H - K + 2P}{S} + 1", "conditional", "the height of y"),
    (TWO, r"H_{out} = \lfloor\frac{W - L + 2P}{S}\rfloor + 1", "conditional", "the height of y"),
    (ONE, r"N_{out} = \lfloor\frac{N - K + 2P}{S}\rfloor", "refuted", "the length of y"),
    ("z = conv_transpose1d(x[N], w[K], stride=S)", "N_{out} = (N-1)S+K", "proved", "length of z"),
    ("y = max_pool2d(x[H,W], 2)", r"H_{out} = \lfloor H/2 \rfloor", "proved", "the height of y"),
    (ONE, r"\frac{\partial L}{\partial w_k} = \sum_{o=0}^{N_{out}-1} g_o x_{So+k-P}", "proved",
     "the length of y"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "text", "outcome", "said"), ROWS, ids=[row[1] for row in ROWS])
def test_sizes_of_the_result_by_their_usual_names(op, text, outcome, said):
    verdict = check(text, op=op)
    assert verdict.outcome == outcome
    assert any(said in line for line in verdict.assumptions)


@pytest.mark.parametrize(
    ("op", "text"),
    [
        ("y = conv2d(x[H,H], w[K,L])", "H_{out} = H - K + 1"),
        (TWO, "N_{out} = N"),
        (TWO, "K_{out} = K"),
        ("y = conv1d(x[N], w[K]); z = conv1d(y, v[M])", "N_{out} = N - K + 1"),
        ("y = conv1d(x[7], w[3])", "N_{out} = 5"),
    ],
)
def test_nothing_is_guessed(op, text):
    assert check(text, op=op).outcome == "not_understood"


def test_what_is_declared_goes_first():
    verdict = check("H_{out} = 2H", op=TWO, names="H_{out}=height(x)+H")
    assert verdict.outcome == "proved"
    assert not any("H_{out} is" in line for line in verdict.assumptions)


def test_a_size_with_that_name_stays_itself():
    verdict = check("H_out = H_out", op="y = conv2d(x[H,W], w[H_out,L])")
    assert (verdict.outcome, any("is the height" in t for t in verdict.assumptions)) == (
        "proved",
        False,
    )
