"""leads: from what a page says of itself to feeds, WordPress' API and sitemaps, each read as a trial."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from digest.pipelines.trial import Trial
from digest.sources.discovery.leads import Leads

_USUAL_FEEDS = ("/feed/", "/rss", "/feed.xml", "/atom.xml", "/index.xml")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml")
_MOST_FEEDS = 4
_MOST_SITEMAPS = 2


async def follow_leads(trial: Trial, leads: Leads, url: str) -> None:
    """Try what a page leads to, side by side; `url` is the page's own address."""
    await asyncio.gather(
        _try_feeds(trial, leads, url),
        _try_wordpress(trial, leads),
        _try_sitemaps(trial, url),
    )


async def _try_feeds(trial: Trial, leads: Leads, url: str) -> None:
    feeds = [feed for feed in leads.feeds if not feed.comments][:_MOST_FEEDS]
    if not feeds:
        await _try_usual_feeds(trial, url)
        return

    async def follow(feed_url: str, title: str) -> None:
        name = f"the feed that the page advertises{f' as “{title}”' if title and len(feeds) > 1 else ''}"
        problem = await trial.read(_keys(trial, "feed", feed_url), name)
        if problem:
            trial.notes.append(f"the page advertises a feed, {feed_url}, which cannot be used: {problem}")

    await asyncio.gather(*(follow(feed.url, feed.title) for feed in feeds))


async def _try_usual_feeds(trial: Trial, url: str) -> None:
    """Ask where feeds usually stand, one place after the other, until one gives items."""
    below = [urljoin(url if url.endswith("/") else f"{url}/", "feed/")] if urlsplit(url).path.strip("/") else []
    places = [*below, *(urljoin(url, place) for place in _USUAL_FEEDS)]
    for place in places:
        if await trial.read(_keys(trial, "feed", place), "a feed that the page does not advertise") is None:
            return


async def _try_wordpress(trial: Trial, leads: Leads) -> None:
    if leads.wordpress is not None:
        problem = await trial.read(_keys(trial, "wordpress", leads.wordpress), "the site's WordPress API")
        if problem:
            trial.notes.append(f"the site runs on WordPress, whose API cannot be used: {problem}")


async def _try_sitemaps(trial: Trial, url: str) -> None:
    """Try the sitemaps that robots.txt names, those of news first, else where they usually stand."""
    reason = await trial.reader.robots.check(url, allow_private=trial.question.allow_private)
    if reason is not None:
        trial.forbidden = reason
    named = list(_named_sitemaps(trial, url))
    usual = [urljoin(url, place) for place in _USUAL_SITEMAPS]
    for place in (sorted(named, key=lambda one: "news" not in one) or usual)[:_MOST_SITEMAPS]:
        name = "the news sitemap" if "news" in place else "the sitemap"
        if await trial.read(_keys(trial, "sitemap", place), name) is None:
            return


def _named_sitemaps(trial: Trial, url: str) -> Iterator[str]:
    """Yield the sitemaps that the site's robots.txt names (sitemaps.org/protocol.html)."""
    for text, _ in trial.robots_texts.values():
        for found in re.findall(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", text):
            yield urljoin(url, found)


def _keys(trial: Trial, type_: str, url: str) -> dict[str, Any]:
    return {"type": type_, "url": url} | ({"allow_private": True} if trial.question.allow_private else {})
