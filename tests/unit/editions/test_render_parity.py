"""Text and HTML say the same, whatever a view holds."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from digest.editions.render import Renderer
from digest.editions.subject import SUBJECT_CHARACTERS
from digest.editions.view import build_view
from digest.model.edition import DigestView, Rendered, Selected, Selection
from digest.model.item import Image, Item
from digest.model.mailing import MailingList
from digest.model.site import Site

TITLES = {"sea": "Sea rescue", "health": "Health", "press": "Free press"}
RULE = "-" * 72
MakeItem = Callable[..., Item]

words = st.text(min_size=1, max_size=60).map(lambda text: "w" + text)
pictures = st.builds(Image, url=st.just("https://openharbour.example/p.jpg"), alt=words, caption=st.none() | words)


class Rows(HTMLParser):
    """Collects the words of each innermost table row, with the links among them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(html.partition("<body")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif self.rows:
            self.rows[-1] += [" ", names.get("href") or names.get("alt") or "", " "]

    def handle_endtag(self, tag: str) -> None:
        if self.rows:
            self.rows[-1].append(" ")

    def handle_data(self, data: str) -> None:
        if self.rows:
            self.rows[-1].append(data)


def count_words(text: str) -> Counter[str]:
    """Return the words of a text without the signs that a part sets around them."""
    bare = (word.strip(".,:·[]()").casefold() for word in text.split())
    return Counter(word for word in bare if word and word != "picture")


def read_html(html: str) -> list[Counter[str]]:
    """Return the words of head, headings, items, notices and foot."""
    return [count for row in Rows(html).rows if (count := count_words("".join(row)))]


def read_text(text: str) -> list[Counter[str]]:
    """Return the words of head, headings, items, notices and foot."""
    head, *body, foot = text.split(f"{RULE}\n")
    blocks = [block for part in body for block in part.split("\n\n")]
    return [count for part in (head, *blocks, foot) if (count := count_words(part))]


@st.composite
def drawn_views(draw: st.DrawFn, make_item: MakeItem, site: Site, mailing: MailingList) -> DigestView:
    count = draw(st.integers(0, 9))
    items = {
        number: make_item(
            number,
            title=draw(words),
            summary=draw(st.text(max_size=90)),
            note=draw(st.none() | words),
            kind=draw(st.sampled_from(["report", "press-release", None])),
            language=draw(st.sampled_from(["en", "ar"])),
            link=draw(st.sampled_from([f"https://openharbour.example/{number}?a=1&b=2", ""])),
            topics=tuple(draw(st.sets(st.sampled_from(sorted(TITLES))))),
            image=draw(st.none() | pictures),
        )
        for number in range(count)
    }
    parts: tuple[list[Selected], ...] = ([], [], [])
    for number, item in items.items():
        draw(st.sampled_from(parts)).append(Selected(number, item.topics or ("all",), number))
    return build_view(
        Selection(*(tuple(part) for part in parts)),
        items,
        mailing,
        site,
        TITLES,
        tuple(TITLES),
        date(2020, 7, 13),
        draw(st.integers(1, 9)),
        "en",
        chosen=tuple(draw(st.sets(st.sampled_from(sorted(TITLES))))),
        cap=draw(st.sampled_from([40, 2])),
    )


@given(data=st.data())
def test_parity(data: st.DataObject, renderer: Renderer, make_item: MakeItem, site: Site, mailing: MailingList) -> None:
    """Both parts hold the same words – items, links, kinds, dates, notes – in the same blocks and order."""
    view = data.draw(drawn_views(make_item, site, mailing))
    rendered: Rendered = renderer.render(view, site, mailing)
    html, text = read_html(rendered.html or ""), read_text(rendered.text)
    assert html[:-1] == text[:-1]
    # The links of the foot have words of their own in HTML; the text shows the addresses alone.
    assert html[-1] - text[-1] <= Counter({"unsubscribe": 1, "mailto:press@openharbour.example": 1})
    assert not text[-1] - html[-1]
    assert len(rendered.subject) <= SUBJECT_CHARACTERS
    assert rendered.subject == " ".join(rendered.subject.split())
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", rendered.text)
