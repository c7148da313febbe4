"""Pages: what a person finds on the twin of a feed and on the page of all feeds."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from digest.config.settings import ReaderSettings
from digest.errors import FeedError
from digest.feeds.entry import Category, Entry
from digest.feeds.pages import Pages, robots_txt
from digest.feeds.spec import FeedRow, FeedSpec, Group
from digest.model.item import Image
from digest.model.site import Site

AT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)  # the evening of 1 March in Halifax
READERS = (
    ReaderSettings(id="hoist", title="Hoist & Haul", link="https://hoist.example/add?feed={url}&via=1"),
    ReaderSettings(id="buoy", title="Buoy", link="https://buoy.example/{url}"),
)


def make_entry(number: int = 1, **changes: Any) -> Entry:
    """Return an ordinary entry."""
    entry = Entry(
        id=f"tag:www.openharbour.example,2026:item/{number}",
        title=f"Boats & crews {number}",
        link=f"https://www.openharbour.example/news/{number}?a=1&b=2",
        author="Open Harbour",
        published=AT,
        updated=AT,
        summary=f"Crews of <{number}> boats\n\ncame home.",
        html="<p>Not shown</p>",
        language="en",
        categories=(
            Category("topic", "refugees", "Refugees & migrants"),
            Category("kind", "report", "Report"),
            Category("region", "canada", "Canada"),
            Category("country", "CA", "Canada"),
        ),
    )
    return replace(entry, **changes)


def make_spec(name: str = "refugees", title: str = "Refugees & migrants", group: Group = Group.TOPIC) -> FeedSpec:
    """Return a feed."""
    return FeedSpec(name=name, title=title, group=group, subtitle="About <people>", created_at=AT)


def make_row(spec: FeedSpec, per_week: float | None = 3.0) -> FeedRow:
    """Return what pages tell of a feed."""
    return FeedRow(spec=spec, per_week=per_week, newest_at=AT)


ALL = make_spec("all", "Everything", Group.ALL)
CORRECTIONS = make_spec("corrections", "Corrections", Group.CORRECTIONS)
PAGES = Pages()
"""What they keep between pages never shows (test_same_bytes), and their templates are compiled once."""


@pytest.fixture
def twin(site: Site) -> Callable[..., str]:
    """Return the twin of a feed of entries."""

    def build(*entries: Entry, spec: FeedSpec | None = None, on: Site = site, **more: Any) -> str:
        return PAGES.feed_page(spec or make_spec(), entries, on, **more).decode()

    return build


def article(page: str) -> str:
    """Return the first entry of a page, its white space evened out."""
    found = re.search(r"<article.*?</article>", page, flags=re.DOTALL)
    assert found is not None
    return " ".join(found[0].split())


def test_twin(twin: Callable[..., str], site: Site) -> None:
    """A twin says what the feed is, where it is, how often something comes, and how to follow it."""
    page = twin(make_entry(), readers=READERS, row=make_row(make_spec()))
    assert "<title>Refugees &amp; migrants – Open Harbour</title>" in page
    assert "<h1>Refugees &amp; migrants</h1>" in page
    assert '<p class="lead">About &lt;people&gt;</p>' in page
    assert "about 3 a week · latest 1 March 2026" in page
    assert '<code dir="ltr">https://feeds.openharbour.example/<span>refugees.atom</span></code>' in page
    url = "https%3A%2F%2Ffeeds.openharbour.example%2Frefugees.atom"
    assert f'<a href="https://hoist.example/add?feed={url}&amp;via=1" rel="noreferrer">Hoist &amp; Haul</a>' in page
    assert f'<a href="https://buoy.example/{url}" rel="noreferrer">Buoy</a>' in page
    assert '<a href="refugees.atom">Atom</a> <a href="refugees.json">JSON</a>' in page
    assert 'aria-label="QR code: https://feeds.openharbour.example/refugees.html"' in page
    assert f'<a href="mailto:{site.contact}">' in page
    assert f"<p>{site.rights}</p>" in page


def test_own_feed_is_found_first(twin: Callable[..., str], site: Site) -> None:
    """Autodiscovery names a page's own feed first, then that of all and the corrections, none of them twice."""
    link = r'<link rel="alternate" type="application/(atom|feed)\+(?:xml|json)" title="([^"]*)" href="([^"]*)">'
    found = [
        re.findall(link, page)
        for page in (twin(), twin(spec=ALL), twin(spec=CORRECTIONS), PAGES.index_page(ROWS, site).decode())
    ]
    own = "Refugees &amp; migrants – Open Harbour"
    everything = [("atom", "Open Harbour", "all.atom"), ("feed", "Open Harbour (JSON)", "all.json")]
    corrections = ("atom", "Corrections – Open Harbour", "corrections.atom")
    assert found[0] == [
        ("atom", own, "refugees.atom"),
        ("feed", f"{own} (JSON)", "refugees.json"),
        everything[0],
        corrections,
    ]
    assert found[1] == [*everything, corrections]
    assert found[2] == [corrections, ("feed", f"{corrections[1]} (JSON)", "corrections.json"), everything[0]]
    assert found[3] == [*everything, ("atom", own, "refugees.atom"), corrections]


