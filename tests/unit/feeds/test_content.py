"""What an entry says in title, summary and HTML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.feeds.content import entry_html, entry_picture, entry_summary, entry_title, utc
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

MakeItem = Callable[..., Item]
WHERE = "https://feeds.openharbour.example/corrections.html#it"
URL = "https://www.openharbour.example/quay.jpg"


def html_of(item: Item, site: Site, *, full_text: bool = False, more: str | None = None) -> str:
    return entry_html(item, site, item.language, more, full_text=full_text)


def test_html_of_an_ordinary_item(make_item: MakeItem, site: Site, picture: Image) -> None:
    """Picture, summary, the way on and the contact stand in the content, each text escaped once."""
    item = make_item(summary="Two <boats>.\n\n Home & dry. ", image=picture)
    assert html_of(item, site).splitlines() == [
        '<div lang="en" dir="ltr">',
        f'<figure><img src="{URL}" alt="A quay at dawn">'
        "<figcaption>The old quay <small>Ana Ruiz</small></figcaption></figure>",
        "<p>Two &lt;boats&gt;.</p>",
        "<p>Home &amp; dry.</p>",
        "</div>",
        '<p lang="en" dir="ltr">'
        '<a href="https://www.openharbour.example/news/1?a=1&amp;b=2">Read on at Open Harbour</a></p>',
        '<p lang="en" dir="ltr">Press contact: Open Harbour, '
        '<a href="mailto:press@openharbour.example">press@openharbour.example</a></p>',
    ]


def test_no_contact_no_line(make_item: MakeItem, site: Site) -> None:
    """A newsroom without a contact address has no contact line."""
    assert "contact" not in html_of(make_item(), replace(site, contact=None))


@pytest.mark.parametrize(
    ("full_text", "content_html", "there"),
    [(True, "<p>All &amp; more</p>", True), (False, "<p>All &amp; more</p>", False), (True, None, False)],
    ids=["wanted", "not wanted", "none"],
)
def test_full_text_is_there_if_wanted(
    make_item: MakeItem, site: Site, full_text: bool, content_html: str | None, there: bool
) -> None:
    """The full text is given as it was sanitised, escaped by nobody, and only where config.yaml wants it."""
    html = html_of(make_item(content_html=content_html), site, full_text=full_text)
    assert ("<p>All &amp; more</p>" in html) is there


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("ar", '<div lang="ar" dir="rtl">'),
        ("fa-IR", '<div lang="fa-IR" dir="rtl">'),
        ("HE", '<div lang="HE" dir="rtl">'),
        ("ur", '<div lang="ur" dir="rtl">'),
        ("fr", '<div lang="fr" dir="ltr">'),
    ],
)
def test_direction_follows_the_language(make_item: MakeItem, site: Site, language: str, opening: str) -> None:
    """The item's own words run in the direction of its language; ours stay left to right."""
    html = html_of(make_item(language=language), site)
    assert html.startswith(opening)
    assert '<p lang="en" dir="ltr"><a' in html


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (
            {"summary": "Two boats …", "truncated": True, "content_html": "<p>Two boats came.</p>"},
            ["<p>Two boats came.</p>"],
        ),
        (
            {"summary": "Two & more.\nAll safe.", "content_html": "<p>Two &amp; more. It rained.</p>"},
            ["<p>All safe.</p>", "<p>Two &amp; more. It rained.</p>"],
        ),
    ],
    ids=["cut short", "said again"],
)
def test_nothing_is_to_be_read_twice(
    make_item: MakeItem, site: Site, item: dict[str, object], lines: list[str]
) -> None:
    """Above a full text stands no summary that was cut from it, and no line that it holds."""
    assert html_of(make_item(**item), site, full_text=True).splitlines()[1:-3] == lines
    assert "<p>Two" in html_of(make_item(**item), site)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (f'<p><img src="{URL}" alt="x">The old quay, by Ana Ruiz</p>', 0),
        (f'<p><img src="{URL}" alt="x">The old quay</p>', 1),
        ("<p>The old quay, by Ana Ruiz</p>", 1),
    ],
    ids=["whole", "without credit", "without picture"],
)
def test_picture_is_shown_once(make_item: MakeItem, site: Site, picture: Image, text: str, figures: int) -> None:
    """A picture that the full text shows with caption and credit does not stand above it as well."""
    html = html_of(make_item(image=picture, content_html=text), site, full_text=True)
    assert html.count("<figure>") == figures


