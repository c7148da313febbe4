"""The newsroom itself, as its feeds and digests name it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`id_url` is the page whose host all ids are made of, None for `url`; it stays when the newsroom moves house.

    `url` is the newsroom's page, `feeds_url` where the published folder is reachable (ends in a slash);
    `timezone` an IANA name, `contact` a mail address, `language` BCP 47."""

    title: str
    url: str
    feeds_url: str
    author: str
    language: str = "en"
    timezone: str = "UTC"
    contact: str | None = None
    postal: str | None = None
    logo: str | None = None
    subtitle: str | None = None
    rights: str | None = None
    id_url: str | None = None
