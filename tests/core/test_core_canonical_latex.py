"""Sums and matrices as LaTeX and MathML against SymPy's and latex2mathml's own text."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

import latex2mathml.converter
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import operation
from symconv.canonical import Terms, sums_latex
from symconv.matrices.brackets import cell
from symconv.writers.mathml import fragment

NAMES = ("x_10", "x_9", "x_1_2", "w_0", "W", "b", "alpha", "g_3")
NUMBERS = (Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(3), Fraction(-2, 3), Fraction(0))


@st.composite
def cases(draw):
    """Sums over letters and numbers, with the sums by hand."""
    atoms = [sympy.Symbol(name) for name in draw(st.permutations(NAMES))[: draw(st.integers(1, 8))]]
    atoms += [sympy.Integer(n) for n in draw(st.lists(st.integers(-2, 3), max_size=2))]
    count = draw(st.integers(1, 4))
    terms, totals = [], [sympy.Integer(0)] * count
    for _ in range(draw(st.integers(0, 3))):
        length, width = draw(st.integers(0, 6)), draw(st.integers(0, 3))
        number = draw(st.sampled_from(NUMBERS))
        table = [[draw(st.integers(0, len(atoms) - 1)) for _ in range(width)]
                 for _ in range(length)]  # fmt: skip
        outs = [draw(st.integers(0, count - 1)) for _ in range(length)]
        for out, row in zip(outs, table, strict=True):
            product = sympy.Rational(number.numerator, number.denominator)
            for at in row:
                product = product * atoms[at]
            totals[out] = totals[out] + product
        columns = tuple(np.array([row[n] for row in table], np.int64) for n in range(width))
        terms.append(Terms(np.array(outs, np.int64), columns, number))
    return count, terms, atoms, totals


@settings(max_examples=300, deadline=None)
@given(cases())
def test_the_text_of_sympy(case):
    count, terms, atoms, totals = case
    shown = {atom: f"{chr(97 + 3 * n % 26)}_{{{n}}}" for n, atom in enumerate(atoms)}
    names = [shown[a] if a.is_Symbol else sympy.latex(a) for a in atoms]
    letters = {a: name for a, name in shown.items() if a.is_Symbol}
    expected = [sympy.latex(total, symbol_names=letters) for total in totals]
    assert sums_latex(count, terms, atoms, names) == expected


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("y = conv2d(x[1,1,5,6], w[1,1,2,3], padding=1)", "x"),
        ("y = conv1d(x[7], w[3], stride=2)", "x"),
        ("y = conv1d(x[4], w[2])", "w"),
        ("y = conv1d(x[6], w=[2,-1,1/3])", "x"),
    ],
)
def test_a_matrix_is_printed_as_sympy_prints_it(text, of):
    op = operation(text)
    names = {
        sympy.Symbol(f"{t}_{'_'.join(map(str, at))}"): f"{t}_{{{','.join(map(str, at))}}}"
        for t, array in op.symbols.items()
        for at in np.ndindex(array.shape)
    }
    assert op.map(of).latex() == sympy.latex(op.matrix(of), symbol_names=names)


@pytest.mark.parametrize(
    "text",
    [
        "y = conv1d(x[5], w[3], b[1])",
        "y = conv2d(x[2,4,4], w[1,2,2,3], padding=1)",
        "y = avg_pool1d(x[1,1,9], kernel_size=3)",
        "y = conv1d(x[6], w=[2,-1,1/3])",
    ],
)
def test_outputs_are_printed_as_sympy_prints_them(text):
    op = operation(text)
    names = {
        sympy.Symbol("_".join(map(str, (t, *at)))): f"{t}_{{{','.join(map(str, at))}}}"
        for t, array in op.symbols.items()
        for at in np.ndindex(array.shape)
        if array[at].is_Symbol
    }
    expected = [sympy.latex(item, symbol_names=names) for item in op.outputs().flat]
    assert op.outputs_latex().ravel().tolist() == expected


def picture(text):
    """What MathML shows: tags and letters, rows of one thing opened, attributes left out."""

    def plain(node):
        inside = [part for child in node for part in plain(child)]
        tag = node.tag.rpartition("}")[2]
        if tag == "mrow" and len(inside) != 0:
            return inside if len(inside) == 1 else [("mrow", "", tuple(inside))]
        return [(tag, (node.text or "").strip(), tuple(inside))]

    (root,) = plain(ElementTree.fromstring(text))
    inside = root[2]
    while len(inside) == 1 and inside[0][0] == "mrow":
        (_, _, inside) = inside[0]
    return inside


@pytest.mark.parametrize(
    "text", ["y = conv2d(x[1,1,5,6], w[1,1,2,3], padding=1)", "y = conv1d(x[7], w[3], stride=2)"]
)
def test_its_mathml_is_the_picture_of_latex2mathml(text):
    table = operation(text).map("x")
    assert picture(table.mathml()) == picture(latex2mathml.converter.convert(table.latex()))
    assert picture(table.mathml()) != picture(table.transpose().mathml())


@pytest.mark.parametrize(
    "text",
    ["w_{0}", "w_{12,3}", "W_{0,0,10,2}", "w", r"\alpha_{2}", "-1", "2\\,x_{1} - x_{2}", "x_1"],
)
def test_a_cell_is_what_the_writer_makes_of_it(text):
    assert cell(text) == fragment(text)
