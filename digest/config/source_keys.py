"""Which types of source there are, and which keys belong to which of them."""

from collections.abc import Mapping

SOURCE_TYPES: tuple[str, ...] = ("feed", "html", "jsonld", "wordpress", "sitemap", "folder", "text")
"""The adapters of our own; every other type is a plug-in's."""

PLUGIN = "a plug-in"
"""Stands for the types of all plug-ins."""

SELECTORS = ("items", "title", "link", "summary", "date", "kind", "author", "picture", "caption", "credit", "next")
"""The keys of a listing page that hold a CSS selector; those of `detail` are others."""

_ALL = (*SOURCE_TYPES, PLUGIN)
_WITH_OWN_PAGES = tuple(type_ for type_ in _ALL if type_ != "text")  # a dump says nothing of where its items stand

TYPES_OF: Mapping[str, tuple[str, ...]] = {
    "path": ("feed", "html", "jsonld", "folder", "text", PLUGIN),
    "date_format": ("html", "folder", PLUGIN),
    "locale": ("html", "folder", PLUGIN),
    "enrich": _WITH_OWN_PAGES,
    "enrich_pages": _WITH_OWN_PAGES,
    "robots": _WITH_OWN_PAGES,
    "pages": ("html", "wordpress", "sitemap", PLUGIN),
    "post_type": ("wordpress",),
    **dict.fromkeys((*SELECTORS, "detail"), ("html",)),
    "options": (PLUGIN,),
}
"""The types that a key belongs to; a key that is not listed belongs to every type."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "html": ("items", "title"),
    "wordpress": ("url",),
    "sitemap": ("url",),
    "folder": ("path",),
}
"""What a type cannot do without; every type needs a `url` or a `path`."""

SCRAPED = ("html", "jsonld", "sitemap")
"""The types whose pages are made for people, so that robots.txt is asked (RFC 9309)."""


def belongs(key: str, type_: str) -> bool:
    """Tell whether a key of a source says something about a source of that type."""
    return (type_ if type_ in SOURCE_TYPES else PLUGIN) in TYPES_OF.get(key, _ALL)
