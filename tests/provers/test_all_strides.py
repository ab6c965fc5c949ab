"""For all strides: elimination and z3, paired with a grid; and the parts they are made of."""

# ruff: noqa: E501

import random

import pytest
from fuzz_claims import SYMBOLIC, agrees, bases, rewritten, small_sizes
from prover_cases import FALSE, NEEDS, TRUE, claim
from separating_cases import ROWS as SEPARATING
from separating_cases import stated

from symconv.claims import Claim
from symconv.index import Condition, FloorDiv, Mod, Symbol, evaluate
from symconv.provers import algebra, by_strides, covers, decide, smt, strides
from symconv.provers.algebra import TooLong, constant, plus, product, variable
from symconv.provers.isl import NoLibrary
from symconv.provers.smt import excluded, implied
from symconv.provers.systems import Atom, System

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")

LETTERS = ("S", "T", "U")
OPEN = (
    "y = conv1d(x[N], w[K], stride=S, padding=P)",
    "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
    "y = conv_transpose1d(x[N], w[K], stride=S, padding=P)",
)
G = "with g[(N+2*P-K)//S + 1]"
GD = "with g[(N+2*P-D*(K-1)-1)//S + 1]"
TRUE_ONES = [
    (OPEN[0], "", "y[o] = sum(w[i-S*o+P]*x[i], i=0..N-1) for o=0..(N+2*P-K)//S with x[N], w[K]"),
    (OPEN[0], "w", f"d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S) for k=0..K-1 {G}, x[N]"),
    (OPEN[0], "x", f"d[i] = sum(g[o]*w[i+P-S*o], o=0..(N+2*P-K)//S) for i=0..N-1 {G}, w[K]"),
    (OPEN[0], "x", f"d[i] = sum(g[(i+P-k)//S]*w[k], k=0..K-1, (i+P-k)%S == 0) for i=0..N-1 {G}, w[K]"),
    (OPEN[1], "x", f"d[i] = sum(g[(i+P-D*k)//S]*w[k], k=0..K-1, (i+P-D*k)%S == 0) for i=0..N-1 {GD}, w[K]"),
    (OPEN[1], "w", f"d[k] = sum(g[o]*x[S*o+D*k-P], o=0..(N+2*P-D*(K-1)-1)//S) for k=0..K-1 {GD}, x[N]"),
    (OPEN[2], "", "y[o] = sum(x[i]*w[o+P-S*i], i=0..N-1) for o=0..S*(N-1)+K-2*P-1 with w[K]"),
    (OPEN[2], "", "y[o] = sum(x[(o+P-k)//S]*w[k], k=0..K-1, (o+P-k)%S == 0) for o=0..S*(N-1)+K-2*P-1 with x[N]"),
    (OPEN[2], "w", "d[k] = sum(g[S*i+k-P]*x[i], i=0..N-1) for k=0..K-1 with g[S*(N-1)+K-2*P]"),
]  # fmt: skip


@pytest.mark.parametrize(
    "row", TRUE_ONES, ids=[f"{r[0][4:15]} {r[1]} {r[2][:40]}" for r in TRUE_ONES]
)
def test_true_for_all_strides(row):
    subject = claim(*row)
    verdict = decide(subject)
    assert (verdict.outcome, verdict.method) == ("proved", "elimination and z3"), verdict
    assert "S ≥ 1" in verdict.evidence
    assert "also proved by integer sets at each of" in verdict.evidence
    source = random.Random(4)
    assert all(agrees(subject, sizes, 6) for sizes in small_sizes(subject, 10, source))


def test_every_operation_with_open_strides_is_proved():
    for subject in bases(SYMBOLIC)[::2]:
        assert decide(subject).outcome == "proved", subject.text


def test_rewrites_with_open_strides_are_proved():
    source = random.Random(9)
    for subject in source.sample(bases(SYMBOLIC), 6):
        turned = rewritten(subject, source)
        assert decide(turned).outcome == "proved", turned


