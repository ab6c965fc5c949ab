"""The pages in the programs they are for: pdflatex and a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from writer_cases import RIGHT, SAMPLE

from symconv.document import Document, Link, Paragraph, Text, formula, words
from symconv.writers import html, latex

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
needs_browser = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="chromium is not installed"
)
FORMULAS = tuple(formula(item) for item in RIGHT)


def compiled(source: str, where: Path) -> str:
    """The log of pdflatex, after which a page must exist."""
    (where / "page.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    run = subprocess.run(
        [*command, "page.tex"], cwd=where, capture_output=True, timeout=100, check=False
    )
    assert run.returncode == 0, run.stdout.decode("latin-1")[-1500:]
    assert (where / "page.pdf").exists()
    return (where / "page.log").read_text(encoding="latin-1")


@needs_tex
def test_pdflatex_takes_every_block_and_formula(tmp_path: Path) -> None:
    source = latex.article(Document(SAMPLE.title, SAMPLE.blocks + FORMULAS, SAMPLE.facts))
    log = compiled(source, tmp_path)
    assert "Missing character" not in log
    assert not re.findall(r"Overfull \\hbox \((\d+)", log)
    assert "mktexpk" not in log
    assert ".pk>" not in log


@needs_tex
def test_bodies_go_into_ones_own_document(tmp_path: Path) -> None:
    packages = "amsmath,amssymb,mathtools,bm,xcolor,graphicx,tikz,hyperref"
    body = latex.body(SAMPLE)
    assert "\\usepackage{" + packages + "}" in body.split("\n")[1]
    start = f"\\documentclass{{report}}\\usepackage[T1]{{fontenc}}\\usepackage{{{packages}}}"
    compiled(f"{start}\\begin{{document}}{body}\n{body}\\end{{document}}", tmp_path)


@needs_tex
def test_links_and_odd_letters(tmp_path: Path) -> None:
    every = "".join(map(chr, [*range(32, 127), *range(160, 384), *range(0x370, 0x400)]))
    more = "".join(map(chr, [*range(0x2000, 0x2300), 0x1F600, 7]))
    link = Link(words("a"), "https://a.b/~c_d/%20?x=1&y=2#z")
    blocks = (
        Paragraph((Text(" ".join(every)),)),
        Paragraph((Text(" ".join(every), "code"), Text(" ".join(more)))),
        Paragraph((link,)),
    )
    assert "Missing character" not in compiled(latex.article(Document("x", blocks)), tmp_path)


def browser(page: str, where: Path, *flags: str) -> str:
    """The page after the browser has read it, its messages before it."""
    (where / "page.html").write_text(page, encoding="utf-8")
    command = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={where / 'profile'}", "--enable-logging=stderr", "--v=0"),
    ]
    run = subprocess.run(
        [*command, *flags, "--dump-dom", (where / "page.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert "CONSOLE" not in run.stderr
    return run.stdout


@needs_browser
def test_a_browser_has_nothing_to_say(tmp_path: Path) -> None:
    page = html.page(Document(SAMPLE.title, SAMPLE.blocks + FORMULAS, SAMPLE.facts))
    dom = browser(page, tmp_path)
    assert dom.count("<math") == page.count("<math")
    assert "<parsererror" not in dom


@needs_browser
def test_a_telephone_does_not_scroll_sideways(tmp_path: Path) -> None:
    page = html.page(SAMPLE)
    (tmp_path / "inner.html").write_text(re.sub("<meta http-equiv[^>]*>", "", page))
    script = (
        "<script>onload = () => { const d = f.contentDocument.documentElement;"
        " document.title = d.scrollWidth > d.clientWidth ? 'too wide' : 'fits' }</script>"
    )
    outer = f'<iframe id="f" src="inner.html" width="360" height="900"></iframe>{script}'
    flags = ("--allow-file-access-from-files", "--virtual-time-budget=5000")
    assert "<title>fits</title>" in browser(outer, tmp_path, *flags)
