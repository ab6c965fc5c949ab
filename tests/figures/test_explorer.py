"""Pictures in steps: the sums are the engine's, and every link leads from a term to its cells."""

from __future__ import annotations

import base64
import hashlib
import re
from fractions import Fraction
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from symconv.document import Document
from symconv.errors import GeometryError
from symconv.figures import explorer
from symconv.gradients import backward, upstream_names
from symconv.operations.build import build
from symconv.sampling import arrays_for
from symconv.syntax.spec import parse
from symconv.witness import backward as engine_backward
from symconv.witness import forward as engine_forward
from symconv.writers import html, latex, text, typst

SPECS = (
    "y = conv1d(x[6], w[3], stride=2, padding=1)",
    "y = conv1d(x[5], w[2], b, padding=(2,0), dilation=2)",
    "y = conv2d(x[4,5], w[2,3], stride=(2,1), padding=(1,0))",
    "y = conv1d(x[2,5], w[3,2,2], b[3])",
    "y = conv1d(x[4,5], w[4,2,3], groups=2, padding=1)",
    "y = conv_transpose1d(x[3], w[3], stride=2, padding=1, output_padding=1)",
    "y = conv_transpose2d(x[2,3], w[3,2], stride=(2,1))",
    'y = conv1d(x[5], w[3], padding=1, padding_mode="reflect")',
    "y = convolve(x[4], w[3])",
    "y = avg_pool2d(x[4,4], 2)",
    "y[o] = sum(w[k]*x[3*o - 2*k + 4], k=0..2) for o=0..2 with x[9]",
)


def value(terms, arrays):
    """A sum of LaTeX terms, read by a small reader of this test's own."""
    total = Fraction(0)
    for term in terms:
        sign = -1 if term.startswith("-") else 1
        product = Fraction(sign)
        for top, bottom in re.findall(r"\\frac\{(\d+)\}\{(\d+)\}", term):
            product *= Fraction(int(top), int(bottom))
        rest = re.sub(r"\\frac\{\d+\}\{\d+\}", "", term)
        for name, at in re.findall(r"([a-z])(?:_\{([\d,]+)\})?", rest):
            place = tuple(map(int, at.split(","))) if at else ()
            product *= Fraction(int(arrays[name][place]))
        total += product
    return total


@pytest.mark.parametrize("spec", SPECS)
def test_the_sums_are_the_engines(spec):
    graph = build(parse(spec))
    arrays = {n: np.asarray(a) for n, a in arrays_for(graph, 5).items()}
    made = explorer(graph, graph.equations[-1], "steps")
    wanted = np.asarray(engine_forward(graph, arrays)[graph.output])
    assert len(made.slides) == made.whole == wanted.size
    for slide, right in zip(made.slides, wanted.ravel(), strict=True):
        assert float(value(slide.terms, arrays)) == pytest.approx(float(right))


@pytest.mark.parametrize("spec", SPECS[:9])
def test_the_gradients_are_the_engines(spec):
    graph = build(parse(spec))
    arrays = {n: np.asarray(a) for n, a in arrays_for(graph, 5).items()}
    shape = np.asarray(engine_forward(graph, arrays)[graph.output]).shape
    g = (np.arange(np.prod(shape)) * 5 % 7 - 3).reshape(shape)
    wanted = engine_backward(graph, arrays, g)
    names = upstream_names(graph)
    for form in backward(graph):
        of = next((t for t, name in names.items() if name == form.name), None)
        if of not in wanted or of == graph.output:
            continue
        made = explorer(graph, form, "steps")
        right = np.asarray(wanted[of]).ravel()
        for slide, number in zip(made.slides, right, strict=True):
            found = value(slide.terms, arrays | {"g": g})
            assert float(found) == pytest.approx(float(number))


@pytest.mark.parametrize("spec", SPECS)
def test_every_term_has_its_cells_and_every_cell_its_term(spec):
    graph = build(parse(spec))
    made = explorer(graph, graph.equations[-1], "steps")
    for slide in made.slides:
        linked = [int(n) for n in re.findall(r'data-t="(\d+)"', slide.svg)]
        assert set(linked) == set(range(len(slide.terms)))
        for number, term in enumerate(slide.terms):
            elements = len(re.findall(r"[a-z](?:_\{[\d,]+\})?", re.sub(r"\\frac", "", term)))
            assert linked.count(number) >= elements


def page(spec="y = conv2d(x[4,4], w[3,3], stride=2, padding=1)"):
    graph = build(parse(spec))
    return Document("Steps", (explorer(graph, graph.equations[-1], "y step by step"),))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_page_steps_without_a_script():
    shown = html.page(page())
    found = Tags()
    found.feed(shown)
    radios = [a for tag, a in found.tags if tag == "input" and a.get("type") == "radio"]
    frames = [a for tag, a in found.tags if tag == "div" and a.get("class") == "frame"]
    assert len(radios) == len(frames) == 4
    assert sum("checked" in attributes for attributes in radios) == 1
    assert ".frame:nth-of-type(4)" in shown and "script-src 'sha256-" in unescape(shown)


def test_the_policy_allows_this_script_and_no_other():
    shown = unescape(html.page(page()))
    (script,) = re.findall(r"<script>(.*?)</script>", shown, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in shown


def test_a_page_without_steps_has_no_script():
    assert "<script" not in html.page(Document("a", ()))
    assert "script-src" not in html.page(Document("a", ()))


def test_on_paper_and_on_a_terminal():
    document = page("y = conv1d(x[9], w[2])")
    assert "The first 4 of 8 steps." in latex.body(document)
    assert latex.body(document).count(r"\begin{tikzpicture}") == 4
    assert "y₇ = w₀ x₇ + w₁ x₈" in text.plain(document)
    assert typst.source(document).count("#figure(") == 4


def test_weight_of_the_usual_page():
    assert len(html.page(page("y = conv2d(x[6,6], w[3,3])")).encode()) < 250_000


@pytest.mark.parametrize(
    "spec",
    [
        "y = conv3d(x[9,4,4], w[2,2,2])",
        "y = conv1d(x[3,7,9], w[4,7,2])",
        "y = conv1d(x[50], w[3])",
    ],
)
def test_what_is_too_large_says_so(spec):
    graph = build(parse(spec))
    with pytest.raises(GeometryError, match="too large to be drawn step by step"):
        explorer(graph, graph.equations[-1], "steps")
