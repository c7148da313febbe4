"""people: a file of subscribers | check every row | stage | count, and only then take over.

Rows are read, checked and staged in a stream, so memory does not grow with the file. Nothing is changed while a
single row is wrong, unless the caller says to leave wrong rows out.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import available_timezones

from digest.config.settings import Settings
from digest.errors import AddressError, UsageError
from digest.mail.address import canonical_address, without_addresses
from digest.mail.tokens import address_hash
from digest.model.mailing import Cadence
from digest.model.subscriber import Choice, Format
from digest.pipelines.deliver import find_list
from digest.pipelines.offers import sync_lists
from digest.pipelines.subscribe import check_topics, list_zone
from digest.store.editions import start_seq
from digest.store.engine import Store
from digest.store.imports import IncomingRow, Staged, open_import
from digest.store.subscribers import choices_body, load_suppressed

COLUMNS = ("email", "list", "topics", "cadence", "timezone", "language", "format")
"""What an import may hold; only the first is needed. Several topics are separated by spaces, `;` or `|`."""

ADDRESS_NAMES = ("email", "e-mail", "email address", "email_address", "address", "mail")

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a BCP 47 tag (RFC 5646 §2.1), as far as digests use it."""

SHOWN_ERRORS = 20
"""Errors kept in words; further ones are counted, so that a file of nothing but errors takes no memory."""


