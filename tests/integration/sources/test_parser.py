"""Parser: functions called in child processes that cannot stop, starve or trick the program."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Image, Parsed, ParsedItem, Quarantined
from digest.sources.page import Page
from digest.sources.parser import Parser
from tests.patience import HANG_S, PAUSE_S, TEMPTATION_S, wait_until

PLUGIN = """
import ctypes, os, sys, time
from dataclasses import dataclass
from datetime import datetime
from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem
from zoneinfo import ZoneInfo

class OddError(SourceError): pass
@dataclass
class Own: pass
class Trap:
    def __reduce__(self): return (os.system, ("echo trapped",))
class Late:
    def __reduce__(self): raise ValueError("cannot travel")

def echo(x): return x
def pid(_): return os.getpid()
def environment(_): return dict(os.environ), os.getcwd(), sys.path
def spin(_):
    while True: pass
def sleep(x): time.sleep(x)
def slow(x): time.sleep(x); return x
def hoard(_): return len(bytearray(4 << 30))
def deep(x): return deep(x)
def leave(x): os._exit(x)
def die(x): os.kill(os.getpid(), x)
def fault(_): ctypes.string_at(0)
def refuse(x): raise OddError(x)
def fail(x): raise LookupError("something\\nodd")
def stop(_): sys.exit(3)
def talk(_):
    print("talk " * 200_000); sys.stderr.write("more " * 200_000); os.write(1, b"x" * 100_000)
    return sys.stdin.read()
def large(x): return "x" * x
def write(x):
    with open(x, "w") as file: file.write("x")
def own(_): return Own()
def trap(_): return Trap()
def late(_): return Late()
def zoned(_): return datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))
def odd_title(_): return Parsed((ParsedItem(title=None),))
def odd_list(_): return Parsed([ParsedItem(title="a")])
def odd_part(_): return Parsed(("a",))
def naive(_): return Parsed((ParsedItem(title="a", published=datetime(2026, 1, 1)),))
def late_words(_):
    sys.stderr.write("the last words\\x1b[31m\\n"); sys.stderr.flush(); os._exit(7)
def forge(raw):
    for fd in range(3, 20):
        try:
            if os.fstat(fd).st_mode & 0o010000 or True: os.write(fd, raw)
        except OSError: pass
    time.sleep(60)
def spawn(x):
    if os.fork() == 0:
        time.sleep(600)
    return os.getpid()
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A plug-in's module, in a folder on the import path, and two that do not load."""
    (tmp_path / "riverplug.py").write_text(PLUGIN)
    (tmp_path / "brokenplug.py").write_text("raise KeyError('at import')")
    monkeypatch.syspath_prepend(tmp_path)
    return "riverplug"


def _page(data: bytes) -> Page:
    return Page(data=data, source=SourceSettings(id="river", type="feed"), url="https://river.example/feed")


def _wait_for_end(pid: int) -> None:
    wait_until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_an_adapter_is_called_with_a_page(plugin: str) -> None:
    """What the adapter returns comes back whole: items, names, dates in UTC."""
    data = b"""<rss version="2.0"><channel><item><title>Ferry</title><link>/a</link>
      <pubDate>Fri, 05 Jun 2020 10:00:00 -0400</pubDate><enclosure url="/a.jpg" type="image/jpeg"/></item>
      <item><description>Words</description></item></channel></rss>"""
    async with Parser() as parser:
        parsed = await parser.call("digest.sources.feed:parse_page", _page(data), Parsed)
    assert parsed == Parsed(
        (
            ParsedItem(
                title="Ferry",
                link="https://river.example/a",
                published=datetime(2020, 6, 5, 14, tzinfo=UTC),
                image=Image(url="https://river.example/a.jpg", media_type="image/jpeg"),
            ),
        ),
        (Quarantined("Words", "it has no title"),),
    )


async def test_a_child_serves_call_after_call_and_ends_with_the_parser(plugin: str) -> None:
    """One process does all calls of one caller; after close nothing is left, and a call is a bug."""
    async with Parser() as parser:
        pids = {await parser.call("riverplug:pid", None) for _ in range(5)}
    assert len(pids) == 1
    assert not _alive(*pids)
    with pytest.raises(RuntimeError, match="closed"):
        await parser.call("riverplug:pid", None)


async def test_callers_wait_in_the_order_in_which_they_came(plugin: str) -> None:
    """With one child, ten calls at once are answered one after the other, first come, first served."""
    answered: list[int] = []

    async def ask(parser: Parser, number: int) -> None:
        answered.append(await parser.call("riverplug:echo", number))

    async with Parser(children=1) as parser:
        await asyncio.gather(*(ask(parser, number) for number in range(10)))
    assert answered == list(range(10))


