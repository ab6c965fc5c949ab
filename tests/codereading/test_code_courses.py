"""What courses write is read, proved, and run to see that it is right; else the reason is said."""

from __future__ import annotations

import ast
import contextlib
import io

import numpy as np
import pytest
from code_courses import PROVED, UNREAD
from code_world import geometries, graph_of, inputs, outcome, outcomes, read, truth


@pytest.mark.parametrize("row", PROVED, ids=[row[0] for row in PROVED])
def test_what_courses_write_is_proved(row):
    _, spec, code, gives, names = row
    reading = read(spec, code, names, gives=gives)
    assert not reading.problems
    found = {name: outcome(verdicts) for name, verdicts in outcomes(reading).items()}
    assert found
    assert set(found.values()) == {"proved"}, found


RUN = [row for row in PROVED if "class " not in row[2] or "__init__" not in row[2]]


@pytest.mark.parametrize("row", RUN, ids=[row[0] for row in RUN])
def test_it_is_right_when_it_runs(row):
    _, spec, code, gives, names = row
    graph = graph_of(spec)
    checked = 0
    for sizes in [*geometries(graph, 40)][::9]:
        space = {"np": np, **inputs(graph, sizes), **sizes}
        space |= {name: space[meaning] for name, meaning in names.items()}
        space |= {"dout": space["g"]}
        space["conv_param"] = {"stride": space.get("S"), "pad": space.get("P")}
        space["cache"] = (space["x"], space.get("w"), space.get("b"), space["conv_param"])
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "row", "exec"), space)  # the rows above, and nothing else
        if gives:
            node = [n for n in ast.parse(code).body if isinstance(n, ast.FunctionDef)][-1]
            takes = [a.arg for a in node.args.args]
            made = space[node.name](*(space[n] for n in takes if n in space))
            made = made if isinstance(made, tuple) else (made,)
            space |= dict(zip(gives, made, strict=True))
        right = truth(graph, sizes)
        for name in right:
            wanted = right[name]
            if name in space and (gives == () or name in gives):
                assert np.allclose(space[name], wanted), (name, sizes)
                checked += 1
    assert checked


@pytest.mark.parametrize("row", UNREAD, ids=[row[0] for row in UNREAD])
def test_what_is_not_read_says_why(row):
    _, spec, code, line, reason = row
    reading = read(spec, code)
    assert not any(outcome(v) == "proved" for v in outcomes(reading).values())
    problem = reading.problems[0]
    assert (problem.line, problem.reason) == (line, reason)
