"""F53: a template that fails for one list holds that list, and no other."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
LISTS = """\
lists:
  daily: {title: The day, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
  second: {title: The second, topics: all, send: daily at 07:00, timezone: UTC, from: day@newsroom.example.org}
"""
BROKEN = '\n\n{% if view.list_id == "second" %}{{ view.nothing_of_the_kind }}{% endif %}\n'


async def test_a_template_error_holds_its_list_and_loses_nothing(
    newsroom: Any, story: type[Any], digest_command: Any
) -> None:
    """The held list is named in `status` with template and line; when it is mended, its people get everything."""
    newsroom.configure(lists=LISTS)
    for list_id in ("daily", "second"):
        newsroom.subscribe(f"{list_id}@reader.example", NOON, list_id=list_id)
    await newsroom.read(NOON)
    newsroom.publish(story("Ferries return to the harbour", date(2026, 3, 11)))
    await newsroom.read(NOON + timedelta(hours=1))
    newsroom.break_template("notices.txt.j2", BROKEN)
    await newsroom.send(MORNING)
    assert [message["To"] for message in newsroom.messages()] == ["daily@reader.example"]
    last = digest_command("status").stdout.splitlines()
    assert any(line.startswith("LIST HELD second") for line in last)
    held = {one["id"]: one["held"] for one in json.loads(digest_command("status", "--json").stdout)["lists"]}
    assert held["daily"] is None
    assert held["second"].startswith("email/notices.txt.j2:3: ")

    newsroom.mend_template("notices.txt.j2")
    await newsroom.send(MORNING + timedelta(hours=1))
    assert len(newsroom.inbox("second@reader.example")) == 1
    assert len(newsroom.inbox("daily@reader.example")) == 1
    assert "LIST HELD" not in digest_command("status").stdout
