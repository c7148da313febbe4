"""Real databases for tests: `database_url` gives each test an empty SQLite file, then an empty PostgreSQL database.

The PostgreSQL server is started from the system's binaries by an ordinary user on a free port of 127.0.0.1, lives as
long as the test session and no longer, and is asked for its data directory before anybody trusts it to be ours.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.patience import HANG_S, wait_until

SUPERUSER = "tests"

# Durability is what these tests do not need; everything else is as PostgreSQL ships.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
    "timezone": "UTC",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class Account:
    """Who runs the server: PostgreSQL refuses to run as root. Both None: whoever runs the tests."""

    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True)
class PostgresServer:
    """A server of our own; each `new_database` is empty."""

    port: int
    data: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> list[tuple]:
        """Run one statement as superuser, outside a transaction, and return its rows."""
        # Imported here: most test runs need no PostgreSQL and should not wait for its driver.
        import psycopg

        where = f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname=postgres connect_timeout=5"
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def find_binary(name: str) -> Path | None:
    """Find one of PostgreSQL's server programs, the newest version first: Debian keeps them off PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    for folder in reversed(versions):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def ordinary_account() -> Account:
    """Choose the account of the server: ourselves, or as root the system's `nobody`."""
    if os.geteuid() != 0:
        return Account()
    import pwd

    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that was free a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bound_to_parent(command: list[str]) -> list[str]:
    """Have the kernel stop the program when the tests are killed and cannot stop it themselves."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", *command] if setpriv else command


def as_account(account: Account) -> dict[str, object]:
    """Return the arguments that make subprocess start a program as that account."""
    if account.uid is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def make_cluster(initdb: Path, data: Path, account: Account) -> None:
    """Create the server's files; its only door is 127.0.0.1, so nobody is asked for a password."""
    command = [str(initdb), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, **as_account(account))
    assert done.returncode == 0, f"initdb failed: {done.stderr}"


def start_server(postgres: Path, data: Path, account: Account) -> tuple[subprocess.Popen, int]:
    """Start the server on a free port; returns the process, which may still fail, and the port."""
    port = free_port()
    options = SETTINGS | {"port": str(port), "unix_socket_directories": str(data.parent)}
    command = [str(postgres), "-D", str(data), *(f"--{name}={value}" for name, value in options.items())]
    log = (data.parent / "server.log").open("ab")
    with log:
        process = subprocess.Popen(
            bound_to_parent(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data.parent,
            **as_account(account),
        )
    return process, port


def is_ours(server: PostgresServer) -> bool:
    """Whether the server behind the port is the one with our data directory; False while it does not answer."""
    import psycopg

    try:
        return server.run("SHOW data_directory") == [(str(server.data),)]
    except psycopg.OperationalError:
        return False


def wait_until_up(process: subprocess.Popen, server: PostgresServer) -> bool:
    """Wait for our server to answer; False when it ended instead, as when somebody else took its port."""
    wait_until(lambda: process.poll() is not None or is_ours(server))
    return process.poll() is None


def stop_server(process: subprocess.Popen) -> None:
    """Stop the server, this one process and no other: SIGINT is its fast shutdown."""
    process.send_signal(2)
    try:
        process.wait(HANG_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running_postgres(initdb: Path, postgres: Path) -> Iterator[PostgresServer]:
    """Run a server of our own in a new folder, and remove both afterwards."""
    account = ordinary_account()
    # Not pytest's folder: it is closed to other accounts. The name is short, for the socket's sake.
    home = Path(tempfile.mkdtemp(prefix="digest-pg-")).resolve()
    try:
        if account.uid is not None and account.gid is not None:
            os.chown(home, account.uid, account.gid)
        data = home / "data"
        make_cluster(initdb, data, account)
        for _ in range(3):
            process, port = start_server(postgres, data, account)
            server = PostgresServer(port, data)
            try:
                if wait_until_up(process, server):
                    yield server
                    return
            finally:
                stop_server(process)
        raise AssertionError(f"PostgreSQL did not start: {(home / 'server.log').read_text(errors='replace')[-2000:]}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL for the whole session; skips, naming the package, where its programs are not installed."""
    initdb, postgres = find_binary("initdb"), find_binary("postgres")
    if initdb is None or postgres is None:
        pytest.skip("install postgresql: PostgreSQL's server binaries were not found")
    with running_postgres(initdb, postgres) as server:
        yield server


_database_numbers = count(1)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    name = f"test_{next(_database_numbers)}"
    postgres_server.run(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def ready_postgres(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with its schema and nothing else, to be copied."""
    postgres_server.run("CREATE DATABASE ready")
    _make_ready(postgres_server.url("ready"))
    return "ready"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with its schema and nothing else, to be copied: migrations take longer than most tests."""
    file = tmp_path_factory.mktemp("store") / "empty.db"
    _make_ready(f"sqlite:///{file}")
    return file


def _make_ready(url: str) -> None:
    from digest.store.engine import open_store
    from digest.store.migrate import ready_store

    with closing(open_store(url)) as store:
        ready_store(store)


@pytest.fixture
def ready_postgres_url(postgres_server: PostgresServer, ready_postgres: str) -> Iterator[str]:
    """A PostgreSQL database with its schema, dropped after the test."""
    name = f"test_{next(_database_numbers)}"
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE {ready_postgres}")
    yield postgres_server.url(name)
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def ready_sqlite_url(tmp_path: Path, empty_store: Path) -> str:
    """A SQLite file with its schema."""
    return f"sqlite:///{shutil.copy(empty_store, tmp_path / 'digest.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_url(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of a database of each kind in turn, with its schema and nothing else."""
    fixture = {"sqlite": "ready_sqlite_url", "postgresql": "ready_postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'digest.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of an empty database of each kind in turn."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))