def test_it_proves_what_integer_sets_prove_and_nothing_else():
    proved = sum(by_strides(made(row)).outcome == "proved" for row in TRUE)
    assert proved >= len(TRUE) - 4  # sums that are counted are not for it
    for row in FALSE[::3]:
        assert by_strides(made(row)).outcome == "undecided", row


def made(row: tuple[str, str, str]) -> Claim:
    return claim(*row, NEEDS.get(row[0], ()))


def test_false_claims_are_never_proved_whatever_the_stride():
    for name in SEPARATING:
        assert by_strides(stated(name, LETTERS, true=False)).outcome == "undecided"


def test_without_z3_there_is_a_grid_and_it_says_so(monkeypatch):
    def missing():
        raise NoLibrary("z3 cannot be loaded (no such module)")

    monkeypatch.setattr(smt, "solver", missing)
    verdict = decide(stated("the polyphase input gradient", LETTERS, true=True))
    assert verdict.outcome == "checked"
    assert "at each of S = 1 … 8; not proved for all S" in verdict.evidence
    assert "z3 cannot be loaded" in verdict.notes[0]


def test_verdicts_repeat():
    subject = stated("the polyphase input gradient", LETTERS, true=True)
    assert decide(subject) == decide(subject)


def test_a_stride_that_only_differs_at_five_is_not_missed():
    """True for S up to 4: the first grid sees nothing, the proof fails, the wider grid refutes."""
    right = f"d[k] = sum(g[o]*x[S*o+k-P + (S//5)], o=0..(N+2*P-K)//S) for k=0..K-1 {G}, x[N]"
    verdict = decide(claim(OPEN[0], "w", right))
    assert verdict.outcome == "refuted"
    assert verdict.counterexample.sizes["S"] == 5


# --- polynomials and systems --------------------------------------------------------------------

a, b, S, q = (variable(name) for name in ("a", "b", "S", "q"))


def value(poly, **numbers):
    total = 0
    for monomial, number in poly.items():
        for name in monomial:
            number *= numbers[name]
        total += number
    return total


def test_polynomials_compute():
    source = random.Random(1)
    left = plus(product(a, S), constant(-3), 2)
    right = plus(product(b, b), a, -5)
    for _ in range(20):
        at = {name: source.randint(-9, 9) for name in ("a", "b", "S")}
        assert value(product(left, right), **at) == value(left, **at) * value(right, **at)
        put = algebra.put_in(left, {"a": right})
        assert value(put, **at) == value(left, **{**at, "a": value(right, **at)})
        whole, rest = algebra.divided(product(left, right), product(constant(2), S))
        again = plus(product(whole, product(constant(2), S)), rest)
        assert value(again, **at) == value(product(left, right), **at)


def test_polynomials_do_not_grow_without_end():
    wide = {(f"v{n}",): 1 for n in range(50)}
    with pytest.raises(TooLong):
        product(wide, wide)


def system(*conditions: Condition) -> System:
    found = System()
    names = {name: variable(name) for name in "abSq"}
    found.assume(conditions, names)
    return found


A, B, STRIDE = Symbol("a"), Symbol("b"), Symbol("S")
POSITIVE = (Condition(STRIDE, ">=", 1), Condition(A, ">=", 0), Condition(B, ">=", 0))
QUESTIONS = [
    (Condition(A + B, ">=", 0), True),
    (Condition(A - B, ">=", 0), False),
    (Condition(STRIDE * A, ">=", A), True),
    (Condition(STRIDE * A, ">", A), False),
    (Condition(FloorDiv(STRIDE * A + B, STRIDE), "==", A + FloorDiv(B, STRIDE)), True),
    (Condition(FloorDiv(A + B, STRIDE), "==", FloorDiv(A, STRIDE) + FloorDiv(B, STRIDE)), False),
    (Condition(FloorDiv(A + B, STRIDE), ">=", FloorDiv(A, STRIDE)), True),
    (Condition(Mod(A, STRIDE), "<", STRIDE), True),
    (Condition(Mod(A + STRIDE, STRIDE), "==", Mod(A, STRIDE)), True),
    (Condition(Mod(A + 1, STRIDE), "==", Mod(A, STRIDE)), False),
    (Condition(STRIDE * FloorDiv(A, STRIDE) + Mod(A, STRIDE), "==", A), True),
    (Condition(A * B, ">=", 0), True),
    (Condition(2 * A, "!=", 2 * B + 1), True),
]


