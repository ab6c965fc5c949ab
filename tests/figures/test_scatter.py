"""The scattering pictures: what each element adds, against loops over the kernel."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symconv.errors import SymconvError
from symconv.figures import explorer, scatter
from symconv.figures.explorer_sums import shown_steps
from symconv.operations.build import build
from symconv.syntax.spec import parse


def made(spec, tensor="x", **options):
    graph = build(parse(spec))
    return scatter(graph, graph.equations[-1], tensor, "scatter", **options)


def laid_down(size, kernel, stride, padding):
    """For each input the (output, weight) pairs of a transposed convolution, by a loop."""
    out = (size - 1) * stride - 2 * padding + kernel
    return [
        [
            (i * stride + k - padding, k)
            for k in range(kernel)
            if 0 <= i * stride + k - padding < out
        ]
        for i in range(size)
    ]


@pytest.mark.parametrize(("size", "kernel", "stride", "padding"), [(3, 3, 2, 1), (4, 2, 3, 0)])
def test_an_input_lays_its_kernel_down(size, kernel, stride, padding):
    spec = f"y = conv_transpose1d(x[{size}], w[{kernel}], stride={stride}, padding={padding})"
    slides = made(spec).slides
    wanted = laid_down(size, kernel, stride, padding)
    assert len(slides) == size
    for i, (slide, pairs) in enumerate(zip(slides, wanted, strict=True)):
        found = [re.findall(r"_\{(\d+)\}", term) for term in slide.terms]
        sent = {(int(places[-1]), *sorted(map(int, places[:-1]))) for places in found}
        assert sent == {(o, *sorted((k, i))) for o, k in pairs}
        assert slide.relation == r"\colon"


def test_gathering_and_scattering_name_the_same_products():
    spec = "y = conv2d(x[4,5], w[2,3], stride=(2,1), padding=(1,0))"
    graph = build(parse(spec))
    gathered = explorer(graph, graph.equations[-1], "gather")
    count = sum(len(slide.terms) for slide in gathered.slides)
    assert count == sum(len(slide.terms) for slide in made(spec).slides)
    assert count == sum(len(slide.terms) for slide in made(spec, "w").slides)


def test_every_product_lights_its_output_and_its_weight():
    for slide in made("y = conv_transpose2d(x[2,3], w[3,2], stride=2, padding=1)").slides:
        linked = [int(n) for n in re.findall(r'data-t="(\d+)"', slide.svg)]
        assert sorted(linked) == sorted([*range(len(slide.terms))] * 2)


def test_a_tensor_that_is_not_read_is_refused():
    with pytest.raises(SymconvError, match="does not read"):
        made("y = conv1d(x[4], w[2])", "z")


def test_the_budget_ends_the_steps():
    rows = [[None] * int(n) for n in np.full(9, 4)]
    assert shown_steps(rows, 64, 1000) == 9
    assert shown_steps(rows, 5, 1000) == 5
    assert shown_steps(rows, 64, 7) == 2
    slides = made("y = conv1d(x[9], w[3])", budget=5)
    assert len(slides.slides) < slides.whole == 9
