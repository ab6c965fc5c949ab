"""The directives that give an overview, and the one that makes a whole report."""

from __future__ import annotations

import pytest

from symconv.checks import check_differences
from symconv.document import Equation, Figure, Heading, Paragraph, Slides, Table
from symconv.errors import CheckFailed
from symconv.operations.build import build
from symconv.story import NoteState, insert, tables
from symconv.syntax.spec import parse

CHAIN = "h = conv1d(x[6], u[2])\nr = relu(h)\ny = conv1d(r, w[2], stride=2)\nL = mse(y, t)"


def made(name, spec, argument="", **options):
    return insert(name, argument, options, spec, NoteState())


def text(cell):
    return "".join(getattr(item, "text", getattr(item, "latex", "")) for item in cell)


def rows(table):
    return [[text(cell) for cell in row] for row in table.rows]


def test_at_a_glance():
    blocks = made("glance", "y = conv1d(x[8], w[3], b, stride=3)")
    (shapes,) = (b for b in blocks if isinstance(b, Table))
    assert rows(shapes) == [
        ["x", "input", "8", "8"],
        ["w", "kernel", "3", "3"],
        ["b", "bias", "one number", "1"],
        ["y", "output", "2", "2"],
    ]
    assert sum(isinstance(b, Equation) for b in blocks) == 1
    said = " ".join(text(b.inlines) for b in blocks if isinstance(b, Paragraph))
    assert "2 of 8 elements of x are never read" in said


def test_what_a_chain_makes_on_the_way_is_no_input():
    shapes = made("glance", CHAIN)[0]
    kinds = {row[0]: row[1] for row in rows(shapes)}
    assert kinds == {
        **dict.fromkeys("xt", "input"),
        **dict.fromkeys("uw", "kernel"),
        **dict.fromkeys("hryd", "result on the way"),
        "L": "output",
    }


def test_the_legend_names_letters_and_colours():
    table, colours = made("legend", "y = conv2d(x[4,5], w[2,3])")
    found = {row[0]: row[1:] for row in rows(table)}
    assert found["o_{h}"] == ["output position, down", r"0 \le o_{h} < 3"]
    assert found["k_{w}"] == ["kernel position, across", r"0 \le k_{w} < 3"]
    assert isinstance(colours, Figure) and "padding" in colours.words and colours.tikz


SECTIONS = [
    "At a glance",
    "Definition",
    "The window slides",
    "The matrix",
    "Derivation",
    "The graph",
    "Worked numbers",
    "Check log",
    "Source",
]


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        ("y = conv1d(x[5], w[2])", ()),
        (
            "y = conv1d(x[N], w[K])",
            ("The window slides", "The matrix", "The graph", "Worked numbers"),
        ),
    ],
)
def test_a_report_has_its_sections(spec, missing):
    blocks = made("report", spec)
    titles = [text(b.inlines) for b in blocks if isinstance(b, Heading) and b.level == 2]
    assert titles == [title for title in SECTIONS if title not in missing]


def test_forward_scatter_and_both_gradients_slide():
    blocks = made("report", "y = conv_transpose1d(x[2], w[3], stride=2)")
    assert [b.title for b in blocks if isinstance(b, Slides)] == [
        "y step by step",
        "What each element of x adds",
        "The gradient of x, step by step",
        "The gradient of w, step by step",
    ]


def test_a_check_that_fails_is_never_passed_over(monkeypatch):
    def fails(graph, seed=0):
        raise CheckFailed("planted")

    monkeypatch.setattr(tables, "all_checks", fails)
    with pytest.raises(CheckFailed, match="planted"):
        made("report", "y = conv1d(x[5], w[2])")


@pytest.mark.parametrize("seed", range(4))
def test_differences_do_not_meet_the_kink_of_a_relu(seed):
    graph = build(parse(CHAIN))
    for tensor in "xuwt":
        assert check_differences(graph, tensor, seed=seed).passed
