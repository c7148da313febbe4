"""A view is laid out as an editor would, and safe to show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.editions.fit import Fit, fit_view, limit_view
from digest.editions.subject import build_contents, build_preheader, build_subject, list_entries
from digest.editions.view import CAP, build_view
from digest.model.edition import UNSUBSCRIBE_PLACEHOLDER, DigestView, Selected, Selection
from digest.model.item import Image, Item
from digest.model.mailing import Cadence, MailingList
from digest.model.site import Site

TITLES = {"sea": "Sea rescue", "health": "Health", "press": "Free press"}
KINDS = {"report": "Report", "statement": "Statement"}
PICTURE = Image(url="https://media.openharbour.example/a.jpg", alt="A pier", caption="The pier", credit="L. Brandt")
MakeItem = Callable[..., Item]
LayOut = Callable[..., DigestView]


@pytest.fixture
def lay_out(mailing: MailingList, site: Site) -> LayOut:
    """Return a maker of views; without a selection every item is new, with the topics it has."""

    def build(*items: Item, selection: Selection | None = None, **names: Any) -> DigestView:
        everything = Selection(new=tuple(Selected(item.id, item.topics or ("all",), item.id) for item in items))
        return build_view(
            everything if selection is None else selection,
            {item.id: item for item in items},
            mailing,
            site,
            TITLES,
            tuple(TITLES),
            date(2020, 7, 13),
            1,
            "en",
            **({"kinds": KINDS} | names),
        )

    return build


def outline(view: DigestView) -> dict[str, list[int]]:
    """Return the ids under each heading."""
    return {section.title: [entry.item.id for entry in section.entries] for section in view.sections}


def test_layout(lay_out: LayOut, make_item: MakeItem) -> None:
    """Sections stand in config order, items newest first under the first of their topics; the rest is "More news"."""
    view = lay_out(
        make_item(1, topics=("press", "health")),
        make_item(2, topics=("health",)),
        make_item(3),
        make_item(4, topics=("press", "unknown")),
        make_item(5, topics=("sea",)),
        make_item(6, topics=("health", "sea"), kind="report"),
    )
    assert outline(view) == {"Sea rescue": [5], "Health": [2, 1], "Free press": [4], "More news": [3]}
    assert view.top is not None
    assert (view.top.item.id, view.top.also_in) == (6, ("Sea rescue", "Health"))
    assert [entry.also_in for entry in view.sections[1].entries] == [(), ("Free press",)]
    assert build_contents(view) == [("Sea rescue", 1), ("Health", 2), ("Free press", 1), ("More news", 1)]


@pytest.mark.parametrize(
    ("selected", "own", "expected"),
    [
        pytest.param(("all",), ("health", "sea"), ["Sea rescue", "Health"], id="by all: the item's own topics"),
        pytest.param(("health", "all"), ("health", "sea"), ["Health"], id="by a topic: the reader's topics only"),
        pytest.param(("gone",), ("press",), ["Free press"], id="a topic that is no more: the item's own"),
        pytest.param(("all",), (), [], id="no topic at all"),
    ],
)
def test_labels(
    lay_out: LayOut, make_item: MakeItem, selected: tuple[str, ...], own: tuple[str, ...], expected: list[str]
) -> None:
    """An item is labelled with the reader's topics, or with its own where the reader has it by everything."""
    view = lay_out(make_item(1, topics=own), selection=Selection(new=(Selected(1, selected, 1),)))
    assert view.top is not None
    assert list(view.top.also_in) == expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        pytest.param(["statement", "report", "report", "statement"], 3, id="the newest of the weightiest kind"),
        pytest.param(["statement", None, "letter", None], 1, id="a known kind outweighs others"),
        pytest.param([None, None, "letter", None], 4, id="no kind known: the newest"),
    ],
)
def test_top_story(lay_out: LayOut, make_item: MakeItem, kinds: list[str | None], expected: int) -> None:
    """The top story is chosen by the weight of its kind, then by time, and stands nowhere else."""
    view = lay_out(*(make_item(number, kind=kind) for number, kind in enumerate(kinds, start=1)))
    assert view.top is not None
    assert view.top.item.id == expected
    assert sorted(entry.item.id for entry in list_entries(view)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "expected"), [("report", "Report"), ("open-letter", "Open letter"), (None, None), ("", None)]
)
def test_kind_label(lay_out: LayOut, make_item: MakeItem, kind: str | None, expected: str | None) -> None:
    """A kind is shown as the newsroom prints it, or by its id."""
    view = lay_out(make_item(1, kind=kind))
    assert view.top is not None
    assert view.top.kind == expected


