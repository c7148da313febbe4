"""Pages in a real browser: everybody can read them, at any width and in any colours, and they fetch nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PAGES = ("index", "all", "corrections", "children", "ar-index", "ar-all")
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
WIDTHS = (320, 1280)  # 1280 px at 400 % zoom are 320 (WCAG 2.2 §1.4.10)

# WCAG 2.2 §2.5.8 target size.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, summary')].filter(e => e.getClientRects().length).map(
  e => [e.textContent.trim(), Math.min(...[...e.getClientRects()].map(r => Math.min(r.width, r.height)))]
).filter(([, size]) => size < 24)"""


@pytest.fixture(params=[pytest.param((look, width), id=f"{look}-{width}") for look in LOOKS for width in WIDTHS])
def view(request: pytest.FixtureRequest, browser: Any, folder: Path) -> Iterator[tuple[Any, list[str]]]:
    """A window of one width in one look, and what was asked for from it."""
    look, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, **LOOKS[look])
    asked: list[str] = []
    context.on("request", lambda made: asked.append(made.url))
    yield context.new_page(), asked
    context.close()


def test_nobody_is_shut_out(view: tuple[Any, list[str]], site: Any) -> None:
    """axe-core finds nothing wrong and nothing that it cannot judge; nothing needs scrolling sideways."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page, asked = view
    for name in PAGES:
        page.goto(f"{site.feeds_url}{name}.html")
        found = axe.run(page).response
        assert [(name, one["id"], one["nodes"]) for one in found["violations"] + found["incomplete"]] == []
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []
    assert {url for url in asked if not url.startswith(site.feeds_url)} == set()


def test_nothing_is_asked_of_anybody_else(browser: Any, folder: Path, site: Any) -> None:
    """A page asks for itself, the newsroom's icon and its own pictures; it has no script and sets no cookie."""
    context = browser.new_context()
    page, asked, said = context.new_page(), [], []
    context.on("request", lambda made: asked.append(made.url.removeprefix(site.feeds_url)))
    page.on("console", lambda message: said.append(message.text))
    for name in PAGES:
        page.goto(f"{site.feeds_url}{name}.html", wait_until="networkidle")
        assert page.locator("script, iframe, object, embed, form, base").count() == 0
        assert page.evaluate("document.cookie") == ""
        # Whatever is written into it, no script may run: the policy of the page itself forbids it.
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        assert page.evaluate("window.ran") is None
    assert set(asked) <= {*(f"{name}.html" for name in PAGES), "icon.png"}
    assert context.cookies() == []
    context.close()
    assert all("script" in text for text in said), said


def test_pages_work_as_files(browser: Any, folder: Path) -> None:
    """Opened from a disk, a page has its style and its icon, and its links lead to the pages beside it."""
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).borderTopWidth") == "4px"
    assert page.evaluate("document.querySelector('.home img').naturalWidth") == 256
    page.get_by_role("link", name="Corrections").first.click()
    assert page.url == (folder / "corrections.html").as_uri()
    page.goto(f"{page.url}#" + page.locator("article").last.get_attribute("id"))
    assert page.evaluate("document.querySelector(':target').tagName") == "ARTICLE"
    page.close()


def test_keyboard(browser: Any, folder: Path, site: Any) -> None:
    """The first stop of the keyboard is the way past the header, and every stop can be seen."""
    page = browser.new_page()
    page.goto(f"{site.feeds_url}index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.close()


def test_address_is_selected_whole(browser: Any, folder: Path, site: Any) -> None:
    """One click selects the whole address, and what is copied is the address."""
    page = browser.new_page()
    page.goto(f"{site.feeds_url}all.html")
    page.locator(".follow code").click()
    assert page.evaluate("getSelection().toString()") == f"{site.feeds_url}all.atom"
    page.close()
