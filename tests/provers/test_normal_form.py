"""Claims at given sizes: both sides as polynomials, compared at every position."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from prover_cases import claim

from symconv.claims import Claim, Scope
from symconv.gradients import backward
from symconv.graph import Parameter
from symconv.index import Condition, Symbol
from symconv.operations.build import build
from symconv.provers import decide, normal
from symconv.provers.normal import by_normal_form, first_difference
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term

ROWS, COLUMNS, LETTERS = 32, 72, 25
i, j = Symbol("i"), Symbol("j")


def entries(seed: int = 1) -> list[tuple[int, int, int]]:
    source = random.Random(seed)
    return [(r, c, source.randrange(LETTERS)) for r in range(ROWS) for c in range(COLUMNS)]


def matrix(rows: list[tuple[int, int, int]]) -> Form:
    """A matrix of letters, one term for each entry, as a written matrix is read."""
    terms = tuple(
        Term((Read("w", (e,)),), (), (Condition(i, "==", r), Condition(j, "==", c)))
        for r, c, e in rows
    )
    return Form("A", (Range("i", ROWS), Range("j", COLUMNS)), terms, (("w", (LETTERS,)),))


def test_a_large_matrix_is_proved():
    rows = entries()
    shuffled = random.Random(2).sample(rows, len(rows))
    verdict = decide(Claim(matrix(rows), matrix(shuffled), Scope(())))
    assert (verdict.outcome, verdict.method) == ("proved", "exact normal form")
    assert verdict.evidence.startswith("at the given sizes, exactly")


@pytest.mark.parametrize("wrong", [0, 1177, ROWS * COLUMNS - 1])
def test_the_first_wrong_entry_is_named(wrong):
    rows = entries()
    r, c, e = rows[wrong]
    mistaken = [*rows[:wrong], (r, c, (e + 1) % LETTERS), *rows[wrong + 1 :]]
    verdict = decide(Claim(matrix(rows), matrix(mistaken), Scope(())))
    found = verdict.counterexample
    assert verdict.outcome == "refuted"
    assert found.position == (r, c)
    assert (found.left_terms, found.right_terms) == (f"w[{e}]", f"w[{(e + 1) % LETTERS}]")
    assert found.left != found.right


def test_an_entry_outside_the_matrix_is_nothing():
    rows = entries()[:3]
    beyond = [*rows, (ROWS, 0, 1), (0, COLUMNS, 1)]
    assert decide(Claim(matrix(rows), matrix(beyond), Scope(()))).outcome == "proved"


OPS = (
    "y = conv2d(x[2,3,7,8], w[4,3,3,2], b[4], stride=(2,3), padding=1)",
    "y = conv_transpose1d(x[2,3,5], w[3,4,3], stride=3, padding=1, output_padding=1)",
    "y = avg_pool2d(x[1,2,7,9], (2,3), (2,1), padding=1)",
    "y = max_pool1d(x[9], 3, 2)",
    "L = mse(y[3,4], t[3,4])",
    "L = cross_entropy(z[2,5], t[2,5])",
)


@pytest.mark.parametrize("op", OPS)
def test_gradients_at_given_sizes(op):
    graph = build(parse(op))
    steps = (*graph.equations, *backward(graph))
    for form in backward(graph):
        before = tuple(e for e in steps if e is not form)
        turned = replace(form, terms=tuple(replace(t, reads=t.reads[::-1]) for t in form.terms))
        assert decide(Claim(form, turned, Scope(()), before)).method == "exact normal form"
        number = form.terms[0].coefficient + 1
        worse = replace(form, terms=(replace(form.terms[0], coefficient=number), *form.terms[1:]))
        verdict = decide(Claim(form, worse, Scope(()), before))
        assert verdict.outcome == "refuted", form.name


def test_coefficients_and_divisors_are_fractions():
    op = "y[o] = sum(x[o+k], k=0..1) for o=0..2 with x[4]"
    one = claim(op, "", op)
    terms = one.right.terms
    third = replace(terms[0], coefficient=Fraction(3, 7), divisors=(Symbol("o") + 1, 3))
    same = replace(terms[0], coefficient=Fraction(1, 7), divisors=(1 + Symbol("o"),))
    both = replace(
        one, left=replace(one.left, terms=(third,)), right=replace(one.right, terms=(same,))
    )
    assert decide(both).outcome == "proved"
    other = replace(both, right=replace(one.right, terms=(replace(same, divisors=(2,)),)))
    assert decide(other).counterexample.position == (0,)


def test_what_cancels_is_nothing():
    op = "y[o] = sum(x[o]*x[k], k=0..3) - sum(x[k]*x[o], k=0..3) for o=0..3 with x[4]"
    assert decide(claim(op, "", "y[o] = 0*x[o] for o=0..3 with x[4]")).outcome == "proved"


def test_shapes_come_first():
    left = "y[o] = x[o] for o=0..3 with x[4]"
    verdict = decide(claim(left, "", "y[o] = x[o] for o=0..2 with x[4]"))
    assert verdict.outcome == "refuted"
    assert "shape" in verdict.counterexample.left


def test_earlier_results_are_put_in_where_needed():
    op = "h = conv1d(x[7], u[2], stride=2)\ny = conv1d(h, v[2])"
    right = "y[o] = sum({}, j=0..1, k=0..1) for o=0..1 with x[7], v[2], u[2]"
    true = decide(claim(op, "", right.format("v[j]*u[k]*x[2*o+2*j+k]")))
    assert (true.outcome, true.method) == ("proved", "exact normal form")
    false = decide(claim(op, "", right.format("v[j]*u[k]*x[2*o+j+k]")))
    assert (false.outcome, false.method) == ("refuted", "exact normal form")


def test_opaque_functions_need_values_that_differ():
    """``log(exp(x)) = x``: other products, and yet equal."""
    shape = ((4,),)
    o = Symbol("o")
    before = (Form("e", (Range("o", 4),), (Term((Read("x", (o,), "exp"),)),), (("x", *shape),)),)
    left = Form("y", (Range("o", 4),), (Term((Read("x", (o,)),)),), (("x", *shape),))
    right = Form("y", (Range("o", 4),), (Term((Read("e", (o,), "log"),)),), (("e", *shape),))
    verdict = decide(Claim(left, right, Scope(()), before))
    assert verdict.outcome in ("checked", "undecided")


def test_counterexamples_write_long_sums_out_in_part():
    op = "y[o] = sum(x[o+k], k=0..11) for o=0..2 with x[14]"
    verdict = decide(claim(op, "", "y[o] = sum(x[o+k], k=0..10) for o=0..2 with x[14]"))
    found = verdict.counterexample
    assert found.left_terms == " + ".join(f"x[{n}]" for n in range(8)) + " + … (4 more)"
    assert found.right_terms.endswith("(3 more)")


# --- planted errors -----------------------------------------------------------------------------


def test_a_comparison_that_looks_at_outputs_alone_is_caught(monkeypatch):
    rows = entries()
    r, c, e = rows[5]
    wrong = matrix([*rows[:5], (r, c, (e + 1) % LETTERS), *rows[6:]])
    assert first_difference(matrix(rows), wrong) == (r, c)
    whole = normal._left_over
    monkeypatch.setattr(
        normal, "_left_over", lambda parts: whole([(keys[:, :1], n) for keys, n in parts])
    )
    assert first_difference(matrix(rows), wrong) is None


def test_a_difference_without_values_is_no_refutation(monkeypatch):
    op = "y[o] = sum(x[o+k], k=0..1) for o=0..2 with x[4]"
    monkeypatch.setattr(normal, "first_difference", lambda left, right: (0,))
    verdict = by_normal_form(claim(op, "", op))
    assert verdict.outcome == "undecided"
    assert "not in their values" in verdict.evidence


def test_values_at_the_position_are_those_of_plain_loops():
    op = "y = conv1d(x[9], w[3], stride=2, padding=1)"
    right = "y[o] = sum(w[k]*x[2*o+k], k=0..2) for o=0..4 with x[9]"
    found = decide(claim(op, "", right)).counterexample
    (place,) = found.position
    x = np.arange(9)
    inside = [2 * place + k - 1 for k in range(3) if 0 <= 2 * place + k - 1 < 9]
    assert found.left_terms == " + ".join(f"w[{n - 2 * place + 1}]*x[{n}]" for n in inside)
    assert found.right_terms == " + ".join(f"w[{k}]*x[{x[2 * place + k]}]" for k in range(3))


def test_open_sizes_that_a_claim_does_not_read():
    op = "y[o] = sum(x[o+k], k=0..1) for o=0..2 with x[4]"
    subject = claim(op, "", op.replace("o+k", "o"))
    scope = Scope((Parameter("N", "size", 1),), (Condition(Symbol("N"), ">", 2),))
    assert decide(replace(subject, scope=scope)).counterexample.sizes == {"N": 3}
    none = Scope(scope.parameters, (Condition(Symbol("N"), "<", 0),))
    assert decide(replace(subject, scope=none)).outcome == "undecided"
