"""Text without quotes: what YAML 1.1 makes of it (`no` is false, `7:30` is 450), so that nobody is surprised."""

import re
from dataclasses import dataclass

import yaml

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,299})")
_DECIMAL = re.compile(r"-?[0-9]{1,300}\.[0-9]{1,300}")
_PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Surprise:
    """Text that YAML reads as something few people know; `reading` says as what."""

    reading: str


def read_plain(text: str) -> str | int | float | bool | Surprise | None:
    """Return what YAML 1.1 §10.2 reads in text without quotes: None for nothing, `~` and `null`."""
    tag = _tag_of(text)
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in ("yes", "true", "on")
    if tag in ("int", "float"):
        return _read_number(text)
    return Surprise("a date") if tag == "timestamp" else text


def reads(written: str, value: object) -> str:
    """Say in half a sentence what YAML makes of text without quotes."""
    if isinstance(value, Surprise):
        return f"YAML reads `{written}` as {value.reading}"
    if value is None:
        return f"YAML reads `{written}` as nothing"
    if isinstance(value, bool):
        return f"YAML reads `{written}` as {str(value).lower()}"
    return f"`{written}` without quotes is a number"


def in_quotes(text: str) -> str:
    """Suggest to write a text in quotes."""
    return f'write it in quotes: "{text}"'


def _tag_of(text: str) -> str:
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(text[:1], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            return str(tag).removeprefix(_PREFIX)
    return "str"


def _read_number(text: str) -> int | float | Surprise:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    try:
        return Surprise(f"the number {yaml.load(text, Loader=yaml.CSafeLoader)}")
    except (ValueError, yaml.YAMLError):
        return Surprise("a number")
