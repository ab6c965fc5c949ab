"""Whole reports in a browser: what they weigh, what they offer to save, what one can point at."""

from __future__ import annotations

import io

import numpy as np
import pytest
from report_pages import LARGE, ODD, SMALL, report_page

pytest_plugins = ("opened_pages",)
SPECS = {"small": SMALL, "large": LARGE, **ODD}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The path of each report, and its text."""
    found = {}
    for number, (name, spec) in enumerate(SPECS.items()):
        folder = tmp_path_factory.mktemp(f"report{number}")
        path = folder / "page.html"
        path.write_text(report_page(spec, folder).html, encoding="utf-8")
        found[name] = path
    return found


def quiet(heard):
    return [text for text in heard if not text.startswith("blob:")] == []


@pytest.mark.parametrize(("name", "most"), [("small", 250_000), ("large", 600_000)])
def test_pages_are_light(pages, name, most):
    assert pages[name].stat().st_size < most


@pytest.mark.parametrize("name", SPECS)
def test_a_report_is_silent_and_fits_a_telephone(pages, open_page, name):
    page, heard = open_page(pages[name], viewport={"width": 360, "height": 740})
    assert quiet(heard)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert quiet(heard)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SPECS)
def test_axe_finds_nothing_in_a_report(pages, open_page, name, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: no page is audited"
    )
    page, _ = open_page(pages[name], color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found] == []


def test_a_large_matrix_answers_within_a_second(pages, open_page):
    page, _ = open_page(pages["large"])
    timing = page.evaluate(
        "(() => { const t = performance.getEntriesByType('navigation')[0]; "
        "return t.domInteractive - t.startTime; })()"
    )
    assert timing < 1000
    took = page.evaluate(
        """() => { const field = document.querySelector('.choose input');
        const start = performance.now(); field.value = '57';
        field.dispatchEvent(new Event('input'));
        document.body.getBoundingClientRect();
        return performance.now() - start; }"""
    )
    assert took < 200


# --- the matrix ---------------------------------------------------------------------------------


def loops(size, kernel):
    """The matrix of a correlation of a square picture, its entries as positions in the kernel."""
    out = size - kernel + 1
    rows = np.zeros((out * out, size * size), dtype=object)
    for a in range(out):
        for b in range(out):
            for p in range(kernel):
                for q in range(kernel):
                    rows[a * out + b, (a + p) * size + b + q] = f"w_{p}_{q}"
    return rows


def saved(page, label):
    with page.expect_download() as waiting:
        page.locator(".downloads").get_by_text(label, exact=True).first.click()
    with open(waiting.value.path(), "rb") as file:
        return waiting.value.suggested_filename, file.read()


@pytest.mark.parametrize(("name", "size"), [("small", 6), ("large", 12)])
def test_the_saved_table_is_the_matrix_of_four_loops(pages, open_page, name, size):
    page, heard = open_page(pages[name])
    file, content = saved(page, "CSV")
    assert file == "matrix-y-x.csv"
    head, *lines = content.decode().rstrip("\n").split("\n")
    cells = [line.split(",") for line in lines]
    wanted = loops(size, 3)
    assert [row[1:] for row in cells] == [[str(cell) for cell in row] for row in wanted]
    assert head.split(",")[1:3] == ["x_0_0", "x_0_1"]
    assert quiet(heard)


def test_the_other_files_hold_the_same(pages, open_page):
    page, _ = open_page(pages["large"])
    wanted = loops(12, 3)
    places = np.argwhere(wanted != 0).tolist()
    _, binary = saved(page, "NumPy .npz")
    arrays = np.load(io.BytesIO(binary))
    found = list(zip(arrays["row"].tolist(), arrays["col"].tolist(), strict=True))
    assert [list(place) for place in found] == places
    assert [str(arrays["names"][n]) for n in arrays["entry"]] == [wanted[r, c] for r, c in places]
    _, latex = saved(page, "LaTeX")
    assert latex.decode().count(" & ") == 100 * 143 and b"\\begin{bmatrix}" in latex
    name, source = saved(page, "SymPy")
    scope = {}
    exec(source.decode(), scope)
    assert name.endswith(".py") and str(scope["A"][13, 16]) == wanted[13, 16]
    _, text = saved(page, "JSON")
    assert text.startswith(b'{"shape": [100, 144]')


def test_the_chosen_row_shows_its_terms(pages, open_page):
    page, _ = open_page(pages["large"])
    figure = page.locator("figure.map")
    shown = figure.locator(".rows li:visible")
    assert shown.count() == 1
    figure.locator("input[type=number]").fill("11")
    said = shown.inner_text().replace("\n", "").replace(" ", "")
    assert said.startswith("y1,1=w0,0x1,1+w0,1x1,2+w0,2x1,3+w1,0x2,1")
    box = figure.locator("rect.sheet").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.995)
    assert figure.locator("input[type=number]").input_value() == "99"


def test_every_row_can_be_read_without_scripts(pages, open_page):
    page, _ = open_page(pages["large"], java_script_enabled=False)
    figure = page.locator("figure.map")
    figure.locator("summary").click()
    rows = figure.locator(".rows li")
    assert rows.count() == 100 and rows.nth(99).inner_text().startswith("y9,9 = ")


# --- formulas -----------------------------------------------------------------------------------


def test_formulas_are_copied_linked_and_said(pages, open_page):
    page, _ = open_page(pages["small"], permissions=["clipboard-read", "clipboard-write"])
    formula = page.locator(".equation").filter(has=page.get_by_text("Copy SymPy")).first
    formula.get_by_text("Copy LaTeX").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == formula.locator("pre[data-copy=LaTeX]").text_content()
    formula.get_by_text("Copy SymPy").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("from sympy import *")
    for number in range(page.locator(".equation").count()):
        one = page.locator(".equation").nth(number)
        assert one.locator("math").first.get_attribute("aria-label")
        target = one.locator("a.number").get_attribute("href")
        assert target == f"#{one.get_attribute('id')}"


# --- graphs -------------------------------------------------------------------------------------


def test_a_large_graph_unfolds_and_its_nodes_say_what_they_compute(pages, open_page):
    page, _ = open_page(pages["small"])
    part = page.locator("details.part").first
    assert not part.locator("svg").is_visible()
    part.locator("summary").first.click()
    assert part.locator("svg").is_visible()
    part.locator(".nodes summary").click()
    lines = part.locator(".nodes li")
    lines.last.focus()
    node = part.locator("svg rect.lit")
    assert node.count() == 1
    assert node.locator("title").text_content().startswith("y[0,0] = w[0,0] x[0,0] + ")
    node.hover()
    assert lines.last.evaluate("e => e.classList.contains('lit')")


# --- the sliding pictures -----------------------------------------------------------------------


def test_scattering_lights_what_an_element_adds_to(pages, open_page):
    page, _ = open_page(pages["transposed"])
    figure = page.locator("figure.slides[aria-label='What each element of x adds']")
    frame = figure.locator(".frame:visible")
    term = frame.locator(".term").first
    term.hover()
    assert frame.locator("rect.lit").count() == 2
