"""What strangers write into a feed, and operators into config.yaml: one bad thing stops nothing else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.store.items import load_newest
from digest.store.sources import load_quarantine, load_source
from tests.newsrooms import LISTS, SITE

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 11, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
ADA = "ada@reader.example"
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water"
A_FEED = SITE.replace("type: text, path: page.txt", "type: feed, path: page.txt")
RSS = """\
<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>News</title>
<item><title>Ferries return to the harbour</title><guid>a</guid><pubDate>Wed, 11 Mar 2026 13:00:00 GMT</pubDate></item>
<item><title>Fields under water</title><guid>b</guid><pubDate>Wed, 11 Mar 2026 12:00:00 GMT</pubDate>{}</item>
</channel></rss>
"""


def entry(number: int, title: str, **more: Any) -> dict[str, Any]:
    """Return an entry of a JSON Feed."""
    place = f"https://newsroom.example.org/{number}"
    return {"id": place, "url": place, "title": title, "date_published": "2026-03-11T13:00:00Z"} | more


def print_feed(newsroom: Any, *entries: dict[str, Any]) -> None:
    """Print a JSON Feed where the newsroom's page stands."""
    newsroom.page.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries}))


@pytest.fixture
def feed(newsroom: Any) -> Any:
    """A newsroom that reads a feed, and has one subscriber."""
    newsroom.configure(site=A_FEED)
    newsroom.subscribe(ADA, NOON - DAY)
    return newsroom


@pytest.mark.parametrize("tag", ['media:content url="{}"', 'enclosure url="{}"'])
async def test_the_address_of_a_picture_that_is_none_costs_nobody_an_item(feed: Any, tag: str) -> None:
    """A picture at an address that no parser takes is left out; its story and the others come."""
    feed.page.write_text(RSS.format(f"<{tag.format('http://[harbour/x.jpg')}/>"))
    (read,) = await feed.read(EVENING)
    assert (read.new, read.problem) == (2, None)


async def test_words_of_a_picture_may_say_what_sort_of_words_they_are(feed: Any) -> None:
    """`<media:description type="plain">`, as half of the web's feeds have it, is a caption like any other."""
    words = '<media:title type="plain">A ferry</media:title><media:description type="plain">In fog</media:description>'
    picture = f'<media:content url="https://newsroom.example.org/x.jpg" medium="image">{words}</media:content>'
    feed.page.write_text(RSS.format(picture))
    (read,) = await feed.read(EVENING)
    assert (read.new, read.problem) == (2, None)
    assert 'alt="A ferry"' in feed.feed("all").replace("&quot;", '"')
    assert "In fog" in feed.feed("all")


async def test_a_story_that_is_left_out_is_named_in_letters_that_a_store_takes(feed: Any) -> None:
    """Half a surrogate pair and a NUL in the name of a story without a title stop neither its source nor others."""
    print_feed(feed, entry(1, "", summary="Half \ud800 a pair, and a NUL \x00", id="x"), entry(2, FERRIES))
    (read,) = await feed.read(EVENING)
    assert (read.new, read.problem) == (1, None)
    app = feed.app()
    with app.store.read() as connection:
        ((_, row),) = load_quarantine(connection)
    assert row.name == "Half a pair, and a NUL"


async def test_the_trouble_of_a_source_is_kept_in_letters_that_a_store_takes(newsroom: Any, story: type[Any]) -> None:
    """A file whose name is no UTF-8 can be named as the trouble, and the other file of its pattern is read."""
    newsroom.configure(site=SITE.replace("page.txt", "pages/*.txt"))
    (newsroom.folder / "pages").mkdir()
    (newsroom.folder / "pages" / "good.txt").write_text(f"News\n\n{story(FERRIES, NOON.date())}")
    (newsroom.folder / "pages" / b"bad\xff.txt".decode("utf-8", "surrogateescape")).write_bytes(b"%PDF-1.7")
    (read,) = await newsroom.read(EVENING)
    assert (read.new, read.problem) == (1, None)
    (newsroom.folder / "pages" / "good.txt").unlink()
    (read,) = await newsroom.read(EVENING + DAY)
    assert read.problem == "bad.txt: a PDF file, not a text dump"
    app = newsroom.app()
    with app.store.read() as connection:
        assert load_source(connection, "page").problem == read.problem