def test_entry(twin: Callable[..., str]) -> None:
    """An entry has its title and link, its date in the newsroom's zone, its kind, its summary and its topics."""
    assert article(twin(make_entry())) == (
        '<article id="e-6aaec6817c"> '
        '<h3><a href="https://www.openharbour.example/news/1?a=1&amp;b=2">Boats &amp; crews 1</a></h3> '
        '<p class="when"><time datetime="2026-03-02T02:30:00Z">1 March 2026</time> · Report</p> '
        "<p>Crews of &lt;1&gt; boats</p> <p>came home.</p> "
        '<p class="labels"><a href="refugees.html">Refugees &amp; migrants</a> · '
        '<a href="region-canada.html">Canada</a></p> </article>'
    )


def test_what_the_configuration_does_not_know_has_no_page(twin: Callable[..., str]) -> None:
    """A topic that stands for itself leads nowhere; an entry without any has no line for it."""
    shown = article(twin(make_entry(categories=(Category("topic", "whales", "whales"),), summary=None)))
    assert '<p class="labels">whales</p>' in shown
    assert "labels" not in article(twin(make_entry(categories=())))


def test_corrected_entry(twin: Callable[..., str], site: Site) -> None:
    """A correction is marked with its time and note, and leads to its place on the page of corrections."""
    told = f"{site.feeds_url}corrections.html#corrected-1"
    shown = article(twin(make_entry(corrected_at=AT, note="Nine <boats>.", related=told)))
    assert (
        '<p class="note"><strong>Corrected on <bdi>1 March 2026, 22:30 AST</bdi>.</strong> '
        '<bdi>Nine &lt;boats&gt;.</bdi> <a href="corrections.html#corrected-1">See the correction</a></p>'
    ) in shown
    assert "<p>came home.</p>" in shown
    assert "<bdi></bdi>" not in article(twin(make_entry(corrected_at=AT)))


def test_withdrawn_entry(twin: Callable[..., str]) -> None:
    """A withdrawn item is marked with the reason, once, and its title leads nowhere."""
    reason = "The crews asked us to."
    told = f"This item was withdrawn on 1 March 2026, 22:30 AST. {reason}"
    shown = article(twin(make_entry(title="Withdrawn: Boats", summary=told, note=reason, withdrawn=True)))
    assert "<h3>Withdrawn: Boats</h3>" in shown
    assert f"<strong>This item was withdrawn on 1 March 2026, 22:30 AST.</strong> <bdi>{reason}</bdi></p>" in shown
    assert shown.count(reason) == 1
    assert "<strong>Gone.</strong></p>" in article(twin(make_entry(summary="Gone.", withdrawn=True)))
    assert "note" not in article(twin(make_entry(summary=None, withdrawn=True)))


