"""Equal formulas are found equal, others not, and what can't be known is not claimed."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.canonical.equality import equal
from symconv.errors import SymconvError

a, b, c, x = sympy.symbols("a b c x")
LEAVES = st.sampled_from([a, b, c, sympy.Integer(2), sympy.Integer(-1), sympy.Rational(1, 3)])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(st.sampled_from("+*^"), inner, inner).map(
        lambda t: t[1] + t[2] if t[0] == "+" else t[1] * t[2] if t[0] == "*" else t[1] ** 2
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(TREES, TREES)
def test_as_expand_says(one, other):
    assert equal(one, other) is (sympy.expand(one - other) == 0)
    assert equal(one, sympy.expand(one)) is True


@settings(max_examples=100, deadline=None)
@given(TREES, st.sampled_from([a, a * b, sympy.Rational(1, 7), a**2 * c]))
def test_a_term_more_is_noticed(tree, more):
    assert equal(tree, tree + more) is False
    assert equal(tree, sympy.expand(tree) - more) is False


def test_arrays_item_by_item():
    one = sympy.Matrix([[a * (b + c), 1], [(a + b) ** 3, 0]])
    assert equal(one, sympy.expand(one)) is True
    other = sympy.Matrix(sympy.expand(one))
    other[1, 0] += b
    assert equal(one, other) is False
    with pytest.raises(SymconvError, match="different lengths"):
        equal(one, one[0, :])


def test_functions_are_letters():
    assert equal(a * (sympy.tanh(x) + b), a * b + a * sympy.tanh(x)) is True
    assert equal(sympy.sin(x) ** 2 + sympy.cos(x) ** 2, sympy.Integer(1)) is None
    assert equal(1 / (a + b) * (a + b) * a, a) is True
    assert equal(a / x + b / x, (a + b) / x) is True
    assert equal(x / (x + 1) + 1 / (x + 1), sympy.Integer(1)) is None


def test_what_an_item_is_made_of_does_not_blur_the_next():
    shared = sympy.tanh(x) * (a + b)
    assert equal(sympy.Matrix([shared, a]), sympy.Matrix([shared, b])) is False
    assert equal(sympy.Matrix([shared + a, shared]), sympy.Matrix([shared + b, shared])) is None


def test_floats_are_refused():
    with pytest.raises(SymconvError, match="no exact number"):
        equal(0.1 * a, a / 10)
    with pytest.raises(SymconvError, match="no exact number"):
        equal(sympy.sin(0.5 * a), a)


def test_what_is_too_large_is_refused():
    letters = sympy.symbols("p:40")
    with pytest.raises(SymconvError, match="too large"):
        equal(sympy.Add(*letters) ** 6, a)
