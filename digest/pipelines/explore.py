"""explore: ask | what is it | feeds, WordPress, sitemaps, JSON-LD, blocks, each read as a trial | judge | best first.

Nothing is claimed that was not tried: each way is read by the adapter that will read it every day.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from digest.errors import SourceError
from digest.pipelines.leads import follow_leads
from digest.pipelines.left_out import is_under_embargo
from digest.pipelines.trial import BoundedClient, Question, Tell, Trial
from digest.sources.adapters import find_adapter
from digest.sources.discovery.discover import Findings
from digest.sources.discovery.judge import is_usable, judge_way
from digest.sources.discovery.ways import Way
from digest.sources.fetch import Fetched, FetchFailed
from digest.sources.files import FoundFiles, find_files
from digest.sources.page import Page
from digest.sources.parser import Parser
from digest.sources.text import load_bytes

DEADLINE_S = 60.0
"""Seconds for everything together; what was found by then counts."""

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/xml;q=0.8, */*;q=0.7"
_ANALYSE = "digest.sources.discovery.discover:analyse_page"
_DOCUMENTS = (".md", ".markdown", ".json")
_LEAST_SHARE = 0.4
"""Share of the best way's score that makes another one worth showing."""

_REFUSALS = (401, 403, 406)
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_LOST = (404, 410)
_NO_DOCUMENTS = "no Markdown, JSON or HTML files with titles are in it; name other files by a pattern"
_ROBOTS = "add `robots: ignore` only where the site is your own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """What was found: in words what it is, its title, the feeds that it advertises, and the ways, best first.

    `url` is where an address led, None for a file. `notes` say what else the operator should know.
    """

    address: str
    url: str | None = None
    seen: str
    title: str = ""
    advertised: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    notes: tuple[str, ...] = ()


async def explore(question: Question, now: datetime, tell: Tell) -> Exploration:
    """Look at an address, a file, a folder or a pattern of files, and return each way to read it.

    Raises: SourceError in words where there is nothing to look at.
    """
    async with BoundedClient(question.contact, tell) as client, Parser() as parser:
        trial = Trial.start(question, client, parser, now)
        if question.address.lower().startswith(("http://", "https://")):
            return await _explore_address(trial, now)
        return await _explore_files(trial, now)


async def _explore_address(trial: Trial, now: datetime) -> Exploration:
    started = asyncio.get_running_loop().time()
    fetched = await _ask(trial)
    source = _with_private(trial, {"type": "html", "url": fetched.url})
    page = Page(
        data=fetched.body,
        source=trial.settings(source),
        url=fetched.url,
        content_type=fetched.content_type,
        headers=fetched.headers,
        kinds=trial.question.kinds,
    )
    findings = await _analyse(trial, page)
    try:
        async with asyncio.timeout_at(started + DEADLINE_S):
            await _try_address(trial, findings, page)
    except TimeoutError:
        trial.notes.append(f"stopped after {DEADLINE_S:g} s: there may be more ways than these")
    return _conclude(trial, findings, now, fetched.url)


async def _ask(trial: Trial) -> Fetched:
    question = trial.question
    outcome = await trial.client.fetch(question.address, allow_private=question.allow_private, accept=_ACCEPT)
    if isinstance(outcome, Fetched):
        return outcome
    reason = outcome.reason if isinstance(outcome, FetchFailed) else "it was not modified"
    status = outcome.status if isinstance(outcome, FetchFailed) else None
    named = reason if reason.startswith(question.address) else f"{question.address}: {reason}"
    raise SourceError(f"{named}{_cure(reason, status)}")


def _cure(reason: str, status: int | None) -> str:
    if "allow_private" in reason:
        return "; add --allow-private where it is an intranet of your own"
    if status in _REFUSALS:
        return "; some sites refuse programs: save the page with a browser and try the file, or ask for a feed"
    if status in _BUSY:
        return "; try again later"
    if status in _LOST:
        return "; look for its address in a browser"
    return ""


async def _analyse(trial: Trial, page: Page) -> Findings:
    findings: Findings = await trial.parser.call(_ANALYSE, page, Findings)
    return findings


async def _try_address(trial: Trial, findings: Findings, page: Page) -> None:
    """Try what the form of an answer allows; the answer itself is not asked for again where one page is enough."""
    if findings.form == "page":
        trial.ways += findings.ways
        await follow_leads(trial, findings.leads, str(page.url))
    elif findings.form == "feed":
        await _read_answer(trial, page, "feed", "the address is a feed itself")
    elif findings.form == "sitemap":
        source = _with_private(trial, {"type": "sitemap", "url": page.url})
        _note(trial, await trial.read(source, "the address is a sitemap itself"))
    elif findings.form == "json":
        source = _with_private(trial, {"type": "wordpress", "url": page.url})
        await _read_answer(trial, page, "wordpress", "the address is WordPress' API itself", source)
    elif findings.form == "text":
        await _read_answer(trial, page, "text", "a listing as plain text")


async def _read_answer(trial: Trial, page: Page, type_: str, name: str, source: dict[str, Any] | None = None) -> None:
    source = source or _with_private(trial, {"type": type_, "url": page.url})
    try:
        parsed = await trial.parser.call(find_adapter(type_).function, replace(page, source=trial.settings(source)))
    except SourceError as error:
        trial.notes.append(f"read as {type_}: {error.seen}")
        return
    trial.ways.append(Way(source=source, name=name, parsed=parsed))


async def _explore_files(trial: Trial, now: datetime) -> Exploration:
    path, found = await asyncio.to_thread(_find, trial.question.address)
    if found.folder is not None:
        if await trial.read({"type": "folder", "path": str(path)}, "a folder of documents"):
            pattern = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
            trial.notes.append(f"{_NO_DOCUMENTS}, such as '{pattern / '*.txt'}'")
        return _conclude(trial, Findings(form="folder", seen="a folder"), now, None)
    if not found.files:
        raise SourceError(f"{trial.question.address}: no file is called like that")
    first = found.files[0]
    data = await asyncio.to_thread(load_bytes, first)
    page = Page(data=data, source=trial.settings({"type": "html", "path": str(path)}), name=str(first))
    findings = await _analyse(trial, page)
    await _try_file(trial, findings, path, first)
    return _conclude(trial, findings, now, None)


def _find(address: str) -> tuple[Path, FoundFiles]:
    path = Path(address).expanduser().absolute()
    return path, find_files(str(path), folder=True)


async def _try_file(trial: Trial, findings: Findings, path: Path, first: Path) -> None:
    if findings.form == "page":
        trial.ways += findings.ways
    elif findings.form == "feed":
        _note(trial, await trial.read({"type": "feed", "path": str(path)}, "a saved feed"))
    elif first.suffix.lower() in _DOCUMENTS:
        source = {"type": "folder", "path": str(first.parent)}
        _note(trial, await trial.read(source, f"the folder {first.parent.name}/ of documents"))
    elif findings.form == "text":
        _note(trial, await trial.read({"type": "text", "path": str(path)}, "a listing as plain text"))
    elif findings.form == "sitemap":
        trial.notes.append("sitemaps are read from their site: try its address")


def _note(trial: Trial, problem: str | None) -> None:
    if problem:
        trial.notes.append(problem)


def _with_private(trial: Trial, source: dict[str, Any]) -> dict[str, Any]:
    return source | ({"allow_private": True} if trial.question.allow_private else {})


def _conclude(trial: Trial, findings: Findings, now: datetime, url: str | None) -> Exploration:
    leads = findings.leads
    tried = [_without_embargoed(trial, way, now) for way in trial.ways]
    judged = [judge_way(_finish(trial, way), now, leads.links) for way in _distinct(tried)]
    ways = tuple(_without_lesser(sorted(filter(is_usable, judged), key=lambda way: -way.score)))
    return Exploration(
        address=trial.question.address,
        url=url,
        seen=findings.seen,
        title=leads.title,
        advertised=tuple(feed.url for feed in leads.feeds if not feed.comments),
        ways=ways,
        notes=tuple(dict.fromkeys((*(() if ways else findings.signs), *trial.notes))),
    )


def _without_embargoed(trial: Trial, way: Way, now: datetime) -> Way:
    """Return a way with those items that may be shown; how many others there are is noted."""
    hidden = {one.title for one in way.parsed.items if is_under_embargo(one.embargo, now)}
    items = tuple(one for one in way.parsed.items if one.title not in hidden)
    if held := len(way.parsed.items) - len(items):
        trial.notes.append(f"{held:,} under embargo {'is' if held == 1 else 'are'} read, and not shown here")
    return replace(way, parsed=replace(way.parsed, items=items))


def _distinct(ways: Iterable[Way]) -> Iterator[Way]:
    """Yield each way whose items no earlier way of the same type gives already."""
    seen: set[tuple[object, ...]] = set()
    for way in ways:
        key = (way.source["type"], *((item.title, item.link) for item in way.parsed.items))
        if key not in seen:
            seen.add(key)
            yield way


def _finish(trial: Trial, way: Way) -> Way:
    """Return a way with what the newsroom's own configuration and the site's robots.txt mean for it."""
    source = dict(way.source)
    if source.get("language") == trial.question.language:
        source.pop("language", None)
    forbidden = trial.forbidden if source["type"] in ("html", "jsonld") and "path" not in source else None
    problems = (f"{forbidden}: {_ROBOTS}",) if forbidden else ()
    return replace(way, source=source, problems=(*problems, *way.problems), forbidden=forbidden)


def _without_lesser(ways: list[Way]) -> Iterator[Way]:
    """Yield the ways, best first, without those that find on the page itself what a better one finds there as well."""
    seen: set[str] = set()
    for way in ways:
        on_page = way.source["type"] == "html"
        if way.score >= _LEAST_SHARE * ways[0].score and not (on_page and way.links and way.links <= seen):
            yield way
        seen |= way.links if on_page else set()
