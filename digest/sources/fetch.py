"""The only HTTP that asks others: one URL, asked once, as a value.

wait for a turn | resolve and check | connect | ask with validators | redirects by hand | decode in steps | Fetched
Everything of one request together has one deadline: limits per read let a dripping server go on for ever (FAULTS.md
A11). Waiting for a turn is not part of it, so a slow host makes no other source late.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlencode

import httpcore2

from digest import __version__
from digest.sources.limits import MAX_BYTES
from digest.sources.network.backlog import Backlog
from digest.sources.network.body import BodyError, read_body
from digest.sources.network.dial import RefusedAddressError, Resolve, resolve_host
from digest.sources.network.http_head import read_headers, read_max_age, read_retry_after
from digest.sources.network.pool import Pool
from digest.sources.network.target import Target, TargetError, follow_redirect, parse_target, shorten_url, show_text

ACCEPT_FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
"""What a source is asked for where nothing else is said: feeds before the rest."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it again with, exactly as received, and the URL (after redirects) that gave it.

    With `url` None they are sent to whatever URL is asked.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole body, decoded from its content encoding. `moved_to` is set when every redirect was permanent.

    `headers` are those of the last answer, names in lower case, without cookies; `url` is the one that gave it.
    """

    url: str
    body: bytes
    content_type: str | None
    validators: Validators
    headers: Mapping[str, str] = field(default_factory=dict)
    moved_to: str | None = None
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source is as it was (304); `validators` are the ones to keep."""

    validators: Validators
    moved_to: str | None = None
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """Nothing usable came, and why in words. `status` where there was an answer; `retry_after_s` where it said so."""

    reason: str
    status: int | None = None
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The server said yes (2xx), and nothing more was read; `headers` and `url` as those of `Fetched`."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


FetchOutcome = Fetched | NotModified | FetchFailed
_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked for, wherever redirects lead; `form` is what is sent there, encoded."""

    allow_private: bool
    validators: Validators = Validators()
    accept: str = "*/*"
    method: bytes = b"GET"
    form: bytes = b""


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer whose body is still on the wire; `moved_to` is set when there were redirects and all were permanent."""

    raw: httpcore2.Response
    headers: Mapping[str, str]
    here: Target
    moved_to: str | None

    def refuse(self, more: str = "") -> FetchFailed:
        """Return the failure that it is."""
        phrase = show_text(self.raw.extensions["reason_phrase"].decode("latin-1"), 60)
        wait = read_retry_after(self.headers.get("retry-after"), self.headers.get("date"))
        reason = f"the server answered {self.raw.status} {phrase}".rstrip()
        return FetchFailed(reason=reason + more, status=self.raw.status, retry_after_s=wait)


