"""The shape of config.yaml: which keys there are, what each holds, and what it is for.

Descriptions and examples appear in editors (through config.schema.json) and in error messages.
"""

from typing import Literal

from pydantic import Field

from digest.config.fields import (
    Address,
    Bind,
    Country,
    File,
    Ids,
    Language,
    Line,
    ListZone,
    Mailbox,
    ReaderLink,
    Send,
    Slug,
    Slugs,
    Store,
    Terms,
    TopicId,
    Url,
    Zone,
)
from digest.config.raw_source import RawSource
from digest.config.shape import Shape


class RawSite(Shape):
    """The newsroom itself, as its feeds and digests name it."""

    title: Line = Field(description="The newsroom's name.", examples=["Harbor Rights Watch"])
    url: Url = Field(description="The newsroom's own page.", examples=["https://newsroom.example.org/"])
    feeds_url: Url | None = Field(
        default=None,
        description="Where the folder of feeds can be reached. Without it: the page's address and feeds/.",
        examples=["https://newsroom.example.org/feeds/"],
    )
    language: Language = Field(default="en", description="Language of the newsroom (BCP 47).", examples=["en"])
    timezone: Zone = Field(
        default="UTC", description="Time zone of the newsroom (IANA name).", examples=["America/New_York"]
    )
    author: Line | None = Field(
        default=None, description="Author of every entry. Without it: the title.", examples=["Press office"]
    )
    contact: Address | None = Field(
        default=None, description="Mail address that readers may write to.", examples=["press@newsroom.example.org"]
    )
    postal: Line | None = Field(
        default=None,
        description="Postal address for the foot of a digest.",
        examples=["1 Pier Road, Portland, ME 04101, USA"],
    )
    logo: Url | None = Field(
        default=None,
        description="Address of the logo, a PNG or JPEG.",
        examples=["https://newsroom.example.org/logo.png"],
    )
    subtitle: Line | None = Field(
        default=None, description="One sentence under the title.", examples=["Human rights news"]
    )
    rights: Line | None = Field(default=None, description="Who may use the texts, and how.", examples=["CC BY 4.0"])


class RawReader(Shape):
    """A feed reader, as pages offer it."""

    title: Line = Field(description="Its name.", examples=["Feedly"])
    link: ReaderLink = Field(
        description="Where it subscribes to a feed; {url} stands for the feed's address.",
        examples=["https://feedly.com/i/subscription/feed%2F{url}"],
    )


class RawFeeds(Shape):
    """Where feeds are published and how much each holds."""

    folder: File = Field(default="feeds", description="Folder of the published files.", examples=["feeds"])
    entries: int = Field(default=50, ge=1, le=500, description="Entries in each feed.", examples=[50])
    full_text: bool = Field(
        default=False, description="Put the full text into feeds where the source gives it.", examples=[True]
    )
    hub: Url | None = Field(
        default=None,
        description="WebSub hub that is told of every change.",
        examples=["https://pubsubhubbub.superfeedr.com/"],
    )
    readers: dict[Slug, RawReader] = Field(
        default={}, description="Feed readers that pages offer links to, by id. Nothing is asked of them."
    )
    moved: dict[Slug, Slug] = Field(
        default={},
        description="Names that feeds once had, each with its name of today: whoever follows the old one is led there.",
        examples=[{"migration": "refugees-and-migrants"}],
    )
    retired: Slugs = Field(
        default=(),
        description="Names of feeds that are no more: readers are told to stop asking.",
        examples=[["olympics-2024"]],
    )


class RawRule(Shape):
    """Which items belong here.

    A term is a word, a phrase, or the beginning of a word: refugee*. Inside a phrase, * alone is any one word.
    """

    title: Line = Field(description="Its name for readers.", examples=["Refugees and migrants"])
    description: Line | None = Field(
        default=None, description="One sentence for readers.", examples=["Asylum, borders, camps"]
    )
    any: Terms = Field(
        default=(),
        description="One of these must occur in the title or summary.",
        examples=[["refugee*", "border wall"]],
    )
    in_title: Terms = Field(
        default=(), description="As good as any, but only where it stands in the title.", examples=[["border*"]]
    )
    all: Terms = Field(default=(), description="Each of these must occur.", examples=[["court", "appeal*"]])
    none: Terms = Field(default=(), description="None of these may occur.", examples=[["football"]])
    ignore: Terms = Field(
        default=(), description="Phrases inside which no other term counts.", examples=[["New Mexico"]]
    )
    kinds: Ids = Field(default=(), description="Only items of these kinds.", examples=[["report"]])


