"""The sample digest in a real browser: widths, contrasts, sizes, and nothing fetched."""

import html as html_text
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.patience import HANG_S

SAMPLE = Path(__file__).parents[1] / "golden" / "email" / "sample.html"
PICTURE = "https://media.openharbour.example/ferry.jpg"
CHROMIUM = shutil.which("chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=5000", "--dump-dom"),
)
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"

# WCAG 2.2 §1.4.3 contrast; `inverted` flips the lightness of both colours, as mail readers with a dark mode of their
# own do.
MEASURE = """
const parse = c => c.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const invert = ([r, g, b]) => { const s = 255 - Math.max(r, g, b) - Math.min(r, g, b); return [r + s, g + s, b + s]; };
const ground = (e, w) => { for (; e; e = e.parentElement) {
  const c = parse(w.getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; }
  return [255, 255, 255]; };
function measure(frame) {
  const d = frame.contentDocument, w = frame.contentWindow, texts = [];
  const walk = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, box = e.getBoundingClientRect();
    if (!walk.currentNode.data.trim() || !box.width) continue;
    const style = w.getComputedStyle(e), fore = parse(style.color), back = ground(e, w);
    texts.push({text: walk.currentNode.data.trim().slice(0, 40), size: parseFloat(style.fontSize),
      contrast: contrast(fore, back), inverted: contrast(invert(fore), invert(back)), right: box.right});
  }
  return {texts, width: d.documentElement.scrollWidth,
    headings: [...d.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1]),
    fetched: w.performance.getEntriesByType('resource').map(r => r.name)};
}
addEventListener('load', () => {
  const all = {}; for (const f of document.querySelectorAll('iframe')) all[f.name] = measure(f);
  document.body.textContent = JSON.stringify(all); });
"""


def make_dark(document: str) -> str:
    return re.sub(r"\(prefers-color-scheme: ?dark\)", "all", document)


def strip_style(document: str) -> str:
    return re.sub(r"<style.*?</style>", "", document, flags=re.DOTALL)


def strip_picture(document: str) -> str:
    return re.sub(r"<img [^>]*>", "", document)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what Chromium measures of the sample: in light, dark and without its style, at 320 and 700 px."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    document = SAMPLE.read_text(encoding="utf-8")
    shapes = {"light": document, "dark": make_dark(document), "bare": strip_style(strip_picture(document))}
    frames = "".join(
        f'<iframe name="{name}-{width}" width="{width}" style="border:0" srcdoc="{html_text.escape(shape)}"></iframe>'
        for name, shape in shapes.items()
        for width in (320, 700)
    )
    folder = tmp_path_factory.mktemp("looks")
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{frames}<script>{MEASURE}</script>", encoding="utf-8")
    command = [CHROMIUM, *FLAGS, NO_NETWORK, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    dumped = subprocess.run(command, capture_output=True, check=True, timeout=HANG_S, text=True).stdout
    measured = re.search(r"<body>(.*)</body>", dumped, flags=re.DOTALL)
    assert measured is not None
    looks: dict[str, dict[str, Any]] = json.loads(html_text.unescape(measured.group(1)))
    assert len(looks) == 6
    return looks


def test_no_sideways_scrolling(looks: dict[str, dict[str, Any]]) -> None:
    """The digest fits a screen of 320 px, with its style sheet and without."""
    for name, look in looks.items():
        width = int(name.rpartition("-")[2])
        assert look["width"] <= width
        assert max(text["right"] for text in look["texts"]) <= width


@pytest.mark.parametrize("measure", ["contrast", "inverted"])
def test_contrast(looks: dict[str, dict[str, Any]], measure: str) -> None:
    """Every text has a contrast of at least 4.5, in light and dark, and when a mail reader inverts the colours."""
    low = [(name, text) for name, look in looks.items() for text in look["texts"] if text[measure] < 4.5]
    assert low == []


def test_letters_are_large(looks: dict[str, dict[str, Any]]) -> None:
    """No text is smaller than 14 px, summaries and headlines not under 16."""
    for look in looks.values():
        sizes = {text["text"]: text["size"] for text in look["texts"]}
        assert min(sizes.values()) >= 14
        assert sizes["Coast guard closes the rescue line at ni"] >= 16
        assert sizes["In response to the decision to switch of"] >= 16


def test_headings_form_an_outline(looks: dict[str, dict[str, Any]]) -> None:
    """There is one h1, and no level is left out below it."""
    for look in looks.values():
        levels = look["headings"]
        assert (levels[0], levels.count(1)) == (1, 1)
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_is_fetched(looks: dict[str, dict[str, Any]]) -> None:
    """A browser asks for nothing but the picture on the newsroom's own host, and without pictures for nothing."""
    assert all(set(look["fetched"]) <= {PICTURE} for look in looks.values())
    assert looks["bare-320"]["fetched"] == looks["bare-700"]["fetched"] == []


def test_no_remote_resource_is_named() -> None:
    """No src, sheet, import or url() names anything remote but the picture; no script or form is there."""
    document = SAMPLE.read_text(encoding="utf-8")
    assert re.findall(r'(?:src|srcset|background|poster|data)="([^"]*)"', document) == [PICTURE]
    assert not re.search(r"<(?:link|script|form|iframe|object|embed|video|audio|svg|base)\b", document)
    assert not re.search(r"@import|url\(|@font-face|http-equiv", document, flags=re.IGNORECASE)


def test_styles_survive_without_their_sheet() -> None:
    """Every class is one that the media queries need: all other style is inline."""
    document = SAMPLE.read_text(encoding="utf-8")
    sheet = "".join(re.findall(r"<style.*?>(.*?)</style>", document, flags=re.DOTALL))
    classes = {name for value in re.findall(r'class="([^"]*)"', document) for name in value.split()}
    assert classes == set(re.findall(r"\.([a-z]+)\b", re.sub(r"[\d.]+px", "", sheet)))


def test_layout_tables_say_so() -> None:
    """Every table is there for layout alone, says so, and has its tbody; only old Outlook's has none."""
    document = re.sub(r"<!--.*?-->", "", SAMPLE.read_text(encoding="utf-8"), flags=re.DOTALL)
    tables = re.findall(r"<table ([^>]*)>(<tbody>)?", document)
    assert len(tables) == 3
    assert all('role="presentation"' in attributes and tbody for attributes, tbody in tables)
    assert not re.search(r"\bflex\b|\d(?:r?em|vw)\b|float|position:", document)
