"""edit: an editor corrects, withdraws or rewrites an item; its feeds and the people who were sent it are told.

load it anew | check | change | match topics again | item + placements, in one transaction
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from digest.errors import UsageError
from digest.items.clean import clean_link, clean_text
from digest.items.dates import place_in_time
from digest.model.item import HIDDEN, Item, ItemStatus
from digest.model.placement import Action, Placement
from digest.pipelines.desk import Desk
from digest.pipelines.kinds import find_kind
from digest.pipelines.place import follow_topics, placed_topics
from digest.store import items as item_rows
from digest.store import placements as log_rows
from digest.store import sources as source_rows
from digest.store.engine import Connection, Store
from digest.store.recalls import was_placed

FIELDS = ("title", "summary", "kind", "author", "date", "link")
"""What an editor may write; `date` is the day of publication."""

_PINS = {"date": ("published_on",), "summary": ("summary", "truncated")}
"""Fields of an item that go by another name here, or together."""

LONGEST = {"title": 500, "summary": 20_000, "kind": 100, "author": 300, "date": 10, "link": 2_000}
"""Characters that each field may have."""

_STATES = {
    ItemStatus.WITHDRAWN: "withdrawn already",
    ItemStatus.HELD: "still under embargo: no reader has seen it",
    ItemStatus.PENDING: "held back with the burst it came in: no reader has seen it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an editor wants: new words by field (an empty text takes kind and author away), and fields to let go.

    With a `note` for readers it is a correction, which everybody who was sent the item is told.
    """

    words: Mapping[str, str]
    unpin: Sequence[str] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """What a wish comes to: the item before and after, and the fields that differ."""

    before: Item
    after: Item
    fields: tuple[str, ...]


def correct(store: Store, item: Item, note: str, now: datetime) -> Item:
    """Mark an item as corrected, with a note that says what changed; return it as it stands then.

    Raises: UsageError where it is withdrawn, under embargo or held back.
    """
    allowed = (ItemStatus.LIVE,)
    return _mark(store, item, Action.CORRECTED, f"corrected: {note}", now, allowed, note=note)


def withdraw(store: Store, item: Item, reason: str, now: datetime) -> Item:
    """Withdraw an item for good: nobody new sees it, whoever was sent it is told the reason.

    One under embargo or held back is never seen by anybody then. Raises: UsageError where it is withdrawn already.
    """
    allowed, status = (ItemStatus.LIVE, *HIDDEN), ItemStatus.WITHDRAWN
    return _mark(store, item, Action.WITHDRAWN, f"withdrawn: {reason}", now, allowed, note=reason, status=status)


def pinned_fields(item: Item) -> list[str]:
    """Return what an editor wrote in an item, in the words of `FIELDS`."""
    return [field for field in FIELDS if _pins([field]) <= {*item.pinned}]


def read_field(item: Item, field: str) -> str:
    """Return a field of an item as an editor reads and writes it."""
    return item.published_on.isoformat() if field == "date" else getattr(item, field) or ""


def preview_edit(desk: Desk, item: Item, wish: Wish, now: datetime) -> Edited:
    """Return what a wish would make of an item, and save nothing.

    Raises: UsageError where a field cannot be what is wished, or the item is withdrawn.
    """
    if item.status is ItemStatus.WITHDRAWN:
        raise UsageError("this item is withdrawn already, and stays as it was")
    if wish.note and item.status is not ItemStatus.LIVE:
        raise UsageError(f"this item is {_STATES[item.status]}, so there is nothing to correct: leave --note out")
    changes: dict[str, Any] = {}
    for field, text in wish.words.items():
        changes |= _check_field(desk, item, field, text, now)
    after = replace(item, **changes)
    fields = tuple(one for one in FIELDS if read_field(item, one) != read_field(after, one))
    match = desk.matcher.match(after.title, after.summary, after.kind)
    pinned = {*item.pinned, *_pins(wish.words)} - _pins(wish.unpin)
    after = replace(after, topics=match.topics, regions=match.regions, pinned=tuple(sorted(pinned)))
    return Edited(item, after, fields)


def _pins(fields: Iterable[str]) -> set[str]:
    return {name for field in fields for name in _PINS.get(field, (field,))}


def edit_item(desk: Desk, item: Item, wish: Wish, now: datetime) -> Edited:
    """Write an editor's words into an item; topics and feeds follow, and no later reading changes these fields.

    A field that is let go takes its source's words again with the next reading, which is a full one then.

    Raises: UsageError as `preview_edit` does.
    """
    with desk.store.append() as connection:
        edited = preview_edit(desk, _load(connection, item.id), wish, now)
        if "date" in edited.fields:
            edited = replace(edited, after=_apart(desk, connection, edited.after))
        if not edited.fields and edited.after.pinned == edited.before.pinned and not wish.note:
            return edited
        after = _revised(edited, wish, now, seen=was_placed(connection, item.id))
        told = f"edited: {', '.join(edited.fields) or 'nothing'}{': ' if wish.note else ''}{wish.note or ''}"
        let_go = set(edited.before.pinned) - set(after.pinned)
        # Without its hash the source's words count as changed at the next reading, and a full one it must be.
        item_rows.save_item(connection, after, "" if let_go else None, told, now)
        if let_go:
            _read_anew(connection, after.source)
        if after.status is ItemStatus.LIVE and after.revision != edited.before.revision:
            action = Action.CORRECTED if wish.note else Action.REVISED
            at = after.updated_at if wish.note else now
            log_rows.append_placements(connection, _follow(desk, connection, after, action), at)
    return replace(edited, after=after)


