"""Sums and matrices written out at concrete sizes: which product is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symconv.claims import Claim, Scope, Subject
from symconv.conventions import PLAIN
from symconv.index import Condition, Symbol
from symconv.mistakes import explain
from symconv.operations.build import build
from symconv.syntax.formula import claim_of, read_formula
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term

FOUR = "y = conv1d(x[4], w[3], padding=1)"
PAIR = "y = conv_transpose1d(x[3], w[2], stride=2)"
TILE = "y = conv2d(x[3,4], w[2,2])"

WRITTEN = [
    (FOUR, "y_0 = x_0 w_0 + x_1 w_2", "wrong letter", "x[0]*w[0] should be w[1]*x[0]"),
    (FOUR, "y_0 = x_0 w_1", "term missing", "w[2]*x[1]"),
    (FOUR, "y_3 = x_2 w_0 + 2 x_3 w_1", "term doubled", "2*w[1]*x[3] should be w[1]*x[3]"),
    (FOUR, "y_3 = x_2 w_0 - x_3 w_1", "sign wrong", "-w[1]*x[3] should be w[1]*x[3]"),
    (FOUR, "y_3 = x_2 w_0 + x_3 w_1 + x_3 w_2", "term too many", "w[2]*x[3]"),
    (FOUR, "dw_0 = g_1 x_0 + g_2 x_1 + g_3 x_1", "wrong letter", "g[3]*x[2]"),
    (FOUR, "dx_0 = g_0 w_1", "term missing", "g[1]*w[0]"),
    (PAIR, "y_3 = x_1 w_0", "wrong letter", "x[1]*w[1]"),
    (PAIR, "dx_2 = g_4 w_0", "term missing", "g[5]*w[1]"),
    (
        TILE,
        r"y_{1,2} = x_{1,2} w_{0,0} + x_{1,3} w_{0,1} + x_{2,2} w_{1,0} + x_{2,2} w_{1,1}",
        "wrong letter",
        "x[2,3]*w[1,1]",
    ),
    (
        TILE,
        r"dw_{0,1} = g_{0,0} x_{0,1} + g_{0,1} x_{0,2} + g_{0,2} x_{0,3} + g_{1,0} x_{1,1} "
        r"+ g_{1,1} x_{1,2}",
        "term missing",
        "g[1,2]*x[1,3]",
    ),
]


@pytest.mark.parametrize(("op", "text", "name", "words"), WRITTEN, ids=[r[1] for r in WRITTEN])
def test_the_wrong_product_is_named(op, text, name, words):
    graph = build(parse(op))
    (claim,) = claim_of(read_formula(text, graph, PLAIN), graph)
    found = explain(claim, graph)
    assert found is not None
    assert found.name == name
    assert all(part in found.text for part in words.split(" should be ")[-1].split("*"))


# --- matrices -----------------------------------------------------------------------------------

LETTERS = "y = conv_transpose1d(x=[p,q,r,s], w=[u,v,z])"


def matrix(rows: list[list[str]], name: str, sizes: tuple[int, int]) -> Form:
    """A matrix of elements of x and w by name; "" is 0."""
    at = {letter: ("x", n) for n, letter in enumerate("pqrs")}
    at |= {letter: ("w", n) for n, letter in enumerate("uvz")}
    terms = []
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            for product in filter(None, entry.split("+")):
                reads = tuple(Read(t, (n,)) for t, n in (at[letter] for letter in product))
                where = (Condition(Symbol("i"), "==", i), Condition(Symbol("j"), "==", j))
                terms.append(Term(reads, (), where))
    ranges = (Range("i", sizes[0]), Range("j", sizes[1]))
    return Form(name, ranges, tuple(terms), (("x", (4,)), ("w", (3,))))


TRUE_ROWS = [["u", "", "", ""], ["v", "u", "", ""], ["z", "v", "u", ""], ["", "z", "v", "u"]]
TRUE_ROWS += [["", "", "z", "v"], ["", "", "", "z"]]
COLUMN = [["pu"], ["pv+qu"], ["pz+qv+ru"], ["qz+rv+su"], ["rz+sv"], ["sz"]]


def about(left: list[list[str]], right: list[list[str]], kind: str = "matrix") -> Claim:
    sizes = (len(left), len(left[0]))
    sides = (matrix(side, "A", sizes) for side in (left, right))
    return Claim(*sides, Scope(()), subject=Subject(kind, "A"))


def changed(rows: list[list[str]], *entries: tuple[int, int, str]) -> list[list[str]]:
    new = [list(row) for row in rows]
    for i, j, entry in entries:
        new[i][j] = entry
    return new


MATRICES = [
    (TRUE_ROWS, ((3, 2, "z"),), "wrong letter", "row 4, column 3: z should be v"),
    (TRUE_ROWS, ((5, 3, ""),), "term missing", "row 6, column 4: the term z is missing"),
    (TRUE_ROWS, ((0, 3, "u"),), "term too many", "row 1, column 4: the term u"),
    (TRUE_ROWS, ((4, 2, "v"), (4, 3, "z")), "entries exchanged", "row 5, column 3 and row 5"),
    (COLUMN, ((4, 0, "rz+su"),), "wrong letter", "row 5, column 1: s*u should be s*v"),
    (COLUMN, ((1, 0, "pv"),), "term missing", "row 2, column 1: the term q*u is missing"),
    (COLUMN, ((4, 0, "sz"), (5, 0, "rz+sv")), "entries exchanged", "row 5, column 1 and row 6"),
    (COLUMN, ((2, 0, "pz+qv+qv+ru"),), "term doubled", "2*q*v should be q*v"),
]


@pytest.mark.parametrize(("rows", "wrong", "name", "words"), MATRICES, ids=[r[3] for r in MATRICES])
def test_the_wrong_entry_of_a_matrix_is_named(rows, wrong, name, words):
    graph = build(parse(LETTERS))
    found = explain(about(rows, changed(rows, *wrong)), graph)
    assert found is not None
    assert found.name == name
    assert words in found.text


def test_a_right_matrix_has_no_mistake():
    graph = build(parse(LETTERS))
    for rows in (TRUE_ROWS, COLUMN):
        assert explain(about(rows, rows), graph) is None


def test_a_transposed_matrix_is_one_mistake_and_not_many_entries():
    graph = build(parse(LETTERS))
    square = [row[:] for row in TRUE_ROWS[:4]]
    turned = [list(row) for row in zip(*square, strict=True)]
    found = explain(about(square, turned), graph)
    assert found is not None
    assert found.name == "transposed"


def test_many_wrong_entries_of_one_kind_are_counted():
    graph = build(parse(LETTERS))
    wrong = [(i, j, "z") for i, j in ((1, 0), (2, 1), (3, 2), (4, 3))]
    found = explain(about(TRUE_ROWS, changed(TRUE_ROWS, *wrong)), graph)
    assert found is not None
    assert found.name == "wrong letter"
    assert "and 3 more" in found.text


def test_a_planted_exchange_of_sides_is_seen():
    graph = build(parse(LETTERS))
    given = about(COLUMN, changed(COLUMN, (1, 0, "pv")))
    turned = replace(given, left=given.right, right=given.left)
    found = explain(turned, graph)
    assert found is not None
    assert found.name == "term too many"
