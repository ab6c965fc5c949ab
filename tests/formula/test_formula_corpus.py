"""What each formula of the corpus means, against loops written by hand."""

import formula_corpus
import formula_worlds
import numpy as np
import pytest
from formula_cases import CASES

from symconv.conventions import Conventions
from symconv.gradients import upstream_names
from symconv.index import concrete
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.syntax.formula import claim_of, read_formula
from symconv.syntax.spec import parse
from symconv.terms import Form

GRAPHS = {spec: build(parse(spec)) for spec in formula_worlds.WORLDS}


def arrays_of(spec):
    graph = GRAPHS[spec]
    names = upstream_names(graph)
    shapes = dict(graph.shapes)
    shapes |= {names[t]: shape for t, shape in graph.shapes.items() if names[t]}
    return formula_worlds.data(shapes, formula_worlds.WORLDS[spec], concrete)


DATA = {spec: arrays_of(spec) for spec in GRAPHS}


@pytest.mark.parametrize(
    ("spec", "text", "meaning", "options"),
    formula_corpus.ROWS,
    ids=[r[1] for r in formula_corpus.ROWS],
)
def test_a_spelling_means_what_its_loops_say(spec, text, meaning, options):
    reading = read_formula(text, GRAPHS[spec], Conventions(**options))
    assert reading.subject.kind in ("result", "gradient", "value")
    data = DATA[spec]
    with_copies = dict(data)
    for copy in reading.before:
        with_copies[copy.name] = evaluate_equation(copy, data, formula_worlds.WORLDS[spec])
    for side in reading.sides[1:]:
        reads = {name: with_copies[name] for name in side.tensors}
        found = evaluate_equation(side, reads, formula_worlds.WORLDS[spec])
        wanted = meaning(data)
        assert found.size == np.size(wanted)
        close = [
            abs(a - b) < 1e-9 * max(1, abs(b))
            for a, b in zip(found.reshape(-1), np.reshape(wanted, -1), strict=True)
        ]
        assert all(close)
    claims = claim_of(reading, GRAPHS[spec])
    assert len(claims) >= len(reading.sides) - 1
    assert all(isinstance(side, Form) for side in reading.sides)


def test_the_corpus_is_wide():
    everything = {(row[0], row[1]) for row in formula_corpus.ROWS}
    assert len(everything) >= 100
    assert len(everything) + len({text for text, _, _ in CASES}) >= 200
    assert len({row[0] for row in formula_corpus.ROWS}) >= 10
