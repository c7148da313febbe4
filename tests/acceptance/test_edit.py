"""An editor writes an item's words: on the command line, in an editor, for good, or until the source may again."""

import json
import stat
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.cli import run_command
from digest.pipelines.desk import Desk
from digest.pipelines.edit import Wish, edit_item
from digest.store.items import each_item
from tests.commands import environment

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MORNING = datetime(2026, 3, 12, 7, 0, 5, tzinfo=UTC)
FERRIES, FIELDS = "Ferries return to the harbour", "Fields under water for weeks"
EDITED = "Boats return to the pier"


@pytest.fixture
async def read(newsroom: Any, story: Any) -> Any:
    """A newsroom that has read two stories."""
    newsroom.publish(story(FERRIES, date(2026, 3, 11)), story(FIELDS, date(2026, 3, 10)))
    await newsroom.read(NOON)
    return newsroom


def find(newsroom: Any, words: str) -> Any:
    """Return the stored item whose title has these words."""
    with newsroom.app().store.read() as connection:
        return next(item for item in each_item(connection) if words in item.title)


def edit(newsroom: Any, title: str, now: datetime, **wish: Any) -> Any:
    """Edit an item at an hour."""
    app = newsroom.app()
    desk = Desk(app.settings, app.store, app.matcher)
    return edit_item(desk, find(newsroom, title), Wish(**({"words": {}} | wish)), now)


async def test_edited_words_stay_whatever_the_source_says(read: Any, story: Any) -> None:
    """A field an editor wrote is kept through every later reading; the other fields still follow the source."""
    edit(read, FERRIES, NOON + HOUR, words={"title": EDITED})
    read.publish(story(FERRIES, date(2026, 3, 11), "Another summary."), story(FIELDS, date(2026, 3, 10)))
    await read.read(NOON + 2 * HOUR)
    item = find(read, EDITED)
    assert (item.summary, item.pinned) == ("Another summary.", ("title",))
    assert FERRIES not in read.feed("all")
    assert EDITED in read.feed("all")


async def test_a_silent_edit_moves_the_feed_and_mails_nobody_again(read: Any) -> None:
    """Without a note: the same entry id, a later `updated`, other topics, and no correction in anybody's mail."""
    read.subscribe("ada@reader.example", NOON)
    before = find(read, FERRIES)
    await read.send(MORNING)
    edited = edit(read, FERRIES, MORNING + HOUR, words={"title": "Fields return", "summary": "To the farm."})
    read.app().publish(MORNING + HOUR)
    assert edited.after.entry_id == before.entry_id
    assert edited.after.updated_at > before.updated_at
    assert (before.topics, edited.after.topics) == (("sea",), ("land",))
    assert ("Fields return" in read.feed("land"), "Fields return" in read.feed("sea")) == (True, False)
    assert read.check_feeds() == []
    count = len(read.inbox())
    await read.send(MORNING + 24 * HOUR)
    assert len(read.inbox()) == count


async def test_an_edit_with_a_note_is_a_correction(newsroom: Any, story: Any) -> None:
    """With a note everybody who was sent the item reads it in their next edition, and the feed shows it."""
    newsroom.subscribe("ada@reader.example", NOON)
    await newsroom.read(NOON)
    newsroom.publish(story(FERRIES, date(2026, 3, 11)))
    await newsroom.read(NOON)
    await newsroom.send(MORNING)
    edit(newsroom, FERRIES, MORNING + HOUR, words={"title": EDITED}, note="They were boats.")
    newsroom.app().publish(MORNING + HOUR)
    await newsroom.send(MORNING + 24 * HOUR)
    first, second = newsroom.inbox("ada@reader.example")
    assert FERRIES in first
    assert (EDITED in second, "They were boats." in second) == (True, True)
    assert "They were boats." in newsroom.feed("all")


