"""Whole-array statements: what they mean, and the verdicts on them."""

import numpy as np
import pytest
from array_cases import CASES, MALFORMED, C, F, T
from array_worlds import PADDED, WORLDS

from symconv.conventions import Conventions
from symconv.gradients import upstream_names
from symconv.index import Condition, Symbol
from symconv.judge import judge
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.formula.arrays_pieces import settled
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read

GRAPHS = {op: build(parse(op)) for op in WORLDS}
IDS = [f"{row[0]} | {row[1]}" for row in CASES]


def conventions(names=None, **options):
    return Conventions(names=tuple((names or {}).items()), **options)


def arrays(op):
    """The data of a world under the graph's own names."""
    sizes, data = WORLDS[op]
    names = upstream_names(GRAPHS[op])
    found = {k: v for k, v in data.items() if not k.startswith("d") and k != "g"}
    for tensor, gradient in names.items():
        if gradient and f"d{tensor}" in data:
            found[gradient] = data[f"d{tensor}"]
    found[names[GRAPHS[op].output]] = data["g"]
    return sizes, found


@pytest.mark.parametrize(("op", "text", "options", "outcome", "witness"), CASES, ids=IDS)
def test_a_statement_means_what_numpy_computes(op, text, options, outcome, witness):
    reading = read_formula(text, GRAPHS[op], conventions(**options))
    assert all(token.meaning for token in reading.account)
    if witness is None or not all(isinstance(side, Form) for side in reading.sides):
        return
    sizes, data = arrays(op)
    side = reading.sides[-1]
    value = evaluate_equation(side, {n: data[n] for n in side.tensors}, sizes)
    wanted = np.array(witness(WORLDS[op][1]))
    wanted = wanted.reshape(value.shape) if wanted.size == 1 else wanted
    assert value.shape == wanted.shape
    assert np.all(value == wanted)
    true = _true(reading, WORLDS[op][1])
    if true is not None and true.shape == wanted.shape:
        holds = bool(np.all(true == wanted))
        assert holds == (outcome == T) or outcome == C


def _true(reading, data):
    """The left side by hand-written loops, where it is a tensor or a gradient."""
    name = {"result": reading.subject.name, "gradient": f"d{reading.subject.name}"}
    return data.get(name.get(reading.subject.kind, ""))


@pytest.mark.parametrize(("op", "text", "options", "outcome", "witness"), CASES, ids=IDS)
def test_verdicts(op, text, options, outcome, witness):
    verdict = judge(text, GRAPHS[op], conventions(**options))
    allowed = {T: ("proved",), F: ("refuted",), C: ("conditional", "refuted")}[outcome]
    assert verdict.outcome in allowed, (verdict.outcome, verdict.evidence)


@pytest.mark.parametrize(
    ("op", "text", "options", "reason"), MALFORMED, ids=[m[1] for m in MALFORMED]
)
def test_what_is_not_understood_is_said(op, text, options, reason):
    with pytest.raises(FormulaError) as caught:
        claim_of(read_formula(text, GRAPHS[op], conventions(**options)), GRAPHS[op])
    assert reason in str(caught.value)


def test_every_kind_of_outcome_is_in_the_corpus():
    count = {kind: sum(row[3] == kind for row in CASES) for kind in (T, F, C)}
    assert count[T] >= 60
    assert count[F] + count[C] >= 45


def test_an_amount_of_padding_is_assumed_to_be_one():
    text = "dx = valid(pad(g, K-1-P), rot180(w))"
    (claim,) = claim_of(read_formula(text, GRAPHS[PADDED]), GRAPHS[PADDED])
    assert [str(c) for c in claim.scope.assumptions] == ["0 <= K - 1 - P"]
    (claim,) = claim_of(read_formula("dw = valid(pad(x, P), g)", GRAPHS[PADDED]), GRAPHS[PADDED])
    assert claim.scope.assumptions == ()
    with pytest.raises(FormulaError, match="at least 0"):
        read_formula("dw = valid(pad(x, 0 - 1), g)", GRAPHS[PADDED])


@pytest.mark.parametrize(("value", "place"), [(0, None), (1, 0), (3, 2), (4, None)])
def test_a_sum_that_is_tied_is_one_product_or_none(value, place):
    k = Symbol("k")
    tied = Condition(k + 1, "==", value)
    found = settled(Piece((Read("w", (k,)),), (Range("k", 3),), (tied,)))
    assert found == (None if place is None else Piece((Read("w", (place,)),)))
