"""Probabilities that a claim takes for granted: ``p - t`` where every row of t sums to 1."""

from __future__ import annotations

from dataclasses import replace

from symconv.claims import AnyClaim, Lemma, Proviso, SizeClaim
from symconv.provers import decide


def summing(claim: AnyClaim) -> Proviso | None:
    """That a target sums to 1 along its last axis, where this saves a claim about a softmax."""
    if isinstance(claim, SizeClaim) or claim.scope.lemmas:
        return None
    reads = [r for form in (claim.left, claim.right) for t in form.terms for r in t.reads]
    made = {equation.name for equation in claim.before}
    if not any(e.tensors for e in claim.before) or not _normed(claim):
        return None
    inputs = dict.fromkeys(r.tensor for r in reads if len(r.at) > 1 and r.tensor not in made)
    for name in inputs:
        scope = replace(claim.scope, lemmas=(Lemma(name),))
        verdict = decide(replace(claim, scope=scope))
        if verdict.outcome == "proved":
            text = f"{name} sums to 1 along its last axis"
            return Proviso(text, evidence=verdict.evidence)
    return None


def _normed(claim: AnyClaim) -> bool:
    """Whether a sum of exponentials is divided by."""
    assert not isinstance(claim, SizeClaim)
    forms = (claim.left, claim.right, *claim.before)
    terms = (t for form in forms for t in getattr(form, "terms", ()))
    return any(r.function == "reciprocal" for t in terms for r in t.reads)
