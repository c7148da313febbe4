"""What redbot (redbot.org), which knows HTTP caching and negotiation well, says of every kind of answer."""

import importlib.util
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.commands import environment
from tests.patience import HANG_S
from tests.published import Serve, Served

pytestmark = pytest.mark.skipif(importlib.util.find_spec("redbot") is None, reason="redbot is not installed")

# In a process of its own: it has an event loop of its own kind.
ASK = """\
import json, sys
from configparser import ConfigParser
import thor
from redbot.resource import HttpResource

config = ConfigParser()
config.read_dict({"redbot": {"enable_local_access": "True"}})
resource = HttpResource(config["redbot"])
resource.set_request(sys.argv[1])
resource.on("check_done", thor.stop)
resource.check()
thor.run()
found = [(note.level.value, type(note).__name__, str(note.summary)) for note in resource.response.notes]
support = {"tags": resource.inm_support, "dates": resource.ims_support, "gzip": resource.gzip_support}
json.dump({"status": resource.response.status_code, "notes": found, "support": support}, sys.stdout)
"""
FILES = {
    "/feeds/all.atom": True,
    "/feeds/all.json": True,
    "/feeds/all.html": True,
    "/feeds/": True,
    "/feeds/feeds.opml": True,
    "/feeds/archive/all-2026-03.atom": True,
    "/robots.txt": False,
    "/feeds/icon.png": False,
    "/favicon.ico": False,
}
OTHERS = {"/feeds/boats.atom": 301, "/feeds": 301, "/feeds/games.atom": 410, "/feeds/none.atom": 404, "/healthz": 200}


@pytest.fixture
def served(serve_folder: Serve) -> Served:
    """A folder that is being served."""
    return serve_folder(feeds="moved: {boats: sea}, retired: [games]")


def ask_redbot(served: Served, path: str) -> dict[str, object]:
    """Return what redbot finds at a path."""
    command = [sys.executable, "-W", "ignore", "-c", ASK, f"http://127.0.0.1:{served.port}{path}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def faults(found: dict[str, object]) -> list[object]:
    """Return what is bad, or worth a warning."""
    notes = found["notes"]
    assert isinstance(notes, list)
    return [note for note in notes if note[0] in ("bad", "warning")]


@pytest.mark.parametrize("path", FILES)
def test_redbot_finds_nothing_wrong_with_a_file(served: Served, path: str) -> None:
    """No fault, no warning; tags and dates work, and gzip where it is worth it."""
    found = ask_redbot(served, path)
    assert faults(found) == []
    assert (found["status"], found["support"]) == (200, {"tags": True, "dates": True, "gzip": FILES[path]})


@pytest.mark.parametrize("path", OTHERS)
def test_redbot_finds_nothing_wrong_with_an_answer_without_a_file(served: Served, path: str) -> None:
    """Moved, retired, missing, and what machines ask: no fault, no warning."""
    found = ask_redbot(served, path)
    assert (found["status"], faults(found)) == (OTHERS[path], [])


def test_redbot_finds_nothing_wrong_with_what_was_written_just_now(served: Served) -> None:
    """A file of this very second has a date too, and none that is to come."""
    served.write("all.atom", b"<feed xmlns='http://www.w3.org/2005/Atom'/>" + b" " * 400, datetime.now(UTC))
    found = ask_redbot(served, "/all.atom")
    assert faults(found) == []
