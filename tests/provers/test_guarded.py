"""The same decisions in a process that can be ended."""

import os
import pickle
import signal
import time

import pytest
from prover_cases import FALSE, NEEDS, TRUE, claim
from separating_cases import stated

from symconv.provers import decide, decide_guarded, guarded

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
CLAIMS = [claim(*row, NEEDS.get(row[0], ())) for row in (*TRUE[:5], *FALSE[:5])]


def test_the_same_verdicts():
    assert decide_guarded(CLAIMS, 60) == [decide(subject) for subject in CLAIMS]


def test_claims_and_verdicts_travel():
    for subject in CLAIMS:
        assert pickle.loads(pickle.dumps(subject)) == subject
        verdict = decide(subject)
        assert pickle.loads(pickle.dumps(verdict)) == verdict


def test_what_takes_too_long_is_no_verdict_and_costs_no_other():
    pytest.importorskip("z3", reason="z3 is not installed: nothing here takes long")
    slow = stated("three strided convolutions merged", ("S", "T", "U"), true=True)
    decide_guarded(CLAIMS[:1], 60)
    (late,) = decide_guarded([slow], 0.02)
    assert (late.outcome, late.method) == ("undecided", "time limit")
    assert "stopped" in late.evidence
    assert decide_guarded(CLAIMS[:1], 60)[0].outcome == "proved"


def test_a_prover_that_dies_is_started_again():
    decide_guarded(CLAIMS[:1], 60)
    process = guarded._worker._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert decide_guarded(CLAIMS[:1], 60)[0].outcome == "proved"
    assert guarded._worker._process.pid != process.pid


def test_a_prover_that_hangs_is_ended():
    worker = guarded.Worker()
    process = worker._ready()
    os.kill(process.pid, signal.SIGSTOP)  # it hangs …
    start = time.monotonic()
    verdict = worker.decide(CLAIMS[0], 0.2)
    assert verdict.method == "time limit"
    assert time.monotonic() - start < 30
    assert process.poll() is not None  # … and is gone
    worker.close()


def test_a_prover_that_fails_is_an_error_on_that_claim():
    broken = pickle.loads(pickle.dumps(CLAIMS[0]))
    object.__setattr__(broken, "left", None)
    worker = guarded.Worker()
    found = worker.decide(broken, 60)
    assert (found.outcome, found.method) == ("undecided", "failed prover")
    assert worker.decide(CLAIMS[0], 60).outcome == "proved"
    worker.close()


def test_the_working_directory_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "islpy.py").write_text("raise SystemExit(3)")
    (tmp_path / "numpy.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    worker = guarded.Worker()
    assert worker.decide(CLAIMS[0], 60).outcome == "proved"
    worker.close()
