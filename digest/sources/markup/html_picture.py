"""The picture of a block of HTML, also where a script would fill in its address later."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from digest.model.item import Image
from digest.sources.markup.select import parse_selector, read_attribute, read_value, select_nodes

_LATER = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-image", "data-url")
_LATER_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_STAND_IN = re.compile(
    r"^(?:data|blob|about|javascript):|(?:^|[/_-])(?:blank|placeholder|spacer|pixel|transparent|lazy|loading|1x1)"
    r"[\w-]*\.(?:gif|png|svg|jpe?g|webp)\b",
    re.I,
)
_NEXT = re.compile(r"(?<=\d[wx]),\s*|,\s+|,\Z")
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)([wx])")
_STYLE_URL = re.compile(r"""url\(\s*(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^"'()\s]{1,2000}))""")
_WIDEST = 1600
"""Pixels: what a feed reader or a mail shows is narrower."""


def read_picture(
    block: LexborNode, *, picture: str | None, caption: str | None, credit: str | None, base: str
) -> Image | None:
    """Return the picture that selectors find in a block, its address absolute; None where they find nothing.

    The first element counts that leads to a picture: an `img`, or one that holds it. Raises: SourceError.
    """
    url, alt = _find(block, picture, base) if picture else (None, None)
    words, maker = (read_value(block, one) if one else None for one in (caption, credit))
    found = Image(url, alt, words, maker)
    return None if found == Image() else found


def _find(block: LexborNode, picture: str, base: str) -> tuple[str | None, str | None]:
    selector = parse_selector(picture)
    for node in select_nodes(block, selector.css):
        for image in _images_of(node):
            if address := _address(image, selector.attribute):
                return _join(base, address), _alt(image)
    return None, None


def _images_of(node: LexborNode) -> Iterator[LexborNode]:
    yield node
    if node.tag != "img":
        yield from node.css("img")
        yield from node.css("source[srcset]")


def _address(node: LexborNode, attribute: str | None) -> str | None:
    """Return what leads to the picture: the attribute asked for, unless a stand-in is there, else any that does."""
    names = dict.fromkeys((*([attribute] if attribute else []), "src", *_LATER))
    plain = (_usable(name, read_attribute(node, name)) for name in names)
    best = (best_of_set(read_attribute(node, name)) for name in _LATER_SETS)
    return next(filter(None, (*plain, *best, _usable("style", read_attribute(node, "style")))), None)


def _usable(name: str, value: str) -> str | None:
    if name.endswith("srcset"):
        return best_of_set(value)
    if name == "style":
        found = _STYLE_URL.search(value)
        value = found[1] or found[2] or found[3] if found else ""
    return value if value and not _STAND_IN.search(value) else None


def best_of_set(value: str) -> str | None:
    """Return of a `srcset` (WHATWG HTML §4.8.4.2.1) the widest that is not wider than needed, else the narrowest."""
    words = [part.split() for part in _NEXT.split(value)]
    sizes = [(_size(one[1:]), one[0]) for one in words if one and not _STAND_IN.search(one[0])]
    fitting = [one for one in sizes if one[0] <= _WIDEST]
    return max(fitting)[1] if fitting else min(sizes)[1] if sizes else None


def _size(written: list[str]) -> float:
    """Return a width in pixels; densities, which stand among themselves, as hundredths of their own."""
    found = _SIZE.fullmatch(written[0]) if written else None
    if found is None:
        return 100.0
    return float(found[1]) * (1 if found[2] == "w" else 100)


def _alt(node: LexborNode) -> str | None:
    if node.tag == "source" and (parent := node.parent) is not None:
        node = next(iter(parent.css("img")), node)
    return read_attribute(node, "alt") or (read_attribute(node, "aria-label") if node.tag != "img" else None) or None


def _join(base: str, address: str) -> str | None:
    try:
        return urljoin(base, address)
    except ValueError:
        return None
