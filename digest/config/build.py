"""From checked shapes to frozen settings: defaults that depend on each other, absolute paths, lines of the file."""

import os
from pathlib import Path

from digest.config.document import Document
from digest.config.fields import NO_BIND
from digest.config.raw import RawFeeds, RawList, RawMail, RawRule, RawSettings, RawSite
from digest.config.raw_source import RawSource
from digest.config.settings import (
    DetailSettings,
    FeedsSettings,
    HtmlSettings,
    MailSettings,
    ReaderSettings,
    Settings,
    SourceSettings,
)
from digest.config.stores import store_url
from digest.model.mailing import CatchUp, MailingList
from digest.model.site import Site
from digest.model.topic import Kind, Region, Rule, Term, Topic


def build_settings(raw: RawSettings, document: Document, file: Path) -> Settings:
    """Return the settings that a checked file means; `file` is absolute, and relative paths count from its folder."""
    folder = file.parent
    site = _site(raw.site)
    return Settings(
        file=file,
        site=site,
        store=store_url(raw.store, folder),
        var=_path(folder, raw.var),
        templates=_path(folder, raw.templates),
        feeds=_feeds(raw.feeds, folder),
        sources=tuple(_source(id_, source, site, document, folder) for id_, source in raw.sources.items()),
        topics=_topics(raw, document),
        regions=_regions(raw, document),
        kinds=tuple(Kind(id_, kind.title, kind.label or kind.title) for id_, kind in raw.kinds.items()),
        lists=tuple(_list(id_, mailing, site, document) for id_, mailing in raw.lists.items()),
        mail=_mail(raw.mail, folder),
        web_bind=None if raw.web.bind == NO_BIND else raw.web.bind,
    )


def _feeds(raw: RawFeeds, folder: Path) -> FeedsSettings:
    return FeedsSettings(
        folder=_path(folder, raw.folder),
        entries=raw.entries,
        full_text=raw.full_text,
        hub=raw.hub,
        readers=tuple(ReaderSettings(id=id_, title=one.title, link=one.link) for id_, one in raw.readers.items()),
        moved=raw.moved,
        retired=raw.retired,
    )


def _path(folder: Path, text: str) -> Path:
    """Return an absolute path without `..`; links are left as they are."""
    return Path(os.path.normpath(folder / text))


def _line(document: Document, *path: str) -> int:
    return document.key_place(path).line


def _site(raw: RawSite) -> Site:
    base = raw.url if raw.url.endswith("/") else raw.url + "/"
    feeds_url = raw.feeds_url or base + "feeds/"
    return Site(
        title=raw.title,
        url=raw.url,
        feeds_url=feeds_url if feeds_url.endswith("/") else feeds_url + "/",
        author=raw.author or raw.title,
        language=raw.language,
        timezone=raw.timezone,
        contact=raw.contact,
        postal=raw.postal,
        logo=raw.logo,
        subtitle=raw.subtitle,
        rights=raw.rights,
    )


def _source(id_: str, raw: RawSource, site: Site, document: Document, folder: Path) -> SourceSettings:
    return SourceSettings(
        id=id_,
        type=raw.type,
        url=raw.url,
        path=None if raw.path is None else str(_path(folder, raw.path)),
        every=raw.every,
        timezone=raw.timezone or site.timezone,
        language=raw.language or site.language,
        allow_private=raw.allow_private,
        kinds=raw.kinds,
        date_formats=raw.date_format,
        locale=raw.locale,
        future=raw.future,
        pages=raw.pages,
        html=_html(raw),
        post_type=raw.post_type or "posts",
        enrich=raw.enrich,
        enrich_pages=raw.enrich_pages,
        obey_robots=raw.robots == "obey",
        options=raw.options,
        line=_line(document, "sources", id_),
    )


def _html(raw: RawSource) -> HtmlSettings | None:
    if raw.type != "html" or raw.items is None or raw.title is None:
        return None
    return HtmlSettings(
        items=raw.items,
        title=raw.title,
        link=raw.link,
        summary=raw.summary,
        date=raw.date,
        kind=raw.kind,
        author=raw.author,
        picture=raw.picture,
        caption=raw.caption,
        credit=raw.credit,
        next=raw.next,
        detail=None if raw.detail is None else DetailSettings(**raw.detail.model_dump()),
    )


def _topics(raw: RawSettings, document: Document) -> tuple[Topic, ...]:
    return tuple(
        Topic(
            id=id_,
            title=topic.title,
            rule=_rule(topic, document, ("topics", id_), topic.regions),
            description=topic.description or "",
            line=_line(document, "topics", id_),
        )
        for id_, topic in raw.topics.items()
    )


def _regions(raw: RawSettings, document: Document) -> tuple[Region, ...]:
    return tuple(
        Region(
            id=id_,
            title=region.title,
            rule=_rule(region, document, ("regions", id_)),
            description=region.description or "",
            line=_line(document, "regions", id_),
            country=region.country,
        )
        for id_, region in raw.regions.items()
    )


def _rule(raw: RawRule, document: Document, path: tuple[str, str], regions: tuple[str, ...] = ()) -> Rule:
    def terms(key: str, texts: tuple[str, ...]) -> tuple[Term, ...]:
        return tuple(Term(text, document.value_place((*path, key, at)).line) for at, text in enumerate(texts))

    return Rule(
        any_=terms("any", raw.any),
        all_=terms("all", raw.all),
        none=terms("none", raw.none),
        in_title=terms("in_title", raw.in_title),
        ignore=terms("ignore", raw.ignore),
        kinds=raw.kinds,
        regions=regions,
    )


def _list(id_: str, raw: RawList, site: Site, document: Document) -> MailingList:
    return MailingList(
        id=id_,
        title=raw.title,
        description=raw.description or "",
        topics=raw.topics,
        schedule=raw.send,
        timezone=raw.timezone or site.timezone,
        sender=raw.sender,
        reply_to=raw.reply_to or site.contact or raw.sender,
        catch_up=CatchUp(raw.catch_up),
        language=raw.language or site.language,
        line=_line(document, "lists", id_),
    )


def _mail(raw: RawMail, folder: Path) -> MailSettings:
    return MailSettings(
        transport=raw.transport,
        folder=None if raw.folder is None else _path(folder, raw.folder),
        host=raw.host or "localhost",
        port=raw.port,
        tls=raw.tls,
        username=raw.username,
        password_file=None if raw.password_file is None else _path(folder, raw.password_file),
        connections=raw.connections,
    )
