"""Matrices written out: each wrong entry is named, nothing right is refuted."""

import pytest
from matrix_texts import (
    BACKWARD,
    DOTTED,
    EQUATIONS,
    FIRST,
    FORWARD,
    FOUR,
    PRIMES,
    W4,
    X4,
    backward,
    column,
    forward,
    matrix,
)

from symconv.conventions import Conventions
from symconv.judge import judge
from symconv.operations.build import build
from symconv.provers import decide
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.spec import parse


def claims(op, text, names=None, **options):
    graph = build(parse(op))
    conventions = Conventions(names=tuple((names or {}).items()), **options)
    reading = read_formula(text, graph, conventions)
    return reading, claim_of(reading, graph)


IDS = [f"{n}" for n in range(len(EQUATIONS))]


@pytest.mark.parametrize(("op", "text", "names", "wrong"), EQUATIONS, ids=IDS)
def test_the_first_wrong_entry_is_named(op, text, names, wrong):
    _, found = claims(op, text, names)
    verdicts = [decide(claim) for claim in found]
    assert [v.outcome for v in verdicts] == ["proved" if w is None else "refuted" for w in wrong]
    positions = [v.counterexample and v.counterexample.position for v in verdicts]
    assert positions == list(wrong)


def test_the_two_equations_with_their_mistakes_are_refuted_by_the_judge():
    graph = build(parse(FORWARD))
    assert judge(forward(), graph).outcome == "proved"
    verdict = judge(forward(("ax + bz", *FIRST[1:])), graph)
    assert (verdict.outcome, verdict.step) == ("refuted", 1)
    assert verdict.counterexample.position == (0, 0)
    conventions = Conventions(names=tuple(PRIMES.items()))
    assert judge(backward(), build(parse(BACKWARD)), conventions).outcome == "proved"


def test_rows_that_lost_their_backslash_are_mended_and_reported():
    reading, _ = claims(FORWARD, forward())
    assert len(reading.repairs) == 3 + 5 + 3 + 3
    assert all(repair.before == "\\ " and repair.after == "\\\\" for repair in reading.repairs)
    reading, _ = claims(FOUR, rf"{W4} {X4} = y")
    assert reading.repairs == ()


def test_a_backslash_and_a_space_stay_a_space_where_rows_are_parted():
    text = r"A = \begin{pmatrix} w_0\ w_0 & w_1 \\ 0 & w_0 \end{pmatrix}"
    _, (claim,) = claims("y = conv1d(x[2], w[2], padding=(1, 0))", text, {"A": "matrix(y, x)"})
    assert claim.right.shape == (2, 2)


def test_names_of_entries_are_no_claim():
    reading, found = claims(FOUR, rf"{W4} {X4} = {column('a', 'b', 'c')}")
    assert "names" in " ".join(reading.notes)
    assert [claim.subject.kind for claim in found] == ["matrix", "result"]
    with pytest.raises(FormulaError, match="neither a size nor an index"):
        claims(FOUR, rf"{W4} {X4} = {column('a', 'a', 'c')}")


def test_zeros_under_padding_are_as_good_as_the_kernel():
    """What meets a zero of the padding does not change the product."""
    text = forward(band=matrix("0 y z 0 0 0", "0 x y z 0 0", "0 0 x y z 0", "0 0 0 x y 0"))
    assert all(decide(claim).outcome == "proved" for claim in claims(FORWARD, text)[1])


def test_a_product_of_something_else_is_only_compared_with_its_sides():
    swap = matrix("0 1 0 0", "1 0 0 0", "0 0 1 0", "0 0 0 1")
    reading, found = claims(FOUR, rf"{swap} {X4} = {column('x_1', 'x_0', 'x_2', 'x_3')}")
    assert [decide(claim).outcome for claim in found] == ["proved"]
    assert any("with each other only" in note for note in reading.notes)


@pytest.mark.parametrize(("op", "text", "wrong", "shown"), DOTTED)
def test_dots_compare_what_is_shown(op, text, wrong, shown):
    reading, (claim,) = claims(op, f"A = {text}", {"A": "matrix(y, x)"})
    assert reading.shown == shown
    assert any(f"{shown} entries" in note for note in reading.notes)
    verdict = decide(claim)
    assert verdict.outcome == ("proved" if wrong is None else "refuted")
    assert (verdict.counterexample and verdict.counterexample.position) == wrong


def test_sizes_that_do_not_meet_are_refuted():
    _, found = claims(FOUR, rf"{matrix('w_0 w_1 0', '0 w_0 w_1', '0 0 w_0')} {X4} = y")
    assert decide(found[0]).outcome == "refuted"
    _, found = claims(FOUR, rf"{matrix('w_0 w_1 0 0', '0 w_0 w_1 0')} {X4} = y")
    assert "shape (2,)" in (decide(found[0]).counterexample.left)


def big(height, width, kernel):
    rows = [["0"] * (height * width) for _ in range((height - kernel + 1) * (width - kernel + 1))]
    for number, row in enumerate(rows):
        a, b = divmod(number, width - kernel + 1)
        for k in range(kernel):
            for m in range(kernel):
                row[(a + k) * width + b + m] = f"w_{{{k},{m}}}"
    return rows


def test_a_matrix_of_64_rows_and_144_columns():
    op, names = "y = conv2d(x[12,12], w[5,5])", {"A": "matrix(y, x)"}
    rows = big(12, 12, 5)
    _, (claim,) = claims(op, f"A = {matrix(*map(' '.join, rows))}", names)
    assert decide(claim).outcome == "proved"
    rows[63][142] = "w_{4,4}"
    _, (claim,) = claims(op, f"A = {matrix(*map(' '.join, rows))}", names)
    assert decide(claim).counterexample.position == (63, 142)
