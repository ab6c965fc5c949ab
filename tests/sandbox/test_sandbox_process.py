"""Each limit seen to work, each fault told with its line, and nothing left running."""

import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from symconv.sandbox.calling import Call
from symconv.sandbox.exact import Exact
from symconv.sandbox.limits import MEGABYTE, Limits
from symconv.sandbox.process import run_file

ODD = Path(__file__).parent / "handed_odd.py"
ARGUMENTS = (("x", np.arange(5.0)), ("w", np.array([1.0, 2.0])), ("g", np.array([3.0, 4, 5, 6])))
CALL = Call(ARGUMENTS)
SHORT = Limits(wall=20, processor=1, memory=512 * MEGABYTE)
BRIEF = Limits(wall=1.5, processor=10)
WANTED = np.correlate(ARGUMENTS[0][1], ARGUMENTS[2][1], "valid")


def line_of(text):
    """The line of the file that starts so, from 1."""
    lines = ODD.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(text))


def outcome(name, limits=SHORT, calls=(CALL,)):
    return run_file(ODD, name, calls, "", limits).outcomes[0]


def test_a_plain_run():
    run = run_file(ODD, "fine", [CALL, CALL])
    assert len(run.outcomes) == 2
    assert all(np.array_equal(one.value, WANTED) for one in run.outcomes)
    assert run.printed == ""
    if sys.platform == "linux":
        assert run.unlimited == ()


FAULTS = [
    ("raises", "IndexError: index 2 is out of bounds", "dw[len(w)] = 1"),
    ("exits", "it calls sys.exit('no more')", "sys.exit("),
    ("reads_input", "EOFError", "return float(input("),
    ("fills_the_disk", "OSError", "file.write("),
    ("ends", "it ended the process (exit status 7)", ""),
    ("crashes", "it was ended by the signal SIGABRT", ""),
    ("nowhere", "the file could not be loaded: AttributeError", ""),
    ("returns_huge", "it sent results that are too large (at most 64 MB", ""),
]


@pytest.mark.parametrize(("name", "says", "line"), FAULTS, ids=[row[0] for row in FAULTS])
def test_faults_are_told_with_their_line(name, says, line):
    found = outcome(name)
    assert says in found.fault
    assert found.line == (line_of(line) if line else 0)


def test_time_that_is_spent_computing():
    start = time.monotonic()
    found = outcome("loops_forever")
    assert found.fault == "it was ended after 1 seconds of computing"
    assert time.monotonic() - start < 15


def test_time_that_is_spent_waiting():
    start = time.monotonic()
    found = outcome("sleeps", BRIEF)
    assert found.fault == "it was ended after 1.5 seconds"
    assert time.monotonic() - start < 10


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
@pytest.mark.parametrize("name", ["allocates", "allocates_lists"])
def test_memory(name):
    found = outcome(name, Limits(processor=60))
    assert "MemoryError: out of memory" in found.fault
    assert found.line > 0


def test_printing_is_kept_in_part_and_does_not_disturb():
    run = run_file(ODD, "prints", [CALL], "", Limits(processor=20))
    assert np.array_equal(run.outcomes[0].value, WANTED)
    assert run.printed.startswith("so far so good 0\nso far so good 1\n")
    assert len(run.printed) < 5000
    assert "bytes more" in run.printed


def test_the_calls_before_the_end_are_kept():
    longer = Call((("x", np.arange(9.0)), *ARGUMENTS[1:]))
    run = run_file(ODD, "ends_late", [CALL, CALL, longer, CALL])
    assert [bool(one.fault) for one in run.outcomes] == [False, False, True]
    assert run.outcomes[-1].ended


def test_a_forged_answer_is_no_answer():
    found = outcome("writes_into_every_file")
    assert found.fault.startswith("it sent a message")


def test_it_works_in_an_empty_folder_of_its_own_that_is_removed():
    printed = run_file(ODD, "where_am_i", [CALL]).printed
    folder, _, inside = printed.strip().partition(" ")
    assert inside == "[]"
    assert Path(folder) != Path.cwd()
    assert not Path(folder).exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are listed in /proc")
def test_nothing_is_left_running():
    mark = os.getpid()
    call = Call((("x", np.array([mark])), *ARGUMENTS[1:]))
    assert outcome("starts_another", BRIEF, (call,)).ended
    orphans = [
        entry
        for entry in Path("/proc").glob("[0-9]*/cmdline")
        if f"symconv-orphan-{mark}\0".encode() in _read(entry) and _state(entry.parent) != "Z"
    ]
    assert orphans == []
    assert _children() == []


def _read(file):
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _state(folder):
    text = _read(folder / "stat").decode(errors="replace")
    return text.rpartition(")")[2].split()[0] if text else "Z"


def _children():
    """Processes of ours that have ended and that nobody has waited for."""
    stats = [_read(file).decode(errors="replace") for file in Path("/proc").glob("[0-9]*/stat")]
    fields = [text.rpartition(")")[2].split() for text in stats if text]
    return [f for f in fields if f[0] == "Z" and f[1] == str(os.getpid())]


def test_a_system_without_limits_is_said(monkeypatch):
    import symconv.sandbox.limits as room

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(room, "import_module", missing)
    assert "no limits on memory" in room.impose(Limits())[0]


def test_the_child_imports_little():
    code = (
        "import sys, symconv.sandbox.child;"
        "assert not {'sympy', 'torch', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_exact_entries_go_over_and_come_back():
    x, g = (np.empty(n, dtype=object) for n in (4, 2))
    x[:] = [Exact.named(f"x[{i}]") for i in range(4)]
    g[:] = [Fraction(1, 3), 10**30]
    call = Call((("x", x), ("w", np.zeros(2)), ("g", g), ("S", 2)))
    (found,) = run_file(ODD, "raises_where_it_overlaps", [call]).outcomes
    assert [str(entry) for entry in found.value] == [
        f"1/3*x[0] + {10**30}*x[2]",
        f"1/3*x[1] + {10**30}*x[3]",
    ]
