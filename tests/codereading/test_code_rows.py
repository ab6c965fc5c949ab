"""Every row: read and decided as the hand says, and executed to see that the hand is right."""

from __future__ import annotations

from functools import cache

import pytest
from code_rows import ROWS
from code_world import agrees, geometries, graph_of, outcome, outcomes, read, sizes_of

CASES = [pytest.param(number, id=row[0]) for number, row in enumerate(ROWS)]


def row_of(number):
    """The operation, the code, the labels and the declared names."""
    _, spec, code, labels, names = (*ROWS[number], {})[:5]
    return spec, code, labels, names


@cache
def decided(number):
    """The reading of a row and its verdicts."""
    spec, code, _, names = row_of(number)
    reading = read(spec, code, names)
    return reading, outcomes(reading)


@pytest.mark.parametrize("number", CASES)
def test_what_is_read(number):
    reading, found = decided(number)
    for name, label in row_of(number)[2].items():
        if label is None:
            assert name not in found
            assert any(name in problem.names for problem in reading.problems)
        else:
            assert name in found, reading.problems
            assert outcome(found[name]) == label, found[name]


@pytest.mark.parametrize("number", CASES)
def test_the_labels_are_right(number):
    spec, code, labels, names = row_of(number)
    graph = graph_of(spec)
    for name, label in labels.items():
        results = [agrees(code, graph, sizes, names, name) for sizes in geometries(graph, 6)]
        assert len(results) >= 3
        if label == "proved":
            assert all(results)
        elif label == "refuted":
            assert not all(results)


@pytest.mark.parametrize("number", CASES)
def test_counterexamples_are_seen_when_the_code_runs(number):
    spec, code, _, names = row_of(number)
    graph = graph_of(spec)
    for name, verdicts in decided(number)[1].items():
        for kind, verdict in verdicts:
            if verdict.outcome == "refuted":
                sizes = sizes_of(verdict, graph)
                assert not agrees(code, graph, sizes, names, name), (kind, sizes)
