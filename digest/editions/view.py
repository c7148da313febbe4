"""The view of a digest: what was selected, ordered as an editor would and made safe to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import overload
from urllib.parse import urlsplit

from digest.editions.fit import limit_view
from digest.editions.shorten import join_line
from digest.editions.words import write_kind
from digest.model.edition import (
    UNSUBSCRIBE_PLACEHOLDER,
    DigestView,
    Section,
    SectionEntry,
    Selected,
    Selection,
)
from digest.model.item import Image, Item
from digest.model.mailing import Cadence, MailingList
from digest.model.site import Site
from digest.model.topic import ALL

CAP = 40
"""Items that one digest shows at most; the others are counted."""

MORE_NEWS = "More news"
MORE_NEWS_ID = "more-news"
LINK_CHARACTERS = 2000
"""A longer link is no link to a story, and ten of them would fill a digest."""

_HARMLESS = UNSUBSCRIBE_PLACEHOLDER.replace("-", "_")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What an editor knows while laying out: titles and ranks of topics and kinds, and the newsroom's own hosts."""

    titles: Mapping[str, str]
    ranks: Mapping[str, int]
    kinds: Mapping[str, str]
    kind_ranks: Mapping[str, int]
    hosts: tuple[str, ...]

    def order(self, topics: Sequence[str]) -> list[str]:
        """Return those topics that have a title, in the order of the configuration; the first is the best."""
        known = {topic for topic in topics if topic in self.titles and topic != ALL}
        return sorted(known, key=lambda topic: (self.ranks.get(topic, len(self.ranks)), topic))

    def topics_of(self, selected: Selected, item: Item) -> list[str]:
        """Return the reader's topics that carry the item; the item's own where the reader has it by `all`."""
        return self.order(selected.topics) or self.order(item.topics)


@dataclass(frozen=True, slots=True)
class _Story:
    """An item on the desk, with its topics in order."""

    item: Item
    seq: int
    topics: tuple[str, ...]

    @property
    def age_key(self) -> tuple[datetime, int, int]:
        return (self.item.published_at, self.seq, self.item.id)


def build_view(
    selection: Selection,
    items: Mapping[int, Item],
    mailing: MailingList,
    site: Site,
    topic_titles: Mapping[str, str],
    topic_order: Sequence[str],
    slot_on: date,
    covers_days: int,
    language: str,
    *,
    kinds: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (),
    cadence: Cadence | None = None,
    cap: int | None = CAP,
) -> DigestView:
    """Return what one variant shows: each item once, newest first under its best topic, sections in config order.

    The best topic is the first one in `topic_order`: the order of config.yaml is the editor's ranking, and so an item
    stands under the same heading in every edition, whatever else is new that day. Items without a topic close the
    digest under "More news". The top story is the newest of the weightiest kind, where the order of `kinds` (id to
    label, as in config.yaml) is the ranking too; it stands in no section.

    `items` hold every selected id. `chosen` are the reader's topic ids, none or `all` for everything; `cadence` is the
    reader's, by default the list's. `cap` limits the items, and corrections and withdrawals each, to the newest.
    """
    desk = _set_desk(topic_titles, topic_order, kinds or {}, site)
    stories = [_lay_story(selected, items[selected.item_id], desk) for selected in selection.new]
    stories.sort(key=lambda story: story.age_key, reverse=True)
    top = min(stories, key=lambda story: _rank_kind(story.item, desk), default=None)
    view = DigestView(
        list_id=mailing.id,
        list_title=mailing.title,
        slot_on=slot_on,
        covers_days=covers_days,
        sections=_build_sections([story for story in stories if story is not top], desk),
        corrected=tuple(_clean_item(items[selected.item_id]) for selected in selection.corrected),
        withdrawn=tuple(_clean_item(items[selected.item_id]) for selected in selection.withdrawn),
        language=language,
        cadence=cadence or mailing.schedule.cadence,
        top=None if top is None else _build_entry(top, top.topics, desk),
        chosen=() if ALL in chosen else tuple(topic_titles[topic] for topic in desk.order(chosen)),
    )
    return view if cap is None else limit_view(view, cap)