@pytest.mark.parametrize("words", [{"title": EDITED, "summary": "None."}, {"kind": "report"}])
async def test_a_field_that_is_let_go_is_its_source_s_again(words: dict[str, str], read: Any) -> None:
    """With the next reading the source's words are back, though the source has not changed."""
    before = find(read, FERRIES)
    edit(read, FERRIES, NOON + HOUR, words=words)
    title = words.get("title", FERRIES)
    edit(read, title, NOON + 2 * HOUR, unpin=tuple(words))
    assert find(read, title).pinned == ()
    await read.read(NOON + 3 * HOUR)
    after = find(read, FERRIES)
    assert (after.summary, after.kind, after.truncated) == (before.summary, before.kind, before.truncated)


async def test_a_day_of_its_own_and_no_instant_that_another_has(read: Any, story: Any) -> None:
    """An item moved to another day keeps its id and stands there at an instant of its own."""
    edited = edit(read, FERRIES, NOON + HOUR, words={"date": "2026-03-10"})
    other = find(read, FIELDS)
    assert edited.after.published_on == other.published_on == date(2026, 3, 10)
    assert edited.after.published_at == other.published_at + timedelta(seconds=1)
    assert edited.after.pinned == ("published_on",)


async def test_an_edit_that_changes_nothing_does_nothing(read: Any) -> None:
    """The same words make no revision; they are the editor's from now on, and a second time not even that."""
    first = edit(read, FERRIES, NOON + HOUR, words={"title": FERRIES})
    assert (first.fields, first.after.revision, first.after.pinned) == ((), 1, ("title",))
    again = edit(read, FERRIES, NOON + 2 * HOUR, words={"title": FERRIES})
    assert again.before == again.after


BAD = [
    (("--title", " "), "an item has a title: this one would have none"),
    (("--title", "x" * 501), "the title has 501 characters; at most 500 can be kept"),
    (("--date", "yesterday"), "“yesterday” is no date: write it as YYYY-MM-DD, such as 2026-03-11"),
    (("--date", "2199-01-01"), "2199-01-01 is in the future, and readers have seen this item already"),
    (("--link", "javascript:alert(1)"), "is no http or https address that a reader could follow"),
    (("--unpin", "titel"), "there is no field 'titel' (did you mean 'title'?)"),
]


@pytest.mark.parametrize(("options", "told"), BAD, ids=[" ".join(options)[:20] for options, _ in BAD])
async def test_what_cannot_be_is_refused(options: tuple[str, ...], told: str, read: Any, digest_command: Any) -> None:
    """Each in a sentence, with exit code 2 and nothing changed."""
    before = find(read, FERRIES)
    done = digest_command("edit", FERRIES, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert find(read, FERRIES) == before


async def test_a_kind_that_config_does_not_know_is_refused(read: Any, digest_command: Any) -> None:
    """Where config.yaml names kinds, a slip of the pen does not make a new one; a label is as good as an id."""
    read.configure(more='kinds:\n  report: {title: Reports, label: "Report"}\n')
    done = digest_command("edit", FERRIES, "--kind", "reprot")
    assert (done.returncode, "did you mean report?" in done.stderr) == (2, True)
    assert digest_command("edit", FERRIES, "--kind", "Report").returncode == 0
    assert find(read, FERRIES).kind == "report"


async def test_a_withdrawn_item_stays_as_it_was(read: Any, digest_command: Any) -> None:
    """What is withdrawn cannot be written any more."""
    digest_command("withdraw", FERRIES, "--reason", "It was another harbour.")
    done = digest_command("edit", FERRIES, "--title", EDITED)
    assert (done.returncode, "withdrawn already" in done.stderr) == (2, True)


async def test_options_change_at_once_and_explain_shows_who_wrote_it(read: Any, digest_command: Any) -> None:
    """What differs is shown as it was and as it is; `explain` names the fields that an editor wrote."""
    done = digest_command("edit", FERRIES, "--title", EDITED, "--author", "Ada Quay")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:6] == [
        "title:",
        f"  - {FERRIES}",
        f"  + {EDITED}",
        "author:",
        "  - none",
        "  + Ada Quay",
    ]
    assert "nobody is mailed it again" in done.stderr
    told = " ".join(digest_command("explain", EDITED).stdout.split())
    assert "Written by an editor, whatever its source says: title, author" in told
    assert "edited: title, author" in told
    done = digest_command("edit", EDITED, "--unpin", "title")
    assert "Let go: title: its source's words come back with the next reading" in " ".join(done.stdout.split())
    digest_command("fetch")
    titles = [one["title"] for one in json.loads(digest_command("items", "--json").stdout)]
    assert titles == [FERRIES, FIELDS]


