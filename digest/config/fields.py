"""The sorts of values that config.yaml holds: how each is checked, converted and described to editors."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta
from difflib import get_close_matches
from email.utils import quote
from typing import Annotated, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from digest.config.stores import StoreUrlError, check_store
from digest.config.when import nearest_schedule, parse_duration, parse_schedule
from digest.model.mailing import SUBSCRIBER_ZONE, Schedule
from digest.model.topic import ALL, CORRECTIONS

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NO_BIND = "none"
"""In place of an address to listen on: nobody is to be served."""

RESERVED_TOPICS = (ALL, CORRECTIONS, "index", "feeds")
"""File names in the folder of feeds that belong to no topic."""

_RESERVED_PREFIXES = ("kind-", "region-")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BIND = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_MAILBOX = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>")
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')  # RFC 5322 §3.2.3
_JOINERS = "\u200c\u200d"  # Persian and Indic words are written with them
_Value = TypeVar("_Value")


def wrong(message: str, suggestion: str | None = None) -> PydanticCustomError:
    """Return the error for a value, in a sentence for the operator; without a suggestion an example is shown."""
    context = {"message": message, "suggestion": suggestion}
    return PydanticCustomError("digest", "{message}", context)


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    """Return the question with the nearest known word, if one is near."""
    near = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None


def _line(text: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise wrong("an empty text")
    if bad := next((char for char in plain if _is_unseen(char)), None):
        raise wrong(f"a character that nobody sees (U+{ord(bad):04X})", "remove it")
    return plain


def _is_unseen(char: str) -> bool:
    return char not in _JOINERS and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs")


def _slug(text: str) -> str:
    if SLUG.fullmatch(text):
        return text
    if not text:
        raise wrong("an empty id")
    near = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63]
    rule = "an id holds a-z, 0-9 and -, begins with a letter or digit, and has at most 63 of them"
    raise wrong(f"`{text}` is no id", f"write it as {near}" if near else rule)


def _topic_id(text: str) -> str:
    if text in RESERVED_TOPICS or text.startswith(_RESERVED_PREFIXES):
        raise wrong(f"the topic id `{text}` is taken by a feed of our own", "choose another id")
    return _slug(text)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong(f"no time zone is called `{name}`", _nearest_zone(name)) from error
    return name


def _list_zone(name: str) -> str:
    return name if name == SUBSCRIBER_ZONE else _zone(name)


def _nearest_zone(name: str) -> str:
    """Return a suggestion: by city (`London`), else by spelling, else how zones are written."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    by_name = {zone.lower(): zone for zone in zones} | {zone.lower().rpartition("/")[2]: zone for zone in zones}
    wanted = "_".join(name.lower().split())
    near = [wanted] if wanted in by_name else get_close_matches(wanted, by_name, n=1, cutoff=0.75)
    return f"did you mean '{by_name[near[0]]}'?" if near else "write it as a city of the tz database: Europe/London"


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s<>\"\\^`{|}]", text) or any(_is_unseen(char) for char in text):
        raise wrong(f"`{text}` is no web address", "write it as https://newsroom.example.org/")
    if "@" in parts.netloc:
        raise wrong("a user name or password in a web address", "take it out: everybody who sees the address sees it")
    return text


def _mailbox(text: str) -> str:
    plain = _line(text)
    found = _MAILBOX.fullmatch(plain)
    if found is None:
        return _address(plain)
    name, address = found["name"], _address(found["address"])
    if name[:1] == name[-1:] == '"' or not _SPECIALS.search(name):
        return f"{name} <{address}>" if name else address
    return f'"{quote(name)}" <{address}>'  # RFC 5322 §3.2.4


def _address(text: str) -> str:
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        example = "write it as news@example.org or Newsroom <news@example.org>"
        raise wrong(f"`{text}` is no mail address: {_clause(error)}", example) from error
    return text