async def test_at_most_so_many_children_work_at_once(plugin: str) -> None:
    """Six calls at once are done by two processes."""
    async with Parser(children=2) as parser:
        pids = await asyncio.gather(*(parser.call("riverplug:pid", None) for _ in range(6)))
    assert len(set(pids)) <= 2


GONE = "the adapter's program ended while reading it "


@pytest.mark.parametrize(
    ("function", "argument", "sentence"),
    [
        ("riverplug:spin", None, "took more than 0.1 s of computing to read"),
        ("riverplug:sleep", 60, "took more than 2 s to read"),
        ("riverplug:hoard", None, "needed more than 256 MB of memory to read"),
        ("riverplug:deep", None, "nested too deeply to be read"),
        ("riverplug:leave", 0, GONE + "(exit status 0)"),
        ("riverplug:leave", 7, GONE + "(exit status 7)"),
        ("riverplug:late_words", 7, GONE + "(exit status 7: the last words [31m)"),
        ("riverplug:die", signal.SIGKILL, GONE + "(signal SIGKILL)"),
        ("riverplug:fault", None, GONE + "(signal SIGSEGV)"),
        ("riverplug:refuse", "an odd\n\x1b[31m page", "an odd [31m page"),
        ("riverplug:fail", None, "the plug-in riverplug:fail failed: LookupError"),
        ("riverplug:stop", None, "the plug-in riverplug:stop failed: SystemExit"),
        ("riverplug:large", 40 << 20, "more than 32 MB of items"),
        ("riverplug:late", None, "the plug-in riverplug:late failed: ValueError"),
        (
            "nosuchplug:x",
            None,
            "the plug-in nosuchplug:x cannot be loaded: ModuleNotFoundError: No module named 'nosuch",
        ),
        ("riverplug:x", None, "the plug-in riverplug:x cannot be loaded: AttributeError: module 'riverplug' has no"),
        ("riverplug", None, "the plug-in riverplug cannot be loaded: AttributeError: "),
        ("brokenplug:x", None, "the plug-in brokenplug:x cannot be loaded: KeyError: 'at import'"),
        ("digest.sources.nosuch:x", None, "the adapter digest.sources.nosuch:x cannot be loaded: ModuleNotFound"),
    ],
)
async def test_whatever_a_function_does_is_a_sentence_and_the_next_call_works(
    function: str, argument: Any, sentence: str, plugin: str
) -> None:
    """A dead, hung, greedy or wrong function gives a SourceError, and there is a child for the next call."""
    deadline_s = 2 if function.endswith("sleep") else HANG_S
    async with Parser(children=1, cpu_s=0.1, memory_bytes=256 << 20, deadline_s=deadline_s) as parser:
        with pytest.raises(SourceError) as caught:
            await parser.call(function, argument)
        assert caught.value.seen.startswith(sentence)
        assert "\n" not in caught.value.seen
        assert await parser.call("riverplug:echo", "next") == "next"


@pytest.mark.parametrize(
    ("function", "odd"),
    [
        ("own", "riverplug.Own, which is none of the classes that an adapter may return"),
        ("trap", "posix.system, which is none of the classes"),
        ("odd_title", "a ParsedItem whose title is a NoneType"),
        ("odd_list", "a Parsed whose items is a list"),
        ("odd_part", "a Parsed whose items is a tuple with a str"),
        ("naive", "a ParsedItem whose published is a time without a zone"),
        ("pid", "int in place of Parsed"),
    ],
)
async def test_what_a_plug_in_must_not_give_back_is_refused(function: str, odd: str, plugin: str) -> None:
    """Nothing but our own nouns, rightly filled, comes out of a child, and nothing is run on the way."""
    async with Parser() as parser:
        with pytest.raises(SourceError, match="gave back what it must not: ") as caught:
            await parser.call(f"riverplug:{function}", None, Parsed)
    assert odd in caught.value.seen


async def test_a_bug_of_our_own_is_told_in_full_and_costs_one_source(
    plugin: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What our own function raises is logged with its traceback; the page that met it is one source's trouble."""
    async with Parser() as parser:
        with pytest.raises(SourceError, match=r"met a bug of digest \(AttributeError\): please report it"):
            await parser.call("digest.sources.feed:parse_page", "no page")
    assert "feed:parse_page failed" in caplog.text
    assert "Traceback" in caplog.text
    assert "AttributeError: 'str' object" in caplog.text


async def test_an_instant_of_any_zone_travels(plugin: str) -> None:
    """Its offset is kept, its zone is not: the parent admits no class of zones."""
    async with Parser() as parser:
        found = await parser.call("riverplug:zoned", None)
    assert found == datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))
    assert found.tzinfo == timezone(timedelta(hours=1))


