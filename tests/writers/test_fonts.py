"""The embedded letters: all of the dialect is there, brackets stretch, plain pages have none."""

from __future__ import annotations

import re
import shutil
from base64 import b64decode
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest

from symconv.document import Document, Paragraph, formula, words
from symconv.writers import fonts, html

FILES = (fonts.USUAL, fonts.MORE)
FOLDER = Path(fonts.__file__).parent
QUOTIENT = r"\frac{\frac{N}{2} + \frac{P}{3}}{\frac{S}{4}}"
TALL = rf"\left\lfloor {QUOTIENT} \right\rfloor \left( {QUOTIENT} \right)"
EMBEDDED = re.compile(r'url\("data:font/woff2;base64,([^"]+)"\)')


def page(*latex: str) -> str:
    blocks = [formula(item) for item in latex] or [Paragraph(words("no formula"))]
    return html.page(Document("T", tuple(blocks)))


def embedded(text: str) -> list[bytes]:
    return [b64decode(data) for data in EMBEDDED.findall(text)]


def test_a_page_carries_what_it_shows_and_no_more() -> None:
    usual, more = ((FOLDER / name).read_bytes() for name in FILES)
    assert embedded(page()) == []
    assert "font-src" not in page()
    assert embedded(page(r"y_o = \sum_k \alpha_k x_{o+k}")) == [usual]
    assert embedded(page(r"\mathcal{L} = 1")) == [more, usual]
    assert "font-src data:" in page("x")


def test_the_files_are_light_and_licensed() -> None:
    weights = [(FOLDER / name).stat().st_size for name in FILES]
    assert weights[0] < 30_000
    assert sum(weights) < 90_000
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "The STIX Fonts Project Authors" in licence


@pytest.fixture(scope="module", name="fontmaker")
def _fontmaker():
    reason = "fonttools[woff] is not installed: the fonts are not read"
    pytest.importorskip("brotli", reason=reason)
    pytest.importorskip("fontTools", reason=reason)
    return pytest.importorskip("make_fonts")


def read(fontmaker, name: str):
    return fontmaker.TTFont(BytesIO((FOLDER / name).read_bytes()))


def test_every_character_of_the_dialect_is_in_one_of_them(fontmaker) -> None:
    usual, more = (set(map(chr, read(fontmaker, name).getBestCmap())) for name in FILES)
    assert usual == fonts.CHARACTERS
    assert usual | more == fontmaker.characters() | fonts.CHARACTERS
    assert not usual & more


def test_they_have_their_own_name_and_the_table_of_mathematics(fontmaker) -> None:
    for name in FILES:
        font = read(fontmaker, name)
        assert {font["name"].getDebugName(number) for number in (1, 4)} == {fonts.FAMILY}
        assert "scripts.sil.org/OFL" in font["name"].getDebugName(14)
        taller = font["MATH"].table.MathVariants.VertGlyphConstruction
        assert len(taller) >= 5


def test_the_script_makes_these_files(fontmaker, tmp_path: Path) -> None:
    if find_spec("ziamath") is None:
        pytest.skip("ziamath, which carries the whole font, is not installed: it is not made anew")
    for name in FILES:
        fontmaker.make(name, fontmaker.source(), tmp_path / name)
        made = fontmaker.TTFont(tmp_path / name)
        kept = read(fontmaker, name)
        assert made.getGlyphOrder() == kept.getGlyphOrder()
        for tag in ("MATH", "glyf", "cmap", "hmtx", "name"):
            assert made.getTableData(tag) == kept.getTableData(tag), tag


BARE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
HEIGHTS = """() => [...document.querySelectorAll("mo")].filter(e => "⌊⌋()".includes(e.textContent))
  .map(e => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).fontSize))"""


@pytest.fixture(name="plain_browser")
def _plain_browser(tmp_path: Path):
    """A browser on a machine with one font, which has no table MATH."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: no bracket is measured"
    )
    program = shutil.which("chromium")
    found = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if program is None or not found:
        pytest.skip("chromium or the font DejaVu Sans is missing: no bracket is measured")
    (tmp_path / "fonts").mkdir()
    shutil.copy(found[0], tmp_path / "fonts")
    config = BARE.format(fonts=tmp_path / "fonts", cache=tmp_path / "cache")
    (tmp_path / "fonts.conf").write_text(config, encoding="utf-8")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=program,
            args=["--no-sandbox"],
            env={"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "HOME": str(tmp_path)},
        )
        yield opened
        opened.close()


def heights(browser, text: str) -> list[float]:
    sheet = browser.new_page()
    sheet.set_content(text)
    sheet.evaluate("document.fonts.ready")
    return sheet.evaluate(HEIGHTS)


def test_brackets_stretch_where_no_mathematics_is_installed(plain_browser) -> None:
    whole = page(TALL)
    without = re.sub(r"@font-face\{.*\}", "", whole)
    assert without != whole
    tall = heights(plain_browser, whole)
    assert len(tall) == 4
    assert min(tall) > 2.5
    assert min(heights(plain_browser, without)) < 1.2  # so that this test can fail
