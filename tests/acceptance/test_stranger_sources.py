"""Sources in the hands of somebody who never saw digest: each slip gets a sentence, and each hint works as typed."""

import os
import pty
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from digest.cli import run_command
from digest.cli.base import folded, typed
from tests.commands import PROJECT, command_line, environment
from tests.patience import HANG_S

SITE = 'site: {title: Open Harbour, url: "https://newsroom.example.org/", timezone: UTC}\n'
SOURCE = """\
sources:
  press:
    type: html
    url: "%s"
    items: div.card
    title: h3
    link: h3 a@href
    date: .date
    allow_private: true
"""
LOGIN = "<title>Log in</title><form><input type=password></form>"

Digest = Callable[..., tuple[int, str, str]]


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Digest:
    """Run a command in a fresh folder with a small configuration; return exit code, data and talk."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(SITE)

    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run_command(list(arguments))
        told = capfd.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return run


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    """A newsroom's server; what it does not have is a 404."""
    httpserver.no_handler_status_code = 404
    return httpserver


def listing(*dates: str) -> str:
    """Return a page of stories."""
    days = dates or tuple(f"{(datetime.now(UTC) - timedelta(days=day)):%d %b %Y}" for day in range(1, 13))
    cards = (
        f'<div class="card"><h3><a href="/press/{at}">Ferry {at} returns to its harbour</a></h3>'
        f'<p class="date">{on}</p><p class="lead">The ferry number {at} has been away for a while.</p></div>'
        for at, on in enumerate(days)
    )
    return f"<html><head><title>Press</title></head><body><main>{''.join(cards)}</main></body></html>"