def _clause(error: Exception) -> str:
    """Return the library's sentence as a part of ours."""
    sentence = str(error).rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise wrong(f"`{text}` is no language code", "write it as en, fr or pt-BR (BCP 47)")
    return text


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise wrong(f"`{text}` is no code of a country", "write it as US (ISO 3166-1)")
    return text


def _reader_link(text: str) -> str:
    if text.count("{url}") != 1:
        raise wrong(f"`{text}` does not say where the address of a feed goes", "write {url} there, once")
    _url(text.replace("{url}", "x"))
    return text


def _bind(text: str) -> str:
    if text == NO_BIND:
        return text
    found = _BIND.fullmatch(text)
    if found is None or int(found[2]) > 65535:
        raise wrong(f"`{text}` is no address to listen on", "write it as 127.0.0.1:8000")
    return text


def _term(text: str) -> str:
    plain = _line(text)
    if not any(char.isalnum() for char in plain):
        raise wrong(f"`{text}` has no letter or digit, so it would match nothing", "write a word, or take it away")
    if re.search(r"(?:^|\*)\*|\s\*$|\*\w", plain):
        raise wrong(
            f"`{text}`: a `*` stands at the end of a word, or for a word between two others", "write it as refugee*"
        )
    return plain


def _file(text: str) -> str:
    plain = _line(text)
    if plain.startswith("~"):
        raise wrong("`~` stands for nobody's folder here", "write the whole path, or one that counts from this file")
    return plain


def _store(text: str) -> str:
    try:
        return check_store(_line(text))
    except StoreUrlError as error:
        raise wrong(str(error), error.suggestion) from error


def as_tuple(value: object) -> object:
    """Return a list as a tuple, and a value alone as a tuple of one."""
    if isinstance(value, str | int | float):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _converter(read: Callable[[str], _Value], nearest: Callable[[str], str | None]) -> Callable[[object], _Value]:
    def convert(value: object) -> _Value:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "text is meant")
        try:
            return read(value)
        except ValueError as error:
            raise wrong(str(error), nearest(value)) from error

    return convert


def _nearest_send(text: str) -> str:
    return f"write it as {nearest_schedule(text)}"


def _nearest_duration(text: str) -> str:
    number = re.search(r"[1-9][0-9]*", text)
    return f"write it as {number[0] if number else 15} min"


TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
"""The schema of a text, or a list of them."""

_ID = {"type": "string", "pattern": f"^{SLUG.pattern}$"}

Line = Annotated[str, AfterValidator(_line)]
File = Annotated[str, AfterValidator(_file)]
Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema(_ID)]
TopicId = Annotated[str, AfterValidator(_topic_id), WithJsonSchema(_ID)]
Zone = Annotated[str, AfterValidator(_zone)]
ListZone = Annotated[str, AfterValidator(_list_zone)]
Url = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Address = Annotated[str, AfterValidator(_address)]
Language = Annotated[str, AfterValidator(_language)]
Bind = Annotated[str, AfterValidator(_bind)]
Country = Annotated[str, AfterValidator(_country)]
ReaderLink = Annotated[str, AfterValidator(_reader_link)]
Store = Annotated[str, AfterValidator(_store), WithJsonSchema({"type": "string", "pattern": "^(sqlite|postgresql)"})]
Term = Annotated[str, AfterValidator(_term)]
Terms = Annotated[tuple[Term, ...], BeforeValidator(as_tuple), WithJsonSchema(TEXTS)]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(as_tuple), WithJsonSchema(TEXTS)]
Ids = Annotated[tuple[str, ...], BeforeValidator(as_tuple), WithJsonSchema(TEXTS)]
Duration = Annotated[
    timedelta,
    BeforeValidator(_converter(parse_duration, _nearest_duration)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+ ?[A-Za-z]+$"}),
]
Send = Annotated[
    Schedule,
    BeforeValidator(_converter(parse_schedule, _nearest_send)),
    WithJsonSchema(
        {"type": "string", "pattern": "^(daily|weekdays|weekly on [a-z]+) at [0-9]{1,2}:[0-9]{2}$|^immediately$"}
    ),
]
