"""The commands: what they print, how they end, and that no traceback is ever seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from symconv import __version__
from symconv.cli import main
from symconv.cli.app import COMMANDS

SPEC = "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)"
SYMBOLIC = "y = conv1d(x[N], w[K], stride=2, padding=P)"
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Every test has a folder of its own."""
    monkeypatch.chdir(tmp_path)


def run(*args, **options):
    return CliRunner().invoke(main, [str(arg) for arg in args], **options)


def fine(*args, **options):
    result = run(*args, **options)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def process(*args, **options):
    """A real process of its own."""
    code = "from symconv.cli import main; main(prog_name='symconv')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        **{"capture_output": True, "stdin": subprocess.DEVNULL, **options},
        env=environment,
        timeout=60,
        check=False,
    )


# --- readings -----------------------------------------------------------------------------------


def test_version_and_help():
    assert fine("--version") == f"symconv {__version__}\n"
    assert "derive" in fine("--help")
    for command in COMMANDS:
        text = fine(command, "--help")
        assert "Example" in text
        assert len(main.get_command(None, command).get_short_help_str(200)) < 70


def test_matrix_text():
    lines = fine("matrix", SPEC, "--of", "x").splitlines()
    assert lines[-4:] == [
        "y₀ ⎡ y  z  0  0 ⎤",
        "y₁ ⎢ x  y  z  0 ⎥",
        "y₂ ⎢ 0  x  y  z ⎥",
        "y₃ ⎣ 0  0  x  y ⎦",
    ]


def test_matrix_formats():
    data = json.loads(fine("matrix", SPEC, "--of", "x", "--padded", "--format", "json"))
    assert data["shape"] == [4, 6]
    assert [0, 0, "x"] in data["entries"]
    assert "bmatrix" in fine("matrix", SPEC, "--of", "w", "--format", "latex")
    assert "," in fine("matrix", SPEC, "--of", "x", "--format", "csv")
    assert fine("matrix", SPEC, "--of", "x", "--format", "npz", "-o", "A.npz") == ""
    assert np.load("A.npz")["shape"].tolist() == [4, 4]


def test_derive():
    text = fine("derive", SYMBOLIC, "--of", "w")
    assert "chain rule" in text
    assert "\n1. definition" in text
    both = fine("derive", SPEC)
    assert both.count("chain rule") == 2
    assert fine("derive", SPEC, "--format", "latex").rstrip().endswith("\\end{document}")
    assert fine("derive", SPEC, "--of", "w", "--format", "html").startswith("<!DOCTYPE html>")


def test_size():
    assert "⌊(N + 2P − K)/2⌋ + 1" in fine("size", SYMBOLIC)
    assert "= 3" in fine("size", SYMBOLIC, "N=5", "K=3", "P=1")


def test_graph():
    assert "y₀ = " in fine("graph", "y = conv1d(x[4], w[3])", "--level", "scalar")
    data = json.loads(fine("graph", SPEC, "--format", "json"))
    assert {"nodes", "edges"} == set(data)
    assert fine("graph", SPEC, "--format", "svg").startswith("<svg")


def test_code_runs():
    space: dict = {}
    exec(fine("code", "y = conv1d(x[N], w[K])"), space)
    assert space["forward"](np.arange(4.0), np.ones(2)).tolist() == [1, 3, 5]


def test_spec_from_a_file_and_from_stdin():
    Path("layer.txt").write_text(SPEC + "\n", encoding="utf-8")
    expected = fine("size", SPEC)
    assert fine("size", "layer.txt") == expected
    assert fine("size", "-", input=SPEC) == expected
    assert fine("size", "-", input="\ufeff" + SPEC + "\r\n") == expected


def test_output_file_is_whole_or_not_there():
    Path("out.txt").write_text("before")
    assert run("matrix", SPEC, "--of", "q", "-o", "out.txt").exit_code == 2
    assert Path("out.txt").read_text() == "before"
    fine("size", SPEC, "-o", "out.txt")
    assert "shape" in Path("out.txt").read_text()
    assert os.listdir() == ["out.txt"]


