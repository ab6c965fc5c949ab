"""Claims judged by several processes: the same findings, in the same order, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

import symconv
from symconv.audit import audit_files, audit_text, data, jobs
from symconv.audit.judging import Judges
from symconv.cli import main
from symconv.conventions import PLAIN
from symconv.errors import NoteError

NOTES = sorted((Path(__file__).parent / "notes").iterdir())
ROOT = Path(symconv.__file__).parent.parent
SPEC = "<!-- symconv: y = conv1d(x[N], w[K], stride=2) -->\n"
MIXED = (
    SPEC
    + r"""
$y_o = \sum_k w_k x_{2o+k}$ and, wrongly, $y_o = \sum_k w_k x_{o+k}$, and $y = \mystery$.

<!-- symconv: expect=refuted -->
$dw_k = \sum_o g_o x_{o+k}$

<!-- symconv: ignore -->
$dw_k = \sum_o g_o x_{o+k}$ and $a = b$

<!-- symconv: gives=dw; expect=refuted -->
```python
dw = np.zeros(K)
for o in range(len(g)):
    for k in range(K):
        dw[k] += g[o] * x[o + k]
```

```python
dw = np.zeros(K)
for o in range(len(g)):
    for k in range(K):
        dw[k] += g[o] * x[2 * o + k]
```

<!-- symconv: expect=proved -->
$O = \lfloor (N - K)/2 \rfloor + 1$ with nothing declared: $q = r$

<!-- symconv: y = oops(x[N]) -->
$y_o = x_o$

<!-- symconv: y = conv1d(x[N], w[K]); expect=refuted -->
"""
)


def text_of(path):
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "empty.md").write_text("# Nothing\n")
    (folder / "mixed.md").write_text(MIXED)
    (folder / "bad.ipynb").write_text("{")
    return [folder / "mixed.md", *NOTES, folder / "bad.ipynb", folder / "missing.md",
            folder / "empty.md", folder / "mixed.md"]  # fmt: skip


def shown(results):
    return [(path, str(f) if isinstance(f, Exception) else data.to_json(f)) for path, f in results]


@pytest.fixture(scope="module")
def alone(files):
    return shown(audit_files(files, text_of))


def test_one_process_reads_file_after_file(files, alone):
    for path, text in alone:
        if path.exists() and path.suffix != ".ipynb":
            assert text == data.to_json(audit_text(text_of(path), str(path)))
    assert [path for path, _ in alone] == files
    outcomes = {f.verdict.outcome for f in audit_text(MIXED, "mixed.md")}
    assert outcomes == {"proved", "refuted", "not_understood", "ignored"}


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_several_find_the_same(files, alone, batch, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", batch)
    monkeypatch.setattr(jobs, "WINDOW", 3)
    with ThreadPoolExecutor(1) as executor:
        assert shown(audit_files(files, text_of, executor=executor)) == alone


def test_claims_are_judged_by_the_executor(files, monkeypatch):
    seen = []
    work = jobs._judged
    monkeypatch.setattr(jobs, "_judged", lambda asked: seen.extend(asked) or work(asked))
    with ThreadPoolExecutor(1) as executor:
        found = dict(audit_files(files[:1], text_of, executor=executor))
    kinds = [type(asked).__name__ for asked in seen]
    assert kinds.count("Code") == 2
    judged = [f for f in found[files[0]] if f.kind == "formula" and f.verdict.outcome != "ignored"]
    undeclared = [f for f in judged if "declaration" in f.verdict.evidence]
    assert kinds.count("Formula") == len(judged) - len(undeclared)


def test_every_claim_is_judged_once(files, monkeypatch):
    asked = []

    def counting(judge):
        return lambda *claim: asked.append(claim) or judge(*claim)

    judges = jobs.HERE
    monkeypatch.setattr(jobs, "BATCH", 1)
    monkeypatch.setattr(jobs, "HERE", Judges(counting(judges.formula), counting(judges.code)))
    noted = [c for f in files[:3] for c in jobs._noted(text_of(f), str(f), PLAIN, None)]
    with ThreadPoolExecutor(1) as executor:
        list(audit_files(files[:3], text_of, executor=executor))
    assert len(asked) == len(noted) > 15


def test_what_is_lost_is_judged_here(files, alone):
    class Losing:
        def submit(self, work, item):
            future = Future()
            future.set_exception(ConnectionError("gone"))
            return future

    assert shown(audit_files(files, text_of, executor=Losing())) == alone


def test_an_unreadable_file_is_in_its_place(files):
    with ThreadPoolExecutor(1) as executor:
        found = list(audit_files(files, text_of, executor=executor))
    kinds = [type(outcome).__name__ for _, outcome in found]
    assert kinds[-4:] == ["NoteError", "FileNotFoundError", "tuple", "tuple"]
    assert isinstance(found[-4][1], NoteError)


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_command_prints_the_same(files, format):
    def run(*options):
        named = [str(path) for path in files]
        return CliRunner().invoke(main, ["check", *named, f"--format={format}", *options])

    one, two = run(), run("--jobs", "2")
    assert (one.exit_code, one.stdout_bytes) == (two.exit_code, two.stdout_bytes)
    assert one.stderr == two.stderr
    assert one.exit_code == 2
    assert len(one.stdout) > 500


def test_jobs_is_a_number_above_0():
    result = CliRunner().invoke(main, ["check", "x.md", "-j", "0"])
    assert result.exit_code == 2
    assert "0 is not in the range" in result.stderr


def children():
    """The processes below this one, by their commands."""
    found = subprocess.run(
        ["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True
    ).stdout
    rows = [line.split(None, 2) for line in found.splitlines()]
    below, grown = {os.getpid()}, True
    while grown:
        more = {int(pid) for pid, parent, _ in rows if int(parent) in below} - below
        grown, below = bool(more), below | more
    return {int(pid): args for pid, _, args in rows if int(pid) in below}


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are counted as Linux has them")
def test_an_interrupt_ends_all_processes(tmp_path):
    file = tmp_path / "long.md"
    file.write_text(SPEC + "\n\n".join(rf"$y_o = \sum_k w_k x_{{2o+k+{n}}}$" for n in range(3000)))
    code = "from symconv.cli import main; main()"
    before = set(children())
    process = subprocess.Popen(
        [sys.executable, "-c", code, "check", "--jobs", "2", str(file)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while sum("provers.serving" in args for args in children().values()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        started = set(children()) - before
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == b""
    assert err.splitlines()[-1] == b"error: interrupted"
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline + 60
        time.sleep(0.1)
