"""What sources say of their pictures' files: taken where it can be true, and only for the picture that was chosen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.settings import SourceSettings
from digest.model.item import Image
from digest.sources.declared import LEAST_PICTURE_BYTES, MOST_PICTURE_BYTES, declare, read_length, read_media_type
from digest.sources.feed import parse_feed
from digest.sources.page import Page
from digest.sources.wordpress import parse_wordpress

HOME = "https://river.example"
BOAT = f"{HOME}/boat.jpg"


@pytest.mark.parametrize(
    ("said", "length"),
    [
        pytest.param("48213", 48213, id="digits"),
        pytest.param(48213, 48213, id="number"),
        pytest.param(" 48213\n", 48213, id="white space"),
        pytest.param("0", None, id="nothing"),
        pytest.param("1", None, id="shorter than any picture"),
        pytest.param("-48213", None, id="negative"),
        pytest.param("48.2 kB", None, id="words"),
        pytest.param("4e4", None, id="exponent"),
        pytest.param("٤٨٢١٣", None, id="other digits"),
        pytest.param("9" * 5000, None, id="endless"),
        pytest.param(MOST_PICTURE_BYTES + 1, None, id="longer than any picture"),
        pytest.param(48213.0, None, id="fraction"),
        pytest.param(True, None, id="truth"),
        pytest.param(None, None, id="none"),
        pytest.param(["48213"], None, id="list"),
    ],
)
def test_a_length_is_taken_where_it_can_be_true(said: object, length: int | None) -> None:
    """Programs that do not know a length write 0, 1, or anything."""
    assert read_length(said) == length


@given(st.integers() | st.integers().map(str) | st.text() | st.floats())
def test_a_length_is_one_of_a_picture(said: object) -> None:
    """Whatever is said, what is taken is within bounds."""
    length = read_length(said)
    assert length is None or LEAST_PICTURE_BYTES <= length <= MOST_PICTURE_BYTES


@pytest.mark.parametrize(
    ("said", "media_type"),
    [
        ("image/jpeg", "image/jpeg"),
        (" IMAGE/PNG; charset=binary ", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("image", None),
        ("image/", None),
        ("image/*", None),
        ("text/html", None),
        ("image/png\x00", None),
        ("image/" + "x" * 99, None),
        (None, None),
        (7, None),
    ],
)
def test_a_type_is_taken_where_it_is_one_of_pictures(said: object, media_type: str | None) -> None:
    """Without its parameters, in lower case."""
    assert read_media_type(said) == media_type


def test_the_first_that_can_be_true_counts() -> None:
    """Length and type may come from two places, and nothing of another address."""
    said = [("b", 500, "image/gif"), ("a", 0, "text/html"), ("a", 300, None), ("a", 400, "image/png")]
    assert declare(Image("a", "Boat"), said) == Image("a", "Boat", length=300, media_type="image/png")


def _rss(parts: str) -> bytes:
    start = '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Rivers</title>'
    return f"{start}<item><title>A boat</title>{parts}</item></channel></rss>".encode()


@pytest.mark.parametrize(
    ("parts", "image"),
    [
        pytest.param(
            '<enclosure url="/boat.jpg" type="image/jpeg" length="48213"/>',
            Image(BOAT, length=48213, media_type="image/jpeg"),
            id="enclosure",
        ),
        pytest.param(
            '<media:content url="/boat.jpg" type="image/jpeg" fileSize="48213"/>',
            Image(BOAT, length=48213, media_type="image/jpeg"),
            id="media:content",
        ),
        pytest.param(
            '<media:group><media:content url="/boat.jpg" medium="image" fileSize="48213"/></media:group>',
            Image(BOAT, length=48213),
            id="in a group",
        ),
        pytest.param(
            '<media:content url="/boat.jpg" medium="image"/>'
            f'<enclosure url="{BOAT}" type="image/jpeg" length="48213"/>',
            Image(BOAT, length=48213, media_type="image/jpeg"),
            id="both name the same picture",
        ),
        pytest.param(
            '<media:content url="/boat.jpg" medium="image"/><enclosure url="/b.jpg" type="image/jpeg" length="48213"/>',
            Image(BOAT),
            id="the other picture's is not its own",
        ),
        pytest.param(
            '<enclosure url="/boat.jpg" type="image/jpeg" length="0"/>',
            Image(BOAT, media_type="image/jpeg"),
            id="no length",
        ),
        pytest.param(
            '<enclosure url="/a.mp3" type="audio/mpeg" length="99999"/>'
            '<media:thumbnail url="/boat.jpg"/><media:content url="/boat.jpg" type="text/html" fileSize="48213"/>',
            Image(BOAT, length=48213),
            id="a type of no picture",
        ),
    ],
)
def test_rss_tells_of_its_pictures_file(parts: str, image: Image) -> None:
    """Enclosures and Media RSS, where they are about the picture that was chosen."""
    (item,) = parse_feed(_rss(parts), base=HOME).items
    assert item.image == image


def test_atom_tells_of_its_pictures_file() -> None:
    """RFC 4287 §4.2.7.6: length is advisory, and may be missing."""
    entry = '<entry><id>a</id><title>A boat</title><link rel="enclosure" href="/boat.jpg" {}/></entry>'
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>Rivers</title>{}</feed>'
    whole = feed.format(entry.format('type="image/jpeg" length="48213"'))
    (item,) = parse_feed(whole.encode(), base=HOME).items
    assert item.image == Image(BOAT, length=48213, media_type="image/jpeg")


@pytest.mark.parametrize(
    ("fields", "image"),
    [
        pytest.param(
            {"image": BOAT, "attachments": [{"url": BOAT, "mime_type": "image/jpeg", "size_in_bytes": 48213}]},
            Image(BOAT, length=48213, media_type="image/jpeg"),
            id="attached too",
        ),
        pytest.param(
            {"attachments": [{"url": "a.mp3", "mime_type": "audio/mpeg"}, {"url": BOAT, "mime_type": "image/jpeg"}]},
            Image(BOAT, media_type="image/jpeg"),
            id="only attached",
        ),
        pytest.param(
            {"image": BOAT, "attachments": [{"url": "b.jpg", "mime_type": "image/jpeg", "size_in_bytes": 48213}]},
            Image(BOAT),
            id="another one attached",
        ),
        pytest.param(
            {"image": BOAT, "attachments": [7, {"size_in_bytes": 48213}, {"url": [BOAT], "mime_type": {}}]},
            Image(BOAT),
            id="nonsense",
        ),
        pytest.param({"attachments": {"url": BOAT}}, None, id="no list"),
        pytest.param({"attachments": [{"mime_type": "image/jpeg", "size_in_bytes": 48213}]}, None, id="no address"),
    ],
)
def test_json_feed_tells_of_its_pictures_file(fields: dict[str, object], image: Image | None) -> None:
    """An attachment speaks for the picture that has its address, and is the picture where there is no other."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A boat", **fields}]}
    (item,) = parse_feed(json.dumps(feed).encode()).items
    assert item.image == image


