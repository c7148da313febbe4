"""What is kept of one reading for the next: what the server gave to ask it again with, and the adapter's memory."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from digest.config.settings import SourceSettings
from digest.sources.fetch import Validators

_MAKE = "1"
"""Of how readings are made: another one reads every source anew, whatever its validators say."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept between two readings of a source, as JSON text in its row.

    The server's validators, the adapter's memory, a hash of the body, and the fingerprint of the settings under which
    it was read.
    """

    validators: Validators
    fingerprint: str
    memory: str | None = None
    body: str | None = None

    def is_same(self, body: bytes) -> bool:
        """Tell whether a body is the one that was read last, under the same settings."""
        return self.body == hash_body(body)

    def dump(self) -> str:
        """Return it as JSON text."""
        values = {
            "etag": self.validators.etag,
            "last_modified": self.validators.last_modified,
            "url": self.validators.url,
            "fingerprint": self.fingerprint,
            "memory": self.memory,
            "body": self.body,
        }
        return json.dumps({name: value for name, value in values.items() if value})


def load_kept(text: str | None, present: str) -> Kept:
    """Return what is kept in JSON text; nothing where it was read under other settings, or is not readable."""
    try:
        values: dict[str, Any] = json.loads(text or "{}")
        if values.pop("fingerprint", None) != present:
            return Kept(Validators(), present)
        body, memory = values.pop("body", None), values.pop("memory", None)
        return Kept(Validators(**values), present, memory, body)
    except (ValueError, TypeError, AttributeError):
        return Kept(Validators(), present)


def hash_body(body: bytes) -> str:
    """Return a hash by which a body is known again."""
    return hashlib.sha256(body).hexdigest()[:32]


def fingerprint(source: SourceSettings, kinds: Sequence[str]) -> str:
    """Return a hash of all settings that decide how a source's pages are read.

    A server's "not modified" is about its page: after a change of a selector the same page holds other items.
    """
    decisive = replace(source, id="", line=0, every=timedelta(0))
    return hashlib.sha256(repr((_MAKE, decisive, tuple(kinds))).encode()).hexdigest()[:16]
