"""Claims of a note are checked when the book is built, and shown with their verdicts."""

import pytest

from symconv.book import build
from symconv.book.page import STORY, Failure, Job, make

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

HEAD = "# Claims\n\n<!-- symconv: y = conv1d(x[N], w[K], stride=2, padding=P) -->\n\n"
RIGHT = r"$$\frac{\partial L}{\partial w_k} = \sum_o g_o x_{2o+k-P}$$"
WRONG = r"$$\frac{\partial L}{\partial w_k} = \sum_o g_o x_{o+k-P}$$"
EXPECTED = "<!-- symconv: expect=refuted -->\n\n"


def made(tmp_path, body):
    note = tmp_path / "a.md"
    note.write_text(HEAD + body + "\n", encoding="utf-8")
    return make(Job(note, "a.md", "a"), STORY)


def test_what_holds_gets_a_mark(tmp_path):
    page = made(tmp_path, RIGHT)
    assert 'class="mark mark-proved"' in page.html and "for all N" in page.html
    assert r"\symmark{proved" in page.tex


def test_a_refuted_formula_fails_the_build_at_its_line(tmp_path):
    failure = made(tmp_path, f"Words.\n\n{WRONG}")
    assert isinstance(failure, Failure)
    assert failure.message.startswith("a.md:7: a claim is refuted: the stride is forgotten")
    assert "expect=refuted" in failure.message


def test_what_is_wrong_on_purpose_is_shown_with_its_verdict(tmp_path):
    page = made(tmp_path, EXPECTED + WRONG)
    assert 'class="aside error"' in page.html
    for said in ("Refuted", "Likely mistake", "the stride is forgotten", "Smallest counterexample"):
        assert said.lower() in page.html.lower()
    assert r"\begin{symaside}{Refuted}" in page.tex


def test_expecting_a_mistake_where_there_is_none_fails(tmp_path):
    failure = made(tmp_path, EXPECTED + RIGHT)
    assert isinstance(failure, Failure)
    assert "a claim is proved" in failure.message and "expected refuted" in failure.message


def test_inline_formulas_are_checked_too(tmp_path):
    assert (
        'class="mark mark-proved"' not in made(tmp_path, r"So $dw_k = \sum_o g_o x_{2o+k-P}$.").html
    )
    failure = made(tmp_path, r"So $dw_k = \sum_o g_o x_{o+k-P}$.")
    assert isinstance(failure, Failure) and "stride" in failure.message


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ("size(y) = (N + 2P - K)//2 + 1", ""),
        ("size(y) = (N + 2P - K)/2 + 1", "conditional"),
        ("size(y) = (N + 2P - K)//2", "refuted"),
    ],
)
def test_claims_in_comments(tmp_path, claim, outcome):
    said = f"; expect={outcome}" if outcome else ""
    page = made(tmp_path, f"Words.\n\n<!-- symconv: claim {claim}{said} -->\n\nMore.")
    assert claim in page.html and (outcome or "proved").capitalize() in page.html
    if outcome:
        assert isinstance(made(tmp_path, f"Words.\n\n<!-- symconv: claim {claim} -->"), Failure)


def test_a_mistyped_declaration_fails(tmp_path):
    failure = made(tmp_path, f"<!-- symconv: expct=refuted -->\n\n{WRONG}")
    assert isinstance(failure, Failure)
    assert "a.md:5" in failure.message and "expect" in failure.message


def test_the_directive(tmp_path):
    note = "# Claims\n\n```{operation}\ny = conv1d(x[N], w[K])\n```\n\n"
    good = note + "```{claim}\nO = N - K + 1\n```\n".replace("\nO", "\n:names: O=size(y)\nO")
    bad = note + "```{claim}\n:names: O=size(y)\nO = N - K\n```\n"
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "good.md").write_text(good)
    (tmp_path / "n" / "bad.md").write_text(bad)
    result = build([tmp_path / "n"], tmp_path / "out", command="", jobs=1)
    assert [failure.shown.split("/")[-1] for failure in result.failures] == ["bad.md"]
    assert "a claim is refuted" in result.failures[0].message
    expected = bad.replace(":names:", ":expect: refuted\n:names:")
    (tmp_path / "n" / "bad.md").write_text(expected)
    assert not build([tmp_path / "n"], tmp_path / "out", command="", jobs=1).failures
