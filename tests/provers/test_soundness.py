"""Soundness: mutated claims over every operation against brute force over small shapes.

``SYMCONV_FUZZ=20000`` runs that many; a hundred by default.
"""

import os
import random

import pytest
from fuzz_claims import CONCRETE, SYMBOLIC, agrees, bases, changed, rewritten, small_sizes

from symconv.claims import Claim, Verdict
from symconv.provers import counting, decide, relations
from symconv.provers.exact import meets

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
COUNT = int(os.environ.get("SYMCONV_FUZZ", "80"))


def complaint(subject: Claim, verdict: Verdict, source: random.Random, seed: int) -> str:
    """What brute force has to say against a verdict, or nothing."""
    if verdict.outcome == "proved":
        for sizes in small_sizes(subject, 12, source):
            try:
                if not agrees(subject, sizes, seed):
                    return f"a false proof: {sizes}"
            except ZeroDivisionError:
                return f"a proof of what divides by 0: {sizes}"
    elif verdict.outcome == "refuted":
        sizes = dict(verdict.counterexample.sizes)
        if not meets(subject, sizes):
            return f"out of scope: {sizes}"
        if agrees(subject, sizes, seed, draws=40):
            return f"a false refutation: {sizes}"
    elif verdict.outcome not in ("checked", "undecided"):
        return f"no such outcome: {verdict.outcome}"
    return ""


def fuzzed(specs: tuple[str, ...], count: int, seed: int) -> dict[str, int]:
    source = random.Random(seed)
    outcomes = dict.fromkeys(("proved", "refuted", "checked", "undecided"), 0)
    for number in range(count):
        subject = changed(source.choice(bases(specs)), source)
        verdict = decide(subject)
        outcomes[verdict.outcome] += 1
        against = complaint(subject, verdict, source, number)
        assert not against, (against, verdict, subject)
    return outcomes


def test_mutated_claims_with_numbers_for_strides():
    outcomes = fuzzed(CONCRETE, COUNT, 31)
    assert outcomes["proved"] + outcomes["refuted"] >= 0.98 * COUNT, outcomes
    assert outcomes["proved"] >= 0.05 * COUNT
    assert outcomes["refuted"] >= 0.6 * COUNT


def test_mutated_claims_with_strides_left_open():
    outcomes = fuzzed(SYMBOLIC, COUNT // 8, 32)
    assert outcomes["refuted"] >= 0.4 * (COUNT // 8)


def test_equivalent_rewrites_are_proved():
    source = random.Random(33)
    subjects = bases(CONCRETE)
    for number in range(max(24, COUNT // 4)):
        subject = rewritten(source.choice(subjects), source)
        verdict = decide(subject)
        assert verdict.outcome == "proved", (verdict, subject)
        assert not complaint(subject, verdict, source, number)


# --- planted errors -----------------------------------------------------------------------------


def test_a_prover_that_forgets_to_count_is_caught(monkeypatch):
    monkeypatch.setattr(relations.Piece, "injective", property(lambda self: True))
    with pytest.raises(AssertionError, match="a false proof"):
        fuzzed(("y[o] = sum(x[o], k=0..K-1) for o=0..N-1",), 60, 2)


def test_a_prover_that_looks_at_one_side_alone_is_caught(monkeypatch):
    whole = counting.difference
    monkeypatch.setattr(
        "symconv.provers.sets.difference",
        lambda left, right, setting: None if left and right else whole(left, right, setting),
    )
    with pytest.raises(AssertionError, match="a false proof"):
        fuzzed(("y = conv1d(x[N], w[K], b, stride=2, padding=P)",), 60, 3)