def show(site: HTTPServer, page: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
    """Let the newsroom's page be this one, and return its address."""
    site.clear_all_handlers()
    site.expect_request("/press/").respond_with_data(page, status, headers, content_type="text/html; charset=utf-8")
    return site.url_for("/press/")


def connect(site: HTTPServer, folder: Path) -> None:
    """Write the newsroom's page into the configuration."""
    (folder / "config.yaml").write_text(SITE + SOURCE % show(site, listing()))


def even(text: str) -> str:
    """Return a text with its white space evened out."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("http://[::1", 1, "digest: http://[::1 is no http or https URL"),
        ("http://", 1, "digest: http:// is no http or https URL"),
        ("ftp://x.example/", 2, "ftp://x.example/ is neither an http or https address nor a file"),
        ("mailto:a@b.example", 2, "is neither an http or https address nor a file"),
        ("", 2, "name a page by its address, a saved file, or a folder"),
    ],
)
def test_what_is_no_address(address: str, code: int, said: str, digest: Digest) -> None:
    """A slip in the address is told in a sentence."""
    found, out, err = digest("sources", "try", address)
    assert (found, out) == (code, "")
    assert said in err


def test_an_id_that_cannot_be_saved_is_refused_before_anybody_is_asked(
    site: HTTPServer, tmp_path: Path, digest: Digest
) -> None:
    """A taken id and one that is no id are usage errors, and no request is sent."""
    connect(site, tmp_path)
    address = site.url_for("/press/")
    for id_, said in (("press", "there is a source `press` already"), ("My Press", "such as my-press")):
        code, out, err = digest("sources", "try", address, id_, "--save", "--allow-private")
        assert (code, out) == (2, "")
        assert said in err
    assert site.log == []


def test_saving_what_robots_txt_forbids_promises_no_reading(site: HTTPServer, digest: Digest) -> None:
    """The source is saved, and the hint says that it will not be read, not that `fetch` reads it."""
    address = show(site, listing())
    site.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /", content_type="text/plain")
    code, _, err = digest("sources", "try", address, "press", "--save", "--allow-private")
    assert code == 0
    assert "it is not read while its robots.txt forbids it" in even(err)
    assert "reads it" not in err


def test_a_guess_is_told_in_eighty_columns(site: HTTPServer, digest: Digest) -> None:
    """Dates of two meanings are commented in the YAML, in lines that fit; saved without that YAML, in a note."""
    address = show(site, listing(*["11/12/2025"] * 6))
    _, out, _ = digest("sources", "try", address, "--allow-private")
    assert "  # dates such as" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "is a guess" in digest("sources", "try", address, "press", "--save", "--json", "--allow-private")[2]


def test_a_saved_page_needs_the_address_that_it_came_from(tmp_path: Path, digest: Digest) -> None:
    """Links without a site would lead to the wrong one: the YAML says what to add."""
    (tmp_path / "saved.html").write_text(listing())
    assert "# its links lack the site: add `url:`" in digest("sources", "try", "saved.html")[1]


def test_stories_left_out_for_one_reason_are_one_line(site: HTTPServer, tmp_path: Path, digest: Digest) -> None:
    """Twelve bad dates are one sentence, a failure, and the reason why there are none of the usual items."""
    connect(site, tmp_path)
    assert digest("fetch")[0] == 0
    show(site, listing(*["3 days ago"] * 12))
    code, out, err = digest("fetch")
    assert (code, out) == (1, "press: 0 new, 0 changed, 0 as before, 12 left out\n")
    assert err.count("left out: ") == 1
    assert "Ferry 0 returns to its harbour and 11 more: " in err
    assert "0 of the usual 12 items: 12 could not be used and were left out" in err
    status = digest("status")[1]
    assert "mores" not in status
    assert "layout" not in status
    assert status.count("LEFT OUT") == 1


def test_many_reasons_are_counted_in_good_english(site: HTTPServer, tmp_path: Path, digest: Digest) -> None:
    """Of more than ten lines the rest is counted."""
    connect(site, tmp_path)
    show(site, listing(*(f"{day} days ago" for day in range(3, 15))))
    assert "  … and 2 more left out: see status --json" in digest("fetch")[2]
    assert "  … and 2 more left out: status --json names all of them" in digest("status")[1]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (LOGIN, 'it looks like a login page: its title is "Log in"'),
        (
            listing().replace('class="card"', 'class="tile"'),
            '0 of the usual 12 items: has the layout changed? (the selector "div.card" finds nothing)',
        ),
    ],
    ids=["login page", "new layout"],
)
def test_fetch_fails_where_the_usual_items_are_gone(
    page: str, said: str, site: HTTPServer, tmp_path: Path, digest: Digest
) -> None:
    """A page with a 200 and without items is exit code 1, what was seen, and a command that looks at it anew."""
    connect(site, tmp_path)
    digest("fetch")
    show(site, page)
    code, _, err = digest("fetch")
    assert code == 1
    assert said in even(err)
    assert "Keeps the last good items; next reading" in err
    command = typed(f"sources try {site.url_for('/press/')} --allow-private")
    assert command in err
    assert command in digest("status")[1]


def test_fetch_tells_of_a_move(site: HTTPServer, tmp_path: Path, digest: Digest) -> None:
    """Not only `status` says that the page has a new address."""
    connect(site, tmp_path)
    digest("fetch")
    show(site, "", 301, {"Location": "/news/"})
    site.expect_request("/news/").respond_with_data(listing(), content_type="text/html; charset=utf-8")
    code, _, err = digest("fetch")
    assert code == 0
    assert f"it moved for good to {site.url_for('/news/')}" in err


def test_fetch_due_leaves_a_server_alone_that_asked_for_a_pause(
    site: HTTPServer, tmp_path: Path, digest: Digest
) -> None:
    """What is not due is not asked, however often cron calls; nothing due is no failure."""
    connect(site, tmp_path)
    show(site, "busy", 503, {"Retry-After": "3600"})
    assert digest("fetch", "--due")[0] == 1
    asked = len(site.log)
    code, out, err = digest("fetch", "--due")
    assert (code, out, err) == (0, f"No source is due: {typed('status')} shows when each is read next\n", "")
    assert len(site.log) == asked


def test_readers_are_never_told_nothing(site: HTTPServer, tmp_path: Path, digest: Digest) -> None:
    """A correction, a withdrawal, and an edit that readers hear of need words; without them nothing is done."""
    connect(site, tmp_path)
    digest("fetch")
    for command in (
        ("correct", "Ferry 3", "--note", ""),
        ("withdraw", "Ferry 3", "--reason", "  "),
        ("edit", "Ferry 3", "--title", "Another", "--note", ""),
    ):
        code, out, err = digest(*command)
        assert (code, out) == (2, "")
        assert "is empty: readers are told what it says; nothing was changed" in err
    assert "Revisions" not in digest("explain", "Ferry 3")[1]
    assert digest("explain", "")[2] == "digest: name an item by its id, its key, or words of its title\n"


def test_an_editor_that_nobody_answers_for_changes_nothing(
    site: HTTPServer, tmp_path: Path, digest: Digest, digest_command: Any
) -> None:
    """Where nobody can confirm, that is said, and not that something was done."""
    connect(site, tmp_path)
    digest("fetch")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^title: .*/title: Ferries are back/" "$1"\n')
    editor.chmod(0o755)
    asked = environment() | {"EDITOR": str(editor)}
    done = digest_command("edit", "Ferry 3", env=asked, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "nobody is there to say yes, so nothing was changed" in done.stderr
    assert digest_command("edit", "Ferry 3", env=asked, input="y\n").returncode == 0
    assert "Ferries are back" in digest("items")[1]


def test_hints_name_the_door_as_it_is_typed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the checkout, as in the tutorial, it is `../run`; a command is never broken between lines."""
    monkeypatch.chdir(PROJECT / "docs")
    assert typed("check", Path("my config.yaml")) == "../run --config 'my config.yaml' check"
    assert folded("x" * 70 + " and then something") == "x" * 70 + " and then\n  something"


def test_a_trouble_fits_a_terminal(site: HTTPServer, tmp_path: Path, digest: Digest) -> None:
    """On a terminal the sentence of a failed reading is broken between words, not by the edge."""
    connect(site, tmp_path)
    site.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /", content_type="text/plain")
    ours, theirs = pty.openpty()
    done = subprocess.run(command_line("fetch"), cwd=tmp_path, env=environment(), stderr=theirs, timeout=HANG_S)
    told = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 1
    assert len(told) > 1
    assert max(map(len, told)) <= 80
