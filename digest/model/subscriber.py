"""Subscribers, their subscriptions, and which topics they chose from which place in the log."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from digest.model.mailing import Cadence

OFFER = "*"
"""The choice of a subscriber who takes whatever the list offers."""


class SubscriberStatus(StrEnum):
    """Of an address, whatever its lists: only an active one is ever mailed."""

    ACTIVE = "active"
    PENDING = "pending"
    SUPPRESSED = "suppressed"


class SubscriptionStatus(StrEnum):
    """Of the tie to one list; a paused one keeps its mark and loses nothing."""

    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Format(StrEnum):
    """What a subscriber wants: HTML with its text part, or text alone."""

    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic chosen for the placements with `after < seq <= until`; `until` None while it is still chosen.

    Choices are intervals so that "was this shown to you?" stays exact when somebody drops a topic and takes it up
    again. Whatever changes at seq n touches only placements after n: what was chosen up to n stays so.
    """

    topic: str
    after: int = 0
    until: int | None = None

    def covers(self, seq: int) -> bool:
        """Whether a placement with this seq fell while the topic was chosen."""
        return self.after < seq and (self.until is None or seq <= self.until)


def change_choices(choices: tuple[Choice, ...], topics: Collection[str], seq: int) -> tuple[Choice, ...]:
    """Return the choices after somebody takes exactly these topics while the log stands at `seq`.

    What is dropped stays chosen up to `seq`; what is taken up begins after it. Nothing before `seq` changes.
    """
    kept = [
        choice if choice.until is not None or choice.topic in topics else _closed(choice, seq) for choice in choices
    ]
    still_open = {choice.topic for choice in kept if choice and choice.until is None}
    taken_up = [Choice(topic, seq) for topic in dict.fromkeys(topics) if topic not in still_open]
    return tuple(sorted([choice for choice in kept if choice] + taken_up, key=_order))


def close_choices(choices: tuple[Choice, ...], mark: int) -> tuple[Choice, ...]:
    """Return the choices after somebody leaves, having been handed everything up to `mark` and nothing beyond."""
    return tuple(sorted((c for c in (_closed(choice, mark) for choice in choices) if c), key=_order))


def skip_seqs(choices: tuple[Choice, ...], first: int, last: int) -> tuple[Choice, ...]:
    """Return the choices as if nothing had been chosen for the placements from `first` to `last`, both included."""
    parts = [part for choice in choices for part in _split(choice, first, last)]
    return tuple(sorted(parts, key=_order))


def _split(choice: Choice, first: int, last: int) -> list[Choice]:
    before = _closed(choice, first - 1)
    after = Choice(choice.topic, max(choice.after, last), choice.until)
    parts = [before] if before else []
    return [*parts, after] if after.until is None or after.after < after.until else parts


def _closed(choice: Choice, seq: int) -> Choice | None:
    until = seq if choice.until is None else min(seq, choice.until)
    return Choice(choice.topic, choice.after, until) if until > choice.after else None


def _order(choice: Choice) -> tuple[str, int]:
    return choice.topic, choice.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The tie of one address to one list. `mark` is the highest seq this person has been handed."""

    id: int
    subscriber_id: int
    list_id: str
    address: str
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    cadence: Cadence = Cadence.DAILY
    timezone: str = "UTC"
    language: str = "en"
    format: Format = Format.HTML
    mark: int = 0
    choices: tuple[Choice, ...] = ()
