"""Whatever happens in whatever order: nobody is shown an item twice, nobody misses one.

The oracle is naive. It knows nothing of marks and intervals: it writes down which rows came while somebody had chosen
their topic, and what stood in each digest that they were really handed.
"""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digest.editions.select import effective_choices, group_by_item, select
from digest.model.delivery import OPEN_STATES, DeliveryState
from digest.model.edition import Selected, Selection
from digest.model.placement import Action, Placement
from digest.model.subscriber import OFFER, Choice, change_choices, close_choices
from digest.model.topic import ALL
from tests.examples import examples

TOPICS = ("a", "b")
PERIOD_DAYS = 1
SENT, FAILED, QUEUED, IN_DOUBT = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.QUEUED,
    DeliveryState.IN_DOUBT,
)

topics = st.sampled_from([("a",), ("b",), TOPICS])
picks = st.integers(0, 3)


@dataclass
class Digest:
    """One edition to the reader: up to where it goes, what it shows, and what became of it."""

    to_seq: int
    content: Selection
    state: DeliveryState = QUEUED
    settled: bool = False

    @property
    def handed(self) -> bool:
        """Whether it counts as shown: accepted, or given up on in doubt."""
        return self.state is SENT or self.settled

    @property
    def entries(self) -> tuple[Selected, ...]:
        return (*self.content.new, *self.content.corrected, *self.content.withdrawn)


