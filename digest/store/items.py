"""Items and their revisions."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from digest.model.item import HIDDEN, Image, Item, ItemStatus
from digest.store.meta import in_chunks
from digest.store.tables import IS_HELD, item, item_topic, revision

FETCHED = 500
"""Rows that are in memory at once while all items are walked through."""

_FIELDS = tuple(Item.__dataclass_fields__)
_COLUMNS = tuple(item.c[name] for name in _FIELDS)


def load_by_keys(connection: Connection, source: str, keys: Collection[str]) -> dict[str, tuple[Item, str]]:
    """Return the items of a source that have these keys, each with its content hash."""
    found: dict[str, tuple[Item, str]] = {}
    for chunk in in_chunks(sorted(keys)):
        rows = connection.execute(
            select(*_COLUMNS, item.c.content_hash).where(item.c.source == source, item.c.key.in_(chunk))
        )
        found.update((row.key, (_to_item(row), row.content_hash)) for row in rows)
    return found


def load_hashes(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Return the content hashes of items by id."""
    found: dict[int, str] = {}
    for chunk in in_chunks(sorted(ids)):
        query = select(item.c.id, item.c.content_hash).where(item.c.id.in_(chunk))
        found.update((row.id, row.content_hash) for row in connection.execute(query))
    return found


def find_by_links(connection: Connection, link_keys: Collection[str]) -> list[Item]:
    """Return the items of any source that have one of these link keys, oldest first."""
    found: list[Item] = []
    for chunk in in_chunks(sorted(link_keys)):
        query = select(*_COLUMNS).where(item.c.link_key.in_(chunk)).order_by(item.c.id)
        found += [_to_item(row) for row in connection.execute(query)]
    return found


def find_by_titles(connection: Connection, title_keys: Collection[str], after: date, before: date) -> list[Item]:
    """Return the items of any source that have one of these title keys and a date in this span, ends included."""
    found: list[Item] = []
    for chunk in in_chunks(sorted(title_keys)):
        query = select(*_COLUMNS).where(item.c.title_key.in_(chunk), item.c.published_on.between(after, before))
        found += [_to_item(row) for row in connection.execute(query.order_by(item.c.id))]
    return found


def find_short_titled(connection: Connection, source: str, dates: Collection[date]) -> list[Item]:
    """Return the items of a source on these dates whose titles have no key, oldest first."""
    found: list[Item] = []
    for chunk in in_chunks(sorted(dates)):
        query = select(*_COLUMNS).where(item.c.source == source, item.c.published_on.in_(chunk))
        found += [_to_item(row) for row in connection.execute(query.where(item.c.title_key.is_(None)))]
    return sorted(found, key=lambda one: one.id)


def save_names(connection: Connection, names: Sequence[tuple[int, str | None, str | None]]) -> None:
    """Record by what items are found again: rows of item id, link key and title key."""
    if names:
        statement = update(item).where(item.c.id == bindparam("row_id"))
        statement = statement.values(link_key=bindparam("new_link"), title_key=bindparam("new_title"))
        rows = [{"row_id": item_id, "new_link": link, "new_title": title} for item_id, link, title in names]
        connection.execute(statement, rows)


def count_since(connection: Connection, source: str, since: date, until: date) -> dict[date, int]:
    """Return how many items of a source were published on each date of a span; those that wait do not count."""
    query = select(item.c.published_on, func.count().label("items")).where(
        item.c.source == source, item.c.published_on.between(since, until), item.c.status != ItemStatus.PENDING
    )
    return {row.published_on: row.items for row in connection.execute(query.group_by(item.c.published_on))}


def count_by_date(connection: Connection, source: str, dates: Collection[date]) -> dict[date, int]:
    """Return how many date-only items of a source are stored for each of these dates."""
    counts: dict[date, int] = {}
    for chunk in in_chunks(sorted(dates)):
        query = (
            select(item.c.published_on, func.count())
            .where(item.c.source == source, item.c.published_on.in_(chunk), item.c.date_only == 1)
            .group_by(item.c.published_on)
        )
        counts.update((on, count) for on, count in connection.execute(query))
    return counts


def insert_items(connection: Connection, items: Sequence[Item], hashes: Sequence[str]) -> list[int]:
    """Insert new items (their `id` is ignored); return their ids in the same order."""
    if not items:
        return []
    rows = [_to_row(one) | {"content_hash": content_hash} for one, content_hash in zip(items, hashes, strict=True)]
    statement = insert(item).returning(item.c.id, sort_by_parameter_order=True)
    ids = [row.id for row in connection.execute(statement, rows)]
    _save_revisions(connection, zip(ids, items, strict=True), "first seen")
    return ids


def save_item(connection: Connection, changed: Item, content_hash: str | None, reason: str, now: datetime) -> None:
    """Overwrite an item by its id; where its revision is a new one, that is kept with the reason."""
    values = _to_row(changed) | ({} if content_hash is None else {"content_hash": content_hash})
    before = connection.execute(select(item.c.revision).where(item.c.id == changed.id)).scalar_one()
    connection.execute(update(item).where(item.c.id == changed.id).values(values))
    if before != changed.revision:
        _save_revisions(connection, [(changed.id, changed)], reason, now)


def save_match(connection: Connection, item_id: int, topics: Sequence[str], regions: Sequence[str]) -> None:
    """Record which topics and regions an item matches now; its words are the same, so there is no revision."""
    values = {"topics": json.dumps(list(topics)), "regions": json.dumps(list(regions))}
    connection.execute(update(item).where(item.c.id == item_id).values(values))


