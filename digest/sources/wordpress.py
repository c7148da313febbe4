"""WordPress' REST API → items (developer.wordpress.org/rest-api/reference/posts).

first reading: pages of posts, newest first | later: the newest posts, then those that were edited since
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.config.settings import SourceSettings
from digest.errors import SourceError
from digest.model.item import Parsed, ParsedItem, Quarantined
from digest.sources.page import Page
from digest.sources.values import text_of
from digest.sources.wordpress_post import parse_post

_MOST_POSTS = "100"
"""Posts on a page: the API gives no more."""

_NEWEST_POSTS = "20"
"""Posts of a later reading: what a site's own feed has, twice over. Bursts come as edited posts too."""

_OVERLAP = timedelta(days=1)
"""How far before the newest edit the next reading begins: sites that mix up local time and UTC are 14 hours off."""

_READINGS_BETWEEN = 20
"""After so many readings that asked for little, one asks for the whole first page, so that missing posts are seen."""

_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_POST_API = re.compile(r"/wp/v\d+/.*[^/]")
_CLOSED = ("forbidden", "unauthorized", "cannot", "not_logged_in", "login", "authoriz", "authent", "disabled")


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is kept between readings: the newest edit seen, and how many readings ago a whole page was asked for."""

    edited_at: datetime
    readings: int

    @property
    def asks_all(self) -> bool:
        return self.readings >= _READINGS_BETWEEN

    def __str__(self) -> str:
        return f"{self.edited_at.strftime(_STAMP)} {self.readings:02}"


def posts_url(source: SourceSettings, memory: str | None) -> str | None:
    """Return the URL of a site's newest posts: a page full at the first reading and now and then, else a few.

    What was edited is asked for after them, and never alone: a post that was written for later goes live without
    counting as edited.
    """
    if source.url is None:
        return None
    known = _load_memory(memory)
    count = _MOST_POSTS if known is None or known.asks_all else _NEWEST_POSTS
    return _build_url(source.url, source.post_type, {"orderby": "date"}, {"per_page": count})


def parse_wordpress(page: Page) -> Parsed:
    """Return the items of one page of posts.

    Complete is a reading that asked for one page of the newest posts and nothing else. Raises: SourceError in words
    for a site whose API is closed, or that has none.
    """
    posts = _load_posts(page)
    if posts is None:
        return Parsed((), complete=False, memory=page.memory)
    made = [parse_post(post, page, place) for place, post in enumerate(posts, 1)]
    known = _load_memory(page.memory)
    return Parsed(
        tuple(one for one in made if isinstance(one, ParsedItem)),
        tuple(one for one in made if isinstance(one, Quarantined)),
        follow=_find_further(page, posts, known),
        memory=_remember(page, posts, known),
        complete=page.number == 1 and (known is None or known.asks_all),
    )


def _build_url(url: str, post_type: str, wanted: Mapping[str, str], usual: Mapping[str, str]) -> str:
    """Return the API's URL; the query that the operator wrote stays, and counts more than what is `usual`."""
    parts = urlsplit(url)
    given = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in wanted]
    names = {name for name, _ in given}
    path = parts.path if "rest_route" in names else _find_route(parts.path, "/wp-json", post_type)
    query = [(name, _find_route(value, "", post_type) if name == "rest_route" else value) for name, value in given]
    ours = {"_embed": "wp:featuredmedia,author,wp:term", **usual}
    query += [pair for pair in ours.items() if pair[0] not in names]
    query += wanted.items()
    return urlunsplit((parts.scheme, parts.netloc, path, _encode(query), ""))


def _encode(query: Sequence[tuple[str, str]]) -> str:
    return urlencode(query, safe=":,/[]")


def _find_route(path: str, root: str, post_type: str) -> str:
    """Return the path of the posts; `root` is that of the API below the site's address."""
    if _POST_API.search(path):
        return path
    site = re.sub(r"(?:/wp-json)?(?:/wp/v2)?/*$", "", path)
    return f"{site}{root}/wp/v2/{post_type}"


