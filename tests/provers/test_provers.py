import random
from dataclasses import replace

import numpy as np
import pytest
from fuzz_claims import agrees, small_sizes
from prover_cases import FALSE, NEEDS, TRUE, claim

from symconv.claims import Claim, Scope
from symconv.index import Condition, Symbol, evaluate
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.provers import by_grid, by_numbers, by_sets, counting, decide, relations, sets
from symconv.provers.exact import differ, meets
from symconv.provers.isl import NoLibrary
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term

pytest.importorskip("islpy")
N, K, o, k = (Symbol(name) for name in "NKok")


def made(row: tuple[str, str, str]) -> Claim:
    return claim(*row, NEEDS.get(row[0], ()))


def brute(subject: Claim, most: int) -> bool:
    """Whether the sides agree at all of up to `most` small sizes."""
    found = [agrees(subject, sizes, 0) for sizes in small_sizes(subject, most, random.Random(0))]
    return bool(found) and all(found)


@pytest.mark.parametrize("row", TRUE, ids=[" ".join(row[1:]) or row[0] for row in TRUE])
def test_true_claims_are_proved(row):
    verdict = decide(made(row))
    assert verdict.outcome == "proved", verdict
    assert verdict.evidence.startswith("for all")
    assert brute(made(row), 12)


@pytest.mark.parametrize("row", FALSE, ids=[" ".join(row[1:]) or row[0] for row in FALSE])
def test_false_claims_are_refuted_at_the_smallest_sizes(row):
    subject = made(row)
    verdict = decide(subject)
    assert verdict.outcome == "refuted", verdict
    found = verdict.counterexample
    assert found is not None
    assert meets(subject, found.sizes)
    assert found.left != found.right
    assert differ(subject, found.sizes) is not None
    for name in found.sizes:  # one less of any symbol: nothing to see, or not in scope
        smaller = {**found.sizes, name: found.sizes[name] - 1}
        assert not meets(subject, smaller) or differ(subject, smaller) is None


def test_a_verdict_says_what_is_quantified_and_assumed():
    verdict = decide(made(TRUE[0]))
    assert verdict.evidence == (
        "for all N ≥ 1, K ≥ 1, P ≥ 0; assuming (N + 2*P - K)//2 + 1 ≥ 1, "
        "a read outside a tensor counts as 0"
    )


STRIDED = "y = conv1d(x[N], w[K], stride=S, padding=P)"
WITH = "with g[(N+2*P-K)//S + 1]"


def test_symbolic_strides_on_a_grid_alone_are_checked_and_never_proved():
    right = f"d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S) for k=0..K-1 {WITH}, x[N]"
    verdict = by_grid(claim(STRIDED, "w", right))
    assert verdict.outcome == "checked"
    assert verdict.cases == 8
    assert verdict.evidence == (
        "proved for all N ≥ 1, K ≥ 1, P ≥ 0 at each of S = 1 … 8; not proved for all S"
    )


def test_a_stride_that_is_forgotten_is_refuted_at_stride_two():
    right = f"d[k] = sum(g[o]*x[o+k-P], o=0..(N+2*P-K)//S) for k=0..K-1 {WITH}, x[N]"
    found = decide(claim(STRIDED, "w", right)).counterexample
    assert found is not None
    assert found.sizes["S"] == 2


def merged(read: str) -> Claim:
    graph = build(parse("h = conv1d(x[N], u[A], stride=2)\ny = conv1d(h, v[B], stride=3)"))
    own = build(
        parse(
            f"y[o] = sum({read}, j=0..B-1, i=0..A-1) for o=0..((N-A)//2 + 1 - B)//3 "
            "with x[N], v[B], u[A]"
        )
    )
    before = graph.equations[:-1]
    return Claim(graph.equations[-1], own.equations[-1], Scope(graph.parameters), before)


def test_strided_convolutions_merge_into_one():
    assert decide(merged("v[j]*u[i]*x[6*o + 2*j + i]")).outcome == "proved"
    verdict = decide(merged("v[j]*u[i]*x[5*o + 2*j + i]"))
    assert verdict.outcome == "refuted"


def test_assumptions_decide_and_are_printed():
    right = "y[o] = sum(x[o+k], k=0..K-1) for o=0..N-1 with x[N]"
    wrong = claim("y[o] = sum(x[o+k], k=0..1) for o=0..N-1 with x[N]", "", right)
    assert decide(wrong).outcome == "refuted"
    scope = replace(wrong.scope, assumptions=(Condition(K, "==", 2),))
    verdict = decide(replace(wrong, scope=scope))
    assert verdict.outcome == "proved"
    assert "K == 2" in verdict.evidence


