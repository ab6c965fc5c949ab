"""Canonical sums against SymPy's constructors, and what happens where SymPy is not as expected."""

from __future__ import annotations

import pickle
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.canonical import Terms, alike, making, named_sums, rows, sums, trusted
from symconv.canonical.alike import alike_sums
from symconv.canonical.making import same
from symconv.canonical.rows import ranked
from symconv.canonical.sums import fast_sums, mixed_sums
from symconv.canonical.terms import rational, slow_sums

NAMES = ("x_10", "x_9", "x_1_2", "w_0", "W", "b", "alpha", "g_3", "Z", "_")
NUMBERS = (Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(3), Fraction(-2, 3), Fraction(0))


@st.composite
def sums_of_products(draw):
    """So many sums, the terms that are added to them, and the letters and numbers they read."""
    atoms = [sympy.Symbol(name) for name in draw(st.permutations(NAMES))[: draw(st.integers(1, 8))]]
    for number in draw(st.lists(st.sampled_from(NUMBERS), max_size=3)):
        atoms.append(rational(number))
    count = draw(st.integers(1, 5))
    terms = []
    for _ in range(draw(st.integers(0, 3))):
        length = draw(st.integers(0, 6))
        width = draw(st.integers(0, 3))
        ints = st.lists(st.integers(0, len(atoms) - 1), min_size=length, max_size=length)
        columns = tuple(np.array(draw(ints), np.int64) for _ in range(width))
        outs = st.lists(st.integers(0, count - 1), min_size=length, max_size=length)
        divisor = st.lists(st.integers(1, 4), min_size=length, max_size=length)
        divisors = np.array(draw(divisor), np.int64) if draw(st.booleans()) else None
        number = draw(st.sampled_from(NUMBERS))
        terms.append(Terms(np.array(draw(outs), np.int64), columns, number, divisors))
    return count, terms, atoms


def by_hand(count, terms, atoms):
    """Product by product, with the operators that a person would type."""
    found = [sympy.Integer(0)] * count
    for group in terms:
        for n, out in enumerate(group.out):
            product = sympy.Rational(group.number.numerator, group.number.denominator)
            for column in group.columns:
                product = product * atoms[column[n]]
            if group.divisors is not None:
                product = product / int(group.divisors[n])
            found[out] = found[out] + product
    return found


def assert_same(found, expected):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert a == b
        assert a.args == b.args
        assert hash(a) == hash(b)
        assert type(a) is type(b)
        assert sympy.srepr(a) == sympy.srepr(b)
        assert sympy.latex(a) == sympy.latex(b)
        assert same(a, b)


@settings(max_examples=300, deadline=None)
@given(sums_of_products())
def test_equal_to_the_operators(case):
    assert trusted()
    assert_same(fast_sums(*case), by_hand(*case))


@st.composite
def products_alike(draw):
    """Sums of products of as many different letters each, in no order, hardly any twice."""
    width = draw(st.integers(1, 3))
    atoms = [sympy.Symbol(name) for name in draw(st.permutations(NAMES))]
    count = draw(st.integers(1, 5))
    product = st.permutations(range(len(atoms))).map(lambda order: order[:width])
    pair = st.tuples(st.integers(0, count - 1), product)
    terms = []
    for group in draw(st.lists(st.lists(pair, max_size=8), min_size=1, max_size=3)):
        outs = np.array([out for out, _ in group], np.int64)
        columns = np.array([row for _, row in group], np.int64).reshape(len(group), width).T
        terms.append(Terms(outs, tuple(columns)))
    return count, terms, atoms


@settings(max_examples=200, deadline=None)
@given(products_alike())
def test_products_that_are_alike(case):
    count, terms, atoms = case
    found = alike_sums(count, terms, ranked(atoms))
    listed = []
    for group in terms:
        columns = [column.tolist() for column in (group.out, *group.columns)]
        listed += [(out, frozenset(row)) for out, *row in zip(*columns, strict=True)]
    if len(set(listed)) < len(listed):
        assert found is None
    else:
        assert_same(found, by_hand(*case))
    assert_same(named_sums(count, terms, [atom.name for atom in atoms]), by_hand(*case))
    assert_same(mixed_sums(count, terms, atoms, ranked(atoms)), by_hand(*case))