BAD = [
    (("size", "y = conv1d(x[4], w[3], paddin=1)"), "paddin", "try padding"),
    (("size", "y = conv9d(x[4], w[3])"), "conv9d", "try conv"),
    (("size", "nope.txt"), "neither a file nor a spec", ""),
    (("size", ""), "neither a file nor a spec", ""),
    (("size", "y = \0"), "error: ", ""),
    (("size", "x" * 5000), "neither a file nor a spec", ""),
    (("size", "-"), "", ""),
    (("size", SYMBOLIC, "N=x"), "whole number", "N=4"),
    (("size", SYMBOLIC, "N"), "whole number", ""),
    (("size", SYMBOLIC, "N=4", "N=5"), "N", ""),
    (("size", SYMBOLIC, "N=1", "K=3", "P=0"), "larger than the padded input", ""),
    (("matrix", SYMBOLIC, "--of", "x"), "needs concrete sizes", "N=4"),
    (("matrix", SPEC, "--of", "q"), "q", ""),
    (("matrix", SPEC), "Missing option '--of'", ""),
    (("matrix", SPEC, "--of", "x", "--format", "pdf"), "'pdf' is not one of", ""),
    (("derive", SPEC, "--of", "q"), "q", ""),
    (("graph", SYMBOLIC, "--level", "scalar"), "needs concrete sizes", ""),
    (("matrix", "y = conv1d(x[999999999], w[3])", "--of", "x"), "too large", ""),
    (("size", SPEC, "-o", "missing/out.txt"), "missing/out.txt: can't be written", ""),
    (("derivee", SPEC), "No such command", ""),
    (("report",), "no folder derivations", "symconv new"),
    (("report", "missing.md"), "missing.md: there is no such file", ""),
    (("new", "my.txt"), "ends in .md", ""),
]


