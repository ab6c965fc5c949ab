"""Conditions: found, proved, and compared with plain predicates at small sizes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from condition_cases import FORMS, G2, NONE, POOL3, SIZES, SOME, TWO, Case, length, tensor
from condition_worlds import met, small, true_at

from symconv.claims import AnyClaim, Verdict
from symconv.conditions import condition_for, corner_note, corners, proving, search
from symconv.conditions.wording import shown
from symconv.conventions import Conventions
from symconv.index import Condition, Index, Max, Mod, Product, Symbol
from symconv.operations.build import build
from symconv.provers import decide
from symconv.provers.failing import Region, regions
from symconv.provers.isl import NoLibrary
from symconv.syntax.formula import claim_of, read_formula
from symconv.syntax.spec import parse

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


def test_a_read_outside_that_is_an_error_is_saved_by_no_padding():
    right = "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N]"
    claim = tensor(TWO, "", right)
    assert condition_for(claim) is None  # it is true as it stands
    strict = replace(claim, scope=replace(claim.scope, outside="error"))
    found = condition_for(strict)
    assert found is not None
    assert (found.text, found.necessary) == ("without padding: P = 0", True)


@pytest.mark.parametrize("case", SOME, ids=[case.name for case in SOME])
def test_where_a_claim_fails_by_brute_force(case: Case):
    for region in regions(case.claim):
        assert region.failing is not None
        for sizes in small(case.claim, 40):
            if any(sizes[name] != number for name, number in region.known.items()):
                continue
            here = tuple(Condition(Symbol(n), "==", sizes[n]) for n in region.claim.scope.names)
            fails = region.failure(region.where(here)) is not None
            assert fails or true_at(case.claim, sizes), sizes
            assert not (region.exact and fails and true_at(case.claim, sizes)), sizes


def test_what_may_cancel_is_not_called_exact():
    over = "d[i] = sum(g[i//3], j=0..0, i%3 <= K-1) for i=0..N-1 with g[(N-K)//3 + 1]"
    alike, unlike = tensor(POOL3, "x", over, "K"), tensor(POOL3, "x", over)
    assert [region.exact for claim in (alike, unlike) for region in regions(claim)] == [True, False]
    masked = next(case.claim for case in FORMS if case.name.startswith("max pooling"))
    assert not regions(masked)[0].exact


def test_without_a_proof_for_all_strides_the_condition_names_those_proved(monkeypatch):
    def weaker(claim: AnyClaim) -> Verdict:
        verdict = decide(claim)
        symbolic = any(p.kind == "stride" for p in claim.scope.parameters)
        return replace(verdict, outcome="checked") if symbolic and verdict.good else verdict

    monkeypatch.setattr(proving, "decide", weaker)
    found = condition_for(SIZES[0].claim)
    assert found is not None
    assert found.text == "S divides N − K + 2P, at each of S = 1 … 8"
    assert found.conditions[1:] == (Condition(Symbol("S"), "<=", 8),)
    assert not found.necessary
    assert "not proved for all S" in found.evidence


def test_what_is_not_proved_at_each_stride_is_no_condition(monkeypatch):
    def doubting(claim: AnyClaim) -> Verdict:
        """No proof for all strides, and none at stride 5."""
        verdict = decide(claim)
        symbolic = any(p.kind == "stride" for p in claim.scope.parameters)
        doubted = symbolic or "% 5" in verdict.evidence
        return replace(verdict, outcome="checked") if doubted else verdict

    monkeypatch.setattr(proving, "decide", doubting)
    found = condition_for(SIZES[0].claim)
    assert found is not None
    assert found.text == "stride 1: S = 1"  # what is proved is left


def test_without_the_library_there_is_no_condition(monkeypatch):
    def missing(claim: AnyClaim) -> None:
        raise NoLibrary("not here")

    monkeypatch.setattr(search, "surveyed", missing)
    monkeypatch.setattr(corners, "surveyed", missing)
    assert condition_for(SIZES[0].claim) is None
    assert corner_note(NONE[0][1]) == ""


def test_where_the_sets_cannot_tell_small_sizes_pick_what_is_proved(monkeypatch):
    def blind(claim: AnyClaim) -> tuple[Region, ...]:
        return tuple(replace(r, failing=None, exact=False) for r in regions(claim))

    monkeypatch.setattr(search, "surveyed", blind)
    for case in (SIZES[1], FORMS[0], FORMS[4]):
        found = condition_for(case.claim)
        assert found is not None
        assert (found.text, found.necessary) == (case.words, False)
    assert condition_for(NONE[0][1]) is None


N, K, P, S, D = (Symbol(name) for name in "NKPSD")
SPELLED = [
    (N + 2 * P - D * (K - 1) - 1, "N + 2P − D(K − 1) − 1"),
    (Product((-1, K)) + N, "−K + N"),
    ((N - K) // S + 1, "⌊(N − K)/S⌋ + 1"),
    (Mod(N, 2), "N mod 2"),
    (Product((S, D, 3)), "S·D·3"),
    (Max((N - K, 0)), "max(N − K, 0)"),
    (N - (K - 1), "N − (K − 1)"),
    (-2, "−2"),
]


@pytest.mark.parametrize(("index", "text"), SPELLED, ids=[text for _, text in SPELLED])
def test_words(index: Index, text: str):
    assert shown(index) == text


def test_a_formula_people_write():
    graph = build(parse(TWO))
    given = Conventions(names=(("O", "size(y)"),))
    reading = read_formula(r"O = \frac{N - K + 2P}{2} + 1", graph, given)
    found = [condition_for(claim) for claim in claim_of(reading, graph)]
    assert [f and f.necessary for f in found] == [True]


def test_a_condition_repeats():
    for case in (SIZES[0], FORMS[5]):
        assert condition_for(case.claim) == condition_for(case.claim)


def test_a_target_that_sums_to_one_is_a_condition():
    """The famous p - t; by plain differences it holds for such targets and for no others."""
    graph = build(parse("L = cross_entropy(z[N,K], t[N,K])"))
    named = Conventions(names=(("p", "softmax(z)"),))

    def said(text: str) -> str:
        (claim,) = claim_of(read_formula(text, graph, named), graph)
        found = condition_for(claim)
        return "" if found is None else found.text

    assert said(r"dz_{n,k} = \frac{1}{N} (p_{n,k} - t_{n,k})") == "t sums to 1 along its last axis"
    assert said(r"dz_{n,k} = \frac{1}{N} (t_{n,k} - p_{n,k})") == ""
    assert said(r"dz_{n,k} = p_{n,k} - t_{n,k}") == ""
    assert _slopes_agree([0.25, 0.5, 0.25])
    assert not _slopes_agree([0.5, 0.5, 0.5])


def _slopes_agree(target: list[float], step: float = 1e-6) -> bool:
    """Whether the slopes of a cross-entropy by its scores are p - t, at one row."""
    scores = [0.3, -1.0, 0.8]

    def loss(values: list[float]) -> float:
        total = sum(math.exp(v) for v in values)
        return -sum(t * math.log(math.exp(v) / total) for t, v in zip(target, values, strict=True))

    powers = [math.exp(v) for v in scores]
    claimed = [e / sum(powers) - t for e, t in zip(powers, target, strict=True)]
    for place, wanted in enumerate(claimed):
        up, down = list(scores), list(scores)
        up[place] += step
        down[place] -= step
        if abs((loss(up) - loss(down)) / (2 * step) - wanted) > 1e-6:
            return False
    return True
