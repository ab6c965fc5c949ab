"""The LaTeX of the book in pdflatex: not a warning, no box too full, alone and in others' files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from writer_cases import SAMPLE

from symconv.document import Document, Equation, Grid, Step, Steps, formula, words
from symconv.writers import latex

if shutil.which("pdflatex") is None:
    pytest.skip("pdflatex is not installed: no page is typeset", allow_module_level=True)

REPORTS = Path(__file__).parents[2] / "reports"
BODIES = sorted(REPORTS.glob("*-body.tex"))
WHOLE = sorted(set(REPORTS.glob("*.tex")) - set(BODIES))
SHORT = ("01-", "02-", "12-")
"""Notes whose slides need no cutting by hand."""


def typeset(source: str, where: Path) -> tuple[list[str], int]:
    """What pdflatex complains of in its second run, and how many pages it makes."""
    (where / "m.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    for _ in range(2):
        run = subprocess.run([*command, "m.tex"], cwd=where, capture_output=True, timeout=100)
        assert run.returncode == 0, run.stdout.decode("latin-1")[-1500:]
    log = (where / "m.log").read_text(encoding="latin-1")
    found = re.search(r"Output written on m\.pdf \((\d+) page", log)
    assert found
    bad = re.findall(r"^.*(?:Warning|Overfull|Missing character).*$", log, re.MULTILINE)
    return bad, int(found[1])


def head(body: str, beamer: bool = False) -> str:
    """The packages that a body asks for in its first lines."""
    asked = re.findall(r"\\usepackage\{[\w,]+\}", body[: body.index("\\makeatletter")])
    return asked[1] if beamer else asked[0]


def article(*inputs: str, body: str) -> str:
    inside = "\n\\clearpage\n".join(f"\\section{{Mine}}\\input{{{name}}}" for name in inputs)
    return (
        f"\\documentclass{{article}}{head(body)}\n\\begin{{document}}\n{inside}\n\\end{{document}}"
    )


def slides(*inputs: str, body: str) -> str:
    frames = "\n".join(
        f"\\begin{{frame}}[allowframebreaks]{{Mine}}\n\\input{{{name}}}\n\\end{{frame}}"
        for name in inputs
    )
    start = f"\\documentclass{{beamer}}{head(body, beamer=True)}"
    return f"{start}\n\\begin{{document}}\n{frames}\n\\end{{document}}"


def test_there_are_pages() -> None:
    assert len(WHOLE) > 15
    assert len(BODIES) == len(WHOLE)
    assert "\\documentclass" not in "".join(file.read_text(encoding="utf-8") for file in BODIES)


@pytest.mark.parametrize("file", WHOLE, ids=[file.stem for file in WHOLE])
def test_a_page_of_the_book(tmp_path: Path, file: Path) -> None:
    bad, pages = typeset(file.read_text(encoding="utf-8"), tmp_path)
    assert bad == []
    assert pages > 1


def test_the_whole_book_in_ones_own_article(tmp_path: Path) -> None:
    for file in BODIES:
        shutil.copy(file, tmp_path)
    names = [file.stem for file in BODIES]
    bad, pages = typeset(article(*names, body=BODIES[0].read_text(encoding="utf-8")), tmp_path)
    assert bad == []
    assert pages > 2 * len(names)


def test_notes_on_ones_own_slides(tmp_path: Path) -> None:
    chosen = [file for file in BODIES if file.stem.startswith(SHORT)]
    assert len(chosen) == len(SHORT)
    for file in chosen:
        shutil.copy(file, tmp_path)
    source = slides(*(f.stem for f in chosen), body=chosen[0].read_text(encoding="utf-8"))
    bad, pages = typeset(source, tmp_path)
    assert bad == []
    assert pages > 4 * len(chosen)


SUMS = r"\sum_{f'=0}^{F-1} \sum_{o_h=0}^{H-1} \sum_{o_w=0}^{W-1}"
READ = r"g_{f',o_h,o_w}\, \frac{\partial y_{f',o_h,o_w}}{\partial w_{f,c,k_h,k_w}}"
WIDE = (
    formula(" = ".join(f"a_{{{i},{i}}}" for i in range(30))),
    Equation(((("A =", Grid((tuple(f"a_{{{i}}}" for i in range(40)),))),),)),
    Equation(((("B =", Grid(tuple((f"b_{{{i}}}",) for i in range(60)))),),)),
    Steps(
        (
            Step("y", "a + b", words("first")),
            Step(f"{SUMS} {READ}", f"{SUMS} {READ}", words("a long left side")),
        )
    ),
)
"""Displays that are wider than a slide, or higher than a page."""


@pytest.mark.parametrize("wrapped", [article, slides])
def test_what_is_too_wide_or_too_high_is_fitted(tmp_path: Path, wrapped) -> None:
    body = latex.body(Document("t", WIDE))
    (tmp_path / "wide.tex").write_text(body, encoding="utf-8")
    assert typeset(wrapped("wide", body=body), tmp_path)[0] == []


def test_a_body_leaves_ones_document_as_it_was(tmp_path: Path) -> None:
    body = latex.body(SAMPLE)
    (tmp_path / "b.tex").write_text(body, encoding="utf-8")
    shown = (
        r"\the\emergencystretch/\the\predisplaypenalty/\the\interdisplaylinepenalty/\the\parskip"
    )
    source = article("b", "b", body=body)
    source = source.replace(r"\begin{document}", rf"\begin{{document}}\typeout{{:{shown}:}}")
    source = source.replace(r"\end{document}", rf"\typeout{{:{shown}:}}\end{{document}}")
    typeset(source, tmp_path)
    log = (tmp_path / "m.log").read_text(encoding="latin-1")
    before, after = re.findall(r"^:(.*):$", log, re.MULTILINE)
    assert before == after
