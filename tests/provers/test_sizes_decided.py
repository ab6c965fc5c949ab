"""Claims about sizes: rational numbers, every relation, with a witness of plain fractions."""

# ruff: noqa: E501

from fractions import Fraction
from itertools import product

import pytest

from symconv.claims import Scope, Size, SizeClaim
from symconv.graph import Parameter
from symconv.index import Condition, FloorDiv, Max, Min, Mod, Symbol, evaluate
from symconv.operations.build import build
from symconv.provers import by_lengths, decide, lengths, sensible
from symconv.provers.exact import differ, meets
from symconv.provers.isl import NoLibrary
from symconv.provers.words import quantified
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
N, K, P, S, D, H, W = (Symbol(name) for name in "NKPSDHW")
TWO = build(parse("y = conv1d(x[N], w[K], stride=2, padding=P)"))
FREE = build(parse("y = conv1d(x[N], w[K], stride=S, padding=P)"))
LOOSE = build(parse("y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"))
UP = build(parse("y = conv_transpose1d(x[N], w[K], stride=S, padding=P)"))
BOTH = build(parse("Y = unfold(x[1,1,H,W], K)"))
O = FloorDiv
KEEP = N + 2 * P - K
ODD, EVEN = Condition(Mod(K, 2), "==", 1), Condition(Mod(K, 2), "==", 0)
FITS = Condition(Mod(KEEP, S), "==", 0)

# graph, left, relation, right, assumptions, whether it is true
ROWS = [
    (TWO, Size(O(KEEP, 2) + 1), "=", Size(O(KEEP + 2, 2)), (), True),
    (TWO, Size(O(KEEP, 2) + 1), "=", Size(KEEP + 2, 2), (), False),
    (TWO, Size(O(KEEP, 2) + 1), "=", Size(KEEP + 2, 2), (Condition(Mod(KEEP, 2), "==", 0),), True),
    (TWO, Size(O(KEEP, 2) + 1), "<=", Size(KEEP + 2, 2), (), True),
    (TWO, Size(O(KEEP, 2) + 1), ">", Size(KEEP, 2), (), True),
    (TWO, Size(O(KEEP, 2) + 1), ">", Size(KEEP + 1, 2), (), False),
    (TWO, Size(O(KEEP, 2) + 1), "=", Size(O(KEEP, 2)), (), False),
    (TWO, Size(O(KEEP, 2) + 1), "=", Size(O(KEEP + 1, 2)), (), False),
    (TWO, Size(O(KEEP, 2) + 1), "!=", Size(O(KEEP, 2)), (), True),
    (TWO, Size(O(KEEP, 2) + 1), "!=", Size(N), (), False),
    (TWO, Size(-(O(-KEEP - 1, 2))), "=", Size(O(KEEP, 2) + 1), (), True),
    (TWO, Size(N, -2), "=", Size(-1 * N, 2), (), True),
    (TWO, Size(N, -2), "<", Size(N, 3), (), True),
    (TWO, Size(Max((N, K))), ">=", Size(N), (), True),
    (TWO, Size(Min((N, K)) + Max((N, K))), "=", Size(N + K), (), True),
    (TWO, Size(Min((N, K))), "<", Size(N), (), False),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(O(KEEP + S, S)), (), True),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(KEEP + S, S), (), False),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(KEEP + S, S), (FITS,), True),
    (FREE, Size(O(KEEP, S) + 1), "<=", Size(KEEP + S, S), (), True),
    (FREE, Size(O(KEEP, S) + 1), ">", Size(KEEP, S), (), True),
    (FREE, Size(O(KEEP, S) + 1), "<=", Size(N + 2 * P), (), True),
    (FREE, Size(O(KEEP, S) + 1), "<", Size(N + 2 * P), (), False),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(N), (Condition(S, "==", 1), Condition(2 * P, "==", K - 1)), True),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(N), (Condition(S, "==", 1), Condition(P, "==", O(K, 2)), ODD), True),
    (FREE, Size(O(KEEP, S) + 1), "=", Size(N), (Condition(S, "==", 1), Condition(P, "==", O(K, 2)), EVEN), False),
    (LOOSE, Size(O(N + 2 * P - D * (K - 1) - 1, S) + 1), "=", Size(O(N + 2 * P - D * K + D - 1 + S, S)), (), True),
    (LOOSE, Size(O(N + 2 * P - D * (K - 1) - 1, S) + 1), "=", Size(O(N + 2 * P - D * K - 1, S) + 1), (), False),
    (UP, Size((N - 1) * S + K - 2 * P), "=", Size(N * S - S + K - 2 * P), (), True),
    (UP, Size((N - 1) * S + K - 2 * P), "=", Size(N * S - S + K - 2 * P + 1), (), False),
    (UP, Size((N - 1) * S + K - 2 * P), "=", Size(N * S), (), False),
    (UP, Size(O((N - 1) * S + K - 2 * P + 2 * P - K, S) + 1), "=", Size(N), (), True),
    (BOTH, Size((H - K + 1) * (W - K + 1)), "=", Size((W - K + 1) * (H - K + 1)), (), True),
    (BOTH, Size((H - K + 1) * (W - K + 1)), "=", Size((H - K + 1) * (H - K + 1)), (), False),
    (BOTH, Size((H - K + 1) * (W - K + 1)), "=", Size((H - K + 1) * (H - K + 1)), (Condition(H, "==", W),), True),
    (BOTH, Size((H - K + 1) * (W - K + 1)), "<=", Size(H * W), (), True),
]  # fmt: skip


