"""Same items, same bytes: in any process, on any day, however they came; and what readers know never goes back."""

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from digest.model.item import ItemStatus
from digest.pipelines.desk import Desk
from digest.pipelines.edit import Wish, correct, edit_item, withdraw
from digest.pipelines.publish import FeedResult, publish
from digest.store.engine import open_store
from digest.store.items import find_items, load_after
from tests.commands import command_line, environment
from tests.desks import NOON, SavingDesk, entry, make_source
from tests.examples import examples
from tests.feed_folders import FeedFolder, broken_rules
from tests.newsrooms import Newsroom, Story
from tests.patience import HANG_S

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SURROUNDINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "424242", "TZ": "America/St_Johns", "LC_ALL": "POSIX", "LANGUAGE": "tr", "LC_TIME": "ar_EG"},
]
MORE = """\
kinds:
  press-release: {title: Press releases, label: Press Release}
regions:
  coast: {title: The coast, any: [harbour*, field*]}
"""


def publish_desk(saving: SavingDesk, now: datetime, *, folder: Path | None = None) -> FeedFolder:
    """Publish what is due, or everything into a folder that was empty; nothing may fail."""
    desk = saving.desk
    plain = desk.settings
    chosen = replace(plain, feeds=replace(plain.feeds, folder=folder)) if folder else plain
    results: list[FeedResult] = publish(chosen, desk.store, now, every=folder is not None)
    assert [(one.name, one.reason) for one in results if one.failed] == []
    return FeedFolder(chosen.feeds.folder)


