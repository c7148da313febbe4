"""What is known of a picture's file stays with the picture when it is cleaned, and counts for nothing else."""

import pytest

from digest.items.clean import clean_item
from digest.items.decide import content_hash
from digest.model.item import Image, ParsedItem

URL = "https://news.example.org/a.png"


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        (Image("/a.png", length=300, media_type="image/png"), Image(URL, length=300, media_type="image/png")),
        (Image("/a.png", media_type=" image/png\n"), Image(URL, media_type="image/png")),
        (Image("/a.png", length=0), Image(URL)),
        (Image("/a.png", length=-7), Image(URL)),
        (Image("javascript:x", length=300, media_type="image/png"), None),
        (Image(alt="A boat", length=300), Image(alt="A boat")),
    ],
    ids=["both", "type", "zero", "negative", "no address", "words"],
)
def test_length_and_type_stay_with_an_address(given: Image, cleaned: Image | None) -> None:
    """A file without an address has no length."""
    assert clean_item(ParsedItem(title="A", image=given), base_url="https://news.example.org/").image == cleaned


def test_length_and_type_are_no_words() -> None:
    """A server that counts otherwise than yesterday has changed nothing that anybody reads."""
    one = ParsedItem(title="A", image=Image(URL, "A boat"))
    other = ParsedItem(title="A", image=Image(URL, "A boat", length=300, media_type="image/png"))
    assert content_hash(one) == content_hash(other)