@pytest.mark.parametrize(
    ("image", "figure"),
    [
        (Image(URL, "Alt", None, None), f'<figure><img src="{URL}" alt="Alt"></figure>'),
        (
            Image(URL, None, "Caption", None),
            f'<figure><img src="{URL}" alt="Caption"><figcaption>Caption</figcaption></figure>',
        ),
        (
            Image(URL, "Alt", " ", "<Ana>"),
            f'<figure><img src="{URL}" alt="Alt"><figcaption><small>&lt;Ana&gt;</small></figcaption></figure>',
        ),
        (
            Image(URL, 'A "quay"', None, " "),
            f'<figure><img src="{URL}" alt="A &quot;quay&quot;"></figure>',
        ),
    ],
    ids=["alt", "caption", "credit", "quotes"],
)
def test_picture_has_words(make_item: MakeItem, site: Site, image: Image, figure: str) -> None:
    """A picture is shown with alt text (else its caption), caption and credit."""
    assert html_of(make_item(image=image), site).splitlines()[1] == figure


@pytest.mark.parametrize(
    "image",
    [
        None,
        Image(URL, None, None, "Ana Ruiz"),
        Image(URL, " ", " ", None),
        Image(None, "Alt", "Caption", None),
        Image("/quay.jpg", "Alt", None, None),
        Image("data:image/png;base64,x", "Alt", None, None),
    ],
    ids=["none", "no words", "blank words", "no address", "relative", "data"],
)
def test_no_picture_without_words_or_address(make_item: MakeItem, site: Site, image: Image | None) -> None:
    """A picture without alt text or caption, or without a web address, is left out."""
    item = make_item(image=image)
    assert entry_picture(item) is None
    assert "<figure>" not in html_of(item, site)


@pytest.mark.parametrize(
    ("note", "more", "end"),
    [
        ("It was <3> boats.", None, " <bdi>It was &lt;3&gt; boats.</bdi></p>"),
        ("Two.", WHERE, f' <bdi>Two.</bdi> <a href="{WHERE}">About this correction</a></p>'),
        (None, WHERE, f' <a href="{WHERE}">About this correction</a></p>'),
        (None, None, "</p>"),
    ],
    ids=["note", "both", "way", "neither"],
)
def test_correction_stands_on_top(
    make_item: MakeItem, site: Site, note: str | None, more: str | None, end: str
) -> None:
    """F32: a corrected item says so first, with the time in the newsroom's zone, what changed and where it is told."""
    item = make_item(corrected_at=datetime(2026, 7, 3, 2, 5, tzinfo=UTC), note=note)
    first = html_of(item, site, more=more).splitlines()[0]
    assert first == f'<p lang="en" dir="ltr"><strong>Corrected on 2 July 2026, 23:05 ADT.</strong>{end}'


@pytest.mark.parametrize("note", ["We had <the> wrong ship.", None], ids=["reason", "none"])
def test_withdrawn_item_is_a_stub(make_item: MakeItem, site: Site, picture: Image, note: str | None) -> None:
    """F33: a withdrawn item keeps its title, says when and why, and shows nothing else of itself."""
    item = make_item(status=ItemStatus.WITHDRAWN, note=note, image=picture, content_html="<p>old</p>")
    item = replace(item, corrected_at=item.updated_at)
    said = "This item was withdrawn on 2 March 2026, 13:00 AST."
    assert entry_title(item) == "Withdrawn: Boats & crews 1"
    assert entry_summary(item, site) == (f"{said} {note}" if note else said)
    reason = " <bdi>We had &lt;the&gt; wrong ship.</bdi>" if note else ""
    lines = html_of(item, site, full_text=True, more=WHERE).splitlines()
    way = f'<a href="{WHERE}">About this withdrawal</a>'
    assert lines[0] == f'<p lang="en" dir="ltr"><strong>{said}</strong>{reason} {way}</p>'
    assert len(lines) == 2
    assert entry_picture(item) is None


@pytest.mark.parametrize(
    ("summary", "given"),
    [(" Two. ", "Two."), ("", None), (" ", None), (" Boats & crews 1", None)],
    ids=["text", "empty", "blank", "the title again"],
)
def test_summary_is_plain_and_says_more_than_the_title(
    make_item: MakeItem, site: Site, summary: str, given: str | None
) -> None:
    """The summary is plain text; one that is empty or repeats the title is not given (RFC 4287 §4.2.13)."""
    assert entry_summary(make_item(summary=summary), site) == given


def test_times_are_told_in_utc() -> None:
    """An aware time is turned to UTC; a naive one is refused, for nobody knows its zone, as is one without a UTC."""
    west = timezone(timedelta(hours=-4))
    assert utc(datetime(2026, 1, 1, 8, tzinfo=west)) == datetime(2026, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no zone"):
        utc(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(ValueError, match="beyond the calendar"):
        utc(datetime.min.replace(tzinfo=timezone(timedelta(hours=4))))
