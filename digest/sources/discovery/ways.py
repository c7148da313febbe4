"""A way to read a newsroom that was really tried: the keys of its source in config.yaml, and what it gave."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from digest.config.settings import HtmlSettings, SourceSettings
from digest.model.item import Parsed, ParsedItem

_SELECTORS = frozenset(field.name for field in fields(HtmlSettings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to read a page: the keys of its source in config.yaml, what it is in words, and what it really gave.

    `share` says of each part of an item which share of the items has it (`judge.PARTS`). `reasons` speak for and
    against it, `problems` are what the operator should see to. `score` compares it with the other ways of its page.
    `aside` says that its items stand beside the content, `forbidden` why robots.txt keeps us from reading it.
    """

    source: Mapping[str, Any]
    name: str
    parsed: Parsed
    score: float = 0.0
    share: Mapping[str, float] | None = None
    reasons: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    aside: bool = False
    forbidden: str | None = None

    @property
    def links(self) -> frozenset[str]:
        """Where its items lead."""
        return frozenset(item.link for item in self.parsed.items if item.link)

    @property
    def newest(self) -> date | None:
        """The day of the newest item that has one."""
        return max((day_of(item) for item in self.parsed.items if item.published is not None), default=None)


def settings_of(source: Mapping[str, Any], id_: str = "try") -> SourceSettings:
    """Return the settings that the keys of a source mean; paths are used as they stand there."""
    given = {key: value for key, value in source.items() if key not in _SELECTORS}
    formats = given.pop("date_format", ())
    selectors = {key: value for key, value in source.items() if key in _SELECTORS}
    return SourceSettings(
        id=id_,
        html=HtmlSettings(**selectors) if selectors else None,
        date_formats=(formats,) if isinstance(formats, str) else tuple(formats),
        **given,
    )


def day_of(item: ParsedItem) -> date:
    """Return the day of an item that has a date, the first there is of one that has none."""
    when = item.published
    return when.date() if isinstance(when, datetime) else when or date.min