@dataclass(slots=True)
class Report:
    """What an import found: `errors` are `(line, sentence)`; `staged` says what taking over does."""

    rows: int = 0
    wrong: int = 0
    suppressed: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    staged: Staged = field(default_factory=Staged)
    imported: bool = False
    default_list: str | None = None

    def refuse(self, line: int, reason: str) -> None:
        """Count a wrong row."""
        self.wrong += 1
        if len(self.errors) < SHOWN_ERRORS:
            self.errors.append((line, reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import: `list_id` for rows that name no list, `dry_run` changes nothing, `skip_wrong` leaves wrong
    rows out instead of refusing the file."""

    list_id: str | None = None
    dry_run: bool = False
    skip_wrong: bool = False


Shared = tuple[int, str, str, str, str, str, str]
"""What rows with the same cells but for the address share: all of an IncomingRow but line and address."""

Progress = Callable[[int], None]
"""Told how many bytes of the file have been read so far."""


def import_people(
    settings: Settings, store: Store, key: bytes, file: Path, options: ImportOptions, now: datetime, progress: Progress
) -> Report:
    """Subscribe everybody in a CSV file, all or nobody; who is known already stays as they are.

    Raises: UsageError where the file cannot be read to its end or its first line names no address column.
    """
    report = Report()
    with store.write() as connection:
        sync_lists(connection, settings.lists, now)
        suppressed = load_suppressed(connection)
        marks = {
            one.id: start_seq(connection, one.id, timedelta(days=one.schedule.cadence.period_days), now)
            for one in settings.lists
        }
    with _opened(file) as text, open_import(store) as staging:
        reader = _Reader(settings, key, suppressed, marks, options, report)
        staging.stage(reader.read(text, progress))
        report.imported = not options.dry_run and (options.skip_wrong or not report.wrong)
        report.staged = staging.take_over(now, keep=report.imported)
    return report


def _opened(file: Path) -> TextIO:
    try:
        with file.open("rb") as raw:
            begins = raw.read(2)
        if not begins:
            raise UsageError(f"{file}: the file is empty")
        if begins in (b"\xff\xfe", b"\xfe\xff"):
            raise UsageError(f"{file}: the file is UTF-16: save it as CSV in UTF-8")
        return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


class _Reader:
    """Turns lines of a file into checked rows; what most rows share is checked once."""

    def __init__(
        self,
        settings: Settings,
        key: bytes,
        suppressed: set[str],
        marks: Mapping[str, int],
        options: ImportOptions,
        report: Report,
    ) -> None:
        self.settings, self.key, self.suppressed, self.marks, self.report = settings, key, suppressed, marks, report
        self.default_list = options.list_id
        self.zones = available_timezones()
        self.places: Sequence[int] = ()
        self.known: dict[tuple[str, ...], Shared] = {}

    def read(self, text: TextIO, progress: Progress) -> Iterator[IncomingRow]:
        first = text.readline()
        columns = _find_columns(first)
        self.places = [columns.get(name, -1) for name in COLUMNS]
        self._choose_default(columns)
        delimiter = _delimiter(first)
        if "@" in first:
            text.seek(0)
        reader = csv.reader(_counted(text, progress), delimiter=delimiter, strict=True)
        # A row is known by the line where it begins: a quoted cell may go on over several.
        offset = last = 0 if "@" in first else 1
        try:
            for cells in reader:
                line, last = last + 1, offset + reader.line_num
                if any(cells) and (row := self._check(line, cells)):
                    yield row
        except csv.Error as error:
            # Whoever would come after this is not known, so this is no row to be left out.
            raise UsageError(f"{text.name}:{last + 1}: the file cannot be read on from here: {error}") from error

    def _choose_default(self, columns: Mapping[str, int]) -> None:
        if self.default_list is None and "list" not in columns:
            if not self.settings.lists:
                raise UsageError("config.yaml has no list to subscribe people to: add one under `lists:`")
            self.default_list = self.settings.lists[0].id
            self.report.default_list = self.default_list

    def _check(self, line: int, cells: Sequence[str]) -> IncomingRow | None:
        self.report.rows += 1
        values = [cells[at].strip() if 0 <= at < len(cells) else "" for at in self.places]
        try:
            address = canonical_address(values[0].removeprefix("'"))
        except AddressError as error:
            self.report.refuse(line, f"not an address we can write to: {error}")
            return None
        shared = self._share(tuple(values[1:]))
        if isinstance(shared, str):
            self.report.refuse(line, shared)
            return None
        if self.suppressed and address_hash(self.key, address) in self.suppressed:
            self.report.suppressed += 1
            return None
        return IncomingRow(line, shared[0], address, *shared[1:])

    def _share(self, values: tuple[str, ...]) -> Shared | str:
        if values not in self.known:
            try:
                self.known[values] = self._check_wish(*values)
            except UsageError as error:
                # Cells in the wrong column: an address must not get into a log this way.
                return without_addresses(str(error))
        return self.known[values]

    def _check_wish(self, list_id: str, topics: str, cadence: str, zone: str, language: str, form: str) -> Shared:
        mailing = find_list(self.settings, list_id or self.default_list or "")
        named = topics.replace(";", " ").replace("|", " ").replace(",", " ").split()
        mark = self.marks[mailing.id]
        chosen = [Choice(topic, mark) for topic in check_topics(mailing, self.settings, named)]
        if zone and zone not in self.zones:
            raise UsageError(f"'{zone}' is no time zone (one like Europe/London)")
        return (
            mark,
            mailing.id,
            choices_body(chosen),
            _one_of(Cadence, cadence.lower() or mailing.schedule.cadence.value, "cadence"),
            zone or list_zone(mailing, self.settings.site.timezone),
            _check_language(language) or mailing.language,
            _one_of(Format, form.lower() or Format.HTML.value, "format"),
        )


def _check_language(text: str) -> str:
    if text and not _LANGUAGE.fullmatch(text):
        raise UsageError(f"'{text}' is no language code (one like en or pt-BR)")
    return text


def _one_of(values: type[Cadence] | type[Format], text: str, name: str) -> str:
    known = [value.value for value in values]
    if text not in known:
        raise UsageError(f"'{text}' is no {name} ({', '.join(known)})")
    return text


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count)


def _find_columns(first: str) -> Mapping[str, int]:
    """Return where each known column stands; a file without a header is a list of addresses."""
    if "@" in first:
        return {"email": 0}
    cells = next(csv.reader([first], delimiter=_delimiter(first)), [])
    names = [cell.strip().lower() for cell in cells]
    at = next((names.index(name) for name in ADDRESS_NAMES if name in names), None)
    if at is None:
        shown = ", ".join(name for name in names if name.isprintable())[:60] or "nothing"
        raise UsageError(f"the first line names no column 'email' (it has: {shown}); columns: {', '.join(COLUMNS)}")
    return {"email": at} | {name: names.index(name) for name in COLUMNS[1:] if name in names}


def _counted(text: TextIO, progress: Progress) -> Iterator[str]:
    size = 0
    told = 0
    for line in text:
        size += len(line)
        if size - told >= 1 << 20:
            told = size
            progress(size)
        yield line