class RawTopic(RawRule):
    """An editorial stream with a feed of its own."""

    regions: Ids = Field(default=(), description="Only items from these regions.", examples=[["usa"]])


class RawRegion(RawRule):
    """A part of the world, with rules like a topic's and a feed of its own."""

    title: Line = Field(description="Its name for readers.", examples=["United States"])
    country: Country | None = Field(
        default=None, description="Its code of two letters, if it is a country (ISO 3166-1).", examples=["US"]
    )


class RawKind(Shape):
    """A sort of item."""

    title: Line = Field(description="The plural, for the name of its feed.", examples=["Press releases"])
    label: Line | None = Field(
        default=None,
        description="The word as the newsroom prints it. Without it: the title.",
        examples=["Press Release"],
    )


class RawList(Shape):
    """A mailing that people subscribe to."""

    title: Line = Field(description="Its name for readers.", examples=["Daily digest"])
    description: Line | None = Field(default=None, description="One sentence for readers.", examples=["Every morning"])
    topics: Ids = Field(default=("all",), description="all, or the ids of the topics it offers.", examples=["all"])
    send: Send = Field(
        description="daily at 07:00, weekdays at 07:00, weekly on mon at 07:00, or immediately.",
        examples=["daily at 07:00"],
    )
    timezone: ListZone | None = Field(
        default=None,
        description="Zone of the send time; subscriber: everybody's own. Without it: the newsroom's.",
        examples=["America/New_York"],
    )
    sender: Mailbox = Field(alias="from", description="Sender.", examples=["Newsroom <news@newsroom.example.org>"])
    reply_to: Mailbox | None = Field(
        default=None,
        description="Who gets the answers. Without it: the site's contact, else the sender.",
        examples=["press@newsroom.example.org"],
    )
    catch_up: Literal["merge", "each", "skip"] = Field(
        default="merge",
        description="After days asleep: one digest for all of them, one each, or none until the next.",
        examples=["merge"],
    )
    language: Language | None = Field(
        default=None, description="Language of its words. Without it: the newsroom's.", examples=["en"]
    )


class RawMail(Shape):
    """How mail is handed over."""

    transport: Literal["maildir", "smtp"] = Field(
        default="maildir",
        description="maildir writes into a folder, smtp hands over to a server.",
        examples=["maildir"],
    )
    folder: File | None = Field(default=None, description="maildir: the folder.", examples=["var/outbox"])
    host: Line | None = Field(default=None, description="smtp: name of the server.", examples=["mail.example.org"])
    port: int = Field(default=25, ge=1, le=65535, description="smtp: its port.", examples=[587])
    tls: Literal["required", "none"] = Field(
        default="required", description="smtp: none only for a server on this machine.", examples=["required"]
    )
    username: Line | None = Field(default=None, description="smtp: user name.", examples=["digest"])
    password_file: File | None = Field(
        default=None,
        description="smtp: file that holds the password and nothing else.",
        examples=["/etc/digest/smtp-password"],
    )
    connections: int = Field(default=4, ge=1, le=100, description="smtp: connections at the same time.", examples=[4])


class RawWeb(Shape):
    """The pages for people."""

    bind: Bind = Field(
        default="127.0.0.1:8000",
        description="Address and port to listen on; none where another server serves the folder of feeds.",
        examples=["127.0.0.1:8000"],
    )


class RawSettings(Shape):
    """The configuration of digest."""

    site: RawSite = Field(
        description="The newsroom.", examples=[{"title": "Harbor Rights Watch", "url": "https://newsroom.example.org/"}]
    )
    store: Store = Field(
        default="sqlite:///var/digest.db",
        description="The database: sqlite:///FILE, or postgresql://USER@HOST/NAME (password in ~/.pgpass).",
        examples=["sqlite:///var/digest.db"],
    )
    var: File = Field(default="var", description="Folder for what digest must remember.", examples=["var"])
    templates: File = Field(default="templates", description="Folder of your own templates.", examples=["templates"])
    feeds: RawFeeds = Field(default=RawFeeds(), description="What is published.")
    sources: dict[Slug, RawSource] = Field(default={}, description="Where items come from, by id.")
    topics: dict[TopicId, RawTopic] = Field(default={}, description="Editorial streams, by id.")
    regions: dict[Slug, RawRegion] = Field(default={}, description="Parts of the world, by id.")
    kinds: dict[Slug, RawKind] = Field(default={}, description="Sorts of items, by id.")
    lists: dict[Slug, RawList] = Field(default={}, description="Mailings, by id.")
    mail: RawMail = Field(default=RawMail(), description="How mail is handed over.")
    web: RawWeb = Field(default=RawWeb(), description="The pages for people.")
