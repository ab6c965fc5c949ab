"""Soundness from the text on: verdicts on random claims, held against loops that know no symconv.

``SYMCONV_FUZZ=20000`` runs that many; two hundred by default.
"""

import os
import random

import formula_soundness as claims
import pytest

from symconv.conventions import Conventions
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
COUNT = int(os.environ.get("SYMCONV_FUZZ", "200"))


def complaint(made, stride, padded, verdict, seed):
    """What the loops have to say against a verdict, or nothing."""
    if verdict.outcome in ("proved", "checked"):
        for n, k, p in claims.GRID:
            d = claims.world(n, k, p * padded, stride, seed)
            if d is not None and not claims.holds(made, d):
                return f"false: N={n} K={k} P={p * padded}"
    elif verdict.outcome in ("refuted", "conditional"):
        found = verdict.counterexample
        if found is None:
            return "no counterexample"
        sizes = [found.sizes.get(name, 0) for name in ("N", "K", "P")]
        d = claims.world(*sizes, stride, seed)
        if d is None or all(
            claims.holds(made, claims.world(*sizes, stride, seed + n)) for n in range(5)
        ):
            return f"a false refutation at {found.sizes}"
    return ""


def fuzzed(count, seed):
    source = random.Random(seed)
    outcomes = {}
    for number in range(count):
        made, stride, padded = claims.claim(source)
        verdict = judge(made.text, build(parse(made.op)), Conventions(names=made.names))
        outcomes[verdict.outcome] = outcomes.get(verdict.outcome, 0) + 1
        against = complaint(made, stride, padded, verdict, number)
        assert not against, (against, made.op, made.text, verdict.evidence)
        clear = verdict.outcome != "not_understood" or "pattern" in verdict.evidence
        assert clear, (made.op, made.text, verdict.evidence)
    return outcomes


def test_verdicts_on_random_claims_are_true():
    outcomes = fuzzed(COUNT, 5)
    decided = sum(outcomes.get(o, 0) for o in ("proved", "refuted", "conditional"))
    assert decided >= 0.9 * COUNT, outcomes
    assert outcomes["proved"] >= 0.1 * COUNT, outcomes


def test_a_false_proof_would_be_seen():
    source = random.Random(6)
    seen = 0
    for number in range(200):
        made, stride, padded = claims.claim(source)
        wrong = [
            d
            for n, k, p in claims.GRID
            if (d := claims.world(n, k, p * padded, stride, number)) and not claims.holds(made, d)
        ]
        seen += bool(wrong)
    assert 60 < seen < 190
