"""`subscribers import`: what spreadsheets make of a CSV file, every row checked before anything changes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import UsageError
from digest.pipelines.people import ImportOptions, Report, import_people
from digest.store.subscribers import each_subscription

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
HEAD = b"email,list,topics\n"
ANA, BEN = b"ana@reader.example,daily,\n", b"ben@reader.example,daily,sea\n"

Import = Callable[..., Report]


@pytest.fixture
def imported(newsroom: Any, tmp_path: Path) -> Import:
    """Import the bytes of a file."""

    def run(data: bytes, **options: Any) -> Report:
        file = tmp_path / "people.csv"
        file.write_bytes(data)
        app = newsroom.app()
        given = ImportOptions(**options)
        return import_people(app.settings, app.store, app.key, file, given, NOW, lambda _read: None)

    return run


@pytest.fixture
def subscribed(newsroom: Any) -> Callable[[], list[tuple[str, str, tuple[str, ...]]]]:
    """Who is subscribed to what."""

    def load() -> list[tuple[str, str, tuple[str, ...]]]:
        with newsroom.app().store.read() as connection:
            return [(one.address, one.list_id, tuple(c.topic for c in one.choices))
                    for one in each_subscription(connection)]  # fmt: skip

    return load


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEAD + ANA + BEN, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + HEAD + ANA + BEN, id="byte order mark"),
        pytest.param((HEAD + ANA + BEN).replace(b",", b";"), id="semicolons"),
        pytest.param((HEAD + ANA + BEN).replace(b",", b"\t"), id="tabs"),
        pytest.param((HEAD + ANA + BEN).replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param((HEAD + ANA + BEN).replace(b"\n", b"\r"), id="CR alone"),
        pytest.param((HEAD + ANA + b"\n , ,\n\n" + BEN).replace(b" , ,", b",,"), id="blank lines"),
        pytest.param(b'"E-Mail","List","Topics"\n"ana@reader.example","daily",""\n"ben@reader.example","daily","sea"',
                     id="quoted, other names, no last line end"),
        pytest.param(b"topics,note,address\n,,Ana@Reader.Example\nsea,x,'ben@reader.example\n", id="other order"),
        pytest.param(HEAD + ANA + BEN + b"ANA@reader.example,daily,sea\n", id="somebody twice: the first counts"),
        pytest.param(HEAD + ANA + b'ben@reader.example,daily,"sea\n"\n', id="a quoted line end"),
    ],
)  # fmt: skip
def test_a_spreadsheet_as_it_comes(data: bytes, imported: Import, subscribed: Callable[[], Any]) -> None:
    """However a spreadsheet writes it, the same two people are subscribed to the same."""
    report = imported(data)
    assert (report.wrong, report.imported, report.staged.new) == (0, True, 2)
    assert subscribed() == [("ana@reader.example", "daily", ("*",)), ("ben@reader.example", "daily", ("sea",))]


def test_a_list_of_addresses_alone(imported: Import) -> None:
    """A file without a header is a list of addresses, for the list that is named or the first one."""
    report = imported(b"ana@reader.example\nben@reader.example\n")
    assert (report.staged.new, report.default_list) == (2, "daily")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(b"nobody,daily,", "not an address we can write to: it has no @", id="no address"),
        pytest.param(b"a\x00b@reader.example,daily,", "not an address", id="NUL"),
        pytest.param(b"a\xff@reader.example,daily,", "not an address", id="invalid UTF-8 in an address"),
        pytest.param(b"a@reader.example,d\xffly,", "there is no list", id="invalid UTF-8 in a list"),
        pytest.param(b"a" * 100_000 + b"@reader.example,daily,", "longer than", id="100 KB"),
        pytest.param(b"a@reader.example,weekly,", "there is no list 'weekly' (lists: daily)", id="no such list"),
        pytest.param(b"a@reader.example,b@reader.example,", "there is no list [address]", id="address as list"),
        pytest.param(b"a@reader.example,daily,see", "there is no topic 'see'", id="no such topic"),
    ],
)
def test_a_wrong_row_refuses_the_file_with_its_line(
    row: bytes, reason: str, imported: Import, subscribed: Callable[[], Any]
) -> None:
    """One wrong row is told with the line where it begins and no address, and nobody is subscribed."""
    report = imported(HEAD + b'ana@reader.example,daily,"sea\nland"\n' + row + b"\n" + BEN)
    ((line, told),) = report.errors
    assert line == 4
    assert reason in told
    assert "@reader" not in told
    assert told.isprintable()
    assert (report.imported, subscribed()) == (False, [])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (b"fortnightly,,,", "'fortnightly' is no cadence"),
        (b",Mars/Base,,", "'Mars/Base' is no time zone"),
        (b",,english please,", "is no language code"),
        (b",,,pdf", "'pdf' is no format"),
    ],
)
def test_every_column_is_checked(cells: bytes, reason: str, imported: Import) -> None:
    """A cadence, zone, language or format that does not exist is a wrong row."""
    report = imported(b"email,cadence,timezone,language,format\nana@reader.example," + cells + b"\n")
    assert reason in report.errors[0][1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"name,phone\nAna,1\n", "no column 'email' (it has: name, phone)", id="header"),
        pytest.param("email\nana@reader.example\n".encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(HEAD + ANA + b'"ben@reader.example,daily,\n', "csv:3: the file cannot", id="open quote"),
        pytest.param(HEAD + ANA + b"b@c.example,daily," + b"x" * 140_000, "csv:3: the file cannot", id="140 KB"),
        pytest.param(b"\x00\x01\x02\x03", "names no column", id="binary"),
    ],
)
def test_a_file_that_is_none(data: bytes, reason: str, imported: Import, subscribed: Callable[[], Any]) -> None:
    """A file that cannot be read to its end is refused in a sentence, even where wrong rows may be left out."""
    with pytest.raises(UsageError, match=re.escape(reason)):
        imported(data, skip_wrong=True)
    assert subscribed() == []


def test_wrong_rows_can_be_left_out(imported: Import, subscribed: Callable[[], Any]) -> None:
    """Asked to, the import leaves wrong rows out and takes the others; a trial changes nothing either way."""
    data = HEAD + ANA + b"nobody,daily,\n" + BEN
    assert imported(data, skip_wrong=True, dry_run=True).staged.new == 2
    assert subscribed() == []
    report = imported(data, skip_wrong=True)
    assert (report.imported, report.wrong, len(subscribed())) == (True, 1, 2)


def test_a_file_of_errors_takes_no_screen(digest_command: Callable[..., Any], newsroom: Any, tmp_path: Path) -> None:
    """Of a thousand wrong rows twenty are shown and the rest counted; exit code 1, and all of it on stderr."""
    (tmp_path / "people.csv").write_text("email\n" + "nobody\n" * 1_000)
    done = digest_command("subscribers", "import", "people.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) < 30
    assert "people.csv:2: not an address we can write to" in done.stderr
    assert "and 980 more wrong rows" in done.stderr