class Client:
    """Asks servers; one for a whole run, shared by all sources.

    `contact` is a mail address or a page for those who want to complain. At most `per_host` requests at a time go to
    one host and port, and `connections` are open in all. `deadline_s` is for one request with all its redirects, but
    without the time that it waits for others. `tls` replaces the machine's trusted certificates, for newsrooms with an
    authority of their own; `resolve` gives the addresses of a name.
    """

    def __init__(
        self,
        contact: str | None = None,
        *,
        per_host: int = 4,
        connections: int = 200,
        deadline_s: float = 30.0,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = 5,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve_host,
    ) -> None:
        self._pool = Pool(per_host=per_host, connections=connections, resolve=resolve, tls=tls)
        self.backlog = Backlog()
        """What was answered and waits to be read, as those say who read it."""
        self._deadline_s = deadline_s
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        about = " ".join((contact or "").split()).encode("ascii", "ignore").decode()
        self.user_agent = f"digest/{__version__} (+{about})" if about else f"digest/{__version__}"
        """The name that servers see, with where to complain."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators = Validators(),
        allow_private: bool = False,
        accept: str = ACCEPT_FEEDS,
    ) -> FetchOutcome:
        """Ask for one URL, with validators when there are some; every expected ending is a value."""
        question = _Question(allow_private=allow_private, validators=validators, accept=accept)

        async def read(reply: _Reply) -> FetchOutcome:
            return _with_move(await self._read(reply, validators), reply.moved_to)

        return await self._ask(url, question, read)

    async def head(self, url: str, *, allow_private: bool = False) -> Answered | FetchFailed:
        """Ask what the server would say about one URL, as `fetch` does, but for no body (RFC 9110 §9.3.2).

        With `allow_private` the server of this URL may be a private one, those that it leads to may not.
        """
        return await self._ask(url, _Question(allow_private=allow_private, method=b"HEAD"), _read_head)

    async def post(self, url: str, form: Mapping[str, str], *, allow_private: bool = False) -> Answered | FetchFailed:
        """Send a form, once, over a connection of its own; its answer's body is not read.

        No redirect is followed: whoever is sent something has to be whom somebody named.
        """
        question = _Question(allow_private=allow_private, method=b"POST", form=urlencode(form).encode("ascii"))
        return await self._ask(url, question, _read_post)

    async def _ask(
        self, url: str, question: _Question, read: Callable[[_Reply], Awaitable[_Outcome]]
    ) -> _Outcome | FetchFailed:
        try:
            return await self._follow(parse_target(url), question, read)
        except TimeoutError:
            return FetchFailed(reason=f"no whole answer within {self._deadline_s:g} s")
        except (BodyError, TargetError) as error:
            return FetchFailed(reason=str(error))
        except RefusedAddressError as error:
            return FetchFailed(reason=f"{error}, which is not asked without allow_private")
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            return FetchFailed(reason=_explain(error))

    async def _follow(
        self, first: Target, question: _Question, read: Callable[[_Reply], Awaitable[_Outcome]]
    ) -> _Outcome:
        here, always, left_s = first, True, self._deadline_s
        clock = asyncio.get_running_loop().time
        for hop in range(self._max_redirects + 1):
            # What a HEAD asks for was named by a stranger: beyond the server that was meant, nothing private is asked.
            may_be_private = question.allow_private and (question.method != b"HEAD" or here.origin == first.origin)
            async with self._pool.turn(here, allow_private=may_be_private) as turn:
                await self.backlog.until_low()
                began = clock()
                asked = self._pool.ask(
                    turn, self._build_headers(here, question), method=question.method, content=question.form
                )
                async with asyncio.timeout(left_s), asked as answer:
                    headers = read_headers(answer.headers)
                    if answer.status not in _REDIRECTS or "location" not in headers or question.form:
                        return await read(_Reply(answer, headers, here, here.url if hop and always else None))
                left_s -= clock() - began
            always = always and answer.status in _PERMANENT
            here = follow_redirect(here, headers["location"], first)
        raise TargetError(f"more than {self._max_redirects} redirects")

    async def _read(self, reply: _Reply, validators: Validators) -> FetchOutcome:
        answer, headers = reply.raw, reply.headers
        if answer.status == 304:
            await answer.aread()
            return NotModified(
                validators=replace(validators, etag=headers.get("etag") or validators.etag),
                max_age_s=read_max_age(headers),
            )
        if answer.status != 200:
            return reply.refuse()
        async with aclosing(answer.aiter_stream()) as parts:
            body = await read_body(parts, headers.get("content-encoding", ""), self._max_bytes)
        return Fetched(
            url=reply.here.url,
            body=body,
            content_type=headers.get("content-type"),
            validators=Validators(headers.get("etag"), headers.get("last-modified"), reply.here.url),
            headers=headers,
            max_age_s=read_max_age(headers),
        )

    def _build_headers(self, here: Target, question: _Question) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"host", here.authority),
            (b"user-agent", self.user_agent.encode("ascii")),
            (b"accept", question.accept.encode("ascii")),
            # Of a HEAD the length counts, and that is to be the file's own.
            (b"accept-encoding", b"identity" if question.method == b"HEAD" else b"gzip, deflate"),
        ]
        if question.form:
            headers.append((b"content-type", b"application/x-www-form-urlencoded"))
            headers.append((b"content-length", str(len(question.form)).encode("ascii")))
        known = question.validators
        if known.url in (None, here.url):
            # Byte for byte as received (RFC 9110 §13.1): header values are latin-1 on the wire.
            if known.etag:
                headers.append((b"if-none-match", known.etag.encode("latin-1")))
            if known.last_modified:
                headers.append((b"if-modified-since", known.last_modified.encode("latin-1")))
        return headers


async def _read_head(reply: _Reply) -> Answered | FetchFailed:
    await reply.raw.aread()
    if reply.raw.status != 200:
        return reply.refuse()
    return Answered(url=reply.here.url, status=reply.raw.status, headers=reply.headers)


async def _read_post(reply: _Reply) -> Answered | FetchFailed:
    if 200 <= reply.raw.status < 300:
        return Answered(url=reply.here.url, status=reply.raw.status, headers=reply.headers)
    location = reply.headers.get("location")
    return reply.refuse(f" and leads to {shorten_url(location)}" if location else "")


def _with_move(outcome: FetchOutcome, moved_to: str | None) -> FetchOutcome:
    return outcome if moved_to is None or isinstance(outcome, FetchFailed) else replace(outcome, moved_to=moved_to)


def _explain(error: Exception) -> str:
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return f"no connection: its certificate is not trusted: {error.__cause__.verify_message}"
    words = str(error)
    if isinstance(error, httpcore2.ProtocolError | httpcore2.ReadError | httpcore2.WriteError):
        return f"the answer broke off or was no HTTP: {words or type(error).__name__}"
    return f"no connection: {words or type(error).__name__}"
