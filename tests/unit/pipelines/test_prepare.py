"""Items are cleaned and hashed where they were parsed, and saved as if that had been done at the desk."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from digest.items.clean import clean_item
from digest.items.decide import content_hash
from digest.model.item import Detail, Image, ParsedItem
from digest.pipelines.prepare import Unprepared, prepare_items

BASE = "https://newsroom.example.org/news/"
words = st.text(st.sampled_from("ab <>&;p/\xa0\u202e\x0b'\""), max_size=12)
parsed_items = st.builds(
    ParsedItem,
    title=words,
    summary=words,
    kind=st.none() | words,
    published=st.none() | st.just(date(2026, 3, 9)),
    link=st.none() | words,
    image=st.none() | st.builds(Image, url=words, alt=words),
    content_html=st.none() | words,
    markup=st.booleans(),
)


@given(st.lists(parsed_items, max_size=4))
def test_prepared_items_are_cleaned_ones_with_their_hash(items: list[ParsedItem]) -> None:
    """Nothing but the hash is added, and cleaning them again changes nothing."""
    prepared = prepare_items(Unprepared(tuple(items), BASE)).items
    cleaned = [clean_item(one, base_url=BASE) for one in items]
    assert [replace(one, content_hash=None) for one in prepared] == cleaned
    assert [one.content_hash for one in prepared] == [content_hash(one) for one in cleaned]
    assert [clean_item(one, base_url=BASE) for one in prepared] == list(prepared)


def test_what_an_own_page_adds_to_a_prepared_item_is_still_cleaned() -> None:
    """Details come after preparing: they are cleaned at the desk, and do not count in the hash."""
    (prepared,) = prepare_items(Unprepared((ParsedItem(title="A\nferry", link="a"),), BASE)).items
    detailed = replace(prepared, detail=Detail(summary=" One\ntwo ", image=Image(url="b.png")))
    cleaned = clean_item(detailed, base_url=BASE)
    assert cleaned.detail == Detail(summary="One two", image=Image(url="https://newsroom.example.org/news/b.png"))
    assert (cleaned.title, content_hash(cleaned)) == ("A ferry", content_hash(clean_item(prepared, base_url=BASE)))
