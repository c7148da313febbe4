"""The real store and the real editions: whatever happens, nobody is handed an item twice and nobody misses one.

Readers subscribe and leave, the newsroom places, corrects and withdraws, deliveries fail, are killed and left in
doubt. What counts is the text of the messages that were really handed over.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from digest.config.settings import FeedsSettings, MailSettings, Settings
from digest.editions.render import Renderer
from digest.model.delivery import Delivery, DeliveryState, Outcome
from digest.model.item import UNKNOWN_EMBARGO, Item, ItemStatus
from digest.model.mailing import Cadence, MailingList, Schedule
from digest.model.placement import Action, Placement
from digest.model.site import Site
from digest.model.subscriber import OFFER, SubscriptionStatus
from digest.model.topic import ALL, Topic
from digest.pipelines.assemble import assemble, assemble_now
from digest.pipelines.desk import Desk
from digest.pipelines.embargo import call_back
from digest.pipelines.place import release_held
from digest.pipelines.subscribe import Wish, subscribe, unsubscribe
from digest.store import deliveries as ledger
from digest.store import editions, items, placements, subscribers
from digest.store.engine import open_store
from digest.store.migrate import ready_store
from digest.topics.match import build_matcher
from tests.examples import examples

KEY = b"a key of the tests, long enough"
LEASE = timedelta(minutes=30)
SITE = Site(
    title="Open Harbour",
    url="https://www.openharbour.example/news",
    feeds_url="https://feeds.openharbour.example/",
    author="Open Harbour",
    contact="press@openharbour.example",
)
MAILING = MailingList(
    id="morning",
    title="The morning digest",
    schedule=Schedule(Cadence.DAILY, time(7)),
    timezone="America/Halifax",
    sender="digest@openharbour.example",
    reply_to="answers@openharbour.example",
)
SETTINGS = Settings(
    file=Path("config.yaml"),
    site=SITE,
    store="sqlite://",
    var=Path("var"),
    templates=Path("templates"),
    feeds=FeedsSettings(folder=Path("feeds")),
    sources=(),
    topics=(Topic("a", "Harbours"), Topic("b", "Rivers")),
    regions=(),
    kinds=(),
    lists=(MAILING,),
    mail=MailSettings(),
)
RENDERER = Renderer(None)
MATCHER = build_matcher((), ())
READERS = ("ada@inbox.example", "bo@inbox.example")
TOPICS = ("a", "b")
DEAD, LOST = "killed before the fence", "killed after the fence"

named = st.sampled_from([(), ("a",), ("b",), TOPICS])
readers = st.sampled_from(READERS)
cadences = st.sampled_from([Cadence.DAILY, Cadence.DAILY, Cadence.WEEKLY, Cadence.WEEKDAYS, Cadence.IMMEDIATE])
endings = st.sampled_from(["sent", "sent", "sent", "queued", "failed", DEAD, LOST])
each_ends = st.lists(endings, min_size=len(READERS), max_size=len(READERS))


def numbers_in(text: str) -> tuple[list[int], list[int]]:
    """Return the numbers of the stories that a text tells as news, and of those that it corrects or withdraws."""
    news, *notices = re.split(r"\n-+\n(?:CORRECTIONS|WITHDRAWN)\n", text)
    found = [[int(number) for number in re.findall(r"^Story (\d+)$", part, re.M)] for part in (news, "".join(notices))]
    return found[0], found[1]


@dataclass
class Reader:
    """What a naive observer knows: today's topics, the stories that came in them, and the texts that were handed.

    `recalled` are stories that were called back and did not come again in what the list offers by now.
    """

    wants: tuple[str, ...] = ()
    here: bool = False
    reached: set[int] = field(default_factory=set)
    shown: Counter[int] = field(default_factory=Counter)
    waived: set[int] = field(default_factory=set)
    recalled: set[int] = field(default_factory=set)


class Newsroom(RuleBasedStateMachine):
    """One list, two readers, one SQLite database in memory. Stories come, change, are called back and let go."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store("sqlite://")
        ready_store(self.store)
        self.settings = SETTINGS
        self.now = datetime(2020, 7, 13, 12, tzinfo=UTC)
        self.readers = {address: Reader() for address in READERS}
        self.stories: list[Item] = []

    @property
    def mailing(self) -> MailingList:
        return self.settings.lists[0]

    @initialize(first=named, second=named)
    def open_list(self, first: tuple[str, ...], second: tuple[str, ...]) -> None:
        self.subscribe_or_change(READERS[0], first, Cadence.DAILY)
        self.subscribe_or_change(READERS[1], second, Cadence.IMMEDIATE)

    # The newsroom

    def append(self, story: Item, topics: Sequence[str], action: Action) -> None:
        with self.store.append() as connection:
            placements.append_placements(connection, [Placement(0, one, story.id, action) for one in topics], self.now)
        if action is Action.PLACED:
            self.reach(story, topics)

    def reach(self, story: Item, topics: Sequence[str]) -> list[Reader]:
        reached = []
        for reader in self.readers.values():
            offer = self.mailing.topics
            wanted = [one for one in topics if one in reader.wants and (one in offer or ALL in offer)]
            if OFFER in reader.wants:
                wanted += [one for one in topics if one in offer]
            if reader.here and wanted:
                reader.reached.add(story.id)
                reached.append(reader)
        return reached

    def topics_of(self, story: Item) -> list[str]:
        with self.store.read() as connection:
            return placements.topics_of(connection, story.id)

    def pick(self, pick: int) -> Item | None:
        live = [story for story in reversed(self.stories) if story.status is ItemStatus.LIVE]
        return live[pick % len(live)] if live else None

    @rule(topics=named)
    def place_story(self, topics: tuple[str, ...]) -> None:
        number = len(self.stories) + 1
        story = Item(
            id=0,
            source="newsroom",
            key=f"key-{number}",
            entry_id=f"tag:openharbour.example,2020:{number}",
            title=f"Story {number}",
            summary="",
            truncated=False,
            kind=None,
            published_on=date(2020, 7, 13),
            published_at=self.now,
            date_only=False,
            updated_at=self.now,
            first_seen_at=self.now,
            link="",
            language="en",
            topics=topics,
        )
        with self.store.write() as connection:
            assert items.insert_items(connection, [story], ["hash"]) == [number]
        self.stories.append(replace(story, id=number))
        self.append(self.stories[-1], (ALL, *topics), Action.PLACED)

    @rule(pick=st.integers(0, 3), topic=st.sampled_from(TOPICS))
    def move_story(self, pick: int, topic: str) -> None:
        story = self.pick(pick)
        if story is not None:
            stands = topic in self.topics_of(story)
            self.append(story, [topic], Action.REMOVED if stands else Action.PLACED)

    @rule(pick=st.integers(0, 3), action=st.sampled_from([Action.CORRECTED, Action.WITHDRAWN]))
    def change_story(self, pick: int, action: Action) -> None:
        story = self.pick(pick)
        if story is None:
            return
        status = ItemStatus.WITHDRAWN if action is Action.WITHDRAWN else ItemStatus.LIVE
        changed = replace(story, revision=story.revision + 1, status=status, updated_at=self.now)
        with self.store.write() as connection:
            items.save_item(connection, changed, None, action.value, self.now)
        self.stories[story.id - 1] = changed
        self.append(changed, self.topics_of(changed), action)

    @rule(pick=st.integers(0, 3))
    def call_story_back(self, pick: int) -> None:
        story = self.pick(pick)
        if story is not None:
            with self.store.append() as connection:
                stored = items.load_items(connection, [story.id])[story.id]
                self.stories[story.id - 1] = call_back(connection, stored, UNKNOWN_EMBARGO, self.now)
            for reader in self.readers.values():
                reader.recalled.add(story.id)

    @rule()
    def let_stories_go(self) -> None:
        held = [story for story in self.stories if story.status is ItemStatus.HELD]
        with self.store.write() as connection:
            for story in held:
                items.save_item(connection, replace(story, embargo_at=self.now), None, "", self.now)
        assert release_held(Desk(self.settings, self.store, MATCHER), self.now) == len(held)
        for story in held:
            with self.store.read() as connection:
                self.stories[story.id - 1] = items.load_items(connection, [story.id])[story.id]
            for reader in self.reach(story, (ALL, *story.topics)):
                reader.recalled.discard(story.id)

    @rule(offer=st.sampled_from([(ALL,), (ALL,), ("a",), ("b",), TOPICS]))
    def change_offer(self, offer: tuple[str, ...]) -> None:
        self.settings = replace(self.settings, lists=(replace(self.mailing, topics=offer),))
        assemble(self.settings, self.store, RENDERER, self.now)

    # The readers

    @rule(who=readers, topics=named, cadence=cadences)
    def subscribe_or_change(self, who: str, topics: tuple[str, ...], cadence: Cadence) -> None:
        offered = tuple(topic for topic in topics if topic in self.mailing.topics or ALL in self.mailing.topics)
        wish = Wish(list_id="morning", topics=offered, cadence=cadence)
        subscribe(self.settings, self.store, KEY, who, wish, self.now)
        self.readers[who].wants, self.readers[who].here = offered or (OFFER,), True

    @rule(who=readers)
    def leave(self, who: str) -> None:
        reader = self.readers[who]
        unsubscribe(self.store, who, None, self.now)
        # What was not shown yet is no longer owed; what is in doubt now may have been seen.
        reader.waived |= reader.reached - reader.shown.keys()
        reader.here = False

    @rule(who=readers, status=st.sampled_from([SubscriptionStatus.PAUSED, SubscriptionStatus.ACTIVE]))
    def pause_or_resume(self, who: str, status: SubscriptionStatus) -> None:
        if self.readers[who].here:
            with self.store.write() as connection:
                (one,) = subscribers.find_subscriptions(connection, who)
                subscribers.save_subscription(connection, replace(one, status=status), self.now)

    # The editions

    @rule(hours=st.sampled_from([1, 12, 24, 80]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        assemble(self.settings, self.store, RENDERER, self.now)

    @rule()
    def send_now(self) -> None:
        assemble_now(self.settings, self.store, RENDERER, self.mailing, self.now)

    @rule(ends=each_ends)
    def deliver(self, ends: list[str]) -> None:
        with self.store.write() as connection:
            claimed = ledger.claim_shard(connection, "me", self.now, self.now + LEASE)
        for one, end in zip(claimed, ends, strict=False):
            self.deliver_one(one, end)

    @rule(ends=each_ends)
    def send_and_deliver(self, ends: list[str]) -> None:
        self.send_now()
        self.deliver(ends)

    def deliver_one(self, one: Delivery, end: str) -> None:
        if end == DEAD:
            return
        with self.store.write() as connection:
            fenced = ledger.fence(connection, one, "me", self.now, self.now + LEASE)
            if not fenced:
                ledger.drop_unwanted(connection, one, "me", self.now)
        if not fenced or end == LOST:
            return
        with self.store.write() as connection:
            outcome = Outcome(DeliveryState(end), end)
            ledger.record_outcome(connection, one, "me", outcome, self.now + timedelta(minutes=15), self.now)
        if end == "sent":
            held = {story.id for story in self.stories if story.status is ItemStatus.HELD}
            assert not held & self.read(one), "an item under embargo was handed over"
            self.observe(one)

    @rule(proved=st.booleans())
    def recover(self, proved: bool) -> None:
        self.now += LEASE
        evidence = Outcome(DeliveryState.SENT, "found") if proved else None
        with self.store.write() as connection:
            ledger.release_claims(connection, self.now)
            ledger.expire_late(connection, self.now)
            doubtful = ledger.load_in_doubt(connection, self.now)
            for one in doubtful:
                ledger.settle_in_doubt(connection, one, evidence, self.now)
        for one in doubtful:
            self.observe(one)

    # The observer

    def read(self, one: Delivery) -> set[int]:
        with self.store.read() as connection:
            news, notices = numbers_in(editions.load_variant(connection, one.variant_id).text)
        return {*news, *notices}

    def observe(self, one: Delivery) -> None:
        """Read a message that was handed over."""
        with self.store.read() as connection:
            news, notices = numbers_in(editions.load_variant(connection, one.variant_id).text)
        reader = self.readers[one.address]
        assert news or notices
        assert set(notices) <= reader.shown.keys() | reader.waived
        assert set(news) <= reader.reached
        reader.shown.update(news)
        assert max(reader.shown.values(), default=1) == 1, "an item was handed over twice"

    @invariant()
    def books_add_up(self) -> None:
        with self.store.read() as connection:
            for edition, _, audience in editions.load_editions(connection, 1000):
                assert audience == sum(ledger.load_books(connection, edition.id).values())

    def teardown(self) -> None:
        """Settle everything, send a last edition: then everybody has been shown what came in their topics."""
        self.recover(False)
        self.let_stories_go()
        for who in READERS:
            self.pause_or_resume(who, SubscriptionStatus.ACTIVE)
        self.place_story(())
        self.send_and_deliver(["sent"] * len(READERS))
        live = {story.id for story in self.stories if story.status is ItemStatus.LIVE}
        for reader in self.readers.values():
            if reader.here:
                missing = (reader.reached & live) - reader.waived - reader.recalled - reader.shown.keys()
                assert not missing, "items were never handed over"
        self.books_add_up()
        self.store.close()


def open_newsroom() -> Newsroom:
    newsroom = Newsroom()
    newsroom.open_list(("a", "b"), ())
    return newsroom


def test_f55_who_left_in_doubt_is_not_shown_the_item_again() -> None:
    """A story in doubt when somebody leaves is not new to them when they are back and it comes in one more topic."""
    newsroom = open_newsroom()
    newsroom.place_story(("a",))
    newsroom.send_and_deliver([LOST, LOST])
    newsroom.leave(READERS[0])
    newsroom.recover(True)
    newsroom.subscribe_or_change(READERS[0], TOPICS, Cadence.DAILY)
    newsroom.move_story(0, "b")
    newsroom.teardown()
    assert newsroom.readers[READERS[0]].shown[1] == 1


def test_f8_who_is_in_doubt_waits_for_the_edition_after_next() -> None:
    """While nobody knows whether a story was read, its reader gets no other digest; afterwards only what came since."""
    newsroom = open_newsroom()
    newsroom.place_story(("a",))
    newsroom.send_and_deliver([LOST, "sent"])
    newsroom.place_story(("a",))
    newsroom.send_and_deliver(["sent", "sent"])
    assert [newsroom.readers[who].shown for who in READERS] == [Counter(), Counter([1, 2])]
    newsroom.recover(False)
    newsroom.place_story(("a",))
    newsroom.send_and_deliver(["sent", "sent"])
    assert [newsroom.readers[who].shown for who in READERS] == [Counter([1, 2, 3])] * 2
    newsroom.teardown()


def test_f42_three_days_of_failures_give_one_digest_of_all() -> None:
    """Digests that failed day after day are not lost: the first that is sent holds everything."""
    newsroom = open_newsroom()
    for _ in range(3):
        newsroom.place_story(("a",))
        newsroom.let_time_pass(24)
        newsroom.deliver(["failed", "failed"])
    newsroom.place_story(())
    newsroom.send_and_deliver(["sent", "sent"])
    assert [newsroom.readers[who].shown.total() for who in READERS] == [3, 4]
    newsroom.teardown()


TestNewsroom = Newsroom.TestCase
TestNewsroom.settings = hypothesis_settings(max_examples=examples(25), stateful_step_count=30)