@pytest.mark.parametrize(
    ("url", "details", "length"),
    [
        pytest.param("/2026/05/boat.jpg", {"file": "2026/05/boat.jpg", "filesize": 48213}, 48213, id="its own file"),
        pytest.param("/2026/05/boat.jpg", {"file": "2026/05/boat.jpg", "filesize": "48213"}, 48213, id="as text"),
        pytest.param("/2026/05/boat.jpg", {"file": "2026/05/boat.jpg"}, None, id="before WordPress 6.0"),
        pytest.param("/2026/05/boat.jpg?w=600", {"file": "2026/05/boat.jpg", "filesize": 48213}, None, id="resized"),
        pytest.param("/2026/05/boat-600.jpg", {"file": "2026/05/boat.jpg", "filesize": 48213}, None, id="another file"),
        pytest.param("/2026/05/boat.jpg", {"filesize": 48213}, None, id="a file without name"),
        pytest.param("/2026/05/boat.jpg", [], None, id="nonsense"),
    ],
)
def test_wordpress_tells_of_its_pictures_file(url: str, details: object, length: int | None) -> None:
    """Its length where the address leads to that very file, and its type."""
    media = {"source_url": HOME + url, "mime_type": "image/jpeg", "media_details": details}
    post = {"id": 1, "title": {"rendered": "A boat"}, "_embedded": {"wp:featuredmedia": [media]}}
    source = SourceSettings(id="river", type="wordpress", url=HOME)
    (item,) = parse_wordpress(Page(data=json.dumps([post]).encode(), source=source, url=HOME)).items
    assert item.image == Image(HOME + url, length=length, media_type="image/jpeg")