def load_items(connection: Connection, ids: Collection[int]) -> dict[int, Item]:
    """Return items by id."""
    found: dict[int, Item] = {}
    for chunk in in_chunks(sorted(ids)):
        found.update(
            (row.id, _to_item(row)) for row in connection.execute(select(*_COLUMNS).where(item.c.id.in_(chunk)))
        )
    return found


def newest_ids(connection: Connection, topic: str, count: int) -> list[int]:
    """Return the newest items of a topic: news by when it was placed, what was old then by its own date."""
    query = select(item_topic.c.item_id).where(item_topic.c.topic == topic)
    query = query.order_by(item_topic.c.rank.desc(), item_topic.c.seq.desc()).limit(count)
    return list(connection.execute(query).scalars())


def load_newest(connection: Connection, topic: str, count: int) -> list[Item]:
    """Return the newest items of a topic, in the order of `newest_ids`."""
    ids = newest_ids(connection, topic, count)
    found = load_items(connection, ids)
    return [found[item_id] for item_id in ids]


def load_after(connection: Connection, after: int, count: int) -> list[Item]:
    """Return the next items by id, in their order; for going through all of them in steps."""
    query = select(*_COLUMNS).where(item.c.id > after).order_by(item.c.id).limit(count)
    return [_to_item(row) for row in connection.execute(query)]


def load_held(connection: Connection, now: datetime) -> list[Item]:
    """Return the held items that may be shown by `now`, oldest first: embargo lifted, and date no longer ahead.

    Of a date alone its noon does not count where an embargo tells the time; a day ahead is what zones explain.
    """
    lifted = (item.c.embargo_at.is_(None)) | (item.c.embargo_at <= now)
    day_is_come = (item.c.date_only == 1) & item.c.embargo_at.is_not(None)
    day_is_come &= item.c.published_on <= now.astimezone(UTC).date() + timedelta(days=1)
    held = select(*_COLUMNS).where(IS_HELD, lifted, (item.c.published_at <= now) | day_is_come)
    return [_to_item(row) for row in connection.execute(held.order_by(item.c.published_at, item.c.id))]


def each_item(connection: Connection) -> Iterator[Item]:
    """Yield every item that may be shown, newest first: none that is hidden, none that was withdrawn."""
    query = select(*_COLUMNS).where(item.c.status == ItemStatus.LIVE)
    query = query.order_by(item.c.published_at.desc(), item.c.id.desc()).execution_options(yield_per=FETCHED)
    for row in connection.execute(query):
        yield _to_item(row)


def find_items(connection: Connection, words: str, *, hidden: bool = True) -> list[Item]:
    """Return items by entry id or key, else those whose title contains the words; newest first, at most 10.

    Without `hidden`, what is under embargo or waits for approval is not among them. By words of its title nothing is
    found that is under embargo.
    """
    known = select(*_COLUMNS) if hidden else select(*_COLUMNS).where(item.c.status.not_in(HIDDEN))
    exact = known.where((item.c.entry_id == words) | (item.c.key == words))
    rows = connection.execute(exact.order_by(item.c.published_at.desc()).limit(10)).all()
    if not rows:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        open_to_all = item.c.embargo_at.is_(None) | item.c.status.not_in(HIDDEN)
        query = known.where(item.c.title.ilike(pattern, escape="\\"), open_to_all, item.c.status != ItemStatus.HELD)
        rows = connection.execute(query.order_by(item.c.published_at.desc()).limit(10)).all()
    return [_to_item(row) for row in rows]


def count_items(connection: Connection) -> int:
    """Return how many items there are that may be shown, as `each_item` yields them."""
    return connection.execute(select(func.count()).where(item.c.status == ItemStatus.LIVE)).scalar_one()


def load_revisions(connection: Connection, item_id: int) -> list[tuple[int, datetime, str]]:
    """Return number, instant and reason of each revision of an item, oldest first."""
    query = select(revision.c.number, revision.c.at, revision.c.reason).where(revision.c.item_id == item_id)
    return [(row.number, row.at, row.reason) for row in connection.execute(query.order_by(revision.c.number))]


def _save_revisions(connection: Connection, items: Any, reason: str, now: datetime | None = None) -> None:
    rows = [
        {
            "item_id": item_id,
            "number": one.revision,
            "at": now or one.first_seen_at,
            "reason": reason,
            "body": json.dumps({"title": one.title, "summary": one.summary, "kind": one.kind}, ensure_ascii=False),
        }
        for item_id, one in items
    ]
    connection.execute(insert(revision), rows)


def _to_row(one: Item) -> dict[str, Any]:
    names = [column.name for column in item.columns if column.name not in ("id", "content_hash")]
    row: dict[str, Any] = {name: getattr(one, name) for name in names}
    row["truncated"], row["date_only"] = int(one.truncated), int(one.date_only)
    row["image"] = json.dumps(asdict(one.image), ensure_ascii=False) if one.image else None
    row["topics"], row["regions"] = json.dumps(list(one.topics)), json.dumps(list(one.regions))
    row["pinned"] = json.dumps(list(one.pinned))
    return row


def _to_item(row: Sequence[Any]) -> Item:
    """Return the item of a row whose first columns are `_COLUMNS`."""
    fields: dict[str, Any] = dict(zip(_FIELDS, row, strict=False))
    fields["truncated"], fields["date_only"] = bool(fields["truncated"]), bool(fields["date_only"])
    fields["image"] = Image(**json.loads(fields["image"])) if fields["image"] else None
    fields["topics"], fields["regions"] = tuple(json.loads(fields["topics"])), tuple(json.loads(fields["regions"]))
    fields["pinned"] = tuple(json.loads(fields["pinned"]))
    fields["status"] = ItemStatus(fields["status"])
    return Item(**fields)