@pytest.mark.parametrize("command", ["correct", "withdraw", "edit", "fetch", "items"])
def test_help_of_what_editors_use_fits_a_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` has no line over 80 columns and no sentence that is cut off."""
    assert run_command([command, "--help"]) == 0
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    assert "..." not in told.partition("Options:")[2]


@pytest.fixture
def editor(tmp_path: Any) -> Any:
    """Make an editor of a sed script, and the environment in which it is the one to use."""

    def make(script: str) -> dict[str, str]:
        file = tmp_path / "my editor"
        file.write_text(f'#!/bin/sh\nls -l "$1" > "{tmp_path}/seen"; cat "$1" >> "{tmp_path}/seen"\n{script}\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        kept = {name: value for name, value in environment().items() if name != "VISUAL"}
        return kept | {"EDITOR": f"'{file}'"}

    return make


async def test_an_editor_opens_and_a_yes_is_needed(read: Any, editor: Any, digest_command: Any, tmp_path: Any) -> None:
    """The form has the words as they are; what was changed in it is shown, and done after a yes alone."""
    env = editor(f"sed -i 's/^title: .*/title: {EDITED}\\n  at last/' \"$1\"")
    done = digest_command("edit", FERRIES, env=env, input="n\n")
    assert "nothing was changed" in done.stderr
    assert find(read, FERRIES).pinned == ()
    seen = (tmp_path / "seen").read_text()
    assert f"\ntitle: {FERRIES}\nsummary: A summary" in seen
    assert "\nkind: press-release\nauthor: \ndate: 2026-03-11\nlink: https://newsroom.example.org/\n" in seen
    done = digest_command("edit", FERRIES, env=env, input="y\n")
    assert done.returncode == 0
    assert f"  + {EDITED} at last" in done.stdout
    assert find(read, EDITED).pinned == ("title",)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 3", "failed (3); nothing was changed"),
        ("echo 'title: again' >> \"$1\"", "title stands there a second time; nothing was changed"),
        ("echo hello > \"$1\"", "begins with no field"),
        ("head -c 200000 /dev/zero > \"$1\"", "more than an item can hold"),
        ("printf 'title: \\377' > \"$1\"", "no text in UTF-8"),
        ("rm \"$1\"", "no text in UTF-8"),
    ],
    ids=["fails", "twice", "no field", "huge", "no text", "deleted"],
)  # fmt: skip
async def test_a_form_that_cannot_be_read(script: str, told: str, read: Any, editor: Any, digest_command: Any) -> None:
    """Whatever an editor leaves, it is told in a sentence, and nothing is changed."""
    done = digest_command("edit", FERRIES, env=editor(script), input="y\n")
    assert done.returncode == 2
    assert told in done.stderr
    assert find(read, FERRIES).pinned == ()


async def test_no_editor_and_nobody_there(read: Any, editor: Any, digest_command: Any) -> None:
    """Without a terminal and an editor it says which options there are; an editor that is not there is named."""
    env = editor("true")
    done = digest_command("edit", FERRIES, env=env)
    assert (done.returncode, "nothing was changed" in done.stderr) == (0, True)
    del env["EDITOR"]
    done = digest_command("edit", FERRIES, env=env, input="")
    assert (done.returncode, "say what to change (--title" in done.stderr) == (2, True)
    done = digest_command("edit", FERRIES, env=env | {"VISUAL": "/no/such/editor"}, input="")
    assert (done.returncode, "cannot be started" in done.stderr) == (2, True)
