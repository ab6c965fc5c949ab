"""What reading and running say together."""

from dataclasses import replace

import pytest

from symconv.claims import Counterexample, Diagnosis, Scope, Verdict
from symconv.sandbox.together import combined

AT = Counterexample({"N": 3}, (0,), "1", "2")


def read(outcome, at=None):
    return Verdict(outcome, "integer sets", Scope(()), "the reading's evidence", at)


def ran(outcome, at=None):
    found = Diagnosis("stride forgotten", "") if outcome == "refuted" else None
    return Verdict(outcome, "running the code", Scope(()), "the run's", at, 5, diagnosis=found)


def never(sizes):
    raise AssertionError("nothing was to be run")


TABLE = [
    ("proved", "checked", "proved", "integer sets; running the code"),
    ("proved", "refuted", "undecided", "reading and running the code"),
    ("proved", "undecided", "undecided", "running the code"),
    ("checked", "checked", "checked", "running the code"),
    ("checked", "refuted", "refuted", "running the code"),
    ("not_understood", "checked", "checked", "running the code"),
    ("not_understood", "refuted", "refuted", "running the code"),
    ("undecided", "checked", "checked", "running the code"),
    ("undecided", "undecided", "undecided", "running the code"),
    ("refuted", "refuted", "refuted", "integer sets; running the code"),
    ("conditional", "refuted", "conditional", "integer sets; running the code"),
    ("refuted", "checked", "undecided", "reading and running the code"),
]


@pytest.mark.parametrize(("one", "other", "both", "method"), TABLE)
def test_the_table(one, other, both, method):
    found = combined(read(one), ran(other), never)
    assert (found.outcome, found.method) == (both, method)
    said = " ".join((found.evidence, *found.notes))
    assert "the reading's evidence" in said
    assert "the run's" in said
    assert ("please report" in said) == (method == "reading and running the code")


@pytest.mark.parametrize(
    ("again", "both"), [("refuted", "refuted"), ("undecided", "refuted"), ("checked", "undecided")]
)
def test_a_counterexample_of_the_reading_is_run(again, both):
    asked = []

    def confirm(sizes):
        asked.append(sizes)
        return ran(again)

    found = combined(read("refuted", AT), ran("checked"), confirm)
    assert found.outcome == both
    assert asked == [{"N": 3}]


def test_the_diagnosis_of_the_run_fills_in():
    assert combined(read("refuted"), ran("refuted"), never).diagnosis.name == "stride forgotten"


@pytest.mark.parametrize(
    ("by_reading", "by_running", "told"),
    [
        ("kernel flipped", "wrong forward", "wrong forward"),
        ("kernel flipped", "stride forgotten", "kernel flipped"),
        ("", "stride forgotten", "stride forgotten"),
        ("kernel flipped", "", "kernel flipped"),
    ],
)
def test_a_wrong_forward_result_is_the_graver_diagnosis(by_reading, by_running, told):
    one, other = (Diagnosis(name, "") if name else None for name in (by_reading, by_running))
    found = combined(
        replace(read("refuted"), diagnosis=one), replace(ran("refuted"), diagnosis=other), never
    )
    assert found.diagnosis.name == told
