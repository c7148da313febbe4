"""vanish: items that a whole reading no longer lists | ask a few of their own pages | gone twice: withdraw.

Gone from a listing is not gone: it scrolled off. Asked is only for what is newer than the oldest item still listed,
and an item in doubt stays: a page has to be gone twice, an hour apart, while another page of the site is there.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.config.settings import SourceSettings
from digest.errors import UsageError
from digest.items.dates import real_date
from digest.items.identity import canonical_link, link_key
from digest.model.item import Item, ItemStatus, ParsedItem
from digest.model.source import GONE, Asked, Known
from digest.pipelines.desk import Desk
from digest.pipelines.edit import withdraw
from digest.sources.fetch import FetchFailed
from digest.sources.reading import Reader, SourceReading
from digest.store import gone as gone_rows
from digest.store import items as item_rows

MOST_ASKED = 5
"""Own pages that are asked after one reading."""

MOST_SHARE = 4
"""Where more than one in four of as many items as are listed is missing, the listing shows something else now."""

AGAIN_AFTER = timedelta(hours=1)
"""A page that was gone is asked a second time no sooner."""

THERE_FOR = timedelta(days=1)
"""A page that was there is not asked again sooner."""

MOST_LOOKED = 100
"""Newest items of a source among which those in doubt are looked for."""

OK = 200


class Verdict(StrEnum):
    """What becomes of an item whose page was asked."""

    LEAVE = "leave"
    REMEMBER = "remember"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class GoneDecision:
    """What the answer of an item's own page means, the reason in words, and what to keep of it."""

    verdict: Verdict
    reason: str
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What one listing leaves in doubt: items to ask for, and one that it lists, whose page has to be there."""

    missing: Sequence[tuple[Known, Asked | None]] = ()
    listed: Known | None = None


def decide_gone(status: int | None, before: Asked | None, now: datetime) -> GoneDecision:
    """Decide by what an item's page answers now (None: nothing) and what it answered before."""
    seen = before is not None and before.status in GONE
    if status not in GONE:
        # In doubt it stays, and so does the doubt; but nobody is asked twice within the hour.
        kept = before.status if before and seen and status != OK else status or 0
        return GoneDecision(Verdict.REMEMBER, "not gone, as far as can be told", Asked(kept, now))
    if before is None or not seen:
        return GoneDecision(Verdict.REMEMBER, f"its page is gone ({status}): asked again later", Asked(status, now))
    if now - before.at < AGAIN_AFTER:
        return GoneDecision(Verdict.LEAVE, "its page is gone, and was so a moment ago")
    return GoneDecision(Verdict.WITHDRAW, f"its page is gone ({status})")


async def check_vanished(
    desk: Desk, reader: Reader, source: SourceSettings, reading: SourceReading, listed: Collection[int], now: datetime
) -> list[Item]:
    """Ask for items that a reading, saved before, no longer lists; return those that are withdrawn now.

    `listed` are the ids of the stored items that it does list, under whatever name.
    """
    if reading.not_modified or not reading.parsed.complete or not reading.parsed.items or source.url is None:
        return []
    doubt = await asyncio.to_thread(_find_doubt, desk, source, reading.parsed.items, listed, now)
    return await _settle(desk, reader, source, doubt, now)


async def check_again(desk: Desk, reader: Reader, only: Collection[str], now: datetime) -> list[Item]:
    """Ask a second time for items whose page was gone, once in a run; return those that are withdrawn now.

    Their sources may answer "not modified" for weeks: what they do not list, they do not list then either.
    """
    doubtful = await asyncio.to_thread(_find_doubtful, desk, only, now)
    settled = await asyncio.gather(*(_settle(desk, reader, source, doubt, now) for source, doubt in doubtful))
    return [item for items in settled for item in items]


