"""Windows, overlaps and signals against what is counted and integrated another way."""

from __future__ import annotations

import itertools
from fractions import Fraction
from xml.etree.ElementTree import fromstring

import figure_cases as cases
import numpy as np
import pytest

from symconv.continuous import convolve_boxes
from symconv.errors import GeometryError, NeedsSizes
from symconv.figures import (
    BoxSignal,
    convolved,
    flip_slide_figure,
    overlap_counts,
    overlap_figure,
    window_figure,
)
from symconv.figures.explorer import explorer
from symconv.figures.grids import Frame, outline
from symconv.figures.plot import ticks
from symconv.figures.sliding import sliding
from symconv.meaning import evaluate_equation
from symconv.unread import never_read


def reads_by_probing(graph, form, covered, stepped, shapes):
    """Which cells a step meets, found by setting single elements to 1 (no index is looked at)."""
    met = {}
    for at in np.ndindex(shapes[covered if covered in form.tensors else stepped]):
        probed = covered if covered in form.tensors else stepped
        arrays = {n: np.ones(shapes[n], dtype=object) for n in form.tensors}
        arrays[probed] = np.zeros(shapes[probed], dtype=object)
        arrays[probed][at] = 1
        made = evaluate_equation(form, arrays)
        for out in zip(*np.nonzero(made), strict=True):
            out = tuple(int(n) for n in out)
            step, cell = (out, at) if probed == covered else (at, out)
            met.setdefault(step, set()).add(cell)
    return met


@pytest.mark.parametrize(
    "name",
    [
        "stride",
        "dilation",
        "causal",
        "circular",
        "flipped",
        "plane",
        "scatter",
        "plane-step",
        "scatter-plane",
    ],
)
def test_windows_are_what_the_form_reads(name):
    graph = cases.graph(cases.WINDOWS[name][0])
    found = sliding(graph)
    form = graph.equations[-1]
    shapes = {n: tuple(int(str(s)) for s in shape) for n, shape in graph.shapes.items()}
    met = reads_by_probing(graph, form, found.covered, found.stepped, shapes)
    for step in found.steps:
        drawn = {cell for _, cell in found.reads(step) if min(cell) >= 0}
        assert drawn == met.get(step, set())


@pytest.mark.parametrize(
    ("text", "flipped"),
    [
        ("y = conv1d(x[5], w[3])", False),
        ('y = convolve(x[5], w[3], mode="full")', True),
        ('y = convolve(x[4,4], w[2,2], mode="same")', True),
        ('y = correlate(x[5], w[3], mode="same")', False),
        ("y = conv_transpose1d(x[3], w[3], stride=2)", False),
        ('y = conv1d(x[4], w[3], padding=1, padding_mode="circular")', False),
        ("y = max_pool1d(x[4], 2)", None),
    ],
)
def test_which_way_the_kernel_lies_is_read_off_the_form(text, flipped):
    assert sliding(cases.graph(text)).flipped is flipped


@pytest.mark.parametrize(
    "text",
    [
        "y = conv1d(x[9], w[2], stride=3)",
        "y = conv1d(x[7], w[2], dilation=3, stride=4)",
        "y = conv2d(x[6,7], w[2,3], stride=(3,4))",
        "y = conv2d(x[4,4], w[3,3], padding=1)",
    ],
)
def test_never_read_cells(text):
    graph = cases.graph(text)
    found = sliding(graph).never()
    want = next(item.elements for item in never_read(graph) if item.tensor == "x")
    assert found == set(want)
    figure = window_figure(graph)
    assert ("never read" in figure.words) == bool(want)
    assert ("crossed" in figure.svg) == bool(want)


def test_every_step_is_drawn_up_to_a_number():
    panels = cases.figures()
    assert len([t for t in fromstring(panels["window-plane"].svg).iter() if t.text == "o"]) == 4
    many = panels["window-many"]
    assert "The first 15 steps of 28, and the last." in many.caption[0].text


def test_a_padding_cell_shows_what_it_holds():
    figure = cases.figures()["window-circular"]
    texts = ["".join(t.itertext()) for t in fromstring(figure.svg).iter() if t.tag[-4:] == "text"]
    assert texts[:6] == ["o = 0", "1", "2", "3", "4", "4"]
    assert "y 0 reads x 0, 1;" in figure.words


def test_padding_of_a_maximum_is_below_every_number():
    for text, blank in (("max_pool1d(x[5], 2, ceil_mode=True)", "−∞"),
                        ("avg_pool1d(x[5], 2, ceil_mode=True)", "0")):  # fmt: skip
        graph = cases.graph(f"y = {text}")
        drawn = [
            window_figure(graph, 2).svg,
            explorer(graph, graph.node("y").equations[-1], "").base,
        ]
        for svg in drawn:
            assert (f">{blank}<" in svg, ">−∞<" in svg) == (True, blank == "−∞")


def test_the_mask_of_a_maximum_is_not_drawn_but_written():
    graph = cases.graph("y = max_pool2d(x[5,5], 2, ceil_mode=True)")
    slides = explorer(graph, graph.node("y").equations[-1], "")
    assert len(slides.slides) == 9
    assert [len(slide.terms) for slide in slides.slides] == [4, 4, 2, 4, 4, 2, 2, 2, 1]


def test_what_has_no_window_is_refused():
    with pytest.raises(GeometryError, match="no window"):
        window_figure(cases.graph("y = relu(x[3])"))
    with pytest.raises(GeometryError, match=r"no step 7.*0 to 3"):
        window_figure(cases.graph("y = conv1d(x[4], w[1])"), 7)
    with pytest.raises(NeedsSizes):
        window_figure(cases.graph("y = conv1d(x[N], w[1])"))