def test_page_of_corrections(twin: Callable[..., str], site: Site) -> None:
    """An entry of the corrections stands where its own address says, and its title leads to the item."""
    link = f"{site.feeds_url}corrections.html#withdrawn-1"
    told = make_entry(link=link, related="https://www.openharbour.example/news/1", corrected_at=AT, summary="Gone.")
    page = twin(told, spec=CORRECTIONS)
    assert '<article id="withdrawn-1">' in page
    assert '<h3><a href="https://www.openharbour.example/news/1">' in page
    assert "<strong>Gone.</strong></p>" in article(page)
    assert '<a href="corrections.html" aria-current="page">' in page
    alone = article(twin(replace(told, related=None)))
    assert '<h3><a href="corrections.html#withdrawn-1">' in alone


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("https://feeds.openharbour.example/pictures/quay.jpg", True, id="ours"),
        pytest.param("https://feeds.openharbour.example:443/quay.jpg", True, id="ours, with its port"),
        pytest.param("http://feeds.openharbour.example/quay.jpg", False, id="another scheme"),
        pytest.param("https://feeds.openharbour.example:8443/quay.jpg", False, id="another port"),
        pytest.param("https://www.openharbour.example/quay.jpg", False, id="another host"),
        pytest.param(None, False, id="none"),
    ],
)
def test_pictures_of_others_are_not_loaded(twin: Callable[..., str], url: str | None, shown: bool) -> None:
    """Only a picture of the folder's own origin is shown: no other host learns who reads."""
    picture = Image(url, "A quay", "The old quay", "Ana Ruiz")
    entry = article(twin(make_entry(picture=picture)))
    figure = (
        f'<figure><img src="{url}" alt="A quay" loading="lazy">'
        "<figcaption>The old quay <small>Ana Ruiz</small></figcaption></figure>"
    )
    assert (figure in entry) is shown
    assert ("<img" in entry) is shown


def test_picture_without_alt(twin: Callable[..., str]) -> None:
    """Without an alt text, the caption stands for the picture; without caption and credit, there is no line."""
    url = "https://feeds.openharbour.example/quay.jpg"
    assert 'alt="The old quay" ' in article(twin(make_entry(picture=Image(url, None, "The old quay", None))))
    assert "figcaption" not in article(twin(make_entry(picture=Image(url, "A quay"))))


def test_languages(twin: Callable[..., str], site: Site) -> None:
    """An entry in another language says so, with its direction; what is not in it says that, too."""
    shown = article(twin(make_entry(language="ar")))
    assert '<article id="e-6aaec6817c" lang="ar" dir="rtl">' in shown
    assert '<span lang="en" dir="ltr">1 March 2026</span>' in shown
    assert '· <span lang="en" dir="ltr">Report</span>' in shown
    assert '<p class="labels" lang="en" dir="ltr">' in shown
    assert "lang=" not in article(twin(make_entry(language="EN")))
    arabic = twin(make_entry(), on=replace(site, language="ar"))
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<h2 id="follow"><span lang="en" dir="ltr">Follow this feed</span></h2>' in arabic


def test_empty_twin(twin: Callable[..., str], site: Site) -> None:
    """A feed without entries has a page that says so; without a known rate, the newest entry tells its date."""
    bare = replace(site, contact=None, rights=None, subtitle=None)
    page = twin(on=bare, spec=replace(make_spec(), subtitle=None))
    assert "Nothing has been published here yet." in page
    assert not re.search(r"<article|class=\"rate\"|mailto:|name=\"description\"|class=\"ways\"", page)
    assert '<p class="rate">latest 1 March 2026</p>' in twin(make_entry())


ROWS = [
    make_row(CORRECTIONS, None),
    FeedRow(spec=make_spec()),
    make_row(ALL, 30.0),
]