def made(row) -> SizeClaim:
    graph, left, relation, right, assume, _ = row
    return SizeClaim(left, right, Scope(graph.parameters, (*assume, *sensible(graph))), relation)


def true_at(subject: SizeClaim, sizes: dict[str, int]) -> bool:
    """The relation between two fractions, by Python alone."""
    a, b = (
        Fraction(evaluate(s.top, sizes), evaluate(s.bottom, sizes))
        for s in (subject.left, subject.right)
    )
    sign = "==" if subject.relation == "=" else subject.relation
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def small(subject: SizeClaim):
    spans = [range(p.least, p.least + 4) for p in subject.scope.parameters]
    for point in sorted(product(*spans), key=lambda at: (sum(at), at)):
        sizes = dict(zip(subject.scope.names, point, strict=True))
        if meets(subject, sizes):
            yield sizes


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{r[1].top} {r[2]} {r[3].top}/{r[3].bottom} {n}" for n, r in enumerate(ROWS)]
)
def test_sizes(row):
    subject = made(row)
    verdict = decide(subject)
    wrong = [sizes for sizes in small(subject) if not true_at(subject, sizes)]
    assert (not wrong) == row[-1], "the row itself is wrong"
    assert verdict.outcome == ("proved" if row[-1] else "refuted"), verdict
    if wrong:
        found = verdict.counterexample
        assert dict(found.sizes) == wrong[0]
        sides = [
            str(Fraction(evaluate(s.top, wrong[0]), evaluate(s.bottom, wrong[0])))
            for s in (subject.left, subject.right)
        ]
        assert [found.left, found.right] == sides
    else:
        assert verdict.evidence.startswith(quantified(subject.scope))


@pytest.mark.parametrize(("left", "relation", "right", "outcome"), [
    (Size(5 - 3 + 2 + 2, 2), "=", Size(3), "proved"),
    (Size(7, 2), "=", Size(3), "refuted"),
    (Size(7, 2), ">", Size(3), "proved"),
    (Size(7, 0), ">", Size(3), "undecided"),
])  # fmt: skip
def test_numbers(left, relation, right, outcome):
    assert decide(SizeClaim(left, right, Scope(()), relation)).outcome == outcome


def test_a_divisor_that_may_be_zero_is_no_proof():
    scope = Scope((Parameter("S", "stride", 1), Parameter("N", "size", 1)))
    verdict = decide(SizeClaim(Size(N), Size(N * (S - 1), S - 1), scope))
    assert verdict.outcome in ("undecided", "checked")
    fine = Scope(scope.parameters, (Condition(S, ">=", 2),))
    pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    assert decide(SizeClaim(Size(N), Size(N * (S - 1), S - 1), fine)).outcome == "proved"


def test_assumptions_that_nothing_meets_prove_nothing():
    scope = Scope(TWO.parameters, (Condition(N, "<", 0),))
    assert decide(SizeClaim(Size(N), Size(N), scope)).outcome == "undecided"
    scope = Scope(FREE.parameters, (Condition(S * S, "==", 2),))
    assert decide(SizeClaim(Size(N), Size(N + 1), scope)).outcome == "undecided"


def test_without_the_library_sizes_fall_to_checked(monkeypatch):
    def missing() -> None:
        raise NoLibrary("islpy cannot be loaded (no such module)")

    monkeypatch.setattr(lengths, "library", missing)
    assert decide(made(ROWS[0])).outcome == "checked"
    assert decide(made(ROWS[1])).outcome == "refuted"


def test_verdicts_say_what_is_assumed():
    verdict = decide(made(ROWS[2]))
    assert verdict.assumptions == ("(N + 2*P - K) % 2 == 0", "(N + 2*P - K)//2 + 1 ≥ 1")


# --- planted errors -----------------------------------------------------------------------------


def wrongly_proved() -> int:
    rows = [row for row in ROWS if not row[-1] and row[0] is TWO]
    return sum(by_lengths(made(row)).outcome == "proved" for row in rows)


def test_a_floor_that_is_taken_as_exact_is_caught(monkeypatch):
    assert wrongly_proved() == 0
    monkeypatch.setattr(lengths, "negation", lambda claim: Condition(1, "==", 2))
    assert wrongly_proved() > 0


def test_a_refutation_that_does_not_hold_is_none(monkeypatch):
    monkeypatch.setattr(lengths, "negation", lambda claim: Condition(1, "==", 1))
    verdict = by_lengths(made(ROWS[0]))
    assert verdict.outcome == "undecided"
    assert "defect of the prover" in verdict.evidence


def test_divisors_are_multiplied_with_the_other_side(monkeypatch):
    monkeypatch.setattr(lengths, "_positive", lambda size: (size.top, 1))
    assert by_lengths(made(ROWS[11])).outcome != "proved"


def test_a_size_claim_is_evaluated_like_any_other():
    assert differ(made(ROWS[1]), {"N": 2, "K": 1, "P": 0}).right == "3/2"