# --- three axes ---------------------------------------------------------------------------------


def test_slices_stand_side_by_side_and_apart():
    frame = Frame(((-1, 2), (0, 3), (0, 4)), 10.0)
    corners = [frame.corner(cell) for cell in frame.cells()]
    assert len(set(corners)) == 3 * 3 * 4
    assert frame.height == 30 and frame.width == 3 * 40 + 2 * 6
    assert max(x for x, _ in corners) == frame.width - 10
    lefts = sorted({x for x, _ in corners})
    assert [b - a for a, b in itertools.pairwise(lefts)] == [10, 10, 10, 16] * 2 + [10, 10, 10]


def test_a_window_over_three_axes_has_a_frame_in_every_slice():
    frame = Frame(((0, 3), (0, 3), (0, 4)), 10.0)
    cells = [(d, r, c) for d in (0, 2) for r in (0, 1) for c in (1, 2)]  # dilated
    lines = outline(frame, cells, "window")
    assert [line.points[0] for line in lines] == [(10, 0), (10 + 2 * 46, 0)]
    assert [line.points[2] for line in lines] == [(30, 20), (30 + 2 * 46, 20)]


def test_three_axes_read_what_the_form_reads():
    graph = cases.graph("y = conv3d(x[2,3,4], w[2,2,3], padding=(1,0,0), stride=(1,1,2))")
    words = window_figure(graph).words
    assert "y (0, 1, 0) reads x (0, 1, 0), (0, 1, 1), (0, 1, 2), (0, 2, 0)" in words
    assert "never read: (0, 0, 3), (0, 1, 3)" in words


def test_overlaps_of_three_axes_are_counted():
    graph = cases.graph("y = conv_transpose3d(x[2,2,3], w[2,3,2], stride=(2,1,2))")
    counts = np.zeros((4, 4, 6), dtype=int)
    for d, r, c in np.ndindex(2, 2, 3):
        counts[2 * d : 2 * d + 2, r : r + 3, 2 * c : 2 * c + 2] += 1
    rows = "; ".join(", ".join(map(str, row)) for row in counts.reshape(16, 6).tolist())
    assert overlap_figure(graph).words == f"Products per cell, row by row: {rows}"


# --- overlaps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "extra", "d"),
    [(3, 3, 2, 0, 0, 1), (2, 3, 2, 1, 1, 1), (4, 2, 1, 0, 0, 3), (3, 2, 3, 0, 2, 1)],
)
def test_overlap_counts_by_brute_force(n, k, s, p, extra, d):
    options = f"stride={s}, padding={p}, output_padding={extra}, dilation={d}"
    counts = overlap_counts(cases.graph(f"y = conv_transpose2d(x[{n},{n}], w[{k},{k}], {options})"))
    want = np.zeros_like(counts)
    for i, j, a, b in itertools.product(range(n), range(n), range(k), range(k)):
        row, column = s * i + d * a - p, s * j + d * b - p
        if 0 <= row < len(want) and 0 <= column < len(want):
            want[row, column] += 1
    assert np.array_equal(counts, want)
    spoiled = want.copy()
    spoiled[0, 0] += 1
    assert not np.array_equal(counts, spoiled)


def test_overlap_counts_without_a_kernel():
    """Ones, unfolded and folded again: how many windows an element is in, counted by a loop."""
    graph = cases.graph("x = fold(Y[1,8,6], (3,4), (2,2))")
    counts = np.zeros((3, 4), dtype=int)
    for row, column in np.ndindex(2, 3):
        counts[row : row + 2, column : column + 2] += 1
    assert (overlap_counts(graph, "x")[0] == counts).all()


def test_overlap_counts_of_a_layer_leave_the_bias_out():
    graph = cases.graph("y = conv_transpose1d(x[1,2,3], w[2,3,3], b[3], stride=2)")
    assert overlap_counts(graph)[0, 0].tolist() == [2, 2, 4, 2, 4, 2, 2]
    figure = overlap_figure(graph)
    assert "first channel" in figure.caption[0].text
    assert figure.words.endswith("2, 2, 4, 2, 4, 2, 2")


# --- signals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "h"), [((0, 1), (0, 3)), ((-1, 1), (0, 2)), ((Fraction(1, 2), 2), (-1, Fraction(1, 3)))]
)
def test_the_trapezoid_is_the_integral(f, h):
    first, second = (tuple(map(Fraction, pair)) for pair in (f, h))
    boxes = convolve_boxes(first, second)
    corners = convolved(BoxSignal(*first), BoxSignal(*second))
    assert [t for t, _ in corners] == sorted({p for q in boxes.pieces for p in (q.start, q.stop)})
    for t, value in corners:
        assert boxes.at(float(t)) == pytest.approx(float(value), abs=1e-12)


def test_the_trapezoid_scales_with_the_heights():
    corners = convolved(BoxSignal(0, 2, 3), BoxSignal(0, 1, Fraction(1, 2)))
    assert max(value for _, value in corners) == Fraction(3, 2)


def test_flip_and_slide_gives_numpy_convolve():
    figure = flip_slide_figure([0, 1, 2, 3, 4], [1, -1, 2])
    found = [int(part.rpartition("= ")[2].rstrip(".")) for part in figure.words.split("; ")]
    assert found == np.convolve([0, 1, 2, 3, 4], [1, -1, 2]).tolist()


def test_ticks_are_round():
    assert ticks(-2.5, 6.5) == [-2, 0, 2, 4, 6]
    assert ticks(0, 1, 4) == [0, 0.5, 1]
    assert ticks(0, 30) == [0, 5, 10, 15, 20, 25, 30]
