"""Folded graphs: what is unfolded is the whole of an element, and nothing of the others."""

from __future__ import annotations

import re

import pytest
from figure_cases import CHAIN, graph

from symconv.figures import page_figure
from symconv.figures.flow_folds import FOLDED, unfolded
from symconv.flow import operation_flow, scalar_flow

LARGE = "y = conv2d(x[5,5], w[3,3])"


def figure(spec, **options):
    program = graph(spec)
    return page_figure(scalar_flow(program), operation_flow(program), **options)


def test_small_graphs_stay_whole():
    made = figure("y = conv1d(x[4], w[3])")
    assert made.parts == () and len(made.nodes) == len(
        scalar_flow(graph("y = conv1d(x[4], w[3])")).nodes
    )


def test_large_graphs_are_folded_by_tensor():
    assert len(scalar_flow(graph(LARGE)).nodes) > FOLDED
    made = figure(LARGE)
    assert [name for name, _ in made.nodes] == ["input", "input", "operation"]
    assert len(made.parts) == 9
    fewer = figure(LARGE, budget=30)
    assert len(fewer.parts) == 2 and "the first 2 of 9" in fewer.caption[0].text


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("column", range(3))
def test_an_unfolded_element_reads_its_window(row, column):
    flow = unfolded(scalar_flow(graph(LARGE)), f"y[{row},{column}]")
    kinds = [node.kind for node in flow.nodes]
    window = {f"x[{row + a},{column + b}]" for a in range(3) for b in range(3)}
    weights = {f"w[{a},{b}]" for a in range(3) for b in range(3)}
    assert {node.id for node in flow.nodes if node.kind == "input"} == window | weights
    assert kinds.count("product") == 9 and kinds.count("sum") == 1


def test_what_comes_from_another_element_is_an_input():
    flow = unfolded(scalar_flow(graph(CHAIN)), "y[0]")
    border = {node.id for node in flow.nodes if node.kind == "input"}
    assert border == {"r[0]", "r[1]", "w[0]", "w[1]"}


def test_every_node_carries_its_number_and_its_words():
    made = figure("y = conv1d(x[4], w[3])")
    numbers = [int(n) for n in re.findall(r'data-n="(\d+)"', made.svg)]
    assert sorted(numbers) == list(range(len(made.nodes)))
    assert made.svg.count("</title></rect>") == len(made.nodes)
    assert "<title>y₀ = w₀ x₀ + w₁ x₁ + w₂ x₂</title>" in made.svg


def test_symbols_carry_values_and_gradients():
    made = figure("y = conv1d(x[3], w[2])")
    assert made.svg.count("∂") >= 8
