"""A list: a mailing that people subscribe to (RFC 2919), and when it goes out."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from digest.model.topic import ALL


class Cadence(StrEnum):
    """How often somebody is mailed; `IMMEDIATE` whenever there is something new."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"

    @property
    def period_days(self) -> int:
        """Days that one period spans; nothing older is mailed from a source's first reading."""
        return {"immediate": 1, "daily": 1, "weekdays": 3, "weekly": 7}[self.value]


class CatchUp(StrEnum):
    """What happens to slots missed while the machine slept: one edition for all, one each, or none until the next."""

    MERGE = "merge"
    EACH = "each"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a list goes out: `at` is local wall time; `weekday` counts from Monday = 0 and matters when weekly."""

    cadence: Cadence
    at: time
    weekday: int = 0


SUBSCRIBER_ZONE = "subscriber"
"""The `timezone` of a list that goes out at each subscriber's own local time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingList:
    """A list as config.yaml defines it. `topics` are what it offers, `("all",)` for everything; `timezone` is an
    IANA name or `subscriber`; `sender` and `reply_to` are RFC 5322 mailboxes, `Name <a@b>` or `a@b`."""

    id: str
    title: str
    schedule: Schedule
    timezone: str
    sender: str
    reply_to: str
    description: str = ""
    topics: tuple[str, ...] = (ALL,)
    catch_up: CatchUp = CatchUp.MERGE
    language: str = "en"
    line: int = 0
