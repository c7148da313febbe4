"""What tests of readers share: the stage, a server of what was published, and programs that may be missing."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.patience import HANG_S
from tests.readers.server import FeedServer, serve_publication
from tests.readers.stage import Stage, make_stage

PROJECT = Path(__file__).parents[2]
NODE_MODULES = PROJECT / ".cache/node/node_modules"
NODE = (20, 19)

Run = Callable[..., str]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The newsroom, published twice; nobody may write there."""
    return make_stage(tmp_path_factory.mktemp("stage"))


@pytest.fixture
def feeds(stage: Stage, tmp_path: Path) -> Iterator[FeedServer]:
    """A server of the first publication."""
    with serve_publication(stage.first, tmp_path / "web") as server:
        yield server


@pytest.fixture
def need() -> Callable[[str, str], str]:
    """Return the path of a program, given the Debian package it is in; without it the test is skipped."""

    def find(program: str, package: str) -> str:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"{program} is not here: apt install {package}")
        return found

    return find


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program with a home of its own and return what it printed; a failure, or 30 s, fails the test."""

    def run(*command: str | Path, given: bytes = b"", more: Mapping[str, str] | None = None) -> str:
        env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"} | dict(more or {})
        done = subprocess.run(
            list(map(str, command)), input=given, capture_output=True, cwd=tmp_path, env=env, timeout=HANG_S
        )
        assert done.returncode == 0, (command, done.stdout.decode()[-2000:], done.stderr.decode()[-2000:])
        return done.stdout.decode()

    return run


@pytest.fixture
def node(need: Callable[[str, str], str], run: Run) -> Run:
    """Run a script of node on what it is given; without node or its packages the test is skipped."""
    program = need("node", "nodejs")
    if tuple(map(int, run(program, "-p", "process.versions.node").split("."))) < NODE:
        pytest.skip(f"node is older than {NODE[0]}.{NODE[1]}, which html-validate needs")

    def script(text: str, *arguments: str | Path, given: bytes = b"") -> str:
        return run(program, "-e", text, *arguments, given=given, more={"NODE_PATH": str(NODE_MODULES)})

    if not NODE_MODULES.is_dir():
        pytest.skip("the packages of tests/readers/package.json are not here: CI=1 ./run test fetches them with npm")
    return script