def test_index(site: Site) -> None:
    """The page of all feeds has each group in its order, and of each feed title, text, rate, address and readers."""
    page = PAGES.index_page(ROWS, site, readers=READERS).decode()
    headings = re.findall(r"<h[123][^>]*>(?:<a href=\"([^\"]*)\">)?([^<]*)", page)
    assert headings == [
        ("", "Follow Open Harbour"),
        ("all.html", "Everything"),
        ("", "Topics"),
        ("refugees.html", "Refugees &amp; migrants"),
        ("corrections.html", "Corrections"),
        ("", "New to feeds?"),
    ]
    assert re.findall(r'<p class="rate">(.*)</p>', page) == [
        "about 4 a day · latest 1 March 2026",
        "nothing yet",
        "latest 1 March 2026",
    ]
    assert re.findall(r"<li id=\"([^\"]*)\">", page) == ["feed-all", "feed-refugees", "feed-corrections"]
    assert '<summary aria-label="Add to a reader: Refugees &amp; migrants">Add to a reader</summary>' in page
    assert page.count("https://buoy.example/https%3A%2F%2Ffeeds.openharbour.example%2F") == 3
    assert '<a href="feeds.opml" download>' in page
    assert 'aria-label="QR code: https://feeds.openharbour.example/all.html"' in page
    assert "press yours" in page
    assert "press yours" not in PAGES.index_page(ROWS, site).decode()


def test_newsroom_does_not_repeat_itself(site: Site) -> None:
    """The newsroom's own sentence stands at the head, not once more at the feed of all."""
    spoken = replace(site, subtitle="About <people>")
    page = PAGES.index_page([make_row(ALL)], spoken).decode()
    assert page.count("<p>About &lt;people&gt;</p>") == 0
    assert page.count('<p class="lead">About &lt;people&gt;</p>') == 1


def test_many_feeds_stay_usable(site: Site) -> None:
    """A long group is in the order of the alphabet, É with E, with a way to each letter; every way leads somewhere."""
    titles = [f"{letter}{word}" for letter in "bAzé" for word in ("oat", "nchor", "rew", "bb", "el", "Ferry", "Quay")]
    rows = [make_row(make_spec(f"topic-{number}", title)) for number, title in enumerate(titles)]
    page = PAGES.index_page(rows, site).decode()
    shown = re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', page)
    assert shown == sorted(titles, key=lambda title: title.replace("é", "e").casefold())
    letters = re.search(r'<nav class="letters" aria-label="Topics, by first letter">(.*?)</nav>', page, re.DOTALL)
    assert letters is not None
    assert re.findall(r">(\w)</a>", letters[1]) == ["A", "B", "E", "Z"]
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(re.findall(r' id="([^"]*)"', page))
    short = PAGES.index_page(rows[:24], site).decode()
    assert "letters" not in re.sub(r"<style>.*?</style>", "", short)
    assert short.index("boat") < short.index("Aoat")


def test_policy_allows_the_style_and_nothing_else(twin: Callable[..., str], site: Site) -> None:
    """The policy in a page names the hash of its own style; nothing but the style and pictures of ours may load."""
    for page in (twin(make_entry()), PAGES.index_page(ROWS, site).decode()):
        style = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
        allowed = b64encode(sha256(style[0].encode()).digest()).decode()
        assert (
            f"default-src 'none'; style-src 'sha256-{allowed}'; img-src 'self' data:; base-uri 'none'; "
            "form-action 'none'"
        ) in page.replace("&#39;", "'")
        assert '<meta name="referrer" content="no-referrer">' in page
        assert not re.search(r"<script|\sstyle=|\son\w+=|@import|url\(", page)
        assert not re.search(r'(?:src|data)="https?:', page)


def test_nothing_gets_out_of_its_place(twin: Callable[..., str], site: Site) -> None:
    """Whatever titles, labels, notes and captions hold stands there as text (A14)."""
    bad = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    image = Image("https://feeds.openharbour.example/a.jpg", bad, bad, bad)
    entry = make_entry(
        title=bad, summary=bad, note=bad, corrected_at=AT, picture=image, categories=(Category("topic", "a", bad),)
    )
    spec = replace(make_spec(), title=bad, subtitle=bad)
    readers = (ReaderSettings(id="bad", title=bad, link="https://buoy.example/{url}"),)
    on = replace(site, title=bad, rights=bad, subtitle=bad)
    pages = (twin(entry, spec=spec, on=on, readers=readers), PAGES.index_page([make_row(spec)], on).decode())
    for page in pages:
        assert not re.search(r"<script|<img src=x|49", page)
        assert "{{ 7 * 7 }}" in page


