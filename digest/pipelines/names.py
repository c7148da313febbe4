"""names: the host of which ids are made, kept from the first day: an id never changes (RFC 4287 §4.2.6)."""

from dataclasses import replace

from digest.config.settings import Settings
from digest.store.engine import Store
from digest.store.meta import load_fact, save_fact

FIRST_URL = "site.first_url"
"""The fact that remembers the newsroom's page as it was when the first id was minted."""


def with_first_names(settings: Settings, store: Store) -> Settings:
    """Return the settings with the page of which ids are made, whatever the newsroom's page is by now."""
    with store.read() as connection:
        first = load_fact(connection, FIRST_URL)
    if first is None:
        with store.write() as connection:
            first = load_fact(connection, FIRST_URL) or settings.site.url
            save_fact(connection, FIRST_URL, first)
    return replace(settings, site=replace(settings.site, id_url=first))