def test_same_time_is_ordered_by_seq(lay_out: LayOut, make_item: MakeItem) -> None:
    """Items of the same instant stand in the order of their placement, newest first."""
    at = make_item(1).published_at
    items = [make_item(number, published_at=at) for number in (1, 2, 3)]
    new = (Selected(2, ("all",), 9), Selected(3, ("all",), 8), Selected(1, ("all",), 7))
    view = lay_out(*items, selection=Selection(new=new))
    assert [entry.item.id for entry in list_entries(view)] == [2, 3, 1]


def test_cap(lay_out: LayOut, make_item: MakeItem) -> None:
    """Forty items are shown, the newest and the top story; the others are counted, and none is lost without a cap."""
    items = [make_item(1, kind="report"), *(make_item(number, topics=("sea",)) for number in range(2, 102))]
    view = lay_out(*items)
    assert [entry.item.id for entry in list_entries(view)] == [1, *range(101, 101 - (CAP - 1), -1)]
    assert view.more == 101 - CAP
    assert build_subject(view) == "Headline 1 and 100 more"
    assert len(list(list_entries(lay_out(*items, cap=None)))) == 101


def test_cap_of_notices(lay_out: LayOut, make_item: MakeItem) -> None:
    """Corrections and withdrawals are limited too, each to the newest, and counted."""
    items = [make_item(number) for number in range(1, 101)]
    corrected = tuple(Selected(number, ("all",), 1000 - number) for number in range(1, 51))
    withdrawn = tuple(Selected(number, ("all",), 1000 - number) for number in range(51, 101))
    view = lay_out(*items, selection=Selection(corrected=corrected, withdrawn=withdrawn))
    assert (len(view.corrected), len(view.withdrawn), view.more_notices) == (40, 40, 20)
    assert view.corrected[0].id == 1
    assert build_subject(view) == "Correction: Headline 1 and 99 more"
    assert build_contents(view) == [("Corrections", 40), ("Withdrawn", 40)]


def test_sections_that_are_cut_empty_go(lay_out: LayOut, make_item: MakeItem) -> None:
    """A section none of whose items found room has no heading; what was counted before stays counted."""
    view = lay_out(make_item(1, topics=("sea",)), make_item(2, topics=("health",)), make_item(3))
    smaller = limit_view(limit_view(view, 2), 1)
    assert outline(limit_view(view, 2)) == {"Health": [2]}
    assert (outline(smaller), smaller.more) == ({}, 2)


def test_without_top_every_place_is_for_sections(lay_out: LayOut, make_item: MakeItem) -> None:
    """A view that has no top story keeps as many items as were asked for."""
    view = replace(lay_out(make_item(1), make_item(2), make_item(3)), top=None)
    assert outline(limit_view(view, 2)) == {"More news": [2, 1]}
    assert fit_view(view, Fit(items=1, summary=0)).top is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [((), ()), (("all", "sea"), ()), (("press", "sea"), ("Sea rescue", "Free press")), (("gone",), ())],
)
def test_chosen(lay_out: LayOut, make_item: MakeItem, chosen: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """The topics chosen are named in config order; none means everything."""
    assert lay_out(make_item(1), chosen=chosen).chosen == expected


def test_cadence(lay_out: LayOut, make_item: MakeItem) -> None:
    """The reader's own cadence is shown, by default the list's."""
    assert lay_out(make_item(1)).cadence is Cadence.DAILY
    assert lay_out(make_item(1), cadence=Cadence.WEEKLY).cadence is Cadence.WEEKLY


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://openharbour.example/a?b=1#c", "https://openharbour.example/a?b=1#c"),
        ("HTTP://openharbour.example/", "HTTP://openharbour.example/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//openharbour.example/", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://openharbour.example/a b", ""),
        ("https://openharbour.example/a\nb", ""),
        ("https://openharbour.example/" + "a" * 2000, ""),
        ("", ""),
    ],
)
def test_links(lay_out: LayOut, make_item: MakeItem, link: str, expected: str) -> None:
    """Only an http(s) link with a host is a link, and it is left as it is."""
    view = lay_out(make_item(1, link=link))
    assert view.top is not None
    assert view.top.item.link == expected


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        pytest.param(PICTURE, True, id="our own subdomain"),
        pytest.param(replace(PICTURE, url="https://openharbour.example/a.jpg"), True, id="our domain without www"),
        pytest.param(replace(PICTURE, url="https://feeds.harbour-files.example/a.jpg"), True, id="where our feeds are"),
        pytest.param(replace(PICTURE, url="https://cdn.example/a.jpg"), False, id="another host would see who reads"),
        pytest.param(replace(PICTURE, url="https://notopenharbour.example/a.jpg"), False, id="a host that ends alike"),
        pytest.param(replace(PICTURE, url="cid:a"), False, id="no http"),
        pytest.param(replace(PICTURE, url=None), False, id="a caption alone"),
        pytest.param(replace(PICTURE, alt=""), False, id="no alt"),
        pytest.param(None, False, id="none"),
    ],
)
def test_pictures(lay_out: LayOut, make_item: MakeItem, image: Image | None, shown: bool) -> None:
    """A picture is shown only with a URL on our own host and an alt text."""
    view = lay_out(make_item(1, image=image))
    assert view.top is not None
    assert view.top.picture == (image if shown else None)


