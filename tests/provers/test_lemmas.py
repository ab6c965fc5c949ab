"""Softmax and cross-entropy: ``p - t`` needs that the targets sum to one."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from prover_cases import claim

from symconv.claims import Claim, Lemma, Scope
from symconv.gradients import backward
from symconv.graph import Graph
from symconv.index import Index, Symbol
from symconv.operations.build import build
from symconv.provers import decide, lemmas
from symconv.provers.exact import differ
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

ONE = build(parse("L = cross_entropy(z[K], t[K])"))
BATCH = build(parse("L = cross_entropy(z[N,K], t[N,K])"))
SUMS = Lemma("t")
c, j, n, N, K = (Symbol(name) for name in "cjnNK")


def stated(graph: Graph, terms: tuple[Term, ...], *facts: Lemma) -> Claim:
    """The gradient of the scores equals a sum of products over t, e = exp(z) and s = sum(e)."""
    steps = (*graph.equations, *backward(graph, ["z"]))
    left = steps[-1]
    made = {e.name: e.shape for e in steps} | {t.name: t.shape for t in graph.inputs}
    read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
    right = Form("d", left.ranges, terms, tuple((name, made[name]) for name in read))
    scope = Scope(graph.parameters, lemmas=facts)
    return Claim(left, right, scope, steps[:-1])


def probability(*at: Index) -> tuple[Read, Read]:
    """``e / s``."""
    return Read("e", at), Read("s", at[:-1], "reciprocal")


P, T = Term(probability(c)), Term((Read("t", (c,)),), coefficient=Fraction(-1))
SUMMED = Term((*probability(c), Read("t", (j,))), (Range("j", K),))
SHORT, LONG = (P, T), (SUMMED, T)
BATCHED = (
    Term(probability(n, c), divisors=(N,)),
    Term((Read("t", (n, c)),), coefficient=Fraction(-1), divisors=(N,)),
)


def test_without_the_lemma_p_minus_t_is_wrong():
    verdict = decide(stated(ONE, SHORT))
    assert verdict.outcome == "refuted"


def test_with_the_lemma_p_minus_t_is_proved_and_says_so():
    verdict = decide(stated(ONE, SHORT, SUMS))
    assert verdict.outcome == "proved", verdict
    assert "t sums to 1 along its last axis" in verdict.assumptions
    assert "t sums to 1" in verdict.evidence


def test_the_whole_truth_needs_no_lemma():
    assert decide(stated(ONE, LONG)).outcome == "proved"
    assert decide(stated(ONE, LONG, SUMS)).outcome == "proved"


@pytest.mark.parametrize(
    ("facts", "outcome"), [((SUMS,), "proved"), ((Lemma("t", 1),), "proved"), ((), "refuted")]
)
def test_a_batch(facts, outcome):
    assert decide(stated(BATCH, BATCHED, *facts)).outcome == outcome


def test_a_lemma_about_the_other_axis_does_not_help():
    assert decide(stated(BATCH, BATCHED, Lemma("t", 0))).outcome != "proved"


def test_a_lemma_makes_nothing_else_true():
    wrong = (P, replace(T, coefficient=Fraction(1)))
    assert decide(stated(ONE, wrong, SUMS)).outcome == "refuted"
    total = tuple(replace(term, divisors=()) for term in BATCHED)  # the mean is forgotten
    assert decide(stated(BATCH, total, SUMS)).outcome == "refuted"


@pytest.mark.parametrize("span", ["j=0..K-2", "j=1..K-1", "j=0..K-1, j != c"])
def test_part_of_a_sum_is_not_one(span):
    right = f"y[c] = sum(x[c]*t[j], {span}) for c=0..K-1 with x[K], t[K]"
    made = claim(right, "", "y[c] = x[c] for c=0..K-1 with x[K]")
    scope = replace(made.scope, lemmas=(SUMS,))
    assert decide(replace(made, scope=scope)).outcome == "refuted"


def test_a_sum_that_runs_further_is_still_one():
    right = "y[c] = sum(x[c]*t[j], j=0..K-1) for c=0..K-1 with x[K], t[K]"
    made = claim(right, "", "y[c] = x[c] for c=0..K-1 with x[K]")
    assert decide(replace(made, scope=replace(made.scope, lemmas=(SUMS,)))).outcome == "proved"
    assert decide(made).outcome == "refuted"


def test_data_meet_the_lemma():
    """The gradient by hand, with probabilities: both forms agree with it only where they may."""
    made = stated(ONE, SHORT, SUMS)
    assert differ(made, {"K": 4}) is None
    assert differ(stated(ONE, SHORT), {"K": 4}) is not None
    z = np.array([0.3, -1.2, 0.8])
    t = np.array([0.2, 0.5, 0.3])
    p = np.exp(z) / np.exp(z).sum()

    def loss(v: np.ndarray) -> float:
        return float(-(t * (v - np.log(np.exp(v).sum()))).sum())

    steps = np.eye(3) * 1e-6
    by_steps = [(loss(z + h) - loss(z - h)) / 2e-6 for h in steps]
    assert np.allclose(by_steps, p - t, atol=1e-8)


def test_a_lemma_used_on_every_sum_is_caught(monkeypatch):
    """Planted: a sum over any range counts as one."""
    monkeypatch.setattr(
        lemmas,
        "_whole",
        lambda term, index, size: next((r for r in term.sums if index == Symbol(r.name)), None),
    )
    right = "y[c] = sum(x[c]*t[j], j=0..K-2) for c=0..K-1 with x[K], t[K]"
    made = claim(right, "", "y[c] = x[c] for c=0..K-1 with x[K]")
    wrong = decide(replace(made, scope=replace(made.scope, lemmas=(SUMS,))))
    assert wrong.outcome == "proved"  # so test_part_of_a_sum_is_not_one would fail