async def test_one_endless_text_holds_no_feed(feed: Any) -> None:
    """An item of several MB is left out of the feeds by name; the feeds are written, and the mail goes out."""
    print_feed(feed, entry(1, FERRIES), entry(2, FIELDS, summary="& " * 2_200_000))
    await feed.read(EVENING)
    assert FERRIES in feed.feed("all")
    assert FIELDS not in feed.feed("all")
    await feed.send(MORNING)
    assert FIELDS in feed.inbox(ADA)[0]


async def test_an_embargo_follows_the_date_of_its_source(feed: Any) -> None:
    """A date in the future that was a slip is corrected at the next reading; one that is put off stays put off."""
    print_feed(feed, entry(1, FERRIES, date_published="2062-03-11T13:00:00Z"))
    assert (await feed.read(NOON))[0].held == 1
    print_feed(feed, entry(1, FERRIES, date_published="2026-03-14T13:00:00Z"))
    await feed.read(EVENING)
    print_feed(feed, entry(1, FERRIES, date_published="2026-03-20T13:00:00Z"))
    for day in range(8):
        await feed.read(NOON + day * DAY)
        assert FERRIES not in feed.feed("all")
    await feed.read(datetime(2026, 3, 20, 13, 0, 5, tzinfo=UTC))
    assert "<published>2026-03-20T13:00:00" in feed.feed("all")
    app = feed.app()
    with app.store.read() as connection:
        (item,) = load_newest(connection, "all", 10)
    assert item.updated_at == item.published_at == datetime(2026, 3, 20, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "sender", ["day@newsroom.test", '"a"b" <day@newsroom.example.org>'], ids=["a reserved domain", "a name in quotes"]
)
async def test_a_sender_that_cannot_send_holds_its_own_list(newsroom: Any, story: type[Any], sender: str) -> None:
    """A list whose sender config.yaml took and a header does not is held; the others go out."""
    bad = f"  bad: {{title: Bad, topics: all, send: daily at 07:00, timezone: UTC, from: '{sender}'}}\n"
    newsroom.configure(lists=LISTS.replace("lists:\n", f"lists:\n{bad}"))
    for list_id in ("bad", "daily"):
        newsroom.subscribe(ADA, NOON, list_id=list_id)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, NOON.date()))
    await newsroom.read(EVENING)
    done = await newsroom.send(MORNING)
    assert {one.list_id: bool(one.held) for one in done.assembled} == {"bad": True, "daily": False}
    assert len(newsroom.inbox(ADA)) == 1


async def test_an_older_reading_that_ends_last_does_not_take_back_the_newer(newsroom: Any, story: type[Any]) -> None:
    """Of two readings of a source at the same time, the one that is saved first stays."""
    from digest.pipelines.save import Desk, save_reading
    from digest.sources.fetch import Client
    from digest.sources.parser import Parser
    from digest.sources.reading import Reader, read_source
    from digest.sources.robots import Robots

    app = newsroom.app()
    (source,) = app.settings.sources
    with app.store.read() as connection:
        state = load_source(connection, source.id)
    async with Client() as client, Parser() as parser:
        reader = Reader(client, parser, Robots(client, lambda _: None, lambda *_: None, NOON))
        newsroom.publish(story(FERRIES, NOON.date(), summary="Eight ferries."))
        old = await read_source(reader, source, kinds=(), validators=None)
        newsroom.publish(story(FERRIES, NOON.date(), summary="Correction: nine ferries."))
        new = await read_source(reader, source, kinds=(), validators=None)
    desk = Desk(app.settings, app.store, app.matcher)
    assert save_reading(desk, source, state, new, EVENING).new == 1
    late = save_reading(desk, source, state, old, NOON)
    assert (late.new, late.changed) == (0, 0)
    app.publish(EVENING)
    assert "Correction: nine ferries." in newsroom.feed("all")


async def test_an_endless_id_stops_no_source_on_postgresql(feed: Any, postgres_url: str) -> None:
    """An id of 100,000 characters, longer than any index of PostgreSQL holds, is an id like others."""
    words = "".join(f"{number:x}-" for number in range(20_000))
    feed.configure(site=A_FEED, more=f"store: {postgres_url}\n")
    feed.subscribe(ADA, NOON - DAY)
    print_feed(feed, entry(1, FERRIES, id=words), entry(2, FIELDS), entry(3, "", id=f"{words}?", url=""))
    for same in (0, 2):
        (read,) = await feed.read(EVENING)
        assert (read.new, read.same) == (2 - same, same)
    await feed.send(MORNING)
    assert len(feed.inbox(ADA)) == 1
