"""Claims over every operation: the outcome and the likely mistake, as they were known by hand."""

from __future__ import annotations

import pytest
from claim_rows import ROWS, C, F, G, T

from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.declaration import conventions_from
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")


def asked(row):
    spec, text, outcome, word, *options = row
    conventions = conventions_from(options[0] if options else {})
    return judge(text, build(parse(spec)), conventions), outcome, word


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0][:30]} {row[1][:60]}" for row in ROWS])
def test_the_outcome_and_the_mistake(row):
    verdict, outcome, word = asked(row)
    assert verdict.outcome == outcome, verdict.evidence
    said = f"{verdict.diagnosis} {verdict.condition}".lower()
    assert word.lower() in said
    if outcome in (T, G):
        assert verdict.diagnosis is None and verdict.condition is None
    else:
        assert verdict.counterexample is not None and verdict.correct
        assert verdict.counterexample.left != verdict.counterexample.right
    assert (verdict.condition is not None) == (outcome == C)


def test_there_are_enough_over_all_operations():
    false = [row for row in ROWS if row[2] not in (T, G)]
    assert len(ROWS) >= 120 and len(false) * 2 >= 120
    assert all(row[3] for row in false)
    keywords = {row[0].split("(")[0].split("=")[-1].strip() for row in ROWS}
    assert len(keywords) >= 20


def test_a_wrong_key_is_seen():
    """The comparison can fail: a false claim called true, and the wrong mistake."""
    wrong = next(row for row in ROWS if row[2] == F)
    verdict, _, word = asked(wrong)
    assert verdict.outcome != T
    assert "averaged over the batch" not in f"{verdict.diagnosis}" or word == "batch"