class Newsroom(RuleBasedStateMachine):
    """One list, one reader (nothing ties two of them together), and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Placement] = []
        self.items = 0
        # What the store keeps.
        self.active, self.paused, self.mark = True, False, 0
        self.choices: tuple[Choice, ...] = ()
        self.offered: tuple[Choice, ...] = ()
        self.digests: list[Digest] = []
        # What the oracle writes down: today's set of topics, the rows that reached the reader, since when they are
        # here, and what was in doubt when they left.
        self.wants: tuple[str, ...] = ()
        self.offer: tuple[str, ...] = ()
        self.reached: dict[int, list[Placement]] = {}
        self.since = 0
        self.waived: set[int] = set()

    @initialize(offer=st.just((ALL,)) | topics, wish=st.just((OFFER,)) | topics)
    def open_list(self, offer: tuple[str, ...], wish: tuple[str, ...]) -> None:
        self.offer, self.offered = offer, change_choices((), offer, 0)
        self.wants, self.choices = wish, change_choices((), wish, 0)

    @property
    def seq(self) -> int:
        """The end of the log."""
        return len(self.log)

    def under_way(self, *states: DeliveryState) -> list[Digest]:
        return [one for one in self.digests if one.state in states and not one.settled]

    def append(self, topic: str, item_id: int, action: Action, backlog_days: int = 0) -> None:
        row = Placement(self.seq + 1, topic, item_id, action, backlog_days)
        self.log.append(row)
        by_offer = OFFER in self.wants and topic in self.offer
        by_name = topic in self.wants and (topic in self.offer or ALL in self.offer)
        if self.active and action is Action.PLACED and backlog_days <= PERIOD_DAYS and (by_offer or by_name):
            self.reached.setdefault(item_id, []).append(row)

    def stands_in(self, item_id: int) -> list[str]:
        """Return the topics of an item today."""
        last = {row.topic: row.action for row in self.log if row.item_id == item_id}
        return [topic for topic, action in last.items() if action is not Action.REMOVED]

    def gone(self, to_seq: int) -> dict[int, int]:
        """Return where each item that was withdrawn up to a seq was so first."""
        rows = [row for row in reversed(self.log[:to_seq]) if row.action is Action.WITHDRAWN]
        return {row.item_id: row.seq for row in rows}

    def pick(self, pick: int) -> int | None:
        """Return one of the latest items that are not withdrawn."""
        live = [item_id for item_id in range(self.items, 0, -1) if item_id not in self.gone(self.seq)]
        return live[pick % len(live)] if live else None

    # The newsroom

    @rule(named=st.sampled_from([(), ("a",), ("b",), TOPICS]), backlog=st.sampled_from([0, 0, 0, 1, 2]))
    def place_item(self, named: tuple[str, ...], backlog: int) -> None:
        self.items += 1
        for topic in (ALL, *named):
            self.append(topic, self.items, Action.PLACED, backlog)

    @rule(pick=picks, topic=st.sampled_from(TOPICS), backlog=st.sampled_from([0, 0, 0, 2]))
    def move_item(self, pick: int, topic: str, backlog: int) -> None:
        """Place an item in one more topic, or take it out of one it stands in."""
        item_id = self.pick(pick)
        if item_id is not None:
            action = Action.REMOVED if topic in self.stands_in(item_id) else Action.PLACED
            self.append(topic, item_id, action, 0 if action is Action.REMOVED else backlog)

    @rule(
        pick=picks,
        action=st.sampled_from([Action.CORRECTED, Action.CORRECTED, Action.REVISED, Action.WITHDRAWN]),
    )
    def change_item(self, pick: int, action: Action) -> None:
        item_id = self.pick(pick)
        for topic in self.stands_in(item_id) if item_id is not None else ():
            self.append(topic, item_id, action)

    @rule(offer=st.just((ALL,)) | topics)
    def change_offer(self, offer: tuple[str, ...]) -> None:
        self.offer, self.offered = offer, change_choices(self.offered, offer, self.seq)

    # The reader

    @rule(wish=st.just((OFFER,)) | topics)
    def subscribe_or_change(self, wish: tuple[str, ...]) -> None:
        if not self.active:
            handed = max([self.mark, *(one.to_seq for one in self.under_way(IN_DOUBT))])
            self.choices = close_choices(self.choices, handed)
            # Who comes back begins anew: what changed while they were away is not told.
            self.mark = self.since = self.seq
        self.choices = change_choices(self.choices, wish, self.seq)
        self.active, self.paused, self.wants = True, False, wish

    @rule()
    def leave(self) -> None:
        self.active = False
        for one in self.under_way(*OPEN_STATES):
            one.state = DeliveryState.SUPPRESSED
        # What was not shown yet is no longer owed; what is in doubt may have been seen.
        maybe = {entry.item_id for one in self.under_way(IN_DOUBT) for entry in one.content.new}
        self.reached = {one: rows for one, rows in self.reached.items() if one in self.known_at().keys() | maybe}
        self.waived |= maybe

    @rule()
    def pause_or_resume(self) -> None:
        self.paused = not self.paused

    # The editions

    @rule(lag=st.sampled_from([0, 0, 0, 1, 3]), furthest_back=st.booleans())
    def assemble(self, lag: int, furthest_back: bool = True) -> None:
        """Assemble an edition; the log that is read reaches as far back as the mark of whoever lies furthest back."""
        to_seq = max(0, self.seq - lag)
        after = 0 if furthest_back else self.mark
        if not self.active or self.paused or self.under_way(IN_DOUBT):
            return
        inside = {row.item_id for row in self.log if after < row.seq <= to_seq}
        log = group_by_item(row for row in reversed(self.log) if row.item_id in inside)
        choices = effective_choices(self.choices, self.offered)
        content = select(log, self.mark, to_seq, choices, backlog_days=PERIOD_DAYS)
        self.check(to_seq, content)
        if content:
            for one in self.under_way(*OPEN_STATES):
                one.state = DeliveryState.EXPIRED
            self.digests.append(Digest(to_seq, content))

    @rule()
    def assemble_and_send(self) -> None:
        """Do what most days do."""
        self.assemble(0)
        if self.active and not self.paused:
            for one in self.under_way(*OPEN_STATES):
                self.hand_over(one, SENT)

    @precondition(lambda self: self.under_way(*OPEN_STATES))
    @rule(state=st.sampled_from([FAILED, DeliveryState.EXPIRED, IN_DOUBT, IN_DOUBT]))
    def try_to_send(self, state: DeliveryState) -> None:
        stopped = state is IN_DOUBT and (not self.active or self.paused)
        self.under_way(*OPEN_STATES)[0].state = DeliveryState.SUPPRESSED if stopped else state

    @precondition(lambda self: self.under_way(IN_DOUBT))
    @rule(answer=st.sampled_from([SENT, QUEUED, FAILED, None]))
    def end_doubt(self, answer: DeliveryState | None) -> None:
        self.hand_over(self.under_way(IN_DOUBT)[0], answer)

    def hand_over(self, one: Digest, answer: DeliveryState | None) -> None:
        """Take the answer, or None for giving up on one."""
        one.state, one.settled = answer or one.state, answer is None
        if one.handed:
            self.mark = max(self.mark, one.to_seq)

    # The oracle

    def known_at(self) -> dict[int, int]:
        """Return up to which seq the reader knows of each item that they were handed."""
        known: dict[int, int] = {}
        for one in self.digests:
            for entry in one.entries if one.handed else ():
                known[entry.item_id] = max(known.get(entry.item_id, self.since), one.to_seq)
        return known

    def check(self, to_seq: int, content: Selection) -> None:
        """Compare what was selected with what the reader needs to be shown."""
        known, gone = self.known_at(), self.gone(to_seq)
        unknown = self.waived - known.keys()
        fixed = {row.item_id: row.seq for row in self.log[:to_seq] if row.action is Action.CORRECTED}
        told = {item_id: at for item_id, at in known.items() if at < gone.get(item_id, to_seq + 1)}
        reached = {item_id for item_id, rows in self.reached.items() if rows[0].seq <= to_seq}
        new, corrected, withdrawn = (
            {entry.item_id: entry.seq for entry in part if entry.item_id not in unknown}
            for part in (content.new, content.corrected, content.withdrawn)
        )
        assert new.keys() == reached - known.keys() - gone.keys() - unknown
        live = told.keys() - gone.keys()
        assert corrected == {one: fixed[one] for one in live if told[one] < fixed.get(one, 0)}
        assert withdrawn == {one: gone[one] for one in told.keys() & gone.keys()}
        assert [entry.seq for entry in content.new] == sorted((entry.seq for entry in content.new), reverse=True)
        for entry in (*content.new, *content.corrected, *content.withdrawn):
            assert entry.topics == self.labels(entry.item_id, to_seq)

    def labels(self, item_id: int, to_seq: int) -> tuple[str, ...]:
        rows = [row for row in self.reached[item_id] if row.seq <= to_seq]
        if any(row.topic == ALL for row in rows):
            rows = [row for row in self.log[:to_seq] if row.item_id == item_id and row.action is Action.PLACED]
        return tuple(sorted({row.topic for row in rows} - {ALL}))

    @invariant()
    def nothing_is_shown_twice(self) -> None:
        shown = [entry.item_id for one in self.digests if one.handed for entry in one.content.new]
        assert len(shown) == len(set(shown))

    @invariant()
    def at_most_one_digest_is_under_way(self) -> None:
        assert len(self.under_way(*OPEN_STATES, IN_DOUBT)) <= 1

    def teardown(self) -> None:
        """Send a last edition: then the reader has been shown every item that reached them."""
        for one in self.under_way(IN_DOUBT):
            self.hand_over(one, None)
        self.paused = False
        self.assemble_and_send()
        if self.active:
            assert self.reached.keys() - self.gone(self.seq).keys() - self.waived <= self.known_at().keys()
        self.nothing_is_shown_twice()


def open_newsroom() -> Newsroom:
    newsroom = Newsroom()
    newsroom.open_list((ALL,), ("a", "b"))
    newsroom.place_item((), 0)
    return newsroom


def test_f55_who_left_in_doubt_and_came_back_is_not_shown_the_item_again() -> None:
    """An item in doubt when somebody leaves was perhaps read: in one more topic it is not new to who came back."""
    newsroom = open_newsroom()
    newsroom.place_item(("a",), 0)
    newsroom.assemble(0)
    newsroom.try_to_send(IN_DOUBT)
    newsroom.leave()
    newsroom.subscribe_or_change(("a", "b"))
    newsroom.end_doubt(SENT)
    newsroom.move_item(0, "b", 0)
    newsroom.teardown()


def test_what_came_in_a_dropped_topic_before_somebody_left_was_not_shown() -> None:
    """An item placed in a topic after it was dropped is new to who left and came back, in another topic."""
    newsroom = open_newsroom()
    newsroom.subscribe_or_change(("b",))
    newsroom.place_item(("a",), 0)
    newsroom.place_item(("b",), 0)
    newsroom.assemble_and_send()
    newsroom.leave()
    newsroom.subscribe_or_change(("b",))
    newsroom.move_item(1, "b", 0)
    newsroom.teardown()


TestNewsroom = Newsroom.TestCase
TestNewsroom.settings = settings(max_examples=examples(400), stateful_step_count=40)
