"""A burst that is held and approved, and how `fetch`, `items` and `status` tell of it, as an operator would type it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

DAY = timedelta(days=1)
TWO = """\
site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}
sources:
  page: {type: text, path: page.txt}
  other: {type: text, path: other.txt}
"""


@pytest.fixture
def today() -> datetime:
    """Commands run by the real clock, so their stories are of today."""
    return datetime.now(UTC)


@pytest.fixture
async def burst(newsroom: Any, story: Any, today: datetime) -> Any:
    """A newsroom with a few stories whose page then listed forty more at once."""
    on = today.date()
    newsroom.publish(*[story(f"Ferry number {number} returns to the harbour", on) for number in range(2)])
    await newsroom.read(today - DAY)
    newsroom.publish(*[story(f"Ferry number {number} returns to the harbour", on) for number in range(42)])
    return newsroom


def unfolded(text: str) -> str:
    """Return a text with its white space evened out."""
    return " ".join(text.split())


async def test_a_burst_is_held_looked_at_and_approved(burst: Any, digest_command: Any) -> None:
    """Forty items at once where a few are usual: no feed shows them before the operator says so, then every one."""
    done = digest_command("fetch")
    assert (done.returncode, done.stdout) == (0, "page: 0 new, 0 changed, 2 as before, 40 wait for approval\n")
    assert unfolded(done.stderr) == (
        "note: 40 new items at once, where 3 would be usual: held for approval no reader sees them: "
        "./run items --pending shows them, ./run fetch --approve page releases them"
    )
    digest_command("build")
    assert burst.feed("all").count("<entry>") == 2

    done = digest_command("status")
    assert "source page                waiting · read" in done.stdout
    assert "SOURCE page: 40 items came at once: held until you approve\n" in done.stdout
    assert "  ./run items --pending shows them, ./run fetch --approve page releases them\n" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    [source] = json.loads(digest_command("status", "--json").stdout)["sources"]
    assert (source["health"], source["pending"], source["trouble"]) == ("waiting", 40, True)

    done = digest_command("items", "--pending", "--limit", "2")
    assert done.stdout.count("from page, waits for approval") == 2
    assert "38 older items: ./run items --pending --limit 0 lists all" in done.stderr
    assert "./run fetch --approve SOURCE releases those of a source" in done.stderr
    assert len(json.loads(digest_command("items", "--pending", "--json").stdout)) == 40

    done = digest_command("fetch", "--approve", "page")
    assert (done.returncode, done.stdout) == (0, "page: 40 items released\n")
    assert unfolded(done.stderr) == "next: ./run build publishes the feeds; lists have them in their next edition"
    digest_command("build")
    assert burst.feed("all").count("<entry>") == 42
    assert "No troubles." in digest_command("status").stdout
    done = digest_command("items", "--pending")
    assert (done.stdout, done.stderr) == ("", "No item waits for approval.\n")


async def test_approving_where_nothing_waits(newsroom: Any, digest_command: Any) -> None:
    """Nothing to release is said and no failure; nothing is read; a source that is not there is a usage error."""
    newsroom.configure(site=TWO)
    done = digest_command("fetch", "--approve", "page", "--approve", "other")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "page: nothing waits for approval\nother: nothing waits for approval\n"
    assert "never" in digest_command("status").stdout
    done = digest_command("fetch", "--approve", "pgae")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no source 'pgae' (did you mean 'page'?)" in done.stderr


async def test_an_item_held_back_can_be_withdrawn_but_not_corrected(burst: Any, digest_command: Any) -> None:
    """What no reader has seen there is nothing to correct in, in words; its fields can be written all the same."""
    digest_command("fetch")
    done = digest_command("correct", "number 33", "--note", "x")
    assert done.returncode == 2
    assert "held back with the burst it came in: no reader has seen it" in done.stderr
    done = digest_command("withdraw", "number 32", "--reason", "Not ours.")
    assert done.returncode == 0
    assert "no reader has seen it, and none will" in done.stderr
    done = digest_command("edit", "number 33", "--title", "Ferry 33 is back", "--note", "x")
    assert done.returncode == 2
    assert "nothing to correct: leave --note out" in unfolded(done.stderr)
    assert digest_command("edit", "number 33", "--title", "Ferry 33 is back").returncode == 0
    digest_command("fetch", "--approve", "page")
    digest_command("build")
    assert "Ferry 33 is back" in burst.feed("all")
    assert "number 32" not in burst.feed("all")
    assert "number 32" not in digest_command("items", "--json").stdout


async def test_of_many_sources_only_those_with_news_are_told(newsroom: Any, story: Any, digest_command: Any) -> None:
    """`fetch` of more than twenty sources counts those with nothing to tell."""
    rows = "".join(f"  s{number}: {{type: text, path: page.txt}}\n" for number in range(30))
    newsroom.configure(site=TWO.replace("  other: {type: text, path: other.txt}\n", rows))
    newsroom.publish(story("Ferries return to the harbour", datetime.now(UTC).date()))
    digest_command("fetch", "page")
    done = digest_command("fetch")
    assert done.stdout.splitlines()[-1].endswith("nothing new")
    assert len(done.stdout.splitlines()) <= 31
