"""F1, F2: SIGKILL anywhere in `digest fetch`, then the same again: items once, and no ETag without its items."""

import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.commands import command_line, environment
from tests.newsrooms import Newsroom
from tests.patience import HANG_S, wait_until

CONFIG = """\
site: {{title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}}
sources:
  wire: {{type: feed, url: "{home}wire.xml", allow_private: true}}
  page:
    type: html
    url: "{home}news/"
    allow_private: true
    items: article
    title: h2
    link: "a@href"
    date: "time@datetime"
    next: "a.next@href"
topics:
  sea: {{title: The sea, any: [harbour*, ferr*]}}
"""
WIRE = b"""\
<rss version="2.0"><channel><title>Wire</title>
<item><title>Ferries return to the old harbour</title><link>/a</link><guid>1</guid>
<pubDate>Mon, 09 Mar 2026 08:00:00 GMT</pubDate></item>
<item><title>Fields under water again</title><link>/b</link><guid>2</guid>
<pubDate>Tue, 10 Mar 2026 08:00:00 GMT</pubDate></item>
</channel></rss>"""
PAGES = {
    "/news/": ("A harbour without water", "Rain for the ferry", '<a class="next" href="/news/2">Older</a>'),
    "/news/2": ("The lighthouse keeper speaks", "A school in the dunes", ""),
}
KILLS = 12
SYSCALLS = {"recvfrom": range(2, 24, 5), "fdatasync": range(1, 7)}
"""System calls at which strace kills, and at which of them; a fetch has some thirty and some seven of them."""


def print_page(path: str) -> str:
    """Return a listing page of two stories."""
    first, second, more = PAGES[path]
    stories = (
        f'<article><h2>{title}</h2><a href="{path}{at}">More</a><time datetime="2026-03-0{at}">then</time></article>'
        for at, title in enumerate((first, second), start=1)
    )
    return f"<!DOCTYPE html><html><body>{''.join(stories)}{more}</body></html>"


def answer(request: Request) -> Response:
    """Serve a feed, two pages of a listing and a robots.txt; all know their ETag."""
    bodies = {"/wire.xml": WIRE, "/robots.txt": b"User-agent: *\nAllow: /\n"} | {
        path: print_page(path).encode() for path in PAGES
    }
    etag = f'"{request.path}"'
    if request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers={"ETag": etag})
    kind = "text/html; charset=utf-8" if request.path in PAGES else "text/xml"
    return Response(bodies[request.path], headers={"ETag": etag, "Content-Type": kind})


