"""Every row: read and decided as the hand says, and executed to see that the hand is right."""

from __future__ import annotations

import pytest
from code_rows import ROWS
from code_world import agrees, geometries, graph_of, outcome, outcomes, read, sizes_of

CASES = [pytest.param(*row[1:4], (row + ({},))[4], id=row[0]) for row in ROWS]


@pytest.mark.parametrize(("spec", "code", "labels", "names"), CASES)
def test_what_is_read(spec, code, labels, names):
    reading = read(spec, code, names)
    found = outcomes(reading)
    for name, label in labels.items():
        if label is None:
            assert name not in found
            assert any(name in problem.names for problem in reading.problems)
        else:
            assert outcome(found[name]) == label, (name, reading.problems)


@pytest.mark.parametrize(("spec", "code", "labels", "names"), CASES)
def test_the_labels_are_right(spec, code, labels, names):
    graph = graph_of(spec)
    for name, label in labels.items():
        results = [agrees(code, graph, sizes, names, name) for sizes in geometries(graph, 8)]
        assert len(results) >= 3
        if label == "proved":
            assert all(results)
        elif label == "refuted":
            assert not all(results)


@pytest.mark.parametrize(("spec", "code", "labels", "names"), CASES)
def test_counterexamples_are_seen_when_the_code_runs(spec, code, labels, names):
    graph = graph_of(spec)
    for name, verdicts in outcomes(read(spec, code, names)).items():
        for kind, verdict in verdicts:
            if verdict.outcome == "refuted":
                sizes = sizes_of(verdict, graph)
                assert not agrees(code, graph, sizes, names, name), (kind, sizes)
