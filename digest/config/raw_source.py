"""The shape of a source in config.yaml. Which key belongs to which type stands in `source_keys`."""

from typing import Any, Literal

from pydantic import Field

from digest.config.fields import Duration, File, Language, Line, Slug, Url, Zone
from digest.config.shape import Shape
from digest.config.source_fields import DateFormats, Enrichments, SourceType
from digest.config.when import parse_duration


class RawDetail(Shape):
    """CSS selectors on an item's own page, which is read once, when the item is new."""

    content: Line | None = Field(default=None, description="The full text.", examples=["article .body"])
    summary: Line | None = Field(default=None, description="The summary.", examples=["p.lead"])
    date: Line | None = Field(default=None, description="The date.", examples=["time@datetime"])
    author: Line | None = Field(default=None, description="The author.", examples=[".byline"])
    kind: Line | None = Field(default=None, description="The kind's label.", examples=[".label"])
    picture: Line | None = Field(default=None, description="The picture.", examples=["figure img@src"])
    caption: Line | None = Field(default=None, description="The picture's caption.", examples=["figcaption"])
    credit: Line | None = Field(default=None, description="Who made the picture.", examples=[".credit"])


class RawSource(Shape):
    """A place that items are read from."""

    type: SourceType = Field(description="How it is read.", examples=["feed"])
    url: Url | None = Field(
        default=None,
        description="Address that is read; with a path, the page that its items are linked to.",
        examples=["https://newsroom.example.org/news/"],
    )
    path: File | None = Field(
        default=None,
        description="File to read, or files with * and ?. folder: the folder.",
        examples=["newsroom/*.txt"],
    )
    every: Duration = Field(
        default=parse_duration("15 min"),
        description="Time between two readings.",
        examples=["15 min"],
        json_schema_extra={"default": "15 min"},
    )
    post_type: Line | None = Field(
        default=None, description="wordpress: name of the posts in its API. Without it: posts.", examples=["posts"]
    )
    items: Line | None = Field(
        default=None, description="html: CSS selector of one item's block.", examples=["article.card"]
    )
    title: Line | None = Field(default=None, description="html: the title, inside the block.", examples=["h2"])
    link: Line | None = Field(
        default=None,
        description="html: the link. Without it: the title's, else the first of the block.",
        examples=["h2 a@href"],
    )
    summary: Line | None = Field(default=None, description="html: the summary.", examples=["p.excerpt"])
    date: Line | None = Field(default=None, description="html: the date.", examples=["time@datetime"])
    date_format: DateFormats = Field(
        default=(),
        description="How its dates are written, in the directives of strftime; several if need be.",
        examples=["%d %B %Y"],
    )
    locale: Language | None = Field(
        default=None, description="Language of its months' names. Without it: its language.", examples=["fr"]
    )
    kind: Line | None = Field(default=None, description="html: the kind's label.", examples=[".label"])
    author: Line | None = Field(default=None, description="html: the author.", examples=[".byline"])
    picture: Line | None = Field(default=None, description="html: the picture.", examples=["img@src"])
    caption: Line | None = Field(default=None, description="html: the picture's caption.", examples=["figcaption"])
    credit: Line | None = Field(default=None, description="html: who made the picture.", examples=[".credit"])
    next: Line | None = Field(
        default=None, description="html: the link to the next page of the listing.", examples=["a[rel=next]@href"]
    )
    pages: int | None = Field(
        default=None, ge=1, le=100, description="How many pages of the listing are read.", examples=[3]
    )
    detail: RawDetail | None = Field(
        default=None,
        description="html: what stands on an item's own page.",
        examples=[{"content": "article .body"}],
    )
    kinds: dict[Line, Slug] = Field(
        default={},
        description="Kinds by the label that this source prints.",
        examples=[{"Press Release": "press-release"}],
    )
    timezone: Zone | None = Field(
        default=None, description="Zone of the dates in it. Without it: the newsroom's.", examples=["America/New_York"]
    )
    language: Language | None = Field(
        default=None, description="Its language. Without it: the newsroom's.", examples=["en"]
    )
    future: Literal["hold", "clamp"] = Field(
        default="hold",
        description="A date in the future: held until then as under embargo, or shown as of today.",
        examples=["hold"],
    )
    enrich: Enrichments = Field(
        default=(),
        description="What is added to new items from their own page; text needs the extra fulltext.",
        examples=[["picture", "author"]],
    )
    enrich_pages: int = Field(
        default=20, ge=1, le=500, description="How many items' own pages are read in one reading.", examples=[20]
    )
    robots: Literal["obey", "ignore"] = Field(
        default="obey",
        description="Whether robots.txt is asked before pages are read; ignore it only on your own site.",
        examples=["obey"],
    )
    allow_private: bool = Field(
        default=False, description="Allow an address in a private network (an intranet).", examples=[True]
    )
    options: dict[str, Any] = Field(
        default={}, description="Keys for a plug-in of your own.", examples=[{"section": "press"}]
    )
