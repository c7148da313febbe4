"""Every command in a fresh folder, in the order in which a newcomer meets them; data on stdout, talk on stderr."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from digest.cli import run_command

Command = Callable[..., Any]

ITEM_KEYS = [
    "id", "source", "key", "kind", "title", "summary", "truncated", "published", "link", "language", "image", "topics",
    "regions",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole tour."""
    return tmp_path_factory.mktemp("tour")


@pytest.fixture
def digest(
    digest_command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """Run a command in the folder of the tour, which must end well.

    Each command is started once as a program of its own; its variants run in this process, which is faster.
    """
    started: set[str] = set()

    def run_here(arguments: tuple[str, ...]) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run_command(list(arguments))
        told = capfd.readouterr()
        return code, told.out, told.err

    def run(*arguments: str) -> tuple[str, str]:
        name = " ".join(arguments[: 2 if arguments[0] in ("subscribers", "db") else 1])
        if name in started:
            code, out, err = run_here(arguments)
        else:
            started.add(name)
            done = digest_command(*arguments, cwd=folder)
            code, out, err = done.returncode, done.stdout, done.stderr
        assert code == 0, err
        if not {"--json", "preview", "export"} & set(arguments):
            assert all(len(line) <= 80 for line in (out + err).splitlines())
        return out, err

    monkeypatch.chdir(folder)
    return run


def test_the_tour(digest: Command, digest_command: Command, folder: Path) -> None:
    """From `init` to `status` each command does its work and says what may come next."""
    out, err = digest("init")
    assert "Wrote config.yaml" in out
    assert "./run check" in err
    assert digest("check")[0].startswith("config.yaml: good. 1 source, 18 topics, 7 regions, 2 lists.")

    out, err = digest("fetch")
    assert out.startswith("newsroom: 15 new, 0 changed, 0 as before")
    assert "./run build publishes the feeds" in err
    assert digest("fetch")[0] == "newsroom: 0 new, 0 changed, 15 as before\n"

    check_items(digest)
    out, _ = digest("explain", "Quay")
    assert "config.yaml:" in out
    assert "found “Lesbos” in the summary" in out

    assert digest("build")[0] == "32 feeds written, 0 as before: feeds/\n"
    assert digest("build", "all", "children")[0] == "0 feeds written, 2 as before: feeds/\n"
    rows = json.loads(digest("feeds", "--json")[0])
    assert [row["name"] for row in rows[:2]] == ["all", "covid-19"]
    assert rows[0].keys() == {"name", "title", "url", "json_url", "page_url", "items", "published_at", "problem"}
    assert "https://newsroom.example.org/feeds/all.atom" in digest("feeds")[0]

    check_people(digest, folder)
    check_mail(digest, folder)
    check_status(digest)
    assert "as before" in digest("db", "upgrade")[0]


def check_items(digest: Command) -> None:
    """`items` lists the newest first; its JSON has the keys that programs rely on, in their order."""
    found = json.loads(digest("items", "--json")[0])
    assert len(found) == 15
    assert [list(item) for item in found] == [ITEM_KEYS] * 15
    days = [item["published"] for item in found]
    assert days == sorted(days, reverse=True)
    assert {image for item in found if item["image"] for image in item["image"]} == {"url", "alt", "caption", "credit"}
    out, err = digest("items", "--limit", "3")
    assert len(out.splitlines()) == 6
    assert "12 older items" in err
    assert digest("items", "--limit", "0")[1] == ""


def check_people(digest: Command, folder: Path) -> None:
    """Subscribers are imported after a trial, added, changed, shown, exported as they were imported, and erased."""
    people = folder / "people.csv"
    people.write_text("email,list,topics\nana@reader.example,daily,\nben@reader.example,daily,children health\n")
    assert "2 new" in digest("subscribers", "import", "people.csv", "--dry-run")[0]
    assert json.loads(digest("subscribers", "show", "ana@reader.example", "--json")[0]) == []
    assert "Imported" in digest("subscribers", "import", "people.csv")[0]
    assert "2 known already" in digest("subscribers", "import", "people.csv")[0]
    (row,) = json.loads(digest("subscribers", "show", "Ben@Reader.example", "--json")[0])
    assert (row["list"], row["status"], row["topics"]) == ("daily", "active", ["children", "health"])
    assert digest("subscribers", "add", "cy@reader.example", "--list", "weekly")[0].startswith("Subscribed")
    assert "changed" in digest("subscribers", "add", "cy@reader.example", "--list", "weekly", "--topics", "health")[0]
    rows = list(csv.DictReader(StringIO(digest("subscribers", "export")[0])))
    assert [row["email"] for row in rows] == ["ana@reader.example", "ben@reader.example", "cy@reader.example"]
    assert digest("subscribers", "remove", "cy@reader.example")[0] == "Left: weekly.\n"
    assert digest("subscribers", "forget", "cy@reader.example")[0] == "Erased.\n"
    assert digest("subscribers", "show", "cy@reader.example")[0] == "This address is not known.\n"


def check_mail(digest: Command, folder: Path) -> None:
    """`plan` and `preview` look ahead and write nothing; `send` mails, or says why there is nothing to mail."""
    planned = json.loads(digest("plan", "--json", "--days", "3")[0])
    assert [one["list"] for one in planned] == ["daily"] * 3
    assert planned[0].keys() == {"list", "cadence", "slot", "timezone", "at", "subscribers", "items_waiting"}
    out, err = digest("plan")
    assert "2 subscribers" in out
    assert "weekly: no edition in 7 days" in err
    out, err = digest("preview", "daily")
    assert "Subject: " in err
    assert "To leave" in out
    assert "<html" in digest("preview", "daily", "--format", "html")[0]
    assert digest("preview", "daily", "--as", "ana@reader.example", "--format", "eml")[0].startswith("From: ")
    assert not (folder / "var/outbox").exists()
    out, err = digest("send", "--now")
    assert "weekly: no edition: nobody is subscribed" in out
    assert "all that came is older than one period of the list (a day), so it counts as seen" in " ".join(out.split())
    assert "mails a test" in err
    assert "No edition is due" in digest("send", "--due")[0]
    assert digest("send", "--to", "me@site.example.org")[0].count("test mail sent") == 2
    assert len(list((folder / "var/outbox/new").iterdir())) == 2


def check_status(digest: Command) -> None:
    """`status` names sources, feeds and lists, and that nothing is wrong."""
    out, _ = digest("status")
    for seen in ("15 items", "source newsroom", "32 published", "list daily", "2 subscribers", "No troubles."):
        assert seen in out
    found = json.loads(digest("status", "--json")[0])
    assert found.keys() >= {"site", "items", "sources", "feeds", "lists", "editions", "mail", "quarantine"}


COMMANDS = [
    "init", "check", "demo", "fetch", "items", "explain", "build", "feeds", "plan", "preview", "send", "run", "status",
    "db upgrade", "subscribers import", "subscribers export", "subscribers add", "subscribers remove",
    "subscribers show", "subscribers forget",
]  # fmt: skip


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_a_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command is a sentence, its arguments and options, in 80 columns, with no sentence cut off."""
    assert run_command([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Usage: digest")
    assert all(len(line) <= 80 for line in told.splitlines())
    assert "..." not in told.partition("Commands:")[2]
    assert "<str>" not in told


def test_output_holds_no_colour_codes(digest_command: Command, folder: Path) -> None:
    """Away from a terminal nothing is coloured, nor where NO_COLOR asks for it."""
    done = digest_command("--help")
    assert "\x1b" not in done.stdout + done.stderr
