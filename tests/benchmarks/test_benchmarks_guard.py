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


ABOUT = """### matrix, numbers: 3 layers

| stage | ms | share |
|---|---|---|
| all | 1 | 100 % |

It is all needed.
"""


def test_a_missed_goal_without_a_profile_is_named():
    run = __import__("run")
    line = {"row": "matrix, numbers", "what": "3 layers at 64", "goal": "2", "met": False}
    other = {"row": "matrix", "what": "3 layers at 64", "goal": "2", "met": False}
    elsewhere = {"row": "matrix, numbers", "what": "4 layers", "goal": "2", "met": False}
    lines = [line, other, elsewhere, elsewhere | {"met": True}, elsewhere | {"goal": ""}]
    assert run.unexplained(lines, [ABOUT]) == [
        "matrix: 3 layers at 64",
        "matrix, numbers: 4 layers",
    ]
    page = run.profiles_page([ABOUT], ["matrix: a"], "2 cores, Python 3")
    assert page.startswith("# Where the time goes\n\nMeasured on 2 cores, Python 3; one thread")
    assert page.endswith(
        "It is all needed.\n\n### matrix: a\n\nMissed; there is no profile of it.\n"
    )


def test_profiles_are_written_in_the_order_of_the_rows(tmp_path, monkeypatch, capsys):
    run = __import__("run")
    found = {}
    for number, (row, met) in enumerate([("book", True), ("start", True), ("proof", False)]):
        line = {"row": row, "what": "w", "value": 1.0, "unit": "s", "goal": "g", "met": met}
        text = [f"### {row}: w"] if met else []
        (tmp_path / f"bench_{number}.py").write_text("", "utf-8")
        found[f"bench_{number}"] = {"lines": [line], "curves": [], "profiles": text, "error": ""}
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "in_a_process", lambda file, asked: found[file.stem])
    file = tmp_path / "PROFILES.md"
    assert run.main(["--profiles", str(file)]) == 1
    text = file.read_text(encoding="utf-8")
    assert text.index("### start: w") < text.index("### book: w") < text.index("### proof: w")
    assert "missed and without a profile: proof: w" in capsys.readouterr().err
    assert run.main([]) == 0


def test_a_profile_is_printed_by_its_process(monkeypatch, capsys):
    one = __import__("one")
    room = type("room", (), {"ROWS": ("row",), "profile": staticmethod(lambda: ABOUT)})
    monkeypatch.setattr(one, "import_module", lambda name: room)
    monkeypatch.setattr(sys, "argv", ["one.py", "bench_x", "--profile"])
    one.main()
    assert json.loads(capsys.readouterr().out) == {"profiles": ABOUT}
    monkeypatch.setattr(sys, "argv", ["one.py", "bench_x"])
    one.main()
    assert capsys.readouterr().out == ""


def test_a_copy_of_symconv_has_its_byte_code():
    import subprocess

    timing = __import__("timing")
    code = "import symconv.names as n, os; print(n.__cached__, os.path.exists(n.__cached__))"
    for compiled in (True, False):
        with timing.installed(compiled=compiled) as environment:
            shown = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True
            ).stdout
            assert str(timing.ROOT) not in shown
            assert shown.endswith(f"{compiled}\n")
