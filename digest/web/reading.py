"""The web application: the published folder, at the path of its public address and at the root, for reading alone.

    path ─▶ a name of ours? ─▶ moved: 301, retired: 410 ─▶ the file as it is now ─▶ 200 or 304; anything else: 404

Nothing that a request says reaches a body or an address: redirects are made of `site.feeds_url`, never of `Host`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.config.settings import Settings
from digest.feeds.spec import resolve_moves
from digest.web import answers
from digest.web.answers import Answer
from digest.web.folder import Folder
from digest.web.names import PICTURE, Wanted, find_wanted
from digest.web.negotiate import Headers, bodied

Clock = Callable[[], datetime]
"""Returns the time, aware UTC."""

HEALTH_PATH = "/healthz"
KEEP_S = (60, 3600)
"""Seconds that a copy may be kept at least and at most, however often sources are read."""

KEEP_UNTOLD_S = 900
"""Seconds that a copy may be kept where no source says how often it is read."""


def make_web(settings: Settings, clock: Clock) -> ASGIApp:
    """Return the application that serves what is published, and `/healthz` for machines."""
    reading = Reading(settings)
    # A redirect to an added slash would be made of the Host header.
    return Router([Route(HEALTH_PATH, _Face(_healthy, clock))], redirect_slashes=False, default=_Face(reading, clock))


class Reading:
    """Answers requests for what is published."""

    def __init__(self, settings: Settings) -> None:
        self.folder = Folder(settings.feeds.folder)
        self.feeds_url = settings.site.feeds_url
        self.base = base_path(self.feeds_url)
        self.moved = resolve_moves(settings.feeds.moved)
        self.retired = frozenset(settings.feeds.retired)
        self.keep_s = keep_s(settings)

    async def __call__(self, path: str, asked: Headers, now: datetime) -> Answer:
        """Answer a GET of a path as it was sent, percent-encoded."""
        wanted = self._wanted(path)
        if wanted is None:
            if f"{path}/" == self.base:
                return answers.answer_moved(self.base, now, self.keep_s)
            return answers.answer_absent(self.feeds_url, now)
        if wanted.feed in self.moved:
            address = self.feeds_url + wanted.pattern.format(self.moved[wanted.feed])
            return answers.answer_moved(address, now, self.keep_s)
        if wanted.feed in self.retired:
            return answers.answer_retired(self.feeds_url, now, self.keep_s)
        return await self._answer_file(wanted, asked, now)

    def _wanted(self, path: str) -> Wanted | None:
        bases = (base for base in (self.base, "/") if path.startswith(base))
        found = (find_wanted(path[len(base) :]) for base in bases)
        return next((one for one in found if one), None)

    async def _answer_file(self, wanted: Wanted, asked: Headers, now: datetime) -> Answer:
        try:
            copy = await self.folder.load(wanted.file, pack=wanted.type.packed)
        except OSError:
            return answers.answer_trouble(now)
        if copy is None:
            return answers.answer_absent(self.feeds_url, now)
        keep_s = answers.PICTURE_S if wanted.type is PICTURE else self.keep_s
        return answers.answer_file(copy, wanted.type, asked, now, keep_s)


@dataclass(frozen=True, slots=True)
class _Face:
    """Speaks ASGI for what answers a GET; a HEAD gets the same headers, every other method a refusal."""

    answer: Callable[[str, Headers, datetime], Awaitable[Answer]]
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now, asked = self.clock(), scope["headers"]
        if scope["method"] in answers.METHODS:
            answer = await self.answer(scope["raw_path"].decode("latin-1"), asked, now)
        else:
            answer = answers.answer_method(now)
        # Nobody reads a body here, so what follows it on the connection could not be told from it.
        more = [(b"connection", b"close")] if bodied(asked) else []
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, *more]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})


async def _healthy(_path: str, _asked: Headers, now: datetime) -> Answer:
    return answers.answer_healthy(now)


def base_path(feeds_url: str) -> str:
    """Return the path of an address as it stands in a request, percent-encoded, with a slash at its end."""
    return quote(urlsplit(feeds_url).path, safe="/%:@!$&'()*+,;=~") or "/"


def keep_s(settings: Settings) -> int:
    """Return for how many seconds a copy may be kept: as long as the source that is read most often waits."""
    least, most = KEEP_S
    waits = [one.every.total_seconds() for one in settings.sources]
    return min(max(int(min(waits)), least), most) if waits else KEEP_UNTOLD_S
