"""``symconv figure``: every kind for ten odd geometries, every format read back."""

from __future__ import annotations

import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from symconv.cli import main

GEOMETRIES = (
    'y = conv1d(x[6], w[3], padding="causal")',
    "y = conv2d(x[5,6], w[3,2], stride=(2,1))",
    "y = conv_transpose1d(x[3], w[3], stride=2, padding=1, output_padding=1)",
    "y = conv1d(x[9], w[3], dilation=3)",
    "y = conv1d(x[4,5], w[4,2,3], groups=2, padding=1)",
    "y = conv3d(x[3,3,4], w[2,2,2])",
    "y = conv_transpose2d(x[2,3], w[3,2], stride=(2,3))",
    "y = avg_pool2d(x[4,6], (2,3))",
    "y = convolve(x[4], w[3])",
    'y = conv2d(x[4,4], w[3,3], padding="same")',
)


def run(*arguments):
    return CliRunner().invoke(main, ["figure", *arguments])


@pytest.mark.parametrize("spec", GEOMETRIES)
def test_steps_of_every_geometry_and_gradient(spec, tmp_path):
    for of in ((), ("--of", "x")):
        folder = tmp_path / f"frames{len(of)}"
        done = run(spec, "--kind", "steps", "--format", "frames", "-o", str(folder), *of)
        assert done.exit_code == 0, done.output
        frames = sorted(folder.glob("*.svg"))
        assert len(frames) == int(re.search(r"(\d+) pictures", done.output)[1]) > 1
        for frame in frames:
            text = frame.read_text(encoding="utf-8")
            assert "var(" not in text and "currentColor" not in text
            assert ElementTree.fromstring(text).tag.endswith("svg")


@pytest.mark.parametrize("kind", ["windows", "overlap", "graph"])
def test_every_kind(kind):
    for spec in GEOMETRIES:
        done = run(spec, "--kind", kind)
        assert done.exit_code == 0, (spec, done.output)
        assert ElementTree.fromstring(done.output).tag.endswith("svg")


def test_bitmaps_pages_and_moving_pictures(tmp_path):
    pytest.importorskip("typst", reason="Typst is not installed: no PDF or PNG is made")
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no GIF is made")
    spec = GEOMETRIES[1]
    for format in ("png", "pdf"):
        assert run(spec, "--format", format, "-o", str(tmp_path / f"a.{format}")).exit_code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    with image.open(tmp_path / "a.png") as png:
        colours = png.convert("RGB").getcolors(1 << 24)
        assert png.width > 200 and len(colours) > 20
    arguments = (spec, "--kind", "steps", "--format", "gif", "--seconds", "0.5")
    for name in ("a.gif", "b.gif"):
        assert run(*arguments, "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    with image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == 10 and gif.info["duration"] == 500


def test_the_moving_svg_stands_still_where_motion_is_not_wanted():
    done = run(GEOMETRIES[1], "--kind", "steps", "--format", "moving-svg")
    root = ElementTree.fromstring(done.output)
    frames = [e for e in root if (e.get("class") or "").startswith("f ")]
    assert len(frames) == 10
    assert (
        "prefers-reduced-motion:reduce" in done.output and ".f0{visibility:visible}" in done.output
    )
    single = run(GEOMETRIES[1], "--kind", "steps", "--step", "0,0")
    assert len(done.output) < 6 * len(single.output)


def test_greys_have_no_colour():
    done = run(GEOMETRIES[1], "--grey")
    for colour in re.findall(r"#([0-9a-fA-F]{6})", done.output):
        assert colour[:2] == colour[2:4] == colour[4:]
    plain = run(GEOMETRIES[1])
    assert any(c[:2] != c[2:4] for c in re.findall(r"#([0-9a-fA-F]{6})", plain.output))


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_tikz_compiles(tmp_path):
    body = "".join(
        run(spec, "--kind", "steps", "--format", "tikz").output for spec in GEOMETRIES[:3]
    )
    (tmp_path / "a.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath,tikz}\\begin{document}\\footnotesize\n"
        f"{body}\\end{{document}}"
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-600:]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "steps"), "10 pictures do not go into one svg"),
        (("--kind", "steps", "--step", "9,9"), "there is no such step"),
        (("--kind", "steps", "--step", "a"), "--step is a position"),
        (("--of", "x"), "--of goes with --kind steps"),
        (("--kind", "steps", "--of", "q"), "step by step"),
        (("--kind", "steps", "--format", "frames"), "-o FOLDER"),
    ],
)
def test_what_is_refused(arguments, said):
    done = run(GEOMETRIES[1], *arguments)
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output
