"""FAULTS.md A14, from the store to the feeds: what an attacker wrote is words in each format, and never runs."""

import json
import shutil
import unicodedata
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.store.engine import open_store
from tests.examples import examples
from tests.feed_folders import FeedFolder
from tests.hostile_rooms import FIELDS, HostileRoom, fields_with, found_harm, hostile_item

SCRIPTS = [
    "<script>canary()</script>",
    "<ScRiPt src=//canary.example/x.js></sCrIpT >",
    "<scr<script>ipt>canary()</scr</script>ipt>",
    "<img src=x onerror=canary()>",
    "<img src=x:x onerror\x0c=canary()//",
    '"><img src=x onerror=canary()>',
    "' autofocus onfocus=canary() x='",
    "<svg/onload=canary()>",
    "<svg><animate onbegin=canary() attributeName=x dur=1s>",
    "<svg><script>canary()</script></svg>",
    "<math><mi//xlink:href='data:x,<script>canary()</script>'>",
    "<a href='javascript:canary()'>x</a>",
    "<a href='&#106;avascript&colon;canary()'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5jYW5hcnkoKTwvc2NyaXB0Pg=='>x</a>",
    "<a href=//canary.example>x</a>",
    "<iframe src='javascript:canary()'></iframe>",
    "<object data='data:text/html,<script>canary()</script>'></object>",
    "<form><button formaction='javascript:canary()'>x</button></form>",
    "<details open ontoggle=canary()>",
    "<video><source onerror=canary()></video>",
    "<meta http-equiv=refresh content='0;url=//canary.example/'>",
    "<base href='//canary.example/'>",
    "<link rel=stylesheet href='//canary.example/x.css'>",
    "<style>@import '//canary.example/x.css';</style>",
    "<p style='background:url(//canary.example/x)'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'>",
    "<!--><img src=x onerror=canary()>-->",
    "]]><script>canary()</script>",
    "<![CDATA[<script>canary()</script>]]>",
    "</title></style></textarea></template><script>canary()</script>",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "&amp;lt;script&amp;gt;canary()&amp;lt;/script&amp;gt;",
    "<xmp><img src=x onerror=canary()></xmp>",
    "<table background='javascript:canary()'><td>x",
    "\u202e<script>canary()</script>",
    "{{ 7*7 }}{% include 'x' %}<script>canary()</script>",
    "<?xml-stylesheet href='//canary.example/x.xsl'?><script>canary()</script>",
    '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
]


@pytest.fixture
def room(tmp_path: Path, empty_store: Path) -> Iterator[HostileRoom]:
    """A store into which anything can be put."""
    store = open_store(f"sqlite:///{shutil.copy(empty_store, tmp_path / 'digest.db')}")
    yield HostileRoom(tmp_path, store)
    store.close()


def check(feeds: FeedFolder, *, least: int) -> None:
    """Hold that no file does harm, that each is sound, and that what is harmless is published."""
    assert found_harm(feeds) == []
    assert feeds.problems() == []
    assert feeds.formats_differ() == []
    assert len(feeds.entries("all")) >= least
    assert "49" not in "".join(one.title for one in feeds.entries("all"))


def typed(text: str) -> str:
    """Return a text as config.yaml takes it: on one line, with nothing in it that nobody sees."""
    return " ".join("".join(one if unicodedata.category(one) not in ("Cc", "Cf") else " " for one in text).split())


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_any_field_of_an_item_is_words(room: HostileRoom, script: str) -> None:
    """In title, summary, author, alt, caption, credit, note and text: no file of the folder holds anything active."""
    items = [hostile_item(900 + n, **changes) for n, (_, changes) in enumerate(fields_with(script))]
    room.place(*items, hostile_item(1))
    # An item with what no XML holds, or what nobody sees, is left out whole: cleaning would have taken that away.
    unseen = any(unicodedata.category(letter) in ("Cc", "Cf") for letter in script)
    check(room.publish(), least=1 if unseen else len(FIELDS) - 1)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_the_titles_of_the_newsroom_is_words(room: HostileRoom, script: str) -> None:
    """In the titles and descriptions of site, topics, regions and kinds, and in the labels on entries."""
    room.place(hostile_item(1))
    feeds = room.publish(typed(script))
    assert len(feeds.entries("all")) == 1
    assert found_harm(feeds) == []
    assert feeds.problems() == []


PIECES = """< > / script img onerror= canary() ' " ` javascript: &lt; &#60; & <!-- --> <svg> <math> <style> </ = a p"""
TEXTS = st.lists(st.sampled_from([*PIECES.split(), " src=x ", "\n", " "]), max_size=20).map("".join)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=len(FIELDS), max_size=len(FIELDS)), label=TEXTS)
def test_nothing_made_of_their_pieces_runs_either(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, texts: list[str], label: str
) -> None:
    """Whatever the pieces of such attacks add up to, in all fields at once."""
    folder = tmp_path_factory.mktemp("pieces")
    store = open_store(f"sqlite:///{shutil.copy(empty_store, folder / 'digest.db')}")
    try:
        room = HostileRoom(folder, store)
        mixed = dict(zip(FIELDS, texts, strict=True))
        single = (dict(fields_with(text))[field] for field, text in zip(FIELDS, texts, strict=True))
        items = [hostile_item(900 + n, **changes) for n, changes in enumerate(single)]
        room.place(*items, hostile_item(2, **mixed | {"title": f"Ferry {mixed['title']}"}), hostile_item(1))
        check(room.publish(typed(label)), least=1)
    finally:
        store.close()


@pytest.fixture
def browser() -> Iterator[Any]:
    """A real browser without a network; skips, naming it, where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    playwright = pytest.importorskip("playwright.sync_api")
    if found is None:
        pytest.skip("chromium was not found (Debian package chromium)")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def served(room: HostileRoom) -> Iterator[tuple[FeedFolder, str]]:
    """The feeds of all of it at once, on a plain web server."""
    texts = [(script, field) for script in SCRIPTS for field in FIELDS]
    items = [hostile_item(900 + n, **dict(fields_with(text))[field]) for n, (text, field) in enumerate(texts)]
    room.place(*items)
    feeds = room.publish(typed("".join(SCRIPTS)))
    handler = partial(_Quiet, directory=str(feeds.folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield feeds, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def test_in_a_browser_nothing_fires(served: tuple[FeedFolder, str], browser: Any) -> None:
    """Pages as they are, and the texts of all entries as a careless reader shows them: no call, no strange host."""
    feeds, base = served
    texts = [one.html for name in feeds.names() for one in feeds.entries(name)]
    texts += [item.get("content_html", "") for name in feeds.names() for item in feeds.json(name)["items"]]
    assert len(texts) > 2 * len(SCRIPTS)
    page = browser.new_page()
    fired: list[str] = []
    asked: list[str] = []
    page.expose_function("canary", lambda *_: fired.append("canary"))

    def dismiss(dialog: Any) -> None:
        fired.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("request", lambda request: asked.append(request.url))
    page.route(lambda url: not url.startswith(base), lambda route: route.abort())
    for file in sorted(feeds.folder.glob("*.html")):
        page.goto(base + file.name)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    own = list(asked)
    page.goto(base + "robots.txt")
    page.evaluate(f"document.body.innerHTML = {json.dumps(''.join(texts))}")
    page.wait_for_load_state("networkidle")
    assert fired == []
    assert {one for one in own if not one.startswith((base, "https://news.example.org/"))} == set()
    assert [one for one in asked if "canary" in one] == []