@pytest.fixture
def template(newsroom: Newsroom, httpserver: HTTPServer, digest_command: Callable[..., Any]) -> Path:
    """The folder of a newsroom with two sources on a web server, and a database without items."""
    httpserver.expect_request("/wire.xml").respond_with_handler(answer)
    for path in ("/robots.txt", *PAGES):
        httpserver.expect_request(path).respond_with_handler(answer)
    folder = newsroom.folder / "template"
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG.format(home=httpserver.url_for("/")))
    done = digest_command("db", "upgrade", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def look(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with closing(sqlite3.connect(folder / "var/digest.db")) as database:
        return sorted(database.execute(query).fetchall())


ITEMS = "SELECT source, key, entry_id, title, link, published_on, published_at, status, revision FROM item"
PLACED = "SELECT item.title, placement.topic FROM placement JOIN item ON item.id = placement.item_id"


def audit(folder: Path) -> None:
    """Hold what no kill may break, whatever was reached: whole readings only, and each with its validators."""
    assert look(folder, "PRAGMA integrity_check") == [("ok",)]
    assert look(folder, "PRAGMA foreign_key_check") == []
    items = Counter(source for (source,) in look(folder, "SELECT source FROM item"))
    known = {source for (source,) in look(folder, "SELECT id FROM source WHERE validators IS NOT NULL")}
    read = {source for (source,) in look(folder, "SELECT id FROM source WHERE read_at IS NOT NULL")}
    assert known <= items.keys(), "validators without the items that they came with"
    assert read == items.keys()
    assert items.items() <= {"wire": 2, "page": 4}.items()
    assert max(Counter(look(folder, PLACED)).values(), default=1) == 1
    assert {title for title, topic in look(folder, PLACED) if topic == "all"} == {
        title for (title,) in look(folder, "SELECT title FROM item")
    }


def compare(folder: Path, whole: Path) -> None:
    """Hold that a run after a kill ended where a run that nobody killed did: the same items, ids and places."""
    audit(folder)
    assert look(folder, ITEMS) == look(whole, ITEMS)
    assert look(folder, PLACED) == look(whole, PLACED)
    states = "SELECT id, validators, failures, problem, status FROM source"
    assert look(folder, states) == look(whole, states)


def pids_within(folder: Path) -> list[int]:
    """Return the processes that work in a folder or below it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                where = (entry / "cwd").readlink()
            except OSError:
                continue
            if where.is_relative_to(folder):
                found.append(int(entry.name))
    return found


def wait_for_end(pids: list[int]) -> None:
    """Wait until processes that are not ours to wait for are gone."""
    for pid in pids:
        try:
            ear = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            assert select.select([ear], [], [], HANG_S)[0], f"process {pid} goes on without its parent"
        finally:
            os.close(ear)


def test_f01_f02_a_fetch_killed_at_any_step_and_repeated_ends_like_one_that_was_not(
    template: Path, sweep: Callable[..., Any]
) -> None:
    """After each of a dozen kills at files and transactions: items once, the same ids, and children that end."""
    found = sweep(template, KILLS, "fetch")
    assert len(found.killed) >= min(KILLS, found.steps) - 1 >= 10
    assert len(look(found.whole, ITEMS)) == 6
    for step, folder in zip(found.killed, found.folders(), strict=True):
        assert found.killed[step]["code"] == 0, (step, found.killed[step]["words"])
        compare(folder, found.whole)
    wait_for_end(pids_within(found.target))


def kill_at(strace: list[str], template: Path, folder: Path, call: str, number: int) -> bool:
    """Run `digest fetch` in a copy of a folder, killed at a system call; tell whether it got there."""
    shutil.copytree(template, folder)
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
    command = [*strace, "-o", os.devnull, *inject, *command_line("fetch")]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.fixture
def whole(template: Path, digest_command: Callable[..., Any], tmp_path: Path) -> Path:
    """The folder of a run that nobody killed."""
    folder = tmp_path / "undisturbed"
    shutil.copytree(template, folder)
    done = digest_command("fetch", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("call", SYSCALLS)
def test_f01_f02_a_fetch_killed_at_a_system_call_keeps_no_etag_without_its_items(
    call: str, strace: list[str], template: Path, whole: Path, digest_command: Callable[..., Any], tmp_path: Path
) -> None:
    """Whatever the kernel had done by then: the database is whole, and one more run ends as if nothing had been."""

    def kill_and_look(number: int) -> tuple[bool, int]:
        folder = tmp_path / f"{call}-{number}"
        killed = kill_at(strace, template, folder, call, number)
        wait_for_end(pids_within(folder))
        audit(folder)
        reached = len(look(folder, ITEMS))
        done = digest_command("fetch", cwd=folder)
        assert done.returncode == 0, done.stderr
        compare(folder, whole)
        return killed, reached

    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(kill_and_look, SYSCALLS[call]))
    reached = {items for killed, items in seen if killed}
    assert len([killed for killed, _ in seen if killed]) >= 4
    assert min(reached) == 0, seen
    # How many answers arrive before the first commit is the machine's affair; how many commits there are is ours.
    assert call != "fdatasync" or max(reached) > 0, seen


def test_f01_the_children_of_a_killed_fetch_end_by_themselves(newsroom: Newsroom, httpserver: HTTPServer) -> None:
    """SIGKILL while one source was parsed and another is still awaited: each child that was there is gone, by pid."""
    httpserver.expect_request("/wire.xml").respond_with_handler(answer)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(HANG_S)
        sources = CONFIG.partition("  page:")[0].format(home=httpserver.url_for("/"))
        slow = f'  slow: {{type: feed, url: "http://127.0.0.1:{silent.getsockname()[1]}/", allow_private: true}}\n'
        newsroom.config.write_text(sources + slow)
        with subprocess.Popen(command_line("fetch"), cwd=newsroom.folder, env=environment()) as run:
            visitor, _ = silent.accept()
            children = wait_for_children(run)
            run.send_signal(signal.SIGKILL)
        visitor.close()
    assert run.returncode == -signal.SIGKILL
    wait_for_end(children)


def wait_for_children(run: "subprocess.Popen[bytes]") -> list[int]:
    """Return the children of a process as soon as it has some."""

    def children() -> list[str]:
        return "".join(file.read_text() for file in Path(f"/proc/{run.pid}/task").glob("*/children")).split()

    wait_until(lambda: children() or run.poll() is not None)
    assert run.poll() is None, "it ended"
    return [int(one) for one in children()]
