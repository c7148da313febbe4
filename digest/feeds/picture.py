"""What a feed may say of a picture's file: its type, and an enclosure where its length is known. The feed's own too."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from digest.model.item import Image
from digest.model.site import Site

_TYPES = {
    "avif": "image/avif", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "svg": "image/svg+xml", "webp": "image/webp",
}  # fmt: skip
_PICTURE = re.compile(r"image/[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry: its address, media type and length in bytes."""

    url: str
    media_type: str
    length: int


def picture_type(image: Image) -> str | None:
    """Return the media type of a picture as whoever serves it says, else by the ending of its address, else None."""
    said = (image.media_type or "").partition(";")[0].strip().lower()
    if _PICTURE.fullmatch(said):
        return said
    return _TYPES.get(urlsplit(image.url or "").path.rpartition(".")[2].lower())


def enclosure_of(image: Image | None) -> Enclosure | None:
    """Return a picture as an enclosure, None where its length or type is not known (RFC 4287 §4.2.7.6)."""
    media_type = picture_type(image) if image and image.url else None
    if image is None or media_type is None or not image.length or image.length < 1:
        return None
    return Enclosure(image.url or "", media_type, image.length)


def icon_url(site: Site) -> str:
    """Return the address of the newsroom's square icon, which is published beside the feeds."""
    return f"{site.feeds_url}icon.png"


def logo_url(site: Site) -> str:
    """Return the address of the newsroom's logo, of the one published beside the feeds where it names none."""
    return site.logo or f"{site.feeds_url}logo.png"
