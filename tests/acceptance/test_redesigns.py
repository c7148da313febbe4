"""No sequence of redesigns gives a story a second entry id, and none swallows a new one.

What cannot be survived, and is not tried here: new ids and new paths at once, together with
- other words in the title, or a title of fewer than four words (nothing is left to know the story by);
- another kind (of what a report and its press release share, the kind is what tells them apart);
- dates where there were none before (an undated story stands where it was first seen), or, without dates, a listing of
  fewer than three stories (one that comes back alone could as well be the next of a series).
"""

import html
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from digest.items.identity import canonical_link
from digest.model.item import Item, ParsedItem
from digest.store.engine import open_store
from tests.desks import SavingDesk, make_source
from tests.examples import examples

FIRST = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LISTED = 8
"""Stories that a page lists; older ones roll off (F34)."""


@dataclass(frozen=True)
class Story:
    """A story as the newsroom wrote it, whatever its page looks like."""

    number: int
    title: str
    summary: str
    kind: str
    on: date


@dataclass(frozen=True)
class Style:
    """How the newsroom's page or feed shows its stories."""

    scheme: str = "https"
    host: str = "news.example.org"
    path: str = "/news/{slug}"
    query: str = ""
    guid: str | None = "{n}"
    when: str = "date"
    labelled: bool = True
    title: str = "plain"
    summary: str = "whole"
    seed: int = 0


STYLES = {
    "scheme": st.sampled_from(["http", "https"]),
    "host": st.sampled_from(["news.example.org", "www.news.example.org", "NEWS.example.org:443"]),
    "path": st.sampled_from(["/news/{slug}", "/news/{slug}/", "/stories/{n}", "/{on:%Y/%m}/{slug}.html", "/?p={n}"]),
    "query": st.sampled_from(["", "utm_source=feed&utm_medium=rss", "fbclid=abc", "lang=en"]),
    "guid": st.sampled_from([None, "{n}", "tag:news.example.org,2026:{n}", "{link}", "v2-{n}"]),
    "when": st.sampled_from(["date", "UTC", "Asia/Tokyo", "America/Los_Angeles"]),
    "labelled": st.booleans(),
    "title": st.sampled_from(["plain", "bold", "capitals", "curly"]),
    "summary": st.sampled_from(["whole", "cut", "none", "markup"]),
    "seed": st.integers(0, 99),
}
SUBJECTS = ("Ferries", "Fields", "Roads", "Clinics", "Schools", "Bridges", "Wells", "Farms", "Mines", "Courts")


def tell(number: int, *, series: bool = False) -> Story:
    """Return an invented story, one a day; those of a series have one title."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    title = "The harbour council's week in words" if series else f'{subject} of the north "close" in winter {number}'
    summary = f"What was said on day {number} about {subject.lower()}, by those who were there and saw it."
    return Story(number, title, summary, "Report" if number % 2 else "Press Release", date(2026, 2, 1) + number * DAY)


def show(story: Story, style: Style) -> ParsedItem:
    """Return a story as an adapter reads it from a page of that style."""
    markup = style.title == "bold" or style.summary == "markup"
    title = html.escape(story.title, quote=False) if markup else story.title
    title = {"plain": title, "bold": f"<b>{title}</b>", "capitals": title.upper()}.get(
        style.title, title.replace('"close"', "“close”").replace("'", "’")
    )
    summary = {"whole": story.summary, "cut": f"{story.summary[:40]}…", "none": ""}.get(
        style.summary, f"<p>{story.summary}</p>"
    )
    path = style.path.format(slug=f"story-{story.number}", n=story.number, on=story.on)
    glue = "&" if "?" in path else "?"
    link = f"{style.scheme}://{style.host}{path}" + (glue + style.query if style.query else "")
    return ParsedItem(
        title=title,
        summary=summary,
        kind=story.kind if style.labelled else None,
        published=_when(story, style.when),
        explicit_id=style.guid.format(n=story.number, link=link) if style.guid else None,
        link=link,
        markup=markup,
    )


def _when(story: Story, when: str) -> date | datetime | None:
    if when == "never":
        return None
    if when == "date":
        return story.on
    noon = datetime.combine(story.on, time(12), UTC)
    return noon.astimezone(ZoneInfo(when))


@contextmanager
def a_newsroom(empty_store: Path) -> Iterator[SavingDesk]:
    """Open a desk on a store of its own."""
    with TemporaryDirectory() as folder:
        copy = shutil.copy(empty_store, folder)
        store = open_store(f"sqlite:///{copy}")
        # Nothing here is about power loss.
        event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        try:
            yield SavingDesk(Path(folder), store, (make_source(),))
        finally:
            store.close()


class Page:
    """The newsroom's page over the years, and which item each story was when it was first seen."""

    def __init__(self, desk: SavingDesk) -> None:
        self.desk, self.at = desk, FIRST
        self.stories: list[Story] = []
        self.items: dict[int, Item] = {}

    def read(self, style: Style, *fresh: Story) -> None:
        """Read the page as it looks now, with fresh stories on it, and hold that every story is the item it was."""
        self.stories += fresh
        listed = self.stories[-LISTED:]
        Random(style.seed).shuffle(listed)
        done = self.desk.save(*(show(one, style) for one in listed), at=self.at)
        self.at += DAY
        assert done.new == len(fresh), f"{done.new} new items for {len(fresh)} new stories"
        assert done.quarantined == ()
        now = {one.id: one for one in self.desk.items()}
        links = {canonical_link(one.link): one for one in now.values()}
        self.items |= {story.number: links[self._link_of(story, style)] for story in fresh}
        assert {one.entry_id for one in now.values()} == {one.entry_id for one in self.items.values()}
        for story in listed:
            mine = self.items[story.number]
            assert canonical_link(now[mine.id].link) == self._link_of(story, style), "another story's words came in"

    @staticmethod
    def _link_of(story: Story, style: Style) -> str:
        return canonical_link(show(story, style).link or "")


@settings(max_examples=examples(60))
@given(
    st.integers(1, 5),
    st.integers(0, 3),
    st.lists(st.tuples(st.fixed_dictionaries({}, optional=STYLES), st.integers(0, 2)), min_size=1, max_size=6),
)
def test_no_redesign_gives_a_story_a_second_id(
    empty_store: Path, count: int, series: int, redesigns: list[tuple[dict[str, object], int]]
) -> None:
    """Whatever changes at once (scheme, host, path, parameters, ids, dates, labels, markup, order), every story stays
    the item that it was, with its entry id, also among those of one title; and every new one becomes an item."""
    with a_newsroom(empty_store) as desk:
        page, style, number = Page(desk), Style(), count + series
        page.read(style, *(tell(one, series=one < series) for one in range(number)))
        for changes, fresh in redesigns:
            style = replace(style, **changes)
            page.read(style, *(tell(number + one, series=one < series) for one in range(fresh)))
            number += fresh


@settings(max_examples=examples(60))
@given(st.integers(3, 6), st.lists(st.fixed_dictionaries({}, optional=STYLES), min_size=1, max_size=5), st.booleans())
def test_no_redesign_of_a_page_without_dates_gives_a_story_a_second_id(
    empty_store: Path, count: int, redesigns: list[dict[str, object]], dated_before: bool
) -> None:
    """Where there are no dates, or none any more, the stories of a whole page that come back are known by their
    titles, however long after."""
    with a_newsroom(empty_store) as desk:
        page, style = Page(desk), Style(when="date" if dated_before else "never")
        page.read(style, *map(tell, range(count)))
        for changes in redesigns:
            page.at += 20 * DAY
            style = replace(style, **(changes | {"when": "never"}))
            page.read(style)
