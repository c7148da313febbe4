"""What a feed says of a picture's file."""

from dataclasses import replace

import pytest

from digest.feeds.picture import Enclosure, enclosure_of, icon_url, logo_url, picture_type
from digest.model.item import Image
from digest.model.site import Site

URL = "https://a.example/x.png"


@pytest.mark.parametrize(
    ("url", "said", "media_type"),
    [
        ("https://a.example/x.PNG?width=1", None, "image/png"),
        ("https://a.example/x.webp", "", "image/webp"),
        ("https://a.example/x.png", "image/WebP; q=1", "image/webp"),
        ("https://a.example/x.png", "text/html", "image/png"),
        ("https://a.example/x.png", "image/", "image/png"),
        ("https://a.example/picture", None, None),
        (None, None, None),
    ],
    ids=["ending", "nothing said", "said", "no picture", "half a type", "unknown", "no address"],
)
def test_type_is_what_is_said_or_what_the_name_tells(url: str | None, said: str | None, media_type: str | None) -> None:
    """The type of a picture is what its server says, else what its address ends in; nothing is fetched."""
    assert picture_type(Image(url, "Alt", media_type=said)) == media_type


@pytest.mark.parametrize(
    ("image", "enclosure"),
    [
        (Image(URL, "Alt", length=7), Enclosure(URL, "image/png", 7)),
        (Image("https://a.example/x", "Alt", length=7, media_type="image/gif"), None),
        (Image(URL, "Alt"), None),
        (Image(URL, "Alt", length=0), None),
        (Image(URL, "Alt", length=-1), None),
        (Image("https://a.example/x", "Alt", length=7), None),
        (Image(None, "Alt", length=7, media_type="image/gif"), None),
        (None, None),
    ],
    ids=["known", "type said", "no length", "empty", "less than nothing", "no type", "no address", "no picture"],
)
def test_enclosure_has_a_length_and_a_type(image: Image | None, enclosure: Enclosure | None) -> None:
    """A picture is an enclosure only where the length of its file and its type are known (RFC 4287 §4.2.7)."""
    if image and image.media_type and image.url:
        enclosure = Enclosure(image.url, image.media_type, 7)
    assert enclosure_of(image) == enclosure


def test_icon_and_logo_of_a_newsroom(site: Site) -> None:
    """The icon is the published one; the logo is the newsroom's own, or the published one where it has none."""
    assert icon_url(site) == "https://feeds.openharbour.example/icon.png"
    assert logo_url(site) == site.logo
    assert logo_url(replace(site, logo=None)) == "https://feeds.openharbour.example/logo.png"
