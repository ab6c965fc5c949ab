"""Our MathML beside temml's: the same trees, and the same picture in a browser."""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from temml_cases import FORMULAS, PICTURED, SETTLED
from temml_trees import tree

from symconv.document import Document, formula
from symconv.writers import html
from symconv.writers.commands import ARGUMENTS, SIZES, SYMBOLS, WORDS
from symconv.writers.mathml import mathml

RECORD = json.loads(Path(__file__).with_name("temml.json").read_text(encoding="utf-8"))
BOOK = sorted((Path(__file__).parents[2] / "reports").glob("*-body.tex"))
NAMES = {*SYMBOLS, *ARGUMENTS, *WORDS, *SIZES, "left", "right", "substack", "mathbb"}
COMMAND = re.compile(r"\\([A-Za-z]+)")
ELSEWHERE = {"textbf", "textit"}
"""Commands of the text around the formulas, too."""


def test_the_record_is_of_these_formulas() -> None:
    assert set(RECORD) == set(FORMULAS)
    assert set(SETTLED) | set(PICTURED) <= set(FORMULAS)


def test_every_construct_of_the_book_is_compared() -> None:
    assert len(BOOK) > 15
    used = {name for file in BOOK for name in COMMAND.findall(file.read_text(encoding="utf-8"))}
    compared = {name for latex in FORMULAS for name in COMMAND.findall(latex)}
    assert len(used & NAMES) > 20
    assert used & NAMES <= compared | ELSEWHERE


@pytest.mark.parametrize("latex", FORMULAS)
def test_the_same_tree(latex: str) -> None:
    ours, theirs = tree(mathml(latex, display=True)), tree(RECORD[latex])
    if latex in SETTLED:
        assert ours != theirs, "no longer different: the row can go"
    else:
        assert ours == theirs


@pytest.mark.parametrize(
    ("latex", "wrong"),
    [("x_{ij}", "x_{i}j"), (r"\sum_{k} a_k", r"\sum a_{k}"), ("a - b", "a + b"), ("a^b", "a_b")],
)
def test_what_differs_is_seen(latex: str, wrong: str) -> None:
    assert tree(mathml(latex)) != tree(mathml(wrong))


# --- pictures -----------------------------------------------------------------------------------

TOLERANCE = {"width": 0.06, "height": 0.08, "ink": 0.08}
"""How far, as a part, a formula's picture may be from temml's."""


@pytest.fixture(scope="module", name="pictures")
def _pictures():
    """The two pictures of every formula: in one page, in the same font, four times as large."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: no formula is drawn"
    )
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: nothing is measured")
    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed: no formula is drawn")
    rows = []
    for number, latex in enumerate(FORMULAS):
        ours = mathml(latex, display=True)
        rows.append(f'<p><span id="o{number}">{ours}</span></p>')
        rows.append(f'<p><span id="t{number}">{RECORD[latex]}</span></p>')
    look = (
        "span{display:inline-block;padding:12px;background:#fff;color:#000}p{margin:0;height:200px}"
    )
    page = html.page(Document("T", tuple(map(formula, FORMULAS))))
    head = re.sub(r"<meta http-equiv[^>]*>", "", page[: page.index("</style>")])
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        sheet = browser.new_page(device_scale_factor=4)
        sheet.set_content(f"{head}{look}</style></head><body>{''.join(rows)}</body></html>")
        sheet.evaluate("document.fonts.ready")
        yield lambda which: image.open(BytesIO(sheet.locator(which).screenshot())).convert("L")
        browser.close()  # an open one would keep the driver waiting


def measured(picture) -> dict[str, float]:
    """The size of what is drawn, and how much ink it takes."""
    dark = picture.point(lambda light: 255 - light)
    left, top, right, bottom = dark.point(lambda shade: 255 * (shade > 60)).getbbox()
    ink = sum(shade * count for shade, count in enumerate(dark.histogram())) / 255
    return {"width": right - left, "height": bottom - top, "ink": ink}


def off(pictures, number: int) -> dict[str, float]:
    """In what the two pictures differ by more than is allowed, and by how much."""
    ours, theirs = (measured(pictures(f"#{side}{number}")) for side in "ot")
    parts = {name: ours[name] / theirs[name] - 1 for name in ours}
    return {name: round(part, 2) for name, part in parts.items() if abs(part) > TOLERANCE[name]}


@pytest.mark.parametrize("number", range(len(FORMULAS)), ids=FORMULAS)
def test_the_same_picture(pictures, number: int) -> None:
    expected = PICTURED.get(FORMULAS[number], ())
    assert set(off(pictures, number)) == set(expected[:-1])
