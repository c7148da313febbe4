"""What becomes of an item that was read: new, changed, refreshed or the same, and why."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from digest.items.identity import canonical_link
from digest.items.markup import text_of_html
from digest.items.text import fold_typography, fold_words
from digest.model.item import Image, ItemStatus, ParsedItem


class Change(StrEnum):
    """`CHANGED` is a change of words: a new revision, and `updated` moves. `REFRESHED` is one of link, picture address
    or language: kept, but no revision. `SAME` is to be left as it is."""

    NEW = "new"
    CHANGED = "changed"
    REFRESHED = "refreshed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What deciding needs of a stored item; title and summary as stored tell whether a correction was marked before.

    `pinned` are the fields of an item that an editor wrote.
    """

    content_hash: str
    title: str
    summary: str = ""
    status: ItemStatus = ItemStatus.LIVE
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a read item, the reason in words, and which fields differ.

    `correction` says that the source itself now marks it as corrected, `reused` that its id seems to name another
    story now, for the operator to look at.
    """

    change: Change
    reason: str
    fields: tuple[str, ...] = ()
    correction: bool = False
    reused: bool = False


_WORDS = {"title": "title", "summary": "summary", "kind": "kind", "image": "picture", "content": "text"}
_AROUND = {"link": "link", "image_url": "picture address", "language": "language"}
_NAMES = _WORDS | _AROUND
_ITEM_FIELDS = {"content": "content_html", "image_url": "image"}
"""Fields of an item that have another name here."""

_HASH_VERSION = "1"

_CORRECTION = re.compile(
    r"\W*(?:(?i:correction|corrected|corrigendum|erratum)(?=\s*(?:[:;,.|(\])–—]|$)|\s+-|\s+to\b)|CORRECTION\b)"
)


def content_hash(parsed: ParsedItem) -> str:
    """Return a hash of what readers see of a cleaned item, in parts, so that it also tells which field changed.

    White space and typography do not count, nor does how HTML is written; letters, case and digits do. Hash what
    the listing gave, before anything is added from the item's own page: the next reading will not have that.
    """
    if parsed.content_hash is not None:
        return parsed.content_hash
    fields = _visible_fields(parsed)
    return ".".join([_HASH_VERSION, *(_short_hash(fields[name]) for name in _NAMES)])


def decide_item(parsed: ParsedItem, stored: Stored | None) -> Decision:
    """Decide about a cleaned item against what is stored under its key; what is withdrawn stays withdrawn."""
    if stored is None:
        return Decision(Change.NEW, "not seen before")
    if stored.status is ItemStatus.WITHDRAWN:
        return Decision(Change.SAME, "withdrawn, and stays so whatever the source shows")
    if stored.content_hash == content_hash(parsed):
        return Decision(Change.SAME, "nothing changed")
    fields = _differing_fields(parsed, stored)
    if not fields:
        return Decision(Change.REFRESHED, "its hash is of an older make")
    fields = tuple(name for name in fields if _ITEM_FIELDS.get(name, name) not in stored.pinned)
    if not fields:
        return Decision(Change.REFRESHED, "only what an editor wrote changed in its source: the editor's words stand")
    words = any(name in _WORDS for name in fields)
    reused = {"title", "link"} <= set(fields) and fold_words(parsed.title) != fold_words(stored.title)
    reason = f"{_enumerate(fields)} changed" + (": the id may name another story now" if reused else "")
    correction = words and _is_marked(parsed.title, parsed.summary) and not _is_marked(stored.title, stored.summary)
    return Decision(Change.CHANGED if words else Change.REFRESHED, reason, fields, correction, reused)


def _visible_fields(parsed: ParsedItem) -> dict[str, str]:
    image = parsed.image or Image()
    return {
        "title": fold_typography(parsed.title),
        "summary": fold_typography(parsed.summary),
        "kind": fold_typography(parsed.kind or ""),
        "image": "\n".join(fold_typography(words or "") for words in (image.alt, image.caption, image.credit)),
        "content": fold_typography(text_of_html(parsed.content_html or "")),
        "link": canonical_link(parsed.link or ""),
        "image_url": image.url or "",
        "language": (parsed.language or "").lower(),
    }


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _differing_fields(parsed: ParsedItem, stored: Stored) -> tuple[str, ...]:
    """Return the fields that differ; of a hash of another make only title and summary can be told."""
    if not stored.content_hash.startswith(f"{_HASH_VERSION}."):
        words = (("title", parsed.title, stored.title), ("summary", parsed.summary, stored.summary))
        # What a listing leaves open may be stored all the same, from the item's own page.
        return tuple(name for name, new, old in words if new and fold_typography(new) != fold_typography(old))
    parts = zip(content_hash(parsed).split(".")[1:], stored.content_hash.split(".")[1:], strict=True)
    return tuple(name for name, (new, old) in zip(_NAMES, parts, strict=True) if new != old)


def _enumerate(fields: tuple[str, ...]) -> str:
    *first, last = (_NAMES[name] for name in fields)
    return f"{', '.join(first)} and {last}" if first else last


def _is_marked(title: str, summary: str) -> bool:
    return any(_CORRECTION.match(text) for text in (title, summary))
