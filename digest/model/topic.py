"""Topics, regions and kinds: the editorial streams, and the rules that fill them."""

from dataclasses import dataclass, field

ALL = "all"
"""The reserved topic in which every item is placed."""

CORRECTIONS = "corrections"
"""The name of the feed of corrections and withdrawals; no item is placed in it."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, phrase or prefix (`refugee*`) of a rule, as the operator wrote it, and its 1-based config line."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """An item matches when any `any_` term (if there are some) and every `all_` term occur in title or summary,
    no `none` term does, and its kind and regions are among `kinds` and `regions` where these are given.
    An `in_title` term is as good as an `any_` term where it stands in the title, and nothing in the summary.
    No term counts inside the words of an `ignore` phrase: `New Mexico` hides a `Mexico`."""

    any_: tuple[Term, ...] = ()
    all_: tuple[Term, ...] = ()
    none: tuple[Term, ...] = ()
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    in_title: tuple[Term, ...] = ()
    ignore: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """An editorial stream; becomes atom:category (RFC 4287 §4.2.2). `line` is where config.yaml defines it."""

    id: str
    title: str
    rule: Rule = field(default_factory=Rule)
    description: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world, with rules like a topic's; `country` is its ISO 3166-1 code of two letters if it is one."""

    id: str
    title: str
    rule: Rule = field(default_factory=Rule)
    line: int = 0
    description: str = ""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What the newsroom calls a sort of item; `label` as it prints it, `title` the plural for a feed's name."""

    id: str
    title: str
    label: str


def region_topic(region_id: str) -> str:
    """Return the topic under which items of a region are placed; a plain topic id has no colon."""
    return f"region:{region_id}"


def kind_topic(kind_id: str) -> str:
    """Return the topic under which items of a kind are placed."""
    return f"kind:{kind_id}"
