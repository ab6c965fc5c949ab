"""What people read of a verdict: the step that breaks, every reading, conditions in words."""

import pytest

from symconv.audit.finding import Finding
from symconv.audit.people import lines_of, shown
from symconv.claims import Proviso
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

LINE = build(parse("y = conv1d(x[N], w[K])"))
CHAIN = r"dw_k = \sum_o g_o x_{o+k} = \sum_o g_o x_{o-k} = \sum_o g_o x_{o+k}"


def told(text, *, verbose=False):
    verdict = judge(text, LINE)
    return lines_of(Finding("n.md", 1, 1, "formula", text, verdict), verbose=verbose)


def test_the_step_that_breaks_is_shown_as_it_was_written():
    (line,) = [line for line in told(CHAIN) if "step 2 of 3" in line]
    assert line.endswith("Σ_o g[o] x[o+k] = Σ_o g[o] x[o−k]")
    verdict = judge(CHAIN, LINE)
    assert verdict.text == CHAIN
    assert [s.text for s in verdict.steps] == [
        r"dw_k = \sum_o g_o x_{o+k}",
        r"\sum_o g_o x_{o+k} = \sum_o g_o x_{o-k}",
        r"\sum_o g_o x_{o-k} = \sum_o g_o x_{o+k}",
    ]


def test_a_formula_of_several_is_shown_alone():
    two = r"y_o = \sum_k w_k x_{o+k}, \quad dw_k = \sum_o g_o x_{o-k}"
    (line,) = [line for line in told(two) if "step 2 of 2" in line]
    assert line.endswith("dw[k] = Σ_o g[o] x[o−k]")


def test_verbose_shows_every_reading():
    lines = [line for line in told(CHAIN, verbose=True) if "read as:" in line]
    assert [line.split(",")[0].strip() for line in lines] == ["step 1", "step 2", "step 3"]
    assert "x[o + k]" in lines[0] and "- k]" in lines[1]
    (line,) = [line for line in told(CHAIN[:26], verbose=True) if "read as:" in line]
    assert "step" not in line


@pytest.mark.parametrize(
    ("text", "necessary", "said"),
    [
        ("without padding: P = 0", True, "exactly without padding: P = 0"),
        ("without padding: P = 0", False, "without padding: P = 0"),
        ("stride 1: S = 1", True, "exactly for stride 1: S = 1"),
        ("K is odd", False, "when K is odd"),
        ("2 divides N - K", True, "exactly when 2 divides N - K"),
        ("windows do not overlap: S >= K", False, "when windows do not overlap: S >= K"),
        ("without padding and stride 1: P = 0 and S = 1", False,
         "without padding and with stride 1: P = 0 and S = 1"),
    ],
)  # fmt: skip
def test_a_condition_is_a_sentence(text, necessary, said):
    assert Proviso(text, necessary=necessary).said == said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"\sum_{\substack{i,k \\ i=2o+k}} w_k x_i", "Σ_{i,k, i=2o+k} w[k] x[i]"),
        (r"{\partial L \over \partial w_k}", "∂L/∂w[k]"),
        (r"{1 \over 2} x_i", "1/2 x[i]"),
    ],
)
def test_formulas_in_unicode(text, wanted):
    assert shown(text).replace(" ", "") == wanted.replace(" ", "")
