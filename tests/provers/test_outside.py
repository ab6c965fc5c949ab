"""Where a read outside a tensor is an error: no sum is right that makes one."""

# ruff: noqa: E501

from dataclasses import replace

import numpy as np
import pytest
from prover_cases import claim

from symconv.claims import Claim
from symconv.index import Condition, Symbol
from symconv.provers import by_numbers, by_strides, decide, relations
from symconv.provers.exact import differ, meets
from symconv.provers.inside import leaves

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

PLAIN = "y = conv1d(x[N], w[K], stride=2)"
PADDED = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
BATCH = "y = conv2d(x[B,C,H,W], w[F,C,K,Q], stride=(2,1))"
G = "with g[(N+2*P-K)//2 + 1]"

# operation, gradient of, what was written, whether every read stays inside
ROWS = [
    (PLAIN, "", "y[o] = sum(w[k]*x[2*o+k], k=0..K-1) for o=0..(N-K)//2 with x[N]", True),
    (PLAIN, "", "y[o] = sum(w[k]*x[2*o+k], k=0..K) for o=0..(N-K)//2 with x[N], w[K]", False),
    (PADDED, "", "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N]", False),
    (PADDED, "", "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1, 0 <= 2*o+k-P, 2*o+k-P <= N-1) for o=0..(N+2*P-K)//2 with x[N]", True),
    (PADDED, "", "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1, 0 <= 2*o+k-P, 2*o+k-P <= N) for o=0..(N+2*P-K)//2 with x[N]", False),
    (PADDED, "", "y[o] = sum(w[i-2*o+P]*x[i], i=0..N-1) for o=0..(N+2*P-K)//2 with x[N], w[K]", False),
    (PADDED, "w", f"d[k] = sum(g[o]*x[2*o+k-P], o=0..(N+2*P-K)//2, 0 <= 2*o+k-P, 2*o+k-P < N) for k=0..K-1 {G}, x[N]", True),
    (PADDED, "x", f"d[i] = sum(g[(i+P-k)//2]*w[k], k=0..K-1, (i+P-k)%2 == 0) for i=0..N-1 {G}, w[K]", False),
    (PADDED, "x", f"d[i] = sum(g[(i+P-k)//2]*w[k], k=0..K-1, (i+P-k)%2 == 0, 0 <= i+P-k, (i+P-k)//2 <= (N+2*P-K)//2) for i=0..N-1 {G}, w[K]", True),
    (BATCH, "w", "d[f,c,k,q] = sum(g[n,f,o,p]*x[n,c,2*o+k,p+q], n=0..B-1, o=0..(H-K)//2, p=0..W-Q) for f=0..F-1, c=0..C-1, k=0..K-1, q=0..Q-1 with g[B,F,(H-K)//2+1,W-Q+1], x[B,C,H,W]", True),
    (BATCH, "w", "d[f,c,k,q] = sum(g[n,f,o,p]*x[n,c,2*o+k,p+q], n=0..B, o=0..(H-K)//2, p=0..W-Q) for f=0..F-1, c=0..C-1, k=0..K-1, q=0..Q-1 with g[B,F,(H-K)//2+1,W-Q+1], x[B,C,H,W]", False),
    (FREE, "w", "d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S, 0 <= S*o+k-P, S*o+k-P < N) for k=0..K-1 with g[(N+2*P-K)//S + 1], x[N]", True),
    (FREE, "w", "d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S) for k=0..K-1 with g[(N+2*P-K)//S + 1], x[N]", False),
]  # fmt: skip


def strict(op: str, of: str, right: str) -> Claim:
    found = claim(op, of, right)
    return replace(found, scope=replace(found.scope, outside="error"))


@pytest.mark.parametrize(("op", "of", "right", "fine"), ROWS)
def test_reads_that_leave_their_tensor(op, of, right, fine):
    if "S" in op:
        pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    assert decide(claim(op, of, right)).outcome == "proved", "with zeros outside, all are true"
    subject = strict(op, of, right)
    verdict = decide(subject)
    assert verdict.outcome == ("proved" if fine else "refuted"), verdict
    assert "a read outside a tensor is an error" in verdict.assumptions
    if not fine:
        found = verdict.counterexample
        assert "is outside" in found.right
        assert meets(subject, found.sizes)
        for name in found.sizes:
            smaller = {**found.sizes, name: found.sizes[name] - 1}
            assert not meets(subject, smaller) or differ(subject, smaller) is None


def test_the_read_that_leaves_is_the_first_that_numpy_refuses():
    """The same sum as plain loops over arrays, with negative indices refused too."""
    subject = strict(*ROWS[1][:3])
    found = decide(subject).counterexample
    sizes = found.sizes
    x, w = np.zeros(sizes["N"]), np.zeros(sizes["K"])
    with pytest.raises(IndexError):
        for o in range((sizes["N"] - sizes["K"]) // 2 + 1):
            for k in range(sizes["K"] + 1):
                where = (o,)
                w[k] * x[2 * o + k]
    assert found.position == where
    assert found.right == f"w[{sizes['K']}] is outside w of shape ({sizes['K']},)"


def test_numbers_alone_see_it_too():
    assert by_numbers(strict(*ROWS[1][:3])).outcome == "refuted"
    assert by_numbers(strict(*ROWS[0][:3])).outcome == "checked"


def test_at_given_sizes():
    op = "y = conv1d(x[9], w[3], stride=2, padding=1)"
    right = "y[o] = sum(w[k]*x[2*o+k-1], k=0..2{}) for o=0..4 with x[9]"
    verdict = decide(strict(op, "", right.format("")))
    assert (verdict.outcome, verdict.method) == ("refuted", "exact normal form")
    assert verdict.counterexample.right == "x[-1] is outside x of shape (9,)"
    guarded = decide(strict(op, "", right.format(", 0 <= 2*o+k-1, 2*o+k-1 < 9")))
    assert guarded.outcome == "proved"


def test_strides_alone_never_prove_what_leaves():
    pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    for op, of, right, fine in ROWS:
        verdict = by_strides(strict(op, of, right))
        assert verdict.outcome == "proved" if fine else verdict.outcome == "undecided"


def test_a_wrong_sum_whose_reads_stay_inside_is_still_wrong():
    right = "y[o] = sum(w[k]*x[o+k], k=0..K-1) for o=0..(N-K)//2 with x[N]"
    verdict = decide(strict(PLAIN, "", right))
    assert verdict.outcome == "refuted"
    assert "outside" not in verdict.counterexample.right


def test_an_assumption_can_keep_reads_inside():
    subject = strict(*ROWS[2][:3])
    scope = replace(subject.scope, assumptions=(Condition(Symbol("P"), "==", 0),))
    assert decide(replace(subject, scope=scope)).outcome == "proved"


def test_leaving_at_given_sizes():
    form = strict(*ROWS[2][:3]).right
    assert leaves(form, {"N": 4, "K": 2, "P": 0}) is None
    assert leaves(form, {"N": 4, "K": 2, "P": 1}).position == (0,)


def test_a_check_that_is_forgotten_is_caught(monkeypatch):
    monkeypatch.setattr("symconv.provers.sets.leaving", lambda form, setting: [])
    assert decide(strict(*ROWS[1][:3])).outcome == "proved"  # so the rows above would fail
    assert relations.leaving is not None
