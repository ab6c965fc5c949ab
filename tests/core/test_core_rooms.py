"""The small rooms: errors, the page as data, graphs, sizes as people give them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symconv.document import KNOWN, Equation, Mark, Text, formula, words
from symconv.errors import (
    CheckFailed,
    GeometryError,
    NeedsSizes,
    NoteError,
    SpecError,
    SymconvError,
)
from symconv.fixing import whole_number
from symconv.graph import names_in
from symconv.index import Symbol
from symconv.operations.build import build
from symconv.syntax.spec import parse
from symconv.terms import Selection

# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, "it does not fit"),
        ({"where": "conv1d"}, "conv1d: it does not fit"),
        ({"expected": "4"}, "it does not fit; expected 4"),
        ({"got": "5"}, "it does not fit; got 5"),
        ({"expected": "4", "got": "5"}, "it does not fit; expected 4, got 5"),
        ({"hint": "padding=1"}, "it does not fit; try padding=1"),
        (
            {"where": "conv1d: padding", "expected": "4", "got": "5", "hint": "less"},
            "conv1d: padding: it does not fit; expected 4, got 5; try less",
        ),
    ],
)
def test_an_error_is_one_line(facts, line):
    for kind in (SymconvError, GeometryError, NeedsSizes, NoteError, CheckFailed):
        assert str(kind("it does not fit", **facts)) == line


def test_outer_layers_say_where():
    error = GeometryError("too large", where="stride")
    assert error.at("conv1d") is error
    assert str(error) == "conv1d: stride: too large"
    assert str(SymconvError("odd").at("a.md:3")) == "a.md:3: odd"


@pytest.mark.parametrize(
    ("text", "line", "column", "caret"),
    [
        ("y = conv1(x)", 1, 5, "y = conv1(x)\n    ^"),
        ("a = relu(x)\ny = conv1(x)", 2, 1, "y = conv1(x)\n^"),
        ("y = conv1(x)", 0, 5, ""),
        ("y = conv1(x)", 2, 1, ""),
        ("y = conv1(x)", 1, 0, ""),
        ("", 1, 1, ""),
    ],
)
def test_a_spec_error_points_at_its_place(text, line, column, caret):
    assert SpecError("odd", text=text, line=line, column=column).caret() == caret


# --- the page -----------------------------------------------------------------------------------


def test_a_mark_names_a_level_of_knowledge():
    assert str(Mark("checked", "against the engine")) == "checked: against the engine"
    assert str(Mark("proved")) == "proved"
    assert {str(Mark(level)) for level in KNOWN} == set(KNOWN)
    for tick in ("", "ok", "✓", "Checked"):
        with pytest.raises(ValueError, match="not a level of knowledge"):
            Mark(tick)


def test_a_formula_is_one_cell():
    mark = Mark("definition")
    assert formula("a = b", mark=mark, words="a is b") == Equation(
        ((("a = b",),),), mark=mark, words="a is b"
    )
    assert words("plain") == (Text("plain"),)


# --- graphs -------------------------------------------------------------------------------------


def test_a_graph_is_its_lines_in_order():
    made = build(
        parse("h = conv1d(x[N], u=[1,a,1/2])\nm = max_pool1d(h, 2)\ny = conv1d(m, w[K], stride=S)")
    )
    assert [t.name for t in made.inputs] == ["x", "u", "w"]
    assert [node.target for node in made.nodes] == ["h", "m", "y"]
    assert made.output == "y"
    assert [type(e) is Selection for e in made.equations] == [False, True, False, False]
    assert made.open_sizes() == ("K", "N", "S")
    assert made.input("u").elements == (1, "a", Fraction(1, 2))
    assert made.input("w").shape == (Symbol("K"),)
    assert made.node("m").keyword == "max_pool1d"
    (mask,) = (e.name for e in made.equations if isinstance(e, Selection))
    assert list(made.shapes) == ["x", "u", "w", "h", mask, "m", "y"]
    assert names_in(made) == {"x", "u", "w", "h", mask, "m", "y", "K", "N", "S"}
    with pytest.raises(StopIteration):
        made.node("z")


def test_what_symbols_stand_for():
    made = build(parse("y = conv1d(x[N,C,H], w[F,C,K], stride=S, dilation=D, padding=P)"))
    kinds = {p.name: (p.kind, p.least) for p in made.parameters}
    assert kinds["H"] == kinds["K"] == ("size", 1)
    assert kinds["S"] == ("stride", 1)
    assert kinds["D"] == ("dilation", 1)
    assert kinds["P"] == ("padding", 0)


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [4, np.int64(4), np.array(4), 4.0, np.float32(4), Fraction(4)])
def test_whole_numbers_of_every_make(value):
    number = whole_number("N", value)
    assert number == 4
    assert type(number) is int


@pytest.mark.parametrize("value", [4.5, "4", None, [4], np.array([4]), float("nan"), float("inf")])
def test_what_is_no_whole_number(value):
    with pytest.raises(SymconvError, match="N is a size; expected a whole number, got"):
        whole_number("N", value)
