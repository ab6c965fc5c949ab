"""One browser for all pages, which says what it heard from each of them."""

from __future__ import annotations

import shutil

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    """Chromium; where it or its driver is not installed the test is skipped, with the reason."""
    driver_of = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: no page is opened in a browser"
    )
    if BROWSER is None:
        pytest.skip("chromium is not installed: no page is opened in it")
    with driver_of.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser):
    """Opens a page, and hands over the list of what it says on the console and asks for."""
    contexts = []

    def opened(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.append(request.url))
        page.goto(path.as_uri())
        heard.remove(path.as_uri())
        return page, heard

    yield opened
    for context in contexts:
        context.close()
