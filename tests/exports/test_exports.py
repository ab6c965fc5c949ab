"""Every matrix format read back: what comes out is what SymPy's matrix says."""

import csv
import io
import json
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv.calls import Call, Spec, TensorArg
from symconv.errors import SymconvError
from symconv.exports import FORMATS, export, to_latex
from symconv.matrices import linear_map
from symconv.operations.build import build


def matrix(w, x=(5,), of="x", function="conv1d", **options):
    x = TensorArg("x", x) if isinstance(x, tuple) else TensorArg("x", None, tuple(x))
    w = TensorArg("w", w) if isinstance(w, tuple) else TensorArg("w", None, tuple(w))
    call = Call("y", function, (x, w), keywords=tuple(options.items()))
    return linear_map(build(Spec((call,), "")), of)


def value(text):
    """An entry's text as SymPy reads it (the tests' own letters only)."""
    names = {name: sympy.Symbol(name) for name in ("a", "b", "S", "w_0", "w_1", "w_2")}
    return sympy.sympify(text, locals=names)


letters = st.sampled_from(["a", "b", "S"])
numbers = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=3))


@st.composite
def matrices(draw, elements=None):
    either = st.one_of(letters, numbers) if elements is None else elements
    w = draw(st.lists(either, min_size=1, max_size=3))
    return matrix(
        w,
        x=(draw(st.integers(2, 4)),),
        padding=1,
        stride=draw(st.integers(1, 2)),
        padding_mode=draw(st.sampled_from(["zeros", "circular", "replicate"])),
    )


@settings(max_examples=60, deadline=None)
@given(matrices())
def test_json_read_back(map):
    read = json.loads(FORMATS["json"](map))
    assert list(read) == ["shape", "row_labels", "column_labels", "entries"]
    assert tuple(read["shape"]) == map.shape
    places = [(r, c) for r, c, _ in read["entries"]]
    assert places == sorted(set(places)) and all(text != "0" for *_, text in read["entries"])
    dense = sympy.zeros(*map.shape)
    for row, column, text in read["entries"]:
        dense[row, column] = value(text)
    assert dense == map.sympy()


@settings(max_examples=60, deadline=None)
@given(matrices())
def test_csv_read_back(map):
    head, *lines = csv.reader(io.StringIO(FORMATS["csv"](map)))
    assert head == ["", *map.column_labels]
    assert tuple(line[0] for line in lines) == map.row_labels
    assert sympy.Matrix([[value(t) for t in line[1:]] for line in lines]) == map.sympy()


@settings(max_examples=60, deadline=None)
@given(matrices())
def test_npz_read_back(map):
    with np.load(io.BytesIO(FORMATS["npz"](map)), allow_pickle=False) as read:
        dense = sympy.zeros(*read["shape"])
        for row, column, entry in zip(read["row"], read["col"], read["entry"], strict=True):
            dense[row, column] = value(str(read["names"][entry]))
        assert tuple(read["column_labels"]) == map.column_labels
        assert tuple(read["row_labels"]) == map.row_labels
        assert ("data" in read) == all(e.is_number for e in map.sympy())
    assert dense == map.sympy()


@settings(max_examples=60, deadline=None)
@given(matrices(numbers))
def test_npz_numbers(map):
    with np.load(io.BytesIO(FORMATS["npz"](map)), allow_pickle=False) as read:
        dense = np.zeros(read["shape"])
        dense[read["row"], read["col"]] = read["data"]
        whole = all(Fraction(text).denominator == 1 for text in read["names"])
        assert (read["data"].dtype == np.int64) == whole
    assert np.array_equal(dense, map.numpy().astype(float))


def test_json_to_the_letter():
    assert FORMATS["json"](matrix(["a", "b"], x=["p", "q", "r"])) == (
        '{"shape": [2, 3], "row_labels": ["y_0", "y_1"], "column_labels": ["p", "q", "r"], '
        '"entries": [[0, 0, "a"], [0, 1, "b"], [1, 1, "a"], [1, 2, "b"]]}\n'
    )


def test_text_to_the_letter():
    shown = FORMATS["text"](matrix(["a", Fraction(-1, 2)], x=["p", "q", "r"]))
    assert shown.splitlines()[2:] == [
        "     p   q     r",
        "y₀ ⎡ a  −1/2   0   ⎤",
        "y₁ ⎣ 0   a    −1/2 ⎦",
    ]
    assert shown.startswith("y = A(w) x; rows: y[2], columns: x[3], in row-major (C) order")
    assert "[ w₀  w₁ ]" in FORMATS["text"](matrix((2,), x=(2,)))


def test_latex_to_the_letter():
    assert to_latex(matrix(["a", "b"], x=["p", "q", "r"])).splitlines()[1:] == [
        r"\begin{bmatrix}",
        r"  a & b & 0 \\",
        "  0 & a & b",
        r"\end{bmatrix}",
    ]
    wide = to_latex(matrix((2,), x=(12,)))
    assert r"\setcounter{MaxMatrixCols}{12}" in wide
    bordered = to_latex(matrix(["a", "b"], x=["p", "q", "r"]), labels=True)
    assert r"  & p & q & r \\ \hline" in bordered and r"  y_{0} & a & b & 0 \\" in bordered


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_the_same_twice(name):
    letters = [3, 2, 5] if name in ("npy", "scipy", "matrix-market") else ["a", 2, "S"]
    first, second = (export(matrix(letters, padding=1), name) for _ in range(2))
    assert first == second
    assert isinstance(first, bytes) or first.endswith("\n")


def test_an_unknown_format_is_refused():
    with pytest.raises(SymconvError, match="expected text, latex, tikz"):
        export(matrix((2,)), "xlsx")
