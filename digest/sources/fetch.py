"""The only HTTP of the sources: one URL, asked once, as a value.

resolve and check | connect | ask with validators | redirects by hand | decode in bounded steps | Fetched
Everything together has one deadline: limits per read let a dripping server go on for ever (FAULTS.md A11).
"""

import asyncio
import re
import ssl
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpcore2
import httpx2

from digest import __version__
from digest.sources.body import BodyError, read_body
from digest.sources.dial import GuardedTransport, RefusedAddressError
from digest.sources.limits import MAX_BYTES

_LONGEST_WAIT_S = 86_400
"""No server makes us wait longer than a day."""
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
class FetchSettings:
    """How a source is asked. `deadline_s` holds for everything together; `contact` is a mail address or a page.

    `tls` replaces the machine's trusted certificates, for newsrooms with an authority of their own.
    """

    contact: str | None = None
    allow_private: bool = False
    deadline_s: float = 30.0
    max_bytes: int = MAX_BYTES
    max_redirects: int = 5
    tls: ssl.SSLContext | None = None

    @property
    def user_agent(self) -> str:
        """The name that servers see, with where to complain."""
        about = " ".join((self.contact or "").split()).encode("ascii", "ignore").decode()
        return f"digest/{__version__} (+{about})" if about else f"digest/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole body, decoded from its content encoding. `moved_to` is set when every redirect was permanent."""

    url: str
    body: bytes
    content_type: str | None
    validators: Validators
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


FetchOutcome = Fetched | NotModified | FetchFailed


async def fetch_url(url: str, *, validators: Validators, settings: FetchSettings) -> FetchOutcome:
    """Ask for one URL, with validators when there are some; every expected ending is a value."""
    try:
        async with asyncio.timeout(settings.deadline_s):
            return await _fetch(url, validators, settings)
    except TimeoutError:
        return FetchFailed(reason=f"no whole answer within {settings.deadline_s:g} s")
    except BodyError as error:
        return FetchFailed(reason=str(error))
    except RefusedAddressError as error:
        return FetchFailed(reason=f"{error}, which is not asked without allow_private")
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpcore2.UnsupportedProtocol, UnicodeError, ValueError):
        return FetchFailed(reason=f"{_shorten(url)} is no http or https URL that can be asked")
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError) as error:
        return FetchFailed(reason=_explain(error))
    except OSError as error:
        return FetchFailed(reason=f"no connection: {error.strerror or error}")


async def _fetch(url: str, validators: Validators, settings: FetchSettings) -> FetchOutcome:
    transport = GuardedTransport(allow_private=settings.allow_private, tls=settings.tls)
    async with httpx2.AsyncClient(transport=transport, trust_env=False, timeout=settings.deadline_s) as client:
        always = True
        for hop in range(settings.max_redirects + 1):
            request = client.build_request("GET", _check_scheme(url), headers=_build_headers(url, validators, settings))
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                if response.status_code not in _REDIRECTS or "location" not in response.headers:
                    outcome = await _read_answer(response, url, validators, settings)
                    return _with_move(outcome, url if hop and always else None)
                always = always and response.status_code in _PERMANENT
                url = str(httpx2.URL(url).join(response.headers["location"]))
            finally:
                await response.aclose()
    raise BodyError(f"more than {settings.max_redirects} redirects")


def _with_move(outcome: FetchOutcome, moved_to: str | None) -> FetchOutcome:
    return outcome if isinstance(outcome, FetchFailed) else replace(outcome, moved_to=moved_to)


async def _read_answer(
    response: httpx2.Response, url: str, validators: Validators, settings: FetchSettings
) -> FetchOutcome:
    status = response.status_code
    if status == 304:
        kept = Validators(_header(response, "etag") or validators.etag, validators.last_modified, validators.url)
        return NotModified(validators=kept, max_age_s=_read_max_age(response))
    if status != 200:
        wait = read_retry_after(_header(response, "retry-after"), _header(response, "date"))
        return FetchFailed(
            reason=f"the server answered {status} {response.reason_phrase}".strip(), status=status, retry_after_s=wait
        )
    return Fetched(
        url=url,
        body=await read_body(response, settings.max_bytes),
        content_type=_header(response, "content-type"),
        validators=Validators(_header(response, "etag"), _header(response, "last-modified"), url),
        max_age_s=_read_max_age(response),
    )


def _check_scheme(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise BodyError(f"{_shorten(url)} is no http or https URL")
    return url


def _build_headers(url: str, validators: Validators, settings: FetchSettings) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"user-agent", settings.user_agent.encode()),
        (
            b"accept",
            b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
        ),
        (b"accept-encoding", b"gzip"),
    ]
    if validators.url in (None, url):
        # Byte for byte as received (RFC 9110 §13.1): header values are latin-1 on the wire.
        if validators.etag:
            headers.append((b"if-none-match", validators.etag.encode("latin-1")))
        if validators.last_modified:
            headers.append((b"if-modified-since", validators.last_modified.encode("latin-1")))
    return headers


def _header(response: httpx2.Response, name: str) -> str | None:
    values = [value for key, value in response.headers.raw if key.lower() == name.encode()]
    return values[0].decode("latin-1") if values else None


def _read_max_age(response: httpx2.Response) -> int | None:
    found = re.search(r"\bmax-age=(\d{1,9})\b", _header(response, "cache-control") or "")
    return min(int(found[1]), _LONGEST_WAIT_S) if found else None


def read_retry_after(value: str | None, answered: str | None) -> int | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 §10.2.3), a day at most; None when unreadable.

    A date counts from the answer's own Date header `answered`, so that only the server's clock is asked.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(int(value.strip()[:9]), _LONGEST_WAIT_S)
    try:
        seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(answered or "")).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, min(round(seconds), _LONGEST_WAIT_S))


def _explain(error: Exception) -> str:
    words = str(error)
    if isinstance(error, httpcore2.TimeoutException):
        return f"no connection in time{words and ': ' + words}"
    if isinstance(error, httpcore2.ProtocolError | httpx2.ProtocolError):
        return f"the answer broke off or was no HTTP: {words}"
    return f"no connection: {words or type(error).__name__}"


def _shorten(url: str) -> str:
    """Return a URL as a message may show it: without user and password, not endless."""
    shown = re.sub(r"//[^/@]*@", "//", url)
    return shown if len(shown) <= 120 else shown[:119] + "…"