def _load_posts(page: Page) -> list[Any] | None:
    """Return the posts of an answer, None where the page of them that was asked for is no longer there."""
    try:
        answer = json.loads(page.data)
    except (ValueError, RecursionError) as error:
        if page.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            cure = "is it the site's address? Else try type: feed or html"
            raise SourceError(f"an HTML page, not WordPress' API: {cure}") from error
        raise SourceError("JSON that is broken or ends in the middle, not WordPress' API") from error
    if isinstance(answer, list):
        return answer
    code = text_of(answer, "code") or ""
    if code == "rest_post_invalid_page_number":
        return None
    raise SourceError(_explain(code, text_of(answer, "message") or "no message", page.source.post_type))


def _explain(code: str, message: str, post_type: str) -> str:
    said = f"WordPress says “{message[:200]}” ({code[:60]})"
    if not code:
        return "JSON, but no posts of WordPress: try type: feed or html"
    if code == "rest_no_route":
        return f"{said}: its API knows no {post_type}; is post_type right? Else try type: feed or html"
    if any(word in code for word in _CLOSED):
        return f"{said}: its API is closed: try type: feed or html"
    return said


def _find_further(page: Page, posts: Sequence[Any], known: _Memory | None) -> tuple[str, ...]:
    if known is not None and known.asks_all:
        return ()
    if known is not None and page.number == 1:
        return _edited_url(page.source, known)
    seen = [edited for post in posts if (edited := _edited_at(post))]
    too_old = known is not None and any(edited < known.edited_at - _OVERLAP for edited in seen)
    return () if too_old or not posts else _next_url(page)


def _edited_url(source: SourceSettings, known: _Memory) -> tuple[str, ...]:
    if source.url is None:
        return ()
    since = (known.edited_at - _OVERLAP).strftime(_STAMP)
    wanted = {"orderby": "modified", "modified_after": since}
    return (_build_url(source.url, source.post_type, wanted, {"per_page": _MOST_POSTS}),)


def _next_url(page: Page) -> tuple[str, ...]:
    """Return the URL of the next page. The server's own is not followed: behind a proxy it may name another host."""
    if page.url is None:
        return ()
    parts = urlsplit(page.url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    number = next((int(value) for name, value in given if name == "page" and re.fullmatch("[0-9]{1,6}", value)), 1)
    total = page.headers.get("x-wp-totalpages", "").strip()
    more = int(total) > number if re.fullmatch(r"[0-9]{1,6}", total) else _has_next(page.headers.get("link", ""))
    query = [pair for pair in given if pair[0] != "page"] + [("page", str(number + 1))]
    return (parts._replace(query=_encode(query)).geturl(),) if more else ()


def _has_next(header: str) -> bool:
    """Tell whether a Link header (RFC 8288) names a next page."""
    return bool(re.search(r";\s*rel=\"?next\b", header, re.I))


def _remember(page: Page, posts: Sequence[Any], known: _Memory | None) -> str | None:
    if known is not None and known.asks_all:
        # Its older posts may have been edited meanwhile: they are asked for the next time, from where we were.
        return str(_Memory(known.edited_at, 0))
    seen = [edited for post in posts if (edited := _edited_at(post))]
    newest = max([*seen, *([known.edited_at] if known else [])], default=None)
    if newest is None:
        return None
    return str(_Memory(min(newest, _answered_at(page) or newest), known.readings + 1 if known else 0))


def _edited_at(post: object) -> datetime | None:
    return _read_utc(text_of(post, "modified_gmt"))


def _answered_at(page: Page) -> datetime | None:
    """Return when the server says it answered: what it says to have been edited later is a mistake of its clock."""
    try:
        return parsedate_to_datetime(page.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _load_memory(text: str | None) -> _Memory | None:
    edited, _, readings = (text or "").partition(" ")
    at = _read_utc(edited)
    return _Memory(at, int(readings)) if at and re.fullmatch(r"[0-9]{1,6}", readings) else None


def _read_utc(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return at if at.year > 1970 else None
    except (ValueError, OverflowError):
        return None
