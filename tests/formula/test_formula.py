import contextlib
import random
from fractions import Fraction

import numpy as np
import pytest
from formula_cases import CASES, CONV, MALFORMED, OUT, SIZE_CASES, SIZES

from symconv.conventions import Conventions
from symconv.gradients import backward
from symconv.index import evaluate
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.spec import parse

GRAPH = build(parse(CONV))
DATA = {
    "x": [3, -5, 7, 11, -13, 17, 19],
    "w": [2, 23, -29],
    "g": [31, -37, 41, 43][:OUT],
}


def arrays():
    found = {name: np.array(values, dtype=object) for name, values in DATA.items()}
    for equation in (*GRAPH.equations, *backward(GRAPH)):
        found[equation.name] = evaluate_equation(equation, found, SIZES)
    return found


ARRAYS = arrays()


def conventions(names=None, **options):
    return Conventions(names=tuple((names or {}).items()), **options)


@pytest.mark.parametrize(("text", "meaning", "options"), CASES, ids=[c[0] for c in CASES])
def test_a_formula_means_what_its_loops_say(text, meaning, options):
    reading = read_formula(text, GRAPH, conventions(**options))
    assert all(token.meaning for token in reading.account)
    for side in reading.sides[1:]:
        reads = {name: ARRAYS[name] for name in side.tensors}
        assert list(evaluate_equation(side, reads, SIZES)) == meaning(DATA)
    assert len(claim_of(reading, GRAPH)) == len(reading.sides) - 1


@pytest.mark.parametrize(("text", "names", "meaning"), SIZE_CASES, ids=[c[0] for c in SIZE_CASES])
def test_sizes(text, names, meaning):
    reading = read_formula(text, GRAPH, conventions(names))
    (claim,) = claim_of(reading, GRAPH)
    for n in range(3, 9):
        for pad in range(3):
            sizes = {"N": n, "K": 3, "P": pad}
            written = Fraction(
                evaluate(claim.right.top, sizes), evaluate(claim.right.bottom, sizes)
            )
            assert written == meaning(**{k: Fraction(v) for k, v in sizes.items()})
            derived = Fraction(evaluate(claim.left.top, sizes), evaluate(claim.left.bottom, sizes))
            assert derived == (n - 3 + 2 * pad) // 2 + 1


def test_there_are_enough():
    assert len({text for text, _, _ in CASES}) >= 100
    assert len(set(MALFORMED)) >= 40


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_not_understood_has_a_place_and_a_reason(text):
    with pytest.raises(FormulaError) as caught:
        read_formula(text, GRAPH)
    assert caught.value.message
    assert caught.value.line >= 1 and caught.value.column >= 1
    assert "^" in caught.value.caret()


def mutated(rng, count):
    pool = [text for text, _, _ in CASES] + MALFORMED
    bits = [
        *"_^{}()[]&,=+-/k2\\ '",
        r"\sum",
        r"\frac",
        r"\partial",
        r"\delta",
        r"\\",
        "\u00e9",
        "w_k",
    ]
    for _ in range(count):
        text = rng.choice(pool)
        for _ in range(rng.randint(1, 4)):
            i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
            j = min(j, i + 6)
            text = rng.choice(
                [text[:i] + rng.choice(bits) + text[i:], text[:i] + text[j:], text[:j] + text[i:]]
            )
        yield text


def test_mutations_raise_nothing_else():
    for text in mutated(random.Random(1), 5000):
        with contextlib.suppress(FormulaError):
            claim_of(read_formula(text, GRAPH), GRAPH)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "y_o = " + "{" * 4000,
        "\\frac" * 1500,
        "x" * 20000,
        "y_o = " + "(x_o+x_o)" * 900,
        "y_o = x_o^9^9",
        "y_o=" + "-" * 9000,
    ],
)
def test_limits(text):
    with pytest.raises(FormulaError):
        read_formula(text, GRAPH)
