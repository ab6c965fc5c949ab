"""A lecturer's note, as README.md has it, to HTML, PDF and LaTeX by the commands it names."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from symconv.cli import main

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NOTE = re.findall(r"^````markdown\n(.*?)^````$", README, re.MULTILINE | re.DOTALL)
DOCUMENT = re.findall(r"^```latex\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(command: str) -> None:
    assert f"`{command}`" in README
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.fixture(autouse=True)
def _note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (text,) = NOTE
    assert len([line for line in text.splitlines() if line]) <= 10
    Path("my.md").write_text(text, encoding="utf-8")


def test_html() -> None:
    run("symconv report my.md -o out")
    page = Path("out/my.html").read_text(encoding="utf-8")
    assert "<h1" in page and "My convolution" in page
    assert page.count("<mtd") > 24  # four rows of six columns
    assert "http://" not in re.sub(r'xmlns="[^"]*"', "", page)


@pytest.mark.parametrize("route", ["", " --through pdflatex"])
def test_pdf(route: str) -> None:
    if route and shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: no PDF is made of LaTeX")
    if not route:
        pytest.importorskip("typst", reason="Typst is not installed: no PDF is made without TeX")
    result = CliRunner().invoke(main, shlex.split(f"pdf my.md{route}"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert Path("my.pdf").read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        shown = subprocess.run(["pdftotext", "my.pdf", "-"], capture_output=True, check=True)
        assert "My convolution" in shown.stdout.decode()


def test_ones_own_document() -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: nothing is typeset")
    run("symconv report my.md -o out")
    (source,) = DOCUMENT
    Path("lecture.tex").write_text(source, encoding="utf-8")
    for _ in range(2):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "lecture.tex"],
            capture_output=True,
            timeout=100,
        )
        assert done.returncode == 0
    log = Path("lecture.log").read_text(encoding="latin-1")
    assert not re.findall(r"^.*(?:Warning|Overfull).*$", log, re.MULTILINE)
