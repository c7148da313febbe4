"""Who an item is: a key that outlives redesigns, and an entry id that is minted once."""

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

from digest.items.dates import real_date
from digest.items.links import clean_link
from digest.items.text import clean_text, fold_typography, fold_words
from digest.model.item import Parsed, ParsedItem, Quarantined

REPEATED = "twice on the page"
"""Why an item is dropped that stands on a page in the same words again: nothing that anybody need look at."""

_TRACKING = re.compile(
    r"utm_.*|mtm_.*|pk_.*|piwik_.*|hsa_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|"
    r"li_fat_id|igsh|igshid|mc_cid|mc_eid|mkt_tok|oly_anon_id|oly_enc_id|vero_id|_ga|_gl|_hsenc|_hsmi|ref_src|ref_url",
    re.IGNORECASE,
)
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_MOST_KEY_CHARACTERS = 500
"""PostgreSQL indexes no more than 2,704 octets (a third of a page), and a character has up to four."""
_LEAST_WORDS, _LEAST_CHARACTERS = 4, 20
"""What a title must have to name one story: “Weekly update” names many."""

_LEAST_LANDING = 3
"""Items of other titles that lead to one page: two may be a story and its teaser, three are no one's own page."""

_PLAIN_PLACE = re.compile(r"https?://((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63})(/[A-Za-z0-9._~/-]*)")
"""The ordinary link, which needs no more than this; a property test holds it to the long way."""

_FRONT_PAGE = re.compile("https?://[^/?#]*")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# RFC 4151 §2.1: DNSname.
_DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def identity_of(parsed: ParsedItem, pages: Collection[str] = ()) -> str:
    """Return the key of a cleaned item, unique in its source: its own id, else its link, else a hash of its words.

    A link is its own unless it leads to one of `pages` (canonical links: the listing, the site) or to a front page.

    An id that is a URL is freed of what a move to https or to another `www.` changes, but keeps its query and
    fragment. The hash covers kind, title and UTC date; case, white space and typography do not count in it.
    An id or link that is too long for a key gives its hash.
    """
    if parsed.explicit_id:
        return _short(_same_place(parsed.explicit_id))
    place = _own_place(parsed.link, pages)
    if place:
        return _short(place)
    words = [fold_typography(parsed.kind or "").casefold(), fold_typography(parsed.title).casefold()]
    published = real_date(parsed.published)
    on = published.astimezone(UTC).date() if isinstance(published, datetime) else published
    encoded = json.dumps([*words, str(on or "")])
    return _hashed(encoded)


def _short(key: str) -> str:
    return key if len(key) <= _MOST_KEY_CHARACTERS else _hashed(key)


def _hashed(text: str) -> str:
    return f"hash:{_digest(text)}"


def canonical_link(url: str) -> str:
    """Return the link as it is compared: https, host in lower case without `www.` and default port, no trailing slash.

    Tracking parameters and the fragment are off, but for `#!` and `#/`, which name pages; the other parameters keep
    their order, for some sites tell pages apart by it. `ref` stays: it may be a document's number. For comparing
    only: the link that readers follow is the one that the source gave.
    """
    if plain := _PLAIN_PLACE.fullmatch(url):
        return f"https://{_without_www(plain[1])}{plain[2].rstrip('/')}"
    place = _same_place(url)
    if clean_link(place, None) is None:
        return place
    parts = urlsplit(place)
    query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return parts._replace(path=parts.path.rstrip("/"), query=query, fragment=fragment).geturl()


def canonical_pages(urls: Iterable[str | None]) -> frozenset[str]:
    """Return the canonical links of pages that are no item's own."""
    return frozenset(canonical_link(url) for url in urls if url)


def link_key(url: str | None, pages: Collection[str] = ()) -> str | None:
    """Return what a link is found again by in any source; None where it is no item's own (see `identity_of`)."""
    place = _own_place(url, pages)
    return _digest(place) if place else None


def _own_place(url: str | None, pages: Collection[str]) -> str | None:
    place = canonical_link(url) if url else ""
    return None if not place or place in pages or _FRONT_PAGE.fullmatch(place) else place