@pytest.fixture
async def settled(newsroom: Newsroom) -> Path:
    """The folder of a newsroom with stories, a correction and a withdrawal, all of them published."""
    newsroom.configure(more=MORE)
    stories = [Story(f"Ferry number {n} is home in the harbour", NOON.date() - n * DAY) for n in range(120)]
    newsroom.publish(*stories, Story("Fields under water", NOON.date()))
    app = newsroom.app()
    (read,) = await app.ingest(NOON)
    assert read.new == 121
    with app.store.read() as connection:
        first, second = load_after(connection, 0, 2)
    correct(app.store, first, "It was another one.", NOON + HOUR)
    withdraw(app.store, second, "It never was.", NOON + 2 * HOUR)
    app.publish(NOON + 3 * HOUR, every=True)
    newsroom.close()
    newsroom.apps.clear()
    return newsroom.folder


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda one: one["PYTHONHASHSEED"])
def test_another_process_writes_the_same_bytes(settled: Path, tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Whatever the hash seed, the time zone, the locale and the day of `digest build`: the same folder."""
    expected = FeedFolder(settled / "feeds").files()
    assert FeedFolder(settled / "feeds").problems() == []
    shutil.rmtree(settled / "feeds")
    command = command_line("--config", settled / "config.yaml", "build")
    done = subprocess.run(command, env=environment() | surroundings, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    assert FeedFolder(settled / "feeds").files() == expected


@pytest.mark.parametrize("years", [-20, 1, 70])
def test_another_day_writes_the_same_bytes(settled: Path, newsroom: Newsroom, years: int) -> None:
    """Built years later or earlier, into the same folder or an empty one: not a byte differs."""
    feeds = FeedFolder(settled / "feeds")
    expected, touched = feeds.files(), feeds.touched()
    app = newsroom.app()
    now = NOON + years * 365 * DAY
    app.publish(now, every=True)
    assert feeds.touched() == touched
    shutil.rmtree(feeds.folder)
    app.publish(now, every=True)
    assert feeds.files() == expected


def test_one_by_one_or_all_at_once_gives_the_same_bytes(saving: SavingDesk, tmp_path: Path, empty_store: Path) -> None:
    """A hundred and thirty items in the order of their coming, published after each or once at the end."""
    (tmp_path / "other").mkdir()
    store = open_store(f"sqlite:///{shutil.copy(empty_store, tmp_path / 'other/digest.db')}")
    try:
        other = SavingDesk(tmp_path / "other", store)
        for number in range(130):
            at = NOON + number * HOUR
            listed = [entry(n, published=NOON + n * HOUR) for n in range(number, max(-1, number - 5), -1)]
            for desk in (saving, other):
                desk.save(*listed, at=at)
            publish_desk(saving, at)
        once = publish_desk(other, NOON + 130 * HOUR)
        publish_desk(saving, NOON + 130 * HOUR)
    finally:
        store.close()
    each = FeedFolder(saving.folder / "feeds")
    assert _content(each) == _content(once)
    assert each.problems() == []


def _content(feeds: FeedFolder) -> dict[str, bytes]:
    """Return the files of feeds that have an item; an empty one shows since when it has been empty."""
    empty = {name for name in feeds.names() if not feeds.entries(name)}
    return {name: data for name, data in feeds.files().items() if name.partition(".")[0] not in empty}


@pytest.mark.parametrize("what", ["edit", "correct", "withdraw"])
async def test_an_edit_touches_only_its_own_feeds(newsroom: Newsroom, what: str) -> None:
    """Files of every feed the item is not in keep their bytes, their inode and their time."""
    newsroom.configure(more=MORE)
    newsroom.publish(
        Story("Ferry number 1 is home", NOON.date(), kind="Report"), Story("Meadows under water", NOON.date())
    )
    app, feeds = newsroom.app(), FeedFolder(newsroom.folder / "feeds")
    await app.ingest(NOON)
    app.publish(NOON, every=True)
    before, files = feeds.touched(), feeds.files()
    with app.store.read() as connection:
        (item,) = find_items(connection, "Ferry number 1")
    desk = Desk(app.settings, app.store, app.matcher)
    {
        "edit": lambda: edit_item(desk, item, Wish(words={"summary": "Other words."}), NOON + HOUR),
        "correct": lambda: correct(app.store, item, "Other words.", NOON + HOUR),
        "withdraw": lambda: withdraw(app.store, item, "Other words.", NOON + HOUR),
    }[what]()
    app.publish(NOON + HOUR)
    own = {"all", "sea"} | ({"corrections"} if what != "edit" else set())
    changed = {name for name, stamp in feeds.touched().items() if stamp != before.get(name)}
    assert {f"{name}.{ending}" for name in own for ending in ("atom", "json", "html")} <= changed
    strangers = {name for name in changed if name.partition(".")[0] not in {*own, "index"}}
    assert strangers == set()
    assert files.keys() == feeds.files().keys()
    assert feeds.problems() == []


class DeskMachine(RuleBasedStateMachine):
    """What happens at a desk in any order, and what readers must be able to trust after each publication."""

    folder: Path
    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(self.folder) / f"machine-{len(list(Path(self.folder).iterdir()))}"
        self.place.mkdir()
        self.store = open_store(f"sqlite:///{shutil.copy(self.empty, self.place / 'digest.db')}")
        self.saving = SavingDesk(self.place, self.store, (make_source(),))
        self.now, self.added, self.builds = NOON, 0, 0
        self.latest: dict[tuple[str, str], datetime] = {}
        self.ids: dict[int, str] = {}

    @initialize()
    def open(self) -> None:
        """Begin with a few old stories."""
        self.add(3)
        self.publish()

    def teardown(self) -> None:
        """Let go of the database."""
        self.store.close()
        shutil.rmtree(self.place)
        self.place.mkdir()

    @rule(seconds=st.sampled_from([0, 1, 1, 3600, 86_400]))
    def wait(self, seconds: int) -> None:
        """Let some time pass, or none."""
        self.now += timedelta(seconds=seconds)

    @rule(count=st.integers(1, 3))
    def add(self, count: int) -> None:
        """Read new stories."""
        fresh = [entry(self.added + n, published=self.now) for n in range(count)]
        self.added += count
        self.saving.save(*fresh, at=self.now, complete=False)

    @rule(which=st.integers(0, 200), words=st.sampled_from(["Ferries", "Fields", "Harbours and fields"]))
    def edit(self, which: int, words: str) -> None:
        """Give an item another title, with which it may leave a topic or come into one."""
        item = self.choose(which)
        if item is not None and item.status is ItemStatus.LIVE:
            title = f"{words} of number {item.id} in other words"
            edit_item(self.saving.desk, item, Wish(words={"title": title}), self.now)

    @rule(which=st.integers(0, 200), note=st.sampled_from(["It was ten.", "It was eleven."]))
    def correct(self, which: int, note: str) -> None:
        """Correct an item."""
        item = self.choose(which)
        if item is not None and item.status is ItemStatus.LIVE:
            correct(self.store, item, note, self.now)

    @rule(which=st.integers(0, 200))
    def withdraw(self, which: int) -> None:
        """Withdraw an item."""
        item = self.choose(which)
        if item is not None and item.status is ItemStatus.LIVE:
            withdraw(self.store, item, "It was wrong.", self.now)

    @rule(which=st.integers(0, 200))
    def change_at_source(self, which: int) -> None:
        """Have the source change its words, or take them back."""
        number = which % max(self.added, 1)
        self.saving.save(entry(number, summary=f"Words of {which % 3}."), at=self.now, complete=False)

    @rule()
    def publish(self) -> None:
        """Publish, and look at everything."""
        feeds = publish_desk(self.saving, self.now)
        assert feeds.problems() == []
        assert feeds.formats_differ() == []
        found = feeds.ids()
        assert broken_rules({}, found) == []
        for name, rows in found.items():
            for one, at in rows:
                assert self.latest.get((name, one), at) <= at, f"{name}: {one} went back"
                self.latest[name, one] = at
        stored = self.saving.items()
        assert {one.id: one.entry_id for one in stored} | self.ids == {one.id: one.entry_id for one in stored}
        self.ids = {one.id: one.entry_id for one in stored}
        assert {one for one, _ in found["all"]} == {one.entry_id for one in stored if one.status != "held"}
        withdrawn = {one.entry_id for one in stored if one.status is ItemStatus.WITHDRAWN}
        assert set(feeds.deleted("all")) == withdrawn
        self.rebuild(feeds)

    def rebuild(self, feeds: FeedFolder) -> None:
        """Hold that an empty folder, filled at once, gets the same bytes."""
        self.builds += 1
        fresh = publish_desk(self.saving, self.now + 3650 * DAY, folder=self.place / f"whole-{self.builds}")
        assert fresh.files() == feeds.files()

    @invariant()
    def nothing_is_half(self) -> None:
        """No temporary file is left."""
        assert [path.name for path in self.place.rglob(".*.tmp")] == []

    def choose(self, which: int) -> Any:
        """Return one of the stored items."""
        stored = self.saving.items()
        return stored[which % len(stored)] if stored else None


@pytest.fixture
def machine(tmp_path: Path, empty_store: Path) -> Any:
    """The machine in a folder of its own."""
    return type("DeskHere", (DeskMachine,), {"folder": tmp_path, "empty": empty_store})


def test_whatever_happens_at_the_desk_readers_can_trust_the_feeds(machine: type[DeskMachine]) -> None:
    """Ids never change, `updated` never goes back, each file is sound, and a rebuild gives the same bytes."""
    options = settings(
        max_examples=examples(10),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    run_state_machine_as_test(machine, settings=options)
