"""rematch: the rules changed | match every stored item again | place it where it belongs now.

What an item newly matches is placed with its age, so that feeds get it with its true date and mail gets nothing older
than one period. Runs by itself before the first reading with new rules; killed half-way, it begins again and finds
what it did already done.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from digest.config.settings import Settings
from digest.model.item import Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.model.topic import Rule, Term
from digest.pipelines.save import Desk, follow_topics, placed_topics
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store.engine import Connection
from digest.store.meta import load_fact, save_fact

RULES = "topics.rules"
"""The fact that remembers with which rules the stored items were matched."""

BATCH = 2_000
"""Items matched and saved in one transaction."""


def rematch(desk: Desk, now: datetime) -> int:
    """Match the stored items again if the rules are not those of last time; return how many moved."""
    rules = _rules(desk.settings)
    with desk.store.write() as connection:
        before = load_fact(connection, RULES)
        if before is None:
            save_fact(connection, RULES, rules)
    if before in (None, rules):
        return 0
    moved, last = 0, 0
    while True:
        with desk.store.append() as connection:
            batch = item_rows.load_after(connection, last, BATCH)
            if not batch:
                save_fact(connection, RULES, rules)
                return moved
            placed = log_rows.topics_by_item(connection, [item.id for item in batch])
            rows = [
                row for item in batch for row in _rematch_item(desk, connection, item, placed.get(item.id, ()), now)
            ]
            log_rows.append_placements(connection, rows, now)
            moved += len({row.item_id for row in rows})
            last = batch[-1].id


def _rematch_item(
    desk: Desk, connection: Connection, item: Item, before: Sequence[str], now: datetime
) -> list[Placement]:
    match = desk.matcher.match(item.title, item.summary, item.kind)
    fresh = replace(item, topics=match.topics, regions=match.regions)
    if fresh != item:
        item_rows.save_match(connection, item.id, match.topics, match.regions)
    after = placed_topics(desk.settings, fresh)
    if item.status is not ItemStatus.LIVE or set(before) == set(after):
        return []
    today = now.astimezone(ZoneInfo(desk.settings.site.timezone)).date()
    # What was there before us stays so: of the undated among it the day on which they stand tells nothing.
    age = max(0, (today - item.published_on).days, log_rows.load_backlog(connection, item.id))
    return follow_topics(item.id, before, after, Action.REVISED, age)


def _rules(settings: Settings) -> str:
    """Return a hash of all that decides where an item is placed; lines of config.yaml do not count."""
    shapes = [[(one.id, _terms(one.rule)) for one in group] for group in (settings.topics, settings.regions)]
    kinds = [(kind.id, kind.label) for kind in settings.kinds]
    return hashlib.sha256(repr((shapes, kinds)).encode()).hexdigest()[:16]


def _terms(rule: Rule) -> list[object]:
    """Return what a rule says, without the lines where it stands."""
    values = (getattr(rule, field.name) for field in fields(rule))
    return [tuple(part.text if isinstance(part, Term) else part for part in value) for value in values]
