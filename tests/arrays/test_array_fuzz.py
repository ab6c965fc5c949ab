"""Mutated and random whole-array texts: read, or refused with a place; never anything else."""

# ruff: noqa: E501
import os
import random

import pytest
from array_cases import CASES, MALFORMED
from array_worlds import WORLDS
from matrix_texts import DOTTED, EQUATIONS, FOUR, PICTURE

from symconv.conventions import Conventions
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.spec import parse

COUNT = int(os.environ.get("SYMCONV_FUZZ", "600"))
GRAPHS = {op: build(parse(op)) for op in (*WORLDS, FOUR, PICTURE)}
PIECES = (
    r"\begin{pmatrix} \end{pmatrix} \begin{array}{cc} \end{array} & \\ \ \cdots \vdots ^T ^\top .T "
    r"* \star \odot \otimes \cdot \times @ \overset{full}{*} *_{full} _i _{n,c} _{00} [0] ( ) [ ] , "
    r"full( valid( same( pad( crop( dilate( rot180( flip( sum( vec( shape( dot( convolve( correlate( "
    r"x y w g dx dw A \delta 0 1 2 P K N S = + - / 'full' axis=0 mode= \sum \sum_n \frac{1}{2} a' "
    r"^{rot180} \text{full} \operatorname{rot180} x_{pad} \\\ rot_{180}"
).split(" ")
CONVENTIONS = [
    Conventions(names=(("A", "matrix(y, x)"),)),
    Conventions(star="convolution", upstream=r"\delta"),
    Conventions(star="correlation", index_base=1, outside="error"),
]


def mutated(text, source):
    """The text with some pieces dropped, doubled, exchanged or put in."""
    for _ in range(source.randint(1, 4)):
        at, width = source.randrange(len(text) + 1), source.randint(0, 6)
        kind = source.random()
        if kind < 0.3:
            text = text[:at] + text[at + width :]
        elif kind < 0.7:
            text = f"{text[:at]}{source.choice(PIECES)}{text[at + width * (kind < 0.5) :]}"
        else:
            other = source.randrange(len(text) + 1)
            text = text[:at] + text[other : other + width] + text[at:]
    return text


def tried(text, op, conventions):
    try:
        reading = read_formula(text, GRAPHS[op], conventions)
        claims = claim_of(reading, GRAPHS[op])
    except FormulaError as error:
        assert error.line >= 1 and error.column >= 1 and error.message
        return False
    assert all(token.meaning for token in reading.account)
    return bool(claims)


def test_mutated_statements_are_read_or_refused():
    source = random.Random(7)
    texts = [(row[0], row[1]) for row in (*CASES, *MALFORMED, *EQUATIONS)]
    texts += [(FOUR, f"A = {row[1]}") for row in DOTTED]
    texts = [(op, text) for op, text in texts if op in GRAPHS]
    read = 0
    for _ in range(COUNT):
        op, text = source.choice(texts)
        read += tried(mutated(text, source), op, source.choice(CONVENTIONS))
    assert 0 < read < COUNT


def test_random_pieces_are_read_or_refused():
    source = random.Random(11)
    for _ in range(COUNT):
        text = " ".join(source.choice(PIECES) for _ in range(source.randint(1, 14)))
        tried(f"dx = {text}", source.choice(list(GRAPHS)), source.choice(CONVENTIONS))


@pytest.mark.parametrize("text", [
    "y = " + "rot180(" * 200 + "x" + ")" * 200,
    "y = " + r"\begin{pmatrix}" * 60 + "x" + r"\end{pmatrix}" * 60,
    "y = " + "[" * 500 + "x," + "]" * 500,
    "y = " + " + ".join(["x * w"] * 500),
    "y = " + " * ".join(["x"] * 300),
    "y = " + "dilate(" * 20 + "x" + ", 9)" * 20,
    r"A = \begin{pmatrix}" + r" & ".join(["x_0 + x_1 + x_2"] * 2000) + r"\end{pmatrix}",
])  # fmt: skip
def test_large_texts_end(text):
    for conventions in CONVENTIONS:
        tried(text, FOUR, conventions)
