"""Typst: every block and every construct of the dialect compiles and says what it should."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from writer_cases import BLOCKS, REFUSED, RIGHT, SAMPLE, SVG

from symconv.book.pdf import pdf
from symconv.document import Document, Figure, Paragraph, Text, words
from symconv.errors import SymconvError
from symconv.writers import typst
from symconv.writers.commands import ACCENTS, SYMBOLS
from symconv.writers.typst_math import typst as math

compiler = pytest.importorskip("typst", reason="Typst is not installed: no PDF is made")
NOTES = sorted(Path(__file__).parents[2].joinpath("derivations").glob("*.md"))


def compiled(document, format="pdf", **options):
    return compiler.compile(typst.source(document).encode(), format=format, **options)


def text_of(data, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed: the text of a PDF is not read")
    (tmp_path / "a.pdf").write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_becomes_accessible_pdf(name):
    made = compiled(Document("Title", (BLOCKS[name],)), pdf_standards=["ua-1"])
    assert made.startswith(b"%PDF")


def test_the_whole_sample_is_the_same_twice():
    first, second = (compiled(SAMPLE, pdf_standards=["ua-1"]) for _ in range(2))
    assert first == second


def test_what_is_said_stands_in_the_pdf(tmp_path):
    shown = text_of(compiled(SAMPLE), tmp_path)
    for said in ("Gradients & <bounds>", "x_1 <b> ''", "Careful", "Mind.", "return x['a'] <= 3"):
        assert said in shown
    assert "\\ { } $ & # _ % ~ ^ |" in " ".join(shown.split())


def test_every_formula_of_the_dialect_compiles():
    formulas = list(RIGHT)
    formulas += [f"a \\{name} b" for name in SYMBOLS] + [f"\\{name}{{x}}" for name in ACCENTS]
    source = typst.PREAMBLE.replace("@TITLE@", '"a"') + "\n\n".join(
        f"$ {math(line)} $" for line in formulas
    )
    assert compiler.compile(source.encode(), format="pdf").startswith(b"%PDF")
    assert len(formulas) > 200


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\frac{1}{2} x_{i+1}", "frac(1, 2) x_(i + 1)"),
        (r"(a, b]", r"\( a \, b \]"),
        (r"\sum_{k=0}^{K-1} w_k", "∑_(k = 0)^(K − 1) w_(k)"),
        (r"\left\lfloor \frac{N}{S} \right\rfloor", "lr(⌊ frac(N, S) ⌋)"),
        (r"\text{a \_b}", '"a _b"'),
        (r"\operatorname{rot}(w)", 'op("rot") \\( w \\)'),
        (r"\textcolor{#12ab34}{x}", '#text(fill: rgb("#12ab34"))[$x$]'),
        (r"x'", "x^(′)"),
        (r"\alpha / \beta", "α \\/ β"),
    ],
)
def test_spelling(latex, wanted):
    assert math(latex) == wanted


@pytest.mark.parametrize("latex", REFUSED)
def test_what_is_outside_the_dialect_is_refused(latex):
    with pytest.raises(SymconvError):
        math(latex)


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#import "@preview/x:1.0.0": *',
        "$#panic()$",
        "```#panic()```",
        "@label <label> *a* _b_ `c` //",
        "[#{panic()}] ] [",
        "= heading\n- item\n+ item\n/ term: x",
    ],
)
def test_no_text_becomes_code(hostile, tmp_path):
    block = Paragraph((Text(hostile), Text(hostile, "code"), Text(hostile, "strong")))
    made = compiled(Document(hostile, (block,), (("Fact", words(hostile)),)))
    squeezed = "".join(text_of(made, tmp_path).split())
    assert squeezed.count("".join(hostile.split())[:18]) >= 3


@pytest.mark.parametrize("note", NOTES, ids=[note.stem for note in NOTES])
def test_the_book_as_pdf(note):
    assert pdf(note, note.name, "typst").startswith(b"%PDF")


def test_without_a_way_to_pdf(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SymconvError, match="pdflatex is not installed"):
        pdf(NOTES[0], NOTES[0].name, "pdflatex")
    with pytest.raises(SymconvError, match="no such way"):
        pdf(NOTES[0], NOTES[0].name, "word")


def test_the_entries_of_a_labelled_matrix_stand_under_their_labels(tmp_path):
    labelled = text_of(compiled(Document("T", (BLOCKS["matrix"],))), tmp_path)
    letters = unicodedata.normalize("NFKC", labelled)  # not italic
    rows = [" ".join(line.split()) for line in letters.split("\n")]
    assert "a b c d" in rows
    for entries in ("y0 y z 0 0", "y1 x y z 0", "y2 0 x y z", "y3 0 0 x y"):
        assert sum(entries in row for row in rows) == 1, rows


@pytest.mark.parametrize("note", NOTES[:2] + NOTES[10:11], ids=["first", "second", "graph"])
def test_the_book_is_tagged_and_its_title_is_shown(note, tmp_path):
    if not shutil.which("pdfinfo"):
        pytest.skip("pdfinfo is not installed: whether a PDF is tagged is not asked")
    made = pdf(note, note.name, "typst")
    title = note.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ")
    assert title in " ".join(text_of(made, tmp_path).split())
    facts = subprocess.run(
        ["pdfinfo", "a.pdf"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    assert "Tagged:          yes" in facts
    assert title in facts
    assert b"pdfuaid:part" in made


def test_a_tall_picture_leaves_room_for_its_caption(tmp_path):
    tall = SVG.replace('viewBox="0 0 20 10" width="200"', 'viewBox="0 0 20 200" width="400"')
    blocks = (Figure(tall, "", words("A tower."), "a tower"), Paragraph(words("After it.")))
    pages = text_of(compiled(Document("T", blocks)), tmp_path).split("\f")
    assert "A tower." in pages[0]