def test_assumptions_that_nothing_meets_prove_nothing():
    subject = made(FALSE[0])
    scope = replace(subject.scope, assumptions=(Condition(N, "<", 0),))
    verdict = decide(replace(subject, scope=scope))
    assert verdict.outcome == "undecided"
    assert "no sizes meet the assumptions" in verdict.notes[0]


def test_a_divisor_that_may_be_zero_is_named():
    left = Form("y", (Range("o", N),), (Term((Read("x", (o,)),)),), (("x", (N,)),))
    term = Term((Read("x", (o,)),), (), (Condition((o + N) // (N - 1), ">=", 0),))
    subject = replace(made(TRUE[-2]), left=left, right=replace(left, terms=(term,)), before=())
    assert "may be 0 or less" in by_sets(subject).evidence


def test_a_budget_used_up_is_said_and_is_no_verdict():
    verdict = by_sets(made(TRUE[10]), budget=50)
    assert verdict.outcome == "undecided"
    assert "budget" in verdict.evidence
    assert by_sets(made(TRUE[10])).outcome == "proved"


def test_verdicts_repeat():
    assert [decide(made(row)) for row in FALSE[:6]] == [decide(made(row)) for row in FALSE[:6]]


def test_without_the_library_verdicts_fall_to_checked(monkeypatch):
    def missing() -> None:
        raise NoLibrary("islpy cannot be loaded (no such module)")

    monkeypatch.setattr(sets, "library", missing)
    verdict = decide(made(TRUE[0]))
    assert verdict.outcome == "checked"
    assert verdict.cases > 5
    assert "islpy cannot be loaded" in verdict.notes[0]
    assert decide(made(FALSE[0])).outcome == "refuted"


@pytest.mark.parametrize("row", FALSE, ids=[" ".join(row[1:]) or row[0] for row in FALSE])
def test_numbers_alone_refute_the_false_claims(row):
    assert by_numbers(made(row), 40).outcome == "refuted"


def test_a_property_of_a_function_is_not_refuted():
    op = "y[o] = log(x[o]) for o=0..N-1 with x[N]"
    one = claim(op, "", op)
    twice = replace(
        one.right, terms=(replace(one.right.terms[0], reads=(Read("e", (o,), "log"),)),)
    )
    exp = Form("e", (Range("o", N),), (Term((Read("x", (o,), "exp"),)),), (("x", (N,)),))
    plain = replace(one.left, terms=(Term((Read("x", (o,)),)),))
    right = replace(twice, shapes=(("e", (N,)),))
    verdict = decide(replace(one, left=plain, right=right, before=(exp,)))
    assert verdict.outcome in ("undecided", "checked")


# --- planted errors -----------------------------------------------------------------------------


def test_a_prover_that_sees_differences_everywhere_refutes_nothing(monkeypatch):
    def everywhere(left, right, setting):
        return left[0].relation.range()

    monkeypatch.setattr(sets, "difference", everywhere)
    verdict = by_sets(made(TRUE[0]))
    assert verdict.outcome == "undecided"
    assert "defect of the prover" in verdict.evidence


def wrongly_proved() -> int:
    """How many of the false claims the prover, as it is now, calls proved."""
    return sum(by_sets(made(row)).outcome == "proved" for row in FALSE)


def test_a_count_that_is_forgotten_is_caught(monkeypatch):
    monkeypatch.setattr(relations.Piece, "injective", property(lambda self: True))
    assert wrongly_proved() > 0


def test_a_right_side_that_is_forgotten_is_caught(monkeypatch):
    monkeypatch.setattr(sets, "difference", lambda left, right, setting: None)
    assert wrongly_proved() > 0


def test_a_range_that_is_forgotten_is_caught(monkeypatch):
    whole = counting._cancelled

    def generous(items):
        return [] if len(items) == 2 else whole(items)

    monkeypatch.setattr(counting, "_cancelled", generous)
    assert wrongly_proved() > 0


# --- evidence -------------------------------------------------------------------------------


def test_a_counterexample_holds_in_the_reference_evaluator():
    subject = made(FALSE[3])
    found = decide(subject).counterexample
    assert found is not None
    data = {}
    for name, shape in (*subject.left.shapes, *subject.right.shapes):
        data[name] = differ_data(shape, found.sizes)
    left, right = (
        evaluate_equation(side, {n: data[n] for n in side.tensors}, found.sizes)
        for side in (subject.left, subject.right)
    )
    assert (left != right).any()


def differ_data(shape, sizes):
    extents = [evaluate(n, sizes) for n in shape]
    return (np.arange(np.prod(extents, dtype=int)) ** 3 + 5).reshape(extents)
