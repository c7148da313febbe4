"""What an entry says in title, summary and HTML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.feeds.content import entry_html, entry_picture, entry_summary, entry_title, utc
from digest.model.item import Image, Item, ItemStatus
from digest.model.site import Site

MakeItem = Callable[..., Item]
URL = "https://www.openharbour.example/quay.jpg"


def test_html_of_an_ordinary_item(make_item: MakeItem, site: Site, picture: Image) -> None:
    """Picture, summary, the way on and the contact stand in the content, each text escaped once."""
    item = make_item(summary="Two <boats>.\n\n Home & dry. ", image=picture)
    assert entry_html(item, site, full_text=False).splitlines() == [
        '<div lang="en">',
        f'<figure><img src="{URL}" alt="A quay at dawn">'
        "<figcaption>The old quay <small>Ana Ruiz</small></figcaption></figure>",
        "<p>Two &lt;boats&gt;.</p>",
        "<p>Home &amp; dry.</p>",
        "</div>",
        '<p lang="en" dir="ltr">'
        '<a href="https://www.openharbour.example/news/1?a=1&amp;b=2">Read on at Open Harbour</a></p>',
        '<p lang="en" dir="ltr">Contact: <a href="mailto:press@openharbour.example">press@openharbour.example</a></p>',
    ]


def test_no_contact_no_line(make_item: MakeItem, site: Site) -> None:
    """A newsroom without a contact address has no contact line."""
    assert "Contact" not in entry_html(make_item(), replace(site, contact=None), full_text=False)


@pytest.mark.parametrize(
    ("full_text", "content_html", "there"),
    [(True, "<p>All &amp; more</p>", True), (False, "<p>All &amp; more</p>", False), (True, None, False)],
    ids=["wanted", "not wanted", "none"],
)
def test_full_text_is_there_if_wanted(
    make_item: MakeItem, site: Site, full_text: bool, content_html: str | None, there: bool
) -> None:
    """The full text is given as it was sanitised, escaped by nobody, and only where config.yaml wants it."""
    html = entry_html(make_item(content_html=content_html), site, full_text=full_text)
    assert ("<p>All &amp; more</p>" in html) is there


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("ar", '<div lang="ar" dir="rtl">'),
        ("fa-IR", '<div lang="fa-IR" dir="rtl">'),
        ("HE", '<div lang="HE" dir="rtl">'),
        ("ur", '<div lang="ur" dir="rtl">'),
        ("fr", '<div lang="fr">'),
        ('x"y', '<div lang="x&quot;y">'),
    ],
)
def test_direction_follows_the_language(make_item: MakeItem, site: Site, language: str, opening: str) -> None:
    """The item's own words run in the direction of its language; ours stay left to right."""
    html = entry_html(make_item(language=language), site, full_text=False)
    assert html.startswith(opening)
    assert '<p lang="en" dir="ltr"><a' in html


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
    assert entry_html(make_item(image=image), site, full_text=False).splitlines()[1] == figure


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
    assert "<figure>" not in entry_html(item, site, full_text=False)


@pytest.mark.parametrize(
    ("note", "end"),
    [("It was <3> boats.", " <bdi>It was &lt;3&gt; boats.</bdi></p>"), (None, "</p>")],
    ids=["with note", "without"],
)
def test_correction_stands_on_top(make_item: MakeItem, site: Site, note: str | None, end: str) -> None:
    """F32: a corrected item says so first, with the time in the newsroom's zone and what changed."""
    item = make_item(corrected_at=datetime(2026, 7, 3, 2, 5, tzinfo=UTC), note=note)
    first = entry_html(item, site, full_text=False).splitlines()[0]
    assert first == f'<p lang="en" dir="ltr"><strong>Corrected on 2 July 2026, 23:05 ADT.</strong>{end}'


@pytest.mark.parametrize(
    ("note", "said"), [("We had <the> wrong ship.", " We had <the> wrong ship."), (None, "")], ids=["reason", "none"]
)
def test_withdrawn_item_is_a_stub(make_item: MakeItem, site: Site, picture: Image, note: str | None, said: str) -> None:
    """F33: a withdrawn item keeps its title, says when and why, and shows nothing else of itself."""
    item = make_item(status=ItemStatus.WITHDRAWN, note=note, image=picture, content_html="<p>old</p>")
    item = replace(item, corrected_at=item.updated_at)
    sentence = f"This item was withdrawn on 2 March 2026, 13:00 AST.{said}"
    assert entry_title(item) == "Withdrawn: Boats & crews 1"
    assert entry_summary(item, site) == sentence
    html = entry_html(item, site, full_text=True)
    escaped = sentence.replace("<", "&lt;").replace(">", "&gt;")
    assert html.splitlines()[0] == f'<p lang="en" dir="ltr"><strong>{escaped}</strong></p>'
    assert len(html.splitlines()) == 2
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
    """An aware time is turned to UTC; a naive one is refused, for nobody knows its zone."""
    west = timezone(timedelta(hours=-4))
    assert utc(datetime(2026, 1, 1, 8, tzinfo=west)) == datetime(2026, 1, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no zone"):
        utc(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))
