"""The schema's way from one version to the next, inside the package (alembic)."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from digest.errors import StoreError
from digest.store.engine import Store

HEAD = "0003"
"""The version this program works with; a test holds it to the newest file in migrations/versions."""

FOLDER = Path(__file__).parent / "migrations"


def schema_version(store: Store) -> str | None:
    """Return the version of the database's schema, None for an empty database."""
    with store.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version


def upgrade_store(store: Store) -> tuple[str | None, str]:
    """Bring the schema to `HEAD`; return the versions before and after. Does nothing when it is there already.

    Raises: StoreError where it is of a newer program.
    """
    before = schema_version(store)
    _refuse_newer(before)
    if before != HEAD:
        # Two programs that meet an empty PostgreSQL take turns; the second finds the work done.
        with store.append() as connection:
            _run(connection)
    return before, HEAD


def ready_store(store: Store) -> None:
    """See that the schema fits: an empty database gets it, another version is refused with what to do.

    Raises: StoreError.
    """
    version = schema_version(store)
    _refuse_newer(version)
    if version is None:
        upgrade_store(store)
    elif version != HEAD:
        raise StoreError(f"the database is of version {version}, this program needs {HEAD}: run `digest db upgrade`")


def _refuse_newer(version: str | None) -> None:
    if version is not None and version > HEAD:
        raise StoreError(f"the database is of version {version}, newer than this program ({HEAD}): install that digest")


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