@pytest.mark.parametrize(("args", "message", "hint"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_bad_input(args, message, hint):
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert hint in result.stderr
    assert "Traceback" not in result.output
    assert "bug" not in result.stderr
    assert result.stdout == ""


def test_unreadable_spec():
    Path("bad.txt").write_bytes(b"y = \xff")
    assert "bad.txt: not UTF-8" in run("size", "bad.txt").stderr
    assert "too large" in run("size", "-", input="x" * 200_000).stderr


def test_caret():
    lines = run("size", "y = conv1d(x[4], w[3], paddin=1)").stderr.splitlines()
    assert lines[1].index("paddin") == lines[2].index("^")
    long = run("size", f"y = conv1d(x[4], w[3]{' ' * 3000}, paddin=1)").stderr.splitlines()
    assert lines[1][lines[2].index("^")] == long[1][long[2].index("^")]
    assert len(long[1]) < 110


UNEXPECTED = [
    (ValueError("boom"), 2, "a bug in symconv (ValueError: boom)"),
    (RecursionError(), 2, "nested too deeply"),
    (MemoryError(), 2, "not enough memory"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (OSError(28, "No space left on device"), 2, "the output: No space left"),
]


@pytest.mark.parametrize(("error", "code", "message"), UNEXPECTED)
def test_unexpected(monkeypatch, error, code, message):
    def fail(*args):
        raise error

    monkeypatch.setattr("symconv.cli.readings.program", fail)
    result = run("size", SPEC)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    if code == 2:
        assert "Traceback" in run("--debug", "size", SPEC).stderr


# --- notes --------------------------------------------------------------------------------------


def test_new_and_report():
    assert "my.md" in fine("new", "my.md")
    assert len(Path("my.md").read_text().splitlines()) < 15
    assert "out/index.html: 1 page built" in fine("report", "my.md", "-o", "out")
    assert "checked" in Path("out/my.html").read_text()
    text = Path("my.md").read_text()
    again = run("new", "my.md")
    assert again.exit_code == 2
    assert "there already" in again.stderr
    assert Path("my.md").read_text() == text


def test_report_of_a_folder_with_a_failing_note():
    Path("derivations").mkdir()
    fine("new", "derivations/01-good.md")
    Path("derivations/02-bad.md").write_text(
        "# Bad\n\n```{operation}\ny = conv1d(x[4], w[3], paddin=1)\n```\n"
    )
    result = run("report")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith("error: derivations/02-bad.md:4: {operation}: ")
    assert "try padding" in lines[0]
    assert lines[2].index("^") == lines[1].index("paddin")
    assert "1 page built, 1 failed" in result.stdout
    assert Path("reports/01-good.html").exists()
    assert "02-bad.md:4" in Path("reports/index.html").read_text()


NOTES = [
    ("```{gradeint} w\n```", "3: {gradeint}: there is no directive"),
    ("```{gradient} w\n```", "3: {gradient}: no operation is declared"),
    ("```{matrix} q\ny = conv1d(x[4], w[3])\n```", "3: {matrix}"),
    ("```{matrix} x\n:paded: true\ny = conv1d(x[4], w[3])\n```", "3: {matrix}: {matrix} has no"),
    ("```{matrix} x\n:padded: maybe\ny = conv1d(x[4], w[3])\n```", "3: {matrix}: :padded:"),
    ("```{matrix} x\ny = conv1d(x[N], w[3])\n```", "3: {matrix}"),
    ("```{size}\n:sizes: N=x\ny = conv1d(x[N], w[3])\n```", "3: {size}"),
    ("```{size}\ny = conv1d(x[2], w[3])\n```", "{size}: conv1d: the kernel is larger"),
]


@pytest.mark.parametrize(("markdown", "message"), NOTES, ids=[n[0][3:14] for n in NOTES])
def test_bad_directives(markdown, message):
    Path("n.md").write_text(f"# T\n\n{markdown}\n")
    result = run("report", "n.md")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: n.md:")
    assert message in result.stderr
    assert "bug" not in result.stderr


def test_an_unreadable_note_is_code_2():
    Path("n.md").write_bytes(b"# T\n\xff")
    assert run("report", "n.md").exit_code == 2


# --- real processes -----------------------------------------------------------------------------


def test_start_is_light():
    code = "import sys, symconv.cli; print({'sympy', 'numpy', 'rich'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert result.stdout.strip() == b"set()"


LIGHT = [
    (["--version"], "sympy numpy rich lark"),
    (["size", "y = conv1d(x[N], w[K], stride=2, padding=P)"], "sympy numpy rich"),
    (["size", "y = conv2d(x[3,H,32], w[1,3,5,5], padding=2)", "H=31"], "sympy numpy rich"),
]


@pytest.mark.parametrize(("arguments", "unwanted"), LIGHT, ids=lambda value: str(value)[:20])
def test_what_a_light_command_loads(arguments, unwanted):
    code = (
        "import sys\nfrom symconv.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, capture_output=True, cwd=ROOT, check=True, text=True)
    assert result.stdout
    assert set(unwanted.split()) & set(result.stderr.split()) == set()


def test_process_of_a_bad_spec():
    result = process("size", "y = conv1d(x[4], w[3], paddin=1)")
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.startswith(b"error: ")


def test_process_that_reads_stdin_and_writes_utf8_anywhere():
    options = {"input": SPEC.encode(), "stdin": None, "env": {"PYTHONIOENCODING": "ascii"}}
    result = process("matrix", "-", "--of", "x", **options)
    assert (result.returncode, result.stderr) == (0, b"")
    assert "⎡ y  z  0  0 ⎤" in result.stdout.decode()


def test_broken_pipe_is_quiet():
    read, write = os.pipe()
    os.close(read)
    result = process("code", SPEC, stdout=write, stderr=subprocess.PIPE, capture_output=False)
    os.close(write)
    assert result.stderr == b""
    assert result.returncode in (0, 1)


def test_report_in_processes_is_the_same_whatever_the_hash_seed(tmp_path):
    fine("new", "a.md")
    fine("new", "b.md")
    for seed in ("1", "2"):
        result = process(
            "report", "a.md", "b.md", "-j", "2", env={"PYTHONHASHSEED": seed}, cwd=tmp_path
        )
        assert (result.returncode, result.stderr) == (0, b"")
        (tmp_path / "reports").rename(tmp_path / f"reports{seed}")
    names = sorted(p.name for p in (tmp_path / "reports1").iterdir())
    assert len(names) == 10
    for name in names:
        assert (tmp_path / "reports1" / name).read_bytes() == (
            tmp_path / "reports2" / name
        ).read_bytes()
