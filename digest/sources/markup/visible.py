"""The words of an element of an HTML document as people see them."""

import re

from selectolax.lexbor import LexborNode

_NEVER_TEXT = re.compile("script|style|template|noscript|svg|iframe|object|audio|video|canvas|textarea|select|head")
_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|rb|ruby|s|samp|small|span"
    r"|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_FOR_SCREEN_READERS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-(?:text|only)|element-invisible|u-hidden-visually|show-for-sr"
    r"|assistive-text)(?:\s|$)",
    re.I,
)
"""Classes of Bootstrap, Foundation, WordPress, Drupal and HTML5 Boilerplate."""
_UNSHOWN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)


def read_text(node: LexborNode) -> str:
    """Return the words of an element as people see them, in one line; blocks, cells and line breaks part words.

    Left out are scripts and styles, and what is hidden, decoration or written for screen readers alone, unless the
    element holds no other words.
    """
    return _join(node, seen_only=True) or _join(node, seen_only=False)


def _join(node: LexborNode, *, seen_only: bool) -> str:
    pieces: list[str] = []
    # A stack of our own: pages are nested deeper than Python may call. Text waits on it for its place.
    waiting: list[LexborNode | str | None] = [node.first_child]
    while waiting:
        one = waiting.pop()
        if one is None or isinstance(one, str):
            pieces.append(one or "")
            continue
        waiting.append(one.next)
        tag = one.tag or ""
        if tag == "-text":
            pieces.append(one.text_content or "")
        elif not tag.startswith("-") and not _NEVER_TEXT.fullmatch(tag) and not (seen_only and _is_unseen(one)):
            edge = "" if _INLINE.fullmatch(tag) else " "
            pieces.append(edge)
            waiting += (edge, one.first_child)
    return " ".join("".join(pieces).split())


def _is_unseen(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_FOR_SCREEN_READERS.search(attributes.get("class") or ""))
        or bool(_UNSHOWN.search(attributes.get("style") or ""))
    )
