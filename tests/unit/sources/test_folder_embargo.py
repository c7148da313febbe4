"""The embargo of a document: a time in a zone, or held until somebody can tell what was meant."""

import json
from datetime import UTC, datetime

import pytest

from digest.config.settings import SourceSettings
from digest.model.item import UNKNOWN_EMBARGO, UNNAMED, Parsed, ParsedItem
from digest.sources.embargo import EmbargoError, has_embargo, read_embargo
from digest.sources.folder import parse_document
from digest.sources.page import Page

TITLE = "Harbour to be closed for good"
LIFTS = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)


def _parse(text: str, name: str = "2026/harbour-closes.md") -> Parsed:
    source = SourceSettings(id="desk", type="folder", path="/newsroom", timezone="Europe/Paris")
    return parse_document(Page(data=text.encode(), source=source, name=name))


def _front(*lines: str) -> str:
    return "\n".join(["---", f"title: {TITLE}", *lines, "---", "Text.", ""])


def _held(parsed: Parsed) -> tuple[ParsedItem, str]:
    """Return the one item that is held for good, and why; nothing that is told names it."""
    (item,), (row,) = parsed.items, parsed.quarantined
    assert item.embargo == UNKNOWN_EMBARGO
    assert row.name == UNNAMED
    assert "harbour" not in row.reason.lower()
    return item, row.reason


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-12T06:00:00-04:00",
        "2026-03-12t06:00-0400",
        "2026-03-12 06:00:00 -04:00",
        "2026-03-12 6:00 -04",
        "2026-03-12T10:00:00Z",
        "2026-03-12 10:00 UTC",
        "2026-03-12T09:59:59.25Z",
        "2026-03-12T10:00:00.000Z",
        "2026-03-12 06:00 America/New_York",
        "'2026-03-12T06:00:00-04:00'",
    ],
)
def test_an_embargo_is_an_instant(written: str) -> None:
    """It is read as YAML, RFC 3339 and people write it; a part of a second never lifts it early."""
    parsed = _parse(_front(f"embargo: {written}"))
    assert ([one.embargo for one in parsed.items], parsed.quarantined) == ([LIFTS], ())


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        pytest.param("2026-11-01 01:30 America/New_York", "2026-11-01T06:30+00:00", id="an-hour-twice"),
        pytest.param("2026-03-08 02:30 America/New_York", "2026-03-08T07:30+00:00", id="an-hour-left-out"),
    ],
)
def test_of_two_instants_the_later_one_counts(written: str, instant: str) -> None:
    """Where clocks are changed a wall time may be two instants: never the earlier one."""
    assert read_embargo({"embargo": written}) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("embargo: 2026-03-12", "its embargo is a date alone", id="date"),
        pytest.param("embargo: 2026-03-12T06:00:00", "its embargo has no zone", id="no-zone"),
        pytest.param("embargo: 2026-03-12 06:00 EST", "its embargo cannot be read", id="letters"),
        pytest.param("embargo: until the harbour is closed", "its embargo cannot be read", id="words"),
        pytest.param("embargo: true", "its embargo cannot be read", id="yes"),
        pytest.param("embargo: no", "its embargo cannot be read", id="no"),
        pytest.param("embargo: 2026-02-30T06:00Z", "its embargo is a time or a zone that there is not", id="no-day"),
        pytest.param("embargo: 2026-03-12T25:00Z", "its embargo is a time or a zone that there is not", id="no-hour"),
        pytest.param("embargo: 2026-03-12 06:00 Harbour/Town", "its embargo is a time or a zone", id="no-such-zone"),
        pytest.param("embargo: 0001-01-01T00:00+05:00", "its embargo is a time or a zone", id="before-time"),
        pytest.param("embargo: [2026-03-12T06:00:00Z]", "its embargo is no time of a day", id="list"),
        pytest.param("embargo_until: 2026-03-12T06:00Z", "the key for an embargo is `embargo`", id="another-key"),
        pytest.param("embargo: 2026-03-12T06:00Z\nEmbargoed: yes", "the key for an embargo", id="two-keys"),
        pytest.param("Embargo: tomorrow", "its embargo cannot be read", id="capital"),
        pytest.param("embargo: 2026-03-12T06:00Z\ndate: 1/2/2026", "its date cannot be read", id="date-of-it"),
        pytest.param("embargo: 2026-03-12T06:00Z\nsummary: *a", "line 4 of its front matter cannot", id="broken"),
    ],
)
def test_what_cannot_be_read_is_held_and_not_named(line: str, reason: str) -> None:
    """No title, file name or word of the document is told, and the item is known by its file all the same."""
    item, told = _held(_parse(_front(line)))
    assert told.startswith(reason)
    assert item.explicit_id == "2026/harbour-closes.md"


@pytest.mark.parametrize(
    ("text", "name", "known_as"),
    [
        pytest.param(f"---\ntitle: {TITLE}\nembargo: 2026-03-12T06:00Z\n\nText.", "a.md", "a.md", id="never-closed"),
        pytest.param("---\nid: h-1\nembargo: [\n---\nText.", "a.md", "h-1", id="its-own-id"),
        pytest.param("---\nembargo: 2026-03-12T06:00Z\n---\nText.", "a.md", "a.md", id="no-title"),
        pytest.param('{"title": "Harbour",\n"embargo": "2026-03-12T06:00Z",}', "a.json", "a.json", id="json"),
        pytest.param('{"title": "Harbour", "embargo": 17}', "a.json", "a.json", id="number"),
        pytest.param('{"title": "Harbour", "embargo": true, "id": 7}', "a.json", "7", id="boolean"),
    ],
)
def test_a_document_that_is_broken_is_held_by_what_it_is_known_by(text: str, name: str, known_as: str) -> None:
    """An editor who pulls a story back may slip: it is pulled all the same."""
    assert _held(_parse(text, name))[0].explicit_id == known_as


@pytest.mark.parametrize("line", ["embargo:", "embargo: ~", "embargo: ''"])
def test_a_key_without_a_value_is_no_embargo(line: str) -> None:
    """Such lines stand in templates, as `draft:` does."""
    parsed = _parse(_front(line))
    assert ([one.embargo for one in parsed.items], parsed.quarantined) == ([None], ())


def test_a_draft_under_embargo_is_a_draft() -> None:
    """It is left out without a word."""
    assert _parse(_front("draft: true", "embargo: tomorrow")) == Parsed(())


def test_each_of_several_has_its_own_embargo() -> None:
    """In a file of many items one that cannot be read holds itself and no other."""
    entries = [
        {"title": "Ferries return", "id": 1},
        {"title": TITLE, "id": 2, "embargo": "2026-03-12T10:00:00Z"},
        {"title": TITLE, "id": 3, "embargo": "soon"},
    ]
    parsed = _parse(json.dumps(entries), "all.json")
    assert [one.embargo for one in parsed.items] == [None, LIFTS, UNKNOWN_EMBARGO]
    assert [one.name for one in parsed.quarantined] == [UNNAMED]


def test_reading_says_why_with_an_example() -> None:
    """Whoever wrote it can mend it."""
    with pytest.raises(EmbargoError, match="2026-03-12T06:00:00-04:00"):
        read_embargo({"embargo": "soon"})
    assert has_embargo({"embargo": "soon"})
    assert not has_embargo({"title": "Embargo on oil"})
