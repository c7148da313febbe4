"""step: an arrival, and new/changed/refreshed/same with the reason."""

from dataclasses import dataclass

from digest.items.decide import Change, Decision, Stored, decide_item
from digest.model.item import Item, ItemStatus
from digest.pipelines.recognise import Arrival


@dataclass(frozen=True, slots=True)
class Step:
    """An arrival and what was decided about it."""

    arrival: Arrival
    decision: Decision

    @property
    def stored(self) -> Item | None:
        """The stored item that the arrival is."""
        return self.arrival.item


def decide_step(arrival: Arrival) -> Step:
    """Return an arrival with what is decided about it."""
    return Step(arrival, _decide(arrival))


def _decide(arrival: Arrival) -> Decision:
    item = arrival.item
    if arrival.twin is not None:
        return Decision(Change.SAME, "it stands on the page twice")
    if item is None:
        return decide_item(arrival.parsed, None)
    if not arrival.speaks:
        return Decision(Change.SAME, "another name of an item whose words come from elsewhere")
    decision = decide_item(
        arrival.parsed,
        Stored(
            content_hash=arrival.content_hash,
            title=item.title,
            summary=item.summary,
            status=item.status,
            pinned=item.pinned,
        ),
    )
    stays = arrival.traits.kind in (None, item.kind) or "kind" in item.pinned or item.status is ItemStatus.WITHDRAWN
    if decision.change is not Change.SAME or stays:
        return decision
    return Decision(Change.REFRESHED, "its kind goes by another name now")
