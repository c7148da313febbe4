"""Rendering: what a view becomes."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from digest.editions.fit import HTML_BYTES
from digest.editions.render import Renderer, build_unsubscribe_url
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, DigestView, Section, SectionEntry
from digest.model.item import Image, Item
from digest.model.mailing import Cadence, MailingList
from digest.model.site import Site

MakeItem = Callable[..., Item]
PICTURE = Image(url="https://openharbour.example/a.jpg", alt='A "pier" & more', caption="The pier", credit="L. Brandt")


class Tags(HTMLParser):
    """Collects the names of elements and attributes, and the values of these."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.values: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.values.update(value for _, value in attrs)


def test_data_is_never_a_template(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """A title that looks like a template or like markup is shown as it is, in both parts (A15, A45)."""
    title = "{{ 7*7 }} {% raw %} <script>alert(1)</script> \" onload='x' &amp;"
    rendered = renderer.render(replace(view, top=SectionEntry(make_item(1, title=title))), site, mailing)
    html = rendered.html or ""
    assert title in " ".join(rendered.text.split())
    assert "<script" not in html
    assert "{{ 7*7 }} {% raw %} &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&amp;amp;" in html
    assert "49" not in rendered.subject


def test_attributes_are_escaped(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """Links, alternative texts and languages cannot end their attribute (A15)."""
    item = make_item(1, link='https://openharbour.example/"><b>', language='x" onclick="')
    top = SectionEntry(item, picture=replace(PICTURE, alt='"><script>'))
    html = renderer.render(replace(view, top=top), site, mailing).html or ""
    tags = Tags(html)
    assert {"b", "script"} & tags.names == {"b"}
    assert 'https://openharbour.example/"><b>' in tags.values
    assert 'x" onclick="' in tags.values
    assert not any(name.startswith("on") for name in tags.attributes)


def test_the_way_out(renderer: Renderer, view: DigestView, site: Site, mailing: MailingList) -> None:
    """Both parts hold the placeholder once, inside the mailto: link, and nothing else that is one person's."""
    rendered = renderer.render(view, site, mailing)
    url = f"mailto:answers+digest@openharbour.example?subject=unsubscribe%20{UNSUBSCRIBE_PLACEHOLDER}"
    assert build_unsubscribe_url(mailing) == url
    assert f'href="{url}"' in (rendered.html or "")
    assert f"\n{url}\n" in rendered.text
    assert [part.count(UNSUBSCRIBE_PLACEHOLDER) for part in (rendered.html or "", rendered.text)] == [1, 1]


def test_odd_reply_address(mailing: MailingList) -> None:
    """An address with signs of its own cannot change the mailto: link (RFC 6068 §2)."""
    odd = replace(mailing, reply_to='"a?b&c%d"@openharbour.example')
    assert build_unsubscribe_url(odd).startswith("mailto:%22a%3Fb%26c%25d%22@openharbour.example?subject=")


def test_foot_says_why(renderer: Renderer, view: DigestView, site: Site, mailing: MailingList) -> None:
    """The foot names the list, the cadence, the topics chosen, and how to reach the newsroom."""
    chosen = replace(view, chosen=("Health", "Sea rescue"), cadence=Cadence.WEEKLY)
    text = " ".join(renderer.render(chosen, site, mailing).text.split())
    assert "subscribed to The morning digest of Open Harbour, sent once a week." in text
    assert "You chose: Health, Sea rescue." in text
    assert "Open Harbour, 14 Quay Street, Halifax press@openharbour.example" in text
    assert "You chose everything." in renderer.render(view, site, mailing).text


@pytest.mark.parametrize(
    ("contact", "postal", "shown"),
    [(None, None, []), (None, "14 Quay Street", ["14 Quay Street"]), ("press@x.example", None, ["press@x.example"])],
)
def test_foot_without_address(
    renderer: Renderer,
    view: DigestView,
    site: Site,
    mailing: MailingList,
    contact: str | None,
    postal: str | None,
    shown: list[str],
) -> None:
    """What the newsroom does not say about itself leaves no gap in the foot."""
    rendered = renderer.render(view, replace(site, contact=contact, postal=postal), mailing)
    for part in (rendered.text, rendered.html or ""):
        assert "None" not in part
        assert all(words in part for words in shown)


@pytest.mark.parametrize(
    ("cadence", "days", "said"),
    [
        (Cadence.DAILY, 1, False),
        (Cadence.DAILY, 3, True),
        (Cadence.WEEKDAYS, 3, False),
        (Cadence.WEEKDAYS, 4, True),
        (Cadence.WEEKLY, 7, False),
        (Cadence.WEEKLY, 14, True),
    ],
)
def test_days_covered(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, cadence: Cadence, days: int, said: bool
) -> None:
    """A digest that covers more than its cadence says so."""
    rendered = renderer.render(replace(view, cadence=cadence, covers_days=days), site, mailing)
    for part in (rendered.text, rendered.html or ""):
        assert (f"This digest covers {days} days." in part) is said


def test_contents_only_when_there_is_a_choice(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """One section needs no contents; two do, with their counts, and corrections count as a section."""
    two = replace(view, corrected=(make_item(9),))
    assert "Health (2)" not in renderer.render(view, site, mailing).text
    assert "  Health (2)\n  Corrections (1)\n" in renderer.render(two, site, mailing).text


def test_foreign_items(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """An item in another language says so to screen readers, and turns its block where it is written leftwards."""
    arabic = make_item(1, title="خبر", summary="جملة.", language="ar")
    html = renderer.render(replace(view, top=SectionEntry(arabic), withdrawn=(arabic,)), site, mailing).html or ""
    assert re.search(r'<td class="lead" dir="rtl"[^>]*>\s*<p class="meta"', html)
    assert len(re.findall(r'<h3 lang="ar"[^>]*><bdi>', html)) == 2
    assert re.search(r'<p lang="ar"[^>]*>جملة', html)


def test_right_to_left_digest(renderer: Renderer, view: DigestView, site: Site, mailing: MailingList) -> None:
    """The language of a digest and its direction stand on the document and on the wrapper that mail readers keep."""
    html = renderer.render(replace(view, language="ar"), site, mailing).html or ""
    assert '<html lang="ar" dir="rtl">' in html
    assert re.search(r'<table [^>]*lang="ar" dir="rtl"', html)


def test_correction_dates_are_local(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """A correction is dated in the newsroom's zone, and says what was wrong."""
    item = make_item(5, note="It was 12.")
    item = replace(item, corrected_at=item.updated_at.replace(day=3, hour=1))
    text = renderer.render(replace(view, corrected=(item,)), site, mailing).text
    assert "Headline 5\n2 July 2020\nIt was 12.\nhttps://www.openharbour.example/news/5/\n" in text


def test_withdrawn_items_have_no_link(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """A withdrawn item is named, with the reason or a plain sentence, and not linked."""
    withdrawn = (make_item(5, note="The court asked us to."), make_item(6))
    rendered = renderer.render(replace(view, withdrawn=withdrawn), site, mailing)
    for part in (rendered.text, rendered.html or ""):
        assert "The court asked us to." in part
        assert "The newsroom has withdrawn this since we sent it to you." in part
        assert "/news/5/" not in part


@pytest.mark.parametrize(
    ("count", "summary", "link", "sign", "least"),
    [
        pytest.param(2000, 60, 60, "a", 40, id="a burst (F29)"),
        pytest.param(40, 5000, 60, "a", 40, id="long summaries"),
        pytest.param(40, 5000, 1200, "a", 40, id="long links: titles only"),
        pytest.param(40, 5000, 1950, "a", 20, id="longer links: fewer items"),
        pytest.param(40, 5000, 1950, "&", 5, id="links that grow when they are escaped"),
    ],
)
def test_size(
    renderer: Renderer,
    view: DigestView,
    site: Site,
    mailing: MailingList,
    make_item: MakeItem,
    count: int,
    summary: int,
    link: int,
    sign: str,
    least: int,
) -> None:
    """HTML stays under 80 kB, and every item is shown or counted, in both parts alike."""
    items = [
        make_item(
            number,
            title=f"Story {number}: " + "people " * 20,
            summary="Something happened & more. " * (summary // 27),
            link=f"https://openharbour.example/{number}/".ljust(link, sign),
        )
        for number in range(1, count + 1)
    ]
    entries = tuple(SectionEntry(item, kind="Statement", also_in=("Health",)) for item in items[1:])
    sections = (Section("sea", "Sea", entries),)
    full = replace(view, top=SectionEntry(items[0]), sections=sections)
    rendered = renderer.render(full, site, mailing)
    html = rendered.html or ""
    assert len(html.encode()) <= HTML_BYTES
    shown = html.count("<h3")
    assert shown >= least
    assert rendered.text.count("\nStory ") == shown
    if shown < count:
        assert f"And {count - shown:,} more on <a" in html
        assert f"And {count - shown:,} more on the website:\n{site.url}\n" in rendered.text
    assert "To leave, write to us" in html


def test_notices_are_fitted_too(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """A flood of corrections is cut and counted like a flood of news."""
    link = "https://openharbour.example/".ljust(1950, "&")
    items = tuple(make_item(number, link=link, note="Why? " * 99) for number in range(100))
    sections = (Section("sea", "Sea", tuple(SectionEntry(item) for item in items)),)
    flooded = replace(view, sections=sections, corrected=items, withdrawn=items, more=7, more_notices=7)
    rendered = renderer.render(flooded, site, mailing)
    assert len((rendered.html or "").encode()) <= HTML_BYTES
    assert "  Sea (1)\n  Corrections (2)\n  Withdrawn (2)\n" in rendered.text
    assert "And 106 more on the website:" in rendered.text
    assert "And 203 more corrections and withdrawals on the website:" in rendered.text


def test_same_input_same_bytes(view: DigestView, site: Site, mailing: MailingList) -> None:
    """Two renderers make the same bytes, so previews can be compared."""
    assert Renderer().render(view, site, mailing) == Renderer(Path("nowhere")).render(view, site, mailing)


def test_text_is_narrow(
    renderer: Renderer, view: DigestView, site: Site, mailing: MailingList, make_item: MakeItem
) -> None:
    """Lines of the text part have at most 72 columns, except links; none ends in a space, no two are empty."""
    long = make_item(4, title="A headline of many words " * 6, summary="A summary of many more words. " * 9)
    full = replace(view, top=SectionEntry(long, picture=PICTURE), corrected=(long,), chosen=("Health",) * 20)
    text = renderer.render(full, site, mailing).text
    assert all(len(line) <= 72 or "mailto:" in line for line in text.splitlines())
    assert not re.search(r" \n|\n{3}|^\n|\n\n$", text)
