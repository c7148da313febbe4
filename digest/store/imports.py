"""Subscribers by the million: rows are staged beside the tables, then counted or taken over as whole sets."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, text

from digest.store.engine import Store, translated
from digest.store.tables import Big

BATCH = 20_000
"""Rows in memory at once."""

incoming = Table(
    "incoming",
    MetaData(),
    Column("line", Integer),
    Column("mark", Big),
    *(Column(name, Text) for name in ("address", "list_id", "choices", "cadence", "timezone", "language", "format")),
    prefixes=["TEMPORARY"],
)

COUNT_KNOWN = (
    "SELECT count(*) FROM incoming i JOIN subscriber s ON s.address = i.address"
    " JOIN subscription t ON t.subscriber_id = s.id AND t.list_id = i.list_id"
)
TAKE_OVER = (
    "INSERT INTO choices (body) SELECT DISTINCT choices FROM incoming WHERE true ON CONFLICT (body) DO NOTHING",
    "INSERT INTO subscriber (address, status, created_at) SELECT address, 'active', CAST(:now AS BIGINT)"
    " FROM incoming WHERE true ORDER BY address ON CONFLICT (address) DO NOTHING",
    "DELETE FROM calendar WHERE NOT EXISTS (SELECT 1 FROM subscription s WHERE s.list_id = calendar.list_id"
    " AND s.status = 'active' AND s.cadence = calendar.cadence AND s.timezone = calendar.timezone)",
    "INSERT INTO calendar (list_id, cadence, timezone, since_at)"
    " SELECT DISTINCT list_id, cadence, timezone, CAST(:now AS BIGINT) FROM incoming"
    " WHERE true ON CONFLICT (list_id, cadence, timezone) DO NOTHING",
    "INSERT INTO subscription (subscriber_id, list_id, status, cadence, timezone, language, format, mark, choices_id)"
    " SELECT s.id, i.list_id, 'active', i.cadence, i.timezone, i.language, i.format, i.mark, c.id FROM incoming i"
    " JOIN subscriber s ON s.address = i.address JOIN choices c ON c.body = i.choices"
    " WHERE true ORDER BY s.id, i.line ON CONFLICT (subscriber_id, list_id) DO NOTHING",
)
"""The last one's row count is how many people are new: a row that is known or repeated conflicts, the first wins."""

INSERT = {
    "sqlite": "INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "postgresql": "INSERT INTO incoming VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
}


class IncomingRow(NamedTuple):
    """One checked row of an import; `line` is 1-based, `mark` where the person begins, `choices` the canonical text."""

    line: int
    mark: int
    address: str
    list_id: str
    choices: str
    cadence: str
    timezone: str
    language: str
    format: str


@dataclass(frozen=True, slots=True)
class Staged:
    """What an import does: rows that are new, rows already known, rows repeated in the file."""

    new: int = 0
    known: int = 0
    repeated: int = 0


class Import:
    """An import under way: rows are staged first, beside the tables, and then taken over as whole sets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._total = 0

    def stage(self, rows: Iterable[IncomingRow]) -> None:
        """Stage checked rows; nothing else is touched and nobody waits."""
        statement = INSERT[self._connection.dialect.name]
        with self._connection.begin():
            incoming.create(self._connection, checkfirst=False)
            for batch in _batches(rows):
                self._connection.exec_driver_sql(statement, batch)
                self._total += len(batch)

    def take_over(self, now: datetime, *, keep: bool) -> Staged:
        """Subscribe everybody staged, who is known stays as they are; return what that does.

        Without `keep` all of it is taken back: a trial.
        """
        connection = self._connection.execution_options(digest_write=True)
        with connection.begin() as transaction:
            known = connection.exec_driver_sql(COUNT_KNOWN).scalar_one()
            new = 0
            for statement in TAKE_OVER:
                at = {"now": int(now.timestamp())} if ":now" in statement else {}
                new = connection.execute(text(statement), at).rowcount
            if not keep:
                transaction.rollback()
        return Staged(new, known, self._total - known - new)


@contextmanager
def open_import(store: Store) -> Iterator[Import]:
    """Yield an import on a connection of its own; what was staged is gone at the end."""
    with translated(store.engine), store.engine.connect() as connection:
        try:
            yield Import(connection)
        finally:
            connection.rollback()
            connection.exec_driver_sql("DROP TABLE IF EXISTS incoming")
            connection.commit()


def _batches(rows: Iterable[IncomingRow]) -> Iterator[list[IncomingRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
