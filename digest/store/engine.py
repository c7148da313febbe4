"""The database: opened with the settings the ledger needs, read and written in short transactions.

SQLite: WAL, synchronous=FULL (the ledger survives power loss), BEGIN IMMEDIATE for writers: Python's own transaction
mode loses concurrent updates. PostgreSQL: readers see one snapshot (REPEATABLE READ), writers are READ COMMITTED, with
an advisory lock where the order of commit matters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from digest.errors import StoreError

__all__ = ["Connection", "Store", "lock_log", "open_store", "translated"]

BUSY_S = 60
"""Seconds a writer waits for another one before it gives up."""

PRAGMAS = (
    f"busy_timeout={BUSY_S * 1000}",  # first: two programs that meet an empty database both set the next one
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",  # KiB: a million subscribers' indexes are built in memory, not page by page through the log
)

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "afs"}
)

LOG_LOCK = 7_305_801_386
"""Key of the advisory lock under which PostgreSQL hands out seqs; any constant that nobody else uses."""


class Store:
    """One database; `read()` and `write()` give a connection in a transaction. No transaction spans a network call."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one consistent state."""
        with translated(self.engine), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed at the end, or not at all."""
        with translated(self.engine), self.engine.connect() as connection:
            connection = connection.execution_options(digest_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def append(self) -> Iterator[Connection]:
        """Yield a writing connection that may add placements: their seqs rise in the order of commit."""
        with self.write() as connection:
            lock_log(connection)
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def lock_log(connection: Connection) -> None:
    """Keep others from appending until this transaction ends; on SQLite every writer is alone anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK})


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn what befell the database (busy, full, gone, not a database) into a StoreError; anything else is a bug."""
    try:
        yield
    except DatabaseError as error:
        # Of its children only OperationalError is about the database; IntegrityError and its like are about us.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        where = engine.url.database or ""
        raise StoreError(f"the database {where} cannot be used: {_first_line(error)}") from error


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL; makes the folder of a SQLite file.

    Raises: StoreError where it lies on a network file system or the folder cannot be written.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return Store(_sqlite_engine(url))
    return Store(create_engine(url, pool_pre_ping=True))


def _sqlite_engine(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        _prepare_folder(Path(database))
    engine = create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _prepare_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{file.parent}: the folder of the database cannot be made: {error.strerror}") from error
    kind = _file_system(file.parent.resolve())
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreError(f"{file}: lies on a network file system ({kind}), where SQLite loses data; use a local disk")


def _file_system(folder: Path) -> str | None:
    """Return the type of the file system that holds a folder, from Linux' table of mounts; None elsewhere."""
    table = Path("/proc/mounts")
    if not table.exists():
        return None
    mounts = (line.split()[1:3] for line in table.read_text(encoding="utf-8", errors="replace").splitlines())
    holding = [(point, kind) for point, kind in mounts if folder.is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]))[1] if holding else None


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("digest_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
