"""Where the database is: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`, and the same as a SQLAlchemy URL."""

import os
from pathlib import Path
from urllib.parse import urlsplit

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgresql+psycopg://")
_EXAMPLES = "write it as sqlite:///var/digest.db or postgresql://digest@db.example.org/digest"


class StoreUrlError(ValueError):
    """A text is no store we can use; `suggestion` says what would be."""

    def __init__(self, message: str, suggestion: str = _EXAMPLES) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def check_store(text: str) -> str:
    """Return the text if it names a store.

    Raises:
        StoreUrlError: it does not, or it holds a password.
    """
    if text.startswith(_SQLITE):
        return _check_sqlite(text)
    if text.startswith(_POSTGRESQL):
        return _check_postgresql(text)
    if text.startswith("postgres://"):
        raise StoreUrlError("`postgres://` is no store", f"did you mean '{text.replace('postgres', 'postgresql', 1)}'?")
    raise StoreUrlError("a store is sqlite:///FILE or postgresql://USER@HOST/NAME")


def store_url(text: str, folder: Path) -> str:
    """Return the SQLAlchemy URL of a checked store; a relative SQLite file counts from the folder."""
    if text.startswith(_SQLITE):
        return _SQLITE + os.path.normpath(folder / text.removeprefix(_SQLITE))
    return _POSTGRESQL[1] + text.partition("://")[2]


def _check_sqlite(text: str) -> str:
    name = text.removeprefix(_SQLITE)
    if not name or name.endswith("/"):
        raise StoreUrlError("the store names no file")
    if name.startswith((":memory:", "file:")) or "?" in name:
        raise StoreUrlError("the store must be a plain file: a database in memory forgets who was sent what")
    return text


def _check_postgresql(text: str) -> str:
    try:
        parts = urlsplit(text)
        password, known = parts.password, bool(parts.path.strip("/")) and (parts.port or 1) > 0
    except ValueError as error:
        raise StoreUrlError(f"the store is no address: {error}") from error
    if password is not None or "password=" in parts.query:
        cure = "take it out and keep it in ~/.pgpass, or in a file named by ?passfile=/etc/digest/pgpass"
        raise StoreUrlError("a password in the configuration", cure)
    if not known:
        raise StoreUrlError("the store names no database")
    return text
