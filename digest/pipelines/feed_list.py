"""Which feeds a configuration has, in the order of pages: all, topics, regions, kinds, corrections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from digest.config.settings import Settings
from digest.feeds.spec import FeedRow, FeedSpec, Group, feed_name
from digest.model.feed import FeedState
from digest.model.topic import ALL, CORRECTIONS, kind_topic, region_topic
from digest.store.feeds import RECENT


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of the configuration; `topic` is what its items are placed in."""

    topic: str
    group: Group
    title: str
    description: str

    @property
    def name(self) -> str:
        """The name of its files."""
        return feed_name(self.topic)


def list_feeds(settings: Settings) -> Mapping[str, Listed]:
    """Return every feed by its topic, in order."""
    return {listed.topic: listed for listed in _each(settings)}


def _each(settings: Settings) -> Iterator[Listed]:
    site = settings.site
    yield Listed(ALL, Group.ALL, "Everything", site.subtitle or f"Everything new from {site.title}")
    for topic in settings.topics:
        yield Listed(topic.id, Group.TOPIC, topic.title, topic.description)
    for region in settings.regions:
        yield Listed(region_topic(region.id), Group.REGION, region.title, region.description)
    for kind in settings.kinds:
        yield Listed(kind_topic(kind.id), Group.KIND, kind.title, "")
    told = "What was corrected or withdrawn after it was published"
    yield Listed(CORRECTIONS, Group.CORRECTIONS, "Corrections", told)


def make_spec(listed: Listed, state: FeedState, hub: str | None) -> FeedSpec:
    """Return how a feed is to be built."""
    return FeedSpec(
        name=listed.name,
        title=listed.title,
        group=listed.group,
        subtitle=listed.description or None,
        # The store keeps whole seconds: a feed that is empty says the same before and after it was saved.
        created_at=state.created_at.replace(microsecond=0),
        hub=hub,
    )


def make_row(spec: FeedSpec, state: FeedState) -> FeedRow:
    """Return what pages tell about a feed; how busy it is counts from its own newest item, not from today."""
    if state.newest_at is None or state.oldest_at is None:
        return FeedRow(spec=spec)
    span = min(max(state.newest_at - state.oldest_at, timedelta(weeks=1)), RECENT)
    return FeedRow(spec=spec, per_week=state.recent / (span / timedelta(weeks=1)), newest_at=state.newest_at)
