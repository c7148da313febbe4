"""F31: one story under two ids, or from two sources, is listed once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.desks import HOME, NOON, entry, make_source

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"link": f"{HOME}topics/sea/9"}, id="in two sections"),
        pytest.param({"link": f"{HOME}topics/sea/9", "summary": ""}, id="as a teaser without text"),
        pytest.param(
            {"link": f"http://www.news.example.org/stories/9/?utm_source=x{''}"}, id="one page, two spellings"
        ),
        pytest.param({"link": None, "summary": "It has been…"}, id="without a page"),
    ],
)
@pytest.mark.parametrize("at_first", [True, False], ids=["at the first reading", "later"])
def test_f31_one_story_under_two_ids_is_listed_once(saving: Any, second: dict[str, Any], at_first: bool) -> None:
    """In every reading the two are one item, placed once."""
    if not at_first:
        saving.save(entry(8))
    for hours in (1, 2):
        saving.save(entry(9), entry(9, explicit_id="again", **second), entry(8), at=NOON + hours * HOUR)
    assert sorted(one.key for one in saving.items()) == ["id-8", "id-9"]
    assert len(saving.news(99)) == 2


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"summary": "What the minister said."}, id="two statements of one day"),
        pytest.param({"kind": "Report"}, id="a report and its press release"),
        pytest.param({"published": entry(8).published}, id="of two days"),
    ],
)
def test_f31_two_stories_of_one_title_are_two(saving: Any, second: dict[str, Any]) -> None:
    """Equal titles alone make no two stories one, at first or later."""
    other = entry(9, **({"explicit_id": "b", "link": f"{HOME}b", "kind": "Press Release"} | second))
    first = entry(9, kind="Press Release")
    assert saving.save(first, other).new == 2
    assert saving.save(other, first, at=NOON + HOUR).same == 2


async def test_f31_two_sources_give_one_entry_and_one_line_in_the_mail(newsroom: Any, story: Any) -> None:
    """A story that two sources list stands once in the feed and once in the digest."""
    newsroom.configure(
        site='site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}\n'
        "sources:\n  page: {type: text, path: page.txt}\n  other: {type: text, path: other.txt}\n"
    )
    other = newsroom.folder / "other.txt"
    other.write_text(newsroom.page.read_text())
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    title = "Ferries return to the old harbour"
    newsroom.publish(story(title, NOON.date()))
    other.write_text(
        str(story(title, NOON.date(), "The same story in other words.", kind="Report")).removeprefix("Report")
    )
    await newsroom.read(NOON + HOUR)
    await newsroom.send(NOON + 20 * HOUR)
    assert newsroom.feed("all").count("<entry>") == 1
    assert newsroom.inbox("ada@reader.example")[0].count(title) == 1


def test_f31_sources_side_by_side_do_not_store_a_story_twice(saving_anywhere: Any) -> None:
    """Whichever of two sources is saved first, the other finds its story."""
    desk = saving_anywhere
    desk.configure(make_source(), make_source("wire"))
    desk.save(entry(8), source="wire")
    desk.save(entry(8, explicit_id="p8"), entry(9, explicit_id="p9"))
    desk.save(entry(9), entry(8), source="wire", at=NOON + HOUR)
    assert len(desk.items()) == 2