def find_landing_pages(items: Iterable[ParsedItem]) -> frozenset[str]:
    """Return the canonical links of one reading that are a page for many stories, so that they name none of them."""
    titles: dict[str, set[str]] = defaultdict(set)
    for one in items:
        if one.link and one.title and not one.explicit_id:
            titles[canonical_link(one.link)].add(fold_words(one.title))
    return frozenset(link for link, known in titles.items() if len(known) >= _LEAST_LANDING)


def own_link_keys(links: Sequence[str | None], pages: Collection[str] = ()) -> list[str | None]:
    """Return the link key of each item of one reading; None also for a link that several of the items have."""
    keys = [link_key(link, pages) for link in links]
    counts = Counter(keys)
    return [key if counts[key] == 1 else None for key in keys]


def is_given(key: str, own_link_key: str | None) -> bool:
    """Tell whether a key is an id that the source gave, not made of the item's words or link."""
    return not key.startswith("hash:") and _digest(key) != own_link_key


def title_key(title: str, language: str) -> str | None:
    """Return what a title is found again by in any source, None for one too short to name a single story.

    Too short: fewer than 4 words or 20 characters; a wide letter (UAX #11), as of Chinese, counts as three characters
    and as half a word. Of the language (BCP 47) the first part counts.
    """
    words = fold_words(title)
    wide = 0 if words.isascii() else sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    if words.count(" ") + 1 + wide // 2 < _LEAST_WORDS or len(words) + 2 * wide < _LEAST_CHARACTERS:
        return None
    return _digest(f"{language.partition('-')[0].lower()} {words}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def mint_entry_id(site_url: str, source: str, key: str, published_on: date) -> str:
    """Return a tag: URI (RFC 4151) for an item, to be stored at first sight and never computed again.

    Its year is that of publication, so that a store built anew mints the same.

    Raises:
        ValueError: the site's URL has no host that is a DNS name.
    """
    host = urlsplit(clean_link(site_url, None) or "").hostname or ""
    if not _DNS_NAME.fullmatch(host):
        raise ValueError(f"no entry id can be minted for {site_url!r}: it is no http or https URL with a host name")
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"tag:{host},{published_on.year:04}:{quote(source, safe='')}/{digest}"


def dedupe_parsed(items: Sequence[ParsedItem], pages: Collection[str] = ()) -> Parsed:
    """Return the items of one reading with each key once, the first in page order; the others by name.

    Of one that stands there in the same words again, the one with the latest embargo is kept.
    """
    places = {*pages, *find_landing_pages(items)}
    kept: dict[str, ParsedItem] = {}
    dropped: list[Quarantined] = []
    for item in items:
        key = identity_of(item, places)
        if key in kept:
            reason = _name_collision(kept[key], item, places)
            if reason == REPEATED and _is_later(item.embargo, kept[key].embargo):
                kept[key] = item
            dropped.append(Quarantined(item.title, reason))
        else:
            kept[key] = item
    return Parsed(items=tuple(kept.values()), quarantined=tuple(dropped))


def _is_later(embargo: datetime | None, other: datetime | None) -> bool:
    return embargo is not None and (other is None or embargo > other)


def _name_collision(first: ParsedItem, again: ParsedItem, pages: Collection[str]) -> str:
    if fold_typography(first.title) != fold_typography(again.title):
        return f"has the id or link of “{first.title}”, which stands above it"
    minted = not first.explicit_id and _own_place(first.link, pages) is None
    one, other = fold_words(first.summary), fold_words(again.summary)
    if minted and one and other and not (one.startswith(other) or other.startswith(one)):
        return "has the title and date of another one, which stands above it, and neither id nor link of its own"
    return REPEATED


def _same_place(text: str) -> str:
    """Return a URL with scheme, host, port and escapes in one spelling (RFC 3986 §6.2.2), any other text as it is."""
    words = clean_text(text)
    url = clean_link(words, None)
    if url is None:
        return words
    parts = urlsplit(url)
    host = _without_www(parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]).removesuffix("."))
    path = _ESCAPE.sub(lambda escape: escape.group().upper(), parts.path) or "/"
    return parts._replace(scheme="https", netloc=host, path=path).geturl()


def _without_www(host: str) -> str:
    return host.removeprefix("www.") if host.count(".") > 1 else host
