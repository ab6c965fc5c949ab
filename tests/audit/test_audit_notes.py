"""Sample notes in every host; the outcomes were written by hand, and where each claim stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from symconv.audit import audit_text

NOTES = Path(__file__).parent / "notes"

# file, (line, column) or (cell, line, column), kind, outcome, how the claim starts in the file
KEY = {
    "gradients.md": [
        ((13, 1), "formula", "proved", r"y_o = \sum_{k=0}"),
        ((19, 1), "formula", "proved", r"\frac{\partial L}{\partial w_k}"),
        ((23, 1), "formula", "refuted", r"\frac{\partial L}{\partial w_k}"),
        ((26, 18), "formula", "proved", r"\frac{\partial L}{\partial x_i}"),
        ((27, 2), "formula", "conditional", "dx_i ="),
        ((31, 3), "formula", "proved", "dw_k ="),
        ((34, 50), "formula", "conditional", r"O = \frac"),
        ((36, 21), "claim", "proved", "width(y)"),
        ((47, 1), "formula", "proved", "dw_k ="),
        ((52, 25), "formula", "refuted", r"y_o = \sum_k w_k x_{o+k}"),
        ((59, 1), "formula", "refuted", "y_o &="),
    ],
    "lecture.tex": [
        ((13, 3), "formula", "proved", r"\pd{L}{w_k}"),
        ((15, 21), "formula", "proved", r"\pd{L}{x_i}"),
        ((16, 4), "formula", "conditional", r"\pd{L}{x_i}"),
        ((18, 24), "formula", "conditional", "O = W$"),
        ((19, 4), "formula", "conditional", "y_o ="),
        ((21, 3), "formula", "proved", "O &="),
    ],
    "pooling.ipynb": [
        ((2, 3, 3), "formula", "proved", ""),
        ((4, 3, 18), "claim", "proved", ""),
        ((4, 4, 18), "claim", "conditional", ""),
        ((5, 3, 2), "formula", "proved", ""),
        ((5, 4, 10), "formula", "refuted", ""),
    ],
}
IGNORED = {"gradients.md": 5, "lecture.tex": 4, "pooling.ipynb": 1}
"""Formulas that are no claims, among them those before the first declaration and after the end."""


def found(name):
    return audit_text((NOTES / name).read_text(encoding="utf-8"), name)


@pytest.mark.parametrize("name", KEY)
def test_every_claim_has_the_outcome_of_the_key(name):
    judged = [f for f in found(name) if f.verdict.outcome != "ignored"]
    places = [((f.cell,) if f.cell else ()) + (f.line, f.column) for f in judged]
    got = [(p, f.kind, f.verdict.outcome) for p, f in zip(places, judged, strict=True)]
    assert got == [row[:3] for row in KEY[name]]


@pytest.mark.parametrize("name", ["gradients.md", "lecture.tex"])
def test_places_point_at_the_claims(name):
    lines = (NOTES / name).read_text(encoding="utf-8").split("\n")
    for (line, column), _, _, start in KEY[name]:
        assert lines[line - 1][column - 1 :].startswith(start)


@pytest.mark.parametrize("name", KEY)
def test_what_is_no_claim_is_listed_as_ignored(name):
    ignored = [f for f in found(name) if f.verdict.outcome == "ignored"]
    assert len(ignored) == IGNORED[name]
    assert all(f.ok and f.verdict.evidence for f in ignored)


@pytest.mark.parametrize("name", KEY)
def test_twice_the_same(name):
    assert found(name) == found(name)


def test_a_planted_error_is_found():
    text = (NOTES / "gradients.md").read_text(encoding="utf-8")
    right = r"\frac{\partial L}{\partial x_i} = \sum_o \delta_o w_{i + P - 2o}"
    wrong = right.replace("i + P", "i - P")
    assert right in text
    (bad,) = [f for f in audit_text(text.replace(right, wrong), "n.md") if f.line == 26]
    assert bad.verdict.outcome in ("refuted", "conditional")


DECLARED = "<!-- symconv: y = conv1d(x[N], w[K]) -->\n"
RIGHT, WRONG = r"$y_o = \sum_k w_k x_{o+k}$", r"$y_o = \sum_k w_k x_{o-k}$"


def outcomes(text, path="n.md"):
    return [(f.verdict.outcome, f.expected, f.ok) for f in audit_text(text, path)]


EXPECTING = [
    (f"<!-- symconv: expect=refuted -->{WRONG}", [("refuted", "refuted", True)]),
    (f"<!-- symconv: expect=refuted -->{RIGHT}", [("proved", "refuted", False)]),
    (f"<!-- symconv: expect=proved -->{WRONG}", [("refuted", "proved", False)]),
    (
        f"<!-- symconv: expect=refuted -->{WRONG} {WRONG}",
        [("refuted", "refuted", True), ("refuted", "", False)],
    ),
    (
        f"<!-- symconv: expect=refuted -->$x$ then {WRONG}",
        [("ignored", "", True), ("refuted", "refuted", True)],
    ),
    (f"<!-- symconv: claim y = x; expect=refuted -->{RIGHT}",
     [("refuted", "refuted", True), ("proved", "", True)]),
    ("<!-- symconv: expect=refuted -->", [("not_understood", "", False)]),
    (
        f"<!-- symconv: expect=refuted --><!-- symconv: expect=refuted -->{WRONG}",
        [("not_understood", "", False), ("refuted", "refuted", True)],
    ),
    (f"<!-- symconv: ignore -->$x$ {WRONG}", [("ignored", "", True), ("ignored", "", True)]),
    (f"<!-- symconv: ignore -->{WRONG}{RIGHT}", [("ignored", "", True), ("proved", "", True)]),
    ("<!-- symconv: index_base=1 -->$y_o = \\sum_{k=1}^K w_k x_{o+k-1}$",
     [("proved", "", True)]),
    (f"<!-- symconv: end -->{WRONG}", [("ignored", "", True)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXPECTING, ids=[row[0] for row in EXPECTING])
def test_what_is_expected_is_about_the_next_claim(text, expected):
    assert outcomes(DECLARED + text) == expected


def test_a_declaration_holds_until_the_next_one():
    later = "<!-- symconv: y = convolve(x[N], w[K]) -->\n"
    text = f"{DECLARED}{RIGHT}\n\n{later}{RIGHT}{WRONG.replace('-', '-')}"
    assert [o for o, *_ in outcomes(text)] == ["proved", "refuted", "proved"]


BROKEN = [
    "y = conv1d(x[N], w[K]); upsteam=delta",
    "y = conv7d(x[N], w[K])",
    "y = conv1d(x[N], w[K]",
    "y = conv1d(x[N], w[K]); names(Q=wdth(x))",
    "y = conv1d(x[N], w[K]); assume=bananas",
    "star=conv",
    "ignor",
]


@pytest.mark.parametrize("said", BROKEN)
def test_nothing_is_judged_below_a_declaration_that_is_not_understood(said):
    text = f"{DECLARED}{RIGHT}\n\n<!-- symconv: {said} -->\n{WRONG}\n<!-- symconv: claim y = x -->"
    right, broken, ignored, claim = audit_text(text, "n.md")
    assert right.verdict.outcome == "proved"
    assert (broken.kind, broken.ok, broken.line) == ("declaration", False, 4)
    assert ignored.verdict.outcome == "ignored"
    assert (claim.verdict.outcome, claim.ok) == ("not_understood", False)


def test_the_place_of_a_mistake_in_a_declaration():
    text = "\n<!-- symconv:\n  y = conv1d(x[N], w[K])\n  upsteam=delta -->"
    (broken,) = audit_text(text, "n.md")
    assert (broken.line, broken.column) == (4, 3)
    assert "upstream" in broken.verdict.evidence


def test_a_claim_without_an_operation_is_not_lost():
    (claim,) = audit_text("<!-- symconv: claim y = x -->", "n.md")
    assert (claim.verdict.outcome, claim.ok) == ("not_understood", False)


IRRELEVANT = [
    r"$x$", r"$O(n)$", r"$\sum_{k=0}^{K-1} w_k x_{o+k}$", r"$\alpha = 3$", r"$f(\tau) = \tau^2$",
    r"$x \in \mathbb{R}^N$", "$N = 5$", r"$0 \le k < K$",
]  # fmt: skip


@pytest.mark.parametrize("text", IRRELEVANT)
def test_prose_mathematics_is_ignored(text):
    assert [o for o, *_ in outcomes(DECLARED + text)] == ["ignored"]


RELEVANT = [r"$\boxed{y_o = 0}$", "$dx = x$", "$y_o = \\mystery{x}$", "$x^2 = 1$"]


@pytest.mark.parametrize("text", RELEVANT)
def test_what_names_the_operation_is_never_silently_dropped(text):
    ((outcome, _, ok),) = outcomes(DECLARED + text)
    assert outcome in ("refuted", "not_understood")
    assert not ok


def test_a_defect_of_ours_is_no_verdict(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("symconv.audit.judging.judge", broken)
    (finding,) = audit_text(DECLARED + RIGHT, "n.md")
    assert (finding.verdict.outcome, finding.ok) == ("undecided", False)
    assert "ZeroDivisionError" in finding.verdict.evidence


def test_derivations_of_the_book_are_read_too():
    text = (
        "# T\n\n```{operation} A\n:sizes: N=4\ny = conv1d(x[N], w[K])\n```\n\n"
        "```{claim}\n:expect: refuted\ny_o = \\sum_k w_k x_{o-k}\n```\n"
    )
    (finding,) = audit_text(text, "n.md")
    assert (finding.kind, finding.verdict.outcome, finding.ok) == ("claim", "refuted", True)
    assert (finding.line, finding.column) == (10, 1)
