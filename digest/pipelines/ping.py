"""ping: feeds that changed and the hub has not heard of | tell it of each address | told: forget that it is owed.

WebSub (W3C Recommendation, 23 January 2018) §7 leaves it to publisher and hub how; all public hubs take a form with
`hub.mode=publish` and one `hub.url`. The hub then fetches the feed itself and hands it to whoever subscribed.
What it was not told stays owed, so that a hub that is down, or a kill, costs nothing but time.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config.settings import Settings
from digest.errors import StoreError
from digest.feeds.spec import atom_url, json_url
from digest.sources.fetch import Answered, Client, FetchFailed
from digest.store import feeds as feed_rows
from digest.store.engine import Store
from digest.store.meta import load_fact, save_fact

MOST_FEEDS = 100
"""Feeds of one run, each with two addresses; the others are told in the next."""

BUDGET_S = 30.0
"""Seconds for one run: readings wait for its end."""

DEADLINE_S = 10.0
"""Seconds for one answer: a hub has only to note an address."""

PAUSE = timedelta(minutes=1)
"""What a hub is left alone for after its second failure in a row, twice as long after each further one. A first one may
be a moment's, and is tried again as soon as somebody asks."""

LONGEST_PAUSE = timedelta(hours=1)
"""No pause is longer, whatever the hub asks for (Retry-After): its readers wait for news."""

PAUSED = "feeds.hub_pause"
"""The fact that remembers which hub failed how often in a row, and until when it is left alone."""

_AT_ONCE = 4
_BUSY = (408, 429)


@dataclass(frozen=True, slots=True)
class Pinged:
    """How many feeds the hub was told of, how many are still owed to it, and why, in words for an operator."""

    told: int = 0
    owed: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Pause:
    """How often in a row the hub failed, and until when it is left alone."""

    failures: int
    until: datetime

    def after(self, failed: FetchFailed | None, now: datetime) -> "_Pause":
        """Return the pause after a run that failed so."""
        if failed is None:
            return _Pause(0, now)
        own = PAUSE * 2 ** min(self.failures - 1, 10) if self.failures else timedelta()
        asked = timedelta(seconds=failed.retry_after_s or 0)
        return _Pause(self.failures + 1, now + min(max(own, asked), LONGEST_PAUSE))


@dataclass(slots=True)
class _Round:
    """One run: the feeds still to tell of, how many the hub heard of, and how it failed first."""

    settings: Settings
    store: Store
    client: Client
    hub: str
    ticket: int
    waiting: list[str]
    told: int = 0
    failed: FetchFailed | None = None
    down: bool = False

    async def work(self) -> None:
        while self.waiting and not self.down:
            name = self.waiting.pop(0)
            failed = await self._tell(name) or await asyncio.to_thread(self._settle, name)
            if failed is None:
                self.told += 1
                continue
            self.failed = self.failed or failed
            # Of other refusals each is about its own address; these are about the hub, and the next would meet them.
            self.down = self.down or not 400 <= (failed.status or 0) < 500 or failed.status in _BUSY

    async def _tell(self, name: str) -> FetchFailed | None:
        for url in (atom_url(name, self.settings.site), json_url(name, self.settings.site)):
            form = {"hub.mode": "publish", "hub.url": url}
            # The operator wrote the hub's address, which may be on their own network; no redirect leads from there.
            answer = await self.client.post(self.hub, form, allow_private=True)
            if not isinstance(answer, Answered):
                return answer
        return None

    def _settle(self, name: str) -> FetchFailed | None:
        try:
            with self.store.write() as connection:
                feed_rows.clear_unpinged(connection, name, self.ticket)
        except StoreError as error:
            return FetchFailed(reason=f"it was, but that could not be noted: {error}")
        return None


async def ping_hub(settings: Settings, store: Store, now: datetime, *, budget_s: float = BUDGET_S) -> Pinged:
    """Tell the hub of every feed that changed since it was told last; without a hub, do nothing.

    A feed that changes again in the meantime stays owed. A failure is a value, and what is owed is told by the next
    run, or after the pause. Raises: StoreError.
    """
    hub = settings.feeds.hub
    if hub is None:
        return Pinged()
    # Distinct from what marks a change (1), so that a change in the meantime is seen.
    ticket = 2 + secrets.randbelow(2**31 - 2)
    names, pause = await asyncio.to_thread(_take, store, hub, ticket, now)
    if not names:
        return Pinged()
    if pause.until > now:
        return Pinged(owed=len(names), problem=f"the hub {hub} failed and is left alone until {pause.until:%H:%M} UTC")
    async with Client(settings.site.contact, per_host=_AT_ONCE, deadline_s=DEADLINE_S) as client:
        run = _Round(settings, store, client, hub, ticket, names[:MOST_FEEDS])
        try:
            async with asyncio.timeout(budget_s), asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(run.work())
        except TimeoutError:
            run.failed = run.failed or FetchFailed(reason=f"not within {budget_s:g} s")
    if run.failed or pause.failures:
        await asyncio.to_thread(_save_pause, store, hub, pause.after(run.failed, now))
    problem = f"the hub {hub} was not told: {run.failed.reason}" if run.failed else None
    return Pinged(run.told, len(names) - run.told, problem)


def _take(store: Store, hub: str, ticket: int, now: datetime) -> tuple[list[str], _Pause]:
    """Return the names of the feeds that are owed, marked as being told of, and the pause of the hub.

    A store that owes nothing is only read.
    """
    with store.read() as connection:
        names = feed_rows.load_unpinged(connection)
        pause = _load_pause(load_fact(connection, PAUSED), hub, now)
    if names and pause.until <= now:
        with store.write() as connection:
            feed_rows.take_unpinged(connection, names[:MOST_FEEDS], ticket)
    return names, pause


def _load_pause(fact: str | None, hub: str, now: datetime) -> _Pause:
    known, *rest = (fact or "").split(" ")
    if known != hub or len(rest) != 2:
        return _Pause(0, now)
    return _Pause(int(rest[0]), datetime.fromisoformat(rest[1]))


def _save_pause(store: Store, hub: str, pause: _Pause) -> None:
    with store.write() as connection:
        save_fact(connection, PAUSED, f"{hub} {pause.failures} {pause.until.isoformat()}")
