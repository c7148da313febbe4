"""The decision whether a feed is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from digest.feeds.build import FeedSpec, Labels, build_feed
from digest.feeds.publish import Published, decide_publication
from digest.model.item import Item
from digest.model.site import Site


def test_decision_by_bytes_and_check(
    make_item: Callable[..., Item], spec: FeedSpec, site: Site, labels: Labels
) -> None:
    """A feed is written when it is new or changed and sound; what stands there already is not checked again."""
    item = make_item()
    old = build_feed(spec, [item], site, labels).data
    new = build_feed(spec, [replace(item, updated_at=item.updated_at + timedelta(hours=1))], site, labels).data
    assert decide_publication("all", old, None) == Published("all", True, "new")
    assert decide_publication("all", new, old) == Published("all", True, "its bytes changed")
    assert decide_publication("all", b"junk", b"junk") == Published("all", False, "the same bytes as before")
    assert decide_publication("all", old, new) == Published(
        "all",
        False,
        "it failed its check: “Boats & crews 1”: its updated goes back "
        "from 2026-03-02T18:00:00.000001+00:00 to 2026-03-02T17:00:00.000001+00:00",
        failed=True,
    )
