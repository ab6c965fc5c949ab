r"""Macros with an optional argument, defined twice, in comments; text between aligned rows."""

from __future__ import annotations

import pytest

from symconv.audit import audit_text

HEAD = "% symconv: y = conv1d(x[N], w[K]); upstream=\\delta\n"
RIGHT = r"\frac{\partial L}{\partial w_k} = \sum_o \delta_o x_{o+k}"


def outcomes(*lines: str) -> list[str]:
    found = audit_text("\n".join(lines), "a.tex")
    return [f.verdict.outcome for f in found if f.verdict.outcome != "ignored"]


@pytest.mark.parametrize(
    ("use", "outcome"),
    [
        (r"\pd{w_k} = \sum_o \delta_o x_{o+k}", "proved"),
        (r"\pd[L]{w_k} = \sum_o \delta_o x_{o+k}", "proved"),
        (r"\pd{w_k} = \sum_o \delta_o x_{o+2k}", "refuted"),
        (r"\pd[y_o]{w_k} = x_{o+k}", "proved"),
        (r"\pd[y_o]{w_k} = x_{o-k}", "refuted"),
    ],
)
def test_an_optional_argument(use, outcome):
    definition = r"\newcommand{\pd}[2][L]{\frac{\partial #1}{\partial #2}}"
    assert outcomes(definition, HEAD, f"${use}$") == [outcome]


def test_a_macro_with_two_meanings_is_not_guessed():
    first, second = r"\newcommand{\up}{\delta}", r"\renewcommand{\up}{w}"
    claim = "$" + RIGHT.replace(r"\delta", r"\up") + "$"
    assert outcomes(first, HEAD, claim) == ["proved"]
    assert outcomes(first, HEAD, claim, second) == ["not_understood"]
    assert outcomes(first, HEAD, claim, first) == ["proved"]
    assert outcomes(first, r"\providecommand{\up}{w}", HEAD, claim) == ["proved"]
    assert outcomes(first, "% " + second, HEAD, claim) == ["proved"]


def test_text_between_aligned_rows():
    rows = (
        r"\begin{align}",
        r"y_o &= \sum_k w_k x_{o+k} \\",
        r"\intertext{and backwards}",
        r"\frac{\partial L}{\partial w_k} &= \sum_o \delta_o x_{WRONG+k}",
        r"\end{align}",
    )
    assert outcomes(HEAD, *(row.replace("WRONG", "o") for row in rows)) == ["proved"]
    assert outcomes(HEAD, *(row.replace("WRONG", "2o") for row in rows)) == ["refuted"]