@pytest.mark.parametrize(("goal", "truth"), QUESTIONS, ids=[str(q[0]) for q in QUESTIONS])
def test_what_follows(goal, truth):
    found = system(*POSITIVE)
    place = len(found.atoms)
    found.assume([goal], {name: variable(name) for name in "abSq"})
    goals = found.atoms[place:]
    del found.atoms[place:]
    assert all(implied(found, atom) for atom in goals) == truth
    points = [{"a": x, "b": y, "S": z} for x in range(6) for y in range(6) for z in range(1, 6)]
    sides = [(evaluate(goal.left, p), evaluate(goal.right, p)) for p in points]
    relation = {
        "==": int.__eq__,
        "!=": int.__ne__,
        ">=": int.__ge__,
        ">": int.__gt__,
        "<": int.__lt__,
    }
    assert all(relation[goal.relation](*pair) for pair in sides) == truth, "the row is wrong"


def test_equations_are_solved_and_quotients_merge():
    found = system(*POSITIVE, Condition(Mod(A + 3, STRIDE), "==", 0))
    before = found.lower(FloorDiv(A + 3, STRIDE), {"a": a, "S": S})
    found.settle(["a"])
    after = found.lower(FloorDiv(A + 3 + STRIDE * B, STRIDE), {"a": a, "S": S, "b": b})
    assert after == plus(algebra.put_in(before, found.solved), b)
    assert "a" in found.solved


def test_a_quotient_that_is_known_is_put_in():
    """``0 <= a <= S - 1`` makes ``(S·b + a) // S`` b."""
    found = system(*POSITIVE, Condition(A, "<", STRIDE))
    names = {"a": a, "b": b, "S": S}
    assert found.lower(FloorDiv(STRIDE * B + A, STRIDE), names) == b


def test_cases_that_leave_nothing_out():
    found = system(*POSITIVE)
    low, high = Atom("atleast", plus(constant(3), a, -1)), Atom("atleast", plus(a, constant(-4)))
    assert excluded(found, [[low], [high]])
    assert not excluded(found, [[low]])
    assert not excluded(found, [[low], [Atom("atleast", plus(a, constant(-5)))]])


# --- planted errors -----------------------------------------------------------------------------


def wrongly_proved() -> int:
    return sum(by_strides(made(row)).outcome == "proved" for row in FALSE[1:9])


def test_conditions_that_are_not_asked_for_are_caught(monkeypatch):
    monkeypatch.setattr(covers, "implied", lambda system, goal: True)
    assert wrongly_proved() > 0


def test_one_direction_alone_is_caught(monkeypatch):
    whole = covers._covered
    monkeypatch.setattr(
        covers, "_covered", lambda one, other, s: one.letter == "b" or whole(one, other, s)
    )
    assert wrongly_proved() > 0


def test_a_divisor_that_may_be_zero_is_no_proof(monkeypatch):
    right = f"d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S, k//(S-1) >= 0) for k=0..K-1 {G}, x[N]"
    subject = claim(OPEN[0], "w", right)
    assert by_strides(subject).outcome == "undecided"
    monkeypatch.setattr(strides, "_positive", lambda *given: None)
    assert by_strides(subject).outcome == "proved"


def test_a_divisor_does_not_vouch_for_itself():
    """The bounds of ``k // (S-1)`` say that S is at least 2; an assumption with it must not."""
    right = f"d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-K)//S) for k=0..K-1 {G}, x[N]"
    K, D = Symbol("K"), Symbol("S") - 1
    subject = claim(OPEN[0], "w", right, (Condition(FloorDiv(K, D), ">=", 0),))
    assert by_strides(subject, met=True).outcome == "undecided"
