"""The suite's own quick run, with generous margins on ratios: no wall time is asserted.

Each margin is far below what is measured; it breaks where a fast path is lost, not on a busy
machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)

pytest.importorskip("symengine", reason="symengine is one of the peers")
pytest.importorskip("pylops", reason="pylops is one of the peers")
pytest.importorskip("scipy", reason="SciPy is one of the peers")


@pytest.fixture(scope="module", autouse=True)
def beside():
    """The suite's files import each other by their plain names."""
    sys.path.insert(0, HERE)
    yield
    sys.path.remove(HERE)


def found(name):
    room = __import__(name)
    return {line.unit: line.value
            for line in room.lines(True)}  # fmt: skip


MARGINS = [
    ("bench_matrix", "× faster than SparseMatrix of a ready dict", 1.5),
    ("bench_matrix", "× faster than Matrix by lambda (timed at 6×6, per entry)", 15),
    ("bench_written", "× faster than Add of products", 4),
    ("bench_written", "× faster than sympy.diff (timed at 5×5, products × symbols)", 20),
    ("bench_latex", "× faster than latex2mathml", 10),
    ("bench_equality", "× faster than expand of the difference", 5),
    ("bench_evaluation", "× faster than lambdify", 2),
]


@pytest.fixture(scope="module")
def values(beside):
    """Every quick line of the files that have margins."""
    return {name: found(name) for name in dict.fromkeys(name for name, _, _ in MARGINS)}


@pytest.mark.parametrize(("name", "unit", "least"), MARGINS, ids=[m[1] for m in MARGINS])
def test_ratio(values, name, unit, least):
    assert values[name][unit] > least


def test_memory_of_the_compressed_matrix_follows_the_result(values):
    assert values["bench_matrix"]["× the result, peak memory"] < 4


def test_the_small_table_goes_between_its_markers(tmp_path):
    run = __import__("run")
    file = tmp_path / "README.md"
    begin, end = run.MARKERS
    file.write_text(f"before\n{begin}\nold\n{end}\nafter\n", encoding="utf-8")
    line = {"row": "matrix", "what": "a", "value": 1234.5, "unit": "× b", "goal": "at least 5",
            "met": True}  # fmt: skip
    run.put_in(file, run.small_table([line, line | {"goal": ""}], "2 cores"))
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{begin}\n\n| row |")
    assert text.endswith(f"{end}\nafter\n")
    assert "old" not in text
    assert text.count("| matrix | a | 1,234 × b | at least 5 | yes |") == 1


def test_plots_are_svg(tmp_path):
    run = __import__("run")
    curve = {"row": "matrix, all", "across": "non-zeros", "unit": "ms",
             "points": {"symconv": [[1, 2], [3, 5.5]]}}  # fmt: skip
    run.plots([curve], tmp_path)
    assert (tmp_path / "matrix-all.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_line_survives_json():
    timing, one = __import__("timing"), __import__("one")
    times = {"a": timing.Times(1.0, 0.5, 2.0, 3)}
    line = timing.Line("row", "what", 2.0, "×", "", True, times)
    assert json.loads(json.dumps(one.as_dict(line)))["times"]["a"]["least"] == 0.5


def test_the_machine_is_named_without_its_name():
    run = __import__("run")
    import platform

    assert platform.node() not in run.machine().split()
    assert "cores" in run.machine()
