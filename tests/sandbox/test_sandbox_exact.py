"""Polynomials against SymPy's, and what they refuse."""

import io
import json
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as some

from symconv.sandbox.exact import Exact, from_rows, rows
from symconv.sandbox.transport import HEADER, Garbled, receive, send

NAMES = ("a", "b", "c")
LEAF = some.sampled_from(NAMES) | some.integers(-3, 3) | some.fractions(-2, 2, max_denominator=4)
TREES = some.recursive(
    LEAF, lambda inner: some.tuples(some.sampled_from("+-*"), inner, inner), max_leaves=6
)


def built(tree, leaf):
    if not isinstance(tree, tuple):
        return leaf(tree)
    sign, *sides = tree
    left, right = (built(side, leaf) for side in sides)
    return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[sign]()


@given(TREES)
def test_sums_and_products_are_sympys(tree):
    mine = Exact.of(built(tree, lambda v: Exact.named(v) if isinstance(v, str) else Exact.of(v)))
    letters = {name: sympy.Symbol(name) for name in NAMES}
    theirs = sympy.expand(
        built(tree, lambda v: letters[v] if isinstance(v, str) else sympy.Rational(v))
    )
    again = sum(
        (sympy.Rational(number) * sympy.prod(letters[n] for n in names))
        for names, number in mine.terms.items()
    )
    assert sympy.expand(again - theirs) == 0
    assert from_rows(json.loads(json.dumps(rows(mine)))).equals(mine)


def test_arrays_of_entries_multiply_as_arrays_do():
    x = np.array([Exact.named(f"x[{i}]") for i in range(3)], dtype=object)
    assert str((2 * x + 1)[1]) == "1 + 2*x[1]"
    assert str((x[0] * x)[2]) == "x[0]*x[2]"
    assert str(x @ np.array([1, -1, 0.5])) == "x[0] - x[1] + 1/2*x[2]"
    assert str(np.sum(x)) == "x[0] + x[1] + x[2]"
    assert str((x / 4)[0]) == "1/4*x[0]"
    assert str(x[0] - x[0]) == "0"
    assert str(x[0] ** 2) == "x[0]*x[0]"


REFUSED = [
    lambda a: a > 0,
    lambda a: a == 0,
    lambda a: bool(a),
    lambda a: float(a),
    lambda a: 1 / a,
    lambda a: a / Exact.named("b"),
    lambda a: a**0.5,
    lambda a: a + 0.1,
    lambda a: a * float("nan"),
    lambda a: np.exp(np.array([a], dtype=object)),
    lambda a: np.zeros(1).__setitem__(0, a),
    lambda a: max(a, 0),
    lambda a: abs(a),
]


@pytest.mark.parametrize("use", REFUSED, ids=range(len(REFUSED)))
def test_what_needs_a_value_is_refused(use):
    with pytest.raises((TypeError, AttributeError)):
        use(Exact.named("a"))


def test_its_size_is_bounded():
    total = Exact.of(0)
    for number in range(50):
        total = total + Exact.named(f"a{number}")
    with pytest.raises(ArithmeticError, match="more than 2000 products"):
        total * total


VALUES = [
    (1, [2.5, None], {"a": True, "b": "text"}),
    10**40,
    float("inf"),
    np.arange(6, dtype=np.int32).reshape(2, 3),
    np.zeros((0, 3), dtype=np.float32),
    np.array(1.5),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_values_go_over_as_they_are(value):
    stream = io.BytesIO()
    send(stream, {"value": value})
    stream.seek(0)
    got = receive(stream, 10_000)["value"]
    if isinstance(value, np.ndarray):
        assert got.dtype == value.dtype
        assert got.shape == value.shape
        assert np.array_equal(got, value)
    else:
        assert got == value
        assert type(got) is type(value)


def test_objects_that_are_no_numbers_arrive_as_unknown():
    stream = io.BytesIO()
    send(stream, {"a": object(), "b": np.array([Fraction(1, 3), object()]), "c": np.array(["x"])})
    stream.seek(0)
    got = receive(stream, 10_000)
    assert got["a"].kind == "object"
    assert got["b"][0] == Fraction(1, 3)
    assert got["b"][1].kind == "object"
    assert got["c"].kind == "array of <U1"


def message(header, body=b""):
    return len(header).to_bytes(8, "big") + header + body


def pickled():
    """An .npy file of objects, which would run code when unpickled."""
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


GARBLED = [
    b"\x00\x00",
    (HEADER + 1).to_bytes(8, "big") + b"{}",
    message(b"{}"),
    message(b"[]"),
    message(b"nonsense"),
    message(b"[" * 100_000),
    message(b'{"tree": {"dict": []}, "arrays": [-5]}'),
    message(b'{"tree": {"dict": []}, "arrays": [99999999999]}'),
    message(b'{"tree": {"dict": [["a", {"array": 3}]]}, "arrays": []}'),
    message(b'{"tree": {"dict": [["a", {"array": 0}]]}, "arrays": [4]}', b"npy!"),
    message(b'{"tree": {"dict": [["a", {"array": 0}]]}, "arrays": [4]}', b"np"),
    message(b'{"tree": {"dict": [["a", {"code": "1"}]]}, "arrays": []}'),
    message(b'{"tree": {"plain": 1}, "arrays": []}'),
    message(b'{"tree": {"dict": [["a", {"objects": [[9999999999], []]}]]}, "arrays": []}'),
    message(
        b'{"tree": {"dict": [["a", {"array": 0}]]}, "arrays": [%d]}' % len(pickled()), pickled()
    ),
]


@pytest.mark.parametrize("data", GARBLED, ids=range(len(GARBLED)))
def test_garbled_messages_are_refused(data):
    with pytest.raises(Garbled):
        receive(io.BytesIO(data), 1 << 20)


def test_results_beyond_the_bound_are_refused():
    stream = io.BytesIO()
    send(stream, {"value": np.zeros(1000)})
    stream.seek(0)
    with pytest.raises(Garbled, match="too large"):
        receive(stream, 5000)