def _revised(edited: Edited, wish: Wish, now: datetime, *, seen: bool) -> Item:
    before, after = edited.before, edited.after
    if not edited.fields and not wish.note:
        return after
    after = replace(after, updated_at=max(now, before.updated_at + timedelta(seconds=1)), revision=before.revision + 1)
    if not seen:
        # Nobody has seen it: it stands as of its own date when it comes out.
        after = replace(after, updated_at=after.published_at)
    return replace(after, note=wish.note, corrected_at=after.updated_at) if wish.note else after


def _apart(desk: Desk, connection: Connection, item: Item) -> Item:
    """Return an item of a new day with an instant there that no other item of its source has."""
    nth = item_rows.count_by_date(connection, item.source, [item.published_on]).get(item.published_on, 0)
    _, at, _ = place_in_time(item.published_on, zone=_zone_of(desk, item), nth=nth)
    return replace(item, published_at=at)


def _zone_of(desk: Desk, item: Item) -> ZoneInfo:
    own = (one.timezone for one in desk.settings.sources if one.id == item.source)
    return ZoneInfo(next(own, desk.settings.site.timezone))


def _follow(desk: Desk, connection: Connection, item: Item, action: Action) -> list[Placement]:
    before = log_rows.topics_of(connection, item.id)
    age = log_rows.load_backlog(connection, item.id)
    return follow_topics(item.id, before, placed_topics(desk.settings, item), action, age)


def _read_anew(connection: Connection, source_id: str) -> None:
    state = source_rows.load_source(connection, source_id)
    if state.validators is not None:
        source_rows.save_source(connection, replace(state, validators=None))


def _check_field(desk: Desk, item: Item, field: str, text: str, now: datetime) -> dict[str, Any]:
    """Return what a field's new words change in an item."""
    words = clean_text(text)
    if len(words) > LONGEST[field]:
        raise UsageError(f"the {field} has {len(words):,} characters; at most {LONGEST[field]:,} can be kept")
    if words == read_field(item, field):
        return {}
    checks: dict[str, Callable[[], dict[str, Any]]] = {
        "title": lambda: _check_title(words),
        "summary": lambda: {"summary": words, "truncated": False},
        "kind": lambda: _check_kind(desk, words),
        "author": lambda: {"author": words or None},
        "date": lambda: _check_date(desk, item, words, now),
        "link": lambda: _check_link(words),
    }
    return checks[field]()


def _check_title(words: str) -> dict[str, Any]:
    if not words:
        raise UsageError("an item has a title: this one would have none")
    return {"title": words}


def _check_kind(desk: Desk, words: str) -> dict[str, Any]:
    kinds = desk.settings.kinds
    kind, known = find_kind(words, kinds), [one.id for one in kinds]
    if kind and known and kind not in known:
        near = get_close_matches(kind, known, n=1)
        raise UsageError(f"there is no kind “{words}” ({f'did you mean {near[0]}?' if near else ', '.join(known)})")
    return {"kind": kind}


def _check_link(words: str) -> dict[str, Any]:
    link = clean_link(words, None)
    if link is None:
        raise UsageError(f"“{words}” is no http or https address that a reader could follow")
    return {"link": link}


def _check_date(desk: Desk, item: Item, words: str, now: datetime) -> dict[str, Any]:
    try:
        on = date.fromisoformat(words)
    except ValueError:
        raise UsageError(f"“{words}” is no date: write it as YYYY-MM-DD, such as {item.published_on}") from None
    zone = _zone_of(desk, item)
    if item.status is ItemStatus.LIVE and on > now.astimezone(zone).date():
        raise UsageError(f"{on} is in the future, and readers have seen this item already")
    return dict(zip(("published_on", "published_at", "date_only"), place_in_time(on, zone=zone, nth=0), strict=True))


def _load(connection: Connection, item_id: int) -> Item:
    return item_rows.load_items(connection, [item_id])[item_id]


def _mark(
    store: Store,
    item: Item,
    action: Action,
    reason: str,
    now: datetime,
    allowed: Collection[ItemStatus],
    **changes: Any,
) -> Item:
    """Change an item as it stands now, whatever a reading has made of it since the caller saw it."""
    with store.append() as connection:
        stored = _load(connection, item.id)
        if stored.status not in allowed:
            raise UsageError(f"this item is {_STATES[stored.status]}")
        updated_at = max(now, stored.updated_at + timedelta(seconds=1))
        if action is Action.CORRECTED:
            changes["corrected_at"] = updated_at
        changed = replace(stored, updated_at=updated_at, revision=stored.revision + 1, **changes)
        item_rows.save_item(connection, changed, None, reason, now)
        rows = [Placement(0, topic, item.id, action) for topic in log_rows.topics_of(connection, item.id)]
        # Two of one second must not be one to readers: the second one is told of the next.
        log_rows.append_placements(connection, rows, updated_at)
    return changed
