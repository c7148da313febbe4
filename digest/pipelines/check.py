"""check: what only the rooms that use a setting can judge, found before they use it."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from digest.config.places import Finding, locate
from digest.config.settings import DetailSettings, HtmlSettings, Settings
from digest.errors import Problem
from digest.sources.markup.select import check_selector


def check_sources(settings: Settings, file: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the selectors of sources; `file` is the configuration as the operator named it.

    Raises: ConfigError where the file cannot be read any more.
    """
    found = [
        Finding(("sources", source.id, *keys), f"`{'.'.join(('sources', source.id, *keys))}`: {wrong}")
        for source in settings.sources
        if source.html
        for keys, text in _selectors(source.html)
        if (wrong := check_selector(text))
    ]
    return locate(file, found).problems if found else ()


def _selectors(block: HtmlSettings | DetailSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the selectors of a block, each with the keys that lead to it."""
    for one in fields(block):
        value = getattr(block, one.name)
        if isinstance(value, str):
            yield (one.name,), value
        elif value is not None:
            yield from (((one.name, *keys), text) for keys, text in _selectors(value))
