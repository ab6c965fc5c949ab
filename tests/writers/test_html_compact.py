"""Light pictures: unpacked again they are the pictures that went in."""

from __future__ import annotations

import re

from symconv.document import Equation, Grid, formula
from symconv.figures import explorer
from symconv.operations.build import build
from symconv.syntax.spec import parse
from symconv.writers.html_compact import compact, lean, product
from symconv.writers.spoken import in_words, spoken

SPEC = "y = conv2d(x[4,5], w[2,3], stride=(2,1), padding=(1,0))"


def slides():
    graph = build(parse(SPEC))
    return explorer(graph, graph.equations[-1], "steps")


def places(svg, tag):
    return re.findall(rf'<{tag} (?:href="[^"]*" )?x="([^"]*)" y="([^"]*)"', svg)


def test_every_cell_and_every_letter_keeps_its_place():
    made = slides()
    pictures = [slide.svg for slide in made.slides]
    light = compact(pictures, "s")
    assert sum(map(len, light.pictures)) < 0.7 * sum(map(len, pictures))
    for before, after in zip(pictures, light.pictures, strict=True):
        assert places(after, "rect") == places(before, "rect")
        letters = places(after, "text") + places(after, "use")
        assert sorted(letters) == sorted(places(before, "text"))


def test_what_is_used_is_defined_with_the_same_letters():
    made = slides()
    light = compact([slide.svg for slide in made.slides], "s")
    known = dict(re.findall(r'<text id="([^"]*)" class="m">(.*?)</text>', light.definitions))
    used = set(re.findall(r'href="#([^"]*)"', "".join(light.pictures)))
    assert used and used <= set(known)
    plain = re.sub(r"<[^>]*>", "", known["s-0"])
    assert re.fullmatch(r"[a-z]\d,\d", plain)


def test_numbered_cells_are_in_the_order_of_the_terms():
    """A group whose cells lost their numbers had them in order; others keep theirs."""
    ordered = '<g fill="a"><rect x="1" y="1" data-t="0"/><rect x="2" y="1" data-t="1"/></g>'
    turned = '<g fill="a"><rect x="1" y="1" data-t="1"/><rect x="2" y="1" data-t="0"/></g>'
    light = compact([ordered, turned], "s")
    assert "data-t" not in light.pictures[0] and "data-l" in light.pictures[0]
    assert light.pictures[1].count("data-t") == 2 and "data-l" not in light.pictures[1]


def test_products_as_letters():
    assert product(r"w_{0,1} \, x_{2}") == "<i>w</i><sub>0,1</sub> <i>x</i><sub>2</sub>"
    assert product(r"2 w_{0}").startswith("<math>")
    assert product(r"\frac{1}{4} x_{0}").startswith("<math>")


def test_positions_are_one_text():
    shown = "<msub><mi>w</mi><mrow><mn>0</mn><mo>,</mo><mn>12</mn></mrow></msub>"
    assert lean(shown) == "<msub><mi>w</mi><mn>0,12</mn></msub>"
    sums = "<mrow><mn>0</mn><mo>+</mo><mn>1</mn></mrow>"
    assert lean(sums) == sums


def test_formulas_are_said():
    latex = r"\frac{\partial L}{\partial w_{k}} = \sum_{o=0}^{O - 1} g_{o} \, x_{S o + k}"
    assert in_words(latex) == (
        "partial L over partial w k equals the sum over o from 0 to O minus 1 of g o times "
        "x at S times o plus k"
    )
    assert spoken(formula("x", words="own words")) == "own words"
    matrix = Equation((((("A =", Grid((("a", "b"),)))),),))
    assert spoken(matrix) == "A equals a matrix of 1 rows and 2 columns"
