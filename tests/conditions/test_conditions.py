"""Conditions: found, proved, and compared with plain predicates at small sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from condition_cases import FORMS, G2, NONE, SIZES, SOME, TWO, Case, length, tensor
from condition_worlds import met, small, true_at

from symconv.claims import AnyClaim
from symconv.conditions import condition_for, corner_note
from symconv.index import Condition, Symbol
from symconv.provers import decide

pytest.importorskip("islpy")


@pytest.mark.parametrize("case", SOME, ids=[case.name for case in SOME])
def test_the_condition_is_the_one_written_by_hand(case: Case):
    assert decide(case.claim).outcome == "refuted"
    found = condition_for(case.claim)
    assert found is not None
    assert (found.text, found.necessary) == (case.words, case.necessary), found
    assert "proved for all" in found.evidence
    seen = set()
    for sizes in small(case.claim):
        expected = case.holds(**sizes)
        assert met(found.conditions, sizes) == expected, sizes
        truth = true_at(case.claim, sizes)
        seen.add((expected, truth))
        assert truth or not expected, sizes
        assert not (truth and not expected and found.necessary), sizes
    assert {(True, True), (False, False)} <= seen


@pytest.mark.parametrize(("name", "claim", "note"), NONE, ids=[row[0] for row in NONE])
def test_what_no_condition_saves_stays_refuted(name: str, claim: AnyClaim, note: str):
    assert decide(claim).outcome == "refuted"
    assert condition_for(claim) is None
    found = corner_note(claim)
    assert found.startswith(note)
    large = [s for s in small(claim) if all(n > 1 for n in s.values())]
    assert not all(true_at(claim, sizes) for sizes in large)


def test_there_are_enough_of_them():
    assert len(SIZES) >= 20
    assert len(FORMS) >= 20
    assert len(NONE) >= 10


def test_a_condition_is_proved_with_what_is_assumed_already():
    claim = length(TWO, Symbol("N"))
    scope = replace(
        claim.scope, assumptions=(*claim.scope.assumptions, Condition(Symbol("P"), ">=", 1))
    )
    right = f"d[k] = sum(g[o]*x[2*o+k], o=0..(N+2*P-K)//2) for k=0..K-1 with {G2}, x[N]"
    padded = replace(tensor(TWO, "w", right), scope=scope)
    assert condition_for(padded) is None
    assert corner_note(padded) == ""


def test_a_condition_repeats():
    for case in (SIZES[0], FORMS[5]):
        assert condition_for(case.claim) == condition_for(case.claim)