async def test_a_talkative_plug_in_breaks_nothing(plugin: str) -> None:
    """What it prints goes nowhere, and there is nothing to read for it."""
    async with Parser(deadline_s=HANG_S) as parser:
        assert await parser.call("riverplug:talk", None) == ""
        assert await parser.call("riverplug:talk", None) == ""


async def test_a_child_knows_no_secret_and_writes_no_file(
    plugin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the environment it has what Python needs; a file it opens for writing stays empty."""
    monkeypatch.setenv("NEWSROOM_PASSWORD", "canary")
    async with Parser() as parser:
        environment, _, _ = await parser.call("riverplug:environment", None)
        assert "canary" not in str(environment)
        assert set(environment) <= {
            "PATH",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "VIRTUAL_ENV",
            "TZDIR",
            "PYTHONTZPATH",
            "PYTHONPATH",
        }
        with pytest.raises(SourceError, match="write failed: OSError"):
            await parser.call("riverplug:write", str(tmp_path / "made"))
    assert (tmp_path / "made").read_text() == ""


async def test_a_large_page_and_a_large_answer_travel(plugin: str) -> None:
    """10 MB there and back."""
    data = os.urandom(10 << 20)
    async with Parser() as parser:
        assert await parser.call("riverplug:echo", data) == data


async def test_a_call_that_is_given_up_leaves_no_child_at_work(plugin: str, tmp_path: Path) -> None:
    """After cancelling, its process is gone and the next caller is served."""
    async with Parser(children=1) as parser:
        first = await parser.call("riverplug:pid", None)
        task = asyncio.create_task(parser.call("riverplug:sleep", 600))
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        second = await parser.call("riverplug:pid", None)
        assert second != first
    assert not _alive(first)
    assert not _alive(second)


async def test_closing_stops_calls_that_are_at_work(plugin: str) -> None:
    """The caller gets a sentence at once, and so does nobody wait for a hung child."""
    async with Parser(children=1) as parser:
        await parser.call("riverplug:pid", None)
        task = asyncio.create_task(parser.call("riverplug:sleep", 600))
        for _ in range(5):
            await asyncio.sleep(0)
    with pytest.raises(SourceError, match="ended while reading"):
        await task


async def test_an_idle_child_that_died_is_replaced_unseen(plugin: str) -> None:
    """A child that the system killed between two calls costs nobody a call."""
    async with Parser(children=1) as parser:
        first = await parser.call("riverplug:pid", None)
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(_wait_for_end, first)
        await asyncio.to_thread(threading.Event().wait, PAUSE_S)
        assert await parser.call("riverplug:pid", None) != first


async def test_what_a_plug_in_started_ends_with_its_child(plugin: str) -> None:
    """A process left behind by a plug-in keeps nobody waiting."""
    async with Parser(children=1) as parser:
        leader = await parser.call("riverplug:spawn", None)
    await asyncio.to_thread(_wait_for_end_of_group, leader)


def _wait_for_end_of_group(leader: int) -> None:
    wait_until(lambda: not _has_group(leader))


def _has_group(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xff" * 6, "too large"),
        (b"\x00\x00\xff\xff\xff\xff", "too large"),
        (b"\x00\x00\x00\x00\x00\x03abc", "gave back what it must not"),
        (b"\x00" * 100, "too large"),
    ],
)
async def test_an_answer_that_a_child_forges_is_refused(raw: bytes, sentence: str, plugin: str) -> None:
    """Whatever bytes stand on the pipe, the parent reads no more than it may, and the next call is served."""
    async with Parser(children=1, deadline_s=HANG_S) as parser:
        with pytest.raises(SourceError, match=sentence):
            await parser.call("riverplug:forge", raw)
        assert await parser.call("riverplug:echo", 1) == 1


PARENT = """
import asyncio, os, sys
from digest.sources.parser import Parser
async def main():
    parser = Parser(children=2)
    print(await parser.call("riverplug:pid", None), flush=True)
    working = asyncio.create_task(parser.call("riverplug:" + sys.argv[1], 600))
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.parametrize("work", ["echo", "sleep"])
def test_children_end_when_their_parent_is_killed(work: str, plugin: str, tmp_path: Path) -> None:
    """SIGKILL of the program leaves no child, be it idle or in a job that hangs; the group's Ctrl-C does not end it."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])])}
    parent = subprocess.Popen([sys.executable, "-c", PARENT, work], env=env, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGINT)
        os.kill(child, signal.SIGTERM)
        threading.Event().wait(TEMPTATION_S)
        assert _alive(child)
        parent.kill()
    _wait_for_end(child)
