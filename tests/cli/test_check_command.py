"""``symconv check``: what it is given, what it prints, how it ends."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from symconv.cli import main

SPEC = "y = conv1d(x[N], w[K])"
DECLARED = f"<!-- symconv: {SPEC} -->\n"
RIGHT = r"y_o = \sum_k w_k x_{o+k}"
WRONG = r"y_o = \sum_k w_k x_{o-k}"
GRADIENT = r"dw_k = \sum_o \delta_o x_{o+k}"
STRANGE = r"y_o = \mystery"
HALF = r"<!-- symconv: y = conv1d(x[N], w[K], stride=2); names(O=width(y)) --> $O = (N-K)/2 + 1$"


def run(*arguments, stdin=None):
    result = CliRunner().invoke(main, ["check", *map(str, arguments)], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("right.md").write_text(f"{DECLARED}${RIGHT}$\n")
    Path("wrong.md").write_text(f"{DECLARED}${WRONG}$\n")
    Path("strange.md").write_text(f"{DECLARED}${STRANGE}$\n")
    Path("half.md").write_text(f"{HALF}\n")
    Path("declared.md").write_text("<!-- symconv: oops -->\n")
    Path("none.md").write_text("# Nothing\n\n$a = b$\n")
    Path("bad.ipynb").write_text("{")
    Path("latin.tex").write_bytes(b"caf\xe9")
    return tmp_path


ENDS = [
    (["right.md"], 0),
    (["wrong.md"], 1),
    (["strange.md"], 1),
    (["strange.md", "--allow-unparsed"], 0),
    (["half.md"], 1),
    (["half.md", "--allow-conditional"], 0),
    (["half.md", "--allow-unparsed"], 1),
    (["wrong.md", "--allow-conditional", "--allow-unparsed"], 1),
    (["declared.md"], 1),
    (["declared.md", "--allow-unparsed"], 1),
    (["none.md"], 0),
    (["right.md", "none.md"], 0),
    (["right.md", "wrong.md"], 1),
    (["bad.ipynb"], 2),
    (["latin.tex"], 2),
    (["right.md", "bad.ipynb"], 2),
    (["missing.md"], 2),
    (["."], 2),
    ([], 2),
    (["right.md", "--run"], 2),
    (["--formula", RIGHT], 2),
    (["--op", SPEC], 2),
    (["--op", SPEC, "--formula", RIGHT], 0),
    (["--op", SPEC, "--formula", WRONG], 1),
    (["--op", SPEC, "--formula", WRONG, "--option", "expect=refuted"], 0),
    (["--op", SPEC, "--formula", RIGHT, "--option", "expect=refuted"], 1),
    (["--op", SPEC, "--formula", RIGHT, "--option", "expct=refuted"], 2),
    (["--op", SPEC, "--formula", RIGHT, "--option", "expect"], 2),
    (["--op", "y = conv9d(x)", "--formula", RIGHT], 2),
    (["--op", SPEC, "--formula", "@missing.tex"], 2),
    (["--op", SPEC, "--formula", "@latin.tex"], 2),
    (["--op", SPEC, "--code", "nothing"], 2),
    (["--op", SPEC, "--code", "missing.py:f"], 2),
    (["--op", SPEC, "--formula", GRADIENT, "--option", "upstream=delta"], 0),
    (["--op", SPEC, "--formula", GRADIENT, "--option", "names(delta=g)"], 0),
    (["--op", SPEC, "--formula", GRADIENT, "--option", "names=delta=x"], 1),
    (["--op", "y = convolve(x[N], w[K])", "--formula", WRONG.replace("o-k", "o - k")], 0),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code"), ENDS, ids=[" ".join(row[0]) for row in ENDS])
@pytest.mark.usefixtures("folder")
def test_exit_codes(arguments, code):
    result = run(*arguments)
    assert result.exit_code == code
    assert bool(result.stderr) == (code == 2)


@pytest.mark.usefixtures("folder")
def test_an_unreadable_file_is_one_line_and_the_others_are_checked():
    result = run("bad.ipynb", "wrong.md", "latin.tex")
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
        ["error", "bad.ipynb"],
        ["error", "latin.tex:1"],
    ]
    assert "1 claim: 1 refuted" in result.stdout


@pytest.mark.usefixtures("folder")
def test_folders_are_read_in_order_and_files_once():
    Path("sub/.hidden").mkdir(parents=True)
    Path("sub/b.md").write_text(f"{DECLARED}${RIGHT}$\n")
    Path("sub/a.tex").write_text(f"% symconv: {SPEC}\n${WRONG}$\n")
    Path("sub/c.txt").write_text("no host")
    Path("sub/.hidden/d.md").write_text(f"{DECLARED}${WRONG}$\n")
    rows = json.loads(run("sub", "sub/b.md", "--format", "json").stdout)
    assert [r["file"] for r in rows] == [str(Path("sub/a.tex")), str(Path("sub/b.md"))]


@pytest.mark.usefixtures("folder")
def test_an_operation_for_files_that_declare_none():
    Path("plain.md").write_text(f"${RIGHT}$ and ${WRONG}$\n")
    assert run("plain.md").exit_code == 0
    rows = json.loads(run("plain.md", "--op", SPEC, "--format", "json").stdout)
    assert [r["outcome"] for r in rows] == ["proved", "refuted"]


@pytest.mark.usefixtures("folder")
def test_text_for_people():
    result = run("wrong.md")
    first, formula, *rest = result.stdout.splitlines()
    assert first == "wrong.md:2:2: refuted"
    assert formula.strip() == "y[o] = Σ_k w[k] x[o−k]"
    told = "\n".join(rest)
    for word in (
        "at N = ",
        "is right",
        "likely mistake",
        "right is: y_{o} =",
        "1 claim: 1 refuted",
    ):
        assert word in told
    assert "\x1b" not in result.stdout


@pytest.mark.usefixtures("folder")
def test_ignored_formulas_are_listed_if_asked():
    assert "nothing that is declared" not in run("none.md").stdout
    Path("some.md").write_text(f"{DECLARED}$a = b$\n")
    assert "2:2: ignored" in run("some.md", "--verbose").stdout


@pytest.mark.usefixtures("folder")
def test_colour():
    assert "\x1b[" in run("wrong.md", "--color", "always").stdout
    assert "\x1b[" not in run("wrong.md", "--color", "never").stdout


@pytest.mark.parametrize("format", ["text", "json", "junit", "github"])
@pytest.mark.usefixtures("folder")
def test_the_same_bytes_twice(format):
    names = ["right.md", "wrong.md", "half.md", "strange.md"]
    first, second = (run(*names, "--format", format) for _ in range(2))
    assert first.stdout_bytes == second.stdout_bytes
    assert first.stdout_bytes


def test_a_formula_from_standard_input():
    result = run("--op", SPEC, "--formula", "-", stdin=WRONG)
    assert result.exit_code == 1
    assert result.stdout.startswith("refuted\n")


@pytest.mark.usefixtures("folder")
def test_a_function():
    pytest.importorskip("symconv.api.checking")
    Path("f.py").write_text(
        "import numpy as np\n\n"
        "def good(x, w, g):\n    return np.convolve(g, w)\n\n"
        "def bad(x, w, g):\n    return np.convolve(g, w[::-1])\n"
    )
    good = run("--op", SPEC, "--code", "f.py:good", "--gives", "dx", "--run")
    bad = run("--op", SPEC, "--code", "f.py:bad", "--gives", "dx", "--run")
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "refuted" in bad.stdout


def test_fifty_claims_are_quick(tmp_path):
    lines = [f"<!-- symconv: {SPEC.replace(')', ', stride=2, padding=P)')} -->", ""]
    for n in range(50):
        of = "dx_i = \\sum_o g_o w_{i+P-2o}" if n % 2 else "dw_k = \\sum_o g_o x_{2o+k-P}"
        lines += [f"${of} + {n} - {n}$", ""]
    note = tmp_path / "fifty.md"
    note.write_text("\n".join(lines))
    start = time.perf_counter()
    result = run(note)
    assert time.perf_counter() - start < 30  # 5 s is the aim; a loaded machine must not fail
    assert "50 claims: 50 proved" in result.stdout


README = Path(__file__).parent.parent.parent / "README.md"


@pytest.mark.usefixtures("folder")
def test_the_example_of_the_readme():
    text = README.read_text(encoding="utf-8")
    note = text.partition("````md\n")[2].partition("````")[0]
    printed = text.partition("```text\nnote.md")[2].partition("```")[0]
    Path("note.md").write_text(note, encoding="utf-8")
    result = run("note.md")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(line in lines for line in f"note.md{printed}".splitlines())
