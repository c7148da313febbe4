"""What is said of a picture's file: its length and its type, where they can be true."""

import re
from collections.abc import Iterable
from dataclasses import replace

from digest.model.item import Image

MOST_PICTURE_BYTES = 50 * 1024 * 1024
"""What is said to be longer is no picture for a reader: those of cameras have half of it."""

LEAST_PICTURE_BYTES = 26
"""The shortest picture there is, one pixel in WebP: a shorter one is what programs write that do not know."""

_PICTURE_TYPE = re.compile(r"image/[a-z0-9][a-z0-9.+-]{0,60}")

Declared = tuple[object, object, object]
"""An address, and what was said of its length in bytes and of its type."""


def read_length(said: object) -> int | None:
    """Return a number of bytes that a picture can have, written as a number or in digits; else None."""
    if isinstance(said, str) and re.fullmatch(r"\s*[0-9]{1,12}\s*", said):
        said = int(said)
    if not isinstance(said, int) or isinstance(said, bool):
        return None
    return said if LEAST_PICTURE_BYTES <= said <= MOST_PICTURE_BYTES else None


def read_media_type(said: object) -> str | None:
    """Return a type of pictures (RFC 9110 §8.3.1) without its parameters, None for any other."""
    found = said.partition(";")[0].strip().lower() if isinstance(said, str) else ""
    return found if _PICTURE_TYPE.fullmatch(found) else None


def declare(image: Image, said: Iterable[Declared]) -> Image:
    """Return a picture with the first length and type that are said of its address, where they can be true."""
    for url, length, media_type in said:
        if url == image.url:
            image = replace(
                image,
                length=image.length or read_length(length),
                media_type=image.media_type or read_media_type(media_type),
            )
    return image