def _set_desk(titles: Mapping[str, str], order: Sequence[str], kinds: Mapping[str, str], site: Site) -> _Desk:
    hosts = (_find_host(site.url), _find_host(site.feeds_url))
    return _Desk(
        titles=titles,
        ranks={topic: rank for rank, topic in enumerate(order)},
        kinds=kinds,
        kind_ranks={kind: rank for rank, kind in enumerate(kinds)},
        hosts=tuple(host.removeprefix("www.") for host in hosts if host),
    )


def _lay_story(selected: Selected, item: Item, desk: _Desk) -> _Story:
    return _Story(item, selected.seq, tuple(desk.topics_of(selected, item)))


def _rank_kind(item: Item, desk: _Desk) -> int:
    return desk.kind_ranks.get(item.kind or "", len(desk.kind_ranks))


def _build_sections(stories: Sequence[_Story], desk: _Desk) -> tuple[Section, ...]:
    best = [story.topics[0] for story in stories if story.topics]
    sections = [(topic, desk.titles[topic]) for topic in desk.order(best)]
    if len(best) < len(stories):
        sections.append(("", MORE_NEWS))
    return tuple(
        Section(
            id=topic or MORE_NEWS_ID,
            title=title,
            entries=tuple(
                _build_entry(story, story.topics[1:], desk)
                for story in stories
                if (story.topics[0] if story.topics else "") == topic
            ),
        )
        for topic, title in sections
    )


def _build_entry(story: _Story, labels: Sequence[str], desk: _Desk) -> SectionEntry:
    kind = story.item.kind
    return SectionEntry(
        item=_clean_item(story.item),
        also_in=tuple(desk.titles[topic] for topic in labels),
        kind=desk.kinds.get(kind, write_kind(kind)) if kind else None,
        picture=_find_picture(story.item.image, desk.hosts),
    )


def _clean_item(item: Item) -> Item:
    """Return the item with single-line texts and a safe link; its HTML stays out of mail altogether."""
    return replace(
        item,
        title=_clean_text(item.title),
        summary=_clean_text(item.summary),
        note=_clean_text(item.note),
        author=_clean_text(item.author),
        language=_clean_text(item.language),
        link=_clean_url(item.link),
        content_html=None,
        image=None,
    )


def _find_picture(image: Image | None, hosts: Sequence[str]) -> Image | None:
    """Return a picture to show: with a URL and an alt text, and from our own host – another would see who reads."""
    if image is None or not image.url or not image.alt:
        return None
    url = _clean_url(image.url)
    host = _find_host(url)
    if not any(host == own or host.endswith(f".{own}") for own in hosts):
        return None
    return Image(
        url=url,
        alt=_clean_text(image.alt),
        caption=_clean_text(image.caption),
        credit=_clean_text(image.credit),
    )


@overload
def _clean_text(text: str) -> str: ...
@overload
def _clean_text(text: None) -> None: ...
@overload
def _clean_text(text: str | None) -> str | None: ...
def _clean_text(text: str | None) -> str | None:
    """Return one line in which nobody's unsubscribe token can be made to appear."""
    return None if text is None else join_line(text).replace(UNSUBSCRIBE_PLACEHOLDER, _HARMLESS)


def _clean_url(url: str) -> str:
    """Return an http(s) URL, else nothing."""
    fits = len(url) <= LINK_CHARACTERS and not any(character.isspace() for character in url)
    if not fits or not url.lower().startswith(("http://", "https://")) or not _find_host(url):
        return ""
    return url.replace(UNSUBSCRIBE_PLACEHOLDER, UNSUBSCRIBE_PLACEHOLDER.replace("-", "%2D"))


def _find_host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
