"""Who an item is: a key that outlives redesigns, and an entry id that is minted once."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

from digest.items.dates import real_date
from digest.items.links import clean_link
from digest.items.text import clean_text, fold_typography
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
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# RFC 4151 §2.1: DNSname.
_DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def identity_of(parsed: ParsedItem) -> str:
    """Return the key of a cleaned item, unique in its source: its own id, else its link, else a hash of its words.

    An id that is a URL is freed of what a move to https or to another `www.` changes, but keeps its query and
    fragment. The hash covers kind, title and UTC date; case, white space and typography do not count in it.
    An id or link that is too long for a key gives its hash.
    """
    if parsed.explicit_id:
        return _short(_same_place(parsed.explicit_id))
    if parsed.link:
        return _short(canonical_link(parsed.link))
    words = [fold_typography(parsed.kind or "").casefold(), fold_typography(parsed.title).casefold()]
    published = real_date(parsed.published)
    on = published.astimezone(UTC).date() if isinstance(published, datetime) else published
    encoded = json.dumps([*words, str(on or "")])
    return _hashed(encoded)


def _short(key: str) -> str:
    return key if len(key) <= _MOST_KEY_CHARACTERS else _hashed(key)


def _hashed(text: str) -> str:
    return f"hash:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def canonical_link(url: str) -> str:
    """Return the link as it is compared: https, host in lower case without `www.` and default port, no trailing slash.

    Tracking parameters and the fragment are off, but for `#!` and `#/`, which name pages; the other parameters keep
    their order, for some sites tell pages apart by it. `ref` stays: it may be a document's number. For comparing
    only: the link that readers follow is the one that the source gave.
    """
    place = _same_place(url)
    if clean_link(place, None) is None:
        return place
    parts = urlsplit(place)
    query = "&".join(pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0]))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return parts._replace(path=parts.path.rstrip("/"), query=query, fragment=fragment).geturl()


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


def dedupe_parsed(items: tuple[ParsedItem, ...]) -> Parsed:
    """Return the items of one reading with each key once, the first in page order; the others by name."""
    kept: dict[str, ParsedItem] = {}
    dropped: list[Quarantined] = []
    for item in items:
        key = identity_of(item)
        if key in kept:
            dropped.append(Quarantined(name=item.title, reason=_name_collision(kept[key].title, item.title)))
        else:
            kept[key] = item
    return Parsed(items=tuple(kept.values()), quarantined=tuple(dropped))


def _name_collision(first: str, title: str) -> str:
    same = fold_typography(first) == fold_typography(title)
    return "twice on the page" if same else f"has the id or link of “{first}”, which stands above it"


def _same_place(text: str) -> str:
    """Return a URL with scheme, host, port and escapes in one spelling (RFC 3986 §6.2.2), any other text as it is."""
    words = clean_text(text)
    url = clean_link(words, None)
    if url is None:
        return words
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]).removesuffix(".")
    host = host.removeprefix("www.") if host.count(".") > 1 else host
    path = _ESCAPE.sub(lambda escape: escape.group().upper(), parts.path) or "/"
    return parts._replace(scheme="https", netloc=host, path=path).geturl()
