"""All pictures: well-formed, self-contained, the same every time, accepted by page and TeX."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import figure_cases as cases
import pytest

from symconv.errors import SymconvError
from symconv.figures import Scene, flow_svg, svg, tikz
from symconv.figures.mathtext import runs, width_of
from symconv.figures.scene import Line, Rect, Text
from symconv.writers.html_svg import picture

GOLDEN = Path(__file__).parent / "golden"
ALL = cases.figures()


@pytest.mark.parametrize("name", ALL)
def test_svg_is_well_formed_named_and_stands_alone(name):
    figure = ALL[name]
    root = fromstring(figure.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    children = [child.tag.rpartition("}")[2] for child in root]
    assert children[:2] == ["title", "desc"]
    assert root[1].text == figure.words
    allowed = {"svg", "title", "desc", "rect", "path", "polygon", "circle", "text", "tspan"}
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= allowed
    assert not re.search(r"\sstyle=|url\(|href|<script|\bon\w+=", figure.svg)
    assert picture(figure.svg, figure.words)
    assert figure.caption
    assert figure.words.endswith(".") or name.startswith("overlap")


@pytest.mark.parametrize("name", ALL)
def test_coordinates_have_one_decimal_and_lie_on_the_sheet(name):
    root = fromstring(ALL[name].svg)
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        for key in ("x", "cx", "y", "cy"):
            value = element.get(key)
            if value is not None:
                assert re.fullmatch(r"-?\d+(\.\d)?", value)
                assert 0 <= float(value) <= (width if "x" in key else height)
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", element.get("d", "")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


@pytest.mark.parametrize("name", ("flow-conv1d-values", "window-stride", "boxes"))
@pytest.mark.parametrize("kind", ("svg", "tikz"))
def test_golden(name, kind):
    """``UPDATE_GOLDEN=1 pytest`` writes the files anew; look at them before committing."""
    file = GOLDEN / f"{name}.{kind}"
    made = getattr(ALL[name], kind)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8")


def test_the_same_bytes_whatever_the_hash_seed():
    code = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:3]; import figure_cases as cases\n"
        "text = ''.join(f.svg + f.tikz for f in cases.figures().values())\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    here = Path(__file__).parent
    text = "".join(figure.svg + figure.tikz for figure in ALL.values())
    made = subprocess.run(
        [sys.executable, "-c", code, str(here), str(here.parent.parent)],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


def test_what_people_write_is_escaped():
    marks = (Text(5, 5, '<script>&"x"', math=False), Text(5, 9, r"x < y \text{a&b<c}"))
    made = svg(Scene(50, 20, marks), '"><script>', "a < b & c")
    assert "<script" not in made
    root = fromstring(made)
    assert root.get("aria-label") == '"><script>'
    assert next(t.text for t in root.iter() if t.tag.endswith("}text")) == '<script>&"x"'
    spoiled = made.replace("&lt;script&gt;&amp;", "<script>&")
    with pytest.raises(Exception, match=r"not well-formed|invalid token"):
        fromstring(spoiled)
    assert r"\&" in tikz(Scene(50, 20, marks[:1]))


def test_unthemed_colours_are_plain():
    scene = Scene(20, 20, (Rect(1, 1, 5, 5, "input"), Text(3, 3, "x")))
    assert "var(" in svg(scene, "t", "w")
    plain = svg(scene, "t", "w", themed=False)
    assert "var(" not in plain
    assert "currentColor" not in plain


def test_an_unknown_role_is_refused():
    with pytest.raises(SymconvError, match="no role 'nothing'"):
        Scene(10, 10, (Line(((0, 0), (1, 1)), "nothing"),))


def test_gradients_carry_a_sign_besides_their_colour():
    text = flow_svg(cases.FLOWS["conv1d-values"]())
    root = fromstring(text)
    red = [t for t in root.iter() if "backward" in (t.get("fill") or "") and t.tag[-4:] == "text"]
    assert len(red) == 20
    assert all("∂" in "".join(t.itertext()) for t in red)


def test_runs_and_widths():
    assert "".join(run.text for run in runs(r"\partial\;{-3}")) == "∂ −3"
    assert width_of("x_{0}", 10, math=True) < width_of("x_{0,1}", 10, math=True)
    assert [r.text for r in runs(r"\frac{1}{2}")] == ["1/2"]


COMPILED = (
    "flow-chain flow-operations flow-cross-entropy window-stride window-plane-step window-scatter "
    "overlap-1d boxes-slide stems"
).split()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_tikz_compiles_with_tikz_alone(tmp_path):
    pictures = "\n\n".join(
        f"\\resizebox{{\\linewidth}}{{!}}{{\\begin{{tikzpicture}}\n{figure.tikz}\n"
        "\\end{tikzpicture}}\\clearpage"
        for figure in map(ALL.__getitem__, COMPILED)
    )
    page = f"\\documentclass{{article}}\\usepackage{{tikz}}\\begin{{document}}{pictures}"
    (tmp_path / "all.tex").write_text(page + "\\end{document}", encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:]
    assert "Font Warning" not in run.stdout
