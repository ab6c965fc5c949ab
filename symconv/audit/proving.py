"""Proofs about what somebody handed over: in a process that is ended where one takes too long."""

from __future__ import annotations

from symconv.claims import AnyClaim, Verdict
from symconv.provers import decide, decide_guarded

SECONDS = 60.0
"""Long enough that only what hangs is stopped: budgets are counts of operations."""


def stoppable(claim: AnyClaim) -> Verdict:
    """The verdict on a claim; undecided, and said so, where the prover had to be stopped."""
    try:
        return decide_guarded((claim,), SECONDS)[0]
    except RuntimeError:  # no process can be started here
        return decide(claim)
