"""Code that is right in one case and wrong in another: one verdict, with the case as condition."""

import numpy as np
import pytest

from symconv.audit import audit_text
from symconv.claims import Claim, Scope, Verdict
from symconv.graph import Parameter
from symconv.index import Condition, Symbol, add, minus
from symconv.terms import Form
from symconv.ways import in_words, merged

SPEC = "# symconv: y = conv1d(x[N], w[K], stride=S, padding=P); names(dout=g, stride=S, pad=P)"
BACKWARD = """
def backward(x, w, dout, stride, pad):
    xp = np.pad(x, (pad, pad))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for o in range(dout.shape[0]):
        dxp[o*stride:o*stride+w.shape[0]] += w * dout[o]
        dw += xp[o*stride:o*stride+w.shape[0]] * dout[o]
    dx = dxp[{crop}]
    return dx, dw
"""


def found(crop):
    findings = audit_text(f"import numpy as np\n{SPEC}{BACKWARD.format(crop=crop)}", "a.py")
    return {f.verdict.text.split("[")[0].split(" ")[0]: f.verdict for f in findings}


def test_the_crop_that_is_empty_without_padding():
    code = BACKWARD.format(crop="pad:-pad")
    space = {"np": np}
    exec(code, space)  # our own text
    x, w = np.arange(5.0), np.arange(1.0, 4.0)
    assert [len(space["backward"](x, w, np.ones(n), 1, p)[0]) for n, p in ((3, 0), (5, 1))] == [
        0,
        5,
    ]
    verdicts = found("pad:-pad")
    dx = verdicts["dxp"]
    assert (dx.outcome, dx.condition.text) == ("conditional", "P ≥ 1")
    assert dx.counterexample.sizes["P"] == 0
    assert dx.diagnosis.name == "empty slice"
    assert verdicts["dw"].outcome == "proved"
    assert not any("-P" in said for v in (dx, verdicts["dw"]) for said in v.assumptions)
    assert "(for" not in dx.text + verdicts["dw"].text


@pytest.mark.parametrize("crop", ["pad:pad+x.shape[0]", "pad:dxp.shape[0]-pad"])
def test_crops_that_are_right_everywhere(crop):
    assert found(crop)["dxp"].outcome == "proved"


def test_a_crop_that_is_wrong_everywhere_stays_so():
    assert found("pad+1:-pad")["dxp"].outcome == "refuted"


P, N = Symbol("P"), Symbol("N")
PARAMETERS = (Parameter("P", "padding", 0), Parameter("N", "size", 1))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(0, ">", minus(P)), "P ≥ 1"),
        (Condition(0, "<=", minus(P)), "P = 0"),
        (Condition(N, "<", 4), "N ≤ 3"),
        (Condition(N, "<=", 1), "N = 1"),
        (Condition(add(N, minus(P)), ">=", 2), "N - 2 - P ≥ 0"),
    ],
)
def test_conditions_in_words(condition, words):
    assert in_words(condition, PARAMETERS) == words


@pytest.mark.parametrize(
    ("other", "one"),
    [(Condition(P, "<=", 0), True), (Condition(P, "<=", 1), False), (Condition(N, "<", 1), False)],
)
def test_only_cases_that_exclude_each_other_are_put_together(other, one):
    claims = []
    for case in (Condition(P, ">=", 1), other):
        scope = Scope(PARAMETERS, (Condition(N, ">=", 2), case))
        form = Form("y", (), (), ())
        claims.append(Claim(form, form, scope, text=f"y = x  (for {case})"))
    verdicts = [Verdict("proved", "", claim.scope, "", text=claim.text) for claim in claims]
    assert len(merged(claims, verdicts)) == (1 if one else 2)
