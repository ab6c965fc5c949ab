"""Every page of the book in a browser: silent, self-contained, usable by keyboard and phone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ("opened_pages",)
REPORTS = Path(__file__).parents[2] / "reports"
PAGES = sorted(REPORTS.glob("*.html"))
STEPPED = [page for page in PAGES if 'class="slides"' in page.read_text(encoding="utf-8")]


def test_there_are_pages():
    assert len(PAGES) > 15 and STEPPED


@pytest.mark.parametrize("path", PAGES, ids=[page.stem for page in PAGES])
def test_no_message_and_no_request(open_page, path):
    _, heard = open_page(path)
    assert heard == []


def test_a_planted_message_and_request_are_heard(open_page, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<img src='missing.png'><script>console.log('x')</script>")
    _, heard = open_page(path)
    assert any("missing.png" in text for text in heard) and "x" in heard


@pytest.mark.parametrize("path", PAGES, ids=[page.stem for page in PAGES])
def test_no_sideways_scrolling_on_a_telephone(open_page, path):
    page, _ = open_page(path, viewport={"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=[page.stem for page in PAGES])
def test_axe_finds_nothing(open_page, path, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: no page is audited"
    )
    page, _ = open_page(path, color_scheme=scheme, bypass_csp=True)
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_arrow_keys_step_with_and_without_scripts(open_page, scripts):
    page, _ = open_page(STEPPED[0], java_script_enabled=scripts)
    figure = page.locator("figure.slides").first
    frames = figure.locator(".frame")
    shown = [n for n in range(frames.count()) if frames.nth(n).is_visible()]
    assert shown == [0]
    figure.locator(".pick input").first.focus()
    page.keyboard.press("ArrowRight")
    assert [n for n in range(frames.count()) if frames.nth(n).is_visible()] == [1]
    assert figure.locator(".bar").count() == int(scripts)


def test_pointing_links_the_term_with_its_cells_and_a_click_pins(open_page):
    page, _ = open_page(STEPPED[0])
    frame = page.locator("figure.slides").first.locator(".frame:visible")
    term = frame.locator(".term").first
    term.hover()
    assert frame.locator("rect.lit").count() >= 2
    page.mouse.move(0, 0)
    assert frame.locator(".lit").count() == 0
    frame.locator("rect[data-t='0']").first.click()
    page.mouse.move(0, 0)
    assert term.evaluate("e => e.classList.contains('pinned')")
    term.focus()
    page.keyboard.press("Enter")
    assert frame.locator(".pinned").count() == 0


def test_slider_and_play(open_page):
    page, _ = open_page(STEPPED[0])
    figure = page.locator("figure.slides").first
    figure.locator("input[type=range]").focus()
    page.keyboard.press("End")
    assert figure.locator(".frame").last.is_visible()
    figure.locator("button").click()
    from playwright.sync_api import expect

    expect(figure.locator(".pick input").first).to_be_checked(timeout=5000)
    assert figure.locator("button").inner_text() == "Pause"


def test_print_shows_every_step(open_page):
    page, _ = open_page(STEPPED[0])
    page.emulate_media(media="print")
    figure = page.locator("figure.slides").first
    frames = figure.locator(".frame")
    assert all(frames.nth(n).is_visible() for n in range(frames.count()))
    assert not figure.locator(".pick label").first.is_visible()
    assert page.pdf().startswith(b"%PDF")