@settings(max_examples=60, deadline=None)
@given(sums_of_products())
def test_the_slow_way_is_equal_to_the_operators(case):
    assert_same(slow_sums(*case), by_hand(*case))


def window(count, kernel):
    """A convolution's products: kernel letters w_k, data letters x_i, sum o reads x_{o+k} w_k."""
    atoms = [sympy.Symbol(f"w_{k}") for k in range(kernel)]
    atoms += [sympy.Symbol(f"x_{i}") for i in range(count + kernel - 1)]
    o, k = np.divmod(np.arange(count * kernel), kernel)
    return count, [Terms(o, (k, kernel + o + k))], atoms


def test_a_convolution():
    case = window(23, 4)
    found = sums(*case)
    assert_same(found, by_hand(*case))
    w, x = case[2][:4], case[2][4:]
    assert found[11] == sum(w[k] * x[11 + k] for k in range(4))


def test_what_is_made_can_be_worked_with():
    found = sums(*window(9, 3))
    w_1, x_4 = sympy.symbols("w_1 x_4")
    assert found[3].diff(w_1) == x_4
    assert found[3].subs({w_1: 2}) == by_hand(*window(9, 3))[3].subs({w_1: 2})
    assert sympy.expand(found[3] * found[3]) == sympy.expand(by_hand(*window(9, 3))[3] ** 2)
    assert pickle.loads(pickle.dumps(found[3])) == found[3]
    assert found[3].is_real is None
    assert (found[3] - found[3]) == 0


@pytest.mark.parametrize(
    "atoms",
    [
        [sympy.Symbol("x", positive=True), sympy.Symbol("x")],
        [sympy.Symbol("x", commutative=False), sympy.Symbol("y", commutative=False)],
        [sympy.tanh(sympy.Symbol("x")), sympy.Symbol("y")],
        [sympy.Symbol("x") + 1, sympy.Symbol("y")],
        [sympy.Float("0.5"), sympy.Symbol("y")],
        [sympy.sqrt(2), sympy.Symbol("y")],
        [sympy.Dummy("x"), sympy.Dummy("x")],
    ],
    ids=str,
)
def test_other_letters_go_to_the_constructors(atoms):
    case = (2, [Terms(np.array([0, 0, 1]), (np.array([1, 0, 1]), np.array([0, 0, 1])))], atoms)
    assert_same(sums(*case), by_hand(*case))


@pytest.mark.parametrize(
    "what", ["order", "pairs", "_args", "_mhash", "_assumptions", "is_commutative"]
)
def test_a_changed_sympy_is_noticed(monkeypatch, what):
    """Another order of arguments, or an attribute that is left empty: the constructors are used."""

    def last(_, other):
        return other

    def forgetful(kind, arguments):
        made = making.new(kind, arguments)
        for one in made:
            delattr(one, what)
        return made

    if what == "order":
        monkeypatch.setattr(rows, "sort_rows", lambda keys: np.lexsort(keys)[::-1])
    elif what == "pairs":
        pattern = SimpleNamespace(**vars(np) | {"minimum": lambda one, _: one, "maximum": last})
        monkeypatch.setattr(alike, "np", pattern)
    else:
        monkeypatch.setattr(alike, "new", forgetful)
    trusted.cache_clear()
    try:
        assert not trusted()
        case = window(7, 3)
        assert_same(sums(*case), by_hand(*case))
    finally:
        trusted.cache_clear()


@pytest.mark.parametrize("numbers", [(1,), (1, 1), (1, 0), (1, -1), (1, 2)])
def test_numbers_among_letters(numbers):
    """The number 1 has no value of its own beside the letters' coefficients."""
    atoms = [*map(sympy.Symbol, ("x_10", "b")), *map(sympy.Integer, numbers)]
    places = np.arange(len(atoms))
    one = len(atoms), [Terms(places, (places,))], atoms
    pairs = np.array([(o, a, b) for o in places for a in places for b in (o, 2)]).T
    two = len(atoms), [Terms(pairs[0], (pairs[1], pairs[2]))], atoms
    for case in (one, two):
        assert_same(fast_sums(*case), by_hand(*case))
