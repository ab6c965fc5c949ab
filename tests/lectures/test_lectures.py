"""Two lecture notes, checked from end to end against a key that was written by hand.

The key says of every formula, matrix entry, number and line of code whether it is right, wrong, or
right only under a condition that the note does not state.
"""

from pathlib import Path

import pytest

from symconv.audit import audit_text

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

HERE = Path(__file__).parent
RIGHT, WRONG, IF = "proved", "refuted", "conditional"

SIGNALS = [
    ("convolve(a, b) = convolve(b, a)", RIGHT, ""),
    ("outputSize=(InputSize-KernelSize)+1", RIGHT, ""),
    ("size(y) = N/2", IF, "N is even"),
    ("outputSize_W=(W - F + 2P)/S + 1", IF, "S divides"),
    ("width(y) = (5 - 3 + 2)/2 + 1 = 3", RIGHT, ""),
    ("shape(y) = (2, 3, 3)", RIGHT, ""),
]
LAYERS = [
    ("H_out = int", RIGHT, ""),
    ("W_out = int", RIGHT, ""),
    ("shape(y) = (10, 1, 32, 32)", RIGHT, ""),
    (r"W\_{output} = 1", IF, "S divides W"),
    (r"H\_{output} = 1", IF, "S divides H"),
    ("rows =", RIGHT, ""),
    ("columns =", RIGHT, ""),
    ("y[n, f, r, c] =", RIGHT, ""),
    ("dx = full(g, rot180(w))", RIGHT, ""),
    ("dw = valid(x, rot180(g))", WRONG, "flip"),
    (r"y\_{i, j} =", RIGHT, ""),
    ("y[0][0] = x[0][0][0]", WRONG, "should be x[2,0,0]"),
    ("y[0][1] = x[0][1][0]", RIGHT, ""),
    ("y[1][0] = x[1][0][0]", RIGHT, ""),
    ("y[1][1] = x[1][1][0]", RIGHT, ""),
    (r"\frac{\partial L}{\partial y}\frac", RIGHT, ""),
    ("grad_weight[0] =", RIGHT, ""),
    ("grad_weight[f] +=", RIGHT, ""),
    ("grad_x =", RIGHT, ""),
    ("grad_b[f] =", RIGHT, ""),
    ("shape(y) = (4, 4)", RIGHT, ""),
    ("shape(y) = (2, 2)", RIGHT, ""),
    ("shape(y) = (4, 4)", WRONG, "one too large"),
    ("y[0][0] = weight[0][0]", RIGHT, ""),
    ("y[0][1] = weight[0][1]", RIGHT, ""),
    ("y[0][2] = weight[0][2]", WRONG, "missing"),
    ("y[1][0] = weight[1][0]", RIGHT, ""),
    ("y = [ax, ay, az + bx, by, bz]", RIGHT, ""),
    (r"W\_{output} = (W - 1)S", RIGHT, ""),
    (r"H\_{output} = (H - 1)S", RIGHT, ""),
    (r"\begin{vmatrix} x & y & z", WRONG, "row 1, column 1"),
    (r"\begin{vmatrix} x & 0 & 0", WRONG, "row 5, column 1"),
]


def judged(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return [f for f in audit_text(text, name) if f.verdict.outcome != "ignored"]


@pytest.mark.parametrize(("name", "key"), [("signals.md", SIGNALS), ("layers.md", LAYERS)])
def test_every_wrong_statement_is_found_and_nothing_right_is_refuted(name, key):
    found = judged(name)
    shown = [(f.text.strip().split("\n")[0][:50], f.verdict.outcome) for f in found]
    assert len(found) == len(key), shown
    for finding, (start, outcome, word) in zip(found, key, strict=True):
        assert finding.text.strip().startswith(start), (start, shown)
        verdict = finding.verdict
        assert verdict.outcome == outcome, (finding.text, verdict.outcome, verdict.evidence)
        said = f"{verdict.diagnosis} {verdict.condition}"
        assert word in said, (finding.text, said)


def test_both_sizes_of_a_picture_are_conditional_and_one_line_holds_them():
    (both,) = (f for f in judged("signals.md") if f.text.startswith("outputSize_W"))
    assert [step.outcome for step in both.verdict.steps] == [IF, IF]
    assert both.verdict.repairs


def test_the_second_wrong_row_is_named_too():
    last = judged("layers.md")[-1].verdict
    assert "row 6, column 1" in last.diagnosis.text
    assert [step.outcome for step in last.steps].count(WRONG) == 1
