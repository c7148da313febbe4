"""The desk: what saving items needs, whoever saves them."""

from dataclasses import dataclass

from digest.config.settings import Settings
from digest.store.engine import Store
from digest.topics.match import Matcher


@dataclass(frozen=True, slots=True)
class Desk:
    """The settings, the store, and the rules of all topics, compiled.

    `removed` are the ids of sources that config.yaml had once, where somebody has looked; None: nobody has.
    """

    settings: Settings
    store: Store
    matcher: Matcher
    removed: tuple[str, ...] | None = None
