"""Archives: the closed blocks of a topic's older items (RFC 5005 §4), each a document that hardly ever changes.

A block holds the items of a topic after the block before it, up to its own last one, in the order of rank and seq.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from digest.model.feed import Block, Place
from digest.store.tables import IS_STALE, archive, item_topic

MARK_STALE = text(
    "UPDATE archive SET stale = 2 WHERE (topic, block) IN (SELECT p.topic,"
    " (SELECT a.block FROM archive a WHERE a.topic = it.topic AND (a.until_rank, a.until_seq) >= (it.rank, it.seq)"
    " ORDER BY a.until_rank, a.until_seq LIMIT 1)"
    " FROM (SELECT DISTINCT topic, item_id FROM placement WHERE seq > :before) p"
    " CROSS JOIN item_topic it WHERE it.topic = p.topic AND it.item_id = p.item_id)"
)
"""Marks the blocks that hold an item of which the log has a row after `before`."""

LOOKS_OLD, SAYS_OLD = 1, 2
"""How a document may be stale: what shapes it has changed, or an item, which may be withdrawn and cannot wait."""


def load_last_block(connection: Connection, topic: str) -> Block | None:
    """Return the newest block of a topic."""
    return _first(connection, _blocks(topic).order_by(archive.c.until_rank.desc(), archive.c.until_seq.desc()))


def load_block_before(connection: Connection, block: Block) -> Block | None:
    """Return the block before this one, None for the first."""
    rank, seq = archive.c.until_rank, archive.c.until_seq
    query = _blocks(block.topic).where(rank <= block.until[0], or_(rank < block.until[0], seq < block.until[1]))
    return _first(connection, query.order_by(archive.c.until_rank.desc(), archive.c.until_seq.desc()))


def load_block_after(connection: Connection, block: Block) -> Block | None:
    """Return the block after this one, None for the last."""
    query = _blocks(block.topic).where(_after(archive, block.until, ("until_rank", "until_seq")))
    return _first(connection, query.order_by(archive.c.until_rank, archive.c.until_seq))


def load_stale(connection: Connection, count: int) -> list[Block]:
    """Return blocks whose documents are to be made again, at most so many, by topic and oldest first.

    Those that show an item as it is no more come before those that merely look old.
    """
    found: list[Block] = []
    for stale in (SAYS_OLD, LOOKS_OLD):
        query = select(archive).where(IS_STALE, archive.c.stale == stale).limit(count - len(found))
        query = query.order_by(archive.c.topic, archive.c.until_rank, archive.c.until_seq)
        found += [_to_block(row) for row in connection.execute(query)]
    return found


def count_blocks(connection: Connection, *, stale: bool = False) -> int:
    """Return how many blocks there are, or how many are stale."""
    query = select(func.count()).select_from(archive)
    return connection.execute(query.where(IS_STALE) if stale else query).scalar_one()


def block_names(connection: Connection, topic: str, month: str) -> set[str]:
    """Return the names that blocks of a topic have in a month (`2026-03`)."""
    query = select(archive.c.block).where(
        archive.c.topic == topic, or_(archive.c.block == month, archive.c.block.startswith(f"{month}-"))
    )
    return set(connection.execute(query).scalars())


def load_places(
    connection: Connection, topic: str, after: Place | None, until: Place | None, count: int
) -> list[Place]:
    """Return where the items of a topic stand after one place, up to another (included), oldest first."""
    query = select(item_topic.c.rank, item_topic.c.seq).where(item_topic.c.topic == topic)
    query = _between(query, after, until).order_by(item_topic.c.rank, item_topic.c.seq).limit(count)
    return [(row.rank, row.seq) for row in connection.execute(query)]


def count_places(connection: Connection, topic: str, after: Place | None, until: Place | None) -> int:
    """Return how many items of a topic stand after one place, up to another (included)."""
    query = select(func.count()).select_from(item_topic).where(item_topic.c.topic == topic)
    return int(connection.execute(_between(query, after, until)).scalar_one())


def load_block_ids(connection: Connection, topic: str, after: Place | None, until: Place) -> list[int]:
    """Return the ids of the items of a block, newest first."""
    query = _between(select(item_topic.c.item_id).where(item_topic.c.topic == topic), after, until)
    return list(connection.execute(query.order_by(item_topic.c.rank.desc(), item_topic.c.seq.desc())).scalars())


def save_blocks(connection: Connection, blocks: Sequence[Block]) -> None:
    """Add closed blocks."""
    rows = [
        {"topic": b.topic, "block": b.name, "until_rank": b.until[0], "until_seq": b.until[1], "stale": _how_stale(b)}
        for b in blocks
    ]
    if rows:
        connection.execute(insert(archive), rows)


def remove_block(connection: Connection, block: Block) -> None:
    """Take a block away; its items are in none then."""
    connection.execute(delete(archive).where(archive.c.topic == block.topic, archive.c.block == block.name))


def load_other_blocks(connection: Connection, topics: Collection[str]) -> list[tuple[str, str]]:
    """Return topic and name of the blocks of all topics but these, sorted."""
    query = select(archive.c.topic, archive.c.block).where(archive.c.topic.in_(_other_topics(connection, topics)))
    return [(row.topic, row.block) for row in connection.execute(query.order_by(archive.c.topic, archive.c.block))]


def remove_other_blocks(connection: Connection, topics: Collection[str]) -> None:
    """Take the blocks of all topics but these away."""
    connection.execute(delete(archive).where(archive.c.topic.in_(_other_topics(connection, topics))))


def _other_topics(connection: Connection, topics: Collection[str]) -> list[str]:
    return sorted({*connection.execute(select(archive.c.topic).distinct()).scalars()} - {*topics})


def add_block(connection: Connection, block: Block, before: Block | None) -> bool:
    """Add a block whose document stands on the disk, unless the topic's last is not the one before it any more.

    Return whether it was added. The connection comes from `Store.append`, so that nobody else adds one meanwhile.
    """
    last = load_last_block(connection, block.topic)
    if (last and last.until) != (before and before.until):
        return False
    save_blocks(connection, [block])
    return True


def keep_block(connection: Connection, block: Block) -> bool:
    """Note that the document of a block was made again, and whether it is stale all the same.

    Return whether a block has it: one of that name that ends elsewhere by now is stale.
    """
    one = (archive.c.topic == block.topic, archive.c.block == block.name)
    same = (archive.c.until_rank == block.until[0], archive.c.until_seq == block.until[1])
    kept = connection.execute(update(archive).where(*one, *same).values(stale=_how_stale(block)))
    return kept.rowcount > 0 or mark_block_stale(connection, block)


def load_names(connection: Connection, topic: str) -> list[str]:
    """Return the names of the blocks of a topic."""
    return list(connection.execute(select(archive.c.block).where(archive.c.topic == topic)).scalars())


def mark_stale(connection: Connection, topic: str, names: Sequence[str]) -> None:
    """Note that the documents of these blocks of a topic are to be made again."""
    if names:
        one = and_(archive.c.topic == topic, archive.c.block == bindparam("named"))
        rows = [{"named": name} for name in names]
        connection.execute(update(archive).where(one).values(stale=SAYS_OLD), rows)


def mark_all_stale(connection: Connection) -> None:
    """Note that every document is to be made again: what shapes them has changed."""
    connection.execute(update(archive).where(archive.c.stale == 0).values(stale=LOOKS_OLD))


def mark_block_stale(connection: Connection, block: Block | None) -> bool:
    """Note that the document of a block of this name is to be made again; return whether there is one."""
    if block is None:
        return False
    rows = and_(archive.c.topic == block.topic, archive.c.block == block.name)
    return connection.execute(update(archive).where(rows).values(stale=SAYS_OLD)).rowcount > 0


def _how_stale(block: Block) -> int:
    return SAYS_OLD if block.stale else 0


def _blocks(topic: str) -> Select[Any]:
    return select(archive).where(archive.c.topic == topic)


def _after(table: FromClause, place: Place, names: tuple[str, str]) -> ColumnElement[bool]:
    # Spelled so that the index serves for the first half.
    rank, seq = (table.c[name] for name in names)
    return and_(rank >= place[0], or_(rank > place[0], seq > place[1]))


def _between(query: Select[Any], after: Place | None, until: Place | None) -> Select[Any]:
    rank, seq = item_topic.c.rank, item_topic.c.seq
    if after is not None:
        query = query.where(_after(item_topic, after, ("rank", "seq")))
    if until is not None:
        query = query.where(rank <= until[0], or_(rank < until[0], seq <= until[1]))
    return query


def _first(connection: Connection, query: Select[Any]) -> Block | None:
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _to_block(row)


def _to_block(row: Any) -> Block:
    return Block(row.topic, row.block, (row.until_rank, row.until_seq), bool(row.stale))
