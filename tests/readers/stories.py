"""What an invented newsroom tells: titles, names and texts that are hard to hand on unharmed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
"""When the newsroom is read for the first time."""

LATER = AT + timedelta(days=1, minutes=30)
"""When a correction, a withdrawal and one more story are told."""

HOME = "https://newsroom.example.org/"
SEA = ("topic", "sea", "Sea & shore")
WORK = ("topic", "work", "Work")
REPORT = ("kind", "report", "Report")
PORTUGAL = (("region", "portugal", "Portugal"), ("country", "PT", "Portugal"))
CORRECTION = "The strike began on Tuesday & not on “Monday”."
REASON = "It was about another harbour."


@dataclass(frozen=True, kw_only=True)
class Story:
    """A story as the newsroom writes it, and so as every reader should show it; `published` is aware UTC.

    `categories` are scheme, term and label of each, in their order; `words` stand in its content, as plain text.
    """

    key: str
    title: str
    published: datetime
    summary: str
    author: str = "Open Harbour Desk"
    language: str = "en"
    kind: str | None = None
    picture: Mapping[str, Any] | None = None
    categories: tuple[tuple[str, str, str], ...] = ()
    text: str = ""
    embargo: datetime | None = None
    id: str = ""
    updated: datetime | None = None
    words: tuple[str, ...] = ()

    @property
    def terms(self) -> list[str]:
        """The terms of its categories."""
        return [term for _, term, _ in self.categories]

    @property
    def labels(self) -> list[str]:
        """The labels of its categories."""
        return [label for _, _, label in self.categories]

    @property
    def link(self) -> str:
        """Where it is read."""
        return f"{HOME}stories/{self.key}?from=feed&lang={self.language}"

    def document(self) -> str:
        """Return the document that the newsroom puts into its folder."""
        keys: dict[str, Any] = {
            "id": self.key, "title": self.title, "date": self.published.isoformat(), "summary": self.summary,
            "language": self.language, "link": self.link, "author": self.author, "kind": self.kind,
            "content_html": self.text,
            "embargo": self.embargo.isoformat() if self.embargo else None,
        }  # fmt: skip
        return json.dumps({name: value for name, value in keys.items() if value})

    def wire(self) -> str:
        """Return the Atom feed of a news agency that holds this story alone, with a picture of known length."""
        picture = self.picture or {}
        media = {name: quoteattr(str(picture[name])) for name in ("url", "length", "type")}
        words = {name: escape(str(picture[name])) for name in ("alt", "caption", "credit")}
        return f"""\
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="{self.language}">
<id>tag:wire.example.org,2026:wire</id><title>Wire</title><updated>{self.published.isoformat()}</updated>
<entry><id>{self.key}</id><title>{escape(self.title)}</title><link href={quoteattr(self.link)}/>
<published>{self.published.isoformat()}</published><updated>{self.published.isoformat()}</updated>
<author><name>{escape(self.author)}</name></author><category term="{self.kind}"/>
<summary>{escape(self.summary)}</summary>
<media:content url={media["url"]} fileSize={media["length"]} type={media["type"]} medium="image">
<media:title>{words["alt"]}</media:title><media:description>{words["caption"]}</media:description>
<media:credit>{words["credit"]}</media:credit></media:content></entry></feed>
"""


STORIES = (
    Story(
        key="strike",
        title="Ferry strike in Lisbon: “pay & hours” <first> 'then' \"talks\" ⚓️👩🏽‍✈️",
        published=datetime(2026, 3, 11, 16, 5, 7, tzinfo=UTC),
        summary="Crews of three ferries say pay < rent & won't sail before “Friday”.",
        author="Zoë Ní Bhriain & Łukasz O'Neil",
        kind="Report",
        picture={
            "url": HOME + "pictures/quay.jpg?w=1200&h=800",
            "alt": 'Two ferries at a quay & no "crew"',
            "caption": "The quay on Tuesday & Wednesday: “empty”.",
            "credit": "© 2026 Inês Ånd/Open Harbour",
            "length": 48_213,
            "type": "image/jpeg",
        },
        categories=(SEA, WORK, REPORT, *PORTUGAL),
    ),
    Story(
        key="arabic",
        title="سفن الميناء: «لا إبحار» قبل 12 مارس & بعده",
        published=datetime(2026, 3, 10, 23, 59, 59, tzinfo=UTC),
        summary="قالت الطواقم إن ship ستبقى في الميناء.",
        language="ar",
        author="ليلى حداد",
        text=(
            '<h2>ما قالته الطواقم &amp; المرفأ</h2><blockquote lang="en" dir="ltr"><p>&ldquo;No pay, no&nbsp;'
            'ferry&rdquo; &lt;5&gt;</p></blockquote><ul><li><a href="https://newsroom.example.org/a?b=1&amp;c=2">مصدر</a></li></ul>'
            "<table><tr><th>يوم</th><td>12</td></tr></table><pre>a  b\n  c</pre>"
        ),
        words=("ما قالته الطواقم & المرفأ", "“No pay, no ferry” <5>", "مصدر"),
        categories=(SEA,),
    ),
    Story(
        key="japanese",
        title="港湾ストライキ、三日目へ —「話し合いは続く」🚢",
        published=datetime(2026, 3, 10, 0, 0, 1, tzinfo=UTC),
        summary="乗組員は金曜日まで出港しないと述べた。𠮷野さんも同じだ。",
        language="ja",
        author="吉田 さくら",
    ),
    Story(
        key="plain",
        title="Harbour master resigns",
        published=datetime(2026, 3, 9, 7, 30, tzinfo=UTC),
        summary="",
        categories=(SEA,),
    ),
    Story(
        key="mistaken",
        title="Harbour pay falls",
        published=datetime(2026, 3, 8, 12, 0, tzinfo=UTC),
        summary="Pay in the harbour fell by a tenth.",
        categories=(SEA, WORK),
    ),
)
"""What is new at first, the newest first."""

OLD = tuple(
    Story(
        key=f"old-{day}",
        title=f"Ferry no. {day} & the ice",
        published=datetime(2026, month, day, 8, 0, tzinfo=UTC),
        summary=f"It came on day {day}.",
        categories=(SEA,),
    )
    for month in (2, 1)
    for day in (20 + month, 10 + month)
)
"""Old stories, the newest first; all but that one stand in archives alone."""

SECRET = Story(
    key="secret",
    title="A secret of the harbour",
    published=datetime(2026, 3, 11, tzinfo=UTC),
    summary="Nobody may know this yet.",
    embargo=AT + timedelta(days=400),
)
"""Under embargo all the while."""

FRESH = Story(
    key="fresh",
    title="Ships wait off Lisbon",
    published=LATER - timedelta(minutes=30),
    summary="Eleven ships wait for a pilot.",
    categories=(SEA, *PORTUGAL),
)
"""What comes with the second publication."""
