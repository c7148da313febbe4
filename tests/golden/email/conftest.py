"""A sample digest of an invented newsroom."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from digest.editions.view import build_view
from digest.model.edition import DigestView, Selected, Selection
from digest.model.item import Image, Item, ItemStatus
from digest.model.mailing import Cadence, MailingList, Schedule
from digest.model.site import Site

SITE = Site(
    title="Open Harbour",
    url="https://www.openharbour.example/news",
    feeds_url="https://feeds.openharbour.example/",
    author="Open Harbour",
    timezone="America/Halifax",
    contact="press@openharbour.example",
    postal="14 Quay Street, Halifax, Nova Scotia B3J 1A1, Canada",
)
MAILING = MailingList(
    id="morning",
    title="The morning digest",
    schedule=Schedule(Cadence.DAILY, time(7)),
    timezone="America/Halifax",
    sender="Open Harbour <digest@openharbour.example>",
    reply_to="Open Harbour <answers+digest@openharbour.example>",
)
TOPICS = {
    "refugees": "Refugees and migrants",
    "health": "Health",
    "policing": "Policing and protest",
    "expression": "Censorship and free expression",
    "children": "Children",
}
KINDS = {"report": "Report", "press-release": "Press Release", "statement": "Statement"}

ROWS: tuple[tuple[str, str, str | None, int, tuple[str, ...]], ...] = (
    (
        "Ferry strands 212 people for nine days after three ports refuse to let it dock",
        "Two hundred and twelve people, forty of them children, spent nine days on a car ferry off the southern coast "
        "because three ports in turn refused it a berth. Ship’s logs and the messages of the harbour offices show that "
        "every port had room. The ferry had water for six days. Nobody has been charged.",
        "report",
        12,
        ("refugees", "children", "health"),
    ),
    (
        "Families wait eleven months for a hearing that the law promises within thirty days",
        "The law gives every applicant a hearing within thirty days. Our count of 1,840 files at four offices finds a "
        "median of eleven months, and two offices that stopped counting.",
        "press-release",
        13,
        ("refugees",),
    ),
    (
        "Coast guard closes the rescue line at night",
        "In response to the decision to switch off the rescue line between ten and six, Ines Caldeira, who leads our "
        "work at sea, said:",
        "statement",
        12,
        ("refugees", "health"),
    ),
    (
        "Night nurses in six hospitals buy their own masks",
        "Nurses in six of the nine hospitals we visited buy their masks from the corner shop, at a tenth of a day’s "
        "wage each. Dr. Amara Okoth, head of the region’s clinics, calls the stock “sufficient”. Delivery papers that "
        "we have seen say that the last box came in March and",
        "press-release",
        13,
        ("health",),
    ),
    (
        "Letter to the minister on the closing of the clinic at Port Lorne",
        "Dear Minister, the only clinic within ninety kilometres of Port Lorne is to close on 1 September. We ask you "
        "to halt the closing until the people who use it have been heard.",
        None,
        11,
        ("health",),
    ),
    (
        "قضاة يأمرون بالإفراج عن مصوّرة صحفية بعد عام من الاحتجاز",
        "أمرت المحكمة بالإفراج عن المصوّرة بعد عام كامل من الاحتجاز دون محاكمة. ولم تُعد إليها كاميراتها.",
        "press-release",
        12,
        ("expression",),
    ),
    (
        "Police keep drone footage of a vigil for five years, papers show",
        "Footage of a silent vigil in June will be kept until 2025, longer than that of a burglary.",
        "report",
        10,
        ("policing", "expression"),
    ),
    (
        "How we counted: the method behind the ferry report",
        "Logs, messages and the memories of sixty passengers: what we took from each, and where they disagree.",
        None,
        12,
        (),
    ),
)


def make_item(number: int, row: tuple[str, str, str | None, int, tuple[str, ...]]) -> Item:
    title, summary, kind, day, topics = row
    at = datetime(2020, 7, day, 15, 30 - number % 30, tzinfo=UTC)
    return Item(
        id=number,
        source="newsroom",
        key=f"key-{number}",
        entry_id=f"tag:openharbour.example,2020:{number}",
        title=title,
        summary=summary,
        truncated=summary.endswith("and"),
        kind=kind,
        published_on=date(2020, 7, day),
        published_at=at,
        date_only=True,
        updated_at=at,
        first_seen_at=at,
        link="" if kind is None and number > 6 else f"https://www.openharbour.example/news/{2020 + number}/?a=1&b=2",
        language="ar" if number == 6 else "en",
        topics=topics,
    )


def sample_view() -> DigestView:
    """Return a digest with a bit of everything: a picture, a foreign item, no link, no kind, corrections."""
    items = {number: make_item(number, row) for number, row in enumerate(ROWS, start=1)}
    picture = Image(
        url="https://media.openharbour.example/ferry.jpg",
        alt="A white ferry at anchor, laundry drying along its rails",
        caption="The ferry on its seventh day, seen from the breakwater.",
        credit="Photo: Lio Brandt",
    )
    items[1] = replace(items[1], image=picture)
    late = datetime(2020, 7, 13, 2, tzinfo=UTC)
    note = "An earlier version gave the number of school places as 3,100. It is 1,300."
    school = ("Half of the new school places exist on paper only", "", "report", 3, ("children",))
    items[20] = replace(make_item(20, school), corrected_at=late, note=note)
    flood = ("Flood shelter turns people away", "", "press-release", 4, ("refugees",))
    items[21] = replace(make_item(21, flood), status=ItemStatus.WITHDRAWN, updated_at=late)
    selection = Selection(
        new=tuple(Selected(number, items[number].topics or ("all",), 100 - number) for number in range(1, 9)),
        corrected=(Selected(20, ("children",), 120),),
        withdrawn=(Selected(21, ("refugees",), 121),),
    )
    return build_view(
        selection,
        items,
        MAILING,
        SITE,
        TOPICS,
        tuple(TOPICS),
        date(2020, 7, 13),
        3,
        "en",
        kinds=KINDS,
    )


@pytest.fixture
def sample() -> tuple[DigestView, Site, MailingList]:
    """Return what a renderer needs to make the sample digest."""
    return sample_view(), SITE, MAILING