def test_same_bytes(site: Site) -> None:
    """What is kept between pages never shows: the same input gives the same bytes, in any order of calls."""
    entries = [make_entry(number) for number in range(3)]
    fresh = Pages().feed_page(make_spec(), entries, site), Pages().index_page(ROWS, site, readers=READERS)
    pages = Pages()
    pages.index_page([make_row(make_spec(), 1.0)], replace(site, title="Elsewhere"))
    pages.feed_page(ALL, [make_entry(0), make_entry(1, title="Before")], replace(site, timezone="UTC"))
    for _ in range(2):
        assert pages.feed_page(make_spec(), entries, site) == fresh[0]
        assert pages.index_page(ROWS, site, readers=READERS) == fresh[1]


def test_known_entries_are_not_rendered_again(site: Site, tmp_path: Path) -> None:
    """An entry and a row that were rendered once are kept, until anything of them changes."""
    (tmp_path / "web").mkdir()
    for name in ("entry", "row"):
        (tmp_path / "web" / f"{name}.html.j2").write_text("kept {{ title }}\n")
    pages = Pages(tmp_path)
    build = {
        "entry": lambda title: pages.feed_page(ALL, [make_entry(title=title)], site),
        "row": lambda title: pages.index_page([make_row(make_spec(title=title))], site),
    }
    for name, of in build.items():
        assert b"kept Same" in of("Same")
        (tmp_path / "web" / f"{name}.html.j2").unlink()
        assert b"kept Same" in of("Same")
        assert b"kept" not in of("Other")


@pytest.mark.parametrize(
    ("name", "template", "place"),
    [
        pytest.param("entry", "\n{{ titel }}", "web/entry.html.j2:2: 'titel' is undefined", id="unknown name"),
        pytest.param("row", "{% if %}", "web/row.html.j2:1: ", id="syntax"),
        pytest.param("base", "\n\n{{ site.__class__.__mro__ }}", "web/base.html.j2:3: ", id="sandbox"),
        pytest.param("base", "{{ 'nothing'|say(foreign) }}", "web/base.html.j2:1: 'nothing'", id="unknown words"),
    ],
)
def test_broken_template(tmp_path: Path, site: Site, name: str, template: str, place: str) -> None:
    """A broken template of the operator's fails its pages with its file and line."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / f"{name}.html.j2").write_text(template)
    pages = Pages(tmp_path)
    with pytest.raises(FeedError) as caught:
        _ = pages.index_page(ROWS, site) + pages.feed_page(make_spec(), [make_entry()], site)
    assert caught.value.problems[0].startswith(place)


def test_pictures(tmp_path: Path) -> None:
    """The newsroom's own icon is published in the place of ours if it is a PNG picture; another name is none."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "icon.png").write_bytes(b"\x89PNG\r\n\x1a\ntheirs")
    assert Pages(tmp_path).picture("icon.png") == b"\x89PNG\r\n\x1a\ntheirs"
    assert Pages(tmp_path).picture("logo.png") == PAGES.picture("logo.png")
    with pytest.raises(FeedError, match=r"photo\.png"):
        Pages(tmp_path).picture("photo.png")
    (tmp_path / "web" / "icon.png").write_bytes(b"GIF89a")
    with pytest.raises(FeedError, match=r"web/icon\.png is no PNG picture"):
        Pages(tmp_path).picture("icon.png")


def test_robots(site: Site) -> None:
    """Crawlers may read everything, archives too, and are told why and where to begin."""
    lines = robots_txt(site).decode().splitlines()
    assert lines[0].startswith("# Open Harbour: ")
    assert "archives" in lines[0]
    assert [line for line in lines if not line.startswith("#")] == [
        "User-agent: *",
        "Allow: /",
        "Sitemap: https://feeds.openharbour.example/all.atom",
    ]


def test_old_dates(twin: Callable[..., str]) -> None:
    """A date long ago is written in full."""
    old = datetime(1, 1, 2, tzinfo=UTC) + timedelta(hours=12)
    assert '<time datetime="0001-01-02T12:00:00Z">2 January 1</time>' in article(twin(make_entry(published=old)))