def _find_doubt(
    desk: Desk, source: SourceSettings, parsed: Sequence[ParsedItem], listed: Collection[int], now: datetime
) -> _Doubt:
    oldest_on = _oldest_on(parsed, ZoneInfo(source.timezone))
    if oldest_on is None:
        return _Doubt()
    most = max(MOST_ASKED, len(parsed) // MOST_SHARE)
    with desk.store.read() as connection:
        recent = gone_rows.load_recent(connection, source.id, oldest_on, len(parsed) + most + 1)
        asked = gone_rows.load_asked(connection, source.id)
    missing = [one for one in recent if one.id not in listed and _is_own(one, source)]
    if len(missing) > most:
        missing = []
    settled = asked.keys() - {one.id for one in missing}
    if settled:
        with desk.store.write() as connection:
            gone_rows.forget_asked(connection, settled)
    there = next((one for one in recent if one.id in listed and _is_own(one, source)), None)
    return _Doubt(_order_due(missing, asked, now), there)


def _oldest_on(parsed: Sequence[ParsedItem], zone: ZoneInfo) -> date | None:
    dates = (real_date(one.published) for one in parsed)
    days = (one.astimezone(zone).date() if isinstance(one, datetime) else one for one in dates if one)
    return min(days, default=None)


def _is_own(known: Known, source: SourceSettings) -> bool:
    """Tell whether an item's page is on its source's own site: nothing else is asked that a listing names."""
    if link_key(known.link) != known.link_key:
        return False  # an editor's link
    ours, theirs = urlsplit(canonical_link(source.url or "")), urlsplit(canonical_link(known.link))
    return bool(ours.netloc) and ours.netloc == theirs.netloc


def _order_due(
    missing: Sequence[Known], asked: dict[int, Asked], now: datetime
) -> Sequence[tuple[Known, Asked | None]]:
    """Return what is to be asked now: what was gone, what was never asked, then what was asked the longest ago."""
    pairs = [(one, asked.get(one.id)) for one in missing]
    due = [(one, before) for one, before in pairs if before is None or now - before.at >= _pause(before)]
    return sorted(due, key=_urgency)[:MOST_ASKED]


def _urgency(pair: tuple[Known, Asked | None]) -> tuple[bool, float]:
    before = pair[1]
    return (before is None or before.status not in GONE, before.at.timestamp() if before else 0.0)


def _pause(before: Asked) -> timedelta:
    return AGAIN_AFTER if before.status in GONE else THERE_FOR


def _find_doubtful(desk: Desk, only: Collection[str], now: datetime) -> list[tuple[SourceSettings, _Doubt]]:
    with desk.store.read() as connection:
        asked = gone_rows.load_doubtful(connection, now - AGAIN_AFTER)
        stored = item_rows.load_items(connection, asked).values()
        wanted = {one.source for one in stored if one.status is ItemStatus.LIVE and (not only or one.source in only)}
        sources = [one for one in desk.settings.sources if one.id in wanted]
        recent = {one.id: gone_rows.load_recent(connection, one.id, date.min, MOST_LOOKED) for one in sources}
    return [(one, _doubt_again(one, recent[one.id], asked)) for one in sources]


def _doubt_again(source: SourceSettings, recent: Sequence[Known], asked: dict[int, Asked]) -> _Doubt:
    own = [one for one in recent if _is_own(one, source)]
    missing = [(one, asked[one.id]) for one in own if one.id in asked]
    return _Doubt(missing[:MOST_ASKED], next((one for one in own if one.id not in asked), None))


async def _settle(desk: Desk, reader: Reader, source: SourceSettings, doubt: _Doubt, now: datetime) -> list[Item]:
    """Ask the pages one after the other, keep what they say, and withdraw what is gone for the second time."""
    withdrawn: list[Item] = []
    there: bool | None = None
    for known, before in doubt.missing:
        status = await _ask(reader, source, known.link)
        decision = decide_gone(status, before, now)
        if decision.verdict is Verdict.WITHDRAW and there is None:
            there = doubt.listed is not None and await _ask(reader, source, doubt.listed.link) == OK
        if decision.verdict is Verdict.WITHDRAW and there:
            withdrawn += await asyncio.to_thread(_withdraw, desk, known, decision.reason, now)
        elif decision.verdict is not Verdict.LEAVE:
            asked = decision.asked or Asked(status or 0, now)
            await asyncio.to_thread(_remember, desk, known, asked)
    return withdrawn


async def _ask(reader: Reader, source: SourceSettings, url: str) -> int | None:
    """Return the status of a page, None where there is no answer or programs are asked to keep away."""
    private = source.allow_private
    if source.obey_robots and not await reader.robots.allows(url, allow_private=private):
        return None
    outcome = await reader.client.fetch(url, allow_private=private)
    return outcome.status if isinstance(outcome, FetchFailed) else OK


def _remember(desk: Desk, known: Known, asked: Asked) -> None:
    with desk.store.write() as connection:
        gone_rows.save_asked(connection, known.id, asked)


def _withdraw(desk: Desk, known: Known, reason: str, now: datetime) -> list[Item]:
    with desk.store.write() as connection:
        gone_rows.forget_asked(connection, [known.id])
        item = item_rows.load_items(connection, [known.id])[known.id]
    try:
        return [withdraw(desk.store, item, f"{reason[0].upper()}{reason[1:]}.", now)]
    except UsageError:
        # An editor was quicker.
        return []
