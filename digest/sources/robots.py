"""robots.txt: whether a site asks programs like ours to leave a page alone (RFC 9309).

kept for less than a day? | ask the origin | read by protego | a sentence when the page is not to be read
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from digest.sources.fetch import Client, Fetched, FetchFailed
from digest.sources.network.target import Target, TargetError, parse_target, shorten_url

_PRODUCT = "digest"
"""Our product token (RFC 9309 §2.2.1); the User-Agent begins with it."""
_FRESH = timedelta(days=1)
"""RFC 9309 §2.4: a copy is used for no more than a day, unless the file cannot be reached."""
_STALE = timedelta(days=30)
"""A copy that helps while the file cannot be reached; RFC 9309 §2.3.1.4 gives "for example, 30 days"."""
_MAX_LETTERS = 500 * 1024
"""What is read of a file: RFC 9309 §2.5 asks for 500 KiB at least; the rest is as if it were not there."""
_AGENT_LINE = re.compile(r"(?i)user(?:-|\s*)agent\s*[:\s]\s*(.*)")
_BUSY = 429

Load = Callable[[str], tuple[str, datetime] | None]
Save = Callable[[str, str, datetime], None]


@dataclass(slots=True)
class _Origin:
    """What is known of one origin in this run: its rules, or why there are none now."""

    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    problem: str | None = None


class Robots:
    """The robots.txt files of one run at `now`.

    `load` gives the kept text of an origin (`https://host[:port]`) and when it was read, `save` keeps it; an empty
    text allows everything. Crawl-delay is no part of RFC 9309 and is not obeyed: a source is read a few times an hour.
    """

    def __init__(self, client: Client, load: Load, save: Save, now: datetime) -> None:
        self._client = client
        self._load = load
        self._save = save
        self._now = now
        self._origins: dict[tuple[str, bool], _Origin] = {}

    async def allows(self, url: str, *, allow_private: bool) -> bool:
        """Tell whether a page may be read by a program."""
        return await self.check(url, allow_private=allow_private) is None

    async def check(self, url: str, *, allow_private: bool) -> str | None:
        """Return the sentence why a page may not be read by a program, None where it may."""
        try:
            target = parse_target(url)
        except TargetError as error:
            return str(error)
        origin = self._origins.setdefault((target.origin, allow_private), _Origin())
        async with origin.asking:
            if origin.rules is None and origin.problem is None:
                await self._learn(origin, target, allow_private)
        if origin.rules is None:
            return origin.problem
        if origin.rules.can_fetch(target.origin + target.path.decode("ascii"), _PRODUCT):
            return None
        return f"the robots.txt of {target.authority.decode()} asks programs not to read {shorten_url(url)}"

    async def _learn(self, origin: _Origin, target: Target, allow_private: bool) -> None:
        kept = await asyncio.to_thread(self._load, target.origin)
        if kept is not None and timedelta(0) <= self._now - kept[1] < _FRESH:
            origin.rules = parse_rules(kept[0])
            return
        text, problem = await self._ask(target.origin, allow_private)
        if text is not None:
            await asyncio.to_thread(self._save, target.origin, text, self._now)
        elif kept is not None and self._now - kept[1] < _STALE:
            text = kept[0]
        if text is None:
            origin.problem = f"the robots.txt of {target.authority.decode()} cannot be read now: {problem}"
        else:
            origin.rules = parse_rules(text)

    async def _ask(self, origin: str, allow_private: bool) -> tuple[str | None, str]:
        """Return the text of the file, or None and why it cannot be had now.

        RFC 9309 §2.3.1.3: no such file (4xx) allows everything. 429 asks us to come back later, like 503.
        """
        accept = "text/plain, */*;q=0.5"
        answer = await self._client.fetch(f"{origin}/robots.txt", allow_private=allow_private, accept=accept)
        if isinstance(answer, Fetched):
            return _decode(answer.body), ""
        reason = answer.reason if isinstance(answer, FetchFailed) else "it was not modified"
        status = answer.status if isinstance(answer, FetchFailed) else None
        missing = status is not None and status < 500 and status != _BUSY
        return ("" if missing else None), reason


def _decode(body: bytes) -> str:
    """Return the text that is read: whole lines, and nothing that a database cannot hold."""
    text = body.decode("utf-8-sig", errors="replace").replace("\x00", "")
    return text if len(text) <= _MAX_LETTERS else text[:_MAX_LETTERS].rpartition("\n")[0]


def parse_rules(text: str) -> Protego:
    """Return the rules of a file, every other product's group as that of one stranger.

    Each rule is stored once per product that its group names: thousands of names before thousands of rules would
    take minutes and gigabytes. It also makes the name exact, where protego takes the beginning of ours as ours.
    """
    return Protego.parse("\n".join(_rename_stranger(line) for line in text.splitlines()))


def _rename_stranger(line: str) -> str:
    words = line.partition("#")[0].strip()
    agent = _AGENT_LINE.match(words)
    if agent is None or agent[1] == "*":
        return words
    token = re.match(r"[a-z_-]*", agent[1].lower())
    return f"User-agent: {_PRODUCT if token and token[0] == _PRODUCT else '-'}"
