"""Data → YAML as people write it: no quotes where text reads the same without, lists on one line."""

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from digest.config.plain import read_plain

_PLAIN = re.compile(r"[^\s\"'#&*!|>%@`,\[\]{}?:-](?:[^\n\r]*\S)?")
_UNWRITABLE = "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_ESCAPED = re.compile(rf'{_UNWRITABLE}|[\\"]')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def as_yaml(value: object) -> str:
    """Return a value on one line, as it may stand after a key."""
    return _write(value, inside=False)


def yaml_lines(block: Mapping[str, object], step: int = 2) -> Iterator[str]:
    """Yield the lines of a block of keys; blocks inside it are indented by `step` spaces, an empty one is `{}`."""
    for key, value in block.items():
        if isinstance(value, Mapping) and value:
            yield f"{_write(key, inside=True)}:"
            yield from (" " * step + line for line in yaml_lines(value, step))
        else:
            yield f"{_write(key, inside=True)}: {as_yaml(value)}"


def _write(value: object, *, inside: bool) -> str:
    """Return a value; `inside` brackets and for keys more text needs quotes than after a key."""
    if isinstance(value, str):
        return _text(value, inside=inside)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        pairs = (f"{_write(key, inside=True)}: {_write(one, inside=True)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence):
        return f"[{', '.join(_write(one, inside=True) for one in value)}]"
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(f"no value of a configuration: {value!r}")


def _text(text: str, *, inside: bool) -> str:
    if _reads_the_same(text, inside=inside):
        return text
    if re.search(r'[\\"]', text) and "'" not in text and not re.search(_UNWRITABLE, text):
        return f"'{text}'"
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _reads_the_same(text: str, *, inside: bool) -> bool:
    """Ask YAML itself whether a text without quotes is read as that text."""
    if not _PLAIN.fullmatch(text) or re.search(_UNWRITABLE, text) or read_plain(text) != text:
        return False
    if text in ("<<", "=") or (inside and re.search(r"[,\[\]{}?]", text)):
        return False
    try:
        events = list(yaml.parse(f"[{text}, {text}: x]" if inside else f"k: {text}", Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return False
    scalars = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    return [one.value for one in scalars] == ([text, text, "x"] if inside else ["k", text])


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}")