def test_a_site_without_host_has_no_pictures(mailing: MailingList, site: Site, make_item: MakeItem) -> None:
    """Where no host is known to be ours, no picture is."""
    homeless = replace(site, url="", feeds_url="")
    selection = Selection(new=(Selected(1, ("all",), 1),))
    view = build_view(
        selection, {1: make_item(1, image=PICTURE)}, mailing, homeless, {}, (), date(2020, 7, 13), 1, "en"
    )
    assert view.top is not None
    assert view.top.picture is None


def test_nobody_can_show_a_token(lay_out: LayOut, make_item: MakeItem) -> None:
    """The placeholder of the unsubscribe token stands in no item, whatever a source sends."""
    evil = UNSUBSCRIBE_PLACEHOLDER
    item = make_item(
        1,
        title=f"a {evil}",
        summary=evil.replace("-", "\u0000-"),
        author=evil,
        note=evil,
        language=evil,
        content_html=evil,
        link=f"https://evil.example/?{evil}",
        image=replace(PICTURE, url=f"https://openharbour.example/{evil}", alt=evil, caption=evil, credit=evil),
    )
    view = lay_out(item, selection=Selection((Selected(1, (), 1),), (Selected(1, (), 2),), (Selected(1, (), 3),)))
    assert evil not in repr(view)
    assert view.top is not None
    assert view.top.item.link == "https://evil.example/?" + evil.replace("-", "%2D")


def test_fitting_shortens_step_by_step(lay_out: LayOut, make_item: MakeItem) -> None:
    """Shorter summaries come first, then titles alone and no pictures, then shorter titles; notes stay."""
    item = make_item(
        1, summary="A long word of news. " * 40, image=PICTURE, title="Long title " * 60, note="Why " * 200
    )
    selection = Selection(new=(Selected(1, (), 1),), corrected=(Selected(1, (), 1),))
    view = lay_out(item, selection=selection)
    first, last = fit_view(view, Fit(40, 100)), fit_view(view, Fit(5, 0, 150))
    assert first.top is not None
    assert last.top is not None
    assert 0 < len(first.top.item.summary) <= 100
    assert first.top.picture is not None
    assert 150 < len(first.top.item.title) <= 300
    assert (last.top.item.summary, last.top.picture) == ("", None)
    assert len(last.top.item.title) <= 150
    assert 200 < len(last.corrected[0].note or "") <= 300


def test_subject_and_preheader(lay_out: LayOut, make_item: MakeItem) -> None:
    """The subject is the lead headline and a count; the preheader is the second and third headline."""
    items = [make_item(number, title=f"{number}: " + "word " * number * 6) for number in (1, 2, 3, 4)]
    view = lay_out(*items)
    assert build_subject(view) == "4: word word word word word word word word word word word… and 3 more"
    assert build_preheader(view).startswith("3: word word")
    assert len(build_preheader(view)) <= 140
    assert build_preheader(lay_out(items[0])) == ""
    assert build_subject(lay_out(items[0])) == "1: word word word word word word"


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "The morning digest"),
        (Selection(corrected=(Selected(1, (), 1),)), "Correction: Headline 1"),
        (Selection(withdrawn=(Selected(1, (), 1),)), "Withdrawn: Headline 1"),
        (
            Selection(corrected=(Selected(1, (), 1),), withdrawn=(Selected(1, (), 1),)),
            "Correction: Headline 1 and 1 more",
        ),
    ],
)
def test_subject_without_news(lay_out: LayOut, make_item: MakeItem, selection: Selection, expected: str) -> None:
    """A digest of corrections says so in its subject."""
    assert build_subject(lay_out(make_item(1), selection=selection)) == expected
